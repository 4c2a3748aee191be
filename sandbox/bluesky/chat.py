"""Words between two people, asked for through the account's server.

Source: lexicons/chat/bsky/convo; the service's DID from memory.
"""

import sqlite3
from typing import Any

from aiohttp import web

from sandbox import accounts, clock, graphemes, posts
from sandbox.accounts import Account, derive
from sandbox.dialect import Refusal
from sandbox.params import read_json, read_params
from sandbox.posts import MadeBy, Post
from sandbox.store import Store
from sandbox.world import WORLD, World

from . import errors, ids, session, views

SERVICE = "did:web:api.bsky.chat#bsky_chat"
MAX_GRAPHEMES, MAX_BYTES = 1000, 10_000
LOGS = 100


def _caller(request: web.Request) -> Account:
    """Who asks. Without the header the server does not know where to send it."""
    account = session.caller(request)
    if request.headers.get("atproto-proxy") != SERVICE:
        raise Refusal(errors.plain(501))
    return account


def _convo_of(one: Account, other: Account) -> str:
    first, second = sorted((one.remote_id, other.remote_id))
    return derive("bluesky", "convo", first, second, length=13)


def _place(convo: str) -> str:
    return f"dm:{convo}"


def _members(world: World, convo: str) -> list[Account]:
    found = world.store.get(f"bluesky:convo:{convo}") or []
    return [accounts.get(world.store, each) for each in found]


def _open(world: World, one: Account, other: Account) -> str:
    """The conversation of two, inside an open write."""
    convo = _convo_of(one, other)
    world.store.put(f"bluesky:convo:{convo}", [one.id, other.id])
    return convo


def add(world: World, author: Account, convo: str, text: str, facets: list[Any], made_by: MadeBy) -> Post:
    """A message, inside an open write; ours is logged."""
    other = next(each for each in _members(world, convo) if each.id != author.id)
    post = posts.add(
        world.store, account=author, remote_id=ids.tid(), text=text, made_by=made_by, place=_place(convo),
        extra={"to": other.id, "facets": facets, "cid": ""},
    )  # fmt: skip
    posts.log(world.store, "publish", post, by=made_by)
    return post


def message_as_voter(world: World, account: Account, voter: Account, words: str) -> Post:
    """A voter writes to our account."""
    with world.store.write():
        return add(world, voter, _open(world, account, voter), words, [], "voter")


def _rev(number: int) -> str:
    return f"{number:013d}"


def _message(world: World, post: Post) -> dict[str, Any]:
    author = accounts.get(world.store, post.account_id)
    return {
        "$type": "chat.bsky.convo.defs#messageView", "id": post.remote_id, "rev": _rev(post.id), "text": post.text,
        "facets": post.extra["facets"], "sender": {"did": author.remote_id}, "sentAt": clock.iso(post.at),
    }  # fmt: skip


def _convo(world: World, convo: str) -> dict[str, Any]:
    last = _messages(world.store, convo, 1)
    view = {
        "id": convo, "rev": _rev(last[0].id if last else 0), "muted": False, "unreadCount": 0, "status": "accepted",
        "members": [views.basic(world, each) for each in _members(world, convo)],
    }  # fmt: skip
    return view | ({"lastMessage": _message(world, last[0])} if last else {})


def _messages(store: Store, convo: str, limit: int, below: int = 2**62) -> list[Post]:
    sql = "SELECT id FROM posts WHERE platform = 'bluesky' AND place = ? AND id < ? AND deleted_at IS NULL"
    rows = store.all(f"{sql} ORDER BY id DESC LIMIT ?", _place(convo), below, limit)
    return [posts.get(store, row["id"]) for row in rows]


def _mine(world: World, account: Account, request: web.Request) -> str:
    convo = request.query.get("convoId", "")
    _check_member(world, account, convo)
    return convo


def _check_member(world: World, account: Account, convo: str) -> None:
    if account.id not in [each.id for each in _members(world, convo)]:
        errors.invalid("Convo not found", "InvalidConvo")


async def list_convos(request: web.Request) -> web.Response:
    """GET chat.bsky.convo.listConvos: newest first."""
    world, account = request.app[WORLD], _caller(request)
    rows = _touching(world.store, account, 0, "DESC", 10_000)
    convos = list(dict.fromkeys(str(row["place"]).removeprefix("dm:") for row in rows))
    return web.json_response({"convos": [_convo(world, each) for each in convos[:100]]})


def _touching(store: Store, account: Account, above: int, order: str, limit: int) -> list[sqlite3.Row]:
    """Messages by or to the account."""
    sql = (
        "SELECT id, place FROM posts WHERE platform = 'bluesky' AND place LIKE 'dm:%' AND id > ?2"
        " AND (account_id = ?1 OR json_extract(extra, '$.to') = ?1) AND deleted_at IS NULL"
    )
    return store.all(f"{sql} ORDER BY id {order} LIMIT ?3", account.id, above, limit)


async def get_convo(request: web.Request) -> web.Response:
    """GET chat.bsky.convo.getConvo?convoId=."""
    world, account = request.app[WORLD], _caller(request)
    return web.json_response({"convo": _convo(world, _mine(world, account, request))})


async def get_convo_for_members(request: web.Request) -> web.Response:
    """GET chat.bsky.convo.getConvoForMembers?members=: made when there was none."""
    world, account = request.app[WORLD], _caller(request)
    people = [accounts.by_remote(world.store, "bluesky", did) for did in request.query.getall("members", [])]
    other = next((each for each in people if each and each.id != account.id), None)
    if other is None:
        errors.invalid("Could not find member")
    with world.store.write():
        convo = _open(world, account, other)
    return web.json_response({"convo": _convo(world, convo)})


async def get_messages(request: web.Request) -> web.Response:
    """GET chat.bsky.convo.getMessages?convoId=&limit=&cursor=: newest first."""
    world, account, params = request.app[WORLD], _caller(request), await read_params(request)
    limit, below = params.whole("limit", 50, low=1, high=100), params.whole("cursor", 2**62, low=0, high=2**62)
    found = _messages(world.store, _mine(world, account, request), limit, below)
    body: dict[str, Any] = {"messages": [_message(world, each) for each in found]}
    return web.json_response(body | ({"cursor": str(found[-1].id)} if len(found) == limit else {}))


async def get_log(request: web.Request) -> web.Response:
    """GET chat.bsky.convo.getLog?cursor=: what happened since; without a cursor only where the log ends now."""
    world, account = request.app[WORLD], _caller(request)
    cursor = request.query.get("cursor", "")
    if not cursor.isdigit():
        last = _touching(world.store, account, 0, "DESC", 1)
        return web.json_response({"logs": [], "cursor": _rev(last[0]["id"] if last else 0)})
    rows = _touching(world.store, account, int(cursor), "ASC", LOGS)
    logs = [_log(world, posts.get(world.store, row["id"])) for row in rows]
    return web.json_response({"logs": logs, "cursor": logs[-1]["rev"] if logs else cursor})


def _log(world: World, post: Post) -> dict[str, Any]:
    author = accounts.get(world.store, post.account_id)
    return {
        "$type": "chat.bsky.convo.defs#logCreateMessage", "rev": _rev(post.id),
        "convoId": post.place.removeprefix("dm:"), "message": _message(world, post),
        "relatedProfiles": [views.basic(world, author)],
    }  # fmt: skip


async def send_message(request: web.Request) -> web.Response:
    """POST chat.bsky.convo.sendMessage {convoId, message: {text, facets}}. No key: twice is two messages."""
    world, account = request.app[WORLD], _caller(request)
    allowance = session.spend(request, account.remote_id, "write", 1)
    body = await read_json(request)
    message = body.get("message") if isinstance(body, dict) else None
    text = message.get("text") if isinstance(message, dict) else None
    if not isinstance(message, dict) or not isinstance(text, str) or not text:
        errors.invalid('Input/message must have the property "text"')
    if graphemes.count(text) > MAX_GRAPHEMES or len(text.encode()) > MAX_BYTES:
        errors.invalid(f"Input/message/text must not be longer than {MAX_GRAPHEMES} graphemes")
    convo = str(body.get("convoId", ""))
    _check_member(world, account, convo)
    with world.store.write():
        post = add(world, account, convo, text, message.get("facets") or [], "api")
    return session.send(_message(world, post), allowance)
