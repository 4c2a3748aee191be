"""What TikTok takes, told without asking it.

Source: developers.tiktok.com, "Media Transfer Guide" and Content Posting API references, read 2026-09-11; TikTok's page
on government, politician and political party accounts (no soliciting of campaign donations), undated.
"""

import re
from collections.abc import Iterator, Mapping

from platforms.contents import Draft, Problem, Shape
from platforms.counting import PictureRules, number, picture_problems, utf16
from platforms.films import MP4, QUICKTIME, WEBM, FilmRules, film_problems

CAPTION, TITLE, DESCRIPTION = 2_200, 90, 4_000
"""UTF-16 units: a film's caption, a photo post's title and its description."""
MOST_PHOTOS = 35
PHOTO_SIZE = 20_000_000
PHOTO_PIXELS = 1_080 * 1_920
"""TikTok says "1080p"; that this bounds the pixels, whichever way the photo stands, is our reading."""
PHOTO_MIMES = frozenset({"image/jpeg", "image/webp"})
FILM_MIMES = frozenset({MP4, WEBM, QUICKTIME})
FILM_SIZE = 4_000_000_000
FILM_SECONDS = 600
"""By API; an account's own limit, in its `limits`, may be shorter."""
FILM_RATE = (23, 60)
FILM_SIDE = (360, 4_096)
FILM_CODECS = frozenset({"AVC", "HEVC", "VP8", "VP9"})

DONATING = (
    "donasi", "berdonasi", "donasikan", "sumbangkan", "menyumbang", "sumbangan dana", "sumbangan kampanye",
    "galang dana", "penggalangan dana", "urun dana", "patungan kampanye",
    "donate", "donation", "donations", "fundraiser", "fundraising", "crowdfunding", "chip in",
)  # fmt: skip
"""Words that ask for money, in Indonesian and English. Kept small: what it catches wrongly, a person can reword."""
DONATION_PAGES = (
    "kitabisa.com", "benihbaik.com", "saweria.co", "trakteer.id", "gofundme.com", "donorbox.org", "actblue.com",
    "patreon.com", "ko-fi.com", "buymeacoffee.com", "paypal.me",
)  # fmt: skip
"""Sites whose pages ask for money. A subdomain of one counts as well."""

_DONATING = re.compile(rf"\b(?:{'|'.join(each.replace(' ', r'[\s_-]+') for each in DONATING)})\b", re.IGNORECASE)
_PAGES = re.compile(rf"(?<![\w-])(?:[\w-]+\.)*(?:{'|'.join(map(re.escape, DONATION_PAGES))})(?![\w.-]*\w)", re.I)


def asks_for_money(text: str) -> bool:
    """Whether a text asks for donations or links to a page that does: TikTok allows political accounts neither."""
    return bool(_DONATING.search(text.replace("_", " ")) or _PAGES.search(text))


def shape() -> Shape:
    return Shape(count=MOST_PHOTOS, size=PHOTO_SIZE, pixels=PHOTO_PIXELS)


def limit(draft: Draft) -> int:
    return CAPTION if draft.video else DESCRIPTION


def problems(draft: Draft, limits: Mapping[str, int]) -> list[Problem]:
    """Why TikTok would refuse `draft`."""
    return [*_form(draft), *_words(draft), *_photos(draft), *film_problems(draft, film_rules(limits))]


def _form(draft: Draft) -> Iterator[Problem]:
    if draft.to:
        yield Problem("no_answers_here")
    if not draft.video and not draft.pictures:
        yield Problem("needs_picture")


def _words(draft: Draft) -> Iterator[Problem]:
    length = utf16(draft.text)
    if length > limit(draft):
        yield Problem("too_long", {"length": length, "limit": limit(draft)})
    if not draft.video and utf16(draft.title) > TITLE:
        yield Problem("title_too_long", {"length": utf16(draft.title), "limit": TITLE})
    if asks_for_money(f"{draft.title}\n{draft.text}"):
        yield Problem("no_donations_here")


def link_problems(target: str) -> list[Problem]:
    """Why no post there may lead to `target`."""
    return [Problem("no_donations_here")] if asks_for_money(target) else []


def _photos(draft: Draft) -> Iterator[Problem]:
    rules = PictureRules(count=MOST_PHOTOS, size=PHOTO_SIZE, mimes=PHOTO_MIMES, pixels=PHOTO_PIXELS)
    yield from picture_problems(draft, rules)
    if any(not picture.link() for picture in draft.pictures):
        yield Problem("needs_public_address")


def film_rules(limits: Mapping[str, int]) -> FilmRules:
    """What TikTok takes of this account."""
    return FilmRules(
        size=FILM_SIZE,
        mimes=FILM_MIMES,
        codecs=FILM_CODECS,
        longest=number(limits, "max_video_post_duration_sec", FILM_SECONDS),
        rate=FILM_RATE,
        sides=(FILM_SIDE[0], FILM_SIDE[1], FILM_SIDE[1]),
    )
