"""Sign-in of Instagram and Threads: a code, a token for an hour, one for 60 days in its place, and its renewal.

Source: developers.facebook.com, "Business Login for Instagram" (2026-03-13), Threads "Long-Lived Tokens" (2026-09).
"""

from collections.abc import Mapping
from math import inf
from typing import NoReturn

from aiohttp import web

from . import accounts, clock, graph, oauth, tokens
from .accounts import Account
from .dialect import Refusal
from .faults import Call
from .params import BadBody, Params, read_params
from .tokens import Token
from .world import WORLD, World

SHORT_SECONDS = 3600
LONG_SECONDS = 60 * 86400
YOUNG_SECONDS = 86400
"""A token younger than this is not renewed."""
SETTLED_SECONDS = 20 * 86400
"""How old the token of a fresh practice account counts, so that renewing it can be tried at once."""
KINDS = ("access", "short")


def give(world: World, account: Account, scopes: frozenset[str]) -> None:
    """Make the account's own token a long-lived one, inside an open write."""
    with clock.pretend(clock.now() - SETTLED_SECONDS):
        tokens.issue(
            world.store, "access", platform=account.platform, account=account, client_id=oauth.app(account.platform)[0],
            scopes=scopes, seconds=LONG_SECONDS, value=account.secret,
        )  # fmt: skip


def secret(platform: str, handle: str) -> str:
    """The token that such an account has from the beginning."""
    prefix = {"instagram": "IGAA", "threads": "THAA"}[platform]
    return prefix + accounts.derive(platform, handle, "token", length=60)


async def redeem(request: web.Request, platform: str) -> Token:
    """POST /oauth/access_token: the short-lived token for a code."""
    world, params = request.app[WORLD], await read_params(request)
    _check_app(params, platform, params.text("client_id"), params.text("client_secret"), "authorization_code")
    code = oauth.redeem(world, platform, params.text("code"), redirect_uri=params.text("redirect_uri"))
    if code is None:
        refuse("Matching code was not found or was already used.")
    with world.store.write():
        return tokens.issue(
            world.store, "short", platform=platform, account=code.account, client_id=code.client_id, scopes=code.scopes,
            seconds=SHORT_SECONDS,
        )  # fmt: skip


async def lengthen(request: web.Request, platform: str, grant: str) -> web.Response:
    """GET /access_token: the long-lived token in place of a short one."""
    world, params = request.app[WORLD], await read_params(request)
    short = await graph.caller(request, platform, kinds=("short",))
    if params.text("grant_type") != grant or not oauth.is_app(platform, short.client_id, params.text("client_secret")):
        graph.stop(400, 101, "Error validating client secret.")
    return _long(world, platform, short)


async def renew(request: web.Request, platform: str, grant: str) -> web.Response:
    """GET /refresh_access_token: 60 more days for a token that is a day old and not over."""
    world, params = request.app[WORLD], await read_params(request)
    known = await graph.caller(request, platform)
    if params.text("grant_type") != grant:
        graph.bad("Invalid grant_type")
    if oauth.age(known) < YOUNG_SECONDS:
        graph.bad("The token must be at least 24 hours old to be refreshed")
    return _long(world, platform, known)


def _long(world: World, platform: str, known: Token) -> web.Response:
    with world.store.write():
        made = tokens.issue(
            world.store, "access", platform=platform, account=known.account, client_id=known.client_id,
            scopes=known.scopes, seconds=LONG_SECONDS,
        )  # fmt: skip
    return web.json_response({"access_token": made.value, "token_type": "bearer", "expires_in": LONG_SECONDS})


def _check_app(params: Params, platform: str, client_id: str, client_secret: str, grant: str) -> None:
    if params.text("grant_type") != grant:
        refuse("Invalid grant_type")
    if not oauth.is_app(platform, client_id, client_secret):
        refuse("Error validating client secret.", code=101)


def refuse(words: str, *, code: int = 400) -> NoReturn:
    """Leave with an error of the sign-in's own shape."""
    body = {"error_type": "OAuthException", "code": code, "error_message": words}
    raise Refusal(web.json_response(body, status=400))


async def describe(world: World, request: web.Request, platform: str, steps: Mapping[str, str]) -> Call:
    """Whose request this is and which step of their work; `steps` are those of a POST, by the path's last part."""
    try:
        params = await read_params(request)
    except BadBody:
        params = Params({})
    token = graph.find(world, platform, graph.bearer(request, params), KINDS)
    name = "refresh" if request.path.endswith("refresh_access_token") else ""
    step = _step(request.method, request.path, steps)
    if step == "auth":
        name = name or "sign_in"
    return Call(platform, step, token.account if token else None, token.issued_at if token else inf, name)


def _step(method: str, path: str, steps: Mapping[str, str]) -> str:
    if "/oauth/" in path or path.endswith("access_token"):
        return "auth"
    if method == "DELETE":
        return "delete"
    return steps.get(path.rsplit("/", 1)[-1], "read") if method == "POST" else "read"
