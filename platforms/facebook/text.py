"""What Facebook takes: lengths, pictures, films; and what of a text becomes a link."""

import re

from platforms.contents import Draft, Place, Problem, Video
from platforms.counting import PictureRules, picture_problems
from platforms.films import FilmRules, film_problems

MOST_CHARACTERS = 63_206
"""A constant of other schedulers; not in the documentation read. Counted in code points (unit not documented)."""
MOST_IN_COMMENT = 8_000
"""From memory."""
MOST_IN_MESSAGE = 2_000
"""Messenger Platform, "Send Messages", read 2026-09."""
MOST_PICTURES = 10
PICTURE_BYTES = 4 * 1024 * 1024
"""What Facebook recommends, and beyond which error 1366046 has been met."""
MIMES = frozenset({"image/jpeg", "image/png", "image/gif", "image/bmp", "image/tiff"})
FILM = FilmRules(size=10 * 1000**3, longest=4 * 3600)
"""From memory."""

LINK = re.compile(r"(?<![\w@#$/=.-])https?://[^\s<>\"'`\u2026]*[^\s<>\"'`\u2026.,:;!?)\]}*~|]", re.IGNORECASE)
TAG = re.compile(r"(?<![/\w)&])#(?!\d+\b)\w+")


def most_characters(draft: Draft) -> int:
    """How long the text may be where it goes."""
    if draft.to is None:
        return MOST_CHARACTERS
    return MOST_IN_MESSAGE if draft.to.place == Place.MESSAGE else MOST_IN_COMMENT


def most_pictures(draft: Draft) -> int:
    """How many pictures go along: one below a post, none in a conversation."""
    if draft.to is None:
        return MOST_PICTURES
    return 0 if draft.to.place == Place.MESSAGE else 1


def problems(draft: Draft) -> list[Problem]:
    """Why Facebook would refuse it, as far as can be known without asking."""
    found: list[Problem] = []
    if not draft.text.strip() and not draft.pictures and draft.video is None:
        found.append(Problem("empty"))
    length, limit = len(draft.text), most_characters(draft)
    if length > limit:
        found.append(Problem("too_long", {"length": length, "limit": limit}))
    rules = PictureRules(count=most_pictures(draft), size=PICTURE_BYTES, mimes=MIMES)
    found += picture_problems(draft, rules)
    if draft.video is not None:
        found += film_problems(draft, FILM) if draft.to is None else [Problem("no_film_here")]
    return found


def is_reel(video: Video) -> bool:
    """Whether a film is one by Meta's rules, and so gets its place among reels.

    Source: "Reels publishing", read 2026-09: MP4, 9:16, at least 540 × 960, 24 to 60 frames, 3 to 90 seconds.
    """
    is_tall = abs(video.width / max(1, video.height) - 9 / 16) < 0.01 and video.width >= 540
    return video.mime == "video/mp4" and is_tall and 3 <= video.seconds <= 90 and 24 <= video.rate <= 60


def first_link(text: str) -> str:
    """The link that becomes a preview below the text; "" without one."""
    found = LINK.search(text)
    return found[0] if found else ""
