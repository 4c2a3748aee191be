"""What Instagram pushes to us: comments, mentions, direct messages.

Source: developers.facebook.com, Instagram Platform "Webhooks" and "Instagram Messaging, Webhooks", 2026-09-11; names
within `value` partly from memory.
"""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any, ClassVar

from platforms.contents import Account, Event, Happened, Incoming, Place
from platforms.graph import GraphHook, moment
from platforms.hooks import Ear, Unreadable, read_each
from platforms.http import Door
from platforms.instagram.connector import Instagram


class InstagramHook(GraphHook):
    """Subscribed on the app's page for the object `instagram`, and for each account by `subscribed_apps`."""

    kind: ClassVar[str] = "instagram"
    object: ClassVar[str] = "instagram"
    by_hand: ClassVar[bool] = True

    @classmethod
    def subscribe(cls, account: Account, door: Door, ear: Ear, *, anew: bool) -> None:
        Instagram(account, door).listen()

    @classmethod
    def unsubscribe(cls, account: Account, door: Door, ear: Ear) -> None:
        Instagram(account, door).stop_listening()

    @classmethod
    def events(cls, body: bytes) -> list[Event]:
        return read_each(cls.entries(body), cls._of)

    @classmethod
    def _of(cls, entry: Mapping[str, Any]) -> Iterator[Event]:
        account, at = str(entry["id"]), moment(entry.get("time")) or datetime.now(UTC)
        for name, value in cls.changes(entry):
            yield from _change(account, at, name, value)
        for each in entry.get("messaging") or []:
            yield from _message(account, each)


def _change(account: str, at: datetime, name: str, value: Mapping[str, Any]) -> list[Event]:
    match name:
        case "comments" | "live_comments":
            return _comment(account, at, value)
        case "mentions":
            media, comment = str(value.get("media_id") or ""), str(value.get("comment_id") or "")
            if not media:
                raise Unreadable("a mention without its post")
            # Only where it is, is told; what was said must be read there.
            return [Event(f"mention:{media}:{comment}", Happened.INCOMING, account, at, about=comment or media)]
        case _:
            return []


def _comment(account: str, at: datetime, value: Mapping[str, Any]) -> list[Event]:
    author, media = value.get("from"), value.get("media")
    if not value.get("id") or not isinstance(author, dict) or not isinstance(media, dict) or not media.get("id"):
        raise Unreadable("a comment without its author or its post")
    if str(author.get("id")) == account:
        return []  # our own answer
    name, about = str(author.get("username") or ""), str(media["id"])
    said = Incoming(
        Place.COMMENT, str(value["id"]), str(value.get("text") or ""), at, str(author.get("id") or name), name,
        f"@{name}", about=about, parent=str(value.get("parent_id") or ""), thread=about,
    )  # fmt: skip
    return [Event(f"comment:{said.remote_id}:add", Happened.INCOMING, account, at, about=about, incoming=said)]


def _message(account: str, told: Any) -> list[Event]:
    if not isinstance(told, dict) or not isinstance(told.get("sender"), dict):
        raise Unreadable("a message without its sender")
    message, who = told.get("message"), str(told["sender"].get("id") or "")
    if not isinstance(message, dict):
        return []  # seen, reactions, buttons
    mid, at = str(message.get("mid") or ""), moment(told.get("timestamp")) or datetime.now(UTC)
    if not mid or not who:
        raise Unreadable("a message without its id")
    if message.get("is_echo") or who == account:
        return []
    if message.get("is_deleted"):
        return [Event(f"message:{mid}:deleted", Happened.CHANGED, account, at, about=mid)]
    # A picture or a voice has no words here; a person looks at it there.
    said = Incoming(Place.MESSAGE, mid, str(message.get("text") or ""), at, who, "", thread=who)
    return [Event(f"message:{mid}:add", Happened.INCOMING, account, at, about=mid, incoming=said)]
