"""How what is written down of an ad was corrected, in words."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from campaign.models import Channel, Member, Post, Proof
from fundraising import recording, wording
from fundraising.models import Ad, AdChange, AdState, Medium

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from django.utils.functional import Promise

NAMES: dict[str, "Promise"] = {
    "state": lazy("How it stands"),
    "medium": lazy("Medium"),
    "outlet": lazy("Which one"),
    "channel": lazy("Our account"),
    "post": lazy("Boosted post"),
    "payer": lazy("Paid by"),
    "account": lazy("Bought through"),
    "first_day": lazy("First day"),
    "last_day": lazy("Last day"),
    "per_day": lazy("How often a day"),
    "seconds": lazy("Length in seconds"),
    "spend": lazy("Spend in rupiah"),
    "paid_on": lazy("Paid on"),
    "disclaimer": lazy("Line that says who paid"),
    "is_disclaimer_shown": lazy("Line is shown"),
    "link": lazy("Where it leads"),
    "receipt": lazy("Receipt"),
    "receipt_number": lazy("Number of the receipt"),
    "note": lazy("Note"),
    "cancelled_because": lazy("Why it was cancelled"),
}
DAYS = ("first_day", "last_day", "paid_on")


@dataclass(frozen=True)
class Value:
    """What a field held, in words; `url` where it can be opened."""

    words: str
    url: str = ""


@dataclass(frozen=True)
class Field:
    """One field that was corrected."""

    name: str
    before: Value
    after: Value


@dataclass(frozen=True)
class Correction:
    """What one person corrected at one moment."""

    who: str
    at: datetime
    fields: list[Field]


def of(ad: Ad, member: Member) -> list[Correction]:
    """The corrections of `ad`, the newest first; two queries, three where a receipt was replaced."""
    changes = list(AdChange.objects.filter(ad=ad).select_related("by__user").order_by("-version"))
    receipts = recording.older_receipts(changes, member)
    known = {
        "channel": _names(Channel.objects.visible_to(member), changes, "channel"),
        "post": _names(Post.objects.visible_to(member), changes, "post"),
    }
    return [_correction(change, receipts, known) for change in changes]


def _names(rows: "QuerySet[Any]", changes: list[AdChange], field: str) -> dict[int, str]:
    numbers = {value for change in changes for value in (change.before.get(field), change.after.get(field)) if value}
    return {row.pk: str(row) for row in rows.filter(pk__in=numbers)} if numbers else {}


def _correction(change: AdChange, receipts: Mapping[int, Proof], known: Mapping[str, Mapping[int, str]]) -> Correction:
    def value(field: str, held: Any) -> Value:
        if field == "receipt" and held in receipts:
            return Value(_("file"), receipts[held].get_absolute_url())
        if field in known and held:
            return Value(known[field].get(held, str(held)))
        return Value(_words(field, held))

    order = [name for name in NAMES if name in change.after]
    fields = [
        Field(str(NAMES[name]), value(name, change.before[name]), value(name, change.after[name])) for name in order
    ]
    return Correction(change.by.user.name, change.at, fields)


def _words(field: str, held: Any) -> str:
    if held is None or held == "":
        return "–"
    if field in DAYS:
        return date_format(date.fromisoformat(held), "j M Y")
    if field == "spend":
        return wording.rupiah(held)
    if field == "is_disclaimer_shown":
        return _("yes") if held else _("no")
    if field == "state":
        return str(AdState(held).label)
    return str(Medium(held).label) if field == "medium" else str(held)
