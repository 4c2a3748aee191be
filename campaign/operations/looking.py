"""What the operations page shows: a line per thing, in words, with what it means and what to do.

Everything comes from Postgres and from this machine. Redis is looked at, and needed for nothing.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import chain

from django.db.models import Avg, Count, F, Min, Q
from django.urls import reverse
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from campaign import chaining, clock, desk, registry, wording
from campaign.models import Attempt, Campaign, Channel, Delivery, Health, Member, State
from campaign.operations import accounts, at_risk, machine
from campaign.operations.at_risk import Risk
from campaign.operations.lines import BLOCK, DAY, HOUR, NOTE, OK, WARN, Line, ago
from campaign.registry import Burning
from platforms.registry import KINDS

DUE_LATE, DUE_STUCK = timedelta(seconds=60), timedelta(minutes=5)
SLOW_CALL = timedelta(seconds=8)
SOON_OUT = timedelta(days=7)


@dataclass(frozen=True)
class Overview:
    """All of it, for one campaign."""

    now: datetime
    machine: list[Line]
    networks: list[Line]
    accounts: list[Line]
    burning: list[Burning]
    stuck: list[Delivery]
    risks: list[Risk]

    @property
    def troubles(self) -> int:
        """How many things are not well."""
        lines = chain(self.machine, self.networks, self.accounts)
        return sum(not line.is_well for line in lines) + len(self.burning) + len(self.stuck) + len(self.risks)


def overview(member: Member) -> Overview:
    """What a member of one campaign sees; of other campaigns nothing."""
    now, campaign = clock.now(), member.campaign
    channels = list(Channel.objects.visible_to(member).kept().select_related("owner__user").order_by("pk"))
    for channel in channels:
        channel.campaign = campaign
    return Overview(
        now=now,
        machine=list(machine.look(campaign, now)),
        networks=[*_networks(campaign, channels, now), *_told_by_apps(campaign, channels, now)],
        accounts=list(_accounts(channels, now)),
        burning=desk.others(member, now),
        stuck=_stuck(member, now),
        risks=_risks(campaign, now),
    )


# The networks ------------------------------------------------------------------------------------


def _networks(campaign: Campaign, channels: list[Channel], now: datetime) -> Iterator[Line]:
    """Per network: what is due and has not begun, and how the calls of the last hour went."""
    due = Delivery.objects.filter(campaign=campaign, state=State.WAITING, cleared__isnull=False).ready()
    due = due.filter(send_at__lte=now)
    waiting = {
        row["channel__platform"]: row
        for row in due.values("channel__platform").annotate(oldest=Min("send_at"), number=Count("pk"))
    }
    tries = Attempt.objects.filter(
        delivery__campaign=campaign, delivery__send_at__gte=now - DAY, begun_at__gte=now - HOUR
    ).exclude(outcome="")
    calls = {
        row["delivery__channel__platform"]: row
        for row in tries.values("delivery__channel__platform").annotate(
            number=Count("pk"),
            bad=Count("pk", filter=~Q(outcome__in=(State.SENT, State.HANDED))),
            mean=Avg(F("ended_at") - F("begun_at")),
        )
    }
    for platform in sorted({channel.platform for channel in channels} | set(waiting)):
        label = KINDS[platform].label
        queue = _queue(campaign, label, waiting.get(platform), now)
        yield _worse(queue, _calls(label, **calls[platform])) if platform in calls else queue


def _queue(campaign: Campaign, label: str, row: Mapping[str, object] | None, now: datetime) -> Line:
    if row is None:
        return Line(OK, label, _("Nothing is overdue."))
    oldest, number = row["oldest"], row["number"]
    assert isinstance(oldest, datetime) and isinstance(number, int)
    told = ngettext(
        "%(number)d delivery is due and has not begun, for %(time)s.",
        "%(number)d deliveries are due and have not begun, the oldest for %(time)s.",
        number,
    ) % {"number": number, "time": ago(now - oldest)}
    if campaign.is_stopped:
        means = _("Publishing is stopped.")
        return Line(NOTE, label, f"{told} {means}")
    if now - oldest <= DUE_LATE:
        return Line(OK, label, told)
    do = _("Look at the account and at the parts above. What passes its last time is held and told, never lost.")
    return Line(BLOCK if now - oldest > DUE_STUCK else WARN, label, told, do)


def _calls(label: str, *, number: int, bad: int, mean: timedelta | None, **_keys: object) -> Line:
    seconds = number_format(mean.total_seconds() if mean else 0, 1)
    told = ngettext("In the last hour %(number)d call:", "In the last hour %(number)d calls:", number)
    told = told % {"number": number} + " "
    told += _("%(bad)d without success, %(seconds)s seconds on average.") % {"bad": bad, "seconds": seconds}
    if bad * 2 >= number and bad:
        do = _("The network refuses or fails. Posko tries again by itself; have a look there.")
        return Line(WARN, label, told, do)
    if mean and mean > SLOW_CALL:
        return Line(WARN, label, told, _("The network is slow. Posts leave, but later than planned."))
    return Line(OK, label, told)


def _worse(first: Line, second: Line) -> Line:
    """Both in one line: in the state of the worse, and with what is to be done about that."""
    worse = max(first, second, key=lambda line: (OK, NOTE, WARN, BLOCK).index(line.state))
    return Line(worse.state, first.title, f"{first.told} {second.told}", worse.do)


def _told_by_apps(campaign: Campaign, channels: list[Channel], now: datetime) -> Iterator[Line]:
    for tell in registry.network_lines:
        yield from tell(campaign, channels, now)


# The accounts ------------------------------------------------------------------------------------


def _accounts(channels: list[Channel], now: datetime) -> Iterator[Line]:
    ends = accounts.ends(channels)
    for channel in channels:
        yield _account(channel, ends.get(channel.pk), now)


def _account(channel: Channel, end: datetime | None, now: datetime) -> Line:
    who = str(channel.owner) if channel.owner else _("The campaign manager")
    sign_in = _("%(name)s connects it again.") % {"name": who}
    url = reverse("campaign:channels", args=[channel.campaign.slug])
    if channel.is_by_hand:
        return Line(OK, str(channel), _("%(name)s sends there by hand.") % {"name": who}, "", url)
    if channel.health == Health.RECONNECT:
        told = wording.problem(channel.problem, channel.problem_params) if channel.problem else ""
        means = _("Nothing leaves there.")
        return Line(BLOCK, str(channel), f"{means} {told}".strip(), sign_in, url)
    if end is not None:
        days = max((end - now).days, 0)
        told = ngettext("Signed in for %(days)d more day.", "Signed in for %(days)d more days.", days) % {"days": days}
        return Line(
            WARN if end - now < SOON_OUT else OK, str(channel), told, sign_in if end - now < SOON_OUT else "", url
        )
    return Line(OK, str(channel), _("Connected; no end is known."), "", url)


# Single things -----------------------------------------------------------------------------------


def _stuck(member: Member, now: datetime) -> list[Delivery]:
    """What a person must look at, or nobody has heard of: each with its owner."""
    mine = Delivery.objects.visible_to(member)
    lost = mine.filter(state=State.SENDING, lease_until__lt=now)
    unclear = mine.filter(state__in=(State.UNSURE, State.HELD, State.HANDED)).exclude(problem__in=chaining.REASONS)
    failed = mine.filter(state=State.FAILED, send_at__gte=now - desk.FAILED_FOR)
    rows = list((lost | unclear | failed).select_related("channel", "owner__user").order_by("send_at")[: desk.MOST])
    for row in rows:
        row.campaign = member.campaign
    return rows


def _risks(campaign: Campaign, now: datetime) -> list[Risk]:
    if campaign.is_stopped:  # all of it is, and the banner says so
        return []
    return at_risk.examine(at_risk.planned(now, DAY, of=campaign), now)
