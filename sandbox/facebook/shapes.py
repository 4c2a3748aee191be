"""Posts, comments, Pages and messages as JSON: only the fields that were asked for.

Source: Graph API reference, Page, Page Post, Comment, Conversation, read 2026-09; a field that is not there is an error
for the whole call.
"""

from typing import Any

from sandbox import accounts, graph, posts
from sandbox.accounts import Account
from sandbox.graph import Asked, when
from sandbox.params import Params
from sandbox.posts import Post
from sandbox.world import World

from . import ids, insights

POST = frozenset({
    "id", "message", "created_time", "updated_time", "permalink_url", "is_published", "is_hidden", "status_type",
    "from", "full_picture", "shares", "comments", "reactions", "likes", "attachments", "insights", "to", "story",
})  # fmt: skip
COMMENT = frozenset({
    "id", "message", "created_time", "from", "parent", "is_hidden", "permalink_url", "like_count", "comment_count",
    "can_comment", "can_hide", "can_remove", "can_reply_privately", "comments", "attachment", "object",
})  # fmt: skip
PAGE = frozenset({
    "id", "name", "username", "about", "bio", "link", "website", "picture", "followers_count", "fan_count", "category",
    "access_token", "tasks", "is_published", "posts", "feed",
})  # fmt: skip
MESSAGE = frozenset({"id", "message", "created_time", "from", "to", "attachments"})


def known(asked: dict[str, Asked], fields: frozenset[str], node: str) -> None:
    """Refuse a field the node does not have."""
    if strange := next((name for name in asked if name not in fields), ""):
        graph.bad(f"Tried accessing nonexisting field ({strange}) on node type ({node})")


def person(account: Account) -> dict[str, str]:
    """Who wrote something."""
    return {"name": account.name, "id": account.remote_id}


# Posts -------------------------------------------------------------------------------------------


def post(world: World, one: Post, asked: dict[str, Asked]) -> dict[str, Any]:
    """A post; without chosen fields its time and its words."""
    known(asked, POST, "Post")
    asked = asked or {"created_time": Asked(), "message": Asked()}
    author = accounts.get(world.store, one.account_id)
    full: dict[str, Any] = {
        "id": one.remote_id, "created_time": when(one.at), "updated_time": when(one.edited_at or one.at),
        "permalink_url": ids.permalink(world, one), "is_published": True, "is_hidden": False,
        "status_type": _kind(one), "from": person(author),
    }  # fmt: skip
    full |= {"message": one.text} if one.text else {}
    full |= {"shares": {"count": one.reposts}} if one.reposts else {}
    if one.pictures:
        full["full_picture"] = f"{world.base}/files/{one.pictures[0].sha256}"
    if one.pictures or "film" in one.extra or one.extra.get("link"):
        full["attachments"] = {"data": [_attachment(world, one)]}
    full |= {name: _edge(world, one, name, asked[name]) for name in ("comments", "reactions", "likes") if name in asked}
    if "insights" in asked:
        metrics = asked["insights"].options.get("metric", "")
        full["insights"] = insights.answer(world, one, metrics, "lifetime")
    return _only(full, asked)


def _only(full: dict[str, Any], asked: dict[str, Asked]) -> dict[str, Any]:
    return {name: value for name, value in full.items() if name == "id" or name in asked}


def _kind(one: Post) -> str:
    if "film" in one.extra:
        return "added_video"
    return "added_photos" if one.pictures else "mobile_status_update"


def _attachment(world: World, one: Post) -> dict[str, Any]:
    if "film" in one.extra:
        return {"media_type": "video", "target": {"id": one.extra["video"]}}
    if not one.pictures:
        return {"media_type": "link", "unshimmed_url": one.extra["link"]}
    parts = [
        {"media_type": "photo", "target": {"id": each.remote_id}, "description": each.alt} for each in one.pictures
    ]
    return parts[0] if len(parts) == 1 else {"media_type": "album", "subattachments": {"data": parts}}


def _edge(world: World, one: Post, name: str, asked: Asked) -> dict[str, Any]:
    """`comments.filter(stream).limit(0).summary(true)` inside a post."""
    if name == "comments":
        options = dict(asked.options)
        return comment_list(world, one, Params({**options}), asked.inside, f"/facebook/v26.0/{one.remote_id}/comments")
    summary = {"summary": {"total_count": one.likes}} if asked.options.get("summary") == "true" else {}
    return {"data": []} | summary


# Comments ----------------------------------------------------------------------------------------


def comment(world: World, one: Post, asked: dict[str, Asked]) -> dict[str, Any]:
    """A comment; without chosen fields its time, author and words."""
    known(asked, COMMENT, "Comment")
    asked = asked or {"created_time": Asked(), "from": Asked(), "message": Asked()}
    author = accounts.get(world.store, one.account_id)
    full: dict[str, Any] = {
        "id": one.remote_id, "created_time": when(one.at), "message": one.text, "from": person(author),
        "is_hidden": bool(one.extra.get("hidden")), "permalink_url": ids.permalink(world, one),
        "like_count": one.likes, "comment_count": one.replies, "can_comment": True, "can_hide": author.is_voter,
        "can_remove": True, "can_reply_privately": author.is_voter,
    }  # fmt: skip
    above = posts.get(world.store, one.reply_to) if one.reply_to else None
    if above is not None and above.reply_to:
        full["parent"] = {"id": above.remote_id}
    if "comments" in asked:
        inner = asked["comments"]
        path = f"/facebook/v26.0/{one.remote_id}/comments"
        full["comments"] = comment_list(world, one, Params({**inner.options}), inner.inside, path)
    return _only(full, asked)


def comment_list(
    world: World, above: Post, params: Params, asked: dict[str, Asked], path: str
) -> dict[str, Any]:  # fmt: skip
    """The comments below a post or comment: `filter` stream or toplevel, `order`, `since`, `summary`, paged."""
    root = above if not above.root else posts.get(world.store, above.root)
    every = posts.thread(world.store, root)
    stream = params.text("filter") == "stream" and not above.reply_to
    shown = every if stream else [each for each in every if each.reply_to == above.id]
    if params.text("order") in {"reverse_chronological", "recent"}:
        shown = shown[::-1]
    body = graph.page(world, path, (comment(world, each, asked) for each in shown), params)
    if params.text("summary") in {"true", "1", "total_count"}:
        body["summary"] = {"order": "chronological", "total_count": len(shown), "can_comment": True}
    return body


# Pages and messages ------------------------------------------------------------------------------


def page(world: World, one: Account, asked: dict[str, Asked], **more: Any) -> dict[str, Any]:
    """A Page; without chosen fields its name."""
    known(asked, PAGE, "Page")
    full: dict[str, Any] = {
        "id": one.remote_id, "name": one.name, "username": one.handle, "link": ids.profile_url(world, one),
        "about": one.extra.get("about", ""), "website": one.extra.get("website", ""), "category": "Politician",
        "is_published": True, "followers_count": one.followers, "fan_count": one.followers,
        "picture": {"data": {"url": f"{world.base}/static/avatar.svg", "is_silhouette": False}}, **more,
    }  # fmt: skip
    return _only({k: v for k, v in full.items() if v != ""}, asked or {"name": Asked()})


def message(world: World, one: Post, asked: dict[str, Asked]) -> dict[str, Any]:
    """A message of a conversation; without chosen fields its time."""
    known(asked, MESSAGE, "Message")
    author = accounts.get(world.store, one.account_id)
    full = {"id": one.remote_id, "message": one.text, "created_time": when(one.at), "from": person(author)}
    return _only(full, asked or {"created_time": Asked()})
