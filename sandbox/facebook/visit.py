"""One call as every handler gets it, alone or out of a batch."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from aiohttp import web

from sandbox import graph, posts
from sandbox.accounts import Account
from sandbox.graph import Asked
from sandbox.params import Params, read_params
from sandbox.posts import Post
from sandbox.store import Store
from sandbox.tokens import Token
from sandbox.world import WORLD, World

PLATFORM = "facebook"
KINDS = ("access", "user")


@dataclass(frozen=True)
class Visit:
    """Who calls, what about (`thing`, with `me` replaced), and what they said."""

    world: World
    who: Token
    thing: str
    params: Params
    path: str

    @property
    def store(self) -> Store:
        """Where everything is kept."""
        return self.world.store

    @property
    def asked(self) -> dict[str, Asked]:
        """The fields that were chosen; empty for the usual ones."""
        return graph.fields(self.params.text("fields"))

    @property
    def page(self) -> Account:
        """The Page whose token this is; refuses a person's token."""
        if self.who.kind != "access" or self.who.account is None:
            graph.stop(400, 210, "(#210) A page access token is required to request this resource.")
        return self.who.account

    def needs(self, *scopes: str) -> None:
        """Refuse with 200 where a permission is missing."""
        if missing := sorted(set(scopes) - self.who.scopes):
            graph.stop(403, 200, f"(#200) Requires {', '.join(missing)} permission to manage the object")

    def own_page(self) -> Account:
        """The Page, when the address names it and the token is its own."""
        if self.thing != self.page.remote_id:
            graph.stop(403, 200, "(#200) The user hasn't authorized the application to perform this action")
        return self.page

    def post(self) -> Post:
        """The live post or comment the address names."""
        return found(self.world, self.thing)


def found(world: World, remote_id: str) -> Post:
    """The live public post or comment of that id; refuses without one."""
    post = posts.find(world.store, PLATFORM, remote_id)
    if post is None:
        graph.gone(remote_id)
    return post


async def open_visit(request: web.Request) -> Visit:
    """Find out who calls. Refuses with the token's own errors."""
    who = await graph.caller(request, PLATFORM, kinds=KINDS)
    return visit_of(request.app[WORLD], who, request.match_info.get("thing", ""), await read_params(request), request)


def visit_of(world: World, who: Token, thing: str, params: Params, request: web.Request) -> Visit:
    """`me` is the Page or the person whose token it is."""
    return Visit(world, who, me(who) if thing == "me" else thing, params, request.path)


def me(who: Token) -> str:
    """The id of whoever the token stands for."""
    return who.account.remote_id if who.kind == "access" and who.account else str(who.extra.get("person", ""))


type Handler = Callable[[Visit], Awaitable[Any] | Any]
