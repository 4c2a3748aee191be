"""Which drafts X would refuse, as far as can be known without asking it. Pure.

Source: X documentation, fundamentals/counting-characters, x-api/media/quickstart/best-practices and
posts/manage-tweets, 2026-08.
"""

import re
from collections.abc import Mapping

from platforms.contents import Draft, Place, Problem, Shape
from platforms.counting import PictureRules, number, picture_problems, text_problems
from platforms.films import MP4, FilmRules, film_problems
from platforms.x import text

LONG_POST = 25_000
"""Weighted characters for accounts with Premium. Source: changelog, 2024-08-20."""
MESSAGE = 10_000
"""Characters of a direct message, from memory."""
ALT = 1000
"""Characters of a picture's description. Source: openapi.json 2.167."""
PICTURES = 4
PICTURE_SIZE = 5 * 1024 * 1024
MIMES = frozenset({"image/jpeg", "image/png", "image/webp"})
"""GIF is left out: X takes a moving one alone only, and Posko does not know which one moves."""
FILM = FilmRules(
    size=512 * 1024 * 1024,
    mimes=frozenset({MP4}),
    codecs=frozenset({"AVC"}),
    sounds=frozenset({"AAC"}),
    shortest=0.5,
    longest=140,
    rate=(0, 60),
    sides=(32, 1280, 1024),
    ratio=3,
)
"""32 × 32 to 1280 × 1024; upright films turn the two sides."""
_CASHTAG = re.compile(r"(?<![\w$])\$[A-Za-z]{1,6}(?:[._][A-Za-z]{1,2})?(?!\w)")


def is_message(draft: Draft) -> bool:
    """Whether it goes to one person only."""
    return draft.to is not None and draft.to.place == Place.MESSAGE


def limit(draft: Draft, limits: Mapping[str, int]) -> int:
    """Weighted characters of a post, characters of a message."""
    return MESSAGE if is_message(draft) else number(limits, "max_characters", text.CHARACTERS)


def shape() -> Shape:
    """What pictures X shows as they are."""
    return Shape(count=PICTURES, size=PICTURE_SIZE)


def problems(draft: Draft, limits: Mapping[str, int]) -> list[Problem]:
    """Why X would refuse it."""
    length = len(draft.text) if is_message(draft) else text.length(draft.text)
    found = [] if draft.video and not draft.text.strip() else text_problems(draft, length, limit(draft, limits))
    if len(tags := _CASHTAG.findall(draft.text)) > 1 and not is_message(draft):
        found.append(Problem("x_cashtags", {"count": len(tags)}))
    count = 1 if is_message(draft) else PICTURES
    found += picture_problems(draft, PictureRules(count=count, size=PICTURE_SIZE, mimes=MIMES, alt=ALT))
    return found + film_problems(draft, FILM)
