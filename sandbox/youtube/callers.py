"""Who is calling, what they may, and what it costs. Source: "Quota calculator" of June 2026; Google's scopes."""

from aiohttp import web

from sandbox import tokens
from sandbox.accounts import Account
from sandbox.tokens import Token
from sandbox.world import WORLD

from . import errors

SCOPE = "https://www.googleapis.com/auth/"
UPLOAD, READ, MANAGE = f"{SCOPE}youtube.upload", f"{SCOPE}youtube.readonly", f"{SCOPE}youtube.force-ssl"
EVERYTHING = f"{SCOPE}youtube"
ALL = frozenset({UPLOAD, READ, MANAGE})
# Units per day and project; films have a bucket of their own. The day here begins with the first call.
UNITS, FILMS, DAY = 10_000, 100, 86_400
LIST, WRITE = 1, 50


def bearer(request: web.Request) -> str:
    """The access token of a request, "" without one."""
    head = request.headers.get("Authorization", "")
    return head[7:].strip() if head.lower().startswith("bearer ") else request.query.get("access_token", "")


def token(request: web.Request) -> Token | None:
    """The token a request carries, whatever its state."""
    return tokens.find(request.app[WORLD].store, "youtube", "access", bearer(request))


def channel(request: web.Request, *needed: str) -> Account:
    """The channel that calls; any of the scopes `needed` will do. Refuses with 401 and 403."""
    found = token(request)
    if found is None or found.is_revoked or found.is_over or found.account is None:
        errors.stop(401)
    if not found.scopes & {*needed, EVERYTHING}:
        errors.stop(403, "insufficientPermissions", "Request had insufficient authentication scopes.")
    return found.account


def reader(request: web.Request, *needed: str) -> Account:
    """The channel that reads, at the price of a list; comments want more of a permission than films."""
    account = channel(request, *(needed or (READ, MANAGE)))
    spend(request, LIST)
    return account


def writer(request: web.Request) -> Account:
    """The channel that writes, changes or deletes, at the price of it."""
    account = channel(request, MANAGE)
    spend(request, WRITE)
    return account


def spend(request: web.Request, units: int) -> None:
    """Count what a call costs the whole project; refuses when the day's units are used up."""
    allowance = request.app[WORLD].limits.spend("youtube:units", limit=UNITS, window=DAY, points=units)
    if allowance.is_over:
        errors.stop(403, "quotaExceeded", errors.QUOTA)


def spend_film(request: web.Request) -> None:
    """Count a film against the project's own bucket for them."""
    if request.app[WORLD].limits.spend("youtube:films", limit=FILMS, window=DAY).is_over:
        errors.stop(403, "quotaExceeded", errors.QUOTA)


def parts(request: web.Request, *known: str) -> set[str]:
    """The `part` parameter, repeated or with commas. Refuses what is missing or unknown."""
    found = set(many(request, "part"))
    if not found:
        errors.stop(400, "missingRequiredParameter", "No filter selected. Required parameter: part")
    if unknown := found - {*known, "id", "localizations", "topicDetails", "player"}:
        errors.stop(400, "unknownPart", f"'{', '.join(sorted(unknown))}'")
    return found


def many(request: web.Request, name: str) -> list[str]:
    """A parameter that may be repeated or hold commas."""
    return [each for value in request.query.getall(name, []) for each in value.split(",") if each]


def most(request: web.Request, default: int, highest: int) -> int:
    """`maxResults`, held within what the method allows."""
    value = request.query.get("maxResults", "")
    return max(1, min(highest, int(value))) if value.isdecimal() else default
