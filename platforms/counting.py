"""How networks count text, and what they all demand of pictures."""

import html
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from html.parser import HTMLParser
from typing import Any

import regex  # type: ignore[import-untyped]

from platforms.contents import Draft, Mark, Problem

_GRAPHEME = regex.compile(r"\X")


def graphemes(text: str) -> int:
    """How many characters a reader sees: a family emoji is one.

    Source: Unicode Standard Annex 29, extended grapheme clusters.
    """
    if text.isascii() and "\r" not in text:
        return len(text)
    return sum(1 for _ in _GRAPHEME.finditer(text))


def utf16(text: str) -> int:
    """How many UTF-16 code units: most emoji are two."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


@dataclass(frozen=True)
class PictureRules:
    """What a network takes. `size` in bytes; `pixels` is width × height; 0 means no limit known."""

    count: int
    size: int
    mimes: frozenset[str]
    alt: int = 0
    pixels: int = 0


def picture_problems(draft: Draft, rules: PictureRules) -> list[Problem]:
    """Which pictures the network would refuse, and why. `number` counts from 1."""
    found: list[Problem] = []
    if len(draft.pictures) > rules.count:
        found.append(Problem("too_many_pictures", {"count": len(draft.pictures), "limit": rules.count}))
    for number, picture in enumerate(draft.pictures, 1):
        if picture.mime not in rules.mimes:
            found.append(Problem("picture_type", {"number": number, "mime": picture.mime}))
        if rules.size and picture.size > rules.size:
            found.append(Problem("picture_too_big", {"number": number, "size": picture.size, "limit": rules.size}))
        if rules.pixels and picture.width * picture.height > rules.pixels:
            found.append(Problem("picture_too_wide", {"number": number, "limit": rules.pixels}))
        if rules.alt and graphemes(picture.alt) > rules.alt:
            length = graphemes(picture.alt)
            found.append(Problem("alt_too_long", {"number": number, "length": length, "limit": rules.alt}))
    return found


def text_problems(draft: Draft, length: int, limit: int) -> list[Problem]:
    """Whether the text is missing or too long."""
    if not draft.text.strip() and not draft.pictures and not draft.video:
        return [Problem("empty")]
    return [Problem("too_long", {"length": length, "limit": limit})] if length > limit else []


def number(limits: Mapping[str, int], name: str, default: int) -> int:
    """What the server told of itself; a zero or nothing at all means the usual."""
    return limits.get(name) or default


# What a network makes a link ----------------------------------------------------------------------


def marks(
    text: str, patterns: Mapping[str, Any], shown: Callable[[str, str], str] = lambda _kind, part: part
) -> list[Mark]:
    """The parts of `text` that `patterns` find, by kind; where two overlap, the earlier pattern has it."""
    found: list[Mark] = []
    for kind, pattern in patterns.items():
        for match in pattern.finditer(text):
            start, end = match.span()
            if not any(mark.start < end and start < mark.end for mark in found):
                found.append(Mark(start, end, kind, shown(kind, match[0])))
    return sorted(found, key=lambda mark: mark.start)


# Comparing what a network shows with what we sent -------------------------------------------------


class _Plain(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.pieces: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "br":
            self.pieces.append("\n")
        elif tag == "p" and self.pieces:
            self.pieces.append("\n\n")

    def handle_data(self, data: str) -> None:
        self.pieces.append(data)


def plain(markup: str) -> str:
    """The text of a post that a network shows as HTML."""
    if "<" not in markup:
        return html.unescape(markup)
    reader = _Plain()
    reader.feed(markup)
    reader.close()
    return "".join(reader.pieces)


def storable(text: str) -> str:
    """A network's words as a database keeps them: JSON may hold zero bytes, and half of a sign that was cut in two."""
    return text.replace("\0", "").encode("utf-8", "replace").decode()


def bare(text: str) -> str:
    """What is left for comparing: networks trim, wrap and normalise, so blanks and Unicode forms must not count."""
    return "".join(unicodedata.normalize("NFC", text).split())
