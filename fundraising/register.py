"""The register as its page shows it: each ad with what is wrong, narrowed by filters, and the sums."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.utils.formats import date_format
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from campaign.duties import kinds
from campaign.models import Campaign
from fundraising import wording
from fundraising.law import Flaw, Law, place
from fundraising.models import Ad, AdState, Medium

BADGES = {AdState.PLANNED: "scheduled", AdState.RAN: "sent", AdState.CANCELLED: "cancelled"}
REPORTS = ("ladk", "lppdk")


@dataclass(frozen=True)
class Entry:
    """One ad with what is wrong."""

    ad: Ad
    flaws: list[Flaw]

    @property
    def days(self) -> str:
        return wording.days(self.ad.first_day, self.ad.last_day)

    @property
    def spend(self) -> str:
        return "" if self.ad.spend is None else wording.rupiah(self.ad.spend)

    @property
    def badge(self) -> str:
        return BADGES[AdState(self.ad.state)]

    @property
    def is_against(self) -> bool:
        """Whether it is against the rules."""
        return any(flaw.is_against for flaw in self.flaws)

    @property
    def lacks_receipt(self) -> bool:
        return any(flaw.code == "no_receipt" for flaw in self.flaws)


@dataclass(frozen=True)
class Line:
    """A sum: of how many ads, and how much."""

    name: str
    count: int
    spend: int

    @property
    def shown(self) -> str:
        return wording.rupiah(self.spend)


@dataclass(frozen=True)
class Month:
    """One month's money by medium."""

    first: date
    lines: list[Line]
    total: Line


@dataclass(frozen=True)
class Asked:
    """What is looked for; empty where anything will do."""

    month: str = ""  # 2029-01
    medium: str = ""
    state: str = ""
    needs: str = ""  # one of NEEDS

    def __bool__(self) -> bool:
        return any((self.month, self.medium, self.state, self.needs))

    def fits(self, entry: Entry) -> bool:
        return (
            self.month in ("", f"{entry.ad.counts_on:%Y-%m}")
            and self.medium in ("", entry.ad.medium)
            and self.state in ("", entry.ad.state)
            and (not self.needs or NEEDS[self.needs](entry))
        )


NEEDS: "dict[str, Callable[[Entry], bool]]" = {
    "something": lambda entry: bool(entry.flaws),
    "receipt": lambda entry: entry.lacks_receipt,
    "against": lambda entry: entry.is_against,
}


class Register:
    """All ads of a campaign at one moment, the newest first. Two queries, whatever stands there."""

    def __init__(self, campaign: Campaign, now: datetime) -> None:
        self.campaign, self.law = campaign, Law(campaign)
        self.today = now.astimezone(campaign.tz).date()
        rows = list(Ad.objects.of(campaign).select_related("channel").order_by("-last_day", "-first_day", "-pk"))
        together: dict[tuple[str, str], list[Ad]] = defaultdict(list)
        for row in rows:
            row.campaign = campaign
            if row.state != AdState.CANCELLED:
                together[place(row)].append(row)
        self.entries = [Entry(row, self.law.flaws(row, together[place(row)], self.today)) for row in rows]

    def of(self, asked: Asked) -> list[Entry]:
        """Those that fit."""
        return [entry for entry in self.entries if asked.fits(entry)]

    def entry(self, pk: int) -> Entry | None:
        return next((entry for entry in self.entries if entry.ad.pk == pk), None)

    def months_known(self) -> list[tuple[str, str]]:
        """The months in which there is something, to choose from."""
        firsts = sorted({entry.ad.counts_on.replace(day=1) for entry in self.entries}, reverse=True)
        return [(f"{first:%Y-%m}", date_format(first, "F Y")) for first in firsts]

    def reports(self) -> list[Line]:
        """What ran, per report of the campaign fund: all up to each one's last day, for each holds what went before."""
        found = []
        for kind, due in self._closing():
            within = [entry for entry in self.entries if entry.ad.counts_on <= due]
            until = _("%(report)s, up to %(day)s") % {"report": kind, "day": date_format(due, "j M Y")}
            found.append(sum_of(until, within))
        return [*found, sum_of(_("Everything so far"), self.entries)]

    def _closing(self) -> list[tuple[str, date]]:
        days = kinds.days_of(self.campaign, self.law.rules)
        found = ((key, kinds.find(self.campaign, key)) for key in REPORTS)
        dated = ((key.upper(), days.due(kind)) for key, kind in found if kind)
        return [(name, due) for name, due in dated if due]


def sum_of(name: str, entries: Iterable[Entry]) -> Line:
    """What was spent on those that ran."""
    ran = [entry.ad for entry in entries if entry.ad.state == AdState.RAN]
    return Line(name, len(ran), sum(ad.spend or 0 for ad in ran))


def planned_sum(entries: Iterable[Entry]) -> Line:
    """What is to be spent on those that are planned, as far as it is known."""
    planned = [entry.ad for entry in entries if entry.ad.state == AdState.PLANNED]
    return Line(str(AdState.PLANNED.label), len(planned), sum(ad.spend or 0 for ad in planned))


def months(entries: Sequence[Entry]) -> list[Month]:
    """What ran, by month and medium, the newest month first; money counts on the day it was paid, else the last day."""
    by_month: dict[date, list[Entry]] = defaultdict(list)
    for entry in entries:
        if entry.ad.state == AdState.RAN:
            by_month[entry.ad.counts_on.replace(day=1)].append(entry)
    return [_month(first, by_month[first]) for first in sorted(by_month, reverse=True)]


def _month(first: date, entries: list[Entry]) -> Month:
    by_medium = {
        medium: sum_of(capfirst(str(medium.label)), (entry for entry in entries if entry.ad.medium == medium))
        for medium in Medium
    }
    lines = [line for line in by_medium.values() if line.count]
    return Month(first, lines, sum_of(date_format(first, "F Y"), entries))
