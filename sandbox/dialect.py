"""What every network's dialect offers to the rest of the sandbox."""

from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass

from aiohttp import web

from .accounts import Account
from .blobs import Picture
from .faults import Call
from .posts import MadeBy, Post
from .world import World


class Refusal(Exception):
    """A handler says no; `answer` is what the network answers then."""

    def __init__(self, answer: web.Response) -> None:
        """Carry the network's own error answer."""
        super().__init__(answer.status)
        self.answer = answer


@dataclass(frozen=True, slots=True)
class Unfinished:
    """What waits for a person in the network's own app. `remote_id` as the app that sent it knows it; `label` in words.

    `text` is what came along, which the person may change.
    """

    remote_id: str
    label: str
    text: str
    pictures: tuple[Picture, ...]
    at: float


@dataclass(frozen=True, slots=True)
class Dialect:
    """One network. All functions that write open their own write.

    `describe` looks at a request without carrying it out, `shown` gives its path without tokens, `error` is a plain
    error of that HTTP status in the network's own shape, `refuse` the answer to one of the token faults. `secrets`
    is what a person would copy from the network's settings page. `post_by_hand` asks neither a
    token nor a limit, whoever is named as its maker. `background` runs as long as the sandbox does. A voter speaks of
    our account in a post of their own (`mention_as_voter`: our account, the voter, words), or to it alone
    (`message_as_voter`); both are None where the network has no such thing. `likes`, `reposts` and `followers` are what
    people call them there, "" for what there is not. `shown_at` tells what stands at a path below `/<platform>/web/`.
    `unfinished` is what waits for a person on our account, newest first, and `finish` is that person's doing (account,
    remote id, text; "" leaves it); LookupError where nothing waits.
    """

    platform: str
    label: str
    server: Callable[[World], str]
    routes: Callable[[], list[web.RouteDef]]
    shown: Callable[[str], str]
    describe: Callable[[World, web.Request], Awaitable[Call]]
    error: Callable[[int], web.Response]
    refuse: Callable[[str, Call], web.Response]
    open_account: Callable[[World, str, str, bool], Account]
    secrets: Callable[[World, Account], dict[str, str]]
    profile_url: Callable[[World, Account], str]
    permalink: Callable[[World, Post], str]
    post_by_hand: Callable[[World, Account, str, Picture | None, MadeBy], Post]
    delete_by_hand: Callable[[World, Post], None]
    reply_as_voter: Callable[[World, Post, Account, str], Post]
    counts_changed: Callable[[World, Post], None]
    background: Callable[[World], Coroutine[None, None, None]] | None = None
    likes: str = "Suka"
    reposts: str = ""
    followers: str = "pengikut"
    shown_at: Callable[[World, str], Account | Post | None] | None = None
    mention_as_voter: Callable[[World, Account, Account, str], Post] | None = None
    message_as_voter: Callable[[World, Account, Account, str], Post] | None = None
    unfinished: Callable[[World, Account], list[Unfinished]] | None = None
    finish: Callable[[World, Account, str, str], Post] | None = None
