"""Facebook as the rest of the sandbox sees it."""

import asyncio
import re
from math import inf

from aiohttp import web

from sandbox import accounts, graph, posts, tokens
from sandbox.accounts import Account
from sandbox.blobs import Picture
from sandbox.dialect import Dialect
from sandbox.faults import Call
from sandbox.params import BadBody, read_params
from sandbox.posts import Post
from sandbox.world import World

from . import batch, comments, film, ids, messages, news, nodes, publishing, sign_in
from .visit import KINDS, PLATFORM

P = "/facebook"
V = f"{P}/{{version:v\\d+\\.\\d+}}"
ROUND_SECONDS = 0.3


def routes() -> list[web.RouteDef]:
    """Every address of the dialect; the dialog stands on the site for people, uploads on a host of their own."""
    return [
        web.get(f"{P}/web/{{version:v\\d+\\.\\d+}}/dialog/oauth", sign_in.ask),
        web.post(f"{P}/web/{{version:v\\d+\\.\\d+}}/dialog/oauth", sign_in.decide),
        web.get(f"{V}/oauth/access_token", sign_in.access_token),
        web.post(f"{V}/oauth/access_token", sign_in.access_token),
        web.get(f"{V}/debug_token", sign_in.debug_token),
        web.get(f"{V}/{{app}}/subscriptions", lambda request: graph.subscriptions(request, PLATFORM)),
        web.post(f"{V}/{{app}}/subscriptions", lambda request: graph.subscribe(request, PLATFORM)),
        web.delete(f"{V}/{{app}}/subscriptions", lambda request: graph.unsubscribe(request, PLATFORM)),
        web.post(f"{P}/upload/video-upload/{{version:v\\d+\\.\\d+}}/{{thing}}", film.upload),
        web.post(f"{P}/video/{{version:v\\d+\\.\\d+}}/{{thing}}/{{edge:videos}}", nodes.serve),
        web.post(V, batch.run),
        web.post(f"{V}/", batch.run),
        *[web.route(method, f"{V}/{{thing}}{rest}", nodes.serve)
          for method in ("GET", "POST", "DELETE") for rest in ("", "/", "/{edge}", "/{edge}/")],
    ]  # fmt: skip


async def describe(world: World, request: web.Request) -> Call:
    """Whose request this is and which step of their work."""
    try:
        params = await read_params(request)
    except BadBody:
        return Call(PLATFORM, "read", None, inf)
    found = graph.find(world, PLATFORM, graph.bearer(request, params), KINDS)
    unpublished = params.text("published") in {"false", "0"} or params.text("upload_phase") in {"start", "transfer"}
    step = _step(request.method, request.path.rstrip("/"), unpublished=unpublished)
    return Call(PLATFORM, step, found.account if found else None, found.issued_at if found else inf)


def _step(method: str, path: str, *, unpublished: bool) -> str:
    if "/oauth" in path or path.endswith("/debug_token"):
        return "auth"
    if method == "DELETE":
        return "delete"
    edge = path.rsplit("/", 1)[-1]
    if "/video-upload/" in path or (unpublished and edge in {"photos", "videos", "video_reels"}):
        return "media"
    publishing_edges = {"feed", "photos", "videos", "video_reels", "comments", "messages"}
    return "publish" if method == "POST" and edge in publishing_edges else "read"


def open_account(world: World, handle: str, name: str, is_voter: bool) -> Account:
    """Make a Page with a token as from the developers' console, or a voter."""
    secret = "" if is_voter else ids.derive_token(handle)
    with world.store.write():
        account = accounts.create(
            world.store, platform=PLATFORM, handle=handle, name=name, remote_id=ids.account_id(handle), secret=secret,
            is_voter=is_voter,
        )  # fmt: skip
        if not is_voter:
            tokens.issue(
                world.store, "access", platform=PLATFORM, account=account, client_id="console",
                scopes=frozenset(sign_in.MEANING), value=secret, person=ids.person_of(handle),
            )  # fmt: skip
    return account


def post_by_hand(world: World, account: Account, text: str, picture: Picture | None, made_by: posts.MadeBy) -> Post:
    """Publish as a person in Facebook's own app would."""
    return publishing.publish(world, account, text, [picture] if picture else [], by=made_by)


def reply_as_voter(world: World, post: Post, voter: Account, text: str) -> Post:
    """A voter's comment; in a conversation, a voter's next message."""
    if post.place.startswith("dm:"):
        return messages.goes_on(world, post, text)
    return comments.add(world, voter, post, text, "voter")


def counts_changed(world: World, post: Post) -> None:
    """Tell of reactions."""
    if post.place:
        return
    with world.store.write():
        news.of_reactions(world, post)


def shown_at(world: World, path: str) -> Account | Post | None:
    """A Page by its name or number, a post or comment by its id."""
    name = path.split("/")[0]
    if re.fullmatch(r"\d+_\d+", name):
        return posts.find(world.store, PLATFORM, name)
    found = accounts.by_handle(world.store, PLATFORM, name) or accounts.by_remote(world.store, PLATFORM, name)
    return None if found is None or found.is_voter else found


async def background(world: World) -> None:
    """Publish videos once they are processed, for ever."""
    while True:
        await asyncio.sleep(ROUND_SECONDS)
        film.ripen(world)


FACEBOOK = Dialect(
    platform=PLATFORM,
    label="Facebook",
    server=ids.server,
    routes=routes,
    shown=lambda path: path,
    describe=describe,
    error=graph.plain,
    refuse=graph.refuse,
    open_account=open_account,
    secrets=lambda world, account: {"token": account.secret},
    profile_url=ids.profile_url,
    permalink=ids.permalink,
    post_by_hand=post_by_hand,
    delete_by_hand=lambda world, post: comments.remove(world, post, "hand"),
    reply_as_voter=reply_as_voter,
    counts_changed=counts_changed,
    background=background,
    likes="Suka",
    reposts="Bagikan",
    shown_at=shown_at,
    mention_as_voter=comments.by_voter,
    message_as_voter=messages.by_voter,
)
