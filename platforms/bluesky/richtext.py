"""What in a text is a link, a mention or a hashtag. Bluesky marks nothing by itself, and counts in UTF-8 bytes.

Source: packages/api/src/rich-text/{detection,util}.ts of bluesky-social/atproto, read 2026-08. Unlike there, a bare
domain is no link: what the candidate approved is linked only where they wrote an address.
"""

from collections.abc import Mapping
from typing import Any

import regex  # type: ignore[import-untyped]

from platforms.contents import Mark
from platforms.counting import graphemes

_INVISIBLE = r"\u00AD\u2060\u200A\u200B\u200C\u200D\u20E2"
_LINK = regex.compile(r"(?:^|(?<=[\s(]))https?://\S+", regex.IGNORECASE | regex.MULTILINE)
_MENTION = regex.compile(r"(?:^|(?<=[\s(]))@([a-zA-Z0-9.-]+)\b", regex.MULTILINE)
_TAG = regex.compile(
    rf"(?:^|(?<=\s))[#\uFF03]((?!\uFE0F)[^\s{_INVISIBLE}]*[^\d\s\p{{P}}{_INVISIBLE}]+[^\s{_INVISIBLE}]*)",
    regex.MULTILINE,
)
_TAIL = regex.compile(r"\p{P}+$")
MAX_TAG = 64


def handles(text: str) -> list[str]:
    """The account names mentioned, each once, in order. They must be resolved before `facets` can mark them."""
    found = (match[1].lower().rstrip(".-") for match in _MENTION.finditer(text))
    return list(dict.fromkeys(name for name in found if "." in name))


def facets(text: str, dids: Mapping[str, str]) -> list[dict[str, Any]]:
    """The marks of a text, in order. `dids` maps account names to identities; an unknown name stays plain text."""
    found = _links(text) + _mentions(text, dids) + _tags(text)
    return [
        {
            "index": {"byteStart": _bytes(text, start), "byteEnd": _bytes(text, end)},
            "features": [{"$type": f"app.bsky.richtext.facet#{kind}", name: value}],
        }
        for start, end, kind, name, value in sorted(found)
    ]


def marks(text: str) -> list[Mark]:
    """The same for a preview; whether a name leads anywhere is only known when it is sent."""
    everybody = {name: name for name in handles(text)}
    found = sorted(_links(text) + _mentions(text, everybody) + _tags(text))
    return [Mark(start, end, kind, text[start:end]) for start, end, kind, _name, _value in found]


type _Mark = tuple[int, int, str, str, str]


def _bytes(text: str, characters: int) -> int:
    return len(text[:characters].encode())


def _links(text: str) -> list[_Mark]:
    found = []
    for match in _LINK.finditer(text):
        link = match[0]
        if link[-1] in ".,;:!?":  # a sentence's end is no part of the address
            link = link[:-1]
        if link[-1] == ")" and "(" not in link:
            link = link[:-1]
        found.append((match.start(), match.start() + len(link), "link", "uri", link))
    return found


def _mentions(text: str, dids: Mapping[str, str]) -> list[_Mark]:
    found = []
    for match in _MENTION.finditer(text):
        name = match[1].rstrip(".-")
        if did := dids.get(name.lower()):
            found.append((match.start(), match.start() + 1 + len(name), "mention", "did", did))
    return found


def _tags(text: str) -> list[_Mark]:
    found = []
    for match in _TAG.finditer(text):
        tag = _TAIL.sub("", match[1])
        if tag and graphemes(tag) <= MAX_TAG:
            found.append((match.start(), match.start() + 1 + len(tag), "tag", "tag", tag))
    return found
