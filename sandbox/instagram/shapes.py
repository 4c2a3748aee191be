"""Accounts, posts, comments and talks as Instagram tells them."""

from typing import Any

from sandbox import accounts, containers, graph, posts
from sandbox.accounts import Account, derive
from sandbox.graph import Asked
from sandbox.posts import Post
from sandbox.world import World

PREFIX = "/instagram"
KINDS = {"IMAGE": "IMAGE", "VIDEO": "VIDEO", "REELS": "VIDEO", "CAROUSEL": "CAROUSEL_ALBUM", "STORIES": "IMAGE"}
METRICS = ("views", "reach", "likes", "comments", "shares", "saved", "total_interactions", "reposts")


def shortcode(remote_id: str) -> str:
    """The word for a post in its address."""
    return "C" + derive("instagram", remote_id, length=10)


def page(world: World, account: Account) -> str:
    """Where people see the account."""
    return f"{world.base}{PREFIX}/web/{account.handle}/"


def permalink(world: World, post: Post) -> str:
    """Where people see the post; a comment stands below its post."""
    first = posts.get(world.store, post.root) if post.root else post
    way = "reel" if first.extra.get("kind") == "REELS" else "p"
    return f"{world.base}{PREFIX}/web/{way}/{shortcode(first.remote_id)}/"


def user(world: World, account: Account, asked: dict[str, Asked]) -> dict[str, Any]:
    """GET /me, GET /{ig}."""
    whole = {
        "id": graph.number_of("instagram", account.handle, "scoped", digits=17), "user_id": account.remote_id,
        "username": account.handle, "name": account.name, "account_type": "BUSINESS",
        "biography": str(account.extra.get("bio") or f"Akun resmi {account.name}"), "website": "",
        "profile_picture_url": f"{world.base}/static/avatar.svg", "followers_count": account.followers,
        "follows_count": 12, "media_count": len(containers.firsts(world.store, account)),
    }  # fmt: skip
    return graph.chosen(whole, asked)


def media(world: World, post: Post, asked: dict[str, Asked]) -> dict[str, Any]:
    """One post, with its comments and numbers where they are asked for."""
    kind = str(post.extra.get("kind") or "IMAGE")
    whole: dict[str, Any] = {
        "id": post.remote_id, "caption": post.text, "media_type": KINDS.get(kind, "IMAGE"),
        "media_product_type": "REELS" if kind == "REELS" else "FEED", "permalink": permalink(world, post),
        "shortcode": shortcode(post.remote_id), "timestamp": graph.when(post.at),
        "username": containers.owner(world.store, post).handle, "like_count": post.likes,
        "comments_count": len(posts.thread(world.store, post)), "is_comment_enabled": True,
        "owner": {"id": containers.owner(world.store, post).remote_id},
    }  # fmt: skip
    if not post.text:
        del whole["caption"]
    if post.pictures:
        whole |= {"media_url": f"{world.base}/files/{post.pictures[0].sha256}", "alt_text": post.pictures[0].alt}
    if "comments" in asked:
        whole |= _listed("comments", [comment(world, c, asked["comments"].inside) for c in top(world, post)], asked)
    if "insights" in asked:
        names = [each for each in asked["insights"].options.get("metric", "").split(",") if each]
        whole["insights"] = {"data": insights(post, names)}
    inner = {name: Asked() for name in asked}
    return graph.chosen(whole, inner)


def _listed(name: str, things: list[dict[str, Any]], asked: dict[str, Asked]) -> dict[str, Any]:
    """A nested list; an empty one is left out."""
    return {name: {"data": things[: asked[name].limit]}} if things else {}


def top(world: World, post: Post) -> list[Post]:
    """The comments right below a post, newest first."""
    return [each for each in posts.thread(world.store, post) if each.reply_to == post.id][::-1]


def below(world: World, first: Post) -> list[Post]:
    """The replies to a comment, oldest first."""
    root = posts.get(world.store, first.root or first.id)
    return [each for each in posts.thread(world.store, root) if each.reply_to == first.id]


def comment(world: World, post: Post, asked: dict[str, Asked]) -> dict[str, Any]:
    """One comment, with its replies where they are asked for."""
    author = containers.owner(world.store, post)
    whole: dict[str, Any] = {
        "id": post.remote_id, "text": post.text, "timestamp": graph.when(post.at), "username": author.handle,
        "from": {"id": author.remote_id, "username": author.handle}, "like_count": post.likes,
        "hidden": bool(post.extra.get("hidden")),
    }  # fmt: skip
    if post.root:
        whole["media"] = {"id": posts.get(world.store, post.root).remote_id}
    if post.reply_to and post.reply_to != post.root:
        whole["parent_id"] = posts.get(world.store, post.reply_to).remote_id
    if "replies" in asked:
        whole |= _listed("replies", [comment(world, c, asked["replies"].inside) for c in below(world, post)], asked)
    inner = {name: Asked(inside=one.inside if name == "from" else {}) for name, one in asked.items()}
    return graph.chosen(whole, inner)


def insights(post: Post, names: list[str]) -> list[dict[str, Any]]:
    """Numbers of a post. Refuses a metric that is not offered, and with it the whole call."""
    if not names or set(names) - set(METRICS):
        graph.bad(f"metric[0] must be one of the following values: {', '.join(METRICS)}")
    seen = containers.views(post)
    known = {
        "views": seen, "reach": seen * 4 // 5, "likes": post.likes, "comments": post.replies,
        "shares": post.reposts, "saved": post.likes // 15, "reposts": post.reposts // 2,
        "total_interactions": post.likes + post.replies + post.reposts,
    }  # fmt: skip
    return [
        {"name": each, "period": "lifetime", "values": [{"value": known[each]}], "title": each,
         "id": f"{post.remote_id}/insights/{each}/lifetime"}
        for each in names
    ]  # fmt: skip


# Talks -------------------------------------------------------------------------------------------


def talk_id(account: Account, voter: Account) -> str:
    """The id of the talk between them."""
    return "aWdfZAG06" + derive("instagram", account.remote_id, voter.remote_id, length=24)


def talk(world: World, account: Account, voter: Account, said: list[Post], asked: dict[str, Asked]) -> dict[str, Any]:
    """One talk; `said` is all of it, oldest first. Of the messages the last 20 are told."""
    people = [{"id": each.remote_id, "username": each.handle} for each in (account, voter)]
    whole: dict[str, Any] = {
        "id": talk_id(account, voter), "updated_time": graph.when(said[-1].at), "participants": {"data": people},
    }  # fmt: skip
    if "messages" in asked:
        inside = asked["messages"].inside
        whole["messages"] = {"data": [message(world, account, voter, each, inside) for each in said[:-21:-1]]}
    return graph.chosen(whole, {name: Asked() for name in asked})


def message(world: World, account: Account, voter: Account, post: Post, asked: dict[str, Asked]) -> dict[str, Any]:
    """One message."""
    author = accounts.get(world.store, post.account_id)
    reader = voter if author.id == account.id else account
    whole = {
        "id": post.remote_id, "created_time": graph.when(post.at), "message": post.text,
        "from": {"id": author.remote_id, "username": author.handle},
        "to": {"data": [{"id": reader.remote_id, "username": reader.handle}]},
    }  # fmt: skip
    return graph.chosen(whole, asked)
