"""X's webhooks: the challenge, subscriptions, what is pushed with which proof, and pushed again on demand.

Our own `XHook` reads everything; X's shapes themselves are proven with the recorded samples.
"""

import json
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
import requests

from platforms.base import Rejected
from platforms.contents import Account, Event, Happened, Place
from platforms.http import Door
from platforms.oauth import App
from platforms.x import XHook
from platforms.x.subscribing import Subscribing
from sandbox import oauth as practice
from tests.sandbox.running import Sandbox

SECRETS = {"client_secret": practice.app("x")[1]}
KINDS = ("post.create", "post.delete", "post.mention.create", "post.reply.create", "dm.received", "oauth.revoke")


class Ear:
    """Answers challenges and keeps what is pushed; `secrets` is what it answers challenges with."""

    def __init__(self) -> None:
        self.events: list[Event] = []
        self.secrets = dict(SECRETS)
        ear = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                answer = XHook.shake(dict(parse_qsl(urlsplit(self.path).query)), ear.secrets)
                self.send_response(200)
                self.end_headers()
                self.wfile.write((answer or ("", ""))[0].encode())

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                headers = {name.lower(): value for name, value in self.headers.items()}
                XHook.verify(headers, body, SECRETS, datetime.now(UTC))
                ear.events += XHook.events(body)
                self.send_response(200)
                self.end_headers()

            def log_message(self, *_: object) -> None:
                """Stay quiet."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/hooks/x/"
        threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True).start()

    def wait(self, number: int) -> list[Event]:
        """What was heard, once it is `number` events."""
        until = time.monotonic() + 8
        while len(self.events) < number and time.monotonic() < until:
            time.sleep(0.02)
        return self.events


class Desk:
    """The app's own calls."""

    def __init__(self, box: Sandbox, http: requests.Session) -> None:
        self.base, self.http, self.account = f"{box.url}/x", http, box.account("x")
        form = {"grant_type": "client_credentials"}
        self.token = http.post(f"{self.base}/oauth2/token", data=form, auth=practice.app("x")).json()["access_token"]
        self.ours = self.account["secrets"]["access"]

    def call(self, method: str, path: str, *, token: str = "", **body: Any) -> requests.Response:
        headers = {"Authorization": f"Bearer {token or self.token}"}
        return self.http.request(method, f"{self.base}{path}", headers=headers, json=body or None, timeout=10)

    def subscribe(self, kind: str, hook: str) -> requests.Response:
        wish = {"event_type": kind, "filter": {"user_id": self.account["remote_id"]}, "tag": kind, "webhook_id": hook}
        return self.call("POST", "/2/activity/subscriptions", token=self.ours, **wish)


@pytest.fixture
def ear() -> Iterator[Ear]:
    ear = Ear()
    yield ear
    ear.server.shutdown()
    ear.server.server_close()


@pytest.fixture
def desk(box: Sandbox, http: requests.Session) -> Desk:
    return Desk(box, http)


@pytest.fixture
def hook(desk: Desk, ear: Ear) -> str:
    """A webhook with every subscription; its id."""
    told = desk.call("POST", "/2/webhooks", url=ear.url).json()["data"]
    assert told["valid"] is True
    for kind in KINDS:
        assert desk.subscribe(kind, told["id"]).json()["data"]["subscription"]["event_type"] == kind
    return str(told["id"])


def test_who_does_not_know_the_secret_is_not_registered(desk: Desk, ear: Ear) -> None:
    ear.secrets["client_secret"] = "wrong"
    refused = desk.call("POST", "/2/webhooks", url=ear.url)
    assert refused.status_code == 400
    assert "CrcValidationFailed" in refused.text
    assert desk.call("GET", "/2/webhooks").json() == {"data": [], "meta": {"result_count": 0}}
    assert "UrlValidationFailed" in desk.call("POST", "/2/webhooks", url="https://example.com/hook").text


def test_what_happens_to_our_account_is_pushed_with_its_proof(box: Sandbox, hook: str, ear: Ear) -> None:
    made = box.control("POST", "hand", platform="x", account="ratna", text="Halo warga")
    box.control("POST", "voters", platform="x", remote_id=made["remote_id"], act="reply", text="Kapan?")
    box.control("POST", "voters", platform="x", account="ratna", act="mention", text="Tolong dijawab")
    box.control("POST", "voters", platform="x", account="ratna", act="message", text="Halo, Bu")
    box.control("POST", "hand", platform="x", remote_id=made["remote_id"], act="delete")
    events = ear.wait(5)
    assert [event.happened for event in events] == [
        Happened.PUBLISHED, Happened.INCOMING, Happened.INCOMING, Happened.INCOMING, Happened.REMOVED,
    ]  # fmt: skip
    told = [event.incoming for event in events if event.incoming]
    assert [(each.place, each.text, each.may_answer) for each in told] == [
        (Place.COMMENT, "Kapan?", False),
        (Place.MENTION, "@ratna Tolong dijawab", True),
        (Place.MESSAGE, "Halo, Bu", True),
    ]
    assert told[0].about == events[0].about == made["remote_id"]
    assert {event.account for event in events} == {box.account("x")["remote_id"]}
    assert len({event.id for event in events}) == 5


def test_a_summons_within_a_comment_is_told_as_a_mention_too(box: Sandbox, hook: str, ear: Ear) -> None:
    made = box.control("POST", "hand", platform="x", account="ratna", text="Halo warga")
    box.control("POST", "voters", platform="x", remote_id=made["remote_id"], act="reply", text="Kapan, @ratna?")
    told = [event.incoming for event in ear.wait(3) if event.incoming]
    assert len({each.remote_id for each in told}) == 1
    assert [each.may_answer for each in told] == [True, True]


def test_a_duplicate_has_the_same_number(box: Sandbox, hook: str, ear: Ear) -> None:
    box.fault("duplicate_webhook", platform="x")
    box.control("POST", "hand", platform="x", account="ratna", text="Satu")
    first, second = ear.wait(2)
    assert first == second


def test_what_was_missed_is_pushed_again_on_demand(box: Sandbox, desk: Desk, hook: str, ear: Ear) -> None:
    box.control("POST", "hand", platform="x", account="ratna", text="Satu")
    (first,) = ear.wait(1)
    now = datetime.now(UTC)
    dates: dict[str, Any] = {"from_date": f"{now - timedelta(minutes=5):%Y%m%d%H%M}", "to_date": f"{now:%Y%m%d%H%M}"}
    assert desk.call("POST", "/2/webhooks/replay", webhook_id=hook, **dates).json()["data"]["job_id"]
    assert ear.wait(2)[1] == first
    dates["from_date"] = f"{now - timedelta(hours=30):%Y%m%d%H%M}"
    assert desk.call("POST", "/2/webhooks/replay", webhook_id=hook, **dates).status_code == 400


def test_our_own_subscribing_does_all_of_it(box: Sandbox, desk: Desk, ear: Ear) -> None:
    app = App(desk.base, *practice.app("x"))
    desk_door = Door(10, 5, frozenset({f"localhost:{box.port}"}))
    ours = Subscribing(app, desk_door)
    webhook = ours.register(ear.url)
    assert ours.register(ear.url) == webhook
    assert ours.challenge(webhook)
    account = Account("x", desk.base, desk.account["remote_id"], "", "", desk.account["secrets"])
    for _ in range(2):
        ours.subscribe(account, webhook)
    box.control("POST", "voters", platform="x", account="ratna", act="message", text="Halo, Bu")
    (first,) = ear.wait(1)
    assert first.incoming is not None
    now = datetime.now(UTC)
    ours.replay(webhook, now - timedelta(minutes=5), now)
    assert ear.wait(2) == [first, first]
    ear.secrets["client_secret"] = "wrong"
    assert not ours.challenge(webhook)
    with pytest.raises(Rejected, match="CrcValidationFailed"):
        ours.register(ear.url + "other")


def test_a_webhook_is_challenged_anew_and_removed(desk: Desk, hook: str, ear: Ear, box: Sandbox) -> None:
    assert desk.call("PUT", f"/2/webhooks/{hook}").json() == {"data": {"valid": True}}
    ear.secrets["client_secret"] = "wrong"
    assert desk.call("PUT", f"/2/webhooks/{hook}").json() == {"data": {"valid": False}}
    assert "DuplicateUrlFailed" in desk.call("POST", "/2/webhooks", url=ear.url).text
    assert desk.call("DELETE", f"/2/webhooks/{hook}").json() == {"data": {"deleted": True}}
    box.control("POST", "hand", platform="x", account="ratna", text="Satu")
    assert desk.call("GET", "/2/webhooks").json()["meta"] == {"result_count": 0}
    assert ear.events == []


def test_subscriptions_are_listed_and_ended(desk: Desk, hook: str, ear: Ear, box: Sandbox) -> None:
    listed = desk.call("GET", "/2/activity/subscriptions").json()["data"]
    assert [each["event_type"] for each in listed] == list(KINDS)
    for each in listed:
        desk.call("DELETE", f"/2/activity/subscriptions/{each['subscription_id']}")
    box.control("POST", "hand", platform="x", account="ratna", text="Satu")
    desk.subscribe("post.delete", hook)
    made = box.control("POST", "hand", platform="x", account="ratna", text="Dua")
    box.control("POST", "hand", platform="x", remote_id=made["remote_id"], act="delete")
    assert [event.happened for event in ear.wait(1)] == [Happened.REMOVED]


def test_private_events_need_the_persons_own_token(desk: Desk, hook: str) -> None:
    wish: dict[str, Any] = {
        "event_type": "dm.received",
        "filter": {"user_id": desk.account["remote_id"]},
        "webhook_id": hook,
    }
    assert desk.call("POST", "/2/activity/subscriptions", **wish).status_code == 401
    assert desk.subscribe("spaces.start", hook).status_code == 400


def test_a_withdrawn_permission_is_told_and_ends_every_token(desk: Desk, hook: str, ear: Ear) -> None:
    form = {"token": desk.ours, "token_type_hint": "access_token"}
    answer = desk.http.post(f"{desk.base}/2/oauth2/revoke", data=form, auth=practice.app("x"), timeout=10)
    assert answer.json() == {"revoked": True}
    assert [event.happened for event in ear.wait(1)] == [Happened.REVOKED]
    assert desk.call("GET", "/2/users/me", token=desk.ours).status_code == 401
    again = {"grant_type": "refresh_token", "refresh_token": desk.account["secrets"]["refresh"]}
    answer = desk.http.post(f"{desk.base}/2/oauth2/token", data=again, auth=practice.app("x"), timeout=10)
    assert json.loads(answer.content)["error"] == "invalid_request"
