"""Films, channels and the lists of uploads. Source: reference of videos, channels and playlistItems, read 2026-11."""

from typing import Any

from aiohttp import web

from sandbox import accounts, posts
from sandbox.accounts import Account
from sandbox.params import read_json
from sandbox.posts import MadeBy, Post
from sandbox.world import WORLD, World

from . import callers, errors, hub, ids, shapes, state, uploads

MOST_IDS = 50


async def several(request: web.Request) -> web.Response:
    """GET videos?id=: those that are there and may be seen, in the order asked."""
    world, viewer = request.app[WORLD], callers.reader(request)
    parts = callers.parts(request, "snippet", "status", "statistics", "contentDetails", "processingDetails")
    wanted = callers.many(request, "id")
    if not wanted:
        errors.stop(400, "missingRequiredParameter", "No filter selected. Expected one of: id, chart, myRating")
    if len(wanted) > MOST_IDS:
        errors.stop(400, "invalidFilters", "The request specifies too many video IDs.")
    found = [post for post in (state.find(world, each) for each in wanted) if post and _may_see(post, viewer)]
    return web.json_response(shapes.listing("videoListResponse", [shapes.video(world, p, parts) for p in found]))


def _may_see(post: Post, viewer: Account) -> bool:
    return not post.reply_to and (not state.is_private(post) or post.account_id == viewer.id)


def _own(world: World, remote_id: str, account: Account) -> Post:
    post = state.find(world, remote_id)
    if post is None or post.reply_to or (state.is_private(post) and post.account_id != account.id):
        errors.stop(404, "videoNotFound", "The video that you are trying to change cannot be found.")
    if post.account_id != account.id:
        errors.stop(403, "forbidden", "The request is not authorized for this video.")
    return post


async def update(request: web.Request) -> web.Response:
    """PUT videos: other words, or another audience. A film that is locked as private stays so."""
    world, account = request.app[WORLD], callers.writer(request)
    parts = callers.parts(request, "snippet", "status")
    body = await read_json(request)
    body = body if isinstance(body, dict) else {}
    post = _own(world, str(body.get("id") or ""), account)
    old = {"snippet": {"title": ids.title(post), "description": post.text}, "status": {}}
    old["status"]["privacyStatus"] = post.extra.get("privacy", "public")
    told = uploads.described(old | {part: body.get(part) or {} for part in parts}, is_audited=True)
    if post.extra.get("is_locked"):
        told |= {"privacy": "private" if state.is_private(post) else "public", "is_locked": True}
    extra = {name: value for name, value in told.items() if name != "text"}
    with world.store.write():
        goes_public = state.is_private(post) and told["privacy"] == "public"
        kept = extra | ({"privacy": "private"} if goes_public else {})
        post = posts.edit(world.store, post, text=told["text"], pictures=post.pictures, extra=post.extra | kept)
        if goes_public:
            post = state.open_to_all(world, post, by="api")
        elif not state.is_private(post):
            posts.log(world.store, "edit", post)
            hub.tell(world, post)
    return web.json_response(shapes.video(world, post, parts))


async def delete(request: web.Request) -> web.Response:
    """DELETE videos?id=: 204."""
    world, account = request.app[WORLD], callers.writer(request)
    remove(world, _own(world, request.query.get("id", ""), account), by="api")
    return web.Response(status=204)


def remove(world: World, post: Post, *, by: MadeBy) -> None:
    """Delete a film with all that stands below it, or a comment with its answers."""
    with world.store.write():
        for each in below(world, post):
            posts.remove(world.store, each)
        posts.remove(world.store, post)
        if not state.is_private(post):
            posts.log(world.store, "delete", post, by=by)
            if not post.reply_to:
                hub.tell(world, post, is_gone=True)


def below(world: World, post: Post) -> list[Post]:
    """What hangs below it, innermost first."""
    found = posts.thread(world.store, post if not post.reply_to else posts.get(world.store, post.root or post.reply_to))
    return [each for each in found[::-1] if not post.reply_to or each.reply_to == post.id]


async def channels(request: web.Request) -> web.Response:
    """GET channels?mine=true, id= or forHandle=."""
    world, viewer = request.app[WORLD], callers.reader(request)
    parts = callers.parts(request, "snippet", "statistics", "contentDetails", "status", "brandingSettings")
    found: list[Account | None]
    if request.query.get("mine") == "true":
        found = [viewer]
    elif handle := request.query.get("forHandle", "").removeprefix("@"):
        found = [accounts.by_handle(world.store, "youtube", handle)]
    elif wanted := callers.many(request, "id"):
        found = [accounts.by_remote(world.store, "youtube", each) for each in wanted]
    else:
        errors.stop(400, "missingRequiredParameter", "No filter selected. Expected one of: mine, id, forHandle")
    items = [shapes.channel(world, each, parts, len(films(world, each, viewer=None))) for each in found if each]
    body = shapes.listing("channelListResponse", items)
    if not items:
        del body["items"]  # as YouTube does
    return web.json_response(body)


def films(world: World, account: Account, *, viewer: Account | None) -> list[Post]:
    """The channel's films, newest first; private ones for itself only."""
    rows = world.store.all(
        "SELECT id FROM posts WHERE account_id = ? AND reply_to IS NULL AND deleted_at IS NULL ORDER BY id DESC",
        account.id,
    )
    found = [posts.get(world.store, row["id"]) for row in rows]
    return [each for each in found if not state.is_private(each) or (viewer and viewer.id == account.id)]


async def playlist(request: web.Request) -> web.Response:
    """GET playlistItems?playlistId=: a channel's uploads, newest first."""
    world, viewer = request.app[WORLD], callers.reader(request)
    parts = callers.parts(request, "snippet", "contentDetails", "status")
    wanted = request.query.get("playlistId", "")
    owner = accounts.by_remote(world.store, "youtube", "UC" + wanted[2:]) if wanted.startswith("UU") else None
    if owner is None:
        errors.stop(404, "playlistNotFound", "The playlist identified with the playlistId parameter cannot be found.")
    found = films(world, owner, viewer=viewer)
    page, following = paged(request, found, callers.most(request, 5, 50))
    items: list[dict[str, Any]] = [shapes.playlist_item(world, each, parts) for each in page]
    return web.json_response(shapes.listing("playlistItemListResponse", items, following=following, total=len(found)))


def paged(request: web.Request, found: list[Post], most: int) -> tuple[list[Post], str]:
    """One page of what is told newest first, and the token of the following one."""
    token = request.query.get("pageToken", "")
    if token and not (token[:2] == "CA" and token[2:].isdecimal()):
        errors.stop(400, "invalidPageToken", "The request specifies an invalid page token.")
    rest = [each for each in found if not token or each.id < int(token[2:])]
    return rest[:most], f"CA{rest[most - 1].id}" if len(rest) > most else ""
