"""A network in this process, for tests of the engine: it logs what it accepts and fails as told."""

import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, ClassVar

from platforms.base import Ability, Connector, Keep
from platforms.contents import Account, Draft, Figure, Key, Problem, Sent


@dataclass
class Network:
    """What is public. `script` is asked before and after each acceptance and may raise."""

    accepted: list[tuple[str, str]] = field(default_factory=list)  # (key, text)
    removed: list[str] = field(default_factory=list)
    before: Callable[[Draft, Keep], None] = lambda draft, keep: None
    after: Callable[[Draft], None] = lambda draft: None
    find: Callable[[Key], Sent | None] = lambda key: None
    keys_are_honoured: bool = False
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def accept(self, key: Key, text: str) -> Sent:
        with self._lock:
            if self.keys_are_honoured and any(known == str(key.uuid) for known, _ in self.accepted):
                return Sent(f"r-{key.uuid}")
            self.accepted.append((str(key.uuid), text))
        return Sent(f"r-{key.uuid}", "https://jejaring.example/1")

    @property
    def texts(self) -> list[str]:
        return [text for _, text in self.accepted]


def raises(error: Exception) -> Callable[..., Any]:
    """A script that answers everything with `error`."""

    def script(*_: object) -> None:
        raise error

    return script


class FakeConnector(Connector):
    """Speaks to `network`, which each test sets anew."""

    kind, label = "mastodon", "Mastodon"
    can = frozenset(Ability)
    home = "https://jejaring.example"
    network: ClassVar[Network] = Network()

    @classmethod
    def length(cls, text: str) -> int:
        return len(text)

    @classmethod
    def limit(cls, draft: Draft, limits: Mapping[str, int]) -> int:
        return 500

    @classmethod
    def problems(cls, draft: Draft, limits: Mapping[str, int]) -> list[Problem]:
        if len(draft.text) > 500:
            return [Problem("too_long", {"length": len(draft.text), "limit": 500})]
        return []

    def publish(self, draft: Draft, *, key: Key, handle: str, keep: Keep) -> Sent:
        self.network.before(draft, keep)
        sent = self.network.accept(key, draft.text)
        self.network.after(draft)
        return sent

    def find(self, draft: Draft, *, key: Key, handle: str, since: datetime) -> Sent | None:
        return self.network.find(key)

    def take_down(self, remote_id: str) -> None:
        self.network.removed.append(remote_id)

    def check(self) -> Account:
        return self.account

    def measure(self, remote_ids: Sequence[str]) -> dict[str, list[Figure]]:
        return {remote_id: [Figure("likes", 3, "favourites_count")] for remote_id in remote_ids}

    def measure_account(self) -> list[Figure]:
        return [Figure("followers", 10, "followers_count")]


class KeyedConnector(FakeConnector):
    """The same on a network that honours a key for an hour."""

    honours_key = timedelta(hours=1)
