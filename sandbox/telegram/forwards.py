"""A channel's posts appear in its discussion group by themselves; comments answer them there."""

from typing import Any

from sandbox import posts
from sandbox.accounts import Account
from sandbox.posts import Post
from sandbox.world import World

from . import shapes, updates
from .visit import next_message_id


def into_group(world: World, owner: Account, post: Post) -> dict[str, Any] | None:
    """The channel post as it stands in the group, forwarded now if it was not; inside an open write.

    The bot is told, as every member of the group is. None for what does not stand in the channel.
    """
    if post.place != owner.remote_id:
        return None
    if "forward_id" in post.extra:
        return shapes.forwarded(world, owner, post)
    group = shapes.group_id(owner)
    number = next_message_id(world.store, group)
    post = posts.put_extra(world.store, post, forward_id=number)
    world.store.put(f"telegram:forward:{group}:{number}", post.id)
    forwarded = shapes.forwarded(world, owner, post)
    updates.push(world, owner, "message", forwarded)
    return forwarded
