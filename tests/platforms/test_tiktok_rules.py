"""Which drafts TikTok would refuse, told without asking it, and how long it finds a text."""

from typing import Any

import pytest

from platforms.contents import Draft, Place, Shape, To
from platforms.tiktok import TikTok
from platforms.tiktok.rules import asks_for_money
from tests.platforms.make import long_film, picture, sendable

FAMILY = "👨‍👩‍👧‍👦"


def photos(count: int = 1, **changed: Any) -> Draft:
    one = picture(**{"mime": "image/jpeg", "link": lambda: "https://posko.example/m/1.jpg", **changed})
    return Draft("Halo", (one,) * count)


def codes(draft: Draft, **limits: int) -> list[str]:
    return [problem.code for problem in TikTok.problems(draft, limits)]


@pytest.mark.parametrize(
    ("text", "units"), [("", 0), ("Halo", 4), ("e\u0301", 2), ("🙂", 2), (FAMILY, 11), ("🇮🇩", 4), ("नमस्ते", 6)]
)
def test_text_is_counted_in_utf16_units(text: str, units: int):
    assert TikTok.length(text) == units


def test_a_film_and_photos_have_no_problem():
    assert codes(Draft("Halo", video=long_film())) == []
    assert codes(Draft("", video=long_film())) == [], "a caption may be left out"
    assert codes(sendable("tiktok")) == codes(photos(35)) == []


@pytest.mark.parametrize(
    ("draft", "code"),
    [
        (Draft("Halo"), "needs_picture"),
        (Draft("Halo", photos().pictures, video=long_film()), "film_and_pictures"),
        (Draft("Halo", video=long_film(), to=To(Place.COMMENT, "7")), "no_answers_here"),
        (Draft("🙂" * 1100 + "a", video=long_film()), "too_long"),
        (Draft("🙂" * 2000 + "a", photos().pictures), "too_long"),
        (Draft("Halo", photos().pictures, title="🙂" * 45 + "a"), "title_too_long"),
        (photos(36), "too_many_pictures"),
        (photos(mime="image/png"), "picture_type"),
        (photos(size=20_000_001), "picture_too_big"),
        (photos(width=1080, height=1921), "picture_too_wide"),
        (photos(link=lambda: ""), "needs_public_address"),
        (Draft("", video=long_film(mime="video/x-msvideo")), "film_type"),
        (Draft("", video=long_film(codec="MPEG-4 Visual")), "film_codec"),
        (Draft("", video=long_film(4_000_000_001)), "film_too_big"),
        (Draft("", video=long_film(seconds=600.5)), "film_too_long"),
        (Draft("", video=long_film(rate=22.4)), "film_rate"),
        (Draft("", video=long_film(rate=61.0)), "film_rate"),
        (Draft("", video=long_film(width=359)), "film_sides"),
        (Draft("", video=long_film(height=4097)), "film_sides"),
    ],
)
def test_each_limit_is_named(draft: Draft, code: str):
    assert codes(draft) == [code]


@pytest.mark.parametrize(
    "draft",
    [
        Draft("🙂" * 1100, video=long_film()),
        Draft("🙂" * 2000, photos().pictures, title="🙂" * 45),
        photos(size=20_000_000, width=1920, height=1080),
        Draft("", video=long_film(4_000_000_000, seconds=600.0, rate=23.0, width=360, height=4096)),
        Draft("", video=long_film(rate=59.94, codec="HEVC", mime="video/quicktime")),
    ],
)
def test_what_just_fits_is_taken(draft: Draft):
    assert codes(draft) == []


def test_the_accounts_own_length_of_films_counts():
    assert codes(Draft("", video=long_film(seconds=200)), max_video_post_duration_sec=180) == ["film_too_long"]
    assert codes(Draft("", video=long_film(seconds=170)), max_video_post_duration_sec=180) == []


@pytest.mark.parametrize(
    "text",
    [
        "Mari berdonasi untuk kampanye kami",
        "DONASI dibuka!",
        "#donasi #caleg",
        "Ikut galang dana bersama",
        "Bantu penggalangan-dana kami",
        "Sumbangkan Rp10.000",
        "Ayo menyumbang",
        "Please donate today",
        "Every donation counts",
        "Chip in now",
        "Lihat https://kitabisa.com/ratna",
        "saweria.co/ratna",
        "https://www.gofundme.com/f/x",
        "https://posko.example/ratna/donasi/",
        "Link: https://posko.example/donate?x=1",
    ],
)
def test_a_call_for_donations_is_a_problem(text: str):
    assert asks_for_money(text)
    assert codes(Draft(text, video=long_film())) == ["no_donations_here"]
    assert codes(Draft("Halo", photos().pictures, title=text)) == ["no_donations_here"]


@pytest.mark.parametrize(
    "text",
    [
        "Jalan desa selesai",
        "Donor darah hari Sabtu",
        "Laporan dana kampanye kami terbuka",
        "Sumbangan pikiran warga kami catat",
        "https://notkitabisa.com/x",
        "https://kitabisa.community/",
        "Kitabisa maju bersama",
        "Mendonasikan? indonasia",
    ],
)
def test_other_words_are_not(text: str):
    assert not asks_for_money(text)


def test_photos_are_made_to_fit():
    assert TikTok.shape({}) == Shape(count=35, size=20_000_000, pixels=1080 * 1920)


def test_names_and_tags_are_marked_and_links_are_plain_text():
    found = TikTok.marks("Halo @ratna.wijaya, #Sukamaju https://posko.example/a?b=1 surel@ratna.id")
    assert [(mark.kind, mark.shown) for mark in found] == [("mention", "@ratna.wijaya"), ("tag", "#Sukamaju")]
