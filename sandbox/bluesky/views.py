"""The reading side: posts, feeds, threads, profiles, notifications.

Source: lexicons/app/bsky/{feed,actor,notification}.
"""

import json
from typing import Any

from aiohttp import web

from sandbox import accounts, clock, posts
from sandbox.accounts import Account
from sandbox.params import read_params
from sandbox.posts import Post
from sandbox.world import WORLD, World

from . import errors, ids, session


def basic(world: World, account: Account) -> dict[str, Any]:
    """A profileViewBasic."""
    return {
        "did": account.remote_id, "handle": account.handle, "displayName": account.name,
        "avatar": f"{world.base}/static/avatar.svg", "createdAt": clock.iso(account.created_at), "labels": [],
        "viewer": {"muted": False, "blockedBy": False},
    }  # fmt: skip


def profile(world: World, account: Account) -> dict[str, Any]:
    """A profileViewDetailed; what the account wrote into its profile record wins."""
    uri = f"at://{account.remote_id}/app.bsky.actor.profile/self"
    row = world.store.one("SELECT value FROM records WHERE uri = ?", uri)
    own = json.loads(row["value"]) if row else {}
    written = {name: own[name] for name in ("displayName", "description") if name in own}
    counts = {"followersCount": account.followers, "followsCount": 12, "postsCount": posts.count(world.store, account)}
    return basic(world, account) | {"indexedAt": clock.iso(account.created_at)} | counts | written


def post_view(world: World, post: Post) -> dict[str, Any]:
    """A postView."""
    author = accounts.get(world.store, post.account_id)
    view = {
        "uri": post.remote_id, "cid": post.extra["cid"], "author": basic(world, author),
        "record": post.extra["record"], "replyCount": post.replies, "repostCount": post.reposts,
        "likeCount": post.likes, "quoteCount": 0, "bookmarkCount": 0, "indexedAt": clock.iso(post.at), "labels": [],
        "viewer": {"threadMuted": False, "embeddingDisabled": False},
    }  # fmt: skip
    embed, gate = _embed(world, post), _gate(world, post)
    return view | ({"embed": embed} if embed else {}) | ({"threadgate": gate} if gate else {})


def _gate(world: World, post: Post) -> dict[str, Any] | None:
    """Who may answer a first post, and which answers are hidden, where it says so."""
    if post.reply_to:
        return None
    row = world.store.one("SELECT * FROM records WHERE uri = ?", post.remote_id.replace(ids.POST, ids.GATE))
    return {"uri": row["uri"], "cid": row["cid"], "record": json.loads(row["value"]), "lists": []} if row else None


def _embed(world: World, post: Post) -> dict[str, Any] | None:
    embed = post.extra["record"].get("embed") or {}
    urls = [f"{world.base}/files/{each.sha256}" for each in post.pictures]
    if embed.get("$type") == "app.bsky.embed.images":
        images = [
            {
                "thumb": url, "fullsize": url, "alt": picture.alt,
                "aspectRatio": {"width": picture.width, "height": picture.height},
            }
            for url, picture in zip(urls, post.pictures, strict=True)
        ]  # fmt: skip
        return {"$type": "app.bsky.embed.images#view", "images": images}
    if embed.get("$type") == "app.bsky.embed.video":
        film = post.pictures[0]
        ratio = {"aspectRatio": {"width": film.width, "height": film.height}}
        name = embed["video"]["ref"]["$link"]
        return {"$type": "app.bsky.embed.video#view", "cid": name, "playlist": urls[0], "alt": film.alt} | ratio
    if embed.get("$type") == "app.bsky.embed.external":
        card = {name: embed["external"][name] for name in ("uri", "title", "description")}
        return {"$type": "app.bsky.embed.external#view", "external": card | ({"thumb": urls[0]} if urls else {})}
    return None


def _reader(request: web.Request) -> str:
    """Who reads, for the rate limit. A token is not needed, but one that is sent must be good."""
    return session.caller(request).remote_id if session.bearer(request) else "anyone"


async def get_posts(request: web.Request) -> web.Response:
    """GET app.bsky.feed.getPosts?uris=: at most 25; deleted ones are left out."""
    world, uris = request.app[WORLD], request.query.getall("uris", [])
    allowance = session.spend(request, _reader(request), "read")
    if not uris:
        errors.invalid('Error: Params must have the property "uris"')
    if len(uris) > 25:
        errors.invalid("Error: uris must not have more than 25 elements")
    found = [posts.find(world.store, "bluesky", each) for each in uris]
    return session.send({"posts": [post_view(world, each) for each in found if each]}, allowance)


def _actor(world: World, name: str) -> Account:
    account = session.find(world, name)
    if account is None:
        errors.invalid("Profile not found")
    return account


async def get_author_feed(request: web.Request) -> web.Response:
    """GET app.bsky.feed.getAuthorFeed: newest first."""
    world, params = request.app[WORLD], await read_params(request)
    allowance = session.spend(request, _reader(request), "read")
    limit, cursor = params.whole("limit", 50, low=1, high=100), params.text("cursor")
    below = int(cursor) if cursor.isdigit() else None
    found = posts.of(world.store, _actor(world, params.text("actor")), limit=limit, below=below)
    kind = params.text("filter", "posts_with_replies")
    shown = [each for each in found if not (kind == "posts_no_replies" and each.reply_to)]
    shown = [each for each in shown if kind != "posts_with_media" or each.pictures]
    body: dict[str, Any] = {"feed": [{"post": post_view(world, each)} for each in shown]}
    if len(found) == limit:
        body["cursor"] = str(found[-1].id)
    return session.send(body, allowance)


async def get_post_thread(request: web.Request) -> web.Response:
    """GET app.bsky.feed.getPostThread?uri=: the post, what it answers and the answers under it."""
    world, uri = request.app[WORLD], request.query.get("uri", "")
    allowance = session.spend(request, _reader(request), "read")
    post = posts.find(world.store, "bluesky", uri)
    if post is None:
        errors.stop(400, "NotFound", f"Post not found: {uri}")
    root = posts.get(world.store, post.root) if post.root else post
    view = _thread(world, post, posts.thread(world.store, root))
    if post.reply_to:
        parent = posts.get(world.store, post.reply_to)
        view["parent"] = _gone(parent) if parent.is_deleted else _thread(world, parent, [])
    return session.send({"thread": view}, allowance)


def _thread(world: World, post: Post, others: list[Post]) -> dict[str, Any]:
    under = [_thread(world, each, others) for each in others if each.reply_to == post.id]
    return {"$type": "app.bsky.feed.defs#threadViewPost", "post": post_view(world, post), "replies": under}


def _gone(post: Post) -> dict[str, Any]:
    return {"$type": "app.bsky.feed.defs#notFoundPost", "uri": post.remote_id, "notFound": True}


async def get_profile(request: web.Request) -> web.Response:
    """GET app.bsky.actor.getProfile?actor=."""
    world = request.app[WORLD]
    allowance = session.spend(request, _reader(request), "read")
    return session.send(profile(world, _actor(world, request.query.get("actor", ""))), allowance)


async def get_profiles(request: web.Request) -> web.Response:
    """GET app.bsky.actor.getProfiles?actors=: at most 25."""
    world = request.app[WORLD]
    allowance = session.spend(request, _reader(request), "read")
    found = [session.find(world, each) for each in request.query.getall("actors", [])[:25]]
    return session.send({"profiles": [profile(world, each) for each in found if each]}, allowance)


async def list_notifications(request: web.Request) -> web.Response:
    """GET app.bsky.notification.listNotifications: replies and mentions, newest first. Likes are only counted here."""
    world, params = request.app[WORLD], await read_params(request)
    account = session.caller(request)
    allowance = session.spend(request, account.remote_id, "read")
    limit, cursor, reasons = params.whole("limit", 50, low=1, high=100), params.text("cursor"), params.many("reasons")
    below = int(cursor) if cursor.isdigit() else None
    found = posts.to_us(world.store, account, below=below, limit=limit, in_public=True)
    told = [_notification(world, account, each) for each in found]
    told = [each for each in told if not reasons or each["reason"] in reasons]
    body: dict[str, Any] = {"notifications": told, "priority": False}
    if len(found) == limit:
        body["cursor"] = str(found[-1].id)
    return session.send(body, allowance)


def _notification(world: World, account: Account, post: Post) -> dict[str, Any]:
    """A reply is told to whoever wrote what it answers, and to whoever began the thread; else it is a mention."""
    author = basic(world, accounts.get(world.store, post.account_id))
    above = [posts.get(world.store, each) for each in (post.reply_to, post.root) if each]
    subject = next((each for each in above if each.account_id == account.id), None)
    told = {"reason": "reply", "reasonSubject": subject.remote_id} if subject else {"reason": "mention"}
    return told | {
        "uri": post.remote_id, "cid": post.extra["cid"], "author": author, "record": post.extra["record"],
        "isRead": False, "indexedAt": clock.iso(post.at), "labels": [],
    }  # fmt: skip
