"""A network that pushes, and one that is read: both in this process, as each test wants them."""

import json
from collections.abc import Callable, Mapping
from contextlib import nullcontext
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar

import pytest
from django.conf import settings as django_settings
from django.test import Client

from campaign.models import Channel, ServerApp
from engagement import listening
from engagement.models import Poll
from platforms.contents import Event, Happened, Incoming, Page, Place, Seen
from platforms.hooks import Forged, Hook, Unreadable, same, signature
from platforms.registry import HOOKS, KINDS
from tests.network import FakeConnector

SECRET = "rahasia-aplikasi"
OLD = timedelta(minutes=5)
PUSH = "/hooks/mastodon/"


class SignedHook(Hook):
    """Pushes as TikTok signs them (the time is part of it) and shakes hands as Meta does.

    Source: platforms.md 2.3; TikTok webhooks-verification, Meta webhooks getting-started.
    """

    kind: ClassVar[str] = "mastodon"

    @classmethod
    def shake(cls, query: Mapping[str, str], secrets: Mapping[str, str]) -> tuple[str, str] | None:
        if "hub.mode" not in query:
            return None
        if not same(query.get("hub.verify_token", ""), secrets["token"]):
            raise Forged("word")
        return query["hub.challenge"], "text/plain"

    @classmethod
    def verify(cls, headers: Mapping[str, str], body: bytes, secrets: Mapping[str, str], now: datetime) -> None:
        told = dict(part.split("=", 1) for part in headers.get("fake-signature", "").split(",") if "=" in part)
        wanted = signature(secrets["client_secret"], told.get("t", "").encode() + b"." + body)
        if not same(told.get("s", ""), wanted):
            raise Forged("signature")
        if abs(now - datetime.fromtimestamp(int(told["t"]), UTC)) > OLD:
            raise Forged("old")

    @classmethod
    def events(cls, body: bytes) -> list[Event]:
        try:
            told = json.loads(body)["events"]
        except (ValueError, KeyError, TypeError) as error:
            raise Unreadable("no events") from error
        return [read_event(each) for each in told]


def read_event(told: dict[str, Any]) -> Event:
    said = told.get("incoming")
    return Event(
        told["id"],
        Happened(told["happened"]),
        told["account"],
        datetime.fromisoformat(told["at"]),
        about=told.get("about", ""),
        incoming=Incoming(**(said | {"place": Place(said["place"]), "at": datetime.fromisoformat(said["at"])}))
        if said
        else None,
    )


def event(happened: Happened, on: Channel | str, at: datetime, **told: Any) -> dict[str, Any]:
    """One event as the pushing network writes it."""
    account = on if isinstance(on, str) else on.remote_id
    about = told.get("about", "")
    return {
        "id": f"{happened}:{about}:{at.isoformat()}",
        "happened": happened.value,
        "account": account,
        "at": at.isoformat(),
    } | told


def comment(on: Channel | str, at: datetime, *, name: str = "k1", text: str = "Kapan, Bu?", **told: Any) -> Any:
    """The event of somebody's comment; `changed` for one that was edited or hidden."""
    said = {
        "place": "comment", "remote_id": name, "text": text, "at": told.pop("written", at).isoformat(),
        "author_id": "w1", "author_name": "Siti Aminah", "author_handle": "@siti",
        "is_hidden": told.pop("is_hidden", False),
    }  # fmt: skip
    happened = told.pop("happened", Happened.INCOMING)
    return event(happened, on, at, about=name, incoming=said, **told)


def body_of(*events: dict[str, Any]) -> bytes:
    return json.dumps({"events": events}).encode()


def signed(body: bytes, *, secret: str = SECRET, at: datetime | None = None) -> dict[str, str]:
    moment = str(int((at or datetime.now(UTC)).timestamp()))
    return {"Fake-Signature": f"t={moment},s={signature(secret, moment.encode() + b'.' + body)}"}


@pytest.fixture
def pushing(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """Mastodon pushes; Posko's app there is registered on the sandbox, and on the real network with another secret."""
    monkeypatch.setitem(HOOKS, "mastodon", SignedHook)
    monkeypatch.setitem(KINDS, "mastodon", Shown)
    for server, secret in ((f"{django_settings.SANDBOX_URL}/mastodon", SECRET), (Shown.home, "rahasia-sungguhan")):
        ServerApp.objects.create(server=server, redirect_uri="x", secrets={"client_id": "1", "client_secret": secret})


@pytest.fixture
def push(client: Client, pushing: None) -> Callable[..., Any]:
    """`push(event, …)` posts one signed body; `headers`, `secret`, `path` and `body` as told otherwise."""

    def pushed(*events: dict[str, Any], path: str = PUSH, body: bytes | None = None, **told: Any) -> Any:
        sent = body_of(*events) if body is None else body
        headers = told.pop("headers", None) or signed(sent, **told)
        return client.post(path, sent, content_type="application/json", headers=headers)

    return pushed


# Being read --------------------------------------------------------------------------------------


@dataclass
class Side:
    """What the network shows when it is asked."""

    posts: list[Seen] = field(default_factory=list)
    written: dict[Place, list[Incoming]] = field(default_factory=dict)
    asked: list[tuple[str, str]] = field(default_factory=list)
    trouble: Exception | None = None
    meanwhile: Callable[[], object] = lambda: None
    has_messages: bool = True


class Shown(FakeConnector):
    """Shows `side`, which each test sets anew; two entries to a page, the cursor counts them."""

    side: ClassVar[Side] = Side()

    def timeline(self, since: datetime) -> list[Seen]:
        self.side.asked.append(("timeline", since.isoformat()))
        if self.side.trouble:
            raise self.side.trouble
        shown = [post for post in self.side.posts if post.at >= since]
        self.side.meanwhile()
        return sorted(shown, key=lambda post: post.at, reverse=True)

    def messages(self, place: Place, cursor: str) -> Page[Incoming]:
        self.side.asked.append((place.value, cursor))
        if self.side.trouble:
            raise self.side.trouble
        if place is Place.MESSAGE and not self.side.has_messages:
            raise NotImplementedError
        begin = int(cursor or 0)
        found = self.side.written.get(place, [])[begin : begin + 2]
        return Page(tuple(found), str(begin + len(found)))


@pytest.fixture
def side(monkeypatch: pytest.MonkeyPatch) -> Side:
    """Mastodon, in this process."""
    monkeypatch.setitem(KINDS, "mastodon", Shown)
    monkeypatch.setattr(Shown, "side", Side())
    return Shown.side


def listen(*, since: timedelta = timedelta(hours=3)) -> list[bool]:
    """Read every place of every account in this thread and transaction; the timeline's beginning lies so far back."""
    listening.follow()
    now = datetime.now(UTC)
    Poll.objects.filter(read_at=None).update(since=now - since)
    Poll.objects.filter(next_at__isnull=False).update(next_at=now - timedelta(seconds=1))
    return [listening.read(poll, lend=nullcontext) for poll in listening.claim()]
