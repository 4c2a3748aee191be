"""Comments. Source: reference of commentThreads and comments, read 2026-11."""

from typing import Any

from aiohttp import web

from sandbox import accounts, posts
from sandbox.accounts import Account
from sandbox.params import read_json
from sandbox.posts import MadeBy, Post
from sandbox.world import WORLD, World

from . import callers, errors, ids, shapes, state, videos

LONGEST = 10_000
STATUSES = {"published", "heldForReview", "rejected"}


async def threads(request: web.Request) -> web.Response:
    """GET commentThreads?videoId=, allThreadsRelatedToChannelId= or id=: newest first."""
    world, viewer = request.app[WORLD], callers.reader(request, callers.MANAGE)
    parts = callers.parts(request, "snippet", "replies")
    status = request.query.get("moderationStatus", "published")
    found = [each for each in _tops(request, world, viewer, status) if _status(each) == status]
    page, following = videos.paged(request, found, callers.most(request, 20, 100))
    is_html = request.query.get("textFormat", "html") != "plainText"
    items = [shapes.thread(world, each, _shown(world, each), viewer, parts, is_html=is_html) for each in page]
    return web.json_response(shapes.listing("commentThreadListResponse", items, following=following))


def _status(post: Post) -> str:
    return str(post.extra.get("moderation", "published"))


def _tops(request: web.Request, world: World, viewer: Account, status: str) -> list[Post]:
    """The comments that begin a talk, newest first."""
    channel, video = request.query.get("allThreadsRelatedToChannelId"), request.query.get("videoId")
    if wanted := callers.many(request, "id"):
        return [post for post in (state.find(world, each) for each in wanted) if post and post.reply_to]
    if video:
        film = state.find(world, video)
        if film is None or film.reply_to:
            errors.stop(404, "videoNotFound", "The video identified by the videoId parameter could not be found.")
        owner, films = film.account_id, [film.id]
    elif channel:
        found = accounts.by_remote(world.store, "youtube", channel)
        if found is None:
            errors.stop(404, "channelNotFound", "The channel specified in the request could not be found.")
        owner, films = found.id, [each.id for each in videos.films(world, found, viewer=found)]
    else:
        errors.stop(400, "missingRequiredParameter", "No filter selected.")
    if status != "published" and owner != viewer.id:
        errors.stop(403, "forbidden", "The request is not authorized to see held comments.")
    under = [each for film_id in films for each in posts.thread(world.store, posts.get(world.store, film_id))]
    return sorted((each for each in under if each.reply_to in films), key=lambda each: each.id, reverse=True)


def _shown(world: World, top: Post) -> list[Post]:
    """A comment's answers that the public sees, oldest first."""
    return [each for each in videos.below(world, top)[::-1] if _status(each) == "published"]


async def several(request: web.Request) -> web.Response:
    """GET comments?parentId= or id=."""
    world, viewer = request.app[WORLD], callers.reader(request, callers.MANAGE)
    callers.parts(request, "snippet")
    if parent := request.query.get("parentId"):
        found = _shown(world, _comment(world, parent))[::-1]
    else:
        named = [state.find(world, each) for each in callers.many(request, "id")]
        found = [post for post in named if post and post.reply_to]
    page, following = videos.paged(request, found, callers.most(request, 20, 100))
    is_html = request.query.get("textFormat", "html") != "plainText"
    items = [shapes.comment(world, each, viewer, is_html=is_html) for each in page]
    return web.json_response(shapes.listing("commentListResponse", items, following=following))


def _comment(world: World, remote_id: str) -> Post:
    found = state.find(world, remote_id)
    if found is None or not found.reply_to:
        errors.stop(404, "commentNotFound", "The specified comment could not be found.")
    return found


def _words(snippet: dict[str, Any]) -> str:
    text = str(snippet.get("textOriginal") or "")
    if not text.strip():
        errors.stop(400, "commentTextRequired", "The comment text must be specified.")
    if len(text) > LONGEST:
        errors.stop(400, "commentTextTooLong", "The comment text is too long.")
    return text


async def _snippet(request: web.Request) -> dict[str, Any]:
    body = await read_json(request)
    found = body.get("snippet") if isinstance(body, dict) else None
    return found if isinstance(found, dict) else {}


async def begin(request: web.Request) -> web.Response:
    """POST commentThreads: a comment below a film."""
    world, account = request.app[WORLD], callers.writer(request)
    callers.parts(request, "snippet")
    snippet = await _snippet(request)
    inner = (snippet.get("topLevelComment") or {}).get("snippet") or {}
    text = _words(inner)
    film = state.find(world, str(snippet.get("videoId") or inner.get("videoId") or ""))
    if film is None or film.reply_to:
        errors.stop(404, "videoNotFound", "The video identified by the videoId parameter could not be found.")
    if state.is_private(film):
        errors.stop(403, "commentsDisabled", "The video identified by the videoId parameter has disabled comments.")
    post = add(world, account, film, text, "api")
    return web.json_response(shapes.thread(world, post, [], account, {"snippet"}, is_html=True))


async def answer(request: web.Request) -> web.Response:
    """POST comments: an answer below a comment that begins a talk."""
    world, account = request.app[WORLD], callers.writer(request)
    callers.parts(request, "snippet")
    snippet = await _snippet(request)
    text, parent = _words(snippet), state.find(world, str(snippet.get("parentId") or ""))
    if parent is None or not parent.reply_to:
        errors.stop(404, "parentCommentNotFound", "The specified parent comment could not be found.")
    if "." in parent.remote_id:
        errors.stop(400, "operationNotSupported", "Answers can be given to the first comment of a talk only.")
    post = add(world, account, parent, text, "api")
    return web.json_response(shapes.comment(world, post, account, is_html=True))


def add(world: World, account: Account, above: Post, text: str, made_by: MadeBy) -> Post:
    """A comment below a film, or an answer below a comment; answers to answers hang below the talk's first comment."""
    if "." in above.remote_id:
        above = posts.get(world.store, above.reply_to or 0)
    remote_id = ids.reply(above.remote_id) if above.reply_to else ids.comment()
    with world.store.write():
        post = posts.add(world.store, account=account, remote_id=remote_id, text=text, made_by=made_by, reply_to=above)
        posts.log(world.store, "publish", post, by=made_by)
    return post


async def delete(request: web.Request) -> web.Response:
    """DELETE comments?id=: by its author only. 204."""
    world, account = request.app[WORLD], callers.writer(request)
    found = _comment(world, request.query.get("id", ""))
    if found.account_id != account.id:
        errors.stop(403, "forbidden", "The comment cannot be deleted because of insufficient permissions.")
    videos.remove(world, found, by="api")
    return web.Response(status=204)


async def moderate(request: web.Request) -> web.Response:
    """POST comments/setModerationStatus?id=&moderationStatus=: by the channel below whose film they stand. 204."""
    world, account = request.app[WORLD], callers.writer(request)
    status = request.query.get("moderationStatus", "")
    if status not in STATUSES:
        errors.stop(400, "invalidModerationStatus", "The moderation status is not valid.")
    wanted = [_comment(world, each) for each in callers.many(request, "id")]
    if any(posts.get(world.store, each.root or 0).account_id != account.id for each in wanted):
        errors.stop(403, "forbidden", "The comment cannot be moderated because of insufficient permissions.")
    with world.store.write():
        for each in wanted:
            posts.put_extra(world.store, each, moderation=status, is_hidden=status != "published")
    return web.Response(status=204)
