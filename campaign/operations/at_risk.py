"""What is planned and might not leave: examined an hour ahead, told once, closed when it is over."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby

from django.db import transaction
from django.db.models import Count, Q

from campaign import audit, checks, clock, election, notices
from campaign.models import Action, Attempt, Campaign, Channel, Delivery, Kind, Member, Notice, Pace, Post, State
from campaign.operations import accounts

KIND = "at_risk"
AHEAD = timedelta(hours=1)
MOST = 60  # deliveries of one campaign that a page examines
RECENTLY = timedelta(minutes=20)  # so far back a network's failures count
DAY = timedelta(days=1)


@dataclass(frozen=True)
class Risk:
    """One delivery and the heaviest thing that stands in its way, as `wording.RISKS` calls it."""

    delivery: Delivery
    code: str


def planned(now: datetime, ahead: timedelta, *, of: Campaign | None = None) -> list[Delivery]:
    """What is to leave until `ahead` from now, in order of time; all that is approved or waits for its yes."""
    rows = Delivery.objects.firsts().filter(
        state=State.WAITING, action=Action.PUBLISH, send_at__gte=now, send_at__lt=now + ahead
    )
    rows = rows.select_related("campaign__ruleset", "channel", "owner__user").order_by("send_at", "slot")
    return list(rows.filter(campaign=of)[:MOST] if of else rows)


def examine(rows: list[Delivery], now: datetime) -> list[Risk]:
    """Those of `rows` that are at risk. Checks are asked of what leaves within the hour."""
    found = []
    for campaign, group in groupby(sorted(rows, key=lambda row: row.campaign_id), key=lambda row: row.campaign):
        found += _examine_one(campaign, list(group), now)
    return sorted(found, key=lambda risk: (risk.delivery.send_at, risk.delivery.slot))


def _examine_one(campaign: Campaign, rows: list[Delivery], now: datetime) -> list[Risk]:
    channels = {row.channel_id: row.channel for row in rows}
    where = _Surroundings(
        calendar=election.spans(campaign),
        ends=accounts.ends(channels.values()),
        troubled=_troubled(channels.values(), now),
        rests=dict(Pace.objects.filter(channel__in=channels, rest_until__gt=now).values_list("channel", "rest_until")),
        blocked=_blocked([row for row in rows if row.send_at < now + AHEAD]),
    )
    told = ((row, where.risk_of(row, campaign, now)) for row in rows)
    return [Risk(row, code) for row, code in told if code]


@dataclass(frozen=True)
class _Surroundings:
    """What the deliveries of one campaign meet, asked once for all of them."""

    calendar: list[election.Span]
    ends: dict[int, datetime]
    troubled: set[int]
    rests: dict[int, datetime]
    blocked: set[int]

    def risk_of(self, row: Delivery, campaign: Campaign, now: datetime) -> str:
        """The heaviest risk of one delivery, or nothing."""
        verdict = election.TABLE[election.phase_in(self.calendar, row.send_at)]
        end = self.ends.get(row.channel_id)
        risks = {
            "stopped": campaign.is_stopped,
            "account": not row.channel.is_ok,
            "doubt": row.doubtful and row.repeat_until is not None and row.repeat_until < row.send_at,
            "calendar": verdict[Kind(row.kind)] == election.Verdict.BLOCK,
            "expires": end is not None and end <= row.send_at,
            "blocked": row.pk in self.blocked,
            "unapproved": row.cleared is None and row.send_at < now + AHEAD,
            "network": row.channel_id in self.troubled or self.rests.get(row.channel_id, now) > row.send_at,
        }
        return next((code for code, is_so in risks.items() if is_so), "")


def _troubled(channels: Iterable[Channel], now: datetime) -> set[int]:
    """Accounts whose last tries all came to nothing, twice or more."""
    tries = Attempt.objects.filter(
        delivery__channel__in=channels, delivery__send_at__gte=now - DAY, begun_at__gte=now - RECENTLY
    ).exclude(outcome="")
    counted = tries.values("delivery__channel").annotate(
        all=Count("pk"), good=Count("pk", filter=Q(outcome__in=(State.SENT, State.HANDED)))
    )
    return {row["delivery__channel"] for row in counted if row["all"] >= 2 and not row["good"]}


def _blocked(rows: list[Delivery]) -> set[int]:
    """Those whose post a check would stop by now."""
    by_post: dict[int, list[Delivery]] = {}
    for row in rows:
        if row.post_pk is not None:
            by_post.setdefault(row.post_pk, []).append(row)
    posts = Post.objects.filter(pk__in=by_post).select_related("campaign__ruleset")
    found: set[int] = set()
    for post in posts.prefetch_related("channels", "pictures__media"):
        subject = checks.Subject(
            post, list(post.channels.all()), list(post.pictures.all()), by_post[post.pk][0].send_at
        )
        stops = {finding.channel for finding in checks.blocks(checks.findings(subject))}
        found |= {row.pk for row in by_post[post.pk] if None in stops or row.channel in stops}
    return found


# Telling -----------------------------------------------------------------------------------------


@transaction.atomic
def tell_owners() -> int:
    """Tell of each risk once, and close the notices of what is over; how many deliveries are at risk."""
    now = clock.now()
    risks = {audit.about(risk.delivery): risk for risk in examine(planned(now, AHEAD), now)}
    told = set()
    for notice in Notice.objects.filter(kind=KIND).exclude(params__has_key="over").select_for_update():
        risk = risks.get(notice.about)
        if risk and notice.params == _params(risk):
            told.add((notice.about, notice.member_id))  # put away or not: once is enough
        else:
            notice.params, notice.done_at = notice.params | {"over": True}, notice.done_at or now
            notice.save(update_fields=["params", "done_at"])
    for about, risk in risks.items():
        row = risk.delivery
        to = [one for one in _responsible(row) if (about, one.pk) not in told]
        row.channel.campaign = row.campaign
        notices.tell(KIND, row, to=to, url=row.get_absolute_url(), **_params(risk))
    return len(risks)


def _responsible(row: Delivery) -> list[Member]:
    """Its owner; the managers where it has none who is still there."""
    if row.owner and row.owner.suspended_at is None:
        return [row.owner]
    return notices.responsible(row.campaign_id, None)


def _params(risk: Risk) -> dict[str, str]:
    row = risk.delivery
    local = row.send_at.astimezone(row.campaign.tz)
    return {
        "risk": risk.code,
        "channel": str(row.channel),
        "text": row.text[:80],
        "time": f"{local:%H.%M} {row.campaign.get_zone_display()}",
    }
