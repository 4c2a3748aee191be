"""How X counts a text and what it finds in it: links, names, tags.

Source: fundamentals/counting-characters, 2026-08; twitter-text config/v3.json. Bare addresses are links only with the
endings that are common here; the real X knows some 1500.
"""

import hashlib
import html
import re
import unicodedata
from typing import Any

import regex  # type: ignore[import-untyped]

MAX_WEIGHT = 280
LINK_WEIGHT = 23
MEDIA_LINK = "media"
LINK = re.compile(
    r"(?<![\w@$#./-])(?:https?://[^\s<>\"/]+\.[a-z]{2,}(?::\d+)?(?:[/?][^\s<>\"]*[\w/=&#+-])?"
    r"|(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+(?:id|com|org|net|info|my|co)(?![\w@+-])(?:/[^\s<>\"]*[\w/=&#+-])?)",
    re.IGNORECASE,
)
MENTION = re.compile(r"(?<![\w@/])@([A-Za-z0-9_]{1,30})(?![\w@])")  # X has 15; names here may be longer
TAG = re.compile(r"(?<![\w&/])#(\w*[^\W\d_]\w*)")
CASHTAG = re.compile(r"(?<![\w$])\$([A-Za-z]{1,6})(?!\w)")
CLUSTER = regex.compile(r"\X")
PICTURE = regex.compile(r"[\p{Extended_Pictographic}\p{Regional_Indicator}\u20e3]")
TEXT_SIGNS = {"©", "®", "™", "♟"}
_ENDS = (0x10FF, 0x200D, 0x201F, 0x2037)
_STARTS = (0, 0x2000, 0x2010, 0x2032)


def weight(text: str) -> int:
    """Weighted characters."""
    text = unicodedata.normalize("NFC", text)
    links = len(LINK.findall(text))
    return links * LINK_WEIGHT + sum(_cluster(each[0]) for each in CLUSTER.finditer(LINK.sub("", text)))


def _cluster(signs: str) -> int:
    """An emoji weighs 2 whatever it is made of, any other sign by its code points."""
    if PICTURE.search(signs) and signs not in TEXT_SIGNS:
        return 2
    return sum(1 if any(a <= ord(c) <= b for a, b in zip(_STARTS, _ENDS, strict=True)) else 2 for c in signs)


def short(target: str) -> str:
    """X's short address for a link, always the same."""
    return f"https://t.co/{hashlib.sha256(target.encode()).hexdigest()[:10]}"


def shown(text: str) -> tuple[str, list[dict[str, Any]]]:
    """(the text as the API tells it: escaped, links shortened, their entities)."""
    parts: list[str] = []
    links: list[dict[str, Any]] = []
    last = length = 0
    for found in LINK.finditer(text):
        before = html.escape(text[last : found.start()], quote=False)
        target = found[0] if "://" in found[0] else f"http://{found[0]}"
        link = short(target)
        start = length + len(before)
        links.append({
            "start": start, "end": start + len(link), "url": link, "expanded_url": target,
            "display_url": target.partition("://")[2][:30],
        })  # fmt: skip
        parts += [before, link]
        length, last = start + len(link), found.end()
    parts.append(html.escape(text[last:], quote=False))
    return "".join(parts), links


def names(text: str) -> list[str]:
    """Handles without @, in lower case, each once."""
    return list(dict.fromkeys(each.lower() for each in MENTION.findall(text)))
