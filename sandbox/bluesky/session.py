"""Signing in with an app password, and the two tokens. Source: packages/pds/src/account-manager/helpers/auth.ts."""

import base64
import hashlib
import hmac
import json
import secrets
from typing import Any

from aiohttp import web

from sandbox import accounts, clock
from sandbox.accounts import Account
from sandbox.dialect import Refusal
from sandbox.limits import Allowance
from sandbox.params import read_json
from sandbox.store import Store
from sandbox.world import WORLD, World

from . import errors

PREFIX = "/bluesky"
# What the server calls itself as a service.
DID = "did:web:localhost"
ACCESS_SECONDS = 120 * 60
REFRESH_SECONDS = 90 * 24 * 3600
ACCESS, REFRESH = "com.atproto.appPass", "com.atproto.refresh"
# (limit, seconds). Source: docs.bsky.app, rate limits.
LIMITS = {"read": (3000, 300), "write": (5000, 3600), "sign_in": (30, 300), "media": (1000, 86400)}


def server(world: World) -> str:
    """The PDS' address; /xrpc/ follows."""
    return world.base + PREFIX


def _b64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def sign(store: Store, kind: str, claims: dict[str, Any]) -> str:
    """A JWT, HS256 as a self-hosted PDS makes them. `kind` is its typ."""
    parts = [_b64(json.dumps(each, separators=(",", ":")).encode()) for each in ({"typ": kind, "alg": "HS256"}, claims)]
    body = ".".join(parts)
    return f"{body}.{_b64(hmac.digest(store.secret, body.encode(), hashlib.sha256))}"


def read(store: Store, token: str) -> dict[str, Any] | None:
    """The claims of a token we signed, run out or not; None for anything else."""
    body, _, signature = token.rpartition(".")
    if not hmac.compare_digest(
        _b64(hmac.digest(store.secret, body.encode(), hashlib.sha256)).encode(), signature.encode()
    ):
        return None
    claims = body.partition(".")[2]
    loaded: dict[str, Any] = json.loads(base64.urlsafe_b64decode(claims + "=" * (-len(claims) % 4)))
    return loaded


def bearer(request: web.Request) -> str:
    """The token in the header; empty without one."""
    head = request.headers.get("Authorization", "")
    return head[7:].strip() if head.startswith("Bearer ") else ""


def claims_of(request: web.Request, scope: str) -> dict[str, Any]:
    """The claims of a valid token with this scope; refuses otherwise as the PDS does."""
    token = bearer(request)
    if not token:
        errors.stop(401, "AuthMissing", "Authentication Required")
    claims = read(request.app[WORLD].store, token)
    if claims is None:
        errors.invalid("Token could not be verified", "InvalidToken")
    if claims["exp"] <= clock.now():
        errors.invalid("Token has expired", "ExpiredToken")
    if claims["scope"] != scope:
        errors.invalid("Bad token scope", "InvalidToken")
    return claims


def caller(request: web.Request) -> Account:
    """Whose access token this is."""
    claims = claims_of(request, ACCESS)
    account = accounts.by_remote(request.app[WORLD].store, "bluesky", claims["sub"])
    if account is None:
        errors.stop(401, "AuthenticationRequired", "Authentication Required")
    return account


def spend(request: web.Request, who: str, kind: str, points: int = 1) -> Allowance:
    """Count points against a limit; refuses with 429 when it is used up."""
    limit, window = LIMITS[kind]
    allowance = request.app[WORLD].limits.spend(f"bluesky:{kind}:{who}", limit=limit, window=window, points=points)
    if allowance.is_over:
        refusal = errors.plain(429)
        put_headers(refusal, allowance)
        raise Refusal(refusal)
    return allowance


def put_headers(response: web.Response, allowance: Allowance) -> None:
    """The RateLimit headers; the reset is in Unix seconds here."""
    response.headers["RateLimit-Limit"] = str(allowance.limit)
    response.headers["RateLimit-Remaining"] = str(allowance.remaining)
    response.headers["RateLimit-Reset"] = str(int(allowance.reset_at) + 1)
    response.headers["RateLimit-Policy"] = f"{allowance.limit};w={allowance.window}"


def send(body: Any, allowance: Allowance) -> web.Response:
    """A JSON answer with the rate-limit headers."""
    response = web.json_response(body)
    put_headers(response, allowance)
    return response


def _pair(world: World, account: Account) -> dict[str, str]:
    """A new pair of tokens, inside an open write."""
    at, jti = clock.now(), secrets.token_urlsafe(32)
    world.store.run(
        "INSERT INTO tokens (token, kind, account_id, client_id, scopes, created_at, extra)"
        " VALUES (?, 'refresh', ?, '', ?, ?, '{}')",
        *(jti, account.id, REFRESH, at),
    )
    # `issued` is ours: iat has whole seconds, too coarse to tell a token from one made just after a token fault.
    common = {"aud": DID, "sub": account.remote_id, "iat": int(at), "issued": at}
    access = common | {"scope": ACCESS, "exp": int(at) + ACCESS_SECONDS}
    refresh = common | {"scope": REFRESH, "jti": jti, "exp": int(at) + REFRESH_SECONDS}
    return {
        "accessJwt": sign(world.store, "at+jwt", access),
        "refreshJwt": sign(world.store, "refresh+jwt", refresh),
    }


def did_document(world: World, account: Account) -> dict[str, Any]:
    """Where the account lives."""
    key = "zQ3shunBKsXixLxKtC5qeSG9E4J5RkGN57im31pcTzbNQnm5w"
    return {
        "@context": ["https://www.w3.org/ns/did/v1", "https://w3id.org/security/multikey/v1"],
        "id": account.remote_id, "alsoKnownAs": [f"at://{account.handle}"],
        "verificationMethod": [{
            "id": f"{account.remote_id}#atproto", "type": "Multikey", "controller": account.remote_id,
            "publicKeyMultibase": key,
        }],
        "service": [
            {"id": "#atproto_pds", "type": "AtprotoPersonalDataServer", "serviceEndpoint": server(world)}
        ],
    }  # fmt: skip


def _about(world: World, account: Account) -> dict[str, Any]:
    return {
        "handle": account.handle, "did": account.remote_id, "didDoc": did_document(world, account), "active": True,
        "email": f"{account.handle.split('.')[0]}@example.com", "emailConfirmed": True, "emailAuthFactor": False,
    }  # fmt: skip


async def create(request: web.Request) -> web.Response:
    """POST com.atproto.server.createSession."""
    world, body = request.app[WORLD], await read_json(request)
    if not isinstance(body, dict):
        errors.invalid("Input must be an object")
    identifier, password = str(body.get("identifier", "")), str(body.get("password", ""))
    allowance = spend(request, identifier, "sign_in")
    account = find(world, identifier)
    if account is None or account.is_voter or not hmac.compare_digest(account.secret.encode(), password.encode()):
        errors.stop(401, "AuthenticationRequired", "Invalid identifier or password")
    with world.store.write():
        pair = _pair(world, account)
    return send(_about(world, account) | pair, allowance)


async def refresh(request: web.Request) -> web.Response:
    """POST com.atproto.server.refreshSession: a new pair, and the old refresh token is used up.

    The real PDS lets the old one work for two more hours; here it does not, so that a lost pair is seen at once.
    """
    world = request.app[WORLD]
    claims = claims_of(request, REFRESH)
    account = accounts.by_remote(world.store, "bluesky", claims["sub"])
    with world.store.write():
        used = world.store.change("DELETE FROM tokens WHERE token = ? AND kind = 'refresh'", claims["jti"])
        if account is None or not used:
            errors.invalid("Token has been revoked", "ExpiredToken")
        pair = _pair(world, account)
    return web.json_response(_about(world, account) | pair)


async def show(request: web.Request) -> web.Response:
    """GET com.atproto.server.getSession."""
    return web.json_response(_about(request.app[WORLD], caller(request)))


async def delete(request: web.Request) -> web.Response:
    """POST com.atproto.server.deleteSession, called with the refresh token."""
    store, claims = request.app[WORLD].store, claims_of(request, REFRESH)
    with store.write():
        store.run("DELETE FROM tokens WHERE token = ? AND kind = 'refresh'", claims["jti"])
    return web.Response()


async def describe_server(request: web.Request) -> web.Response:
    """GET com.atproto.server.describeServer."""
    body = {"did": DID, "availableUserDomains": [".test"], "inviteCodeRequired": True}
    return web.json_response(body | {"phoneVerificationRequired": False, "links": {}, "contact": {}})


def find(world: World, actor: str) -> Account | None:
    """The account of a DID or handle, or None."""
    if actor.startswith("did:"):
        return accounts.by_remote(world.store, "bluesky", actor)
    return accounts.by_handle(world.store, "bluesky", actor.removeprefix("@").lower())


async def resolve_handle(request: web.Request) -> web.Response:
    """GET com.atproto.identity.resolveHandle."""
    account = accounts.by_handle(request.app[WORLD].store, "bluesky", request.query.get("handle", "").lower())
    if account is None:
        errors.invalid("Unable to resolve handle")
    return web.json_response({"did": account.remote_id})


def collection_post(world: World, account: Account, rkey: str) -> str:
    """The page of a post."""
    return f"{server(world)}/profile/{account.handle}/post/{rkey}"


def profile_url(world: World, account: Account) -> str:
    """The page of an account."""
    return f"{server(world)}/profile/{account.handle}"
