"""From what a person typed to a saved post, however often they press the button."""

from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from campaign import policy, publishing
from campaign.errors import Refused
from campaign.models import Member, Post, PostState
from campaign.writing import autosave
from campaign.writing.content import Content, is_same

MAY_SUBMIT = (PostState.DRAFT, PostState.CHANGES_ASKED)


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
            autosave.forget(by, form_id=form_id)
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
    """Save what is new and, if asked, submit it. What is saved already costs no approval and no version.

    Refused when the post was moved since the caller loaded it: the time is no part of the version.
    """
    if submits:
        policy.hold(post.campaign_id)  # before the post's lock, as everybody takes the two
    row = Post.objects.select_for_update().get(pk=post.pk)
    if row.planned_at != post.planned_at:
        raise Refused(_(publishing.STALE))
    if not is_same(row, content):
        publishing.edit(row, content, by=by, version=version)
        row.refresh_from_db()
    autosave.forget(by, post=row)
    _submit(row, by=by, wanted=submits)


def _submit(post: Post, *, by: Member, wanted: bool) -> None:
    if wanted and post.state in MAY_SUBMIT:
        publishing.submit(post, by=by, version=post.version)
