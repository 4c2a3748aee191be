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
    SECONDS = "seconds"
    ACCOUNTS = "accounts"
    ADS = "ads"
    DATE = "date"
    TIME = "time"
    CHOICE = "choice"  # one of the rule's own options


class Looser(StrEnum):
    """Which change of a value is a loosening."""

    COMPUTED = "computed"  # by what the election calendar then opens
    MORE = "more"
    LESS = "less"


@dataclass(frozen=True)
class Key:
    """One rule. `least` and `most` bound what a campaign may set, the shipped value apart.

    `options` are the values of a choice with their names, from the strictest to the loosest.
    """

    label: "Promise"
    does: "Promise"
    unit: Unit
    least: int = 0
    most: int = 0
    looser: Looser = Looser.COMPUTED
    options: "tuple[tuple[str, Promise], ...]" = ()

    @property
    def is_number(self) -> bool:
        return self.unit not in (Unit.DATE, Unit.TIME, Unit.CHOICE)

    def check(self, value: Any) -> int | str:
        """`value` as a rule keeps it. Raises Refused where no such value is possible."""
        if self.unit == Unit.CHOICE:
            if value not in dict(self.options):
                raise Refused(_("Choose one of the list."))
            return str(value)
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
        if self.unit == Unit.CHOICE:
            order = [value for value, _label in self.options]
            before, after = order.index(before), order.index(after)
        return bool(after > before) if self.looser == Looser.MORE else bool(after < before)


NEVER, WINDOW, CAMPAIGN = "never", "window", "campaign"
"""When a paid ad may run: values of the rules `ads.when.…`."""
WANTED, FREE = "wanted", "free"
WHEN = (
    (NEVER, lazy("never")),
    (WINDOW, lazy("in the window for advertisements")),
    (CAMPAIGN, lazy("during the whole campaign")),
)


def _when(label: "Promise") -> Key:
    does = lazy("When a paid advertisement there may run; Posko refuses plans for other days.")
    return Key(label, does, Unit.CHOICE, looser=Looser.MORE, options=WHEN)


def _per_day(label: "Promise") -> Key:
    does = lazy("So many paid advertisements may run in one medium on one day.")
    return Key(label, does, Unit.ADS, 0, 100, Looser.MORE)


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
    "ads.when.social": _when(lazy("Advertisements on social networks")),
    "ads.when.tiktok": _when(lazy("Advertisements on TikTok")),
    "ads.when.online": _when(lazy("Advertisements on other websites")),
    "ads.when.print": _when(lazy("Advertisements in print")),
    "ads.when.broadcast": _when(lazy("Advertisements on radio and television")),
    "ads.when.outdoor": _when(lazy("Paid advertisements outdoors")),
    "ads.per_day.social": _per_day(lazy("Advertisements a day on one social network")),
    "ads.per_day.online": _per_day(lazy("Advertisements a day on one website")),
    "ads.per_day.print": _per_day(lazy("Advertisements a day in one newspaper")),
    "ads.per_day.radio": _per_day(lazy("Advertisements a day on one radio station")),
    "ads.per_day.television": _per_day(lazy("Advertisements a day on one television station")),
    "ads.seconds.social": Key(
        lazy("Length of an advertisement on social networks"),
        lazy("A film or sound that is paid for may last so long there."),
        Unit.SECONDS,
        1,
        600,
        Looser.MORE,
    ),
    "ads.disclaimer": Key(
        lazy("Who paid stands on the advertisement"),
        lazy("Whether an advertisement must say that it is one of the campaign, and who paid for it."),
        Unit.CHOICE,
        looser=Looser.MORE,
        options=((WANTED, lazy("must be shown")), (FREE, lazy("need not be shown"))),
    ),
    "ads.receipt_days": Key(
        lazy("Receipt of an advertisement"),
        lazy("So many days after its last day Posko reminds the treasurer of a receipt that is missing."),
        Unit.DAYS,
        0,
        60,
        Looser.MORE,
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
    if unit == Unit.CHOICE:
        return str(dict(KEYS[key].options).get(value, value))
    counted = {
        Unit.DAYS: ngettext("%(n)s day", "%(n)s days", abs(value)),
        Unit.MINUTES: ngettext("%(n)s minute", "%(n)s minutes", abs(value)),
        Unit.HOURS: ngettext("%(n)s hour", "%(n)s hours", abs(value)),
        Unit.SECONDS: ngettext("%(n)s second", "%(n)s seconds", abs(value)),
        Unit.ACCOUNTS: ngettext("%(n)s account", "%(n)s accounts", abs(value)),
        Unit.ADS: ngettext("%(n)s advertisement", "%(n)s advertisements", abs(value)),
    }[unit]
    words = counted % {"n": abs(value)}
    return _("%(time)s before") % {"time": words} if value < 0 else words
