"""How a person lets Posko into their Mastodon account: OAuth 2 with PKCE, one registered app per server.

Source: Mastodon documentation, methods/apps and methods/oauth; RFC 7636 (PKCE), read 2026-07.
"""

from typing import ClassVar

from platforms import oauth
from platforms.answers import accept, content, one, repeatable, words
from platforms.base import Reconnect
from platforms.contents import Account
from platforms.guard import server_address
from platforms.http import Door
from platforms.mastodon import Mastodon
from platforms.oauth import App, Consent, SignIn

SCOPES = "read:accounts read:statuses write:statuses write:media"
"""What we ask for, no more: who we are, our own posts and their numbers, posting, pictures."""


def register(door: Door, server: str, redirect_uri: str, name: str) -> App:
    """Make Posko known to a server. `redirect_uri` must be the one used later, to the letter."""
    base = server_address(server)
    asked = {"client_name": name, "redirect_uris": redirect_uri, "scopes": SCOPES}
    with repeatable():
        told = accept(door.call("POST", f"{base}/api/v1/apps", json=asked, changes=True)).object()
        client_id = one(told.get("client_id"), changes=True, what="client id")
        return App(base, client_id, one(told.get("client_secret"), changes=True, what="secret"), redirect_uri)


def authorize_url(app: App, *, state: str, verifier: str) -> str:
    """Where the person gives their consent. `state` must come back unchanged and belong to their session."""
    return oauth.page(
        f"{app.server}/oauth/authorize",
        response_type="code",
        client_id=app.client_id,
        redirect_uri=app.redirect_uri,
        scope=SCOPES,
        state=state,
        **oauth.challenge(verifier),
    )


def exchange(door: Door, app: App, *, code: str, verifier: str) -> Account:
    """The account whose owner came back with `code`. Raises `Reconnect` (wrong_login) when the code has gone stale."""
    asked = {
        "grant_type": "authorization_code",
        "client_id": app.client_id,
        "client_secret": app.client_secret,
        "redirect_uri": app.redirect_uri,
        "scope": SCOPES,
        "code": code,
        "code_verifier": verifier,
    }
    with repeatable():
        answer = door.call("POST", f"{app.server}/oauth/token", data=asked, changes=True)
        if answer.status in (400, 401) and content(answer).get("error"):
            raise Reconnect("wrong_login", words=words(answer))
        token = one(accept(answer).object().get("access_token"), changes=True, what="token")
    return Mastodon.connect(door, app.server, token)


class MastodonSignIn(SignIn):
    """One account of one server, whose address people type; nobody there can take a part of the permissions out."""

    kind: ClassVar[str] = "mastodon"
    home: ClassVar[str] = ""
    scopes: ClassVar[tuple[str, ...]] = tuple(SCOPES.split())
    needed: ClassVar[frozenset[str]] = frozenset(scopes)

    @classmethod
    def authorize_url(cls, app: App, *, state: str, verifier: str) -> str:
        return authorize_url(app, state=state, verifier=verifier)

    @classmethod
    def exchange(cls, door: Door, app: App, *, code: str, verifier: str) -> Consent:
        return Consent((exchange(door, app, code=code, verifier=verifier),))
