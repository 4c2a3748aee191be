"""How a person lets Posko into their X account, and how it stays let in.

OAuth 2 with PKCE. Access tokens live two hours; refresh tokens work once (from memory; kept if X gives no new one).
Source: X documentation, fundamentals/authentication/oauth-2-0/authorization-code, 2026-08.
"""

import base64
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from types import MappingProxyType
from typing import Any, ClassVar
from urllib.parse import quote

from platforms import oauth
from platforms.answers import accept, content, one, repeatable
from platforms.base import Reconnect
from platforms.contents import Account
from platforms.http import Answer, Door
from platforms.oauth import App, Consent, SignIn, page
from platforms.x import who
from platforms.x.calling import Calls
from platforms.x.refusing import words

HOME = "https://api.x.com"
HOSTS: Mapping[str, str] = MappingProxyType({"web": "https://x.com"})
LIVES = timedelta(hours=2)
MARGIN = timedelta(minutes=5)


class XSignIn(SignIn):
    """One account per consent. The code must be exchanged within 30 seconds."""

    kind: ClassVar[str] = "x"
    home: ClassVar[str] = HOME
    hosts: ClassVar[Mapping[str, str]] = HOSTS
    scopes: ClassVar[tuple[str, ...]] = (
        "tweet.read",
        "tweet.write",
        "users.read",
        "media.write",
        "tweet.moderate.write",
        "dm.read",
        "dm.write",
        "offline.access",
    )
    needed: ClassVar[frozenset[str]] = frozenset({"tweet.read", "tweet.write", "users.read", "offline.access"})

    @classmethod
    def authorize_url(cls, app: App, *, state: str, verifier: str) -> str:
        return page(
            f"{cls.host(app, 'web')}/i/oauth2/authorize",
            response_type="code",
            client_id=app.client_id,
            redirect_uri=app.redirect_uri,
            scope=" ".join(cls.scopes),
            state=state,
            **oauth.challenge(verifier),
        )

    @classmethod
    def exchange(cls, door: Door, app: App, *, code: str, verifier: str) -> Consent:
        asked = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": app.redirect_uri,
            "code_verifier": verifier,
            "client_id": app.client_id,
        }
        answer = _ask(door, app.server, app.for_account, asked)
        if answer.status in (400, 401) and content(answer).get("error"):
            raise Reconnect("wrong_login", words=words(answer))
        told = accept(answer).object()
        unknown = Account("x", app.server, "", "", "", tokens(told, {}), app=app.for_account)
        granted = frozenset(str(told.get("scope") or " ".join(cls.scopes)).split())
        account = who.account(Calls(unknown, door), cls.host(app, "web"))
        return Consent((account,), frozenset(cls.scopes) - granted)


def refresh(door: Door, account: Account) -> dict[str, str]:
    """New secrets by the refresh token. The caller holds the row's lock. Raises `Reconnect` where it is dead."""
    if not account.secrets.get("refresh"):
        raise Reconnect("signed_out", words="offline.access")
    asked = {"grant_type": "refresh_token", "refresh_token": account.secrets["refresh"]}
    asked["client_id"] = account.app.get("client_id", "")
    answer = _ask(door, account.server, account.app, asked)
    if answer.status in (400, 401):
        raise Reconnect("signed_out", words=words(answer))
    renewed = tokens(accept(answer).object(), account.secrets)
    return {**renewed, "renewed_at": datetime.now(UTC).isoformat()}


def tokens(told: Mapping[str, Any], before: Mapping[str, str]) -> dict[str, str]:
    """An answer with tokens as secrets; what it leaves out stays as it was."""
    lives = told.get("expires_in")
    until = datetime.now(UTC) + (timedelta(seconds=lives) if isinstance(lives, int) else LIVES)
    made = {"access": one(told.get("access_token"), changes=True, what="token"), "until": until.isoformat()}
    refresh = str(told.get("refresh_token") or before.get("refresh") or "")
    return {**before, **made, **({"refresh": refresh} if refresh else {})}


def is_worn(account: Account, now: datetime) -> bool:
    """Whether the access token must be renewed before it is used at `now`."""
    try:
        return now >= datetime.fromisoformat(account.secrets.get("until", "")) - MARGIN
    except ValueError:
        return False


def _ask(door: Door, server: str, app: Mapping[str, str], asked: Mapping[str, str]) -> Answer:
    """One call to the token address; not knowing whether it arrived is only a reason to ask again."""
    headers = {}
    if app.get("client_secret"):
        pair = f"{quote(app.get('client_id', ''))}:{quote(app['client_secret'])}"
        headers["Authorization"] = f"Basic {base64.b64encode(pair.encode()).decode()}"
    with repeatable():
        answer = door.call("POST", f"{server}/2/oauth2/token", headers=headers, data=asked, changes=True)
        if answer.status < 400:
            answer.object()
        return answer
