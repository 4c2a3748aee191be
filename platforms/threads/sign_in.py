"""How a person lets Posko into their Threads profile.

Source: developers.facebook.com, Threads API "Get Access Tokens and Permissions", "Long-Lived Tokens", read 2026-09.
"""

from collections.abc import Mapping
from typing import ClassVar

from platforms import long_lived
from platforms.answers import one
from platforms.contents import Account
from platforms.http import Door
from platforms.oauth import App, Consent, SignIn, page
from platforms.threads.connector import VERSION, Threads


class ThreadsSignIn(SignIn):
    """One profile per consent. The app is one of its own, apart from Facebook's and Instagram's."""

    kind: ClassVar[str] = Threads.kind
    home: ClassVar[str] = Threads.home
    hosts: ClassVar[Mapping[str, str]] = Threads.hosts
    scopes: ClassVar[tuple[str, ...]] = (
        "threads_basic",
        "threads_content_publish",
        "threads_manage_insights",
        "threads_read_replies",
        "threads_manage_replies",
        "threads_manage_mentions",
        "threads_delete",
    )
    needed: ClassVar[frozenset[str]] = frozenset(scopes[:2])

    @classmethod
    def authorize_url(cls, app: App, *, state: str, verifier: str) -> str:
        """The network knows no PKCE: the code is worth nothing without the app's secret."""
        return page(
            f"{cls.host(app, 'web')}/oauth/authorize",
            client_id=app.client_id,
            redirect_uri=app.redirect_uri,
            response_type="code",
            scope=",".join(cls.scopes),
            state=state,
        )

    @classmethod
    def exchange(cls, door: Door, app: App, *, code: str, verifier: str) -> Consent:
        asked = {
            "client_id": app.client_id,
            "client_secret": app.client_secret,
            "redirect_uri": app.redirect_uri,
            "code": code,
        }
        told = long_lived.redeem(door, f"{app.server}/oauth/access_token", asked)
        short = one(told.get("access_token"), changes=False, what="token")
        secrets = long_lived.lengthen(door, app.server, "th", short, app.client_secret)
        account = Account(cls.kind, app.server, "", "", "", secrets, app=app.for_account)
        granted = cls._granted(door, app, secrets["token"])
        return Consent((Threads(account, door).check(),), frozenset(cls.scopes) - granted)

    @classmethod
    def _granted(cls, door: Door, app: App, token: str) -> frozenset[str]:
        """What the person allowed, by `debug_token` (unconfirmed); where that does not tell, all."""
        asked = {"access_token": token, "input_token": token}
        answer = door.call("GET", f"{app.server}/{VERSION}/debug_token", params=asked, changes=False)
        data = answer.object().get("data") if answer.ok else None
        found = data.get("scopes") if isinstance(data, dict) else None
        return frozenset(str(each) for each in found) if isinstance(found, list) else frozenset(cls.scopes)
