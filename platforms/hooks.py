"""What networks push to us: the handshake, the proof of who sent it, and what it tells.

Each network's `Hook` stands beside its connector. Nothing here reads rows; `engagement` stores first and parses later.
"""

import base64
import hashlib
import hmac
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, ClassVar, Literal

from platforms.contents import Account, Event

if TYPE_CHECKING:
    from platforms.http import Door


class Forged(Exception):
    """The request does not prove that the network sent it, or is a replay. Answered 403; nothing is kept."""


class Unreadable(Exception):
    """Proven, but all or a part of it is of a shape we do not know. It is kept; `events` is what could be read."""

    def __init__(self, why: str, events: "Sequence[Event]" = ()) -> None:
        super().__init__(why)
        self.events = events


@dataclass(frozen=True)
class Ear:
    """Where a network is to tell us, and the word that it has to repeat or to sign with."""

    url: str
    word: str = field(repr=False)


class Hook(ABC):
    """One network's webhooks. `secrets` holds `client_secret` of the app, and `token` where a shared word is used."""

    kind: ClassVar[str]
    needs_app: ClassVar[bool] = True
    """Whether the app's secret proves what is pushed; without one the word alone does, at each campaign's address."""
    names_account: ClassVar[bool] = True
    """Whether a push says which account of ours it is about; else each account has a word of its own."""
    is_only_way: ClassVar[bool] = False
    """Whether what is pushed can no longer be fetched."""
    by_hand: ClassVar[bool] = False
    """Whether a person enters the address at the network, which lets no program do that."""
    again: ClassVar[timedelta] = timedelta(hours=12)
    """After so long we subscribe anew: a lease ends, and a network forgets whom it could not reach."""

    @classmethod
    def shake(cls, query: Mapping[str, str], secrets: Mapping[str, str]) -> tuple[str, str] | None:
        """The answer to a handshake and its content type; None where the query is none, `Forged` for a wrong word."""
        return None

    @classmethod
    @abstractmethod
    def verify(cls, headers: Mapping[str, str], body: bytes, secrets: Mapping[str, str], now: datetime) -> None:
        """Raise `Forged` unless the network sent exactly these bytes. Header names are in lower case."""

    @classmethod
    @abstractmethod
    def events(cls, body: bytes) -> list[Event]:
        """What it tells, in its own order; empty for what does not concern us. Raises `Unreadable`, see `read_each`."""

    @classmethod
    def subscribe(cls, account: Account, door: "Door", ear: Ear, *, anew: bool) -> None:
        """Have news of `account` pushed from now on; twice is once. Raises the five.

        `anew`: a person has just connected it, and means it. There is nothing to do where a person does it all.
        """
        return

    @classmethod
    def unsubscribe(cls, account: Account, door: "Door", ear: Ear) -> None:
        """Have nothing pushed any more; twice is once. Raises the five."""
        return

    @classmethod
    def shared(cls, account: Account) -> str:
        """What is subscribed there: accounts of which this is the same hear by one subscription."""
        return account.remote_id


def read_each[Part](parts: Iterable[Part], of: Callable[[Part], Iterable[Event]]) -> list[Event]:
    """What all the parts of one push tell; one of an unknown shape spoils nothing of the others."""
    found: list[Event] = []
    odd: Unreadable | None = None
    for part in parts:
        try:
            for event in of(part):
                found.append(event)  # noqa: PERF402  # those before an odd one stay
        except Unreadable as error:
            odd = error
    if odd is not None:
        raise Unreadable(str(odd), found)
    return found


def signature(
    secret: str, body: bytes, *, algorithm: Literal["sha256", "sha1"] = "sha256", form: Literal["hex", "base64"] = "hex"
) -> str:
    """HMAC of the raw body, as the networks write it."""
    made = hmac.new(secret.encode(), body, getattr(hashlib, algorithm))
    return made.hexdigest() if form == "hex" else base64.b64encode(made.digest()).decode()


def same(given: str, wanted: str) -> bool:
    """Whether two words are equal, told in constant time; an empty one equals nothing."""
    return bool(given and wanted) and hmac.compare_digest(given.encode(), wanted.encode())
