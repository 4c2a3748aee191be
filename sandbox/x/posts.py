"""Posting, answering, reading, hiding, deleting.

Source: x-api/posts/manage-tweets, timelines, lookup and hide-replies; openapi.json 2.167 (CreatePostsRequest).
"""

from datetime import datetime
from typing import Any

from aiohttp import web

from sandbox import accounts, clock, posts
from sandbox.accounts import Account
from sandbox.blobs import Picture
from sandbox.params import Params, read_params
from sandbox.posts import Post
from sandbox.store import Store
from sandbox.world import WORLD, World

from . import errors, hooks, ids, media, shapes, text, tokens
from .shapes import Wish
from .tokens import PLATFORM

DUPLICATE_SECONDS = 24 * 3600
"""How long the same words are refused; X does not say."""


async def create(request: web.Request) -> web.Response:
    """POST /2/tweets."""
    world = request.app[WORLD]
    caller = tokens.caller(request, "tweet.read", "tweet.write", "users.read")
    allowance = tokens.spend(request, caller, "publish")
    params = await read_params(request)
    words, above = params.text("text"), _above(world, params, caller)
    attached = params.nested("media")
    wanted = attached.get("media_ids") if isinstance(attached, dict) else None
    pictures = media.claim(world.store, caller, [str(each) for each in wanted or []])
    _check(world, caller, words, above, has_media=bool(pictures))
    extra: dict[str, Any] = {"made_with_ai": params.flag("made_with_ai")}
    with world.store.write():
        one = add(world.store, caller, words, "api", above=above, pictures=pictures, extra=extra)
        media.mark_used(world.store, pictures, one.id)
        posts.log(world.store, "publish", one)
        hooks.tell_post(world, "post.create", caller, one)
    told = {"id": one.remote_id, "text": shapes.whole_post(world, one)["text"]}
    return tokens.send({"data": told | {"edit_history_tweet_ids": [one.remote_id]}}, allowance, status=201)


def add(
    store: Store, account: Account, words: str, made_by: posts.MadeBy, *, above: Post | None = None,
    pictures: list[Picture] | None = None, extra: dict[str, Any] | None = None,
) -> Post:  # fmt: skip
    """Keep a post with whom it concerns, inside an open write. X puts the name of whom it answers before it."""
    owner = accounts.get(store, above.account_id) if above else None
    prefix = f"@{owner.handle} " if owner and owner.id != account.id else ""
    named = [accounts.by_handle(store, PLATFORM, each) for each in text.names(words)]
    to = {each.id for each in named if each} | ({owner.id} if owner and prefix else set())
    kept = {"to": sorted(to), "prefix": prefix} | (extra or {})
    return posts.add(
        store, account=account, remote_id=ids.next_id(), text=words, made_by=made_by, reply_to=above,
        pictures=pictures or [], extra=kept,
    )  # fmt: skip


def _above(world: World, params: Params, caller: Account) -> Post | None:
    """The post that is answered; only who has summoned us may be, ourselves excepted."""
    if "quote_tweet_id" in params:
        errors.stop(403, "Quoting posts is not permitted on your plan.", kind=f"{errors.PROBLEMS}client-forbidden")
    reply = params.nested("reply")
    if not isinstance(reply, dict):
        return None
    found = posts.find(world.store, PLATFORM, str(reply.get("in_reply_to_tweet_id")))
    if found is None:
        errors.stop(403, errors.NO_PARENT)
    if found.account_id != caller.id and caller.handle not in text.names(found.text):
        errors.stop(403, errors.NOT_SUMMONED)
    return found


def _check(world: World, caller: Account, words: str, above: Post | None, *, has_media: bool) -> None:
    """Refuse what is empty, too long, or said already."""
    if not words.strip() and not has_media:
        errors.invalid("Your Tweet text is required unless media is provided.", text=[words])
    if text.weight(words) > text.MAX_WEIGHT:
        errors.stop(403, "Your Tweet text is too long. Please shorten it and try again.")
    if len(text.CASHTAG.findall(words)) > 1:
        errors.stop(403, "Your Tweet contains too many cashtags.")
    sql = (
        "SELECT 1 FROM posts WHERE account_id = ? AND place = '' AND deleted_at IS NULL AND text = ? AND at > ?"
        " AND ifnull(reply_to, 0) = ?"
    )
    since = clock.now() - DUPLICATE_SECONDS
    if words.strip() and world.store.one(sql, caller.id, words, since, above.id if above else 0):
        errors.stop(403, errors.DUPLICATE)


async def several(request: web.Request) -> web.Response:
    """GET /2/tweets?ids=: those that are there, at most 100; of the others an error each."""
    world = request.app[WORLD]
    caller = tokens.caller(request, "tweet.read", "users.read")
    allowance, params = tokens.spend(request, caller, "tweets"), await read_params(request)
    wanted = [each for each in params.text("ids").split(",") if each]
    if not 1 <= len(wanted) <= 100:
        errors.invalid("The number of values in the `ids` query parameter list must be between 1 and 100", ids=wanted)
    found = [posts.find(world.store, PLATFORM, each) for each in wanted]
    body = shapes.answer(world, [each for each in found if each], Wish.of(params), us=caller)
    gone = [errors.missing(name) for name, each in zip(wanted, found, strict=True) if each is None]
    if gone:
        body["errors"] = [*body.get("errors", []), *gone]
    return tokens.send(body, allowance)


async def show(request: web.Request) -> web.Response:
    """GET /2/tweets/:id."""
    world = request.app[WORLD]
    caller = tokens.caller(request, "tweet.read", "users.read")
    allowance, params = tokens.spend(request, caller, "tweets"), await read_params(request)
    one = posts.find(world.store, PLATFORM, request.match_info["id"])
    if one is None:
        return tokens.send({"errors": [errors.missing(request.match_info["id"])]}, allowance)
    body = shapes.answer(world, [one], Wish.of(params), us=caller)
    return tokens.send(body | {"data": body["data"][0]}, allowance)


async def delete(request: web.Request) -> web.Response:
    """DELETE /2/tweets/:id."""
    world = request.app[WORLD]
    caller = tokens.caller(request, "tweet.read", "tweet.write", "users.read")
    allowance = tokens.spend(request, caller, "delete")
    one = posts.find(world.store, PLATFORM, request.match_info["id"])
    if one is None:
        errors.stop(404, f"Could not find tweet with id: [{request.match_info['id']}].")
    if one.account_id != caller.id:
        errors.stop(403, "You are not authorized to delete this Tweet.")
    with world.store.write():
        remove(world, one, "api")
    return tokens.send({"data": {"deleted": True}}, allowance)


def remove(world: World, one: Post, by: posts.MadeBy) -> None:
    """Delete a post of ours, inside an open write."""
    account = accounts.get(world.store, one.account_id)
    posts.remove(world.store, one)
    posts.log(world.store, "delete", one, by=by)
    gone = {"id": one.remote_id, "author_id": account.remote_id}
    hooks.tell(world, "post.delete", account, gone)


async def hide(request: web.Request) -> web.Response:
    """PUT /2/tweets/:id/hidden: an answer somewhere below a post of the caller's."""
    world = request.app[WORLD]
    caller = tokens.caller(request, "tweet.read", "tweet.moderate.write", "users.read")
    allowance, params = tokens.spend(request, caller, "hide"), await read_params(request)
    one = posts.find(world.store, PLATFORM, request.match_info["id"])
    if one is None:
        errors.stop(404, f"Could not find tweet with id: [{request.match_info['id']}].")
    if one.root is None or posts.get(world.store, one.root).account_id != caller.id:
        errors.stop(403, "You are not allowed to hide this reply.")
    with world.store.write():
        posts.put_extra(world.store, one, hidden=params.flag("hidden"))
    return tokens.send({"data": {"hidden": params.flag("hidden")}}, allowance)


# Lists -------------------------------------------------------------------------------------------


async def timeline(request: web.Request) -> web.Response:
    """GET /2/users/:id/tweets: newest first."""
    where = "account_id = (SELECT id FROM accounts WHERE platform = 'x' AND remote_id = ?)"
    return await _list(request, "timeline", where, request.match_info["id"])


async def mentions(request: web.Request) -> web.Response:
    """GET /2/users/:id/mentions: what names the account, as whom it answers too."""
    us = accounts.by_remote(request.app[WORLD].store, PLATFORM, request.match_info["id"])
    where = "EXISTS (SELECT 1 FROM json_each(posts.extra, '$.to') WHERE value = ?)"
    return await _list(request, "mentions", where, us.id if us else 0)


async def search(request: web.Request) -> web.Response:
    """GET /2/tweets/search/recent?query=conversation_id:…; other questions are not part of the sandbox."""
    name, _, wanted = request.query.get("query", "").partition(":")
    if name != "conversation_id":
        errors.invalid("The sandbox searches by conversation_id only.", query=[request.query.get("query", "")])
    root = posts.find(request.app[WORLD].store, PLATFORM, wanted)
    return await _list(request, "search", "root = ?", root.id if root else 0)


async def _list(request: web.Request, kind: str, where: str, value: Any) -> web.Response:
    """One page of posts, and the word for the next."""
    world = request.app[WORLD]
    caller = tokens.caller(request, "tweet.read", "users.read")
    allowance, params = tokens.spend(request, caller, kind), await read_params(request)
    limit = params.whole("max_results", 10, low=5, high=100)
    sql = (
        f"SELECT id FROM posts WHERE platform = 'x' AND place = '' AND deleted_at IS NULL AND {where}"  # noqa: S608
        " AND id < ? AND CAST(remote_id AS INTEGER) > ? AND at >= ? ORDER BY id DESC LIMIT ?"
    )
    below = params.whole("pagination_token", 2**62, low=0, high=2**62)
    since = params.whole("since_id", 0, low=0, high=2**63 - 1)
    rows = world.store.all(sql, value, below, since, _moment(params.text("start_time")), limit + 1)
    found = [posts.get(world.store, row["id"]) for row in rows[:limit]]
    meta: dict[str, Any] = {"result_count": len(found)}
    if found:
        meta |= {"newest_id": found[0].remote_id, "oldest_id": found[-1].remote_id}
    if len(rows) > limit:
        meta["next_token"] = str(found[-1].id)
    return tokens.send(shapes.answer(world, found, Wish.of(params), us=caller) | {"meta": meta}, allowance)


def _moment(written: str) -> float:
    """A start_time in seconds since 1970; 0 without one."""
    try:
        return datetime.fromisoformat(written).timestamp() if written else 0.0
    except ValueError:
        errors.invalid("start_time must be an ISO 8601 time.", start_time=[written])
