"""Direct messages. Source: x-api/direct-messages/lookup and manage, openapi.json 2.167."""

from typing import Any

from aiohttp import web

from sandbox import accounts, clock, posts
from sandbox.accounts import Account
from sandbox.blobs import Picture
from sandbox.params import Params, read_params
from sandbox.posts import Post
from sandbox.world import WORLD, World

from . import errors, hooks, ids, media, shapes, text, tokens
from .shapes import Wish
from .tokens import PLATFORM

KEPT_SECONDS = 30 * 24 * 3600
LONGEST = 10_000


def talk(one: Account, other: Account) -> str:
    """The id of what two people say to each other."""
    return "-".join(sorted((one.remote_id, other.remote_id), key=int))


async def send(request: web.Request) -> web.Response:
    """POST /2/dm_conversations/with/:participant_id/messages."""
    world = request.app[WORLD]
    caller = tokens.caller(request, "dm.write", "tweet.read", "users.read")
    allowance, params = tokens.spend(request, caller, "message"), await read_params(request)
    other = accounts.by_remote(world.store, PLATFORM, request.match_info["participant_id"])
    if other is None or not _has_written(world, other, caller):
        errors.stop(403, "You cannot send messages to this user.")
    attached = [str(each.get("media_id")) for each in params.nested("attachments") or [] if isinstance(each, dict)]
    pictures, words = media.claim(world.store, caller, attached), params.text("text")
    if not words.strip() and not pictures:
        errors.invalid("Either text or attachments is required.", text=[words])
    if len(words) > LONGEST:
        errors.invalid("The text field exceeds the limit of 10000 characters.", text=[])
    with world.store.write():
        one = add(world, caller, other, words, "api", pictures)
    told = {"dm_conversation_id": talk(caller, other), "dm_event_id": one.remote_id}
    return tokens.send({"data": told}, allowance, status=201)


def _has_written(world: World, other: Account, us: Account) -> bool:
    """Whether this person ever wrote to us: before that, most people's messages are closed."""
    sql = "SELECT 1 FROM posts WHERE account_id = ? AND place = ?"
    return world.store.one(sql, other.id, f"dm:{talk(other, us)}") is not None


def add(
    world: World, sender: Account, to: Account, words: str, made_by: posts.MadeBy,
    pictures: list[Picture] | None = None,
) -> Post:  # fmt: skip
    """Keep a message and tell of it, inside an open write. It is no post: the public never sees it."""
    one = posts.add(
        world.store, account=sender, remote_id=ids.next_id(), text=words, made_by=made_by,
        place=f"dm:{talk(sender, to)}", pictures=pictures or [],
    )  # fmt: skip
    posts.log(world.store, "publish", one, by=made_by)
    for us, kind in ((to, "dm.received"), (sender, "dm.sent")):
        if not us.is_voter:
            hooks.tell(world, kind, us, _payload(world, one, sender, to))
    return one


def _payload(world: World, one: Post, sender: Account, to: Account) -> dict[str, Any]:
    words, links = text.shown(one.text)
    made = {
        "target": {"recipient_id": to.remote_id}, "sender_id": sender.remote_id,
        "message_data": {"text": words, "entities": {"urls": links, "user_mentions": []}},
    }  # fmt: skip
    event = {
        "type": "message_create", "id": one.remote_id, "created_timestamp": str(int(one.at * 1000)),
        "message_create": made,
    }  # fmt: skip
    users = {each.remote_id: {"data": shapes.user(world, each, frozenset())} for each in (sender, to)}
    return {"direct_message_events": [event], "users": users}


async def mine(request: web.Request) -> web.Response:
    """GET /2/dm_events: every talk of the caller's, newest first, thirty days back."""
    caller = tokens.caller(request, "dm.read", "tweet.read", "users.read")
    return await _list(
        request, caller, "(place LIKE 'dm:' || ?1 || '-%' OR place LIKE 'dm:%-' || ?1)", caller.remote_id
    )


async def with_person(request: web.Request) -> web.Response:
    """GET /2/dm_conversations/with/:participant_id/dm_events."""
    caller = tokens.caller(request, "dm.read", "tweet.read", "users.read")
    other = accounts.by_remote(request.app[WORLD].store, PLATFORM, request.match_info["participant_id"])
    return await _list(request, caller, "place = ?1", f"dm:{talk(caller, other)}" if other else "none")


async def _list(request: web.Request, caller: Account, where: str, value: str) -> web.Response:
    world = request.app[WORLD]
    allowance, params = tokens.spend(request, caller, "dm"), await read_params(request)
    limit = params.whole("max_results", 100, low=1, high=100)
    below = params.whole("pagination_token", 2**62, low=0, high=2**62)
    sql = (
        f"SELECT id FROM posts WHERE platform = 'x' AND deleted_at IS NULL AND {where}"  # noqa: S608
        " AND id < ?2 AND at > ?3 ORDER BY id DESC LIMIT ?4"
    )
    rows = world.store.all(sql, value, below, clock.now() - KEPT_SECONDS, limit + 1)
    found = [posts.get(world.store, row["id"]) for row in rows[:limit]]
    body = _answer(world, found, params)
    body["meta"] = {"result_count": len(found)}
    if len(rows) > limit:
        body["meta"]["next_token"] = str(found[-1].id)
    return tokens.send(body, allowance)


def _answer(world: World, found: list[Post], params: Params) -> dict[str, Any]:
    wished = set(params.text("dm_event.fields").split(",")) | {"id", "text", "event_type"}
    data = []
    for one in found:
        words, links = text.shown(one.text)
        whole: dict[str, Any] = {
            "id": one.remote_id, "text": words, "event_type": "MessageCreate", "created_at": clock.iso(one.at),
            "sender_id": accounts.get(world.store, one.account_id).remote_id,
            "dm_conversation_id": one.place.removeprefix("dm:"),
            "participant_ids": one.place.removeprefix("dm:").split("-"),
        }  # fmt: skip
        whole |= {"entities": {"urls": links}} if links else {}
        data.append({name: whole[name] for name in whole if name in wished})
    body: dict[str, Any] = {"data": data} if data else {}
    wish = Wish.of(params)
    if "sender_id" in wish.beside and found:
        people = sorted({one.account_id for one in found})
        body["includes"] = {"users": [shapes.user(world, accounts.get(world.store, p), wish.users) for p in people]}
    return body


async def delete(request: web.Request) -> web.Response:
    """DELETE /2/dm_events/:id: one the caller has sent."""
    world = request.app[WORLD]
    caller = tokens.caller(request, "dm.write", "dm.read")
    sql = "SELECT id FROM posts WHERE account_id = ? AND remote_id = ? AND place LIKE 'dm:%' AND deleted_at IS NULL"
    row = world.store.one(sql, caller.id, request.match_info["id"])
    if row is None:
        errors.stop(404, "Could not find the message.")
    one = posts.get(world.store, row["id"])
    with world.store.write():
        posts.remove(world.store, one)
        posts.log(world.store, "delete", one)
    return web.json_response({"data": {"deleted": True}})
