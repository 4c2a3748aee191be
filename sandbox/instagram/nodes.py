"""Every address below an id: who or what it is, and what can be asked of it."""

from collections.abc import Awaitable, Callable
from typing import Any

from aiohttp import web

from sandbox import accounts, containers, graph, posts
from sandbox.accounts import Account
from sandbox.graph import Asked
from sandbox.params import Params, read_params
from sandbox.posts import Post
from sandbox.world import WORLD, World

from . import publishing, shapes, talks

BASIC = "instagram_business_basic"
PUBLISH = "instagram_business_content_publish"
COMMENTS = "instagram_business_manage_comments"
MESSAGES = "instagram_business_manage_messages"
INSIGHTS = "instagram_business_manage_insights"
ACCOUNT_METRICS = (
    "views", "reach", "accounts_engaged", "total_interactions", "likes", "comments", "shares", "saves", "replies",
    "reposts", "profile_links_taps", "follows_and_unfollows",
)  # fmt: skip


async def _enter(request: web.Request, *scopes: str) -> tuple[World, Params, Account]:
    caller = await graph.caller(request, "instagram", BASIC, *scopes)
    assert caller.account
    return request.app[WORLD], await read_params(request), caller.account


def _is_user(request: web.Request, account: Account) -> bool:
    scoped = graph.number_of("instagram", account.handle, "scoped", digits=17)
    return request.match_info["node"] in ("me", account.remote_id, scoped)


def _post(request: web.Request, world: World) -> Post:
    """The media or comment that the path names."""
    post = posts.find(world.store, "instagram", request.match_info["node"])
    if post is None:
        graph.gone(request.match_info["node"])
    return post


def _own_comment(request: web.Request, world: World, account: Account) -> Post:
    """A comment below a post of ours, or one that we wrote; refuses what is none."""
    post = _post(request, world)
    root = posts.get(world.store, post.root) if post.root else None
    if root is None or account.id not in (root.account_id, post.account_id):
        graph.gone(post.remote_id)
    return post


def _send(request: web.Request, account: Account, body: Any) -> web.Response:
    return graph.send(request, body, account=account.remote_id, kind="instagram")


async def show(request: web.Request) -> web.Response:
    """GET /{id}: an account, a post, a comment or a container."""
    world, params, account = await _enter(request)
    asked, node = graph.fields(params.text("fields")), request.match_info["node"]
    if _is_user(request, account):
        return _send(request, account, shapes.user(world, account, asked) | _mentioned(world, asked))
    if container := containers.find(world.store, account, node):
        return _send(request, account, graph.chosen(publishing.shown(container), asked))
    post = _post(request, world)
    shape = shapes.comment if post.root else shapes.media
    return _send(request, account, shape(world, post, asked))


def _mentioned(world: World, asked: dict[str, Asked]) -> dict[str, Any]:
    """`mentioned_media.media_id(…){…}` and `mentioned_comment.comment_id(…){…}` of an account."""
    found: dict[str, Any] = {}
    for name, option, shape in (
        ("mentioned_media", "media_id", shapes.media), ("mentioned_comment", "comment_id", shapes.comment),
    ):  # fmt: skip
        if name in asked:
            post = posts.find(world.store, "instagram", asked[name].options.get(option, ""))
            if post is None:
                graph.bad(f"{option} leads nowhere")
            found[name] = shape(world, post, asked[name].inside)
    return found


async def change(request: web.Request) -> web.Response:
    """POST /{comment}: `hide`."""
    world, params, account = await _enter(request, COMMENTS)
    post = _own_comment(request, world, account)
    if "hide" not in params or post.account_id == account.id:
        graph.bad("The parameter hide is required, and a comment of somebody else.")
    with world.store.write():
        posts.put_extra(world.store, post, hidden=params.flag("hide"))
    return _send(request, account, {"success": True})


async def remove(request: web.Request) -> web.Response:
    """DELETE /{comment}. Posts are deleted by apps of the Facebook Login only."""
    world, _, account = await _enter(request, COMMENTS)
    post = posts.find(world.store, "instagram", request.match_info["node"])
    if post is None or not post.root:
        words = f"Unsupported delete request. Object with ID '{request.match_info['node']}' does not exist, cannot be loaded due to missing permissions, or does not support this operation"  # noqa: E501
        graph.stop(400, 100, words, subcode=33)
    delete(world, _own_comment(request, world, account))
    return _send(request, account, {"success": True})


def delete(world: World, post: Post, by: posts.MadeBy = "api") -> None:
    """Take it away, in a write of its own."""
    with world.store.write():
        posts.remove(world.store, post)
        posts.log(world.store, "delete", post, by=by)


# Below an account --------------------------------------------------------------------------------


async def own(request: web.Request) -> web.Response:
    """GET /{ig}/media: posts, newest first."""
    world, params, account = await _enter(request)
    asked = graph.fields(params.text("fields"))
    things = [shapes.media(world, each, asked) for each in containers.firsts(world.store, account)]
    return _send(request, account, graph.page(world, request.path, things, params))


async def tags(request: web.Request) -> web.Response:
    """GET /{ig}/tags: posts of others in which the account is tagged."""
    world, params, account = await _enter(request, COMMENTS)
    asked = graph.fields(params.text("fields"))
    things = [shapes.media(world, each, asked) for each in containers.mentioning(world.store, account)]
    return _send(request, account, graph.page(world, request.path, things, params))


async def make(request: web.Request) -> web.Response:
    """POST /{ig}/media."""
    _, _, account = await _enter(request, PUBLISH)
    return await publishing.make(request, account)


async def publish(request: web.Request) -> web.Response:
    """POST /{ig}/media_publish."""
    world, params, account = await _enter(request, PUBLISH)
    known = containers.find(world.store, account, params.text("creation_id"))
    container = publishing.publishable(world, known, account)
    post = containers.publish(world, container, account, lambda post: None)
    return _send(request, account, {"id": post.remote_id})


async def quota(request: web.Request) -> web.Response:
    """GET /{ig}/content_publishing_limit."""
    world, params, account = await _enter(request, PUBLISH)
    asked = graph.fields(params.text("fields") or "quota_usage")
    return _send(request, account, {"data": [graph.chosen(publishing.limits(world, account), asked)]})


async def mention(request: web.Request) -> web.Response:
    """POST /{ig}/mentions: answer where somebody named us."""
    world, params, account = await _enter(request, COMMENTS)
    target = posts.find(world.store, "instagram", params.text("comment_id") or params.text("media_id"))
    if target is None:
        graph.bad("media_id leads nowhere")
    made = _comment(world, account, target, params.text("message"))
    return _send(request, account, {"id": made.remote_id})


async def conversations(request: web.Request) -> web.Response:
    """GET /{ig}/conversations."""
    _, _, account = await _enter(request, MESSAGES)
    return await talks.conversations(request, account)


async def message(request: web.Request) -> web.Response:
    """POST /{ig}/messages."""
    _, _, account = await _enter(request, MESSAGES)
    return await talks.send(request, account)


async def subscribe(request: web.Request) -> web.Response:
    """POST /{ig}/subscribed_apps: this account's news are to be pushed too."""
    world, params, account = await _enter(request)
    fields = [each for each in params.text("subscribed_fields").split(",") if each]
    if not fields:
        graph.bad("The parameter subscribed_fields is required.")
    with world.store.write():
        accounts.put_extra(world.store, account, subscribed=fields)
    return _send(request, account, {"success": True})


async def unsubscribe(request: web.Request) -> web.Response:
    """DELETE /{ig}/subscribed_apps."""
    world, _, account = await _enter(request)
    with world.store.write():
        accounts.put_extra(world.store, account, subscribed=[])
    return _send(request, account, {"success": True})


# Below a post or a comment -----------------------------------------------------------------------


async def comments(request: web.Request) -> web.Response:
    """GET /{media}/comments, or /{comment}/replies."""
    world, params, account = await _enter(request, COMMENTS)
    post, asked = _post(request, world), graph.fields(params.text("fields") or "id,text,timestamp")
    found = shapes.below(world, post) if post.root else shapes.top(world, post)
    things = [shapes.comment(world, each, asked) for each in found]
    return _send(request, account, graph.page(world, request.path, things, params, most=50))


async def write(request: web.Request) -> web.Response:
    """POST /{media}/comments, or /{comment}/replies: a reply to a reply lands below the first comment."""
    world, params, account = await _enter(request, COMMENTS)
    post = _post(request, world)
    owner_id = posts.get(world.store, post.root).account_id if post.root else post.account_id
    if owner_id != account.id:
        graph.gone(post.remote_id)
    if post.extra.get("hidden"):
        graph.bad("Cannot reply to a hidden comment")
    made = _comment(world, account, post, params.text("message"))
    return _send(request, account, {"id": made.remote_id})


def _comment(world: World, account: Account, target: Post, text: str) -> Post:
    if not text.strip():
        graph.bad("The parameter message is required.")
    publishing.check_words(text)
    with world.store.write():
        made = below(world, account, target, text, "api")
        posts.log(world.store, "publish", made)
    return made


def below(world: World, account: Account, target: Post, text: str, made_by: posts.MadeBy) -> Post:
    """Keep a comment, inside an open write."""
    is_reply = target.root is not None and target.reply_to != target.root
    parent = posts.get(world.store, target.reply_to) if is_reply and target.reply_to else target
    return posts.add(
        world.store, account=account, remote_id=containers.new_id(), text=text, made_by=made_by, reply_to=parent
    )


async def insights(request: web.Request) -> web.Response:
    """GET /{media}/insights, GET /{ig}/insights."""
    world, params, account = await _enter(request, INSIGHTS)
    names = containers.listed(params, "metric")
    if not _is_user(request, account):
        return _send(request, account, {"data": shapes.insights(_post(request, world), names)})
    if not names or set(names) - set(ACCOUNT_METRICS):
        graph.bad(f"metric[0] must be one of the following values: {', '.join(ACCOUNT_METRICS)}")
    if params.text("metric_type") != "total_value":
        graph.bad("The metric (views) should be specified with parameter metric_type=total_value")
    every = containers.firsts(world.store, account)
    seen = sum(map(containers.views, every))
    known = {"views": seen, "reach": seen * 4 // 5, "likes": sum(each.likes for each in every)}
    data = [
        {"name": each, "period": "day", "title": each, "total_value": {"value": known.get(each, 0)}} for each in names
    ]
    return _send(request, account, {"data": data})


type Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
EDGES: dict[tuple[str, str], Handler] = {
    ("GET", "media"): own, ("POST", "media"): make, ("POST", "media_publish"): publish,
    ("GET", "content_publishing_limit"): quota, ("GET", "insights"): insights, ("GET", "tags"): tags,
    ("POST", "mentions"): mention, ("GET", "conversations"): conversations, ("POST", "messages"): message,
    ("POST", "subscribed_apps"): subscribe, ("DELETE", "subscribed_apps"): unsubscribe,
    ("GET", "comments"): comments, ("POST", "comments"): write,
    ("GET", "replies"): comments, ("POST", "replies"): write,
}  # fmt: skip
OF_USERS = {
    "media", "media_publish", "content_publishing_limit", "tags", "mentions", "conversations", "messages",
    "subscribed_apps",
}  # fmt: skip


async def edge(request: web.Request) -> web.StreamResponse:
    """GET or POST /{id}/{edge}."""
    name = request.match_info["edge"]
    handler = EDGES.get((request.method, name))
    if handler is None:
        graph.stop(400, 2500, f"Unknown path components: /{name}")
    if name in OF_USERS:
        _, _, account = await _enter(request)
        if not _is_user(request, account):
            graph.gone(request.match_info["node"])
    return await handler(request)
