"""Google's consent and tokens. Source: Google Identity, "Using OAuth 2.0 for Web Server Applications", read 2026-11."""

from typing import Any
from urllib.parse import parse_qs, urlsplit

from aiohttp import web

from sandbox import oauth, tokens
from sandbox.accounts import Account
from sandbox.params import read_params
from sandbox.tokens import Token
from sandbox.world import WORLD, World

from . import callers, errors, state

ACCESS_SECONDS = 3599
TESTING_SECONDS = 604_799
MEANING = {
    callers.UPLOAD: "mengunggah video ke kanal Anda",
    callers.READ: "melihat kanal dan video Anda",
    callers.MANAGE: "mengelola video dan komentar di kanal Anda",
}


async def authorize(request: web.Request) -> web.Response:
    """GET o/oauth2/v2/auth."""
    wanted = request.query.get("scope", "").split()
    return await oauth.ask(request, platform="youtube", network="YouTube", scopes=wanted, meaning=MEANING)


async def decide(request: web.Request) -> web.StreamResponse:
    """POST o/oauth2/v2/auth: the person's answer. Whether a refresh token is due depends on what was asked."""
    params, world = await read_params(request), request.app[WORLD]
    sent = await oauth.decide(request, platform="youtube")
    code = parse_qs(urlsplit(sent.headers.get("Location", "")).query).get("code", [""])[0]
    if code:
        asked = {"offline": params.text("access_type") == "offline", "anew": "consent" in params.text("prompt")}
        with world.store.write():
            world.store.put(f"youtube:code:{code}", asked)
    return sent


async def token(request: web.Request) -> web.Response:
    """POST /token: a code or a refresh token for an access token."""
    world, params = request.app[WORLD], await read_params(request)
    basic = oauth.basic(request)
    client = params.text("client_id", basic[0]), params.text("client_secret", basic[1])
    if not oauth.is_app("youtube", *client):
        errors.oauth(401, "invalid_client", "The OAuth client was not found.")
    match params.text("grant_type"):
        case "authorization_code":
            code, back = params.text("code"), params.text("redirect_uri")
            found = oauth.redeem(world, "youtube", code, redirect_uri=back, verifier=params.text("code_verifier"))
            if found is None or found.account is None:
                errors.oauth(400, "invalid_grant", "Malformed auth code.")
            asked = world.store.get(f"youtube:code:{code}") or {}
            body = _first(world, found.account, found, asked)
        case "refresh_token":
            body = _renewed(world, params.text("refresh_token"))
        case _:
            errors.oauth(400, "unsupported_grant_type", "Invalid grant_type: " + params.text("grant_type"))
    return web.json_response(body)


def _first(world: World, account: Account, code: Token, asked: dict[str, Any]) -> dict[str, Any]:
    """An access token, and a refresh token the first time or where consent was asked for anew."""
    known = f"youtube:consented:{account.id}"
    is_due = asked.get("offline") and (asked.get("anew") or not world.store.get(known))
    with world.store.write():
        body = _access(world, account, code.scopes)
        if is_due:
            lives = TESTING_SECONDS if state.is_testing(world) else None
            refresh = tokens.issue(
                world.store, "refresh", platform="youtube", account=account, client_id=code.client_id,
                scopes=code.scopes, seconds=lives,
            )  # fmt: skip
            body["refresh_token"] = refresh.value
            body |= {"refresh_token_expires_in": lives} if lives else {}
        world.store.put(known, value=True)
    return body


def _renewed(world: World, value: str) -> dict[str, Any]:
    found = tokens.find(world.store, "youtube", "refresh", value)
    if found is None or found.is_revoked or found.is_over or found.account is None:
        errors.oauth(400, "invalid_grant", "Token has been expired or revoked.")
    with world.store.write():
        return _access(world, found.account, found.scopes)


def _access(world: World, account: Account, scopes: frozenset[str]) -> dict[str, Any]:
    """A new access token, inside an open write."""
    made = tokens.issue(
        world.store, "access", platform="youtube", account=account, client_id=oauth.app("youtube")[0], scopes=scopes,
        seconds=ACCESS_SECONDS,
    )  # fmt: skip
    told = {"access_token": made.value, "expires_in": ACCESS_SECONDS, "token_type": "Bearer"}
    return told | {"scope": " ".join(sorted(scopes))}


async def revoke(request: web.Request) -> web.Response:
    """POST /revoke: the token and all others of that account are dead."""
    world, params = request.app[WORLD], await read_params(request)
    value = params.text("token")
    found = tokens.find(world.store, "youtube", "access", value) or tokens.find(
        world.store, "youtube", "refresh", value
    )
    if found is None or found.is_revoked or found.account is None:
        errors.oauth(400, "invalid_token", "Token expired or revoked")
    with world.store.write():
        rows = world.store.all(
            "SELECT token, kind FROM tokens WHERE account_id = ? AND kind IN ('access', 'refresh')", found.account.id
        )
        for row in rows:
            if other := tokens.find(world.store, "youtube", row["kind"], row["token"]):
                tokens.revoke(world.store, other)
    return web.json_response({})
