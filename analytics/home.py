"""How we are doing, in one card on *Hari ini*: the last seven days beside the seven before."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from analytics import metrics
from analytics.models import Pull, Reading
from analytics.panel import Moment, Teller, number, signed
from campaign.access import may
from campaign.models import Delivery, Member

WEEK = timedelta(days=7)
SHOWN = ("views", "likes", "reposts", "replies")  # what most networks tell of a post
MOST = 500  # posts on accounts added up; beyond that the card would be slow


@dataclass(frozen=True)
class Sum:
    """One metric over the posts of a week, and its difference to the week before."""

    label: str
    shown: str
    change: str


@dataclass(frozen=True)
class Week:
    """What went out, in posts; the sums of its numbers; and on how many accounts it has none so far."""

    posts: int
    sums: list[Sum]
    unread: int
    read: Moment | None
    is_too_much: bool = False
    """More than is added up here; a part of it would be a wrong number."""


def context(member: Member, now: datetime) -> dict[str, object] | None:
    """`card.week` of `analytics/_week_card.html`; None for those who see no numbers, or while nothing has gone out."""
    if not may(member, "number.read"):
        return None
    since = now - 2 * WEEK
    slots = Delivery.objects.published().filter(campaign=member.campaign_id, sent_at__gte=now - WEEK)
    posts = {slot.partition("/")[0] for slot in slots.values_list("slot", flat=True)}
    pulls = list(Pull.objects.of_posts().live().filter(campaign=member.campaign_id, since__gte=since)[: MOST + 1])
    if not posts and not pulls:
        return None
    if len(pulls) > MOST:
        return {"week": Week(len(posts), [], 0, None, is_too_much=True)}
    this = [pull for pull in pulls if pull.since >= now - WEEK]
    readings = Reading.objects.latest(pulls, each=1)
    ours, before = _sums(this, readings), _sums([pull for pull in pulls if pull not in this], readings)
    read = max((pull.read_at for pull in this if pull.read_at), default=None)
    teller = Teller(now, member.campaign)
    sums = [
        Sum(metrics.label(name), number(ours[name]), signed(ours[name] - before[name]) if name in before else "")
        for name in SHOWN
        if name in ours
    ]
    return {"week": Week(len(posts), sums, sum(1 for pull in this if pull.read_at is None), teller.maybe(read))}


def _sums(pulls: Iterable[Pull], readings: Iterable[Reading]) -> Counter[str]:
    wanted = {pull.pk for pull in pulls}
    found: Counter[str] = Counter()
    for reading in readings:
        if reading.pull_id in wanted:
            found[reading.metric] += reading.value
    return found
