"""What the election's rules say of an ad: on which days its medium may run one, how many a day, and what must be shown.

Days are whole days of the campaign's own zone. Nothing here is a number of the law: all come from the ruleset.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from campaign import election, rules
from campaign.duties import reading
from campaign.duties.reading import Ground
from campaign.election import TABLE, Verdict
from campaign.models import Campaign, Kind
from fundraising import wording
from fundraising.models import Ad, AdState, Medium

NETWORKS = frozenset(
    {
        Medium.FACEBOOK, Medium.INSTAGRAM, Medium.THREADS, Medium.X, Medium.TIKTOK, Medium.YOUTUBE, Medium.TELEGRAM,
        Medium.SOCIAL,
    }
)  # fmt: skip
BROADCAST = frozenset({Medium.RADIO, Medium.TELEVISION})
AGAINST, MISSING, OPEN = "block", "warn", "note"
"""How heavy a flaw is: against the rules, something is missing, something is to be said."""

type Days = tuple[date, date]


@dataclass(frozen=True)
class Flaw:
    """One thing about an ad that somebody has to look at, and what to do about it."""

    code: str  # never, outside, too_many, too_long, no_disclaimer, no_receipt, unsaid
    weight: str
    words: str
    do: str
    rules: tuple[str, ...] = ()

    @property
    def is_against(self) -> bool:
        return self.weight == AGAINST


class Law:
    """The rules of one campaign as they hold for ads. One query when it is made."""

    def __init__(self, campaign: Campaign) -> None:
        self.campaign = campaign
        self._shipped = {rule.key: rule for rule in election.shipped_rules(campaign)}
        began_with = {"calendar.voting_day": campaign.voting_day.isoformat()} if campaign.voting_day else {}
        shipped = {key: rule.value for key, rule in self._shipped.items()}
        self.rules = shipped | began_with | campaign.own_rules

    @cached_property
    def _open(self) -> dict[Kind, list[Days]]:
        calendar = election.spans_under(self.campaign, self.rules)
        return {kind: list(self._days(calendar, kind)) for kind in (Kind.AD, Kind.CAMPAIGN)}

    def _days(self, calendar: Iterable[election.Span], kind: Kind) -> Iterable[Days]:
        """The stretches of days on which something of `kind` may be shown, those that touch in one."""
        found: list[Days] = []
        for span in calendar:
            if TABLE[span.phase][kind] == Verdict.BLOCK or span.begin is None or span.end is None:
                continue
            first = span.begin.astimezone(self.campaign.tz).date()
            # The quiet period begins some minutes early; the day before it is still a day of campaigning.
            last = (span.end - timedelta(microseconds=1)).astimezone(self.campaign.tz).date()
            if span.begin >= span.end:
                continue
            if found and found[-1][1] + timedelta(days=1) >= first:
                found[-1] = (found[-1][0], last)
            else:
                found.append((first, last))
        return found

    @property
    def window(self) -> Days | None:
        """The days of the window for ads; None while nobody knows them."""
        return self._open[Kind.AD][0] if self._open[Kind.AD] else None

    def when(self, medium: str) -> str:
        """When ads may run in `medium`, one of `rules.WHEN`; the window where no rule says otherwise."""
        return str(self.rules.get(when_rule(medium), rules.WINDOW))

    def lawful(self, medium: str) -> list[Days]:
        """The days on which `medium` may run an ad."""
        when = self.when(medium)
        return [] if when == rules.NEVER else self._open[Kind.AD if when == rules.WINDOW else Kind.CAMPAIGN]

    def outside(self, ad: Ad) -> list[Days]:
        """Those of its days on which it may not run."""
        left = [(ad.first_day, ad.last_day)]
        for first, last in self.lawful(ad.medium):
            left = [part for each in left for part in _without(each, first, last)]
        return left

    def limit(self, medium: str) -> int | None:
        """How many ads a day; None where no rule says."""
        limit = self.rules.get(per_day_rule(medium))
        return None if limit is None else int(limit)

    def grounds(self, flaws: Iterable[Flaw]) -> list[Ground]:
        """The rules that these flaws stand on, each once, with their sources."""
        told = (key for flaw in flaws for key in flaw.rules)
        # Practice counts its days from its own beginning.
        keys = dict.fromkeys(key if key in self.rules else reading.COUNTED.get(key, key) for key in told)
        return [
            reading.ground(self.campaign, key, self._shipped.get(key), self.rules[key])
            for key in keys
            if key in self.rules
        ]

    # Judging -------------------------------------------------------------------------------------

    def flaws(self, ad: Ad, others: Sequence[Ad], today: date) -> list[Flaw]:
        """What is wrong with `ad`, the heaviest first; `others` run in the same medium at the same place."""
        if ad.state == AdState.CANCELLED:
            return []
        found = [
            self._days_flaw(ad),
            self._many_flaw(ad, others),
            self._long_flaw(ad),
            self._disclaimer_flaw(ad),
            self._receipt_flaw(ad, today),
            _unsaid_flaw(ad, today),
        ]
        return [flaw for flaw in found if flaw]

    def _days_flaw(self, ad: Ad) -> Flaw | None:
        key = when_rule(ad.medium)
        if self.when(ad.medium) == rules.NEVER:
            words = _("No paid advertisement of a campaign may run here: %(medium)s.") % {
                "medium": ad.get_medium_display()
            }
            return Flaw("never", AGAINST, words, _do(ad, _("Choose another medium, or cancel it.")), (key,))
        outside = self.outside(ad)
        if not outside:
            return None
        counted: tuple[str, ...] = ("calendar.voting_day", "campaign.quiet_days")
        if self.when(ad.medium) == rules.WINDOW:
            counted = (*counted, "ads.window_days")
        else:
            counted = ("calendar.dct", "campaign.start_after_dct_days", *counted)
        told = {"days": ", ".join(wording.days(*each) for each in outside), "lawful": self.lawful_words(ad.medium)}
        words = _("No advertisement may run in this medium on these days: %(days)s. %(lawful)s") % told
        return Flaw("outside", AGAINST, words, _do(ad, _("Choose other days, or cancel it.")), (*counted, key))

    def lawful_words(self, medium: str) -> str:
        """On which days this medium may run ads, in a sentence."""
        lawful = self.lawful(medium)
        if lawful:
            return _("Allowed are: %(days)s.") % {"days": ", ".join(wording.days(*each) for each in lawful)}
        if self.when(medium) == rules.NEVER:
            return _("No day is allowed.")
        return _("No day is allowed yet, because the calendar of the election is not known.")

    def _many_flaw(self, ad: Ad, others: Sequence[Ad]) -> Flaw | None:
        limit, key = self.limit(ad.medium), per_day_rule(ad.medium)
        if limit is None:
            return None
        day, most = _fullest_day(ad, others)
        if most <= limit:
            return None
        told = {"count": most, "day": wording.days(day, day), "where": ad.where, "limit": limit}
        words = ngettext(
            "%(where)s has %(count)d advertisements on %(day)s; %(limit)d is allowed on one day.",
            "%(where)s has %(count)d advertisements on %(day)s; %(limit)d are allowed on one day.",
            limit,
        )
        return Flaw("too_many", AGAINST, words % told, _do(ad, _("Choose other days, or cancel one of them.")), (key,))

    def _long_flaw(self, ad: Ad) -> Flaw | None:
        limit = self.rules.get("ads.seconds.social") if ad.medium in NETWORKS else None
        if limit is None or ad.seconds is None or ad.seconds <= limit:
            return None
        words = _("It lasts %(seconds)d seconds; %(limit)d are allowed on social networks.") % {
            "seconds": ad.seconds,
            "limit": limit,
        }
        return Flaw("too_long", AGAINST, words, _do(ad, _("Cut it before it is bought.")), ("ads.seconds.social",))

    def _disclaimer_flaw(self, ad: Ad) -> Flaw | None:
        # Nobody can have seen on a plan what is to stand there; its words are enough.
        is_told = bool(ad.disclaimer) if ad.state == AdState.PLANNED else ad.is_disclaimer_shown
        if is_told or self.rules.get("ads.disclaimer") != rules.WANTED:
            return None
        return Flaw(
            "no_disclaimer",
            MISSING,
            _("It does not say that it is an advertisement of the campaign, and who paid."),
            _("Have the line put on it, write it down here, and confirm that it is shown."),
            ("ads.disclaimer",),
        )

    def _receipt_flaw(self, ad: Ad, today: date) -> Flaw | None:
        late = days_without_receipt(ad, today)
        if late is None or late <= int(self.rules.get("ads.receipt_days", 0)):
            return None
        words = ngettext(
            "The receipt is missing, %(days)d day after it ended.",
            "The receipt is missing, %(days)d days after it ended.",
            late,
        ) % {"days": late}
        do = _("Add the invoice or the proof of payment: the expense report wants one for each expense.")
        return Flaw("no_receipt", MISSING, words, do, ("ads.receipt_days",))


def when_rule(medium: str) -> str:
    """The rule that says when ads may run in `medium`."""
    if medium == Medium.TIKTOK:
        return "ads.when.tiktok"
    group = "social" if medium in NETWORKS else "broadcast" if medium in BROADCAST else medium
    return f"ads.when.{group}"


def per_day_rule(medium: str) -> str:
    """The rule that says how many ads `medium` may run a day; there is none for all of them."""
    return f"ads.per_day.{'social' if medium in NETWORKS else medium}"


def place(ad: Ad) -> tuple[str, str]:
    """Where ads are counted together: a network, or one newspaper, station or website."""
    return ad.medium, " ".join(ad.outlet.casefold().split())


def days_without_receipt(ad: Ad, today: date) -> int | None:
    """Since how many days an ad that ran has ended without its receipt; None where none is wanted or it runs still."""
    if ad.state != AdState.RAN or ad.has_receipt or ad.is_free or ad.last_day >= today:
        return None
    return (today - ad.last_day).days


def _unsaid_flaw(ad: Ad, today: date) -> Flaw | None:
    if ad.state != AdState.PLANNED or ad.first_day > today:
        return None
    do = _("Say that it ran and what it cost, or cancel it.")
    if ad.last_day < today:
        return Flaw("unsaid", MISSING, _("Its days are over, and nobody has said whether it ran."), do)
    return Flaw("unsaid", OPEN, _("It was to run by now, and nobody has said whether it does."), do)


def _do(ad: Ad, while_planned: str) -> str:
    if ad.state == AdState.PLANNED:
        return while_planned
    return _(
        "Stop it if it still runs. Tell the campaign manager and the party, keep receipt and pictures, and be ready to "
        "explain it to Bawaslu."
    )


def _without(days: Days, first: date, last: date) -> list[Days]:
    """What is left of a stretch of days without another one."""
    begin, end = days
    if last < begin or first > end:
        return [days]
    one = timedelta(days=1)
    left = [(begin, first - one), (last + one, end)]
    return [each for each in left if each[0] <= each[1]]


def _fullest_day(ad: Ad, others: Sequence[Ad]) -> tuple[date, int]:
    """The day of `ad` on which most run at its place, and how many; only where one begins can there be more."""
    near = [each for each in others if each.pk != ad.pk or ad.pk is None]
    near = [each for each in near if each.first_day <= ad.last_day and each.last_day >= ad.first_day]
    begins = {ad.first_day} | {each.first_day for each in near if each.first_day > ad.first_day}
    counted = {
        day: ad.per_day + sum(each.per_day for each in near if each.first_day <= day <= each.last_day)
        for day in sorted(begins)
    }
    day = max(counted, key=lambda each: (counted[each], -each.toordinal()))
    return day, counted[day]
