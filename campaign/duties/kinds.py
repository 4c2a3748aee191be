"""What each duty is, as data: its name, what is to be done, who must, and from which day it is counted."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from campaign import election, registry
from campaign.models import Campaign, FilingStep, Level

if TYPE_CHECKING:
    from django.utils.functional import Promise


class Anchor(StrEnum):
    """A day of the calendar from which deadlines are counted."""

    START = "start"  # the campaign's first day
    LAST = "last"  # the campaign's last day
    VOTING = "voting"


MISSING = {
    Anchor.START: "calendar.dct",
    Anchor.LAST: "calendar.voting_day",
    Anchor.VOTING: "calendar.voting_day",
}
"""The rule that nobody has fixed where an anchor is unknown."""

type Words = Callable[[Campaign], str]


@dataclass(frozen=True)
class DutyKind:
    """One duty. It is due on the anchor's day, moved by each rule of `offsets`: (-1, key) so many days before it."""

    key: str
    name: "str | Promise"
    what: Words
    who: Words
    anchor: Anchor
    offsets: tuple[tuple[int, str], ...] = ()
    is_money: bool = False
    step: str = ""  # what is to be done with each account, one of `FilingStep`
    is_daily_from: Anchor | None = None  # to be done every day from there until its deadline
    levels: frozenset[str] = field(default_factory=lambda: frozenset(Level.values))

    @property
    def rules(self) -> tuple[str, ...]:
        """The rules that say when it is due, those of the anchor first."""
        of_anchor = {
            Anchor.START: ("calendar.dct", "campaign.start_after_dct_days"),
            Anchor.LAST: ("calendar.voting_day", "campaign.quiet_days"),
            Anchor.VOTING: ("calendar.voting_day",),
        }[self.anchor]
        return (*of_anchor, *(key for _sign, key in self.offsets))


@dataclass(frozen=True)
class Days:
    """The days of one campaign's calendar; None while unknown."""

    known: Mapping[Anchor, date | None]
    rules: Mapping[str, Any]

    def due(self, kind: DutyKind) -> date | None:
        """The last day on which `kind` is in time."""
        day = self.known[kind.anchor]
        if day is None or any(key not in self.rules for _sign, key in kind.offsets):
            return None
        return day + timedelta(days=sum(sign * int(self.rules[key]) for sign, key in kind.offsets))


def days_of(campaign: Campaign, rules: Mapping[str, Any]) -> Days:
    """The calendar under `rules`. The start is never guessed: a day too late would cost the campaign its accounts."""
    voting, dct = election.voting_day(campaign, dict(rules)), election.final_list(campaign, dict(rules))
    start = dct + timedelta(days=rules["campaign.start_after_dct_days"]) if dct else None
    last = voting - timedelta(days=rules["campaign.quiet_days"] + 1) if voting else None
    return Days({Anchor.START: start, Anchor.LAST: last, Anchor.VOTING: voting}, rules)


# Who, in the words of each level -----------------------------------------------------------------


def is_dpd(campaign: Campaign) -> bool:
    """Whether the candidate stands without a party."""
    return campaign.level == Level.DPD


def office(campaign: Campaign) -> str:
    """The office of KPU to which accounts are reported."""
    if campaign.level == Level.DPR:
        return "KPU"
    if campaign.level == Level.DPRD_REGENCY:
        return _("KPU of the regency or city")
    return _("KPU of the province")


def _party_or_candidate(campaign: Campaign) -> str:
    if is_dpd(campaign):
        return _("The candidate")
    return _("The party at the level of this seat, with its candidates")


def _each(for_dpd: "Promise", for_party: "Promise") -> Words:
    return lambda campaign: str(for_dpd if is_dpd(campaign) else for_party)


def _register(campaign: Campaign) -> str:
    told = {"office": office(campaign)}
    if is_dpd(campaign):
        return (
            _(
                "Report every official account to %(office)s on the form for it, with copies to Bawaslu, the police "
                "and the ministry Komdigi. Keep each receipt."
            )
            % told
        )
    return (
        _(
            "Give your accounts to the party, which reports them to %(office)s with copies to Bawaslu, the police and "
            "the ministry Komdigi. Ask for a copy of the receipt, and how many of the party's accounts are yours."
        )
        % told
    )


KINDS = (
    DutyKind(
        "accounts-register",
        lazy("Register the official accounts"),
        _register,
        _party_or_candidate,
        Anchor.START,
        ((-1, "social.register_before_start_days"),),
        step=FilingStep.REGISTERED,
    ),
    DutyKind(
        "rkdk",
        lazy("Open the campaign fund account (RKDK)"),
        _each(
            lazy(
                "Open the special bank account with the letter of KPU and enter it in Sikadeka. "
                "Until it is open, no donation may be taken."
            ),
            lazy(
                "The party opens the special bank account; a candidate has none of their own. "
                "Ask the party's treasurer for its number, because donations go there and nowhere else."
            ),
        ),
        _party_or_candidate,
        Anchor.START,
        ((-1, "rkdk.open_before_start_days"),),
        is_money=True,
    ),
    DutyKind(
        "ladk",
        lazy("Hand in the first report of the campaign fund (LADK)"),
        _each(
            lazy(
                "Enter the account, the opening balance, receipts and expenses with their evidence in Sikadeka and "
                "hand it in. Without it KPU strikes the candidate off."
            ),
            lazy(
                "Give the party your own figures with their evidence, and sign the candidate's form. "
                "In 2024 reports came back because candidates had not signed."
            ),
        ),
        _party_or_candidate,
        Anchor.VOTING,
        ((-1, "report.ladk_before_voting_days"),),
        is_money=True,
    ),
    DutyKind(
        "ladk-fix",
        lazy("Repair the LADK, if KPU returns it"),
        _each(
            lazy("Read what KPU found wanting, and hand the report in again. If nothing came back, note the receipt."),
            lazy(
                "Ask the party whether the report came back for something of yours, and put it right. "
                "If nothing came back, note the receipt."
            ),
        ),
        _party_or_candidate,
        Anchor.VOTING,
        ((-1, "report.ladk_before_voting_days"), (1, "report.ladk_fix_days")),
        is_money=True,
    ),
    DutyKind(
        "lpsdk",
        lazy("Enter every donation (LPSDK)"),
        _each(
            lazy(
                "Enter each donation in Sikadeka with the giver's identity, on the same day or the next. "
                "The last day for entries is the one shown here."
            ),
            lazy(
                "Tell the party's treasurer of each donation with the giver's identity on the same day, so that it is "
                "entered in time. The last day for entries is the one shown here."
            ),
        ),
        _party_or_candidate,
        Anchor.LAST,
        ((1, "report.lpsdk_entry_days"),),
        is_money=True,
        is_daily_from=Anchor.START,
    ),
    DutyKind(
        "accounts-close",
        lazy("Close the official accounts"),
        lambda _campaign: _(
            "Close or deactivate every registered account by the end of this day, and keep a picture of the screen "
            "with the time on it. Fetch your numbers before: a closed account shows none."
        ),
        lambda _campaign: _("Whoever registered the accounts; here the team does it"),
        Anchor.LAST,
        ((-1, "social.close_before_end_days"),),
        step=FilingStep.CLOSED,
    ),
    DutyKind(
        "treasury",
        lazy("Pay unlawful donations to the state treasury"),
        lambda _campaign: _(
            "Report to KPU what may not be kept, such as donations from unknown givers or above the limit, and pay it "
            "to the treasury. It is not used and not given back; if there was none, note who checked."
        ),
        _party_or_candidate,
        Anchor.LAST,
        ((1, "fund.treasury_days_after_campaign"),),
        is_money=True,
    ),
    DutyKind(
        "lppdk",
        lazy("Hand in the final report of the campaign fund (LPPDK)"),
        _each(
            lazy(
                "Hand the accountant named by KPU all receipts and expenses with their evidence. "
                "Without it an elected candidate is not declared elected."
            ),
            lazy(
                "Give the party your last figures with their evidence; it hands in one report for all its candidates. "
                "Without it the party's elected candidates are not declared elected."
            ),
        ),
        _party_or_candidate,
        Anchor.VOTING,
        ((1, "report.lppdk_after_voting_days"),),
        is_money=True,
    ),
)
for each in KINDS:
    registry.duties.add(each)


def of(campaign: Campaign) -> list[DutyKind]:
    """The duties of the campaign's level."""
    return [kind for kind in registry.duties if campaign.level in kind.levels]


def find(campaign: Campaign, key: str) -> DutyKind | None:
    """The duty of that name, if this campaign has it."""
    return next((kind for kind in of(campaign) if kind.key == key), None)
