"""Signing in to Bluesky and staying signed in.

Access tokens live two hours; refresh tokens 90 days, and each works once. Signing in with the app password is limited
to 300 times a day, so sessions are kept and the password is only the way back when a refresh fails.
Source: lexicons com.atproto.server.*, docs.bsky.app "Rate limits", read 2026-08.
"""

import base64
import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Never

from platforms.answers import content, one, refuse, words
from platforms.base import ConnectorError, Reconnect, Stale, Temporary
from platforms.contents import Account
from platforms.guard import server_address
from platforms.http import Answer, Door

LIVES = timedelta(minutes=110)
"""How long a token is taken to live when it does not say: two hours less a margin."""
MARGIN = timedelta(minutes=5)
_WORN = frozenset({"ExpiredToken", "InvalidToken"})
_BARRED = frozenset({"AccountTakedown", "AccountDeactivated", "AccountSuspended", "RepoDeactivated", "RepoTakendown"})
_NO_LOGIN = frozenset({"AuthenticationRequired", "AuthFactorTokenRequired", "InvalidLogin"})


def sign_in(door: Door, server: str, identifier: str, app_password: str) -> Account:
    """The account behind a name and an app password, on the server that really keeps it.

    Raises `Reconnect` (wrong_login, use_app_password, not_allowed).
    """
    entry = server_address(server)
    told = create(door, entry, identifier.strip().removeprefix("@"), app_password.strip())
    did = one(told.get("did"), changes=False, what="did")
    return Account(
        platform="bluesky",
        server=home(door, entry, told.get("didDoc")),
        remote_id=did,
        name=str(told.get("handle") or did),
        handle=f"@{told.get('handle') or did}",
        secrets=tokens(told) | {"password": app_password.strip(), "entry": entry},
    )


def create(door: Door, entry: str, identifier: str, app_password: str) -> dict[str, Any]:
    """A new session. Raises `Reconnect` when the network does not accept the password."""
    url = f"{entry}/xrpc/com.atproto.server.createSession"
    answer = door.call("POST", url, json={"identifier": identifier, "password": app_password}, changes=False)
    if answer.status in (400, 401) and content(answer).get("error") in _NO_LOGIN:
        raise Reconnect("wrong_login", words=words(answer))
    if not answer.ok:
        refuse_call(answer, public=False)
    told = answer.object()
    if claims(str(told.get("accessJwt", ""))).get("scope") == "com.atproto.access":
        # The account's own password opens everything, its change included; an app password can be taken back.
        raise Reconnect("use_app_password")
    return told


def refresh(door: Door, account: Account) -> dict[str, str]:
    """New secrets: by the refresh token, else by the app password. The caller holds the row lock.

    Raises `Reconnect` when neither works.
    """
    secrets = account.secrets
    url = f"{account.server}/xrpc/com.atproto.server.refreshSession"
    try:
        answer = door.call("POST", url, headers=bearer(secrets.get("refresh", "")), changes=False)
        if answer.status == 429:
            refuse(answer, public=False)
        if answer.ok:
            return {**secrets, **tokens(answer.object())}
    except Temporary as e:
        if e.code == "rate_limited" or not secrets.get("password"):
            raise
        # Perhaps it arrived and used the token up: the password tells.
    told = create(door, secrets.get("entry") or account.server, account.remote_id, secrets.get("password", ""))
    return {**secrets, **tokens(told)}


def tokens(told: Mapping[str, Any]) -> dict[str, str]:
    access = one(told.get("accessJwt"), changes=False, what="access token")
    return {
        "access": access,
        "refresh": one(told.get("refreshJwt"), changes=False, what="refresh token"),
        "until": _until(access),
    }


def _until(access: str) -> str:
    until = claims(access).get("exp")
    if isinstance(until, int | float):
        return datetime.fromtimestamp(until, UTC).isoformat()
    return (datetime.now(UTC) + LIVES).isoformat()


def claims(token: str) -> dict[str, Any]:
    """What a token says of itself, unverified; empty where it is no JWT."""
    try:
        middle = token.split(".")[1]
        found = json.loads(base64.urlsafe_b64decode(middle + "=" * (-len(middle) % 4)))
    except (IndexError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def is_worn(account: Account, now: datetime) -> bool:
    """Whether the access token must be renewed before it is used at `now`."""
    try:
        return now >= datetime.fromisoformat(account.secrets.get("until", "")) - MARGIN
    except ValueError:
        return False


def home(door: Door, entry: str, document: Any) -> str:
    """The server that keeps the account, as its identity document says; `entry` where that is no use.

    One of our own hosts stays what it is: a server in development names an address nobody else can reach.
    """
    if door.is_internal(entry):
        return entry
    services = document.get("service") if isinstance(document, dict) else None
    for service in services if isinstance(services, list) else []:
        if isinstance(service, dict) and str(service.get("id", "")).endswith("#atproto_pds"):
            try:
                found = server_address(str(service.get("serviceEndpoint", "")))
                door.is_internal(found)  # may we go there at all?
            except ConnectorError:
                return entry
            return found
    return entry


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def refuse_call(answer: Answer, *, public: bool) -> Never:
    """Raise what a refused call means, by Bluesky's names first, else by its status."""
    name = str(content(answer).get("error", ""))
    if answer.status in (400, 401) and name in _WORN:
        raise Stale("token_expired", detail=name)
    if answer.status < 500 and name in _BARRED:
        raise Reconnect("not_allowed", words=words(answer), detail=name)
    refuse(answer, public=public)
