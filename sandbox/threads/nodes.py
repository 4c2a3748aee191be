"""Every address below an id: who or what it is, and what can be asked of it."""

from collections.abc import Awaitable, Callable
from typing import Any

from aiohttp import web

from sandbox import accounts, clock, containers, graph, posts, tokens
from sandbox.accounts import Account
from sandbox.params import Params, read_params
from sandbox.posts import Post
from sandbox.tokens import Token
from sandbox.world import WORLD, World

from . import news, publishing, shapes

BASIC, READ, MANAGE = "threads_basic", "threads_read_replies", "threads_manage_replies"
POST_METRICS = ("views", "likes", "replies", "reposts", "quotes", "shares")
ACCOUNT_METRICS = ("views", "likes", "replies", "reposts", "quotes", "clicks", "followers_count")


async def _enter(request: web.Request, *scopes: str) -> tuple[World, Params, Token, Account]:
    caller = await graph.caller(request, "threads", BASIC, *scopes)
    assert caller.account
    return request.app[WORLD], await read_params(request), caller, caller.account


def _user(request: web.Request, account: Account) -> bool:
    return request.match_info["node"] in ("me", account.remote_id)


def _post(request: web.Request, world: World) -> Post:
    post = posts.find(world.store, "threads", request.match_info["node"])
    if post is None:
        graph.gone(request.match_info["node"])
    return post


async def show(request: web.Request) -> web.Response:
    """GET /{id}: a profile, a post or a container."""
    world, params, _, account = await _enter(request)
    asked, node = graph.fields(params.text("fields")), request.match_info["node"]
    if _user(request, account):
        body = shapes.profile(world, account, asked)
    elif container := containers.find(world.store, account, node):
        body = graph.chosen(publishing.shown(container), asked)
    else:
        body = shapes.post_of(world, _post(request, world), asked, account)
    return graph.send(request, body, account=account.remote_id, kind="threads")


async def remove(request: web.Request) -> web.Response:
    """DELETE /{post}."""
    world, _, _, account = await _enter(request, "threads_delete")
    post = _post(request, world)
    if post.account_id != account.id:
        graph.stop(403, 10, "(#10) Application does not have permission for this action")
    delete(world, post)
    return graph.send(request, {"success": True, "deleted_id": post.remote_id}, account=account.remote_id)


def delete(world: World, post: Post, by: posts.MadeBy = "api") -> None:
    """Take it away, in a write of its own."""
    with world.store.write():
        posts.remove(world.store, post)
        posts.log(world.store, "delete", post, by=by)
        news.of_ours(world, post, "delete")


# Lists -------------------------------------------------------------------------------------------


async def _list(request: web.Request, found: list[Post]) -> web.Response:
    world, params, _, account = await _enter(request)
    asked = graph.fields(params.text("fields"))
    things = [shapes.post_of(world, each, asked, account) for each in found]
    return graph.send(request, graph.page(world, request.path, things, params), account=account.remote_id)


async def own(request: web.Request) -> web.Response:
    """GET /{user}/threads: posts, newest first."""
    world, _, _, account = await _enter(request)
    return await _list(request, containers.firsts(world.store, account))


async def replies(request: web.Request) -> web.Response:
    """GET /{user}/replies: what the profile itself answered; GET /{post}/replies: what stands right below the post."""
    world, params, _, account = await _enter(request, READ)
    if _user(request, account):
        every = posts.of(world.store, account, limit=1000)
        return await _list(request, [each for each in every if each.reply_to])
    post = _post(request, world)
    root = posts.get(world.store, post.root) if post.root else post
    below = [each for each in posts.thread(world.store, root) if each.reply_to == post.id]
    return await _list(request, _in_order(below, params))


async def conversation(request: web.Request) -> web.Response:
    """GET /{post}/conversation: all below the post, as one list."""
    world, params, _, _ = await _enter(request, READ)
    return await _list(request, _in_order(posts.thread(world.store, _post(request, world)), params))


def _in_order(found: list[Post], params: Params) -> list[Post]:
    return found if params.text("reverse") == "false" else found[::-1]


async def mentions(request: web.Request) -> web.Response:
    """GET /{user}/mentions."""
    world, _, _, account = await _enter(request, "threads_manage_mentions")
    return await _list(request, containers.mentioning(world.store, account))


# Numbers -----------------------------------------------------------------------------------------


async def insights(request: web.Request) -> web.Response:
    """GET /{post}/insights."""
    world, params, _, account = await _enter(request, "threads_manage_insights")
    post = _post(request, world)
    known = {
        "views": containers.views(post), "likes": post.likes, "replies": post.replies, "reposts": post.reposts,
        "quotes": post.reposts // 8, "shares": post.reposts // 3,
    }  # fmt: skip
    wanted = _metrics(params, POST_METRICS)
    data = [shapes.metric(name, known[name]) | {"id": f"{post.remote_id}/insights/{name}/lifetime"} for name in wanted]
    return graph.send(request, {"data": data}, account=account.remote_id, kind="threads")


async def account_insights(request: web.Request) -> web.Response:
    """GET /{user}/threads_insights: views by day, the others as totals."""
    world, params, _, account = await _enter(request, "threads_manage_insights")
    every = containers.firsts(world.store, account)
    known = {
        "views": sum(map(containers.views, every)), "likes": sum(each.likes for each in every),
        "replies": sum(each.replies for each in every), "reposts": sum(each.reposts for each in every),
        "quotes": 0, "clicks": 0, "followers_count": account.followers,
    }  # fmt: skip
    data: list[dict[str, Any]] = []
    for name in _metrics(params, ACCOUNT_METRICS):
        if name == "views":
            data.append(shapes.metric(name, known[name], daily=True, at=clock.now()))
        else:
            data.append({"name": name, "period": "day", "title": name, "total_value": {"value": known[name]}})
    return graph.send(request, {"data": data}, account=account.remote_id, kind="threads")


def _metrics(params: Params, known: tuple[str, ...]) -> list[str]:
    wanted = containers.listed(params, "metric")
    if not wanted or set(wanted) - set(known):
        graph.bad(f"metric must be one of the following values: {', '.join(known)}")
    return wanted


async def quotas(request: web.Request) -> web.Response:
    """GET /{user}/threads_publishing_limit."""
    world, params, _, account = await _enter(request, publishing.PUBLISH)
    told = graph.chosen(publishing.limits(world, account), graph.fields(params.text("fields") or "quota_usage"))
    return graph.send(request, {"data": [told]}, account=account.remote_id, kind="threads")


# Changing ----------------------------------------------------------------------------------------


async def make(request: web.Request) -> web.Response:
    """POST /{user}/threads."""
    _, _, caller, account = await _enter(request, publishing.PUBLISH)
    return await publishing.make(request, caller, account)


async def publish(request: web.Request) -> web.Response:
    """POST /{user}/threads_publish."""
    _, _, caller, account = await _enter(request, publishing.PUBLISH)
    return await publishing.publish(request, caller, account)


async def manage_reply(request: web.Request) -> web.Response:
    """POST /{reply}/manage_reply: hide or show a first answer, with all below it."""
    world, params, _, account = await _enter(request, MANAGE)
    post = _post(request, world)
    root = posts.get(world.store, post.root) if post.root else None
    if root is None or root.account_id != account.id:
        graph.stop(403, 10, "(#10) Application does not have permission for this action")
    if post.reply_to != root.id:
        graph.bad("Only top-level replies can be hidden")
    with world.store.write():
        for each in [post, *_below(world, root, post)]:
            posts.put_extra(world.store, each, hidden=params.flag("hide"))
    return graph.send(request, {"success": True}, account=account.remote_id, kind="threads")


def _below(world: World, root: Post, post: Post) -> list[Post]:
    under, found = {post.id}, []
    for each in posts.thread(world.store, root):
        if each.reply_to in under:
            under.add(each.id)
            found.append(each)
    return found


async def debug_token(request: web.Request) -> web.Response:
    """GET /debug_token: what a token may do."""
    world, params, _, _ = await _enter(request)
    found = tokens.find(world.store, "threads", "access", params.text("input_token"))
    if found is None or found.account is None:
        graph.bad("The input_token is not valid")
    body = {"type": "USER", "is_valid": not found.is_over, "scopes": sorted(found.scopes)}
    body |= {"user_id": accounts.get(world.store, found.account.id).remote_id, "expires_at": int(found.ends_at or 0)}
    return web.json_response({"data": body})


type Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
EDGES: dict[tuple[str, str], Handler] = {
    ("GET", "threads"): own, ("POST", "threads"): make, ("POST", "threads_publish"): publish,
    ("GET", "threads_publishing_limit"): quotas, ("GET", "threads_insights"): account_insights,
    ("GET", "replies"): replies, ("GET", "mentions"): mentions, ("GET", "insights"): insights,
    ("GET", "conversation"): conversation, ("POST", "manage_reply"): manage_reply,
}  # fmt: skip
OF_USERS = {"threads", "threads_publish", "threads_publishing_limit", "threads_insights", "mentions"}


async def edge(request: web.Request) -> web.StreamResponse:
    """GET or POST /{id}/{edge}."""
    name = request.match_info["edge"]
    handler = EDGES.get((request.method, name))
    if handler is None:
        graph.stop(400, 2500, f"Unknown path components: /{name}")
    if name in OF_USERS:
        _, _, _, account = await _enter(request)
        if not _user(request, account):
            graph.gone(request.match_info["node"])
    return await handler(request)
