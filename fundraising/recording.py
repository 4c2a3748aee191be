"""What people write down about an ad: that it is planned or ran, corrections, its receipt, that it was cancelled.

Each verb takes the campaign's row first, so that two plans for the last free place of a day never both find it free.
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date
from typing import Any
from uuid import UUID

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils.translation import gettext as _

from campaign import audit, clock, notices, parts
from campaign.access import require
from campaign.duties import proofs
from campaign.errors import Refused
from campaign.models import Campaign, Channel, Member, Post, Proof
from fundraising.law import Flaw, Law, place
from fundraising.models import Ad, AdChange, AdState

PART = "ads"
NOTICE = "ad_receipt"
UNTOLD = frozenset({"payer", "account", "disclaimer", "note", "cancelled_because"})
"""Fields whose words stay out of the record, for a payer may be a donor, and the line on the ad names them; the ad's
own history has them."""


@dataclass(frozen=True)
class Facts:
    """All that is written down of one ad, but for its receipt's file."""

    state: str
    medium: str
    first_day: date
    last_day: date
    payer: str
    outlet: str = ""
    channel: Channel | None = None
    post: Post | None = None
    account: str = ""
    per_day: int = 1
    seconds: int | None = None
    spend: int | None = None
    paid_on: date | None = None
    disclaimer: str = ""
    is_disclaimer_shown: bool = False
    link: str = ""
    receipt_number: str = ""
    note: str = ""


NAMES = tuple(each.name for each in fields(Facts))


class Unlawful(Refused):
    """A plan that the rules do not allow; `flaws` say why and on which rules."""

    def __init__(self, flaws: list[Flaw]) -> None:
        super().__init__(_("This is not planned, because the rules do not allow it. Change it as told above."))
        self.flaws = flaws


class SentBefore(Refused):
    """The form has made a row already, and says something else by now."""

    def __init__(self) -> None:
        super().__init__(
            _("This form was sent before, with other words in it. If this is another advertisement, press once more.")
        )


def add(facts: Facts, *, by: Member, form_id: UUID | None = None, file: "UploadedFile[Any] | None" = None) -> Ad:
    """Write an ad down; the same form twice is once. Raises Refused, and Unlawful for a plan against the rules.

    A form that was sent, and then filled in otherwise after going back, raises SentBefore: it would be lost in silence.
    """
    require(by, "ad.write")
    known = Ad.objects.visible_to(by).filter(made_by_form=form_id).first() if form_id else None
    if known:
        return _same(known, facts, by)
    with proofs.kept(file, by=by) as proof, transaction.atomic():
        campaign = _locked(by)
        again = Ad.objects.of(campaign).filter(made_by_form=form_id).first() if form_id else None
        if again:
            if proof:
                proofs.forget(proof)
            return _same(again, facts, by)
        now = clock.now()
        ad = Ad(campaign=campaign, made_by_form=form_id, entered_by=by, entered_at=now, changed_at=now, receipt=proof)
        _write(ad, facts, by=by)
        ad.save(force_insert=True)
        parts.use(by.campaign, PART)
        audit.record("ad.record", ad, by=by, state=ad.state, medium=ad.medium, spend=ad.spend, receipt=ad.receipt_id)
    return ad


def correct(ad: Ad, facts: Facts, *, by: Member, version: int, file: "UploadedFile[Any] | None" = None) -> Ad:
    """Write it down otherwise; what it was stays in its history. One that was cancelled is valid again. Twice is once.

    Raises Refused when `by` was looking at another version, and Unlawful for a plan against the rules.
    """
    require(by, "ad.write")
    with proofs.kept(file, by=by) as proof, transaction.atomic():
        campaign = _locked(by)
        done = _pressed_before(ad, campaign, version, by=by)
        if done and not _differs(done, facts) and (not proof or _is_same(done.receipt, proof)):
            if proof:
                proofs.forget(proof)
            return done
        ad = _current(ad, campaign, version)
        before = _told(ad)
        _write(ad, facts, by=by)
        ad.cancelled_because = ""
        if proof:
            ad.receipt = proof
        if changed := _keep(ad, before, by=by):
            audit.record("ad.correct", ad, by=by, **changed)
    return ad


def hand_in(ad: Ad, file: "UploadedFile[Any]", number: str, *, by: Member, version: int) -> Ad:
    """Add the receipt. One that was there stays in the history. Twice is once."""
    require(by, "ad.write")
    with proofs.kept(file, by=by) as proof, transaction.atomic():
        campaign = _locked(by)
        done = _pressed_before(ad, campaign, version, by=by)
        if done and proof and _is_same(done.receipt, proof):
            proofs.forget(proof)
            return done
        ad = _current(ad, campaign, version)
        if ad.state == AdState.CANCELLED:
            raise Refused(_("This was cancelled. Correct it first if it ran after all."))
        before = _told(ad)
        ad.receipt, ad.receipt_number = proof, number.strip() or ad.receipt_number
        if changed := _keep(ad, before, by=by):
            audit.record("ad.receipt", ad, by=by, **changed)
    return ad


@transaction.atomic
def cancel(ad: Ad, reason: str, *, by: Member, version: int) -> Ad:
    """It did not run, or was written down by mistake. It stays in the list, and counts no more. Twice is once."""
    require(by, "ad.write")
    campaign = _locked(by)
    if done := Ad.objects.filter(pk=ad.pk, campaign=campaign, state=AdState.CANCELLED).first():
        return done
    ad = _current(ad, campaign, version)
    if not reason.strip():
        raise Refused(_("Say in a few words why."))
    before = _told(ad)
    ad.state, ad.cancelled_because = AdState.CANCELLED, reason.strip()[:300]
    if changed := _keep(ad, before, by=by):
        audit.record("ad.cancel", ad, by=by, **changed)
    return ad


# -------------------------------------------------------------------------------------------------


def _locked(by: Member) -> Campaign:
    return Campaign.objects.select_for_update().select_related("ruleset").get(pk=by.campaign_id)


def _same(ad: Ad, facts: Facts, by: Member) -> Ad:
    """What this form has written down already. Raises Refused where it says something else by now."""
    ad.campaign = by.campaign
    if ad.version == 1 and _differs(ad, facts):
        raise SentBefore
    return ad


def _pressed_before(ad: Ad, campaign: Campaign, version: int, *, by: Member) -> Ad | None:
    """The row, where `by` themselves has changed just the version that this press was made on."""
    if not AdChange.objects.filter(ad=ad, version=version + 1, by=by).exists():
        return None
    row = Ad.objects.filter(pk=ad.pk, campaign=campaign, version=version + 1).select_related("receipt").first()
    if row:
        row.campaign = campaign
    return row


def _differs(ad: Ad, facts: Facts) -> bool:
    return any(getattr(ad, name) != value for name, value in _values(facts).items())


def _is_same(kept: Proof | None, proof: Proof) -> bool:
    """Whether both are the same file."""
    if kept is None or (kept.mime, kept.size) != (proof.mime, proof.size):
        return False
    with kept.file.open() as one, proof.file.open() as other:
        return bool(one.read() == other.read())


def _values(facts: Facts) -> dict[str, Any]:
    """The facts as they are kept."""
    values = {name: getattr(facts, name) for name in NAMES}
    return {name: value.strip() if isinstance(value, str) else value for name, value in values.items()}


def _current(ad: Ad, campaign: Campaign, version: int) -> Ad:
    """The row as it stands, ours until the transaction ends. Raises Refused when it has changed meanwhile."""
    row = Ad.objects.select_for_update().filter(pk=ad.pk, campaign=campaign, version=version).first()
    if row is None:
        raise Refused(_("This was changed while you were reading it. Look again, then change it."))
    row.campaign = campaign
    return row


def _write(ad: Ad, facts: Facts, *, by: Member) -> None:
    """Put `facts` into `ad`. Raises Refused where they cannot be true, Unlawful where they may not be planned."""
    for name, value in _values(facts).items():
        setattr(ad, name, value)
    for thing in (facts.channel, facts.post):
        if thing is not None and thing.campaign_id != by.campaign_id:
            raise Refused(_("Choose one of this campaign's own accounts and posts."))
    today = clock.now().astimezone(ad.campaign.tz).date()
    if ad.last_day < ad.first_day:
        raise Refused(_("The last day lies before the first one."))
    if ad.state == AdState.RAN and ad.spend is None:
        raise Refused(_("Type what it cost. If it cost nothing, type 0."))
    if ad.state == AdState.RAN and ad.first_day > today:
        raise Refused(_("Its first day is still to come. Write it down as planned."))
    if ad.state == AdState.PLANNED and ad.last_day < today:
        raise Refused(_("These days are past. Say that it ran, or choose days to come."))
    if ad.state == AdState.PLANNED:
        others = [each for each in _valid(ad) if place(each) == place(ad)]
        if against := [flaw for flaw in Law(ad.campaign).flaws(ad, others, today) if flaw.is_against]:
            raise Unlawful(against)


def _valid(ad: Ad) -> list[Ad]:
    near = Ad.objects.of(ad.campaign).valid().filter(medium=ad.medium)
    return list(near.filter(first_day__lte=ad.last_day, last_day__gte=ad.first_day).exclude(pk=ad.pk))


def _keep(ad: Ad, before: Mapping[str, Any], *, by: Member) -> dict[str, Any]:
    """Save what has changed, with its history; what the record is told of it, empty where nothing has."""
    after = _told(ad)
    changed = sorted(name for name in after if after[name] != before[name])
    if not changed:
        return {}
    ad.version += 1
    ad.changed_at = clock.now()
    ad.save()
    AdChange.objects.create(
        ad=ad,
        version=ad.version,
        by=by,
        at=ad.changed_at,
        before={name: before[name] for name in changed},
        after={name: after[name] for name in changed},
    )
    if ad.has_receipt or ad.state != AdState.RAN:
        notices.done(NOTICE, ad)
    told = [name for name in changed if name not in UNTOLD]
    return {
        "fields": changed,
        "before": [f"{name}={before[name]}" for name in told],
        "after": [f"{name}={after[name]}" for name in told],
    }


def _told(ad: Ad) -> dict[str, Any]:
    """The row's fields as JSON takes them."""
    told: dict[str, Any] = {"cancelled_because": ad.cancelled_because, "receipt": ad.receipt_id}
    for name in NAMES:
        value = getattr(ad, f"{name}_id") if name in ("channel", "post") else getattr(ad, name)
        told[name] = value.isoformat() if isinstance(value, date) else value
    return told


def older_receipts(changes: list[AdChange], by: Member) -> dict[int, Proof]:
    """The receipts that corrections name, by their numbers; one query, none where none is named."""
    numbers = {value for change in changes for value in (change.before.get("receipt"), change.after.get("receipt"))}
    numbers -= {None}
    if not numbers:
        return {}
    found = {proof.pk: proof for proof in Proof.objects.visible_to(by).filter(pk__in=numbers)}
    for proof in found.values():
        proof.campaign = by.campaign
    return found
