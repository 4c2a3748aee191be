"""What every connector takes, gives and raises.

A connector speaks for one account of ours on one network. What goes in and comes out is in `contents`; rows, requests
and HTML stay outside. Whatever goes wrong has one of five names, each with one consequence.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, ClassVar

from platforms.contents import (
    Account,
    Draft,
    Figure,
    Incoming,
    Key,
    Mark,
    Page,
    Place,
    Problem,
    Profile,
    Seen,
    Sent,
    Shape,
    To,
)

if TYPE_CHECKING:
    from platforms.http import Door

type Keep = Callable[[str], None]
"""`keep(handle)` saves the network's handle and asks the gate again; it raises `Halted` when the gate says no."""


class Ability(StrEnum):
    """What a connector can do; pages offer only these."""

    PUBLISH = "publish"
    VIDEO = "video"
    THREAD = "thread"
    """Further posts of ours, each answering the one before."""
    COMMENT = "comment"
    """A comment of ours below a post of ours, by the post's own receipt."""
    DELETE = "delete"
    TIMELINE = "timeline"
    CONVERSE = "converse"
    """Reads what people write to us and answers it."""
    HIDE = "hide"
    MEASURE_POSTS = "measure_posts"
    MEASURE_ACCOUNT = "measure_account"
    PROFILE = "profile"


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
    hosts: ClassVar[Mapping[str, str]] = {}
    """The network's further hosts by our name for them, such as `upload`. See `host`."""
    fetches: ClassVar[bool] = False
    """Whether the network fetches pictures and films from us, and so needs an address of ours that it can reach."""
    honours_key: ClassVar[timedelta] = timedelta(0)
    """How long the network answers a repeat of the same key with the first result instead of a second post."""
    pace: ClassVar[tuple[int, timedelta]] = (10, timedelta(seconds=60))
    """How many posts the network bears in what time; fills the channel's token bucket."""
    titled: ClassVar[bool] = False
    """Whether each post has a title that the public sees, so that one must be asked for."""
    renews: ClassVar[bool] = False
    """Whether tokens expire and rotate, so that `renew` has something to do."""

    prices_of: ClassVar[date | None] = None
    """The day of the price list behind `price`; None where publishing is free."""
    removal_price: ClassVar[int] = 0

    def __init__(self, account: Account, door: "Door") -> None:
        self.account, self.door = account, door

    def host(self, name: str) -> str:
        """The base address of one of `hosts`. An account in the sandbox finds it below its own server."""
        return self.hosts[name] if self.account.server == self.home else f"{self.account.server}/{name}"

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

    @classmethod
    def problems_together(cls, texts: Sequence[str], limits: Mapping[str, int]) -> list[Problem]:
        """Why the network would refuse a post with what follows it, by all their texts in order. Pure."""
        return []

    @classmethod
    def link_problems(cls, target: str) -> list[Problem]:
        """Why nothing there may lead to `target`, which a short link in the text hides. Pure."""
        return []

    @classmethod
    def price(cls, draft: Draft) -> int:
        """What publishing it once takes, in thousandths of a US dollar."""
        return 0

    @classmethod
    def shape(cls, limits: Mapping[str, int]) -> Shape:
        """What pictures the network shows as they are."""
        return Shape()

    @classmethod
    def marks(cls, text: str) -> list[Mark]:
        """What in `text` the network makes a link, in order, for previews."""
        return []

    @classmethod
    def opening(cls, to: To) -> str:
        """How the text of an answer to `to` has to begin to reach them; goes into it before people approve it."""
        return ""

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

    def messages(self, place: Place, cursor: str) -> Page[Incoming]:
        """What people wrote to us there since `cursor`, the word of the page before; "" begins some days back."""
        raise NotImplementedError(f"{self.kind} lets nobody read {place}s")

    def hide(self, remote_id: str, *, hidden: bool) -> None:
        """Hide what somebody wrote below a post of ours, or show it again. Twice is once."""
        raise NotImplementedError(f"{self.kind} hides nothing")

    def profile(self) -> Profile:
        """What the account tells of itself."""
        raise NotImplementedError(f"{self.kind} shows no profile")

    def is_public(self, remote_id: str) -> Sent | None:
        """The receipt of what a person had to finish there (`Sent.waits_for`), once the public sees it; else None."""
        raise NotImplementedError(f"{self.kind} leaves nothing to finish")

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
