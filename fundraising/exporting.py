"""The register as a table for spreadsheet programs: every ad, the sums by month and medium, and those by report."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.formats import date_format
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from campaign import audit, spreadsheets
from campaign.access import require
from campaign.models import Member
from fundraising.register import Asked, Entry, Register, months

type Rows = list[Sequence[object]]
TYPES = {"csv": "text/csv; charset=utf-8", "xlsx": spreadsheets.XLSX}


@dataclass(frozen=True)
class Export:
    """One file that is on the record already."""

    name: str
    mime: str
    content: bytes


def make(member: Member, asked: Asked, form: str, now: datetime) -> Export:
    """What is looked for, as a file of the kind `form`, one of `TYPES`; noted on the record."""
    require(member, "ad.see")
    register = Register(member.campaign, now)
    entries = register.of(asked)
    note = audit.record("ad.export", member.campaign, by=member, rows=len(entries), form=form)
    sheets = {
        _("Advertisements"): _rows(entries),
        _("By month"): _by_month(entries),
        _("By report"): _by_report(register),
        _("This copy"): _about(member, now, note.pk, asked),
    }
    content = (
        spreadsheets.workbook(sheets) if form == "xlsx" else b"".join(spreadsheets.lines(_one_after_the_other(sheets)))
    )
    return Export(f"iklan-{member.campaign.slug}-C{note.pk}.{form}", TYPES[form], content)


def _rows(entries: Sequence[Entry]) -> Rows:
    head = [
        pgettext("of a row", "Number"),
        _("State"), _("Medium"), _("Which one"), _("Our account"), _("Boosted post"), _("Paid by"),
        _("Bought through"), _("First day"), _("Last day"), _("A day"), _("Seconds"), _("Spend in rupiah"),
        _("Paid on"), _("Counts on"), _("Number of the receipt"), _("Receipt"), _("Line that says who paid"),
        _("Line is shown"), _("Link"), _("Note"), _("To be looked at"),
    ]  # fmt: skip
    return [head, *(_cells(entry) for entry in entries)]


def _cells(entry: Entry) -> Sequence[object]:
    ad, yes, no = entry.ad, _("yes"), _("no")
    return [
        ad.pk, capfirst(ad.get_state_display()), capfirst(str(ad.get_medium_display())), ad.outlet,
        str(ad.channel) if ad.channel else "", ad.post_id, ad.payer, ad.account, ad.first_day, ad.last_day, ad.per_day,
        ad.seconds, ad.spend, ad.paid_on, ad.counts_on, ad.receipt_number, yes if ad.has_receipt else no,
        ad.disclaimer, yes if ad.is_disclaimer_shown else no, ad.link, ad.note,
        " ".join(flaw.words for flaw in entry.flaws),
    ]  # fmt: skip


def _by_month(entries: Sequence[Entry]) -> Rows:
    rows: Rows = [[_("Month"), _("Medium"), _("Advertisements"), _("Spend in rupiah")]]
    for month in months(entries):
        rows += [[f"{month.first:%Y-%m}", line.name, line.count, line.spend] for line in month.lines]
        rows.append([f"{month.first:%Y-%m}", _("together"), month.total.count, month.total.spend])
    return rows


def _by_report(register: Register) -> Rows:
    head = [_("Report"), _("Advertisements"), _("Spend in rupiah")]
    return [head, *([line.name, line.count, line.spend] for line in register.reports())]


def _about(member: Member, now: datetime, number: int, asked: Asked) -> Rows:
    local = now.astimezone(member.campaign.tz)
    rows: Rows = [
        [_("Advertisements of %(campaign)s") % {"campaign": member.campaign.name}],
        [_("Saved by"), str(member)],
        [_("When"), f"{date_format(local, 'Y-m-d H:i')} {member.campaign.get_zone_display()}"],
        [_("Number of this copy"), f"C{number}"],
    ]
    if asked:
        rows.append([_("Only what was filtered on the page; the sums by report are of everything.")])
    return rows


def _one_after_the_other(sheets: dict[str, Rows]) -> Iterator[Sequence[object]]:
    for number, (name, rows) in enumerate(sheets.items()):
        if number:
            yield []
            yield [name]
        yield from rows
