"""Tokens that live 60 days and are renewed with themselves, as Instagram and Threads give them.

There is no second token: one that was not renewed in time is lost, and a person signs in again.
Source: developers.facebook.com, Instagram Platform "Access Token" (2026-03-09), Threads "Long-Lived Tokens" (read
2026-09): at least 24 hours old, not expired.
"""

from abc import abstractmethod
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar

from platforms import graph
from platforms.answers import content, one, repeatable, tidy
from platforms.base import Connector, Reconnect
from platforms.contents import Account
from platforms.http import Answer, Door
from platforms.oauth import App, Consent, SignIn, page

LIFE = timedelta(days=60)
RENEW_AFTER = timedelta(days=7)
"""So a token has always 53 days left, and Posko may stand still for weeks."""


def secrets(token: str, seconds: Any) -> dict[str, str]:
    """What an account keeps: the token, since when and until when."""
    now = datetime.now(UTC)
    life = timedelta(seconds=min(seconds, LIFE.total_seconds())) if isinstance(seconds, int) and seconds > 0 else LIFE
    return {"token": token, "since": now.isoformat(timespec="seconds"), "until": (now + life).isoformat()}


def is_stale(kept: Mapping[str, str], now: datetime) -> bool:
    """Whether it is time to renew. A token of unknown age is left alone: it was put in by hand."""
    since = graph.moment(kept.get("since", ""))
    return since is not None and now - since >= RENEW_AFTER


def lengthen(door: Door, server: str, prefix: str, token: str, client_secret: str) -> dict[str, str]:
    """The secrets of a long-lived token in place of the short one a sign-in gives (one hour)."""
    asked = {"grant_type": f"{prefix}_exchange_token", "client_secret": client_secret, "access_token": token}
    return _read(door.call("GET", f"{server}/access_token", params=asked, changes=False))


def renew(door: Door, server: str, prefix: str, token: str) -> dict[str, str]:
    """New secrets for 60 more days. A repeat does no harm: each gives another good token."""
    asked = {"grant_type": f"{prefix}_refresh_token", "access_token": token}
    return _read(door.call("GET", f"{server}/refresh_access_token", params=asked, changes=False))


def _read(answer: Answer) -> dict[str, str]:
    told = graph.accept(answer).object()
    return secrets(one(told.get("access_token"), changes=False, what="token"), told.get("expires_in"))


def redeem(door: Door, address: str, asked: Mapping[str, str]) -> dict[str, Any]:
    """What the network gives for a code. Raises `Reconnect` (wrong_login) for one that is stale or used.

    The networks add `#_` to the code in the address; browsers keep that from us, people who copy it do not.
    """
    form = {**asked, "grant_type": "authorization_code", "code": asked["code"].removesuffix("#_")}
    with repeatable():
        answer = door.call("POST", address, data=form, changes=True)
    if answer.status in (400, 401, 403):
        raise Reconnect("wrong_login", words=_said(answer))
    told = graph.accept(answer).object()
    data = told.get("data")
    return data[0] if isinstance(data, list) and data and isinstance(data[0], dict) else told


def _said(answer: Answer) -> str:
    """Sign-in has a shape of its own: `error_type`, `code`, `error_message`."""
    found = graph.fault(answer)
    return found.words if found else tidy(str(content(answer).get("error_message") or "")) or "code"


class LongLivedConnector(Connector):
    """The tokens of an account there. `prefix` is the network's own, of the kinds of exchange it knows."""

    prefix: ClassVar[str]

    def is_stale(self, now: datetime) -> bool:
        return is_stale(self.account.secrets, now)

    def renew(self) -> Mapping[str, str]:
        return renew(self.door, self.account.server, self.prefix, self.account.secrets["token"])


class LongLivedSignIn(SignIn):
    """The way of both: a page of consent without PKCE, a code for a short token, that for a long one."""

    connector: ClassVar[type[LongLivedConnector]]

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
        told = redeem(door, f"{cls.redeems_at(app)}/oauth/access_token", asked)
        short = one(told.get("access_token"), changes=False, what="token")
        secrets = lengthen(door, app.server, cls.connector.prefix, short, app.client_secret)
        account = Account(cls.kind, app.server, "", "", "", secrets, app=app.for_account)
        granted = cls.granted(door, app, told, secrets["token"])
        return Consent((cls.connector(account, door).check(),), frozenset(cls.scopes) - granted)

    @classmethod
    def redeems_at(cls, app: App) -> str:
        """The host that gives a token for a code."""
        return app.server

    @classmethod
    @abstractmethod
    def granted(cls, door: Door, app: App, told: Mapping[str, Any], token: str) -> frozenset[str]:
        """What the person allowed; where the network does not tell, all. `told` is its answer to the code."""
