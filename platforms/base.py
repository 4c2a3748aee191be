"""What every connector takes, gives and raises.

A connector speaks for one account of ours on one network. Plain dataclasses go in and come out; rows,
requests and HTML stay outside. Whatever goes wrong has one of five names, each with one consequence.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, ClassVar
from uuid import UUID

if TYPE_CHECKING:
    from platforms.http import Door

type Keep = Callable[[str], None]
"""`keep(handle)` saves the network's handle and asks the gate again; it raises `Halted` when the gate says no."""


class Ability(StrEnum):
    """What a connector can do; pages offer only these."""

    PUBLISH = "publish"
    DELETE = "delete"
    TIMELINE = "timeline"
    MEASURE_POSTS = "measure_posts"
    MEASURE_ACCOUNT = "measure_account"


# What goes in ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Account:
    """One account of ours, with what it takes to act for it.

    `server` is the base address without a trailing slash (`https://mastodon.social`). `secrets` is what the
    connector's own `connect` gave; nobody else looks inside.
    """

    platform: str
    server: str
    remote_id: str
    name: str
    handle: str
    secrets: Mapping[str, str] = field(repr=False)
    limits: Mapping[str, int] = field(default_factory=dict)
    url: str = ""


@dataclass(frozen=True)
class Picture:
    """One image of a draft. `read` loads its bytes, which hash to `sha256`."""

    sha256: str
    mime: str
    width: int
    height: int
    size: int
    alt: str
    read: Callable[[], bytes] = field(repr=False, compare=False)


@dataclass(frozen=True)
class Draft:
    """All that the network receives, exactly as it was approved."""

    text: str
    pictures: tuple[Picture, ...] = ()
    language: str = "id"


@dataclass(frozen=True)
class Key:
    """What makes a repeat recognisable: chosen once, when the envelope was sealed, and never changed."""

    uuid: UUID
    made_at: datetime


# What comes out ----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Sent:
    """The network's receipt."""

    remote_id: str
    url: str = ""


@dataclass(frozen=True)
class Seen:
    """One post found on our own account's timeline."""

    remote_id: str
    text: str
    at: datetime
    url: str = ""


@dataclass(frozen=True)
class Figure:
    """One number as the network told it. `metric` is Posko's word, `remote_name` the network's own."""

    metric: str
    value: int
    remote_name: str


@dataclass(frozen=True)
class Problem:
    """Why a draft cannot go to this network: a code and its numbers, put into words by `campaign.wording`."""

    code: str
    params: Mapping[str, int | str] = field(default_factory=dict)


# What goes wrong ---------------------------------------------------------------------------------


class ConnectorError(Exception):
    """Failed for good. `code` and `params` become a sentence for people; `detail` is for the log only."""

    def __init__(self, code: str, *, detail: str = "", **params: int | str) -> None:
        super().__init__(f"{code}: {detail}" if detail else code)
        self.code, self.detail, self.params = code, detail, params


class Temporary(ConnectorError):
    """Nothing was sent: refused connection, too many requests. Try again after `retry_after`."""

    def __init__(
        self, code: str, *, retry_after: timedelta | None = None, detail: str = "", **params: int | str
    ) -> None:
        super().__init__(code, detail=detail, **params)
        self.retry_after = retry_after


class Stale(Temporary):
    """The network turned an expired token away and nothing was sent: `renew`, then try again."""


class Unsure(ConnectorError):
    """It left us and no clear answer came back: time-out, cut line, server error, broken reply."""


class Reconnect(ConnectorError):
    """The account's permission is gone: expired, revoked or too narrow. A person signs in again."""


class Rejected(ConnectorError):
    """The network refuses this content. Its own words are in `params["words"]`."""


class Unknowable(ConnectorError):
    """`find` cannot tell whether it went out; a person has to look."""


class Halted(Exception):
    """The gate closed between two steps. Raised by `keep`, never by a connector."""


class Later(Exception):
    """Not finished, and no worker need wait for it: come back with this handle."""

    def __init__(self, handle: str, after: timedelta) -> None:
        super().__init__(handle)
        self.handle, self.after = handle, after


# The connector -----------------------------------------------------------------------------------


class Connector(ABC):
    """One network, for one account. Holds no state between calls beyond `account` and `door`."""

    kind: ClassVar[str]
    label: ClassVar[str]
    can: ClassVar[frozenset[Ability]]
    home: ClassVar[str] = ""
    """The network's own base address; empty where each account has a server of its own, which people type."""
    honours_key: ClassVar[timedelta] = timedelta(0)
    """How long the network answers a repeat of the same key with the first result instead of a second post."""
    pace: ClassVar[tuple[int, timedelta]] = (10, timedelta(seconds=60))
    """How many posts the network bears in what time; fills the channel's token bucket."""
    renews: ClassVar[bool] = False
    """Whether tokens expire and rotate, so that `renew` has something to do."""

    def __init__(self, account: Account, door: "Door") -> None:
        self.account, self.door = account, door

    @classmethod
    @abstractmethod
    def length(cls, text: str) -> int:
        """How long the network finds `text`, in the unit of its limit."""

    @classmethod
    @abstractmethod
    def limit(cls, draft: Draft, limits: Mapping[str, int]) -> int:
        """How long the text of such a draft may be. `limits` is what the server told of itself, if anything."""

    @classmethod
    @abstractmethod
    def problems(cls, draft: Draft, limits: Mapping[str, int]) -> list[Problem]:
        """Why the network would refuse `draft`, as far as can be known without asking it. Pure."""

    @abstractmethod
    def publish(self, draft: Draft, *, key: Key, handle: str, keep: Keep) -> Sent:
        """Make `draft` public, taking up at `handle` where an earlier try left off. Raises the five, or `Later`."""

    @abstractmethod
    def find(self, draft: Draft, *, key: Key, handle: str, since: datetime) -> Sent | None:
        """Whether `draft` went out after `since`: its receipt, None where absence is proven; or raises `Unknowable`."""

    @abstractmethod
    def take_down(self, remote_id: str) -> None:
        """Remove a post. One that is gone already is a success."""

    @abstractmethod
    def check(self) -> Account:
        """Ask the network who we are; raises `Reconnect` when the token no longer works."""

    def key_life(self) -> timedelta:
        """How long this account's server honours a key: `honours_key`, unless it is one that does not."""
        return self.honours_key

    def timeline(self, since: datetime) -> list[Seen]:
        """Our account's own posts since then, newest first."""
        raise NotImplementedError(f"{self.kind} has no timeline")

    def measure(self, remote_ids: Sequence[str]) -> dict[str, list[Figure]]:
        """Numbers of our posts, by remote id. A post that is gone is left out, never given zeros."""
        raise NotImplementedError(f"{self.kind} has no numbers of posts")

    def measure_account(self) -> list[Figure]:
        """Numbers of the account itself, such as followers."""
        raise NotImplementedError(f"{self.kind} has no numbers of accounts")

    def is_stale(self, now: datetime) -> bool:
        """Whether the token must be renewed before it is used at `now`."""
        return False

    @classmethod
    def signed_in_until(cls, secrets: Mapping[str, str]) -> datetime | None:
        """When a person must sign in again, whatever Posko renews by then; None where no end is known."""
        return None

    def renew(self) -> Mapping[str, str]:
        """New secrets in place of the expired ones. The caller holds the row lock and saves them at once."""
        raise NotImplementedError(f"{self.kind} has no tokens that expire")
