"""Consent, tokens that rotate, and who calls. Source: "Manage User Access Tokens", read 2026-11-02."""

import math
from typing import Any

from aiohttp import web

from sandbox import oauth, tokens
from sandbox.accounts import Account
from sandbox.params import read_params
from sandbox.tokens import Token
from sandbox.world import WORLD, World

from . import errors, events

ACCESS_SECONDS = 2 * 3600
REFRESH_SECONDS = 365 * 24 * 3600
"""From memory; the answer tells it, and apps are to obey that."""
SCOPES = (
    "user.info.basic", "user.info.profile", "user.info.stats", "video.list", "video.upload", "video.publish",
)  # fmt: skip
MEANING = {
    "user.info.basic": "melihat nama dan foto akun",
    "user.info.profile": "melihat nama pengguna dan alamat profil",
    "user.info.stats": "melihat angka akun, seperti jumlah pengikut",
    "video.list": "melihat video publik Anda dan angkanya",
    "video.upload": "mengirim draf ke kotak masuk TikTok Anda",
    "video.publish": "menerbitkan langsung di akun Anda",
}
PER_MINUTE = {"init": 6, "creator": 20, "status": 30, "read": 600}
"""Calls per minute and token. Source: "Rate Limits", 2026-08-04."""


async def authorize(request: web.Request) -> web.Response:
    """GET /v2/auth/authorize/ on the site for people."""
    scopes = [each for each in (await read_params(request)).text("scope").split(",") if each in SCOPES]
    return await oauth.ask(
        request, platform="tiktok", network="TikTok", scopes=scopes, client="client_key", meaning=MEANING
    )


async def decide(request: web.Request) -> web.StreamResponse:
    """POST: the person's answer."""
    return await oauth.decide(request, platform="tiktok", client="client_key", granted_as="scopes")


async def token(request: web.Request) -> web.Response:
    """POST /v2/oauth/token/: a code or a refresh token for a new pair."""
    world, params = request.app[WORLD], await read_params(request)
    if not oauth.is_app("tiktok", params.text("client_key"), params.text("client_secret")):
        return errors.oauth("invalid_client", "Client key or secret is incorrect.", status=401)
    if params.text("grant_type") == "authorization_code":
        code = oauth.redeem(world, "tiktok", params.text("code"), redirect_uri=params.text("redirect_uri"))
        if code is None or code.account is None:
            return errors.oauth("invalid_grant", "Authorization code is expired.")
        return web.json_response(issue(world, code.account, code.scopes))
    if params.text("grant_type") != "refresh_token":
        return errors.oauth("unsupported_grant_type", "The grant type is not supported.")
    old = tokens.find(world.store, "tiktok", "refresh", params.text("refresh_token"))
    if old is None or old.is_revoked or old.is_over or old.account is None:
        return errors.oauth("invalid_grant", "Refresh token is invalid or expired.")
    return web.json_response(issue(world, old.account, old.scopes, old))


def issue(world: World, account: Account, scopes: frozenset[str], old: Token | None = None) -> dict[str, Any]:
    """A fresh pair, in a write of its own; the old refresh token is dead from then on."""
    kept: dict[str, Any] = {
        "platform": "tiktok", "account": account, "client_id": oauth.app("tiktok")[0], "scopes": scopes,
    }  # fmt: skip
    with world.store.write():
        if old:
            tokens.revoke(world.store, old)
        access = tokens.issue(world.store, "access", seconds=ACCESS_SECONDS, **kept)
        fresh = tokens.issue(world.store, "refresh", seconds=REFRESH_SECONDS, **kept)
    return {
        "access_token": access.value, "expires_in": ACCESS_SECONDS, "open_id": account.remote_id,
        "refresh_expires_in": REFRESH_SECONDS, "refresh_token": fresh.value, "scope": ",".join(sorted(scopes)),
        "token_type": "Bearer",
    }  # fmt: skip


async def revoke(request: web.Request) -> web.Response:
    """POST /v2/oauth/revoke/: the app gives its permission back; every token of that account dies."""
    world, params = request.app[WORLD], await read_params(request)
    if not oauth.is_app("tiktok", params.text("client_key"), params.text("client_secret")):
        return errors.oauth("invalid_client", "Client key or secret is incorrect.", status=401)
    found = tokens.find(world.store, "tiktok", "access", params.text("token"))
    if found and found.account:
        disconnect(world, found.account, reason=5)
    return web.json_response({})


def disconnect(world: World, account: Account, *, reason: int) -> None:
    """End every token of the account and tell the app."""
    with world.store.write():
        sql = "UPDATE tokens SET revoked_at = 0 WHERE account_id = ? AND revoked_at IS NULL"
        world.store.run(sql, account.id)
        events.push(world, account, "authorization.removed", {"reason": reason})


def bearer(world: World, request: web.Request) -> Token | None:
    """The access token a request carries, over or revoked ones too."""
    value = request.headers.get("Authorization", "").removeprefix("Bearer ").strip()
    return tokens.find(world.store, "tiktok", "access", value)


def caller(request: web.Request, scope: str, kind: str) -> Account:
    """Whose token this is. Refuses a token that is unknown, over or too narrow, and the call too many of its kind."""
    world = request.app[WORLD]
    found = bearer(world, request)
    if found is None or found.account is None or found.is_revoked or found.is_over:
        errors.stop("access_token_invalid")
    if not found.scopes & set(scope.split("|")):
        errors.stop("scope_not_authorized")
    if world.limits.spend(f"tiktok:{kind}:{found.value}", limit=PER_MINUTE[kind], window=60).is_over:
        errors.stop("rate_limit_exceeded")
    return found.account


def issued_at(found: Token | None) -> float:
    """For faults: when the token was given out."""
    return found.issued_at if found else math.inf
