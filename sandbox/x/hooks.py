"""Webhooks, subscriptions of the X Activity API, and what they are told.

Here the app has one secret, which stands for X's consumer secret too. Addresses may be plain HTTP with a port, as they
lie on this machine; the real X takes https without one.
Source: x-api/webhooks/quickstart, x-api/activity/introduction and event-payloads, openapi.json 2.167.
"""

import base64
import hashlib
import hmac
import json
import secrets
from datetime import UTC, datetime
from typing import Any

import aiohttp
from aiohttp import web

from sandbox import accounts, clock, fetching, oauth, posts, pushing
from sandbox.accounts import Account
from sandbox.params import read_params
from sandbox.posts import Post
from sandbox.world import WORLD, World

from . import errors, ids, shapes, tokens
from .tokens import PLATFORM

LONGEST_URL = 200
REPLAY_SECONDS = 24 * 3600
KEPT_EVENTS = 500
SCOPE_OF = {
    "post.mention.create": "tweet.read", "dm.received": "dm.read", "dm.sent": "dm.read", "like.create": "like.read",
}  # fmt: skip
KINDS = {
    "post.create", "post.delete", "post.mention.create", "post.reply.create", "post.quote.create", "post.repost.create",
    "like.create", "dm.received", "dm.sent", "dm.read", "follow.follow", "follow.unfollow", "oauth.revoke",
}  # fmt: skip


def sign(body: bytes) -> str:
    """sha256=BASE64 of the HMAC with the app's secret."""
    made = hmac.new(oauth.app(PLATFORM)[1].encode(), body, hashlib.sha256).digest()
    return f"sha256={base64.b64encode(made).decode()}"


# The app's webhook -------------------------------------------------------------------------------


async def create(request: web.Request) -> web.Response:
    """POST /2/webhooks {"url"}: kept if the address answers the challenge."""
    tokens.app_only(request)
    world, params = request.app[WORLD], await read_params(request)
    url = params.text("url")
    if not fetching.is_near(url) or len(url) > LONGEST_URL:
        errors.invalid("UrlValidationFailed: the sandbox calls addresses on this machine only.", url=[url])
    if pushing.hook(world, PLATFORM).get("url") == url:
        errors.invalid("DuplicateUrlFailed: this url is registered already.", url=[url])
    if not await _answers(url):
        errors.invalid("CrcValidationFailed: the url did not answer the challenge as it must.", url=[url])
    with world.store.write():
        pushing.set_hook(world, PLATFORM, url, id=ids.next_id(), valid=True, created_at=clock.iso(clock.now()))
    return web.json_response({"data": pushing.hook(world, PLATFORM)})


async def _answers(url: str) -> bool:
    """Whether the address proves that it knows the secret."""
    token = secrets.token_urlsafe(16)
    try:
        async with (
            aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=10)) as session,
            session.get(url, params={"crc_token": token}, allow_redirects=False) as answer,
        ):
            told = json.loads(await answer.read()) if answer.status == 200 else {}
    except (aiohttp.ClientError, TimeoutError, ValueError):
        return False
    return isinstance(told, dict) and told.get("response_token") == sign(token.encode())


async def show(request: web.Request) -> web.Response:
    """GET /2/webhooks."""
    tokens.app_only(request)
    found = pushing.hook(request.app[WORLD], PLATFORM)
    return web.json_response({"data": [found] if found else [], "meta": {"result_count": int(bool(found))}})


def _own(request: web.Request, webhook_id: str) -> dict[str, Any]:
    found = pushing.hook(request.app[WORLD], PLATFORM)
    if not found or found["id"] != webhook_id:
        errors.invalid("WebhookIdInvalid", webhook_id=[webhook_id])
    return found


async def validate(request: web.Request) -> web.Response:
    """PUT /2/webhooks/:id: challenge it anew."""
    tokens.app_only(request)
    world, found = request.app[WORLD], _own(request, request.match_info["id"])
    is_valid = await _answers(found["url"])
    with world.store.write():
        pushing.set_hook(world, PLATFORM, found.pop("url"), **found | {"valid": is_valid})
    return web.json_response({"data": {"valid": is_valid}})


async def remove(request: web.Request) -> web.Response:
    """DELETE /2/webhooks/:id."""
    tokens.app_only(request)
    world = request.app[WORLD]
    _own(request, request.match_info["id"])
    with world.store.write():
        pushing.set_hook(world, PLATFORM, "")
    return web.json_response({"data": {"deleted": True}})


async def replay(request: web.Request) -> web.Response:
    """POST /2/webhooks/replay {"webhook_id", "from_date", "to_date"}: what was told then, once more."""
    tokens.app_only(request)
    world, params = request.app[WORLD], await read_params(request)
    _own(request, params.text("webhook_id"))
    begin, end = (_minute(params.text(name)) for name in ("from_date", "to_date"))
    if not clock.now() - REPLAY_SECONDS - 60 <= begin <= end:
        errors.invalid("from_date must lie within the last 24 hours, before to_date.", from_date=[])
    again = [each for each in world.store.get("x:events") or [] if begin <= each["at"] < end + 60]
    with world.store.write():
        for each in again:
            _push(world, each["body"])
    told = {"job_id": ids.next_id(), "created_at": clock.iso(clock.now())}
    return web.json_response({"data": told})


def _minute(written: str) -> float:
    try:
        return datetime.strptime(written, "%Y%m%d%H%M").replace(tzinfo=UTC).timestamp()
    except ValueError:
        errors.invalid("Dates must be in the form yyyymmddhhmm.", from_date=[written])


# Subscriptions -----------------------------------------------------------------------------------


def _subscriptions(world: World) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = world.store.get("x:subscriptions") or []
    return found


async def subscribe(request: web.Request) -> web.Response:
    """POST /2/activity/subscriptions {"event_type", "filter": {"user_id"}, "tag"?, "webhook_id"}."""
    world, params = request.app[WORLD], await read_params(request)
    kind, wished = params.text("event_type"), params.nested("filter")
    us = str(wished.get("user_id") or "") if isinstance(wished, dict) else ""
    if kind not in KINDS:
        errors.invalid("event_type is unknown.", event_type=[kind])
    if accounts.by_remote(world.store, PLATFORM, us) is None:
        errors.invalid("filter.user_id is unknown.", filter=[us])
    if kind in SCOPE_OF and tokens.caller(request, SCOPE_OF[kind]).remote_id != us:
        errors.stop(403, "Private events need the user's own token.")
    if kind not in SCOPE_OF and tokens.find(request) is None:
        tokens.app_only(request)
    _own(request, params.text("webhook_id"))
    one = {
        "subscription_id": ids.next_id(), "event_type": kind, "filter": {"user_id": us}, "tag": params.text("tag"),
        "webhook_id": params.text("webhook_id"), "created_at": clock.iso(clock.now()),
        "updated_at": clock.iso(clock.now()),
    }  # fmt: skip
    with world.store.write():
        others = [e for e in _subscriptions(world) if (e["event_type"], e["filter"]) != (kind, one["filter"])]
        world.store.put("x:subscriptions", [*others, one])
    return web.json_response({"data": {"subscription": one}, "meta": {"total_subscriptions": len(others) + 1}})


async def list_subscriptions(request: web.Request) -> web.Response:
    """GET /2/activity/subscriptions."""
    tokens.app_only(request)
    found = _subscriptions(request.app[WORLD])
    return web.json_response({"data": found, "meta": {"result_count": len(found)}})


async def unsubscribe(request: web.Request) -> web.Response:
    """DELETE /2/activity/subscriptions/:id."""
    tokens.app_only(request)
    world, name = request.app[WORLD], request.match_info["id"]
    left = [each for each in _subscriptions(world) if each["subscription_id"] != name]
    if len(left) == len(_subscriptions(world)):
        errors.stop(404, "There is no such subscription.")
    with world.store.write():
        world.store.put("x:subscriptions", left)
    return web.json_response({"data": {"deleted": True}, "meta": {"total_subscriptions": len(left)}})


# Telling -----------------------------------------------------------------------------------------


def tell(world: World, kind: str, us: Account, payload: dict[str, Any], **beside: Any) -> None:
    """Tell of something that happened to an account, inside an open write, if anybody has subscribed."""
    wish = {"user_id": us.remote_id}
    one = next((e for e in _subscriptions(world) if e["event_type"] == kind and e["filter"] == wish), None)
    if one is None or us.is_voter or clock.is_pretended():
        return
    number = str(secrets.randbits(63) - 2**62)
    data = {"event_uuid": number, "filter": wish, "event_type": kind, "tag": one["tag"], "payload": payload}
    body = json.dumps({"data": data | ({"includes": beside} if beside else {})}, ensure_ascii=False)
    kept = [*(world.store.get("x:events") or []), {"at": clock.now(), "body": body}]
    world.store.put("x:events", kept[-KEPT_EVENTS:])
    _push(world, body)


def _push(world: World, body: str) -> None:
    raw = body.encode()
    pushing.push(world, PLATFORM, raw, {"x-twitter-webhooks-signature": sign(raw)})


def tell_post(world: World, kind: str, us: Account, one: Post) -> None:
    """Tell of a post that concerns an account, inside an open write."""
    author = accounts.get(world.store, one.account_id)
    payload = shapes.whole_post(world, one)
    if one.reply_to:
        payload["in_reply_to_tweet_id"] = posts.get(world.store, one.reply_to).remote_id
    tell(world, kind, us, payload, users=[shapes.user(world, author, frozenset())])


def tell_liked(world: World, one: Post) -> None:
    """Tell the author that a post has a new like, inside an open write."""
    us = accounts.get(world.store, one.account_id)
    payload = {
        "id": secrets.token_hex(16), "created_at": clock.iso(clock.now()), "liked_tweet_id": one.remote_id,
        "timestamp_ms": str(int(clock.now() * 1000)), "liked_tweet_author_id": us.remote_id,
    }  # fmt: skip
    tell(world, "like.create", us, payload)


def tell_revoked(world: World, us: Account) -> None:
    """Tell that a person has taken the app's permission away, inside an open write."""
    told = {"date_time": clock.iso(clock.now()), "user_id": us.remote_id, "app_id": "1"}
    tell(world, "oauth.revoke", us, told)
