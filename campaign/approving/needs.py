"""Who is still needed: one pure function of a campaign's approval rules, its people, and what was said so far.

It asks no database and no clock; `campaign.policy` brings it what it needs.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as lazy

MANAGER, STAFF, CANDIDATE = "manager", "staff", "candidate"
ABLE = (MANAGER, STAFF, CANDIDATE)
"""Who can write or approve at all; where there is only one such person, they approve what they wrote."""


class Need(TextChoices):
    """A yes that is missing."""

    SECOND = "second", lazy("a second reader")
    CANDIDATE = "candidate", lazy("the candidate")
    MANAGER = "manager", lazy("a campaign manager")


@dataclass(frozen=True)
class Terms:
    """A campaign's approval rules. As they stand here, the candidate says yes to everything and nobody deputises."""

    manager_kinds: frozenset[str] = frozenset()
    four_eyes: bool = False
    readers: frozenset[int] = frozenset()
    deputy: int | None = None
    deadline_before: timedelta = timedelta(hours=2)
    deadline_after: timedelta = timedelta(hours=12)
    remind_after: timedelta = timedelta(hours=2)


@dataclass(frozen=True)
class Person:
    """A member. Who is `away`, suspended or with access that has ended, says nothing, and nobody fills the place."""

    pk: int
    role: str
    is_away: bool = False


@dataclass(frozen=True)
class Yes:
    """A member's yes to this version; `as_deputy` was said in the candidate's place, after the deadline."""

    by: int
    as_deputy: bool = False


@dataclass(frozen=True)
class Question:
    """A version that asks for approval. `editors` changed the content since it was last approved."""

    kind: str
    editors: frozenset[int] = frozenset()
    yeses: frozenset[Yes] = frozenset()
    is_past_deadline: bool = False


@dataclass(frozen=True)
class Standing:
    """Where a version stands with its approvals."""

    missing: tuple[Need, ...]
    askable: frozenset[int]
    """Whose turn it is: their yes brings the version on."""
    counting: frozenset[int]
    """Whose yes is put on record at all: not theirs who changed the content, unless it is the candidate."""
    deputies: frozenset[int]
    """Who would now decide in the candidate's place."""
    own_words: frozenset[int]
    """Whose own text needs no further yes of their own: the candidate's, and that of a team of one."""
    is_team_of_one: bool

    @property
    def is_complete(self) -> bool:
        return not self.missing


def standing(terms: Terms, team: Iterable[Person], question: Question) -> Standing:
    """Who is still needed before this version may leave, and who can give it.

    The decision is the candidate's. A manager's yes is enough for the kinds that the campaign has named, and where
    there never was a candidate; the deputy's after the deadline. While the candidate is away the others wait: else
    whoever may suspend the candidate could decide in their place.

    With a second pair of eyes, somebody other than who decides has read it too, and is asked first. Nobody counts who
    changed the content, but for the candidate.
    """
    members = list(team)
    able = [person for person in members if person.role in ABLE and not person.is_away]
    has_candidate = any(person.role == CANDIDATE for person in members)
    candidates = _of(able, CANDIDATE)
    alone = len(able) == 1 and bool(candidates) == has_candidate
    own = frozenset() if alone else question.editors
    managers = _of(able, MANAGER) - own
    readers = _of(able, STAFF) & terms.readers - own if terms.four_eyes else frozenset()
    said = frozenset(yes.by for yes in question.yeses)
    manager_decides = not has_candidate or question.kind in terms.manager_kinds

    deciders = candidates | managers if manager_decides else candidates
    deputies = frozenset() if manager_decides else managers & {terms.deputy}
    decided = said & deciders | {yes.by for yes in question.yeses if yes.as_deputy} & deputies
    seconds = managers | readers
    seconded = said & seconds
    needs_second = terms.four_eyes and not alone

    missing: list[Need] = []
    if needs_second and (not seconded or (decided and len(seconded | decided) == 1)):
        missing.append(Need.SECOND)
    if not decided:
        missing.append(Need.MANAGER if manager_decides else Need.CANDIDATE)

    # Who was the only second reader cannot be the deputy too: then nobody else would have read it.
    free = deputies - seconded if needs_second and len(seconded) == 1 else deputies
    may_deputise = free if question.is_past_deadline and missing == [Need.CANDIDATE] else frozenset()
    if Need.SECOND in missing:
        askable = seconds - said
    elif missing:
        askable = deciders | may_deputise
    else:
        askable = frozenset()
    return Standing(
        missing=tuple(missing),
        askable=askable,
        counting=candidates | managers | readers,
        deputies=may_deputise,
        own_words=candidates | managers if alone else candidates,
        is_team_of_one=alone,
    )


def loosened(old: Terms, new: Terms) -> list[str]:
    """The names of what `new` opens that `old` kept closed; empty when it tightens or changes nothing that counts."""
    names = []
    if not new.manager_kinds <= old.manager_kinds:
        names.append("manager_kinds")
    if old.four_eyes and not new.four_eyes:
        names.append("four_eyes")
    if old.four_eyes and not new.readers <= old.readers:
        names.append("readers")
    if new.deputy is not None and new.deputy != old.deputy:
        names.append("deputy")
    if new.deputy is not None and new.deadline_before > old.deadline_before:
        names.append("deadline_before")
    if new.deputy is not None and new.deadline_after < old.deadline_after:
        names.append("deadline_after")
    return names


def _of(people: Iterable[Person], role: str) -> frozenset[int]:
    return frozenset(person.pk for person in people if person.role == role)
