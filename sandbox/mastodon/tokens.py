"""Who is calling: access tokens, their scopes and the rate limit that goes with them."""

import secrets
from dataclasses import dataclass
from typing import Any

from aiohttp import web

from sandbox import accounts, clock
from sandbox.accounts import Account
from sandbox.dialect import Refusal
from sandbox.limits import Allowance
from sandbox.store import Store
from sandbox.tokens import keep, look_up
from sandbox.world import WORLD

from . import errors

# Points per 300 seconds and account; per 30 minutes for uploads and deletions. Source: docs, api/rate-limits.
LIMITS = {"read": (300, 300), "publish": (300, 300), "auth": (300, 300), "media": (30, 1800), "delete": (30, 1800)}


@dataclass(frozen=True, slots=True)
class Caller:
    """A valid token's owner. `account` is None for a token that an app holds for itself."""

    account: Account | None
    scopes: frozenset[str]
    client_id: str
    created_at: float

    @property
    def user(self) -> Account:
        """The account; answers 422 as Mastodon does when an app calls what only a person may."""
        if self.account is None:
            errors.stop(422, "This method requires an authenticated user")
        return self.account


def issue(store: Store, *, account: Account | None, client_id: str, scopes: str, token: str = "", **extra: Any) -> str:
    """Give out an access token inside an open write; `token` when it is to be a certain one."""
    token = token or secrets.token_urlsafe(32)
    keep(store, token, "access", account=account, client_id=client_id, scopes=scopes, **extra)
    return token


def bearer(request: web.Request) -> str:
    """The token a request carries in its header or query; empty without one."""
    head = request.headers.get("Authorization", "")
    return head[7:].strip() if head.lower().startswith("bearer ") else request.query.get("access_token", "")


def caller(request: web.Request, *needed: str) -> Caller:
    """Who calls. Any one of the scopes `needed` will do, as will its first half (`write` for `write:statuses`).

    Refuses with 401 for a token that is unknown or revoked, with 403 for one that may not do this.
    """
    store = request.app[WORLD].store
    row = look_up(store, bearer(request), "access")
    if row is None:
        errors.stop(401)
    if row["revoked_at"] is not None:
        errors.stop(401, errors.TOKEN["revoked_token"])
    scopes = frozenset(row["scopes"].split())
    if needed and not scopes & {half for scope in needed for half in (scope, scope.split(":")[0])}:
        errors.stop(403, "This action is outside the authorized scopes")
    account = accounts.get(store, row["account_id"]) if row["account_id"] else None
    return Caller(account, scopes, row["client_id"], row["created_at"])


def maybe(request: web.Request) -> Account | None:
    """The caller's account where reading needs none."""
    return caller(request).account if bearer(request) else None


def spend(request: web.Request, account: Account | None, kind: str) -> Allowance:
    """Count the call against its limit; refuses with 429 when it is used up."""
    limit, window = LIMITS[kind]
    who = account.remote_id if account else "anyone"
    allowance = request.app[WORLD].limits.spend(f"mastodon:{kind}:{who}", limit=limit, window=window)
    if allowance.is_over:
        refusal = errors.answer(429, "Too many requests")
        put_headers(refusal, allowance)
        raise Refusal(refusal)
    return allowance


def put_headers(response: web.Response, allowance: Allowance) -> None:
    """The X-RateLimit headers; the reset is an ISO time here."""
    response.headers["X-RateLimit-Limit"] = str(allowance.limit)
    response.headers["X-RateLimit-Remaining"] = str(allowance.remaining)
    response.headers["X-RateLimit-Reset"] = clock.iso(allowance.reset_at)


def send(body: Any, allowance: Allowance, *, status: int = 200) -> web.Response:
    """A JSON answer with the rate-limit headers."""
    response = web.json_response(body, status=status)
    put_headers(response, allowance)
    return response
