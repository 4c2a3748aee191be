"""When a version was submitted: the row from which its deadline and its reminders are counted."""

from collections.abc import Iterable
from datetime import datetime

from django.db.models import Exists, OuterRef

from campaign.models import Member, Post, PostState, Reminder, Step, Submission


def begin(post: Post, now: datetime) -> Submission:
    """Count from now on; what was counted before is over."""
    end(post, now)
    return Submission.objects.create(post=post, version=post.version, submitted_at=now, next_at=now)


def end(post: Post, now: datetime) -> None:
    """Nobody is waited for any more."""
    Submission.objects.open().filter(post=post).update(closed_at=now)


def look_again(now: datetime, **of: int) -> None:
    """Somebody else's turn may have come, or the rules have changed: ask at the next minute."""
    Submission.objects.open().filter(**of).update(next_at=now)


def adopt(now: datetime) -> None:
    """Posts that were in review before Posko kept such rows: their time begins now."""
    counted = Submission.objects.open().filter(post=OuterRef("pk"))
    for post in Post.objects.filter(~Exists(counted), state=PostState.IN_REVIEW)[:200]:
        begin(post, now)


def tell(post: Post, members: Iterable[Member], step: Step, now: datetime) -> None:
    """Write down that each of `members` is to get this mail about the version that waits, or waited last; once."""
    row = Submission.objects.filter(post=post, version=post.version).order_by("-pk").first()
    if row:
        write(row, members, step, now)


def write(row: Submission, members: Iterable[Member], step: Step, now: datetime) -> None:
    """The same for a submission at hand. Mails leave with `reminding.send`."""
    Reminder.objects.bulk_create(
        [Reminder(submission=row, member=member, step=step, made_at=now) for member in members], ignore_conflicts=True
    )
