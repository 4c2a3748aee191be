"""What is pushed to the app. Source: "Webhooks for Threads", 2026-06-30."""

from typing import Any

from sandbox import accounts, clock, graph, posts
from sandbox.accounts import Account
from sandbox.oauth import app
from sandbox.posts import Post
from sandbox.world import World

from . import shapes


def _push(world: World, topic: str, field: str, target: Account, value: dict[str, Any]) -> None:
    told = {"app_id": app("threads")[0], "topic": topic, "target_id": target.remote_id, "time": int(clock.now())}
    told |= {"subscription_id": "1", "has_uid_field": False, "values": {"value": value, "field": field}}
    graph.push_body(world, "threads", told)


def of_ours(world: World, post: Post, field: str) -> None:
    """Something of ours became public (`publish`) or was deleted (`delete`), inside an open write."""
    account = accounts.get(world.store, post.account_id)
    value: dict[str, Any] = {"id": post.remote_id, "owner": {"owner_id": account.remote_id}}
    if field == "publish":
        value |= shapes.head(world, post) | {"timestamp": graph.when(post.at)}
    else:
        value |= {"deleted_at": graph.when(clock.now()), "timestamp": graph.when(post.at)}
    _push(world, "interaction", field, account, value)


def of_reply(world: World, post: Post, parent: Post) -> None:
    """A voter wrote below a post of ours, inside an open write."""
    root = posts.get(world.store, post.root or parent.id)
    account = accounts.get(world.store, root.account_id)
    if account.is_voter:
        return
    value = shapes.head(world, post) | {
        "replied_to": {"id": parent.remote_id},
        "root_post": {"id": root.remote_id, "owner_id": account.remote_id, "username": account.handle},
        "timestamp": graph.when(post.at),
    }
    _push(world, "moderate", "replies", account, value)


def of_mention(world: World, post: Post, account: Account) -> None:
    """A voter spoke of us, inside an open write."""
    _push(world, "interaction", "mentions", account, shapes.head(world, post) | {"timestamp": graph.when(post.at)})
