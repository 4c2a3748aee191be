"""What the pages of rules show: the calendar, what may be said when, and each rule with its changes."""

from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from campaign import consequences, election, overriding, rules
from campaign.access import may
from campaign.consequences import Consequence
from campaign.election import TABLE, Phase, Span, Verdict
from campaign.models import Kind, Member, Rule, RuleOverride

if TYPE_CHECKING:
    from django.utils.functional import Promise

VERDICTS: dict[Verdict, tuple[str, "Promise"]] = {
    Verdict.ALLOW: ("ok", lazy("allowed")),
    Verdict.WARN: ("warn", lazy("with care")),
    Verdict.BLOCK: ("block", lazy("not allowed")),
}
EARLIER = 20  # changes that have ended


@dataclass(frozen=True)
class Part:
    """One phase of the calendar as it is drawn."""

    label: str
    begin: datetime | None
    is_now: bool
    is_past: bool


@dataclass(frozen=True)
class Proposal:
    """A change that waits, and what its reader may do with it."""

    override: RuleOverride
    value: str
    what_follows: Consequence
    is_own: bool
    may_agree: bool
    may_refuse: bool
    is_due: bool


@dataclass(frozen=True)
class Entry:
    """One rule: what is in force, where it comes from, and what is asked for."""

    key: str
    label: str
    does: str
    value: str
    raw: Any
    shipped: str
    source: str
    confidence: str
    is_unconfirmed: bool
    override: RuleOverride | None
    proposal: Proposal | None
    if_ended: Consequence | None


@dataclass(frozen=True)
class Book:
    """All of it for one reader."""

    parts: list[Part]
    phase: Phase
    phase_words: list[tuple[str, tuple[str, "Promise"]]]
    columns: list[str]
    table: list[tuple[str, list[tuple[str, "Promise"]]]]
    entries: list[Entry]
    earlier: list[tuple[RuleOverride, str, str]]
    has_voting_day: bool

    @property
    def proposals(self) -> list[Entry]:
        return [entry for entry in self.entries if entry.proposal]

    def entry(self, key: str) -> Entry | None:
        return next((entry for entry in self.entries if entry.key == key), None)


def read(member: Member, now: datetime) -> Book:
    """The rules of the member's campaign. The same number of queries whatever there is to show."""
    campaign = member.campaign
    law = {rule.key: rule for rule in election.shipped_rules(campaign)}
    shipped = {key: rule.value for key, rule in law.items()}
    if campaign.voting_day:
        shipped["calendar.voting_day"] = campaign.voting_day.isoformat()
    changes = list(RuleOverride.objects.of(campaign).with_people().order_by("-asked_at", "-pk"))
    for change in changes:
        change.campaign = campaign
    calendar = election.spans_under(campaign, shipped | campaign.own_rules)
    phase = election.phase_in(calendar, now)
    return Book(
        parts=_parts(calendar, now),
        phase=phase,
        phase_words=[(str(kind.label), VERDICTS[TABLE[phase][kind]]) for kind in Kind],
        columns=[", ".join(str(each.label) for each in phases) for phases in _alike()],
        table=[(str(kind.label), [VERDICTS[TABLE[phases[0]][kind]] for phases in _alike()]) for kind in Kind],
        entries=[
            _entry(member, key, law.get(key), shipped, changes, now) for key in overriding.keys(campaign, shipped)
        ],
        earlier=[
            (change, rules.label(change.key), _value(change.key, change.value)) for change in changes if change.ended_at
        ][:EARLIER],
        has_voting_day=any(span.phase == Phase.VOTING for span in calendar),
    )


def _parts(calendar: list[Span], now: datetime) -> list[Part]:
    return [
        Part(str(span.phase.label), span.begin, span.holds(now), span.end is not None and span.end <= now)
        for span in calendar
        if span.begin is None or span.begin != span.end
    ]


def _alike() -> list[list[Phase]]:
    """Phases grouped by what they allow, in the order of the calendar."""
    order: list[dict[Kind, Verdict]] = []
    for phase in Phase:
        if TABLE[phase] not in order:
            order.append(TABLE[phase])
    ranked = sorted(Phase, key=lambda phase: order.index(TABLE[phase]))
    return [list(group) for _rank, group in groupby(ranked, key=lambda phase: order.index(TABLE[phase]))]


def _entry(
    member: Member,
    key: str,
    rule: Rule | None,
    shipped: dict[str, Any],
    changes: list[RuleOverride],
    now: datetime,
) -> Entry:
    campaign = member.campaign
    mine = [change for change in changes if change.key == key and change.ended_at is None]
    in_force = next((change for change in mine if change.began_at), None)
    waiting = next((change for change in mine if not change.began_at), None)
    raw = campaign.own_rules.get(key, shipped.get(key))
    told_at_begin = key == "calendar.voting_day" and campaign.voting_day is not None
    if told_at_begin:
        source = _("told when this campaign was made")
    else:
        source = rule.source if rule else _("not fixed by KPU")
    return Entry(
        key=key,
        label=rules.label(key),
        does=str(rules.KEYS[key].does),
        value=rules.in_words(key, raw),
        raw=raw,
        shipped=rules.in_words(key, shipped.get(key)),
        source=source,
        confidence="" if told_at_begin or not rule else str(rule.get_confidence_display()),
        is_unconfirmed=rule is not None and rule.confidence == "U" and not told_at_begin,
        override=in_force,
        proposal=_proposal(member, waiting, shipped, now) if waiting else None,
        if_ended=consequences.of_change(campaign, key, None, now, shipped=shipped) if in_force else None,
    )


def _proposal(member: Member, waiting: RuleOverride, shipped: dict[str, Any], now: datetime) -> Proposal:
    is_own = waiting.asked_by_id == member.pk
    may_change = may(member, "rules.change")
    return Proposal(
        override=waiting,
        value=_value(waiting.key, waiting.value),
        what_follows=consequences.of_change(member.campaign, waiting.key, waiting.value, now, shipped=shipped),
        is_own=is_own,
        may_agree=may_change and not waiting.is_agreed and not is_own and member.role != waiting.asked_as,
        may_refuse=may_change,
        is_due=waiting.takes_effect_at is not None and waiting.takes_effect_at <= now,
    )


def _value(key: str, value: Any) -> str:
    return _("as shipped") if value is None else rules.in_words(key, value)
