"""What Facebook pushes about a Page: comments, posts, reactions, mentions, messages.

Source: "Webhooks for Pages", Messenger Platform "Webhook Events", read 2026-09; the keys of `value` from memory.
"""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any, ClassVar

from platforms.answers import repeatable, things
from platforms.contents import Account, Event, Happened, Incoming, Place
from platforms.facebook.connector import SUBSCRIBED, Facebook
from platforms.graph import VERSION, Graph, GraphHook, accept, moment
from platforms.hooks import Ear, Unreadable, read_each
from platforms.http import Door

_CHANGED = frozenset({"edited", "edit", "hide", "unhide", "remove", "delete"})
_GONE = frozenset({"remove", "delete"})


class FacebookHook(GraphHook):
    """Events of the fields `feed`, `mention` and `messages`."""

    kind: ClassVar[str] = "facebook"
    object: ClassVar[str] = "page"

    @classmethod
    def subscribe(cls, account: Account, door: Door, ear: Ear, *, anew: bool) -> None:
        """Two steps: the app tells Facebook its address, then the Page is to be told of there."""
        _register(account, door, ear)
        door.permit()  # what was begun is finished
        Facebook(account, door).listen()

    @classmethod
    def unsubscribe(cls, account: Account, door: Door, ear: Ear) -> None:
        Facebook(account, door).stop_listening()

    @classmethod
    def events(cls, body: bytes) -> list[Event]:
        return read_each(cls.entries(body), cls._of)

    @classmethod
    def _of(cls, entry: Mapping[str, Any]) -> Iterator[Event]:
        page, at = str(entry["id"]), moment(entry.get("time")) or datetime.now(UTC)
        for field, value in cls.changes(entry):
            if field == "feed":
                yield _of_feed(page, at, value)
            elif field == "mention":
                yield _of_mention(page, at, value)
        for each in entry.get("messaging") or []:
            if not isinstance(each, dict):
                raise Unreadable("a message without its parts")
            yield _of_message(page, at, each)


def _register(account: Account, door: Door, ear: Ear) -> None:
    """Enter our address at the app, unless it stands there; Facebook shakes hands with it at once.

    Source: Graph API, "Application, subscriptions", read 2026-09; the app speaks with `id|secret`.
    """
    app = account.app.get("client_id", "")
    graph = Graph(door, f"{account.server}/{VERSION}", f"{app}|{account.app.get('client_secret', '')}")
    for each in things(graph.read(f"{app}/subscriptions").get("data")):
        known = {str(field.get("name")) for field in each.get("fields") or [] if isinstance(field, dict)}
        if each.get("callback_url") == ear.url and each.get("active") is not False and known >= set(SUBSCRIBED):
            return
    asked = {
        "object": FacebookHook.object,
        "callback_url": ear.url,
        "verify_token": ear.word,
        "fields": ",".join(SUBSCRIBED),
        "include_values": "true",
    }
    door.permit()
    with repeatable():
        accept(graph.post(f"{app}/subscriptions", asked))


def _of_feed(page: str, at: datetime, value: Mapping[str, Any]) -> Event:
    item, verb = str(value.get("item")), str(value.get("verb"))
    post = str(value.get("post_id") or "")
    by = value.get("from") if isinstance(value.get("from"), dict) else {}
    is_ours = isinstance(by, dict) and str(by.get("id")) == page
    at = moment(value.get("created_time")) or at if verb == "add" else at
    if item == "comment":
        return _of_comment(page, at, value, verb, is_ours=is_ours)
    if item in ("reaction", "like", "share"):
        return Event(f"{post}:{item}:{at.timestamp():.0f}", Happened.FIGURES, page, at, about=post)
    name = f"{post}:{item}:{verb}:{at.timestamp():.0f}"
    if is_ours and verb == "add":
        return Event(name, Happened.PUBLISHED, page, at, about=post)
    if verb in _GONE:
        return Event(name, Happened.REMOVED if is_ours else Happened.CHANGED, page, at, about=post)
    if verb == "add" and post and by:
        return Event(name, Happened.INCOMING, page, at, about=post, incoming=_wrote(Place.MENTION, post, at, value, by))
    return Event(name, Happened.OTHER, page, at, about=post)


def _of_comment(page: str, at: datetime, value: Mapping[str, Any], verb: str, *, is_ours: bool) -> Event:
    comment, post = str(value.get("comment_id") or ""), str(value.get("post_id") or "")
    if not comment:
        raise Unreadable("a comment without its name")
    by = value.get("from") if isinstance(value.get("from"), dict) else {}
    if verb == "add" and not is_ours:
        incoming = _wrote(Place.COMMENT, comment, at, value, by or {}, about=post)
        return Event(f"{comment}:add", Happened.INCOMING, page, at, about=comment, incoming=incoming)
    happened = Happened.CHANGED if verb in _CHANGED and not is_ours else Happened.OTHER
    return Event(f"{comment}:{verb}:{at.timestamp():.0f}", happened, page, at, about=comment)


def _wrote(
    place: Place, name: str, at: datetime, value: Mapping[str, Any], by: Mapping[str, Any], *, about: str = ""
) -> Incoming:
    parent = str(value.get("parent_id") or "")
    return Incoming(
        place=place,
        remote_id=name,
        text=str(value.get("message") or ""),
        at=at,
        author_id=str(by.get("id") or ""),
        author_name=str(by.get("name") or ""),
        about=about,
        parent="" if parent == about else parent,
        thread=about or name,
    )


def _of_mention(page: str, at: datetime, value: Mapping[str, Any]) -> Event:
    name = str(value.get("comment_id") or value.get("post_id") or "")
    if not name:
        raise Unreadable("a mention without its name")
    at = moment(value.get("created_time")) or at
    by = {"id": value.get("sender_id"), "name": value.get("sender_name")}
    if str(value.get("verb") or "add") != "add":
        return Event(f"{name}:mention:{value.get('verb')}", Happened.CHANGED, page, at, about=name)
    incoming = _wrote(Place.MENTION, name, at, value, by)
    return Event(f"{name}:mention", Happened.INCOMING, page, at, about=name, incoming=incoming)


def _of_message(page: str, at: datetime, told: Mapping[str, Any]) -> Event:
    """A message of a person; what we sent ourselves, receipts and button presses are nothing to answer."""
    at = moment(told.get("timestamp")) or at
    sender, message = told.get("sender"), told.get("message")
    person = str(sender.get("id") or "") if isinstance(sender, dict) else ""
    mid = str(message.get("mid") or "") if isinstance(message, dict) else ""
    if not isinstance(message, dict) or not mid or message.get("is_echo") or message.get("is_deleted"):
        happened = (
            Happened.CHANGED if mid and isinstance(message, dict) and message.get("is_deleted") else Happened.OTHER
        )
        return Event(f"{mid or person}:{at.timestamp():.3f}", happened, page, at, about=mid)
    incoming = Incoming(Place.MESSAGE, mid, str(message.get("text") or ""), at, person, "", thread=person)
    return Event(mid, Happened.INCOMING, page, at, about=mid, incoming=incoming)
