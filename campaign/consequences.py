"""What a change of a rule would open and close, told before it is made; and whether it is a loosening."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from campaign import election
from campaign.election import TABLE, Span, Verdict
from campaign.models import Campaign, Kind
from campaign.rules import KEYS


@dataclass(frozen=True)
class Stretch:
    """From `begin` until before `end` these kinds change; None is without end."""

    begin: datetime
    end: datetime | None
    kinds: tuple[Kind, ...]

    @property
    def is_everything(self) -> bool:
        return len(self.kinds) == len(Kind)


@dataclass(frozen=True)
class Consequence:
    """Of one change: what may leave that might not, and what may not any more, from now on."""

    loosens: bool
    opens: list[Stretch]
    closes: list[Stretch]


def of_change(
    campaign: Campaign, key: str, value: Any, since: datetime, *, shipped: dict[str, Any] | None = None
) -> Consequence:
    """What follows where `key` becomes `value`; None is the rule as shipped. `shipped` spares a query."""
    own = {name: kept for name, kept in campaign.own_rules.items() if name != key}
    shipped = election.rules_of(campaign, {}) if shipped is None else shipped
    before = shipped | campaign.own_rules
    after = shipped | own | ({} if value is None else {key: value})
    old, new = election.spans_under(campaign, before), election.spans_under(campaign, after)
    opens, closes = opened(old, new, since), opened(new, old, since)
    return Consequence(bool(opens) or KEYS[key].loosens(before.get(key), after.get(key)), opens, closes)


def opened(before: list[Span], after: list[Span], since: datetime) -> list[Stretch]:
    """When, from `since` on, something may leave under `after` that might not under `before`."""
    edges = {span.begin for span in (*before, *after) if span.begin and span.begin > since}
    moments = [since, *sorted(edges)]
    was, becomes = _blocked(before), _blocked(after)
    found: list[Stretch] = []
    for begin, end in zip(moments, [*moments[1:], None], strict=True):
        # Between two edges nothing changes: the first moment speaks for all of them.
        kinds = tuple(kind for kind in Kind if was(begin, kind) and not becomes(begin, kind))
        if found and found[-1].end == begin and found[-1].kinds == kinds:
            found[-1] = Stretch(found[-1].begin, end, kinds)
        elif kinds:
            found.append(Stretch(begin, end, kinds))
    return found


def _blocked(calendar: list[Span]) -> Callable[[datetime, Kind], bool]:
    def is_blocked(moment: datetime, kind: Kind) -> bool:
        return TABLE[election.phase_in(calendar, moment)][kind] == Verdict.BLOCK

    return is_blocked
