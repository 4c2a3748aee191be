"""How a person lets Posko into an account: OAuth 2 with one app of ours, and PKCE where the network has it.

Source: RFC 6749 (OAuth 2.0), RFC 7636 (PKCE). Each network's own `SignIn` stands beside its connector.
"""

import base64
import hashlib
import secrets
from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import ClassVar
from urllib.parse import urlencode

from platforms.contents import Account
from platforms.http import Door


@dataclass(frozen=True)
class App:
    """Posko as one network, or one server of it, knows it.

    `server` is the account's future base address: the network's `home`, a person's server, or the sandbox. `allowed`
    is what the network has granted this app, such as `{"audited": "1"}`.
    """

    server: str
    client_id: str
    client_secret: str = field(repr=False)
    redirect_uri: str = ""
    allowed: Mapping[str, str] = field(default_factory=dict)

    @property
    def for_account(self) -> dict[str, str]:
        """What `Account.app` holds."""
        return {**self.allowed, "client_id": self.client_id, "client_secret": self.client_secret}


@dataclass(frozen=True)
class Consent:
    """What a person came back with: the accounts they may let us into, and the permissions they did not give."""

    accounts: tuple[Account, ...]
    missing: frozenset[str] = frozenset()


class SignIn(ABC):
    """The way of one network. Stateless: `state` and `verifier` stay in the person's session."""

    kind: ClassVar[str]
    home: ClassVar[str]
    hosts: ClassVar[Mapping[str, str]] = {}
    """As with `Connector.hosts`; the page for people is `web`."""
    scopes: ClassVar[tuple[str, ...]]
    """The permissions we ask for, no more; `campaign.permissions` says in words what each is for."""
    needed: ClassVar[frozenset[str]]
    """Those without which nothing works; of the rest people are told what will be missing."""

    @classmethod
    def host(cls, app: App, name: str) -> str:
        """The base address of one of `hosts`; in the sandbox it lies below the app's server."""
        return cls.hosts[name] if app.server == cls.home else f"{app.server}/{name}"

    @classmethod
    def wanted(cls, app: App) -> tuple[str, ...]:
        """What we ask of this person: `scopes`, and what goes with what the network has allowed this app."""
        return cls.scopes

    @classmethod
    @abstractmethod
    def authorize_url(cls, app: App, *, state: str, verifier: str) -> str:
        """Where the person gives their consent. `state` must come back unchanged and belong to their session."""

    @classmethod
    def ask_again_url(cls, app: App, *, state: str, verifier: str) -> str:
        """The same for somebody who left a permission out before; some networks ask for it again only when told."""
        return cls.authorize_url(app, state=state, verifier=verifier)

    @classmethod
    @abstractmethod
    def exchange(cls, door: Door, app: App, *, code: str, verifier: str) -> Consent:
        """What the person who came back with `code` lets us into. Raises `Reconnect` (wrong_login) for a stale code."""


def verifier() -> str:
    """A fresh PKCE secret: keep it in the session until the person comes back."""
    return secrets.token_urlsafe(48)


def challenge(verifier: str) -> dict[str, str]:
    """What of the secret goes along to the network's page."""
    digest = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
    return {"code_challenge": digest, "code_challenge_method": "S256"}


def page(address: str, **asked: str) -> str:
    """The address of a network's page of consent with what we ask."""
    return f"{address}?{urlencode({name: value for name, value in asked.items() if value})}"
