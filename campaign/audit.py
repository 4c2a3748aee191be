"""The record: rows are inserted by the acts themselves, sealed into a chain each minute, and can be verified."""

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import batched

from django.db import connection, models, transaction

from campaign import clock
from campaign.models import AuditRow, DaySeal, Delivery, Member, Seal

current_ip: ContextVar[str | None] = ContextVar("current_ip", default=None)
"""Where the act under way comes from; the middleware sets it."""

type Detail = str | int | bool | list[str] | list[int] | None

FIRST = "0" * 64
BATCH = 5_000
LOOK_BACK = 100_000  # rows: a transaction does not run while more than so many others are written
_SEALER = 71_001  # the advisory lock of the one sealer


def about(thing: models.Model | str) -> str:
    """`post:41`: how the record names what was acted on."""
    return thing if isinstance(thing, str) else f"{thing._meta.model_name}:{thing.pk}"


def record(
    verb: str,
    thing: models.Model | str,
    *,
    by: Member | str,
    campaign_id: int | None = None,
    **details: Detail,
) -> AuditRow:
    """Write one row, in the caller's transaction. `by` is a member, or the name of the part of Posko that acted.

    `details` holds ids, states and field names; never what a voter or donor wrote.
    """
    row = _row(verb, thing, by=by, campaign_id=campaign_id, details=details)
    row.save(force_insert=True)
    return row


def record_fates(deliveries: Sequence[Delivery]) -> None:
    """One row for each envelope that the engine has settled, in one statement."""
    AuditRow.objects.bulk_create(
        _row(f"delivery.{row.state}", row, by="engine", details={"problem": row.problem} if row.problem else {})
        for row in deliveries
    )


def _row(
    verb: str,
    thing: models.Model | str,
    *,
    by: Member | str,
    campaign_id: int | None = None,
    details: Mapping[str, Detail],
) -> AuditRow:
    member = by if isinstance(by, Member) else None
    if campaign_id is None:
        campaign_id = member.campaign_id if member else getattr(thing, "campaign_id", None)
    return AuditRow(
        campaign_id=campaign_id,
        member_id=member.pk if member else None,
        actor=str(by),
        verb=verb,
        about=about(thing),
        details=details,
        ip=current_ip.get(),
    )


# Sealing -----------------------------------------------------------------------------------------


def link(before: str, row: AuditRow) -> str:
    """The hash of `row` chained to the hash before it: SHA-256 over canonical JSON, as 64 hex digits."""
    content = [
        row.pk,
        row.at.isoformat(),
        row.campaign_id,
        row.member_id,
        row.actor,
        row.verb,
        row.about,
        row.details,
        row.ip,
        row.xid,
    ]
    text = json.dumps([before, content], sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    return hashlib.sha256(text.encode()).hexdigest()


@transaction.atomic
def seal() -> int:
    """Chain every row whose transaction is older than all that still run; how many. One sealer at a time."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [_SEALER])
        if cursor.fetchone() != (True,):
            return 0
        # Rows are inserted without a lock and may appear out of order; below this number none can appear any more.
        cursor.execute("SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint")
        row = cursor.fetchone()
        assert row is not None
        horizon = row[0]
    end = Seal.objects.order_by("-position").first()
    position, before, newest = (end.position, end.hash, end.row) if end else (0, FIRST, 0)
    sealed = Seal.objects.filter(row=models.OuterRef("pk"))
    # Transaction numbers start anew where a backup is restored, so an old row counts as finished whatever its number.
    finished = models.Q(xid__lt=horizon) | models.Q(at__lt=clock.now() - timedelta(hours=1))
    unsealed = AuditRow.objects.filter(finished, ~models.Exists(sealed), pk__gt=newest - LOOK_BACK)
    seals = []
    for row in unsealed.order_by("pk")[:BATCH]:
        position, before = position + 1, link(before, row)
        seals.append(Seal(position=position, row=row.pk, hash=before))
    Seal.objects.bulk_create(seals)
    return len(seals)


@transaction.atomic
def seal_day(day: date | None = None) -> DaySeal | None:
    """Keep the chain's end as the seal of `day`, yesterday by the database's clock.

    None where nothing is sealed, and where the day has its seal already.
    """
    day = day or (clock.now() - timedelta(days=1)).date()
    end = Seal.objects.order_by("-position").first()
    if end is None:
        return None
    kept, made = DaySeal.objects.get_or_create(day=day, defaults={"position": end.position, "hash": end.hash})
    return kept if made else None


# Verifying ---------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Flaw:
    """One thing wrong with the record: at which link, and what."""

    position: int
    what: str  # changed, missing, rewritten, cut, unsealed


def verify(known: dict[int, str] | None = None) -> list[Flaw]:
    """Walk the whole chain and name every flaw; empty when all is well.

    `known` maps positions to hashes kept outside, such as the day's seals in the digests; ours are always asked.
    """
    kept: dict[int, set[str]] = {}  # days on which nothing happened have seals of the same position
    for position, digest in [*DaySeal.objects.values_list("position", "hash"), *(known or {}).items()]:
        kept.setdefault(position, set()).add(digest)
    flaws = list(_walk(kept))
    last = Seal.objects.aggregate(last=models.Max("position"))["last"] or 0
    flaws += [Flaw(position, "cut") for position in sorted(kept) if position > last]
    old = AuditRow.objects.filter(at__lt=clock.now() - timedelta(hours=2))
    if old.exclude(models.Exists(Seal.objects.filter(row=models.OuterRef("pk")))).exists():
        flaws.append(Flaw(last, "unsealed"))
    return flaws


def verify_end(links: int) -> list[Flaw]:
    """The same of the chain's newest `links`, for whoever cannot wait for all of it."""
    last = Seal.objects.aggregate(last=models.Max("position"))["last"] or 0
    after = max(last - links, 0)
    kept = {position: {digest} for position, digest in DaySeal.objects.values_list("position", "hash")}
    return list(_walk(kept, after))


def _walk(kept: dict[int, set[str]], after: int = 0) -> Iterator[Flaw]:
    known = Seal.objects.filter(position=after).values_list("hash", flat=True).first()
    before, expected = known or FIRST, after + 1
    seals = Seal.objects.filter(position__gt=after).order_by("position")
    for chunk in batched(seals.iterator(chunk_size=2_000), 1_000):
        rows = AuditRow.objects.in_bulk([seal.row for seal in chunk])
        for seal in chunk:
            row = rows.get(seal.row)
            if seal.position != expected or row is None:
                yield Flaw(expected, "missing")
            elif link(before, row) != seal.hash:
                yield Flaw(seal.position, "changed")  # or moved: its place is part of the hash
            if kept.get(seal.position, set()) - {seal.hash}:
                yield Flaw(seal.position, "rewritten")
            before, expected = seal.hash, seal.position + 1
