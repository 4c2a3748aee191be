"""How Threads counts a text, and what it makes a link of.

Source: Threads API, "Posts" (2026-04-14): 500 characters, an emoji counts as the number of its UTF-8 bytes; "Text
attachments" (2026-07-02): at most five links, each address once.
"""

import regex  # type: ignore[import-untyped]

from platforms.contents import Mark
from platforms.counting import marks as found_marks

LIMIT, LINKS = 500, 5

_GRAPHEME = regex.compile(r"\X")
_EMOJI = regex.compile(r"\p{Emoji_Presentation}|\p{Regional_Indicator}|\p{Emoji}\p{M}*\uFE0F|\uFE0F\u20E3")
"""What is shown as an emoji by itself, a flag, or a character that a variation selector makes one. Digits alone and
© are in Unicode's list of emoji too, but nobody sees one."""
_LINK = regex.compile(
    r"(?:https?://|www\.|(?<![\w@./-])(?=[\w-]+(?:\.[\w-]+)*\.(?:id|com|org|net)\b))[^\s<>\"]*[^\s<>\".,:;!?)\]'*_]",
    regex.IGNORECASE,
)
_MENTION = regex.compile(r"(?<![\w@/.])@[A-Za-z0-9_.]*[A-Za-z0-9_]")
_TAG = regex.compile(r"(?<![\w#&/])#(?=[^\s#.&]*\p{L})[^\s#.&,;:!?()\"']{1,50}")


def length(text: str) -> int:
    """Characters as a reader sees them; an emoji weighs its bytes: 👍 is 4, a family of four 25."""
    if text.isascii() and "\r" not in text:
        return len(text)
    return sum(len(one.encode()) if _EMOJI.search(one) else 1 for one in _GRAPHEME.findall(text))


def links(text: str) -> int:
    """How many different addresses the text holds, bare domains too (that those count is unconfirmed)."""
    return len({match[0] for match in _LINK.finditer(text)})


def marks(text: str) -> list[Mark]:
    """Links, mentions, and the first tag only: a post has one topic, and the further ones stay plain text."""
    found = found_marks(text, {"link": _LINK, "mention": _MENTION, "tag": _TAG})
    topic = next((mark for mark in found if mark.kind == "tag"), None)
    return [mark for mark in found if mark.kind != "tag" or mark is topic]
