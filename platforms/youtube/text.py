"""How YouTube counts text, what it makes a link, and what it would refuse.

Source: YouTube Data API, videos resource (snippet.title, snippet.description), read 2026-11.
"""

from collections.abc import Mapping

import regex  # type: ignore[import-untyped]

from platforms.contents import Draft, Place, Problem
from platforms.counting import number
from platforms.films import MP4, QUICKTIME, WEBM, FilmRules, film_problems

TITLE = 100
"""Characters."""
DESCRIPTION = 5000
"""Bytes (unit from memory)."""
COMMENT = 10_000
"""Characters, from memory; counted in bytes as descriptions are, which is never too lenient."""
LARGEST = 256 * 1024**3
"""Bytes of a film."""
LONGEST, LONGEST_UNVERIFIED = 12 * 3600, 15 * 60
"""Seconds of a film: of a channel that has proven its phone number, and of one that has not (from memory)."""
FORBIDDEN = "<>"

PATTERNS = {
    "link": regex.compile(r"https?://[^\s<>\"]*[^\s<>\"'.,;:!?)\]}]", regex.IGNORECASE),
    "mention": regex.compile(r"(?<![\w@./])@\w[\w.-]{1,28}\w"),
    "tag": regex.compile(r"(?<![\w#&/])#\w*[^\W\d_]\w*"),
}


def bytes_of(text: str) -> int:
    """How long YouTube finds a description."""
    return len(text.encode("utf-8", "surrogatepass"))


def limit(draft: Draft) -> int:
    """Bytes a description, or an answer, may have."""
    return COMMENT if draft.to else DESCRIPTION


def problems(draft: Draft, limits: Mapping[str, int]) -> list[Problem]:
    """Why YouTube would refuse it."""
    found = _length_problems(draft)
    if draft.pictures and not draft.video:
        found.append(Problem("too_many_pictures", {"count": len(draft.pictures), "limit": 0}))
    return found + (_answer_problems(draft) if draft.to else _film_problems(draft, limits))


def _length_problems(draft: Draft) -> list[Problem]:
    length, most = bytes_of(draft.text), limit(draft)
    return [Problem("too_many_bytes", {"length": length, "limit": most})] if length > most else []


def _answer_problems(draft: Draft) -> list[Problem]:
    found = [] if draft.text.strip() else [Problem("empty")]
    if draft.to and draft.to.place != Place.COMMENT:
        found.append(Problem("only_comments"))
    return found + ([Problem("no_film_here")] if draft.video else [])


def _film_problems(draft: Draft, limits: Mapping[str, int]) -> list[Problem]:
    found = _title_problems(draft.title)
    if any(mark in draft.text for mark in FORBIDDEN):
        found.append(Problem("angle_brackets"))
    if draft.video is None:
        return [*found, Problem("film_missing")]
    return found + film_problems(draft, film_rules(limits))


def film_rules(limits: Mapping[str, int]) -> FilmRules:
    """What YouTube takes of this channel. It takes more kinds of films than Posko does."""
    mimes = frozenset({MP4, QUICKTIME, WEBM})
    return FilmRules(size=LARGEST, mimes=mimes, longest=number(limits, "video_seconds", LONGEST))


def _title_problems(title: str) -> list[Problem]:
    if not title.strip():
        return [Problem("title_missing")]
    found = [Problem("title_too_long", {"length": len(title), "limit": TITLE})] if len(title) > TITLE else []
    return [*found, Problem("angle_brackets")] if any(mark in title for mark in FORBIDDEN) else found
