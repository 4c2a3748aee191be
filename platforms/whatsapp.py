"""WhatsApp: a status, a group or a channel, into which only people write, by hand and with their own phones.

There is nothing to call. Meta closes the Business Platform and the Business app to candidates, parties and campaigns
(platforms.md, WA.1), and clients that pass for a phone break WhatsApp's terms and cost people their numbers. What this
class knows is how WhatsApp counts, so that nobody stands before a text that does not fit.
"""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import ClassVar, NoReturn
from urllib.parse import quote

import regex  # type: ignore[import-untyped]

from platforms.base import Ability, Connector, ConnectorError, Keep
from platforms.contents import Account, Draft, Key, Mark, Problem, Sent
from platforms.counting import PictureRules, marks, number, picture_problems, text_problems
from platforms.films import MP4, FilmRules, film_problems

# Documented for the Cloud API only (messages, Text and Media, read 2025-12); of the app nothing official was found.
TEXT, CAPTION, PICTURES = 4096, 1024, 10
STATUS = 700  # people's own reports, unconfirmed
SIZE, FILM_SIZE = 5 * 1024 * 1024, 16 * 1024 * 1024
_PATTERNS = {
    "link": regex.compile(r"https?://[^\s<>\"]*[^\s<>\".,:;!?)\]}]", regex.I),
}


def chat_link(text: str = "", *, number: str = "") -> str:
    """What opens WhatsApp with `text` written, to `number` (the country's first) or to whom one chooses there.

    Source: platforms.md, WhatsApp, click to chat.
    """
    return f"https://wa.me/{number}" + (f"?text={quote(text, safe='')}" if text else "")


class Sort(StrEnum):
    """Where on WhatsApp."""

    STATUS = "status"
    GROUP = "group"
    CHANNEL = "channel"


class WhatsApp(Connector):
    """One status, group or channel. Posko says what fits; a person sends it."""

    kind, label = "whatsapp", "WhatsApp"
    can: ClassVar[frozenset[Ability]] = frozenset()
    home = "https://whatsapp.com"

    @classmethod
    def length(cls, text: str) -> int:
        """Code points; the unit of its limits is not documented."""
        return len(text)

    @classmethod
    def limit(cls, draft: Draft, limits: Mapping[str, int]) -> int:
        """`limits` are what Posko was told when the place was added; see `limits_of`."""
        if draft.pictures or draft.video:
            return number(limits, "caption", CAPTION)
        return number(limits, "text", TEXT)

    @classmethod
    def problems(cls, draft: Draft, limits: Mapping[str, int]) -> list[Problem]:
        pictures = PictureRules(count=PICTURES, size=SIZE, mimes=frozenset({"image/jpeg", "image/png"}))
        film = FilmRules(size=FILM_SIZE, mimes=frozenset({MP4}), alone=False)
        return [
            *text_problems(draft, cls.length(draft.text), cls.limit(draft, limits)),
            *picture_problems(draft, pictures),
            *film_problems(draft, film),
        ]

    @classmethod
    def marks(cls, text: str) -> list[Mark]:
        return marks(text, _PATTERNS)

    def publish(self, draft: Draft, *, key: Key, handle: str, keep: Keep) -> NoReturn:
        self._only_people()

    def find(self, draft: Draft, *, key: Key, handle: str, since: datetime) -> Sent | None:
        self._only_people()

    def take_down(self, remote_id: str) -> None:
        self._only_people()

    def check(self) -> Account:
        self._only_people()

    @staticmethod
    def _only_people() -> NoReturn:
        raise ConnectorError("by_hand")


def limits_of(sort: Sort, told: Mapping[str, int]) -> dict[str, int]:
    """The limits of such a place; `told` are those that whoever runs Posko has set instead of ours."""
    text = number(told, "text", TEXT)
    if sort == Sort.STATUS:
        text = min(text, number(told, "status", STATUS))
    return {"text": text, "caption": number(told, "caption", CAPTION)}
