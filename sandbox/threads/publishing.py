"""Making containers and publishing them. Source: Threads API, "Posts" (2026-04-14) and its publishing reference."""

import re
from typing import Any

from aiohttp import web

from sandbox import containers, graph, posts
from sandbox.accounts import Account
from sandbox.blobs import Picture
from sandbox.containers import Container
from sandbox.graphemes import clusters
from sandbox.params import Params, read_params
from sandbox.tokens import Token
from sandbox.world import WORLD, World

from . import news

PUBLISH = "threads_content_publish"
CHARS, LINKS, CHILDREN, ALT = 500, 5, 20, 1000
POSTS, REPLIES = 250, 1000
"""A day, for one profile."""
LARGEST, LONGEST_SIDE = 8 * 1024 * 1024, 10
MIMES = {"image/jpeg", "image/png"}
LINK = re.compile(r"(?:https?://|www\.)[^\s<>\"]*[^\s<>\".,:;!?)]", re.IGNORECASE)
PICTOGRAM = re.compile("[\U0001f000-\U0001faff\u2600-\u27bf\u2b00-\u2bff\ufe0f\u20e3]")


def length(text: str) -> int:
    """Characters; an emoji counts as the number of its UTF-8 bytes."""
    return sum(len(one.encode()) if PICTOGRAM.search(one) else 1 for one in clusters(text))


async def make(request: web.Request, caller: Token, account: Account) -> web.Response:
    """POST /{user}/threads."""
    world, params = request.app[WORLD], await read_params(request)
    kind, text = params.text("media_type"), params.text("text")
    if kind not in {"TEXT", "IMAGE", "VIDEO", "CAROUSEL"}:
        graph.bad("Param media_type must be one of {TEXT, IMAGE, VIDEO, CAROUSEL}")
    _check_text(text, kind)
    reply_to = params.text("reply_to_id")
    if reply_to:
        if "threads_manage_replies" not in caller.scopes:
            graph.stop(403, 10, "(#10) Application does not have permission for this action")
        if posts.find(world.store, "threads", reply_to) is None:
            graph.bad("The requested resource does not exist", subcode=4279009)
    is_child = params.flag("is_carousel_item")
    if kind == "CAROUSEL":
        pictures, extra = _children(world, account, params)
    else:
        pictures, extra = await _media(world, kind, params)
    problem = "FAILED_DOWNLOADING_VIDEO" if kind == "VIDEO" and not extra else ""
    made = containers.make(
        world, account, kind, text, pictures=pictures, extra=extra, is_child=is_child, reply_to=reply_to,
        problem=problem,
    )  # fmt: skip
    return graph.send(request, {"id": made.id}, account=account.remote_id, kind="threads")


def _check_text(text: str, kind: str) -> None:
    if kind == "TEXT" and not text.strip():
        graph.bad("Param text is required for media_type TEXT")
    if length(text) > CHARS:
        graph.bad(f"Param text must be at most {CHARS} characters long.")
    if len(set(LINK.findall(text))) > LINKS:
        graph.stop(400, 100, "THREADS_API__LINK_LIMIT_EXCEEDED", subcode=4279049)


async def _media(world: World, kind: str, params: Params) -> tuple[list[Picture], dict[str, Any]]:
    """The picture or film that was fetched. A wrong picture is refused at once, a film fails while it is prepared."""
    alt = params.text("alt_text")
    if len(alt) > ALT:
        graph.bad(f"Param alt_text must be at most {ALT} characters long.")
    if kind == "TEXT":
        return [], {}
    if kind == "VIDEO":
        return [], await containers.fetch_film(world, params.text("video_url"))
    picture = await containers.fetch_picture(world, params.text("image_url"), alt, LARGEST)
    if picture is None:
        graph.stop(400, 24, "The media could not be fetched from this URI", subcode=2207052)
    if picture.mime not in MIMES:
        graph.stop(400, 36001, "The image format is not supported", subcode=2207005)
    if max(picture.width, picture.height) > LONGEST_SIDE * min(picture.width, picture.height):
        graph.stop(400, 36003, "The aspect ratio is not supported", subcode=2207009)
    return [picture], {}


def _children(world: World, account: Account, params: Params) -> tuple[list[Picture], dict[str, Any]]:
    """The media of a carousel's children, which must be ready."""
    ids = containers.listed(params, "children")
    found = [containers.find(world.store, account, each) for each in ids]
    ready = [each for each in found if each and each.is_child and each.state == "FINISHED"]
    if not 2 <= len(ids) <= CHILDREN or len(ready) != len(ids):
        graph.bad(f"Param children must hold 2 to {CHILDREN} finished carousel items", subcode=2207028)
    return containers.together(ready)


async def publish(request: web.Request, caller: Token, account: Account) -> web.Response:
    """POST /{user}/threads_publish."""
    world, params = request.app[WORLD], await read_params(request)
    container = containers.find(world.store, account, params.text("creation_id"))
    _check_publishable(world, container, account)
    assert container
    post = containers.publish(world, container, account, lambda post: news.of_ours(world, post, "publish"))
    return graph.send(request, {"id": post.remote_id}, account=account.remote_id, kind="threads")


def _check_publishable(world: World, container: Container | None, account: Account) -> None:
    if container is None or container.is_child:
        graph.stop(400, 24, "The requested resource does not exist", subcode=4279009)
    if container.state != "FINISHED":
        graph.stop(400, 24, f"The media cannot be published: {container.state}", subcode=SUBCODES[container.state])
    is_reply = bool(container.reply_to)
    if containers.of_today(world.store, account, replies=is_reply) >= (REPLIES if is_reply else POSTS):
        graph.stop(400, 9, "(#9) Too many posts today", subcode=2207042)


SUBCODES = {"IN_PROGRESS": 2207027, "ERROR": 2207032, "EXPIRED": 2207020, "PUBLISHED": 2207006}


def shown(container: Container) -> dict[str, str]:
    """GET /{container}."""
    body = {"id": container.id, "status": container.state}
    return body | ({"error_message": container.problem} if container.state == "ERROR" else {})


def limits(world: World, account: Account) -> dict[str, object]:
    """GET /{user}/threads_publishing_limit."""
    return {
        "quota_usage": containers.of_today(world.store, account, replies=False),
        "config": {"quota_total": POSTS, "quota_duration": containers.DAY_SECONDS},
        "reply_quota_usage": containers.of_today(world.store, account, replies=True),
        "reply_config": {"quota_total": REPLIES, "quota_duration": containers.DAY_SECONDS},
    }
