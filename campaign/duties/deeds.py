"""What people do about a duty: choose who looks after it, confirm it, take that back; and each account's part."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import UploadedFile
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from campaign import audit, clock, notices
from campaign.access import MAY, require
from campaign.duties import proofs, reading
from campaign.duties.kinds import DutyKind
from campaign.errors import Refused
from campaign.models import Channel, ChannelFiling, Duty, FilingStep, Member, Proof, Role

OWNERS = tuple(role for role in Role if role in MAY["duty.see"])
"""Who can look after a duty: whoever sees them."""
NOTICES = ("duty_due", "duty_late")
SAME_PRESS = timedelta(minutes=1)
"""A second confirmation by the same person within this time is the same press come twice."""


@dataclass(frozen=True)
class Evidence:
    """What shows that it was done: a file, a link or a receipt's number."""

    file: "UploadedFile[Any] | None" = None
    link: str = ""
    number: str = ""
    note: str = ""


def require_change(member: Member, kind: DutyKind) -> None:
    """Raises PermissionDenied unless `member` may decide about `kind`."""
    require(member, "duty.change")
    if not reading.may_change(member, kind):
        raise PermissionDenied(f"{member.role} may not change {kind.key}")


@transaction.atomic
def assign(kind: DutyKind, *, by: Member, to: Member | None) -> Duty:
    """Let `to` look after it; None is back to the default. The old owner is reminded no more."""
    require_change(by, kind)
    if to is not None and (to.campaign_id != by.campaign_id or to.suspended_at is not None or to.role not in OWNERS):
        raise Refused(_("Choose somebody of the team."))
    row = _locked(kind, by)
    if row.owner_id == (to.pk if to else None):
        return row
    row.owner, row.changed_at = to, clock.now()
    row.save(update_fields=["owner", "changed_at"])
    audit.record("duty.assign", row, by=by, key=kind.key, to=to.pk if to else None)
    _close_notices(row)
    return row


def finish(kind: DutyKind, evidence: Evidence, *, by: Member) -> Duty:
    """Confirm that it is done, with a proof; a file that is there already will do. Pressing twice is pressing once."""
    require_change(by, kind)
    with proofs.kept(evidence.file, by=by) as proof, transaction.atomic():
        return _finish(kind, evidence, proof, by)


def _finish(kind: DutyKind, evidence: Evidence, proof: Proof | None, by: Member) -> Duty:
    row = _locked(kind, by)
    if row.done_at is not None:
        if row.done_by_id == by.pk and clock.now() - row.done_at < SAME_PRESS:
            if proof:
                proofs.forget(proof)
            return row
        raise Refused(_("Somebody has confirmed this already. Take that back first to change the proof."))
    old = row.proof
    row.proof, row.link, row.number = proof or old, evidence.link.strip(), evidence.number.strip()
    if not (row.proof or row.link or row.number):
        raise Refused(_("Add a proof: a file, a link or the number of the receipt."))
    row.note, row.done_at, row.done_by, row.changed_at = evidence.note.strip(), clock.now(), by, clock.now()
    row.save()
    if proof and old:
        proofs.forget(old)
    audit.record(
        "duty.finish", row, by=by, key=kind.key, proof=row.proof_id, link=bool(row.link), number=bool(row.number)
    )
    _close_notices(row)
    return row


@transaction.atomic
def undo(kind: DutyKind, *, by: Member) -> Duty:
    """It was not done after all; the proof stays until another takes its place. Reminders begin again."""
    require_change(by, kind)
    row = _locked(kind, by)
    if row.done_at is None:
        return row
    row.done_at, row.done_by, row.changed_at = None, None, clock.now()
    row.save(update_fields=["done_at", "done_by", "changed_at"])
    audit.record("duty.undo", row, by=by, key=kind.key)
    return row


# Each account ------------------------------------------------------------------------------------


def file_channel(channel: Channel, step: str, *, day: date, number: str = "", file: Any = None, by: Member) -> None:
    """Note that an account was registered or closed on `day`. Raises Refused for a day to come, or noted already."""
    require(by, "duty.change_any")
    if channel.campaign_id != by.campaign_id or step not in FilingStep.values:
        raise PermissionDenied("an account of another campaign, or no such step")
    now = clock.now()
    if day > now.astimezone(by.campaign.tz).date():
        raise Refused(_("This day is still to come. Type the day on which it was done."))
    if ChannelFiling.objects.filter(channel=channel, step=step, by=by, day=day, at__gt=now - SAME_PRESS).exists():
        return
    with proofs.kept(file, by=by) as proof:
        try:
            with transaction.atomic():
                filing = ChannelFiling.objects.create(
                    channel=channel, step=step, day=day, number=number.strip(), proof=proof, by=by, at=now
                )
                audit.record(f"channel.{step}", channel, by=by, filing=filing.pk, proof=proof.pk if proof else None)
        except IntegrityError:
            raise Refused(_("This is noted already for this account. Look again.")) from None


@transaction.atomic
def unfile_channel(channel: Channel, step: str, *, by: Member) -> None:
    """Take that back, with its proof. Twice is once."""
    require(by, "duty.change_any")
    row = ChannelFiling.objects.select_for_update().filter(channel=channel, step=step).first()
    if row is None:
        return
    proof = Proof.objects.filter(pk=row.proof_id or 0).first()
    row.delete()
    if proof:
        proofs.forget(proof)
    audit.record(f"channel.not_{step}", channel, by=by)


# -------------------------------------------------------------------------------------------------


def _locked(kind: DutyKind, by: Member) -> Duty:
    """The row of this duty, made where there is none, and ours until the transaction ends."""
    return locked(by.campaign_id, kind.key)


def locked(campaign_id: int, key: str) -> Duty:
    """The same for Posko itself."""
    Duty.objects.get_or_create(campaign_id=campaign_id, key=key, defaults={"changed_at": clock.now()})
    row = Duty.objects.select_for_update().get(campaign_id=campaign_id, key=key)
    if row.proof_id:
        row.proof = Proof.objects.get(pk=row.proof_id or 0)
    return row


def _close_notices(row: Duty) -> None:
    for kind in NOTICES:
        notices.done(kind, row)
