"""What the Page's webhook is told, inside the write in which it happens. Source: Pages webhooks, read 2026-09; the keys
of `value` are from memory.
"""

from typing import Any

from sandbox import accounts, clock, graph, posts
from sandbox.accounts import Account
from sandbox.posts import Post
from sandbox.world import World


def of_post(world: World, post: Post, verb: str) -> None:
    """A post or comment was added, edited, hidden, shown again or removed."""
    author = accounts.get(world.store, post.account_id)
    root = posts.get(world.store, post.root) if post.root else post
    value: dict[str, Any] = {
        "from": {"id": author.remote_id, "name": author.name}, "post_id": root.remote_id, "verb": verb,
        "item": "comment" if post.reply_to else _item(post), "created_time": int(post.at), "message": post.text,
    }  # fmt: skip
    if post.reply_to:
        value |= {"comment_id": post.remote_id, "parent_id": posts.get(world.store, post.reply_to).remote_id}
    _tell(world, accounts.get(world.store, root.account_id), "feed", value)


def _item(post: Post) -> str:
    if "film" in post.extra:
        return "video"
    return "photo" if post.pictures else "status"


def of_reactions(world: World, post: Post) -> None:
    """People like a post."""
    root = posts.get(world.store, post.root) if post.root else post
    value = {
        "item": "reaction", "verb": "add", "reaction_type": "like", "post_id": root.remote_id,
        "created_time": int(clock.now()), "from": {"id": "0", "name": ""},
    }  # fmt: skip
    _tell(world, accounts.get(world.store, root.account_id), "feed", value)


def of_mention(world: World, page: Account, post: Post) -> None:
    """Somebody speaks of the Page in a post of their own."""
    author = accounts.get(world.store, post.account_id)
    value = {
        "item": "post", "verb": "add", "post_id": post.remote_id, "sender_id": author.remote_id,
        "sender_name": author.name, "message": post.text, "created_time": int(post.at),
    }  # fmt: skip
    _tell(world, page, "mention", value)


def of_message(world: World, page: Account, person: Account, post: Post, *, is_echo: bool) -> None:
    """A message arrived, or one of ours did."""
    there, here = {"id": person.remote_id}, {"id": page.remote_id}
    told: dict[str, Any] = {"mid": post.remote_id, "text": post.text} | ({"is_echo": True} if is_echo else {})
    event = {
        "sender": here if is_echo else there, "recipient": there if is_echo else here,
        "timestamp": int(post.at * 1000), "message": told,
    }  # fmt: skip
    if not clock.is_pretended() and _hears(page, "message_echoes" if is_echo else "messages"):
        graph.push(world, "facebook", "page", page.remote_id, messaging=[event])


def _tell(world: World, page: Account, field: str, value: dict[str, Any]) -> None:
    if not page.is_voter and not clock.is_pretended() and _hears(page, field):
        graph.push(world, "facebook", "page", page.remote_id, changes=[{"field": field, "value": value}])


def _hears(page: Account, field: str) -> bool:
    """Whether the Page itself was subscribed to that field; the app's own subscription is `graph.subscribe`'s."""
    return field in page.extra.get("subscribed", [])
