"""YouTube as the rest of the sandbox sees it."""

from math import inf

from aiohttp import web

from sandbox import accounts, oauth, posts, tokens
from sandbox.accounts import Account
from sandbox.blobs import Picture
from sandbox.dialect import Dialect
from sandbox.faults import Call
from sandbox.params import read_params
from sandbox.posts import Post
from sandbox.world import World

from . import callers, comments, errors, hub, ids, shapes, state, studio, uploads, videos
from . import oauth as google

P = shapes.PREFIX
API = f"{P}/youtube/v3"
FIRST_LINE = 100


def routes() -> list[web.RouteDef]:
    """Every address of the dialect."""
    # Google's own clients send uploads to the second address.
    upload = [uploads.PATH, f"{P}/resumable/upload/youtube/v3/videos"]
    return [
        web.get(f"{P}/login/o/oauth2/v2/auth", google.authorize),
        web.post(f"{P}/login/o/oauth2/v2/auth", google.decide),
        web.post(f"{P}/token/token", google.token),
        web.post(f"{P}/token/revoke", google.revoke),
        *(web.post(each, uploads.start) for each in upload),
        *(web.put(each, uploads.send) for each in upload),
        web.get(f"{API}/videos", videos.several),
        web.put(f"{API}/videos", videos.update),
        web.delete(f"{API}/videos", videos.delete),
        web.get(f"{API}/channels", videos.channels),
        web.get(f"{API}/playlistItems", videos.playlist),
        web.get(f"{API}/commentThreads", comments.threads),
        web.post(f"{API}/commentThreads", comments.begin),
        web.get(f"{API}/comments", comments.several),
        web.post(f"{API}/comments", comments.answer),
        web.delete(f"{API}/comments", comments.delete),
        web.post(f"{API}/comments/setModerationStatus", comments.moderate),
        web.post(f"{P}/hub/subscribe", hub.subscribe),
        web.get(f"{P}/web/watch", studio.watch, name="page-youtube-watch"),
        web.get(f"{P}/studio", studio.show, name="page-youtube-studio"),
        web.post(f"{P}/studio/{{id}}", studio.make_public, name="page-youtube-public"),
        web.get("/_control/youtube", state.control),
        web.post("/_control/youtube", state.control),
    ]


async def describe(world: World, request: web.Request) -> Call:
    """Whose request this is and which step of their work."""
    step = _step(request)
    if step == "auth":
        params = await read_params(request)
        refresh = tokens.find(world.store, "youtube", "refresh", params.text("refresh_token"))
        name = "refresh" if params.text("grant_type") == "refresh_token" else "sign_in"
        return Call("youtube", step, refresh.account if refresh else None, refresh.issued_at if refresh else None, name)
    found = callers.token(request)
    return Call("youtube", step, found.account if found else None, found.issued_at if found else inf)


def _step(request: web.Request) -> str:
    method, path = request.method, request.path
    if path.startswith((f"{P}/login", f"{P}/token")):
        return "auth"
    if "/upload/" in path:
        if method == "POST":
            return "media"
        return "read" if request.headers.get("Content-Range", "").startswith("bytes *") else "publish"
    if method == "DELETE":
        return "delete"
    return "publish" if method in {"POST", "PUT"} else "read"


def open_account(world: World, handle: str, name: str, is_voter: bool) -> Account:
    """Make a channel; ours gets a pair of tokens as if somebody had consented."""
    store = world.store
    secret = "" if is_voter else accounts.derive("youtube", handle, "access")
    with store.write():
        account = accounts.create(
            store, platform="youtube", handle=handle, name=name, remote_id=ids.channel(handle), secret=secret,
            is_voter=is_voter,
        )  # fmt: skip
        if not is_voter:
            for kind, value in (("access", secret), ("refresh", _refresh(account))):
                tokens.issue(
                    store, kind, platform="youtube", account=account, client_id=oauth.app("youtube")[0],
                    scopes=callers.ALL, value=value,
                )  # fmt: skip
    return account


def _refresh(account: Account) -> str:
    return accounts.derive("youtube", account.handle, "refresh")


def secrets(world: World, account: Account) -> dict[str, str]:
    """An access token that does not run out by itself, and a refresh token."""
    return {"access": account.secret, "refresh": _refresh(account)}


def post_by_hand(world: World, account: Account, text: str, picture: Picture | None, made_by: posts.MadeBy) -> Post:
    """Publish as a person in YouTube Studio would: the first line is the title. A picture stands for the film."""
    title = (text.strip().splitlines() or ["Video"])[0][:FIRST_LINE]
    with world.store.write():
        told = {"title": title, "text": text, "privacy": "public"}
        return uploads.keep(world, account, told, picture, made_by=made_by)


def delete_by_hand(world: World, post: Post) -> None:
    """Delete as a person in YouTube Studio would."""
    videos.remove(world, post, by="hand")


def reply_as_voter(world: World, post: Post, voter: Account, text: str) -> Post:
    """A voter's comment."""
    return comments.add(world, voter, post, text, "voter")


def shown_at(world: World, path: str) -> Account | Post | None:
    """A channel's page or a film's."""
    head, _, name = path.partition("/")
    if head.startswith("@"):
        return accounts.by_handle(world.store, "youtube", head[1:])
    if head == "channel":
        return accounts.by_remote(world.store, "youtube", name)
    return posts.find(world.store, "youtube", name) if head in {"shorts", "live"} else None


YOUTUBE = Dialect(
    platform="youtube",
    label="YouTube",
    server=shapes.server,
    routes=routes,
    shown=lambda path: path,
    describe=describe,
    error=errors.plain,
    refuse=errors.refuse,
    open_account=open_account,
    secrets=secrets,
    profile_url=shapes.profile_url,
    permalink=shapes.permalink,
    post_by_hand=post_by_hand,
    delete_by_hand=delete_by_hand,
    reply_as_voter=reply_as_voter,
    likes="Suka",
    followers="subscriber",
    counts_changed=lambda world, post: None,
    shown_at=shown_at,
)
