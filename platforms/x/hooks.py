"""What X pushes: the X Activity API.

The secret is the app's *consumer secret* (API secret key), which is not the client secret of OAuth 2: it is taken from
`consumer_secret`, and from `client_secret` where an app has only one. A challenge is answered with that same secret, to
anybody: so what has the brace that every event has is signed for nobody, and what has none proves nothing.
X signs no time, and replays what was missed up to a day later, so age proves nothing: `event_uuid` tells repeats.
Source: X documentation, x-api/webhooks/quickstart, x-api/activity/introduction and event-payloads, 2026-08.
"""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, ClassVar

from platforms.contents import Account, Event, Happened, Incoming, Place
from platforms.hooks import Ear, Forged, Hook, Unreadable, same, signature
from platforms.http import Door
from platforms.oauth import App
from platforms.x import posts
from platforms.x.inbox import page_of
from platforms.x.sign_in import HOSTS
from platforms.x.subscribing import Subscribing

SIGNATURE = "x-twitter-webhooks-signature"
_SITE = HOSTS["web"]
_WRITTEN = frozenset({"post.mention.create", "post.reply.create", "post.quote.create"})
_POSTS = {"post.create": Happened.PUBLISHED, "post.delete": Happened.REMOVED}
_COUNTED = {"like.create": "liked_tweet_id", "post.repost.create": "id", "follow.follow": "", "follow.unfollow": ""}


class XHook(Hook):
    """One event per call."""

    kind: ClassVar[str] = "x"

    @classmethod
    def subscribe(cls, account: Account, door: Door, ear: Ear, *, anew: bool) -> None:
        """X challenges the address at once, and pushes what is new from then on."""
        ours = _ours(account, door)
        ours.subscribe(account, ours.register(ear.url))

    @classmethod
    def unsubscribe(cls, account: Account, door: Door, ear: Ear) -> None:
        _ours(account, door).unsubscribe(account)

    @classmethod
    def shake(cls, query: Mapping[str, str], secrets: Mapping[str, str]) -> tuple[str, str] | None:
        if not (token := query.get("crc_token", "")):
            return None
        if "{" in token:
            raise Forged("a challenge that could be an event")
        proof = "sha256=" + signature(_secret(secrets), token.encode(), form="base64")
        return json.dumps({"response_token": proof}), "application/json"

    @classmethod
    def verify(cls, headers: Mapping[str, str], body: bytes, secrets: Mapping[str, str], now: datetime) -> None:
        if b"{" not in body:
            raise Forged("a challenge, whose proof anybody gets from us")
        if not same(headers.get(SIGNATURE, ""), "sha256=" + signature(_secret(secrets), body, form="base64")):
            raise Forged(SIGNATURE)

    @classmethod
    def events(cls, body: bytes) -> list[Event]:
        try:
            told = json.loads(body)
        except (ValueError, RecursionError):
            raise Unreadable("no JSON") from None
        data = posts.part(told, "data") if isinstance(told, dict) else {}
        kind, name = str(data.get("event_type") or ""), str(data.get("event_uuid") or "")
        if not kind or not name or not isinstance(data.get("payload"), dict):
            raise Unreadable(kind or "no event")
        us = str(posts.part(data, "filter").get("user_id") or posts.part(data, "payload").get("user_id") or "")
        return _events(kind, name, us, data["payload"], data)


def _ours(account: Account, door: Door) -> Subscribing:
    known = account.app
    allowed = {name: value for name, value in known.items() if name.startswith("consumer_")}
    app = App(account.server, known.get("client_id", ""), known.get("client_secret", ""), allowed=allowed)
    return Subscribing(app, door)


def _secret(secrets: Mapping[str, str]) -> str:
    return secrets.get("consumer_secret") or secrets.get("client_secret") or ""


def _events(kind: str, name: str, us: str, payload: dict[str, Any], data: dict[str, Any]) -> list[Event]:
    if kind == "dm.received":
        return _messages(name, us, payload)
    if kind == "oauth.revoke":
        return [Event(name, Happened.REVOKED, us, _moment(payload.get("date_time")))]
    if kind in _WRITTEN:
        entry = _entry(kind, us, payload, data)
        return [Event(name, Happened.INCOMING, us, entry.at, about=entry.remote_id, incoming=entry)]
    if kind in _POSTS:
        at = posts.made_at(payload) if kind == "post.create" else datetime.now(UTC)
        return [Event(name, _POSTS[kind], us, at, about=_id(payload))]
    if kind == "like.create" and str(payload.get("liked_tweet_author_id")) != us:
        return []  # what we liked ourselves
    if kind in _COUNTED:
        about = _above(payload) if kind == "post.repost.create" else str(payload.get(_COUNTED[kind]) or "")
        return [Event(name, Happened.FIGURES, us, posts.made_at(payload), about=about)]
    return []


def _entry(kind: str, us: str, payload: dict[str, Any], data: dict[str, Any]) -> Incoming:
    _id(payload)
    people, is_quote = posts.by_id(data, "users"), kind == "post.quote.create"
    return posts.incoming(payload, posts.Us(us), people, _SITE, is_quote=is_quote)


def _messages(name: str, us: str, payload: dict[str, Any]) -> list[Event]:
    """Usually one; what we wrote ourselves is left out."""
    found: list[Event] = []
    users = {key: posts.part(each, "data") for key, each in posts.part(payload, "users").items()}
    events = posts.entries(payload.get("direct_message_events"))
    if not events:
        raise Unreadable("dm.received without a message")
    for number, event in enumerate(events):
        made = posts.part(event, "message_create")
        sender, words = str(made.get("sender_id") or ""), posts.part(made, "message_data")
        if not sender or sender == us:
            continue
        at, who = _milliseconds(event.get("created_timestamp")), users.get(sender, {})
        handle = str(who.get("username") or "")
        entry = Incoming(
            place=Place.MESSAGE,
            remote_id=_id(event),
            text=posts.text_of(words),
            at=at,
            author_id=sender,
            author_name=str(who.get("name") or handle or sender),
            author_handle=f"@{handle}" if handle else "",
            thread=sender,
            url=page_of(_SITE, ""),
        )
        each = name if number == 0 else f"{name}/{number}"
        found.append(Event(each, Happened.INCOMING, us, at, about=entry.remote_id, incoming=entry))
    return found


def _above(payload: dict[str, Any]) -> str:
    return next((str(each.get("id")) for each in posts.entries(payload.get("referenced_tweets"))), "")


def _id(thing: Mapping[str, Any]) -> str:
    if not thing.get("id"):
        raise Unreadable("no id")
    return str(thing["id"])


def _milliseconds(value: Any) -> datetime:
    text = str(value or "")
    return datetime.fromtimestamp(int(text[:13]) / 1000, UTC) if text.isdigit() else datetime.now(UTC)


def _moment(value: Any) -> datetime:
    try:
        at = datetime.fromisoformat(str(value))
    except ValueError:
        return datetime.now(UTC)
    return at if at.tzinfo else at.replace(tzinfo=UTC)
