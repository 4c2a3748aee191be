"""From what a person typed to a saved post, however often they press the button."""

from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from campaign import publishing
from campaign.errors import Refused
from campaign.models import Member, Post, PostState
from campaign.publishing import Content

MAY_SUBMIT = (PostState.DRAFT, PostState.CHANGES_ASKED)


def is_same(post: Post, content: Content) -> bool:
    """Whether `post` already says exactly this."""
    fields = ("text", "kind", "theme", "title", "planned_at")
    return (
        all(getattr(post, name) == getattr(content, name) for name in fields)
        and {channel.pk for channel in post.channels.all()} == {channel.pk for channel in content.channels}
        and [(picture.media_id, picture.alt) for picture in post.pictures.all()]
        == [(media.pk, alt) for media, alt in content.pictures]
    )


def made_by(form_id: UUID, *, by: Member) -> Post | None:
    """The post that this very form has made already."""
    return Post.objects.filter(campaign=by.campaign, author=by, made_by_form=form_id).first()


def write(content: Content, *, by: Member, form_id: UUID, submits: bool) -> tuple[Post, bool]:
    """The post and whether it now says what was typed: False when the form had made it before, with other words.

    Raises Refused when somebody else has sent this form, as on a computer that two people share.
    """
    try:
        with transaction.atomic():
            post = publishing.write(by.campaign, content, by=by, made_by_form=form_id)
            _submit(post, by=by, wanted=submits)
    except IntegrityError:
        earlier = made_by(form_id, by=by)
        if earlier is None and Post.objects.filter(campaign=by.campaign, made_by_form=form_id).exists():
            raise Refused(_("Somebody else has sent this form already. Copy your text into a new post.")) from None
        if earlier is None:
            raise
        if not is_same(earlier, content):
            return earlier, False
        _submit(earlier, by=by, wanted=submits)
        return earlier, True
    return post, True


@transaction.atomic
def edit(post: Post, content: Content, *, by: Member, version: int, submits: bool) -> None:
    """Save what is new and, if asked, submit it. What is saved already costs no approval and no version."""
    if not is_same(post, content):
        publishing.edit(post, content, by=by, version=version)
        post.refresh_from_db()
    _submit(post, by=by, wanted=submits)


def _submit(post: Post, *, by: Member, wanted: bool) -> None:
    if wanted and post.state in MAY_SUBMIT:
        publishing.submit(post, by=by, version=post.version)
