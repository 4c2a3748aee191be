"""Posts for a few eyes only: visibility `direct`. Source: docs, entities/Status (visibility), methods/conversations."""

from typing import Any

from sandbox import accounts, posts
from sandbox.accounts import Account
from sandbox.posts import Post
from sandbox.world import World

from . import ids, text


def place(world: World, extra: dict[str, Any], parent: Post | None, wording: str) -> str:
    """Where a post of ours belongs: "" for the public, else the talk with the person it names or answers."""
    if extra["visibility"] != "direct":
        return ""
    if parent and parent.place:
        return parent.place
    named = [accounts.by_handle(world.store, "mastodon", found[1].lower()) for found in text.MENTION.finditer(wording)]
    person = next((each.remote_id for each in named if each and each.is_voter), "")
    return f"dm:{person}"


def mention_as_voter(world: World, account: Account, voter: Account, words: str) -> Post:
    """A voter's own post that names our account."""
    return _write(world, account, voter, words, "")


def message_as_voter(world: World, account: Account, voter: Account, words: str) -> Post:
    """A voter's direct post to our account."""
    return _write(world, account, voter, words, f"dm:{voter.remote_id}")


def _write(world: World, account: Account, voter: Account, words: str, where: str) -> Post:
    extra: dict[str, Any] = {"to": account.id, "visibility": "direct" if where else "public"}
    with world.store.write():
        return posts.add(
            world.store, account=voter, remote_id=ids.next_id(), text=f"@{account.handle} {words}", made_by="voter",
            place=where, extra=extra,
        )  # fmt: skip
