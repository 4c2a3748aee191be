"""How Instagram counts a caption. It makes no links of addresses, only of names and tags.

Source: Instagram Platform, "IG User Media" (2026-09-11): 2,200 characters, 20 @ tags. The reference allows 30
hashtags; Instagram itself enforces 5 since December 2025 (reports of 2026-08), the first comment counted in.
"""

import re

from platforms.contents import Mark
from platforms.counting import marks as found_marks

CAPTION, TAGS, MENTIONS = 2200, 5, 20
MESSAGE = 1000
"""Bytes of a direct message. Source: "Instagram Messaging, Send Messages", 2026-09-11."""

_TAG = re.compile(r"(?<![\w#&/])#\w*[^\W\d]\w*")
_MENTION = re.compile(r"(?<![\w@/.])@[A-Za-z0-9_.]*[A-Za-z0-9_]")


def tags(text: str) -> int:
    """How many hashtags the text holds."""
    return len(_TAG.findall(text))


def mentions(text: str) -> int:
    """How many people the text names."""
    return len(_MENTION.findall(text))


def marks(text: str) -> list[Mark]:
    """Names and tags, in order."""
    return found_marks(text, {"mention": _MENTION, "tag": _TAG})
