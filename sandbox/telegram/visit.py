"""One call of a bot: who it is, what it sent, which chat it means."""

from dataclasses import dataclass
from typing import NoReturn

from aiohttp import web

from sandbox import accounts, posts
from sandbox.accounts import Account
from sandbox.dialect import Refusal
from sandbox.params import Params
from sandbox.posts import Post
from sandbox.store import Store
from sandbox.world import World

from . import errors, shapes


@dataclass(frozen=True, slots=True)
class Visit:
    """A method call by the bot of `account`."""

    world: World
    account: Account
    params: Params
    request: web.Request

    @property
    def store(self) -> Store:
        """The memory."""
        return self.world.store

    def chat(self) -> str:
        """The chat that `chat_id` means: the bot's channel, its discussion group or a person; refuses anything else."""
        wanted = self.params.text("chat_id").strip()
        if wanted.lower() == f"@{self.account.handle}":
            return self.account.remote_id
        if wanted in (self.account.remote_id, shapes.group_id(self.account)):
            return wanted
        return self._private(wanted) or self._refuse(wanted)

    def _private(self, wanted: str) -> str:
        """The chat with a person, who must have written first; "" where there is none."""
        person = accounts.by_remote(self.store, "telegram", wanted)
        place = shapes.private_place(self.account, person) if person and person.is_voter else ""
        known = place and self.store.one("SELECT 1 FROM posts WHERE platform = 'telegram' AND place = ?", place)
        return place if known else ""

    def _refuse(self, wanted: str) -> NoReturn:
        """Say why the bot may not speak there."""
        known = self._other(wanted)
        if not wanted:
            errors.bad("chat_id is empty")
        if known is None:
            errors.bad("chat not found")
        if known.is_voter:
            errors.stop(403, "Forbidden: bot can't initiate conversation with a user")
        errors.stop(403, "Forbidden: bot is not a member of the channel chat")

    def _other(self, wanted: str) -> Account | None:
        if wanted.startswith("@"):
            return accounts.by_handle(self.store, "telegram", wanted[1:])
        return accounts.by_remote(self.store, "telegram", wanted)

    def spend(self, chat: str) -> None:
        """Count a message against the chat's limit of 20 a minute; refuses with 429 when it is used up."""
        allowance = self.world.limits.spend(f"telegram:{chat}", limit=20, window=60)
        if allowance.is_over:
            raise Refusal(errors.flood(allowance.wait))

    def message(self, chat: str, remote_id: str, problem: str) -> Post:
        """The message of that id in the chat; refuses with `problem` when there is none."""
        post = posts.find(self.store, "telegram", remote_id, chat)
        if post is None:
            errors.bad(problem)
        return post


def next_message_id(store: Store, chat: str) -> int:
    """The chat's next message id, inside an open write."""
    name = f"telegram:{chat}"
    number = int(store.get(name) or 1) + 1
    store.put(name, number)
    return number
