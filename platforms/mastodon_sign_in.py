"""How a person lets Posko into their Mastodon account: OAuth 2 with PKCE, one registered app per server.

Source: Mastodon documentation, methods/apps, methods/oauth, api/oauth-scopes; RFC 7636 (PKCE), read 2026-07.
"""

from dataclasses import replace
from typing import Any, ClassVar

from platforms import oauth
from platforms.answers import accept, content, one, repeatable, words
from platforms.base import Reconnect
from platforms.contents import Account
from platforms.guard import server_address
from platforms.http import Door
from platforms.mastodon import Mastodon
from platforms.oauth import App, Consent, SignIn, verifier

__all__ = ["App", "MastodonSignIn", "authorize_url", "exchange", "register", "verifier"]


class MastodonSignIn(SignIn):
    """The same way on every server. An app must be registered with a server first; see `register`."""

    kind: ClassVar[str] = "mastodon"
    home: ClassVar[str] = ""
    scopes: ClassVar[tuple[str, ...]] = (
        "read:accounts",  # who we are, followers, profile
        "read:statuses",  # our own posts and their numbers, and what answers stand under
        "read:notifications",  # what people write to us, direct posts too
        "write:statuses",  # posting, answering, taking down
        "write:media",  # pictures and films
    )
    needed: ClassVar[frozenset[str]] = frozenset({"read:accounts", "read:statuses", "write:statuses", "write:media"})

    @classmethod
    def authorize_url(cls, app: App, *, state: str, verifier: str) -> str:
        return oauth.page(
            f"{app.server}/oauth/authorize",
            response_type="code",
            client_id=app.client_id,
            redirect_uri=app.redirect_uri,
            scope=_asked(app),
            state=state,
            **oauth.challenge(verifier),
        )

    @classmethod
    def exchange(cls, door: Door, app: App, *, code: str, verifier: str) -> Consent:
        asked = {
            "grant_type": "authorization_code",
            "client_id": app.client_id,
            "client_secret": app.client_secret,
            "redirect_uri": app.redirect_uri,
            "scope": _asked(app),
            "code": code,
            "code_verifier": verifier,
        }
        with repeatable():
            answer = door.call("POST", f"{app.server}/oauth/token", data=asked, changes=True)
            if answer.status in (400, 401) and content(answer).get("error"):
                raise Reconnect("wrong_login", words=words(answer))
            told = accept(answer).object()
            token = one(told.get("access_token"), changes=True, what="token")
        granted = _told(told.get("scope")) or _asked(app)
        account = Mastodon.connect(door, app.server, token)
        account = replace(account, secrets={**account.secrets, "scopes": granted})
        return Consent((account,), cls.missing(granted))

    @classmethod
    def missing(cls, granted: str) -> frozenset[str]:
        """What we ask for and was not given; `read` covers `read:accounts`."""
        have = set(granted.split())
        return frozenset(scope for scope in cls.scopes if not have & {scope, scope.split(":")[0]})


SCOPES = " ".join(MastodonSignIn.scopes)


def _asked(app: App) -> str:
    """No more than the app was registered with, or the server shows an error in place of its question."""
    return app.allowed.get("scopes") or SCOPES


def register(door: Door, server: str, redirect_uri: str, name: str) -> App:
    """Make Posko known to a server. `redirect_uri` must be the one used later, to the letter.

    `App.allowed` holds those `scopes` that the server says it was registered with, all that we ask for where it says
    nothing (Mastodon before 4.3): a person can give no more than that.
    """
    base = server_address(server)
    asked = {"client_name": name, "redirect_uris": redirect_uri, "scopes": SCOPES}
    with repeatable():
        told = accept(door.call("POST", f"{base}/api/v1/apps", json=asked, changes=True)).object()
        client_id = one(told.get("client_id"), changes=True, what="client id")
        secret = one(told.get("client_secret"), changes=True, what="secret")
    missing = MastodonSignIn.missing(_told(told.get("scopes")) or SCOPES)
    given = " ".join(scope for scope in MastodonSignIn.scopes if scope not in missing)
    return App(base, client_id, secret, redirect_uri, {"scopes": given or SCOPES})


def _told(scopes: Any) -> str:
    """A list of scopes, or a text with blanks between, in one way of writing."""
    named = scopes if isinstance(scopes, list) else str(scopes or "").split()
    return " ".join(str(each) for each in named if each)


def authorize_url(app: App, *, state: str, verifier: str) -> str:
    """See `MastodonSignIn.authorize_url`."""
    return MastodonSignIn.authorize_url(app, state=state, verifier=verifier)


def exchange(door: Door, app: App, *, code: str, verifier: str) -> Account:
    """The one account whose owner came back with `code`. Raises `Reconnect` (wrong_login) when it has gone stale."""
    return MastodonSignIn.exchange(door, app, code=code, verifier=verifier).accounts[0]
