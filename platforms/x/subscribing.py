"""Asking X to push: the app's webhook, and for each account what it shall tell.

The app speaks for itself with its consumer key and secret (`consumer_key`, `consumer_secret` of `App.allowed`; an app
with one pair only uses `client_id` and `client_secret`). X challenges the address at once: it must answer already.
Source: X documentation, x-api/webhooks/quickstart and x-api/activity/introduction, openapi.json 2.167, 2026-08.
"""

import base64
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

from platforms.answers import one, repeatable
from platforms.contents import Account
from platforms.http import Answer, Door
from platforms.oauth import App
from platforms.x.calling import Calls
from platforms.x.posts import entries, part

KINDS = ("post.mention.create", "post.reply.create", "post.quote.create", "dm.received", "post.delete", "oauth.revoke")
"""What is worth its price: likes and follows are counted when numbers are read."""


class Subscribing:
    """The app's own calls. The first one fetches the app's token, which has no end."""

    def __init__(self, app: App, door: Door) -> None:
        self.app, self.door = app, door
        self._token = ""

    def register(self, url: str) -> str:
        """The id of the webhook at `url`, made where there is none. Raises `Rejected` when the challenge fails.

        One that X has given up, after it could not be reached for a day, is challenged anew.
        """
        for each in entries(self._calls.get("/2/webhooks").object().get("data")):
            if each.get("url") == url:
                found = one(each.get("id"), changes=False, what="webhook id")
                if each.get("valid") is False:
                    self.door.permit()
                    self.challenge(found)
                return found
        self.door.permit()
        with repeatable():
            return one(_data(self._calls.post("/2/webhooks", json={"url": url})).get("id"), changes=True, what="id")

    def challenge(self, webhook_id: str) -> bool:
        """Have X ask the address anew, as after it could not be reached for a day; whether it answered well."""
        with repeatable():
            answer = self._calls.try_post(f"/2/webhooks/{quote(webhook_id, safe='')}", method="PUT")
            if not answer.ok:
                self._calls.refuse(answer)
            return _data(answer).get("valid") is True

    def subscribe(self, account: Account, webhook_id: str) -> None:
        """Push from now on what concerns `account`. Twice is once. Its own token proves that it agrees."""
        theirs = Calls(account, self.door)
        have = {str(each.get("event_type")) for each in self._of(account) if each.get("webhook_id") == webhook_id}
        for kind in KINDS:
            if kind in have:
                continue
            wish = {"event_type": kind, "filter": {"user_id": account.remote_id}, "webhook_id": webhook_id}
            self.door.permit()  # what was begun is finished
            with repeatable():
                theirs.post("/2/activity/subscriptions", json=wish)

    def unsubscribe(self, account: Account) -> None:
        """Push nothing more of `account`."""
        for each in self._of(account):
            self.door.permit()
            with repeatable():
                answer = self._calls.try_post(
                    f"/2/activity/subscriptions/{quote(_name(each), safe='')}", method="DELETE"
                )
                if not answer.ok and answer.status != 404:
                    self._calls.refuse(answer)

    def _of(self, account: Account) -> list[dict[str, Any]]:
        told = entries(self._calls.get("/2/activity/subscriptions").object().get("data"))
        return [each for each in told if str(part(each, "filter").get("user_id")) == account.remote_id]

    def replay(self, webhook_id: str, since: datetime, until: datetime) -> None:
        """Push once more what was told between two moments of the last 24 hours."""
        dates = {"from_date": _minute(since), "to_date": _minute(until)}
        with repeatable():
            self._calls.post("/2/webhooks/replay", json={"webhook_id": webhook_id, **dates})

    @property
    def _calls(self) -> Calls:
        account = Account("x", self.app.server, "", "", "", {"access": self._app_token()})
        return Calls(account, self.door)

    def _app_token(self) -> str:
        if not self._token:
            known = self.app.allowed
            pair = (
                known.get("consumer_key") or self.app.client_id,
                known.get("consumer_secret") or self.app.client_secret,
            )
            written = base64.b64encode(":".join(quote(each) for each in pair).encode()).decode()
            nobody = Calls(Account("x", self.app.server, "", "", "", {"access": ""}), self.door)
            with repeatable():
                answer = self.door.call(
                    "POST",
                    f"{self.app.server}/oauth2/token",
                    headers={"Authorization": f"Basic {written}"},
                    data={"grant_type": "client_credentials"},
                    changes=True,
                )
                if not answer.ok:
                    nobody.refuse(answer)
                self._token = one(answer.object().get("access_token"), changes=True, what="token")
        return self._token


def _name(told: dict[str, Any]) -> str:
    return one(told.get("subscription_id"), changes=False, what="subscription id")


def _data(answer: Answer) -> dict[str, Any]:
    return part(answer.object(), "data")


def _minute(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y%m%d%H%M}"
