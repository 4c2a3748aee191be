"""What was typed and not saved: kept while one types, brought back afterwards. It raises no version.

Not an act for the record: nobody but the member sees it, and it changes no post.
"""

from collections.abc import Mapping
from datetime import timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, Max, OuterRef

from campaign import clock
from campaign.access import require
from campaign.models import Autosave, Member, Post, PostVersion

LASTS = timedelta(days=30)


@transaction.atomic
def keep(
    content: Mapping[str, list[str]],
    *,
    by: Member,
    post: Post | None = None,
    form_id: UUID | None = None,
    based_on: int,
) -> Autosave | None:
    """Keep what `by` has typed so far; None when it came after they had saved it, as a slow line delivers it."""
    require(by, "post.write")
    if _is_saved(by, post, form_id, based_on):
        return None
    row, _new = Autosave.objects.update_or_create(
        member=by,
        post=post,
        form_id=form_id,
        defaults={"content": dict(content), "based_on": based_on, "saved_at": clock.now()},
    )
    Autosave.objects.filter(member=by, saved_at__lt=row.saved_at - LASTS).delete()
    return row


def of_post(member: Member, post: Post) -> Autosave | None:
    """What `member` has typed in `post` and not saved."""
    return _unsaved(Autosave.objects.filter(member=member, post=post).first())


def of_form(member: Member, form_id: UUID) -> Autosave | None:
    """The same of a form that has made no post yet."""
    return _unsaved(Autosave.objects.filter(member=member, form_id=form_id).first())


def newest(member: Member) -> Autosave | None:
    """The newest beginning of a post that was never saved."""
    rows = Autosave.objects.filter(member=member, post=None, saved_at__gte=clock.now() - LASTS)
    made = Post.objects.filter(campaign_id=member.campaign_id, made_by_form=OuterRef("form_id"))
    return rows.exclude(Exists(made)).order_by("-saved_at").first()


def _unsaved(row: Autosave | None) -> Autosave | None:
    """Nothing where it was saved after all: what is typed and what is saved may cross on their way."""
    return None if row and _is_saved(row.member, row.post, row.form_id, row.based_on) else row


def _is_saved(by: Member, post: Post | None, form_id: UUID | None, based_on: int) -> bool:
    if post is not None:
        return last_saved(post, by) > based_on
    return Post.objects.filter(campaign_id=by.campaign_id, made_by_form=form_id).exists()


def last_saved(post: Post, by: Member) -> int:
    """The newest version that `by` has saved, or 0."""
    found: int | None = PostVersion.objects.filter(post=post, by=by).aggregate(Max("version"))["version__max"]
    return found or 0


def forget(member: Member, *, post: Post | None = None, form_id: UUID | None = None) -> None:
    """It is saved, or not wanted any more."""
    Autosave.objects.filter(member=member, post=post, form_id=form_id).delete()
