"""Consent, tokens and their rotation. Source: fundamentals/authentication/oauth-2-0/authorization-code, 2026-08."""

from typing import Any

from aiohttp import web

from sandbox import clock, oauth, tokens
from sandbox.accounts import Account
from sandbox.params import Params, read_params
from sandbox.tokens import Token
from sandbox.world import WORLD, World

from . import errors, hooks
from .tokens import PLATFORM

ACCESS_SECONDS = 2 * 3600
CODE_SECONDS = 30
SCOPES = frozenset({
    "tweet.read", "tweet.write", "tweet.moderate.write", "users.read", "media.write", "dm.read", "dm.write",
    "offline.access",
})  # fmt: skip
MEANING = {
    "tweet.read": "melihat kiriman dan penyebutan", "tweet.write": "menerbitkan dan menghapus kiriman",
    "tweet.moderate.write": "menyembunyikan balasan", "users.read": "melihat nama dan foto akun",
    "media.write": "mengunggah gambar dan video", "dm.read": "membaca pesan langsung",
    "dm.write": "mengirim pesan langsung", "offline.access": "tetap terhubung",
}  # fmt: skip


async def authorize(request: web.Request) -> web.Response:
    """GET /i/oauth2/authorize: the page that asks."""
    wished = request.query.get("scope", "").split()
    return await oauth.ask(request, platform=PLATFORM, network="X", scopes=wished, meaning=MEANING)


async def decide(request: web.Request) -> web.StreamResponse:
    """POST /i/oauth2/authorize: the person's answer."""
    return await oauth.decide(request, platform=PLATFORM)


async def token(request: web.Request) -> web.Response:
    """POST /2/oauth2/token: `authorization_code` or `refresh_token`."""
    world, params = request.app[WORLD], await read_params(request)
    if not oauth.is_app(PLATFORM, *oauth.basic(request)):
        return errors.oauth_answer("unauthorized_client", "Missing valid authorization header", 401)
    match params.text("grant_type"):
        case "authorization_code":
            return _by_code(world, params)
        case "refresh_token":
            return _by_refresh(world, params)
    return errors.oauth_answer("unsupported_grant_type", "The grant type is not supported.")


def _by_code(world: World, params: Params) -> web.Response:
    found = oauth.redeem(
        world, PLATFORM, params.text("code"), redirect_uri=params.text("redirect_uri"),
        verifier=params.text("code_verifier"),
    )  # fmt: skip
    if found is None or found.account is None or oauth.age(found) > CODE_SECONDS:
        return errors.oauth_answer("invalid_request", "Value passed for the authorization code was invalid.")
    with world.store.write():
        return web.json_response(_issue(world, found.account, found.scopes & SCOPES))


def _by_refresh(world: World, params: Params) -> web.Response:
    """Each refresh token works once."""
    found = tokens.find(world.store, PLATFORM, "refresh", params.text("refresh_token"))
    if found is None or found.is_revoked or found.account is None:
        return errors.oauth_answer("invalid_request", "Value passed for the token was invalid.")
    with world.store.write():
        tokens.revoke(world.store, found)
        return web.json_response(_issue(world, found.account, found.scopes))


def _issue(world: World, account: Account, scopes: frozenset[str]) -> dict[str, Any]:
    client_id = oauth.app(PLATFORM)[0]
    access = tokens.issue(
        world.store, "access", platform=PLATFORM, account=account, client_id=client_id, scopes=scopes,
        seconds=ACCESS_SECONDS,
    )  # fmt: skip
    told = {"token_type": "bearer", "expires_in": ACCESS_SECONDS, "access_token": access.value}
    if "offline.access" in scopes:
        refresh = tokens.issue(
            world.store, "refresh", platform=PLATFORM, account=account, client_id=client_id, scopes=scopes
        )
        told["refresh_token"] = refresh.value
    return told | {"scope": " ".join(sorted(scopes))}


async def revoke(request: web.Request) -> web.Response:
    """POST /2/oauth2/revoke: an access or refresh token, and with it everything the app has of that account."""
    world, params = request.app[WORLD], await read_params(request)
    value = params.text("token")
    found = [tokens.find(world.store, PLATFORM, kind, value) for kind in ("access", "refresh")]
    with world.store.write():
        for each in found:
            if each and each.account:
                _forget(world, each)
    return web.json_response({"revoked": any(found)})


def _forget(world: World, one: Token) -> None:
    if one.account is None:
        return
    sql = "UPDATE tokens SET revoked_at = ? WHERE account_id = ? AND revoked_at IS NULL"
    world.store.run(sql, clock.now(), one.account.id)
    hooks.tell_revoked(world, one.account)


async def app_token(request: web.Request) -> web.Response:
    """POST /oauth2/token with `client_credentials`: a token of the app itself."""
    world, params = request.app[WORLD], await read_params(request)
    if not oauth.is_app(PLATFORM, *oauth.basic(request)) or params.text("grant_type") != "client_credentials":
        return errors.answer(403, "Unable to verify your credentials")
    with world.store.write():
        made = tokens.issue(
            world.store, "app", platform=PLATFORM, account=None, client_id=oauth.app(PLATFORM)[0], scopes=frozenset()
        )
    return web.json_response({"token_type": "bearer", "access_token": made.value})
