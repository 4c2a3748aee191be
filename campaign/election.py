"""Which part of the election calendar a moment is in, and what may be said in it.

Phases follow from the ruleset: voting day D, the final list (DCT) and the law's numbers of days. Days are those of the
campaign's own time zone.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from typing import Any

from django.db import transaction
from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from campaign import clock, rulesets
from campaign.models import Campaign, Kind, Rule


class Phase(TextChoices):
    """Part of the election calendar."""

    PREPARATION = "preparation", _("preparation")
    BEFORE = "before", _("before the campaign")
    CAMPAIGN = "campaign", _("campaign")
    ADS = "ads", _("campaign, advertisements allowed")
    QUIET = "quiet", _("quiet period")
    VOTING = "voting", _("voting day")
    AFTER = "after", _("after the election")


class Verdict(StrEnum):
    """What a phase says of a kind of message."""

    ALLOW = "allow"
    WARN = "warn"
    BLOCK = "block"


A, W, B = Verdict.ALLOW, Verdict.WARN, Verdict.BLOCK
TABLE: dict[Phase, dict[Kind, Verdict]] = {
    #                  campaigning, other, advertisement, fundraising, survey, notice
    phase: dict(zip((Kind.CAMPAIGN, Kind.OTHER, Kind.AD, Kind.FUNDRAISING, Kind.SURVEY, Kind.NOTICE), row, strict=True))
    for phase, row in {
        Phase.PREPARATION: (B, A, B, B, A, A),
        Phase.BEFORE:      (B, A, B, B, A, A),
        Phase.CAMPAIGN:    (A, A, B, A, W, A),
        Phase.ADS:         (A, A, A, A, W, A),
        Phase.QUIET:       (B, B, B, B, B, B),
        Phase.VOTING:      (B, B, B, B, B, B),
        Phase.AFTER:       (B, A, B, B, A, A),
    }.items()
}  # fmt: skip


@dataclass(frozen=True)
class Span:
    """One phase with its first moment and the first moment after it; None is without end."""

    phase: Phase
    begin: datetime | None
    end: datetime | None

    def holds(self, moment: datetime) -> bool:
        return (self.begin is None or self.begin <= moment) and (self.end is None or moment < self.end)


def rules_of(campaign: Campaign, own: dict[str, Any] | None = None) -> dict[str, Any]:
    """The rules in force: as shipped, with what the campaign began with and what it overrides.

    `own` stands in for the overrides to see what a change would do.
    """
    shipped = {rule.key: rule.value for rule in shipped_rules(campaign)}
    began_with = {"calendar.voting_day": campaign.voting_day.isoformat()} if campaign.voting_day else {}
    return shipped | began_with | (campaign.own_rules if own is None else own)


def shipped_rules(campaign: Campaign) -> list[Rule]:
    """The rows of the law that hold for this campaign, with their sources."""
    return rulesets.rows(campaign.ruleset, on=_made_on(campaign))


def spans(campaign: Campaign) -> list[Span]:
    """The whole calendar, in order and without gaps. With D unknown it is all preparation."""
    return spans_under(campaign, rules_of(campaign))


def spans_under(campaign: Campaign, rules: dict[str, Any]) -> list[Span]:
    """The calendar as it would be under `rules`; asks nothing."""
    day = voting_day(campaign, rules)
    if day is None:
        return [Span(Phase.PREPARATION, None, None)]
    early = timedelta(minutes=rules["campaign.quiet_early_minutes"])
    quiet = _midnight(campaign, day - timedelta(days=rules["campaign.quiet_days"])) - early
    ads = _midnight(campaign, day - timedelta(days=rules["campaign.quiet_days"] + rules["ads.window_days"]))
    begin = _campaign_start(campaign, rules, day)
    dct = begin - timedelta(days=rules["campaign.start_after_dct_days"])
    # A voting day soon after the final list leaves little or no campaign; the quiet period is never shortened.
    marks = [
        (Phase.PREPARATION, None),
        (Phase.BEFORE, min(dct, quiet)),
        (Phase.CAMPAIGN, min(begin, quiet)),
        (Phase.ADS, min(max(ads, begin), quiet)),
        (Phase.QUIET, quiet),
        (Phase.VOTING, _midnight(campaign, day)),
        (Phase.AFTER, _midnight(campaign, day + timedelta(days=1))),
    ]
    ends = [begin for _, begin in marks[1:]] + [None]
    return [Span(phase, begin, end) for (phase, begin), end in zip(marks, ends, strict=True)]


def phase_at(campaign: Campaign, moment: datetime) -> Phase:
    """Which phase `moment` is in."""
    return phase_in(spans(campaign), moment)


def phase_in(calendar: list[Span], moment: datetime) -> Phase:
    """The same of a calendar that is at hand."""
    return next(span.phase for span in calendar if span.holds(moment))


def verdict(campaign: Campaign, kind: str, moment: datetime) -> tuple[Verdict, Phase]:
    """What the calendar says of a message of `kind` that leaves at `moment`."""
    phase = phase_at(campaign, moment)
    return TABLE[phase][Kind(kind)], phase


def day_begins(campaign: Campaign, moment: datetime) -> datetime:
    """The first moment of `moment`'s day, in the campaign's own zone."""
    return _midnight(campaign, moment.astimezone(campaign.tz).date())


def quiet_begins(campaign: Campaign) -> datetime | None:
    """When the quiet period begins, those minutes early; None while D is unknown."""
    return next((span.begin for span in spans(campaign) if span.phase == Phase.QUIET), None)


def closed(campaign: Campaign) -> dict[str, list[list[str]]]:
    """For each kind, the spans in which it may not leave, as `Campaign.closed` keeps them."""
    calendar = spans(campaign)
    return {kind.value: list(_blocked(calendar, kind)) for kind in Kind}


@transaction.atomic
def seal_calendar(campaign: Campaign) -> None:
    """Write what the calendar closes into the campaign's row, where the gate reads it. After every change of rules."""
    row = Campaign.objects.select_for_update().get(pk=campaign.pk)
    row.own_rules = rulesets.own(row)
    row.closed = closed(row)
    row.save(update_fields=["closed", "own_rules"])
    campaign.closed, campaign.own_rules = row.closed, row.own_rules


def seal_all(**_signal: Any) -> None:
    """Seal every calendar anew, after each migration: a new version may bring other numbers of the law."""
    for campaign in Campaign.objects.select_related("ruleset").iterator():
        if campaign.closed != closed(campaign):
            seal_calendar(campaign)


def _blocked(calendar: list[Span], kind: Kind) -> Iterator[list[str]]:
    for span in calendar:
        if TABLE[span.phase][kind] == Verdict.BLOCK:
            yield [
                span.begin.astimezone(UTC).isoformat() if span.begin else "-infinity",
                span.end.astimezone(UTC).isoformat() if span.end else "infinity",
            ]


def voting_day(campaign: Campaign, rules: dict[str, Any]) -> date | None:
    """D, or None while nobody has fixed it."""
    if "calendar.voting_day" in rules:
        return date.fromisoformat(rules["calendar.voting_day"])
    if "calendar.voting_offset_days" in rules:
        return _made_on(campaign) + timedelta(days=rules["calendar.voting_offset_days"])
    return None


def final_list(campaign: Campaign, rules: dict[str, Any]) -> date | None:
    """The day of the final list of candidates (DCT), or None while nobody has fixed it."""
    if "calendar.dct" in rules:
        return date.fromisoformat(rules["calendar.dct"])
    if "calendar.dct_offset_days" in rules:
        return _made_on(campaign) + timedelta(days=rules["calendar.dct_offset_days"])
    return None


def _campaign_start(campaign: Campaign, rules: dict[str, Any], day: date) -> datetime:
    """25 days after the final list of candidates; where that is unknown, the start of the ad window."""
    dct = final_list(campaign, rules)
    if dct is None:
        # Nobody has told when the final list comes: the narrowest reading is the safe one.
        return _midnight(campaign, day - timedelta(days=rules["campaign.quiet_days"] + rules["ads.window_days"]))
    return _midnight(campaign, dct + timedelta(days=rules["campaign.start_after_dct_days"]))


def _made_on(campaign: Campaign) -> date:
    return (campaign.made_at if campaign.pk else clock.now()).astimezone(campaign.tz).date()


def _midnight(campaign: Campaign, day: date) -> datetime:
    return datetime.combine(day, time.min, tzinfo=campaign.tz)
