"""What each address below `/v26.0/{thing}` does."""

import inspect
from collections.abc import Mapping
from typing import Any

from aiohttp import web

from sandbox import accounts, graph, posts
from sandbox.accounts import Account
from sandbox.posts import Post
from sandbox.world import World

from . import comments, film, insights, messages, publishing, shapes, sign_in
from .visit import PLATFORM, Handler, Visit, open_visit

HOURLY = 4800


async def serve(request: web.Request) -> web.Response:
    """GET, POST or DELETE /{thing} or /{thing}/{edge}."""
    if "ids" in request.query:
        graph.bad("The ids parameter is no longer supported")
    visit = await open_visit(request)
    found = await answer(request.method, request.match_info.get("edge", ""), visit)
    account = visit.who.account.remote_id if visit.who.account else ""
    return graph.send(request, found, account=account, hourly=HOURLY)


async def answer(method: str, edge: str, visit: Visit) -> Any:
    """What one address answers; refuses where there is none."""
    handler = EDGES.get((method, edge))
    if handler is None:
        graph.bad(f"Unknown path components: /{edge}" if edge else "Unsupported request")
    found = handler(visit)
    return await found if inspect.isawaitable(found) else found


def show(visit: Visit) -> dict[str, Any]:
    """GET /{thing}: a Page, a person, a post, a comment, a video, a photo."""
    if visit.who.kind == "user" and visit.thing == visit.who.extra["person"]:
        return {"id": visit.thing, "name": "Pengelola Halaman"}
    page = _page(visit.world, visit.thing)
    if page is not None:
        return shapes.page(visit.world, page, visit.asked)
    if video := film.load(visit.world, visit.thing):
        film.ripen(visit.world)
        return film.show(visit, film.load(visit.world, visit.thing) or video)
    if photo := publishing.photo_by(visit.world, visit.thing):
        return photo
    visit.needs("pages_read_engagement")
    post = visit.post()
    return (shapes.comment if post.reply_to else shapes.post)(visit.world, post, visit.asked)


def _page(world: World, name: str) -> Account | None:
    found = accounts.by_remote(world.store, PLATFORM, name) or accounts.by_handle(world.store, PLATFORM, name)
    return None if found is None or found.is_voter else found


def timeline(visit: Visit) -> dict[str, Any]:
    """GET /{page}/posts and /feed: newest first; `since` and `until` in seconds since 1970."""
    visit.needs("pages_read_engagement")
    page = visit.own_page()
    film.ripen(visit.world)
    since, until = (visit.params.whole(name, 0, low=0, high=10**11) for name in ("since", "until"))
    shown = (shapes.post(visit.world, each, visit.asked) for each in _firsts(visit.world, page, since, until))
    return graph.page(visit.world, visit.path, shown, visit.params)


def _firsts(world: World, page: Account, since: int, until: int) -> list[Post]:
    found = [each for each in posts.of(world.store, page, limit=2000) if not each.reply_to and not each.place]
    return [each for each in found if each.at >= since and (not until or each.at <= until)]


def read_insights(visit: Visit) -> dict[str, Any]:
    """GET /{page or post}/insights?metric=&period=."""
    visit.needs("read_insights", "pages_read_engagement")
    page = _page(visit.world, visit.thing)
    what: Account | Post = page or visit.post()
    period = visit.params.text("period") or ("day" if page else "lifetime")
    told = visit.params.nested("metric")
    metrics = ",".join(map(str, told)) if isinstance(told, list) else visit.params.text("metric")
    return insights.answer(visit.world, what, metrics, period)


def subscribe(visit: Visit) -> dict[str, Any]:
    """POST /{page}/subscribed_apps: subscribed_fields."""
    page = visit.own_page()
    visit.needs("pages_manage_metadata")
    told = visit.params.nested("subscribed_fields")
    fields = told if isinstance(told, list) else visit.params.text("subscribed_fields").split(",")
    fields = [str(each) for each in fields if each]
    if not fields:
        graph.bad("Param subscribed_fields must be a non-empty array.")
    with visit.store.write():
        accounts.put_extra(visit.store, page, subscribed=fields)
    return {"success": True}


def subscribed(visit: Visit) -> dict[str, Any]:
    """GET /{page}/subscribed_apps."""
    fields = visit.own_page().extra.get("subscribed", [])
    shown = {"id": visit.who.client_id, "name": "Posko", "subscribed_fields": fields}
    return {"data": [shown] if fields else []}


def unsubscribe(visit: Visit) -> dict[str, Any]:
    """DELETE /{page}/subscribed_apps."""
    with visit.store.write():
        accounts.put_extra(visit.store, visit.own_page(), subscribed=[])
    return {"success": True}


EDGES: Mapping[tuple[str, str], Handler] = {
    ("GET", ""): show,
    ("POST", ""): comments.change,
    ("DELETE", ""): comments.delete,
    ("GET", "accounts"): sign_in.my_pages,
    ("GET", "permissions"): sign_in.permissions,
    ("GET", "posts"): timeline,
    ("GET", "published_posts"): timeline,
    ("GET", "feed"): timeline,
    ("GET", "tagged"): comments.tagged,
    ("GET", "comments"): comments.read,
    ("GET", "insights"): read_insights,
    ("GET", "conversations"): messages.conversations,
    ("GET", "subscribed_apps"): subscribed,
    ("POST", "subscribed_apps"): subscribe,
    ("DELETE", "subscribed_apps"): unsubscribe,
    ("POST", "feed"): publishing.feed,
    ("POST", "photos"): publishing.photos,
    ("POST", "videos"): film.videos,
    ("POST", "video_reels"): film.reels,
    ("POST", "comments"): comments.write,
    ("POST", "messages"): messages.send,
}
