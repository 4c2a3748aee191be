"""How a person lets Posko into their TikTok account.

Source: developers.tiktok.com, "Login Kit for Web" and "Manage User Access Tokens", read 2026-11-02. PKCE is asked of
desktop and mobile apps only; ours proves itself with its secret.
"""

from collections.abc import Mapping
from typing import ClassVar

from platforms.http import Door
from platforms.oauth import App, Consent, SignIn, page
from platforms.tiktok import tokens
from platforms.tiktok.calls import HOME, WEB
from platforms.tiktok.connector import TikTok

DIRECT = "video.publish"
"""Asked for only where the team may post directly; TikTok must have approved it for our app."""


class TikTokSignIn(SignIn):
    """One consent, one account."""

    kind: ClassVar[str] = "tiktok"
    home: ClassVar[str] = HOME
    hosts: ClassVar[Mapping[str, str]] = {"web": WEB}
    scopes: ClassVar[tuple[str, ...]] = (
        "user.info.basic", "user.info.profile", "user.info.stats", "video.list", "video.upload",
    )  # fmt: skip
    needed: ClassVar[frozenset[str]] = frozenset({"user.info.basic", "video.upload"})

    @classmethod
    def wanted(cls, app: App) -> tuple[str, ...]:
        """What we ask of this person."""
        is_direct = "1" in (app.allowed.get("audited"), app.allowed.get("direct"))
        return (*cls.scopes, DIRECT) if is_direct else cls.scopes

    @classmethod
    def authorize_url(cls, app: App, *, state: str, verifier: str) -> str:
        return page(
            f"{cls.host(app, 'web')}/v2/auth/authorize/",
            client_key=app.client_id,
            scope=",".join(cls.wanted(app)),
            response_type="code",
            redirect_uri=app.redirect_uri,
            state=state,
        )

    @classmethod
    def exchange(cls, door: Door, app: App, *, code: str, verifier: str) -> Consent:
        asked = {"grant_type": "authorization_code", "code": code, "redirect_uri": app.redirect_uri}
        told = tokens.ask(door, app.server, app.for_account, **asked)
        account = TikTok.connect(door, app.server, told, app.for_account)
        return Consent((account,), frozenset(cls.wanted(app)) - tokens.granted(account.secrets))
