"""How a person lets Posko into their channels: Google's OAuth 2 with PKCE.

Source: Google Identity, "Using OAuth 2.0 for Web Server Applications", and YouTube Data API, channels.list. Seven days
for apps in testing, and `refresh_token_expires_in`, from memory.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar

from platforms.answers import accept, content, one, repeatable, words
from platforms.base import Reconnect
from platforms.contents import Account
from platforms.http import Door
from platforms.oauth import App, Consent, SignIn, challenge, page
from platforms.youtube import failures, shapes, text

HOME = "https://www.googleapis.com"
HOSTS = {
    "web": "https://www.youtube.com",
    "login": "https://accounts.google.com",
    "token": "https://oauth2.googleapis.com",
    "analytics": "https://youtubeanalytics.googleapis.com",
    "hub": "https://pubsubhubbub.appspot.com",
}
SCOPE = "https://www.googleapis.com/auth/"
UPLOAD, READ, MANAGE = f"{SCOPE}youtube.upload", f"{SCOPE}youtube.readonly", f"{SCOPE}youtube.force-ssl"
LIVES = timedelta(hours=1)
MARGIN = timedelta(minutes=5)
TESTING = timedelta(days=7)
"""How long a sign-in lasts while Google has not verified the app."""


class YoutubeSignIn(SignIn):
    """Through a Google account to its channels.

    Who may manage may upload and read too (discovery document of 2026-11-04); asked one by one, a person can leave the
    comments to themselves and still have films published.
    """

    kind: ClassVar[str] = "youtube"
    home: ClassVar[str] = HOME
    hosts: ClassVar[Mapping[str, str]] = HOSTS
    scopes: ClassVar[tuple[str, ...]] = (UPLOAD, READ, MANAGE)
    needed: ClassVar[frozenset[str]] = frozenset({UPLOAD, READ})

    @classmethod
    def authorize_url(cls, app: App, *, state: str, verifier: str) -> str:
        """`prompt=consent`, or Google would give no refresh token the second time."""
        return page(
            f"{cls.host(app, 'login')}/o/oauth2/v2/auth",
            client_id=app.client_id,
            redirect_uri=app.redirect_uri,
            response_type="code",
            scope=" ".join(cls.scopes),
            access_type="offline",
            prompt="consent",
            state=state,
            **challenge(verifier),
        )

    @classmethod
    def exchange(cls, door: Door, app: App, *, code: str, verifier: str) -> Consent:
        asked = {
            "grant_type": "authorization_code",
            "code": code,
            "client_id": app.client_id,
            "client_secret": app.client_secret,
            "redirect_uri": app.redirect_uri,
            "code_verifier": verifier,
        }
        told = _token(door, cls.host(app, "token"), asked)
        granted = frozenset(str(told.get("scope") or " ".join(cls.scopes)).split())
        missing = frozenset() if MANAGE in granted else frozenset(cls.scopes) - granted
        if missing & cls.needed:
            return Consent((), missing)
        secrets = _secrets(told, is_testing=app.allowed.get("testing") == "1")
        bare = Account("youtube", app.server, "", "", "", secrets, app=app.for_account)
        return Consent(tuple(_channels(door, bare, cls.host(app, "web"))), missing)


def refresh(door: Door, account: Account, host: str) -> dict[str, str]:
    """All secrets, with a new access token. Raises `Reconnect` when the refresh token is dead."""
    asked = {
        "grant_type": "refresh_token",
        "refresh_token": account.secrets.get("refresh", ""),
        "client_id": account.app.get("client_id", ""),
        "client_secret": account.app.get("client_secret", ""),
    }
    return {**account.secrets, **_secrets(_token(door, host, asked))}


def _token(door: Door, host: str, asked: Mapping[str, str]) -> dict[str, Any]:
    with repeatable():
        answer = door.call("POST", f"{host}/token", data=asked, changes=True)
        if answer.status in (400, 401) and content(answer).get("error") == "invalid_grant":
            if "code" in asked:
                raise Reconnect("wrong_login", words=words(answer))
            raise Reconnect("signed_out", words=words(answer))
        return accept(answer).object()


def _secrets(told: Mapping[str, Any], *, is_testing: bool = False) -> dict[str, str]:
    """What the account keeps. Google gives a refresh token rarely: without one the old stays, and so does its end."""
    now = datetime.now(UTC)
    lives = _seconds(told.get("expires_in")) or LIVES
    found = {
        "access": one(told.get("access_token"), changes=True, what="token"),
        "until": (now + lives).isoformat(),
        "since": now.isoformat(),
    }
    if told.get("refresh_token"):
        ends = _seconds(told.get("refresh_token_expires_in")) or (TESTING if is_testing else None)
        found |= {"refresh": str(told["refresh_token"]), "ends": (now + ends).isoformat() if ends else ""}
    return found


def _seconds(value: Any) -> timedelta | None:
    return timedelta(seconds=min(value, 10**9)) if isinstance(value, int) and value > 0 else None


def _channels(door: Door, account: Account, web: str) -> list[Account]:
    """Every channel the token opens. Raises `Reconnect` (no_channel) where the Google account has none."""
    url = f"{account.server}/youtube/v3/channels"
    head = {"Authorization": f"Bearer {account.secrets['access']}"}
    params = {"part": "snippet,status", "mine": "true", "maxResults": "50"}
    answer = failures.accept(door.call("GET", url, headers=head, params=params, changes=False), account)
    found = [described(account, channel, web) for channel in shapes.listed(answer.object(), "id", "snippet")]
    if not found:
        raise Reconnect("no_channel")
    return found


def described(account: Account, channel: Mapping[str, Any], web: str) -> Account:
    """The account as its channel resource shows it. `web` is the address of the network's pages."""
    snippet, status = channel.get("snippet") or {}, channel.get("status") or {}
    remote_id, handle = str(channel["id"]), str(snippet.get("customUrl") or "")
    may_be_long = status.get("longUploadsStatus", "allowed") == "allowed"
    return replace(
        account,
        remote_id=remote_id,
        name=str(snippet.get("title") or handle or remote_id),
        handle=handle or remote_id,
        limits={"video_seconds": text.LONGEST if may_be_long else text.LONGEST_UNVERIFIED},
        url=f"{web}/{handle}" if handle.startswith("@") else f"{web}/channel/{remote_id}",
    )


def is_worn(account: Account, now: datetime) -> bool:
    """Whether the access token must be renewed before it is used at `now`."""
    until = shapes.moment(account.secrets.get("until"))
    return until is not None and now >= until - MARGIN
