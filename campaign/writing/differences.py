"""How two texts differ, word by word; and two people's changes of one text put together."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from difflib import Match, SequenceMatcher
from typing import Any

MOST_WORDS = 2000
"""Longer texts are compared line by line: the time that comparing takes grows with the square."""
_WORD = re.compile(r"(?:(?:\w[\u0300-\u036f]*)+|[^\w\s]+)\s*|\s+")
_WORD_OR_BLANK = re.compile(r"(?:\w[\u0300-\u036f]*)+|[^\w\s]+|\s+")
"""For putting together: a blank that follows a word in one text only must not make it another word."""
_LINE = re.compile(r"[^\n]*\n|[^\n]+")
MOST_STEPS = 10_000_000
"""Comparing stops looking after so many, about two seconds: the same sign a thousand times took minutes."""


class _Bounded(SequenceMatcher[str]):
    """Finds nothing more in common once it has looked for too long; the rest then counts as changed."""

    steps = 0

    def find_longest_match(self, alo: int = 0, ahi: int | None = None, blo: int = 0, bhi: int | None = None) -> Match:
        whole: Any = self  # the stubs know neither of the two names
        self.steps += sum(len(whole.b2j.get(each, ())) for each in whole.a[alo:ahi])
        return Match(alo, blo, 0) if self.steps > MOST_STEPS else super().find_longest_match(alo, ahi, blo, bhi)


@dataclass(frozen=True)
class Piece:
    """A stretch of a text: `same`, `gone` or `new`."""

    change: str
    text: str


def between(before: str, after: str) -> list[Piece]:
    """What of `before` is gone and what in `after` is new, in the order one reads it."""
    old, new = _parts(before, after)
    found: list[Piece] = []
    for change, a, b, c, d in _changes(old, new):
        if change == "equal":
            found.append(Piece("same", "".join(old[a:b])))
            continue
        if b > a:
            found.append(Piece("gone", "".join(old[a:b])))
        if d > c:
            found.append(Piece("new", "".join(new[c:d])))
    return found


def merged(base: str, mine: str, theirs: str) -> str:
    """Both changes of `base`; where both changed the same words, theirs stands first and mine behind it."""
    start, ours, others = _parts(base, mine, theirs, pattern=_WORD_OR_BLANK)
    edits = [(a, b, "".join(ours[c:d]), 1) for change, a, b, c, d in _changes(start, ours) if change != "equal"]
    edits += [(a, b, "".join(others[c:d]), 0) for change, a, b, c, d in _changes(start, others) if change != "equal"]
    return "".join(_together(start, sorted(edits, key=lambda edit: (edit[0], edit[1], edit[3]))))


def _together(base: list[str], edits: list[tuple[int, int, str, int]]) -> Iterable[str]:
    at = 0
    while edits:
        first = edits.pop(0)
        group, end = [first], first[1]
        while edits and (edits[0][0] < end or edits[0][:2] == first[:2]):
            group.append(edits.pop(0))
            end = max(end, group[-1][1])
        yield "".join(base[at : first[0]])
        yield from _both(base, first[0], end, group)
        at = end
    yield "".join(base[at:])


def _both(base: list[str], start: int, end: int, group: list[tuple[int, int, str, int]]) -> Iterable[str]:
    """What stands in place of `base[start:end]`: each side's version of it, once if they are the same."""
    sides = {}
    for side in (0, 1):
        own = [edit for edit in group if edit[3] == side]
        if own:
            sides[side] = "".join(_applied(base, start, end, own))
    texts = list(dict.fromkeys(sides.values()))
    glue = "" if len(texts) < 2 or texts[0][-1:].isspace() or texts[1][:1].isspace() else " "
    yield glue.join(texts)


def _applied(base: list[str], start: int, end: int, edits: list[tuple[int, int, str, int]]) -> Iterable[str]:
    at = start
    for a, b, text, _side in edits:
        yield "".join(base[at:a])
        yield text
        at = b
    yield "".join(base[at:end])


def _parts(*texts: str, pattern: re.Pattern[str] = _WORD) -> list[list[str]]:
    words = [pattern.findall(text) for text in texts]
    if max(map(len, words)) <= MOST_WORDS:
        return words
    return [_LINE.findall(text) for text in texts]


def _changes(old: list[str], new: list[str]) -> list[tuple[str, int, int, int, int]]:
    return _Bounded(None, old, new, autojunk=False).get_opcodes()  # type: ignore[return-value]  # literal names
