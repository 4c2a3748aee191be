"""Mastodon's JSON shapes. Source: docs, entities/Account, Status, MediaAttachment, Notification, Application."""

from typing import Any

from sandbox import accounts, clock, posts
from sandbox.accounts import Account
from sandbox.blobs import Picture
from sandbox.posts import Post
from sandbox.world import World

from . import text

PREFIX = "/mastodon"


def server(world: World) -> str:
    """The address a person types as their server."""
    return world.base + PREFIX


def profile_url(world: World, account: Account) -> str:
    """An account's page."""
    return f"{server(world)}/@{account.handle}"


def permalink(world: World, post: Post) -> str:
    """A status' page."""
    return f"{profile_url(world, accounts.get(world.store, post.account_id))}/{post.remote_id}"


def account(world: World, who: Account) -> dict[str, Any]:
    """An Account."""
    url, picture = profile_url(world, who), f"{world.base}/static/avatar.svg"
    return {
        "id": who.remote_id, "username": who.handle, "acct": who.handle, "display_name": who.name, "locked": False,
        "bot": False, "discoverable": True, "indexable": True, "group": False, "created_at": clock.iso(who.created_at),
        "note": "", "url": url, "uri": f"{server(world)}/users/{who.handle}", "avatar": picture,
        "avatar_static": picture, "header": picture, "header_static": picture, "followers_count": who.followers,
        "following_count": 12, "statuses_count": posts.count(world.store, who),
        "last_status_at": clock.iso(clock.now())[:10], "hide_collections": False, "noindex": False, "emojis": [],
        "roles": [], "fields": [],
    }  # fmt: skip


def own_account(world: World, who: Account) -> dict[str, Any]:
    """A CredentialAccount: the caller's own."""
    source = {
        "privacy": "public", "sensitive": False, "language": "id", "note": "", "fields": [], "follow_requests_count": 0,
        "discoverable": True, "indexable": True, "hide_collections": False, "attribution_domains": [],
    }  # fmt: skip
    role = {"id": "-99", "name": "", "permissions": "65536", "color": "", "highlighted": False}
    return account(world, who) | {"source": source, "role": role}


def media(world: World, remote_id: str, picture: Picture, *, is_ready: bool = True) -> dict[str, Any]:
    """A MediaAttachment; `url` is null while it is being processed."""
    url = f"{world.base}/files/{picture.sha256}" if is_ready else None
    size = {
        "width": picture.width, "height": picture.height, "size": f"{picture.width}x{picture.height}",
        "aspect": picture.width / max(1, picture.height),
    }  # fmt: skip
    return {
        "id": remote_id, "type": picture.mime.split("/")[0], "url": url, "preview_url": url, "remote_url": None,
        "preview_remote_url": None,
        "text_url": None, "meta": {"original": size, "small": size}, "description": picture.alt or None,
        "blurhash": "UBL_:rOpGG-oBUNG,qRj2so|=eE1w^n4S5NH",
    }  # fmt: skip


def status(world: World, post: Post) -> dict[str, Any]:
    """A Status."""
    author = accounts.get(world.store, post.account_id)
    parent = posts.get(world.store, post.reply_to) if post.reply_to else None
    parent_author = accounts.get(world.store, parent.account_id) if parent else None
    named = accounts.get(world.store, post.extra["to"]) if "to" in post.extra else None
    return {
        "id": post.remote_id, "created_at": clock.iso(post.at),
        "edited_at": clock.iso(post.edited_at) if post.edited_at else None,
        "in_reply_to_id": parent.remote_id if parent else None,
        "in_reply_to_account_id": parent_author.remote_id if parent_author else None,
        "sensitive": post.extra.get("sensitive", False), "spoiler_text": post.extra.get("spoiler_text", ""),
        "visibility": post.extra.get("visibility", "public"), "language": post.extra.get("language", "id"),
        "uri": f"{server(world)}/users/{author.handle}/statuses/{post.remote_id}", "url": permalink(world, post),
        "replies_count": post.replies, "reblogs_count": post.reposts, "favourites_count": post.likes,
        "quotes_count": 0, "favourited": False, "reblogged": False, "muted": False, "bookmarked": False,
        "pinned": False, "content": text.to_html(post.text, server(world)), "reblog": None, "filtered": [],
        "application": {"name": post.extra.get("application", "Web"), "website": None},
        "account": account(world, author), "mentions": _mentions(world, parent_author, named), "emojis": [],
        "media_attachments": [media(world, each.remote_id, each) for each in post.pictures],
        "tags": text.tag_entities(post.text, server(world)), "card": None, "poll": None, "quote": None,
        "quote_approval": {"automatic": ["public"], "manual": [], "current_user": "automatic"},
    }  # fmt: skip


def _mentions(world: World, *people: Account | None) -> list[dict[str, Any]]:
    once = {who.id: who for who in people if who}
    return [
        {"id": who.remote_id, "username": who.handle, "acct": who.handle, "url": profile_url(world, who)}
        for who in once.values()
    ]


def may_see(world: World, post: Post, reader: Account | None) -> bool:
    """Direct posts are seen by whoever wrote them and those they name."""
    if post.extra.get("visibility") != "direct":
        return True
    parent = posts.get(world.store, post.reply_to) if post.reply_to else None
    return reader is not None and reader.id in (post.account_id, post.extra.get("to"), parent and parent.account_id)


def notification(world: World, post: Post) -> dict[str, Any]:
    """A Notification of type mention."""
    author = accounts.get(world.store, post.account_id)
    return {
        "id": str(post.id), "type": "mention", "created_at": clock.iso(post.at), "group_key": f"ungrouped-{post.id}",
        "account": account(world, author), "status": status(world, post),
    }  # fmt: skip
