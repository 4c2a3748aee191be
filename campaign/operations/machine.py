"""The machine's part of the operations page: whether everything that Posko consists of is at work."""

import shutil
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import redis
from django.conf import settings
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _

from campaign import pulse
from campaign.models import Campaign, Pulse
from campaign.operations import VERSION
from campaign.operations.lines import BLOCK, HOUR, NOTE, OK, WARN, Line, ago

SLOW_PARTS_SILENT_AFTER = timedelta(minutes=5)  # they show themselves each minute
BACKUP_OLD, BACKUP_TOO_OLD = timedelta(hours=30), timedelta(days=7)
REDIS_SECONDS = 1


def look(campaign: Campaign, now: datetime) -> Iterator[Line]:
    """Its parts and what they need: Redis, the clock, room on the disks, a backup."""
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
        return Line(OK, _("Clock"), _("No network has told another time in the last hour."))
    told = _("It is %(seconds)d seconds off the networks': posts may leave too early or too late.")
    return Line(
        BLOCK, _("Clock"), told % {"seconds": abs(row.value)}, _("Whoever runs Posko looks at the time service (NTP).")
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
