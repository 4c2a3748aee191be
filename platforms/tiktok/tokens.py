"""TikTok's tokens: short access tokens, and refresh tokens that rotate. What the network says of their life is obeyed.

Source: developers.tiktok.com, "Manage User Access Tokens", read 2026-11-02 (access token of two hours, the old refresh
token dead once a new one is out); "OAuth Error Handling", read 2026-09-11.
"""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from platforms.answers import accept, content, one, words
from platforms.base import ConnectorError, Reconnect, Temporary
from platforms.contents import Account
from platforms.http import Answer, Door

LIVES = 2 * 3600
"""Seconds a token is taken to live where the network does not say."""
MARGIN = timedelta(minutes=5)
_PASSING = frozenset({"server_error", "temporarily_unavailable"})


def ask(door: Door, server: str, app: Mapping[str, str], **asked: str) -> dict[str, Any]:
    """The answer of POST /v2/oauth/token/. Refusals come with status 200 too: `error` decides.

    Raises `Reconnect` (wrong_login) for a code or token that is dead, `ConnectorError` (wrong_app) where TikTok does
    not know us.
    """
    told = {"client_key": app.get("client_id", ""), "client_secret": app.get("client_secret", ""), **asked}
    answer = door.call("POST", f"{server}/v2/oauth/token/", data=told, changes=False)
    refused = content(answer).get("error")
    if isinstance(refused, str) and refused:
        _refuse(answer, refused)
    return accept(answer).object()


def _refuse(answer: Answer, error: str) -> None:
    said = words(answer)
    if error in _PASSING:
        raise Temporary("server_error", status=max(answer.status, 500), detail=error)
    if error in ("invalid_client", "unauthorized_client"):
        raise ConnectorError("wrong_app", words=said, detail=error)
    if error in ("invalid_grant", "access_denied", "invalid_request", "invalid_scope"):
        raise Reconnect("wrong_login", words=said, detail=error)


def secrets(told: Mapping[str, Any], now: datetime) -> dict[str, str]:
    """What an account keeps: `access`, `refresh`, `scope`, and until when both live, in ISO 8601."""
    lives, rests = told.get("expires_in"), told.get("refresh_expires_in")
    found = {
        "access": one(told.get("access_token"), changes=False, what="access token"),
        "refresh": one(told.get("refresh_token"), changes=False, what="refresh token"),
        "scope": str(told.get("scope") or "").replace(" ", ""),
        "until": _after(now, lives if isinstance(lives, int) else LIVES),
    }
    return found | ({"refresh_until": _after(now, rests)} if isinstance(rests, int) else {})


def _after(now: datetime, seconds: int) -> str:
    return (now + timedelta(seconds=min(seconds, 10**9))).isoformat()


def refresh(door: Door, account: Account) -> dict[str, str]:
    """New secrets in place of the old, both of them. The caller holds the row lock.

    Raises `Reconnect` (signed_out) where the refresh token is dead.
    """
    old = account.secrets
    try:
        told = ask(door, account.server, account.app, grant_type="refresh_token", refresh_token=old.get("refresh", ""))
    except Reconnect as error:
        raise Reconnect("signed_out", words=str(error.params.get("words", "")), detail=error.detail) from None
    return {**old, **secrets({"scope": old.get("scope", ""), **told}, datetime.now(UTC))}


def granted(held: Mapping[str, str]) -> frozenset[str]:
    """The permissions a person gave us."""
    return frozenset(each for each in held.get("scope", "").split(",") if each)


def is_worn(held: Mapping[str, str], now: datetime) -> bool:
    until = moment(held.get("until", ""))
    return until is not None and now >= until - MARGIN


def moment(text: str) -> datetime | None:
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)
