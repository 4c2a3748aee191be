"""Posts and profiles as Threads tells them."""

from typing import Any

from sandbox import accounts, containers, graph, posts
from sandbox.accounts import Account, derive
from sandbox.graph import Asked
from sandbox.posts import Post
from sandbox.world import World

PREFIX = "/threads"
KINDS = {"TEXT": "TEXT_POST", "IMAGE": "IMAGE", "VIDEO": "VIDEO", "CAROUSEL": "CAROUSEL_ALBUM"}


def shortcode(remote_id: str) -> str:
    """The word for a post in its address."""
    return "D" + derive("threads", remote_id, length=10)


def page(world: World, account: Account) -> str:
    """Where people see the profile."""
    return f"{world.base}{PREFIX}/web/@{account.handle}"


def permalink(world: World, post: Post) -> str:
    """Where people see the post."""
    return f"{page(world, containers.owner(world.store, post))}/post/{shortcode(post.remote_id)}"


def profile(world: World, account: Account, asked: dict[str, Asked]) -> dict[str, Any]:
    """GET /me, GET /{user}."""
    whole = {
        "id": account.remote_id, "username": account.handle, "name": account.name, "is_verified": False,
        "threads_biography": str(account.extra.get("bio") or f"Akun resmi {account.name}"),
        "threads_profile_picture_url": f"{world.base}/static/avatar.svg",
    }  # fmt: skip
    return graph.chosen(whole, asked)


def kind(post: Post) -> str:
    """Its `media_type`."""
    made_as = str(post.extra.get("kind") or ("IMAGE" if post.pictures else "TEXT"))  # by hand
    return KINDS.get(made_as, "TEXT_POST")


def head(world: World, post: Post) -> dict[str, Any]:
    """What webhooks tell of it too."""
    return {
        "id": post.remote_id, "username": containers.owner(world.store, post).handle, "text": post.text,
        "media_type": kind(post), "permalink": permalink(world, post), "shortcode": shortcode(post.remote_id),
    }  # fmt: skip


def post_of(world: World, post: Post, asked: dict[str, Asked], viewer: Account) -> dict[str, Any]:
    """One post; `viewer` is whose token asks."""
    whole: dict[str, Any] = head(world, post) | {
        "media_product_type": "THREADS", "timestamp": graph.when(post.at), "is_quote_post": False,
        "has_replies": post.replies > 0, "is_reply": post.reply_to is not None,
        "is_reply_owned_by_me": post.reply_to is not None and post.account_id == viewer.id,
        "hide_status": "HIDDEN" if post.extra.get("hidden") else "NOT_HUSHED", "reply_audience": "EVERYONE",
        "owner": {"id": accounts.get(world.store, post.account_id).remote_id},
    }  # fmt: skip
    if "film" in post.extra:
        whole["media_url"] = f"{world.base}/files/{post.extra['film']['sha256']}"
    elif post.pictures:
        whole |= {"media_url": f"{world.base}/files/{post.pictures[0].sha256}", "alt_text": post.pictures[0].alt}
    if post.reply_to is not None:
        whole["replied_to"] = {"id": posts.get(world.store, post.reply_to).remote_id}
        whole["root_post"] = {"id": posts.get(world.store, post.root or post.reply_to).remote_id}
    return graph.chosen(whole, asked)


def metric(name: str, value: int, *, title: str = "", daily: bool = False, at: float = 0.0) -> dict[str, Any]:
    """One number of an insights answer."""
    told: dict[str, Any] = {"name": name, "period": "day" if daily else "lifetime", "title": title or name}
    if daily:
        return told | {"values": [{"value": value, "end_time": graph.when(at)}]}
    return told | {"values": [{"value": value}]}
