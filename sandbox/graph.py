"""What the Graph networks here have in common: error answers, tokens, chosen fields, pages of a list, signed webhooks.

Source: developers.facebook.com, "Handle Errors", "Access Tokens", "Securing Graph API Calls", "Field Expansion",
"Paged Results", "Webhooks: Getting Started", read 2026-09.
"""

import hashlib
import hmac
import json
import re
import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, NoReturn
from urllib.parse import urlencode

import aiohttp
from aiohttp import web

from . import clock, fetching, oauth, pushing, tokens
from .accounts import derive
from .dialect import Refusal
from .faults import Call
from .params import Params, read_params
from .tokens import Token
from .world import WORLD, World

# Errors ------------------------------------------------------------------------------------------

PLAIN = {
    400: (100, "Invalid parameter"), 401: (190, "Invalid OAuth access token."),
    403: (200, "(#200) Permissions error"), 404: (803, "(#803) Some of the aliases you requested do not exist"),
    405: (100, "Unsupported request method"), 413: (100, "Request entity too large"),
    429: (4, "(#4) Application request limit reached"), 500: (1, "An unknown error has occurred."),
    503: (2, "Service temporarily unavailable"),
}  # fmt: skip
EXPIRED = (190, 463, "Error validating access token: Session has expired. The current time is later.")
REVOKED = (190, 460, "Error validating access token: The session has been invalidated; the password was changed.")
UNKNOWN = (190, 0, "Invalid OAuth access token - Cannot parse access token")


def error(
    status: int, code: int, message: str, *, subcode: int = 0, title: str = "", advice: str = "", passing: bool = False,
    data: dict[str, Any] | None = None,
) -> web.Response:  # fmt: skip
    """The error object. `title` and `advice` are what a person may be shown; `passing`: worth another try."""
    kind = "GraphMethodException" if (code, subcode) == (100, 33) else "OAuthException"
    body: dict[str, Any] = {"message": message, "type": kind, "code": code}
    body |= {"error_subcode": subcode} if subcode else {}
    body |= {"error_user_title": title, "error_user_msg": advice} if advice else {}
    body |= {"is_transient": True} if passing else {}
    body |= {"error_data": data} if data else {}
    answer = web.json_response({"error": body | {"fbtrace_id": "A" + secrets.token_urlsafe(16)}}, status=status)
    if code == 190:
        answer.headers["WWW-Authenticate"] = f'OAuth "Facebook Platform" "invalid_token" "{message}"'
    return answer


def plain(status: int) -> web.Response:
    """An error of that status with Graph's usual words."""
    code, message = PLAIN.get(status, (1, "An unknown error has occurred."))
    return error(status, code, message, passing=code == 2)


def refuse(fault: str, call: Call) -> web.Response:
    """What a token fault looks like here."""
    if fault == "no_permission":
        return error(403, 200, "(#200) Requires the permission for this, which was not granted or was taken back.")
    code, subcode, message = EXPIRED if fault == "expired_token" else REVOKED
    return error(400, code, message, subcode=subcode)


def stop(status: int, code: int, message: str, **more: Any) -> NoReturn:
    """Leave the handler with an error; `more` as in `error`."""
    raise Refusal(error(status, code, message, **more))


def bad(message: str, **more: Any) -> NoReturn:
    """Leave with error 100: a parameter is wrong."""
    stop(400, 100, f"(#100) {message}", **more)


def gone(thing: str) -> NoReturn:
    """Leave with what is said of an id that leads nowhere."""
    words = f"Unsupported get request. Object with ID '{thing}' does not exist, cannot be loaded due to missing permissions, or does not support this operation"  # noqa: E501
    stop(400, 100, words, subcode=33)


# Tokens ------------------------------------------------------------------------------------------


def bearer(request: web.Request, params: Params | None = None) -> str:
    """The token of a request, from its header or its parameters; empty without one."""
    kind, _, value = request.headers.get("Authorization", "").partition(" ")
    if kind.lower() in {"bearer", "oauth"}:
        return value.strip()
    return (params.text("access_token") if params else "") or request.query.get("access_token", "")


async def caller(request: web.Request, platform: str, *needed: str, kinds: Sequence[str] = ("access",)) -> Token:
    """Whose token this is: of one of the `kinds`, alive, with every permission `needed`, and proven where proof came.

    Refuses with 190 (unknown, expired, withdrawn), 200 (permission) or 100 (a wrong proof).
    """
    params = await read_params(request)
    value = bearer(request, params)
    if not value:
        stop(400, 104, "An access token is required to request this resource.")
    found = find(request.app[WORLD], platform, value, kinds)
    if found is None:
        stop(400, UNKNOWN[0], UNKNOWN[2])
    if found.is_over or found.is_revoked:
        code, subcode, message = EXPIRED if found.is_over else REVOKED
        stop(400, code, message, subcode=subcode)
    given = params.text("appsecret_proof")
    if given and not hmac.compare_digest(given.encode(), proof(platform, value).encode()):
        bad("Invalid appsecret_proof provided in the API argument")
    if missing := sorted(set(needed) - found.scopes):
        stop(403, 200, f"(#200) Requires {', '.join(missing)} permission to manage the object")
    return found


def find(world: World, platform: str, value: str, kinds: Sequence[str] = ("access",)) -> Token | None:
    """The network's token of one of these kinds, over and withdrawn ones too."""
    return next((found for kind in kinds if (found := tokens.find(world.store, platform, kind, value))), None)


def proof(platform: str, token: str) -> str:
    """The proof that belongs to a token of Posko's app."""
    return hmac.new(oauth.app(platform)[1].encode(), token.encode(), hashlib.sha256).hexdigest()


def is_app_token(request: web.Request, platform: str, params: Params) -> bool:
    """Whether the app itself calls, with `id|secret`."""
    client_id, _, secret = bearer(request, params).partition("|")
    return oauth.is_app(platform, client_id, secret)


# Fields ------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Asked:
    """One name of a `fields` list: what was asked of it (`limit(0)` is `{"limit": "0"}`) and which fields inside."""

    options: dict[str, str] = field(default_factory=dict)
    inside: "dict[str, Asked]" = field(default_factory=dict)

    @property
    def limit(self) -> int:
        """How many entries, 25 unless told."""
        told = self.options.get("limit", "")
        return int(told) if told.isdigit() else 25


_TOKEN = re.compile(r"[\w|]+|[{}(),.]|[^\s{}(),.]+")


def fields(text: str) -> dict[str, Asked]:
    """`id,from{name},comments.filter(stream).limit(0)` as a tree. Refuses what cannot be read."""
    parts = _TOKEN.findall(text)
    found, rest = _list(parts)
    if rest:
        bad(f"Syntax error at {rest[0]!r} in the fields parameter")
    return found


def _list(parts: list[str]) -> tuple[dict[str, Asked], list[str]]:
    found: dict[str, Asked] = {}
    while parts and parts[0] not in "})":
        name, parts = parts[0], parts[1:]
        one = Asked()
        while parts[:1] == ["."]:
            option, value, parts = _option(parts)
            one.options[option] = value
        if parts[:1] == ["{"]:
            inside, parts = _list(parts[1:])
            one.inside.update(inside)
            parts = parts[1:]
        found[name] = one
        if parts[:1] != [","]:
            break
        parts = parts[1:]
    return found, parts


def _option(parts: list[str]) -> tuple[str, str, list[str]]:
    try:
        end = parts.index(")")
    except ValueError:
        end = 0
    if end < 3 or parts[2] != "(":
        bad("Syntax error in the fields parameter")
    return parts[1], "".join(parts[3:end]), parts[end + 1 :]


def chosen(thing: dict[str, Any], asked: dict[str, Asked], *always: str) -> dict[str, Any]:
    """Of `thing` only what was asked for, its id and what comes `always`; nested objects likewise."""
    found = {}
    for name, value in thing.items():
        if name in {"id", *always} or name in asked:
            inside = asked[name].inside if name in asked else {}
            found[name] = chosen(value, inside) if inside and isinstance(value, dict) else value
    return found


# Lists -------------------------------------------------------------------------------------------


def when(at: float) -> str:
    """A time as Graph writes it."""
    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%dT%H:%M:%S+0000")


def page(
    world: World, path: str, things: Iterable[dict[str, Any]], params: Params, *, most: int = 100
) -> dict[str, Any]:
    """One page of `things` by `limit` and `after` or `before`, with its cursors; `next` only where there is more.

    `path` is the request's own, below the sandbox.
    """
    every, limit = list(things), params.whole("limit", 25, low=0, high=most)
    start = params.whole("after", -1, low=-1, high=10**9) + 1
    if params.text("before"):
        start = max(0, params.whole("before", 0, low=0, high=10**9) - limit)
    shown = every[start : start + limit]
    body: dict[str, Any] = {"data": shown}
    if shown:
        last = start + len(shown) - 1
        body["paging"] = {"cursors": {"before": str(start), "after": str(last)}}
        if last + 1 < len(every):
            rest = {k: str(v) for k, v in params.values.items() if k not in {"after", "before"}}
            body["paging"]["next"] = f"{world.base}{path}?{urlencode(rest | {'after': str(last)})}"
    return body


def send(request: web.Request, body: Any, *, account: str = "", kind: str = "pages", hourly: int = 600) -> web.Response:
    """A JSON answer with the usage headers; counts the call. Refuses with 4 or 80001 when the hour's calls are gone."""
    allowance = request.app[WORLD].limits.spend(f"graph:{kind}:{account}", limit=hourly, window=3600)
    used = 100 - 100 * allowance.remaining // max(1, allowance.limit) if not allowance.is_over else 100
    minutes = -(-allowance.wait // 60) if allowance.is_over else 0
    answer = web.json_response(body)
    if allowance.is_over:
        answer = error(403, 80001 if account else 4, "There have been too many calls to this account. Wait a bit.")
    told: dict[str, Any] = {"call_count": used, "total_cputime": 1, "total_time": 1}
    answer.headers["X-App-Usage"] = json.dumps(told)
    if account:
        told |= {"type": kind, "estimated_time_to_regain_access": minutes}
        answer.headers["X-Business-Use-Case-Usage"] = json.dumps({account: [told]})
    if allowance.is_over:
        raise Refusal(answer)
    return answer


# Webhooks ----------------------------------------------------------------------------------------


def push(world: World, platform: str, kind: str, account: str, **told: Any) -> None:
    """Tell the app of one thing, inside an open write: `changes=[…]` or `messaging=[…]` of our `account`."""
    entry = {"id": account, "time": int(clock.now()), **told}
    push_body(world, platform, {"object": kind, "entry": [entry]})


def push_body(world: World, platform: str, told: dict[str, Any]) -> None:
    """Tell the app this, signed, inside an open write. Non-ASCII is escaped in lower case, as Meta sends it."""
    body = json.dumps(told, separators=(",", ":")).encode()
    pushing.push(world, platform, body, {"X-Hub-Signature-256": f"sha256={sign(platform, body)}"})


def sign(platform: str, body: bytes) -> str:
    """The signature of exactly these bytes, in hex."""
    return hmac.new(oauth.app(platform)[1].encode(), body, hashlib.sha256).hexdigest()


async def subscribe(request: web.Request, platform: str) -> web.Response:
    """POST /{app-id}/subscriptions: object, callback_url, verify_token, fields. Shakes hands before it says yes."""
    world, params = request.app[WORLD], await read_params(request)
    if not is_app_token(request, platform, params):
        stop(400, UNKNOWN[0], UNKNOWN[2])
    url, word = params.text("callback_url"), params.text("verify_token")
    challenge = str(derive_number())
    query = {"hub.mode": "subscribe", "hub.challenge": challenge, "hub.verify_token": word}
    if not await _shakes(url, query, challenge):
        stop(400, 2200, "(#2200) Callback verification failed", advice="The URL couldn't be validated.")
    told = {"object": params.text("object"), "fields": [each for each in params.text("fields").split(",") if each]}
    with world.store.write():
        pushing.set_hook(world, platform, url, **told)
    return web.json_response({"success": True})


async def subscriptions(request: web.Request, platform: str) -> web.Response:
    """GET /{app-id}/subscriptions: what is subscribed."""
    world, params = request.app[WORLD], await read_params(request)
    if not is_app_token(request, platform, params):
        stop(400, UNKNOWN[0], UNKNOWN[2])
    hook = pushing.hook(world, platform)
    named = [{"name": each, "version": "v26.0"} for each in hook.get("fields", [])]
    shown = {"object": hook.get("object"), "callback_url": hook.get("url"), "active": True, "fields": named}
    return web.json_response({"data": [shown] if hook else []})


async def unsubscribe(request: web.Request, platform: str) -> web.Response:
    """DELETE /{app-id}/subscriptions."""
    world, params = request.app[WORLD], await read_params(request)
    if not is_app_token(request, platform, params):
        stop(400, UNKNOWN[0], UNKNOWN[2])
    with world.store.write():
        pushing.set_hook(world, platform, "")
    return web.json_response({"success": True})


def derive_number() -> int:
    """A fresh challenge: nine digits."""
    return 10**8 + secrets.randbelow(9 * 10**8)


async def _shakes(url: str, query: dict[str, str], challenge: str) -> bool:
    """Whether the app at `url` gives the bare challenge back. Only this machine is asked."""
    if not fetching.is_near(url):
        return False
    try:
        async with (
            aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=10)) as session,
            session.get(url, params=query, allow_redirects=False) as answer,
        ):
            return answer.status == 200 and (await answer.text()).strip() == challenge
    except (aiohttp.ClientError, TimeoutError, ValueError):
        return False


def number_of(*parts: str, digits: int = 15) -> str:
    """An id as Graph's are: digits, always the same for the same parts."""
    return str(10 ** (digits - 1) + int(derive(*parts, length=16), 16) % (9 * 10 ** (digits - 1)))
