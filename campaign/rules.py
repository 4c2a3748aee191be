"""What each rule is: what it counts, what it does, which values are possible, and which direction loosens."""

from dataclasses import dataclass
from datetime import date, time
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from django.utils import formats
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import ngettext

from campaign.errors import Refused

FIRST_YEAR, LAST_YEAR = 2000, 2100
"""Of any day of an election: a slip in the year would else count days beyond what a calendar can hold."""

if TYPE_CHECKING:
    from django.utils.functional import Promise


class Unit(StrEnum):
    """What a rule's value counts; a date and a time of day stand as ISO text."""

    DAYS = "days"
    MINUTES = "minutes"
    HOURS = "hours"
    ACCOUNTS = "accounts"
    DATE = "date"
    TIME = "time"


class Looser(StrEnum):
    """Which change of a value is a loosening."""

    COMPUTED = "computed"  # by what the election calendar then opens
    MORE = "more"
    LESS = "less"


@dataclass(frozen=True)
class Key:
    """One rule. `least` and `most` bound what a campaign may set, the shipped value apart."""

    label: "Promise"
    does: "Promise"
    unit: Unit
    least: int = 0
    most: int = 0
    looser: Looser = Looser.COMPUTED

    @property
    def is_number(self) -> bool:
        return self.unit not in (Unit.DATE, Unit.TIME)

    def check(self, value: Any) -> int | str:
        """`value` as a rule keeps it. Raises Refused where no such value is possible."""
        try:
            if self.unit == Unit.DATE:
                day = value if isinstance(value, date) else date.fromisoformat(value)
                if not FIRST_YEAR <= day.year <= LAST_YEAR:
                    raise ValueError(day)
                return day.isoformat()
            if self.unit == Unit.TIME:
                return (value if isinstance(value, time) else time.fromisoformat(value)).strftime("%H:%M")
        except (TypeError, ValueError):
            raise Refused(_("Type a date or time as the field shows it.")) from None
        if isinstance(value, bool) or not isinstance(value, int) or not self.least <= value <= self.most:
            raise Refused(
                _("Type a whole number from %(least)s to %(most)s.") % {"least": self.least, "most": self.most}
            )
        return value

    def loosens(self, before: Any, after: Any) -> bool:
        """Whether the value alone loosens; what the calendar opens is asked of `election`."""
        if self.looser == Looser.COMPUTED or before == after:
            return False
        if before is None or after is None:
            return True
        return bool(after > before) if self.looser == Looser.MORE else bool(after < before)


KEYS: dict[str, Key] = {
    "calendar.voting_day": Key(
        lazy("Voting day"),
        lazy("The whole calendar hangs on it: quiet period, advertisements and campaign are counted back from here."),
        Unit.DATE,
    ),
    "calendar.dct": Key(
        lazy("Final list of candidates (DCT)"),
        lazy("The day on which KPU fixes the list. The campaign begins a number of days after it."),
        Unit.DATE,
    ),
    "calendar.dct_offset_days": Key(
        lazy("Final list in practice"),
        lazy("So many days from the day on which the practice campaign was made; negative is before it."),
        Unit.DAYS,
        -365,
        365,
    ),
    "calendar.voting_offset_days": Key(
        lazy("Voting day in practice"),
        lazy("So many days after the practice campaign was made."),
        Unit.DAYS,
        1,
        730,
    ),
    "campaign.start_after_dct_days": Key(
        lazy("Campaign begins after the final list"),
        lazy("So many days after the final list campaign posts and fundraising may begin."),
        Unit.DAYS,
        0,
        180,
    ),
    "campaign.quiet_days": Key(
        lazy("Quiet period"),
        lazy("On so many days before voting day nothing at all leaves."),
        Unit.DAYS,
        1,
        30,
    ),
    "campaign.quiet_early_minutes": Key(
        lazy("Head start of the quiet period"),
        lazy("Posko falls silent so many minutes before the quiet period, because networks' clocks differ."),
        Unit.MINUTES,
        0,
        720,
    ),
    "ads.window_days": Key(
        lazy("Window for advertisements"),
        lazy("On so many days before the quiet period paid advertisements may leave."),
        Unit.DAYS,
        0,
        180,
    ),
    "social.max_accounts_per_app": Key(
        lazy("Official accounts on one network"),
        lazy("At most so many accounts on each network may be registered for the campaign."),
        Unit.ACCOUNTS,
        1,
        100,
        Looser.MORE,
    ),
    "social.register_before_start_days": Key(
        lazy("Registering the accounts"),
        lazy("The accounts are reported to KPU at least so many days before the campaign begins."),
        Unit.DAYS,
        0,
        90,
        Looser.LESS,
    ),
    "social.close_before_end_days": Key(
        lazy("Closing the accounts"),
        lazy("The official accounts are closed so many days before the campaign's last day; 0 is on that day itself."),
        Unit.DAYS,
        0,
        30,
        Looser.LESS,
    ),
    "rkdk.open_before_start_days": Key(
        lazy("Opening the campaign fund account (RKDK)"),
        lazy("The special bank account is open at least so many days before the campaign begins."),
        Unit.DAYS,
        0,
        90,
        Looser.LESS,
    ),
    "report.ladk_before_voting_days": Key(
        lazy("First report of the campaign fund (LADK)"),
        lazy("It is handed in at least so many days before voting day."),
        Unit.DAYS,
        1,
        180,
        Looser.LESS,
    ),
    "report.ladk_fix_days": Key(
        lazy("Repairing the LADK"),
        lazy("A report that KPU returns is repaired within so many days after its deadline."),
        Unit.DAYS,
        0,
        30,
        Looser.MORE,
    ),
    "report.lpsdk_entry_days": Key(
        lazy("Donations into the LPSDK"),
        lazy("Each donation is entered within so many days after it has come; 0 is the same day."),
        Unit.DAYS,
        0,
        7,
        Looser.MORE,
    ),
    "report.lppdk_after_voting_days": Key(
        lazy("Final report of the campaign fund (LPPDK)"),
        lazy("It is handed to the accountant within so many days after voting day."),
        Unit.DAYS,
        1,
        90,
        Looser.MORE,
    ),
    "fund.treasury_days_after_campaign": Key(
        lazy("Unlawful donations to the state treasury"),
        lazy("What may not be kept is paid to the treasury within so many days after the campaign's last day."),
        Unit.DAYS,
        1,
        90,
        Looser.MORE,
    ),
    "voting.close_local": Key(
        lazy("Polling stations close"),
        lazy("Local time on voting day; quick counts are published some time after it."),
        Unit.TIME,
        looser=Looser.LESS,
    ),
    "quickcount.after_close_hours": Key(
        lazy("Quick counts"),
        lazy("They may be published so many hours after the last polling stations have closed."),
        Unit.HOURS,
        0,
        48,
        Looser.LESS,
    ),
}


def label(key: str) -> str:
    """The rule's name in the reader's language."""
    return str(KEYS[key].label) if key in KEYS else key


def in_words(key: str, value: Any) -> str:
    """A value as people write it: 3 days, Rabu, 14 Februari 2029, 13.00."""
    if value is None:
        return _("not set")
    unit = KEYS[key].unit
    if unit == Unit.DATE:
        return formats.date_format(date.fromisoformat(value), "l, j F Y")
    if unit == Unit.TIME:
        return str(value).replace(":", "." if formats.get_format("DECIMAL_SEPARATOR") == "," else ":")
    counted = {
        Unit.DAYS: ngettext("%(n)s day", "%(n)s days", abs(value)),
        Unit.MINUTES: ngettext("%(n)s minute", "%(n)s minutes", abs(value)),
        Unit.HOURS: ngettext("%(n)s hour", "%(n)s hours", abs(value)),
        Unit.ACCOUNTS: ngettext("%(n)s account", "%(n)s accounts", abs(value)),
    }[unit]
    words = counted % {"n": abs(value)}
    return _("%(time)s before") % {"time": words} if value < 0 else words
