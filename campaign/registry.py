"""Where the ground calls upward: upper apps register themselves in `AppConfig.ready`."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from django.utils.functional import Promise

    from campaign.checks import Check
    from campaign.duties.kinds import DutyKind
    from campaign.models import Campaign, Channel, Delivery, Member, Post
    from campaign.operations.lines import Line


class Registry[T]:
    """A list that is written while Django starts and read ever after."""

    def __init__(self) -> None:
        self._entries: list[T] = []

    def add(self, entry: T) -> T:
        """Register `entry`; works as a decorator. Adding it twice changes nothing."""
        if entry not in self._entries:
            self._entries.append(entry)
        return entry

    def __iter__(self) -> Iterator[T]:
        return iter(self._entries)


@dataclass(frozen=True)
class Page:
    """One entry of the navigation, shown to those who may do `action`.

    `order` below 60 is daily work, from 60 on what keeps the campaign running. An entry with a `part` stays hidden
    until the campaign first uses that part (`parts.use`); the page of all parts shows each, with its `hint`.
    """

    label: "str | Promise"
    icon: str
    view: str
    action: str
    order: int = 50
    hint: "str | Promise" = ""
    part: str = ""

    @property
    def is_daily(self) -> bool:
        return self.order < 60


@dataclass(frozen=True)
class Card:
    """What an app adds to *Hari ini*: a template and its context for one member, None where there is nothing to say."""

    template: str
    context: "Callable[[Member, datetime], dict[str, object] | None]"
    order: int = 50


@dataclass(frozen=True)
class Burning:
    """What needs somebody now, beside envelopes and accounts: drawn red on *Hari ini* and on the operations page.

    `state` picks the icon of `word`; `about` is how notices name it (`audit.about`).
    """

    state: str
    word: "str | Promise"
    title: str
    text: str
    told: str
    url: str
    about: str


@dataclass(frozen=True)
class Panel:
    """A part that an upper app adds to a page: its template and the context for it."""

    template: str
    context: "Callable[[Post, Member], dict[str, object]]"
    order: int = 50


@dataclass(frozen=True)
class Thing:
    """What the record acts upon: its name with %(number)s, and the addresses of those rows that a member may see."""

    label: "Promise"
    addresses: "Callable[[Member, Sequence[int]], Mapping[int, str]]"


@dataclass(frozen=True)
class Acts:
    """One group of acts of the record: a sentence for each verb, and its things by the name of their model."""

    name: str
    label: "Promise"
    sentences: "Mapping[str, Promise]"
    things: "Mapping[str, Thing]" = field(default_factory=dict)


demo_samples: "Registry[Callable[[Campaign, Mapping[str, Member], datetime], None]]" = Registry()
"""Called in the transaction that makes a demonstration, with its people by role: what an app shows of itself there."""

on_settled: "Registry[Callable[[Sequence[Delivery]], None]]" = Registry()
"""Called in the transaction that changed envelopes' fates, with the envelopes as they now stand, by slot."""

on_suspended: "Registry[Callable[[Member], None]]" = Registry()
"""Called in the transaction that suspends a member or ends their access: give back what they had taken on."""

on_removing: "Registry[Callable[[Channel], None]]" = Registry()
"""Called in the transaction that lets an account go, while its tokens are still there."""

burning: "Registry[Callable[[Member, datetime], Sequence[Burning]]]" = Registry()
"""Asked for those only who can do something about what burns (`delivery.decide`)."""

network_lines: "Registry[Callable[[Campaign, Sequence[Channel], datetime], Iterator[Line]]]" = Registry()
"""What an app has to tell of the networks on the operations page."""

account_words: "Registry[Callable[[Campaign, Sequence[Channel]], Mapping[int, str]]]" = Registry()
"""A sentence about each account, by its number, for the page of all accounts."""

checks: "Registry[Check]" = Registry()
navigation: "Registry[Page]" = Registry()
home_cards: "Registry[Card]" = Registry()
post_panels: "Registry[Panel]" = Registry()
duties: "Registry[DutyKind]" = Registry()
acts: "Registry[Acts]" = Registry()
"""What the record's verbs mean; whoever writes to the record adds a sentence for each."""
composer_panels: "Registry[Panel]" = Registry()
"""Folded parts of the page on which a post is written; the post may be one that is not saved yet (`pk` is None)."""
