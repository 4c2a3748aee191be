"""A network that lets apps in by OAuth, in this process: `Way` says what the next person comes back with."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar

from campaign.models import Campaign
from platforms import oauth
from platforms.contents import Account
from platforms.http import Door
from platforms.oauth import App, Consent, SignIn
from platforms.registry import KINDS, SIGN_INS
from tests.network import FakeConnector

HOME = "https://jejaring.example"


@dataclass
class Way:
    """What the network answers; what it was asked."""

    accounts: tuple[Account, ...] = ()
    missing: frozenset[str] = frozenset()
    error: Exception | None = None
    seen: list[App] = field(default_factory=list)
    verifiers: list[str] = field(default_factory=list)


class FacebookLike(FakeConnector):
    kind, label, home = "facebook", "Facebook", HOME


class LetIn(SignIn):
    """With PKCE, four permissions, and Facebook's names for them."""

    kind, home = "facebook", HOME
    scopes = ("pages_show_list", "pages_manage_posts", "read_insights", "pages_messaging")
    needed = frozenset({"pages_manage_posts"})
    way: ClassVar[Way] = Way()

    @classmethod
    def authorize_url(cls, app: App, *, state: str, verifier: str) -> str:
        asked = {"client_id": app.client_id, "redirect_uri": app.redirect_uri, "state": state}
        return oauth.page(f"{app.server}/dialog", **asked, **oauth.challenge(verifier))

    @classmethod
    def ask_again_url(cls, app: App, *, state: str, verifier: str) -> str:
        return cls.authorize_url(app, state=state, verifier=verifier) + "&auth_type=rerequest"

    @classmethod
    def exchange(cls, door: Door, app: App, *, code: str, verifier: str) -> Consent:
        cls.way.seen.append(app)
        cls.way.verifiers.append(verifier)
        if cls.way.error:
            raise cls.way.error
        return Consent(cls.way.accounts, cls.way.missing)


def open_way(monkeypatch: Any) -> Way:
    """Posko speaks to the network from now on, and one Page is let in."""
    monkeypatch.setitem(KINDS, "facebook", FacebookLike)
    monkeypatch.setitem(SIGN_INS, "facebook", LetIn)
    monkeypatch.setattr(LetIn, "way", Way((page(),)))
    return LetIn.way


def page(number: int = 1, secrets: Mapping[str, str] | None = None, **fields: Any) -> Account:
    """One Page that a person manages."""
    kept = secrets or {"token": f"token-rahasia-{number}"}
    return Account("facebook", HOME, str(number), f"Halaman {number}", f"@halaman{number}", kept, **fields)


def sandboxed(campaign: Campaign, settings: Any, account: Account) -> Account:
    """The same on the practice network."""
    assert campaign.is_practice
    return Account(**{**vars(account), "server": f"{settings.SANDBOX_URL}/facebook"})
