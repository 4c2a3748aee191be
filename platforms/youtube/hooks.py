"""New films of a channel, as YouTube's hub pushes them. Nothing is pushed for comments.

Source: W3C WebSub and YouTube Data API, "Subscribe to Push Notifications"; RFC 6721 (deleted entries). From memory.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import ClassVar, Never
from urllib.parse import parse_qs, urlsplit
from xml.parsers import expat

from platforms.answers import accept, repeatable
from platforms.contents import Account, Event, Happened
from platforms.hooks import Ear, Forged, Hook, Unreadable, same, signature
from platforms.http import Door
from platforms.youtube import shapes
from platforms.youtube.connector import Youtube

TOPIC = "https://www.youtube.com/feeds/videos.xml"
LEASE = 5 * 24 * 3600
"""Seconds a subscription lasts at most before it must be renewed (from memory)."""
MOST = 256 * 1024
"""Bytes of a notice that are read; real ones have two thousand."""
DEEPEST = 20

ATOM, TUBE = "http://www.w3.org/2005/Atom", "http://www.youtube.com/xml/schemas/2015"
ENTRY, DELETED = f"{ATOM}|entry", "http://purl.org/atompub/tombstones/1.0|deleted-entry"


def topic(channel: str) -> str:
    """What one subscribes to for a channel's films."""
    return f"{TOPIC}?channel_id={channel}"


def subscribe(door: Door, hub: str, channel: str, callback: str, token: str, *, mode: str = "subscribe") -> None:
    """Ask `hub` (`Youtube.host("hub")`) for news of the channel at `callback`. Repeat it before the lease ends.

    `token` is a secret of ours, under 200 bytes: the hub signs with it, and shows it again at the handshake.
    The address goes along with a key that only we can make: whoever does not know it cannot name our subscription to
    the hub, and so neither end it nor have it signed with another secret. `mode` may be "unsubscribe".
    """
    asked = {
        "hub.mode": mode,
        "hub.topic": topic(channel),
        "hub.callback": f"{callback}?key={_key(token)}",
        "hub.verify": "async",
        "hub.verify_token": token,
        "hub.secret": token,
        "hub.lease_seconds": str(LEASE),
    }
    with repeatable():
        accept(door.call("POST", f"{hub}/subscribe", data=asked, changes=True))


def _key(token: str) -> str:
    return signature(token, b"callback")[:32] if token else ""


class YoutubeHook(Hook):
    """WebSub. `secrets["token"]` is what `subscribe` was given."""

    kind: ClassVar[str] = "youtube"
    needs_app: ClassVar[bool] = False
    again: ClassVar[timedelta] = timedelta(days=1)

    @classmethod
    def subscribe(cls, account: Account, door: Door, ear: Ear, *, anew: bool) -> None:
        """A hub keeps at most the lease it likes, which may be less than asked; so again each day."""
        subscribe(door, Youtube(account, door).host("hub"), account.remote_id, ear.url, ear.word)

    @classmethod
    def unsubscribe(cls, account: Account, door: Door, ear: Ear) -> None:
        hub = Youtube(account, door).host("hub")
        subscribe(door, hub, account.remote_id, ear.url, ear.word, mode="unsubscribe")

    @classmethod
    def shake(cls, query: Mapping[str, str], secrets: Mapping[str, str]) -> tuple[str, str] | None:
        """Hubs of today may leave the word out: then the key in the address shows that we asked."""
        if "hub.mode" not in query:
            return None
        about, word, token = query.get("hub.topic", ""), query.get("hub.verify_token"), secrets.get("token", "")
        is_ours = same(query.get("key", ""), _key(token)) if word is None else same(word, token)
        is_known = query["hub.mode"] in ("subscribe", "unsubscribe")
        if not is_known or not is_ours or not _channel_of(about) or not query.get("hub.challenge"):
            raise Forged("handshake")
        return query["hub.challenge"], "text/plain"

    @classmethod
    def verify(cls, headers: Mapping[str, str], body: bytes, secrets: Mapping[str, str], now: datetime) -> None:
        """HMAC-SHA1 of the raw body. There is no time in it: a replay repeats an id, and changes nothing."""
        wanted = f"sha1={signature(secrets.get('token', ''), body, algorithm='sha1')}"
        if not secrets.get("token") or not same(headers.get("x-hub-signature", "").lower(), wanted):
            raise Forged("signature")

    @classmethod
    def events(cls, body: bytes) -> list[Event]:
        """Films that are new or changed, and films that are gone."""
        return [_event(entry) for entry in _read(body)]


def _channel_of(about: str) -> str:
    parts = urlsplit(about)
    is_theirs = parts.scheme == "https" and parts.hostname == "www.youtube.com" and parts.path.endswith("/videos.xml")
    return parse_qs(parts.query).get("channel_id", [""])[0] if is_theirs else ""


def _event(entry: "_Entry") -> Event:
    told = entry.told
    if entry.is_gone:
        video = told.get("ref", "").removeprefix("yt:video:")
        channel = told.get(f"{ATOM}|uri", "").rstrip("/").rpartition("/")[2]
        at, happened = shapes.moment(told.get("when")), Happened.REMOVED
    else:
        video, channel = told.get(f"{TUBE}|videoId", ""), told.get(f"{TUBE}|channelId", "")
        at, happened = shapes.moment(told.get(f"{ATOM}|updated")), Happened.PUBLISHED
    if not video or at is None:
        raise Unreadable("an entry without film or time")
    return Event(f"{video}:{happened}:{at.astimezone(UTC).isoformat()}", happened, channel, at, about=video)


# Reading Atom safely -------------------------------------------------------------------------------


@dataclass
class _Entry:
    """One entry: the words of its parts by full name, and its attributes. Of two parts of one name the first stays."""

    is_gone: bool
    told: dict[str, str] = field(default_factory=dict)


class _Reader:
    """Collects entries. A document type is refused: it is the way to entities that grow without end."""

    def __init__(self) -> None:
        self.entries: list[_Entry] = []
        self.path: list[str] = []
        self.words: list[str] = []
        parser = expat.ParserCreate(namespace_separator="|")
        parser.buffer_text = True
        parser.StartElementHandler, parser.EndElementHandler = self.start, self.end
        parser.CharacterDataHandler = self.words.append
        parser.StartDoctypeDeclHandler = parser.EntityDeclHandler = parser.ExternalEntityRefHandler = self.refuse
        self.parser = parser

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if not self.path and name != f"{ATOM}|feed":
            raise Unreadable("no Atom feed")
        self.path.append(name)
        self.words.clear()
        if len(self.path) > DEEPEST:
            raise Unreadable("nested too deeply")
        if len(self.path) == 2 and name in (ENTRY, DELETED):
            self.entries.append(_Entry(name == DELETED, dict(attributes)))

    def end(self, name: str) -> None:
        if len(self.path) > 2 and self.path[1] in (ENTRY, DELETED):
            self.entries[-1].told.setdefault(name, "".join(self.words).strip())
        self.words.clear()
        self.path.pop()

    @staticmethod
    def refuse(*_: object) -> Never:
        raise Unreadable("a document type")


def _read(body: bytes) -> list[_Entry]:
    if len(body) > MOST:
        raise Unreadable("too long")
    reader = _Reader()
    try:
        reader.parser.Parse(body, True)
    except expat.ExpatError as error:
        raise Unreadable("not XML") from error
    return reader.entries
