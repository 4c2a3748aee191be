"""How Mastodon counts, marks and shows text.

Source: Mastodon, app/validators/status_length_validator.rb, app/lib/text_formatter.rb; documentation, user/posting,
read 2026-07.
"""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from platforms.contents import Mark
from platforms.counting import bare, graphemes, marks, plain

URL_LENGTH = 23
MOST_SHOWN = 20_000
"""Characters of a status' markup that are read: the time that takes grows with their square."""

_URL = re.compile(r"(?<![\w@#$/=.-])https?://[^\s<>\"'`\u2026]*[^\s<>\"'`\u2026.,:;!?)\]}*~|]", re.IGNORECASE)
_HOST = re.compile(r"https?://(?:[^\s/@]*@)?[\w-]+(?:\.[\w-]+)+(?:[/:?#]|$)", re.IGNORECASE)
_MENTION = re.compile(r"(?<![=/\w])@([a-z0-9_]+(?:[.-]+[a-z0-9_]+)*)@[\w.-]+\w", re.IGNORECASE)
_TAG = re.compile(r"(?<![/\w)])#(?!\d+\b)\w+")
_SHOWN = 30
"""Characters of a link that people see."""


def length(text: str, per_url: int) -> int:
    """Characters as the server counts them: a link weighs the same whatever its length, a mention its local part."""
    weighed = _URL.sub(lambda link: "x" * per_url if _HOST.match(link[0]) else link[0], text)
    return graphemes(_MENTION.sub(r"@\1", weighed))


def marked(text: str) -> list[Mark]:
    """What the server makes a link."""
    return marks(text, {"link": _URL, "mention": _MENTION, "tag": _TAG}, _as_shown)


def _as_shown(kind: str, part: str) -> str:
    """Links without their beginning and cut, mentions without their server."""
    if kind == "mention":
        return part[: part.index("@", 1)]
    if kind == "tag":
        return part
    bare_link = re.sub(r"^https?://(?:www\.)?", "", part, flags=re.IGNORECASE)
    return bare_link if len(bare_link) <= _SHOWN else f"{bare_link[:_SHOWN]}…"


def names(text: str, person: str) -> bool:
    """Whether `text` mentions `person` ("name@host") in a way that their server will tell them of."""
    return re.search(rf"(?<![=/\w])@{re.escape(person)}(?![\w.-]*\w)", text, re.IGNORECASE) is not None


def comparable(text: str) -> str:
    """Servers show `@name@host` as `@name`."""
    return bare(_MENTION.sub(r"@\1", text))


def address(thing: Mapping[str, Any]) -> str:
    """Where people find it; servers leave `url` out of some posts and always give `uri`."""
    found = str(thing.get("url") or thing.get("uri") or "")
    return found if found.startswith(("https://", "http://")) else ""


def shown(status: Mapping[str, Any]) -> str:
    """What people read of it."""
    return plain(str(status.get("content", ""))[:MOST_SHOWN])


def time_of(thing: Mapping[str, Any]) -> datetime:
    try:
        at = datetime.fromisoformat(str(thing.get("created_at")))
    except ValueError:
        return datetime.now(UTC)  # a post without a time is better looked at than left out
    return at if at.tzinfo else at.replace(tzinfo=UTC)
