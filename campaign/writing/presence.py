"""Who else has a post open for writing. A heartbeat keeps them there; without one they are gone after a while."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from campaign import clock
from campaign.models import Member, Post, Presence

LASTS = timedelta(seconds=90)
"""How long after its last sign somebody counts as there; the page gives one every 25 seconds."""


@dataclass(frozen=True)
class Other:
    """Somebody else who is at it."""

    name: str
    since: datetime


def touch(post: Post, member: Member) -> None:
    """`member` is at it. Who was away for a while has come back, and is there since now."""
    now = clock.now()
    row, is_new = Presence.objects.get_or_create(post=post, member=member, defaults={"since": now, "seen_at": now})
    if not is_new:
        since = row.since if row.seen_at >= now - LASTS else now
        Presence.objects.filter(pk=row.pk).update(since=since, seen_at=now)


def leave(post: Post, member: Member) -> None:
    """`member` has saved it, or closed the page."""
    Presence.objects.filter(post=post, member=member).delete()


def others(post: Post, member: Member) -> list[Other]:
    """Who else is at it, the longest first."""
    rows = Presence.objects.filter(post=post, seen_at__gte=clock.now() - LASTS).exclude(member=member)
    return [Other(str(row.member), row.since) for row in rows.select_related("member__user").order_by("since")]
