"""Who is calling, and how much of their limit is left. Source: x-api/fundamentals/rate-limits, 2026-08."""

from typing import Any

from aiohttp import web

from sandbox import tokens
from sandbox.accounts import Account
from sandbox.dialect import Refusal
from sandbox.limits import Allowance
from sandbox.tokens import Token
from sandbox.world import WORLD

from . import errors

PLATFORM = "x"
QUARTER = 15 * 60
# Calls per 15 minutes and account.
LIMITS = {
    "publish": 100, "delete": 50, "tweets": 5000, "timeline": 900, "mentions": 300, "search": 300, "dm": 15,
    "message": 15, "hide": 50, "me": 75, "media": 500, "hooks": 450,
}  # fmt: skip


def bearer(request: web.Request) -> str:
    """The token a request carries; empty without one."""
    head = request.headers.get("Authorization", "")
    return head[7:].strip() if head.lower().startswith("bearer ") else ""


def find(request: web.Request) -> Token | None:
    """Its access token, worn or revoked ones too."""
    return tokens.find(request.app[WORLD].store, PLATFORM, "access", bearer(request))


def caller(request: web.Request, *scopes: str) -> Account:
    """Whose token it is; 401 for one that does not work (any more), 403 for one without these permissions."""
    token = find(request)
    if token is None or token.is_revoked or token.is_over or token.account is None:
        errors.stop(401)
    if not token.scopes >= set(scopes):
        errors.stop(403, "You are not permitted to perform this action.")
    return token.account


def app_only(request: web.Request) -> None:
    """401 unless the app calls for itself."""
    token = tokens.find(request.app[WORLD].store, PLATFORM, "app", bearer(request))
    if token is None or token.is_revoked:
        errors.stop(401)


def spend(request: web.Request, account: Account, kind: str) -> Allowance:
    """Count the call; 429 when the limit is used up."""
    allowance = request.app[WORLD].limits.spend(
        f"{PLATFORM}:{kind}:{account.remote_id}", limit=LIMITS[kind], window=QUARTER
    )
    if allowance.is_over:
        refusal = errors.answer(429)
        put_headers(refusal, allowance)
        raise Refusal(refusal)
    return allowance


def put_headers(response: web.Response, allowance: Allowance) -> None:
    """What is left, and when it begins anew, in seconds since 1970."""
    response.headers["x-rate-limit-limit"] = str(allowance.limit)
    response.headers["x-rate-limit-remaining"] = str(allowance.remaining)
    response.headers["x-rate-limit-reset"] = str(int(allowance.reset_at))


def send(body: Any, allowance: Allowance, *, status: int = 200) -> web.Response:
    """A JSON answer with the rate-limit headers."""
    response = web.json_response(body, status=status)
    put_headers(response, allowance)
    return response
