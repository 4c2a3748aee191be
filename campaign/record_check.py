"""*Periksa sekarang*: whether a campaign's record is as it was written, in a time that a person waits.

The chain is one for all campaigns. Its newest part is walked link by link, every day's seal is compared, and the
campaign's own rows are compared with their links, the newest first, until the time is up. `verify_audit` walks it all.
"""

import time
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection, transaction
from django.db.models import Exists, OuterRef
from django.utils.translation import gettext as _

from campaign import audit, clock
from campaign.access import require
from campaign.audit import Flaw
from campaign.errors import Refused
from campaign.models import AuditRow, Campaign, DaySeal, Member, Seal

LINKS = 5_000  # of the chain's end, walked each time
BATCH = 1_000
SECONDS = 3.0  # for the campaign's own rows
PAUSE = timedelta(minutes=1)  # between two checks of a campaign
_CHECKER = 71_003  # the advisory lock of the one who checks
SEALED_WITHIN = timedelta(hours=2)


@dataclass(frozen=True)
class Result:
    """What a check found: so many sealed rows of the campaign compared, back to the oldest of them, or all."""

    rows: int
    since: datetime | None
    is_all: bool
    flaws: list[Flaw]


def check(campaign: Campaign, *, by: Member) -> Result:
    """Check and note it. Raises Refused when it was done a moment ago."""
    require(by, "record.see")
    with transaction.atomic():
        _alone(campaign)
        checks = AuditRow.objects.filter(campaign_id=campaign.pk, verb="record.verify", at__gt=clock.now() - PAUSE)
        if checks.exists():
            raise Refused(_("The record was checked a moment ago. Wait a minute before the next check."))
        result = look(campaign)
        audit.record(
            "record.verify", campaign, by=by, campaign_id=campaign.pk, rows=result.rows, flaws=len(result.flaws)
        )
    return result


def _alone(campaign: Campaign) -> None:
    """One check of a campaign at a time. No row is locked: publishing must not wait for a check."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s, %s)", [_CHECKER, campaign.pk % 2**31])
        if cursor.fetchone() != (True,):
            raise Refused(_("The record is being checked just now. Wait a moment and look again."))


def look(campaign: Campaign) -> Result:
    """Compare, without a note."""
    flaws = {(flaw.position, flaw.what): flaw for flaw in (*audit.verify_end(LINKS), *_day_seals())}
    stop_at = time.monotonic() + SECONDS
    rows, since, before = 0, None, None
    while True:
        batch = _batch(campaign, before)
        seals = {seal.row: seal for seal in Seal.objects.filter(row__in=[row.pk for row in batch])}
        for flaw in _compare(batch, seals):
            flaws[flaw.position, flaw.what] = flaw
        rows += sum(row.pk in seals for row in batch)
        if batch:
            since, before = batch[-1].at, batch[-1].pk
        if len(batch) < BATCH:
            return Result(rows, since, True, list(flaws.values()))
        if time.monotonic() > stop_at:
            return Result(rows, since, False, list(flaws.values()))


def _batch(campaign: Campaign, before: int | None) -> list[AuditRow]:
    rows = AuditRow.objects.filter(campaign_id=campaign.pk)
    if before is not None:
        rows = rows.filter(pk__lt=before)
    return list(rows.order_by("-pk")[:BATCH])


def _compare(batch: list[AuditRow], seals: dict[int, Seal]) -> list[Flaw]:
    places = [seal.position - 1 for seal in seals.values()]
    hashes = dict(Seal.objects.filter(position__in=places).values_list("position", "hash")) | {0: audit.FIRST}
    old = clock.now() - SEALED_WITHIN
    flaws = []
    for row in batch:
        seal = seals.get(row.pk)
        if seal is None:
            if row.at < old:
                flaws.append(Flaw(0, "unsealed"))
        elif seal.position - 1 not in hashes:
            flaws.append(Flaw(seal.position, "missing"))
        elif audit.link(hashes[seal.position - 1], row) != seal.hash:
            flaws.append(Flaw(seal.position, "changed"))
    return flaws


def _day_seals() -> list[Flaw]:
    """Seals of days that the chain does not show any more."""
    same = Seal.objects.filter(position=OuterRef("position"), hash=OuterRef("hash"))
    lost = DaySeal.objects.exclude(Exists(same)).values_list("position", flat=True)
    return [Flaw(position, "rewritten") for position in lost]
