"""Where the ground calls upward: upper apps register themselves in `AppConfig.ready`."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from django.utils.functional import Promise

    from campaign.checks import Check
    from campaign.models import Delivery, Member, Post


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
    """One entry of the navigation: shown to those who may do `action`, lit while `view_prefix` is open."""

    label: "str | Promise"
    icon: str
    view: str
    action: str
    order: int = 50


@dataclass(frozen=True)
class Panel:
    """A part that an upper app adds to a page: its template and the context for it."""

    template: str
    context: "Callable[[Post, Member], dict[str, object]]"
    order: int = 50


on_settled: "Registry[Callable[[Sequence[Delivery]], None]]" = Registry()
"""Called in the transaction that changed envelopes' fates, with the envelopes as they now stand, by slot."""

on_suspended: "Registry[Callable[[Member], None]]" = Registry()
"""Called in the transaction that suspends a member or ends their access: give back what they had taken on."""

checks: "Registry[Check]" = Registry()
navigation: "Registry[Page]" = Registry()
post_panels: "Registry[Panel]" = Registry()
