"""How a person lets Posko into their professional Instagram account.

Source: developers.facebook.com, "Business Login for Instagram", 2026-03-13; name of the insights scope unconfirmed.
"""

from collections.abc import Mapping
from typing import Any, ClassVar

from platforms import long_lived
from platforms.answers import one
from platforms.contents import Account
from platforms.http import Door
from platforms.instagram.connector import Instagram
from platforms.oauth import App, Consent, SignIn, page


class InstagramSignIn(SignIn):
    """One account per consent: the one the person is signed in to on instagram.com."""

    kind: ClassVar[str] = Instagram.kind
    home: ClassVar[str] = Instagram.home
    hosts: ClassVar[Mapping[str, str]] = Instagram.hosts
    scopes: ClassVar[tuple[str, ...]] = (
        "instagram_business_basic",
        "instagram_business_content_publish",
        "instagram_business_manage_comments",
        "instagram_business_manage_messages",
        "instagram_business_manage_insights",
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
        told = long_lived.redeem(door, f"{cls.host(app, 'login')}/oauth/access_token", asked)
        short = one(told.get("access_token"), changes=False, what="token")
        secrets = long_lived.lengthen(door, app.server, "ig", short, app.client_secret)
        account = Account(cls.kind, app.server, "", "", "", secrets, app=app.for_account)
        return Consent((Instagram(account, door).check(),), frozenset(cls.scopes) - _granted(told, cls.scopes))


def _granted(told: Mapping[str, Any], asked: tuple[str, ...]) -> frozenset[str]:
    """What the person allowed: a list, or names with commas between. Not told means nothing is known to be missing."""
    found = told.get("permissions")
    if isinstance(found, str):
        found = found.split(",")
    return frozenset(str(each).strip() for each in found) if isinstance(found, list) else frozenset(asked)
