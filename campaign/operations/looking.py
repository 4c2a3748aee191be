"""What the operations page shows: a line per thing, in words, with what it means and what to do.

Everything comes from Postgres and from this machine. Redis is looked at, and needed for nothing.
"""

import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import chain
from pathlib import Path

import redis
from django.conf import settings
from django.db.models import Avg, Count, F, Min, Q
from django.template.defaultfilters import filesizeformat
from django.urls import reverse
from django.utils.formats import number_format
from django.utils.timesince import timesince
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from campaign import clock, desk, pulse, wording
from campaign.models import Attempt, Campaign, Channel, Delivery, Health, Member, Pulse, State
from campaign.operations import VERSION, accounts, at_risk
from campaign.operations.at_risk import Risk
from platforms.registry import KINDS

SLOW_PARTS_SILENT_AFTER = timedelta(minutes=5)  # they show themselves each minute
DUE_LATE, DUE_STUCK = timedelta(seconds=60), timedelta(minutes=5)
SLOW_CALL = timedelta(seconds=8)
BACKUP_OLD, BACKUP_TOO_OLD = timedelta(hours=30), timedelta(days=7)
SOON_OUT = timedelta(days=7)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
REDIS_SECONDS = 1
OK, NOTE, WARN, BLOCK = "ok", "note", "warn", "block"


@dataclass(frozen=True)
class Line:
    """One thing looked at: how it is, what that means and, where it is not well, what to do."""

    state: str
    title: str
    told: str
    do: str = ""
    url: str = ""

    @property
    def is_well(self) -> bool:
        return self.state in (OK, NOTE)


@dataclass(frozen=True)
class Overview:
    """All of it, for one campaign."""

    now: datetime
    machine: list[Line]
    networks: list[Line]
    accounts: list[Line]
    stuck: list[Delivery]
    risks: list[Risk]

    @property
    def troubles(self) -> int:
        """How many things are not well."""
        lines = chain(self.machine, self.networks, self.accounts)
        return sum(not line.is_well for line in lines) + len(self.stuck) + len(self.risks)


def overview(member: Member) -> Overview:
    """What a member of one campaign sees; of other campaigns nothing."""
    now, campaign = clock.now(), member.campaign
    channels = list(Channel.objects.visible_to(member).kept().select_related("owner__user").order_by("pk"))
    for channel in channels:
        channel.campaign = campaign
    return Overview(
        now=now,
        machine=list(_machine(campaign, now)),
        networks=list(_networks(campaign, channels, now)),
        accounts=list(_accounts(channels, now)),
        stuck=_stuck(member, now),
        risks=_risks(campaign, now),
    )


# The machine -------------------------------------------------------------------------------------


def _machine(campaign: Campaign, now: datetime) -> Iterator[Line]:
    pulses = {row.name: row for row in Pulse.objects.all()}
    yield from _parts(pulses, now)
    yield _redis()
    yield _clock(pulses.get("clock"), now)
    yield from _disk()
    yield _backup(campaign, pulses.get("backup"), now)
    yield Line(NOTE, _("Version"), _("Posko %(version)s") % {"version": VERSION})


def _parts(pulses: dict[str, Pulse], now: datetime) -> Iterator[Line]:
    """The four workers by their own signs, and beat by theirs: it wakes all of them."""
    last = {name: pulses[name].at for name in ("tick", "deliver", "measure", "work") if name in pulses}
    newest = max(last.values(), default=None)
    yield _part(
        _("Alarm clock"), newest, now, pulse.SILENT_AFTER,
        _("It wakes every part (beat). No part has been woken, so nothing leaves."),
        _("Whoever runs Posko starts beat, and looks whether Redis answers."),
    )  # fmt: skip
    yield _part(
        _("Schedule"), last.get("tick"), now, pulse.SILENT_AFTER,
        _("It finds what is due each second. Nothing new leaves; nothing is lost."),
        _("Whoever runs Posko starts the worker of the queue “tick”."),
    )  # fmt: skip
    yield _part(
        _("Publishing"), last.get("deliver"), now, pulse.SILENT_AFTER,
        _("It speaks to the networks. Nothing leaves; what passes its time is held and told."),
        _("Whoever runs Posko starts the worker of the queue “deliver”."),
    )  # fmt: skip
    yield _part(
        _("Measuring"), last.get("measure"), now, SLOW_PARTS_SILENT_AFTER,
        _("It reads numbers and tests the accounts. Publishing goes on without it."),
        _("Whoever runs Posko starts the worker of the queue “measure”."),
    )  # fmt: skip
    yield _part(
        _("Other work"), last.get("work"), now, SLOW_PARTS_SILENT_AFTER,
        _("It seals the record, warns of risks and makes backups. Publishing goes on without it."),
        _("Whoever runs Posko starts the worker of the queue “work”."),
    )  # fmt: skip


def _part(title: str, last: datetime | None, now: datetime, silent_after: timedelta, means: str, do: str) -> Line:
    bad = BLOCK if silent_after == pulse.SILENT_AFTER else WARN
    if last is None:
        told = _("Not seen yet; just started, it shows itself within a minute.")
        return Line(bad, title, f"{told} {means}", do)
    told = _("Last seen %(time)s ago.") % {"time": ago(now - last)}
    if now - last <= silent_after:
        return Line(OK, title, told)
    return Line(bad, title, f"{told} {means}", do)


def _redis() -> Line:
    title = _("Messenger (Redis)")
    client = redis.Redis.from_url(
        settings.REDIS_URL, socket_connect_timeout=REDIS_SECONDS, socket_timeout=REDIS_SECONDS
    )
    try:
        client.ping()
    except (redis.RedisError, OSError):
        told = _("It does not answer, so no part is woken. What people do here is kept; nothing is lost.")
        return Line(BLOCK, title, told, _("Whoever runs Posko starts Redis; nothing in it needs to be brought back."))
    finally:
        client.close()
    return Line(OK, title, _("It answers."))


def _clock(row: Pulse | None, now: datetime) -> Line:
    if row is None or now - row.at > HOUR:
        return Line(OK, _("Clock"), _("It agrees with the networks'."))
    told = _("It is %(seconds)d seconds off the networks': posts may leave too early or too late.")
    return Line(
        BLOCK, _("Clock"), told % {"seconds": row.value}, _("Whoever runs Posko looks at the time service (NTP).")
    )


def _disk() -> Iterator[Line]:
    """One line per disk that Posko writes to."""
    seen = set()
    for folder in (Path(settings.MEDIA_ROOT), Path(settings.BACKUPS)):
        there = next((path for path in (folder, *folder.parents) if path.exists()), Path("/"))
        device = there.stat().st_dev
        if device not in seen:
            seen.add(device)
            yield _room(shutil.disk_usage(there))


def _room(disk: "shutil._ntuple_diskusage") -> Line:
    told = _("%(free)s of %(total)s are free.") % {
        "free": filesizeformat(disk.free), "total": filesizeformat(disk.total)
    }  # fmt: skip
    if disk.free > disk.total * 0.1 and disk.free > 2 * 2**30:
        return Line(OK, _("Disk"), told)
    is_full = disk.free < disk.total * 0.03 or disk.free < 2**29
    do = _("Make room on the server: without it pictures, backups and at last everything fails.")
    return Line(BLOCK if is_full else WARN, _("Disk"), told, do)


def _backup(campaign: Campaign, row: Pulse | None, now: datetime) -> Line:
    do = _("Whoever runs Posko takes one: make backup.")
    if row is None:
        if campaign.is_demo:
            return Line(NOTE, _("Backup"), _("There is none, and a demo needs none."))
        return Line(WARN, _("Backup"), _("There is none yet. If this machine breaks, everything is lost."), do)
    told = _("The last one is %(time)s old.") % {"time": ago(now - row.at)}
    if now - row.at <= BACKUP_OLD:
        return Line(OK, _("Backup"), told)
    means = _("What came since then would be lost with this machine.")
    return Line(BLOCK if now - row.at > BACKUP_TOO_OLD else WARN, _("Backup"), f"{told} {means}", do)


# The networks ------------------------------------------------------------------------------------


def _networks(campaign: Campaign, channels: list[Channel], now: datetime) -> Iterator[Line]:
    """Per network: what is due and has not begun, and how the calls of the last hour went."""
    due = Delivery.objects.filter(campaign=campaign, state=State.WAITING, cleared__isnull=False, send_at__lte=now)
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
            bad=Count("pk", filter=~Q(outcome=State.SENT)),
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


# The accounts ------------------------------------------------------------------------------------


def _accounts(channels: list[Channel], now: datetime) -> Iterator[Line]:
    ends = accounts.ends(channels)
    for channel in channels:
        yield _account(channel, ends.get(channel.pk), now)


def _account(channel: Channel, end: datetime | None, now: datetime) -> Line:
    who = str(channel.owner) if channel.owner else _("The campaign manager")
    sign_in = _("%(name)s connects it again.") % {"name": who}
    url = reverse("campaign:channels", args=[channel.campaign.slug])
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
    unclear = mine.filter(state__in=(State.UNSURE, State.HELD, State.HANDED))
    failed = mine.filter(state=State.FAILED, send_at__gte=now - desk.FAILED_FOR)
    rows = list((lost | unclear | failed).select_related("channel", "owner__user").order_by("send_at")[: desk.MOST])
    for row in rows:
        row.campaign = member.campaign
    return rows


def _risks(campaign: Campaign, now: datetime) -> list[Risk]:
    if campaign.is_stopped:  # all of it is, and the banner says so
        return []
    return at_risk.examine(at_risk.planned(now, DAY, of=campaign), now)


def ago(span: timedelta) -> str:
    """A stretch of time in words: seconds below two minutes."""
    seconds = max(int(span.total_seconds()), 0)
    if seconds < 120:
        return ngettext("%(seconds)d second", "%(seconds)d seconds", seconds) % {"seconds": seconds}
    moment = datetime(2000, 1, 1, tzinfo=UTC)
    return timesince(moment, moment + span, depth=1)
