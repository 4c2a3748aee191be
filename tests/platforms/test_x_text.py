"""How X counts, what it makes a link, which drafts it would refuse, and what they cost."""

import time
import unicodedata
from dataclasses import replace
from typing import Any

import pytest

from platforms.contents import Draft, Place, Problem, To
from platforms.x import X, costs, text
from tests.platforms.make import draft, picture
from tests.platforms.test_x import film

FAMILY = "👨‍👩‍👧‍👦"


@pytest.mark.parametrize(
    ("words", "length"),
    [
        ("", 0),
        ("Halo", 4),
        ("Café", 4),
        (unicodedata.normalize("NFD", "Café"), 4),
        ("Ὰ", 2),
        ("中文", 4),
        ("ሀ", 2),
        ("–—“”‘’", 6),
        ("…", 2),
        ("‵", 1),
        ("🙂", 2),
        (FAMILY, 2),
        (FAMILY * 140, 280),
        ("👍🏽", 2),
        ("🇮🇩", 2),
        ("1\ufe0f\u20e3", 2),
        ("#\u20e3", 2),
        ("© 2027", 6),
        ("©\ufe0f 2027", 7),
        ("🏴󠁧󠁢󠁥󠁮󠁧󠁿", 2),
        ("❤\ufe0f🔥", 4),
        ("👩🏽\u200d🎤👨\u200d🌾", 4),
        ("https://posko.example/program", 29),  # `example` is no ending that X knows: counted as it is written
    ],
)
def test_length(words: str, length: int):
    assert X.length(words) == length


@pytest.mark.parametrize(
    ("words", "links"),
    [
        ("Lihat https://posko.id/program/jalan-desa?utm=x.", ["https://posko.id/program/jalan-desa?utm=x"]),
        ("posko.id dan www.posko.co.id/a", ["posko.id", "www.posko.co.id/a"]),
        ("(https://a.id/b_(c))", ["https://a.id/b_(c)"]),
        ("surel@posko.id @posko.id #posko.id", []),
        ("rumah.baru desa.kami", []),
        ("ini.Itu saja", []),
        ("versi 2.0 dan 3.1.4", []),
        ("http://localhost/x http://10.0.0.1/x", []),
        ("https://t.co/abc123, lalu", ["https://t.co/abc123"]),
        ("https://t.co/" + "a" * 41, []),
        ("https://posko.id:8000/a", ["https://posko.id:8000/a"]),
        ("https://" + "a" * 64 + ".id", []),
        ("https://posko.id/" + "a" * 4100, []),
        ("laporan.pdf", []),
        ("Ya.di sini", []),
        ("http://xn--desa.id http://désa.id", ["http://xn--desa.id", "http://désa.id"]),
        ("kata.posko.id\nbaris", ["kata.posko.id"]),
    ],
)
def test_links(words: str, links: list[str]):
    assert [words[start:end] for start, end in text.urls(words)] == links
    assert text.has_url(words) == bool(links)


def test_a_link_weighs_the_same_whatever_its_length():
    assert X.length("https://a.id") == X.length("https://a.id/" + "b" * 500) == X.length("a.id") == 23
    assert X.length("Lihat a.id, ya") == 6 + 23 + 4


@pytest.mark.parametrize(
    "words",
    ["a." * 20_000, "é" * 20_000 + ".", "http://" + "a-" * 20_000, "https://a.id/" + "(" * 20_000, "🏽" * 20_000],
)
def test_no_text_takes_long_to_count(words: str):
    begun = time.monotonic()
    X.length(words)
    assert time.monotonic() - begun < 3


def test_marks_are_what_x_makes_links():
    words = "Halo @ratna_w, lihat https://posko.id/program/jalan-desa-sukamaju #Jalan #123 a@b.id"
    assert [(mark.kind, mark.shown) for mark in X.marks(words)] == [
        ("mention", "@ratna_w"), ("link", "posko.id/program/jalan-desa-su…"), ("tag", "#Jalan"),
    ]  # fmt: skip


# Drafts ------------------------------------------------------------------------------------------


def codes(problems: list[Problem]) -> list[str]:
    return [problem.code for problem in problems]


def test_the_limit_is_met_exactly():
    assert X.limit(draft(), {}) == 280
    assert X.problems(draft("a" * 280), {}) == []
    assert X.problems(draft("a" * 281), {}) == [Problem("too_long", {"length": 281, "limit": 280})]
    assert X.problems(draft("🙂" * 140), {}) == []
    assert codes(X.problems(draft("🙂" * 141), {})) == ["too_long"]


def test_pictures_are_counted_and_looked_at():
    assert X.problems(draft("", pictures=4), {}) == []
    assert codes(X.problems(draft(pictures=5), {})) == ["too_many_pictures"]
    assert codes(X.problems(draft(pictures=[picture(mime="image/gif")]), {})) == ["picture_type"]
    assert codes(X.problems(draft(pictures=[picture(size=5 * 1024 * 1024 + 1)]), {})) == ["picture_too_big"]
    assert codes(X.problems(draft(pictures=[picture(alt="a" * 1001)]), {})) == ["alt_too_long"]
    assert codes(X.problems(draft(" \n"), {})) == ["empty"]


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"mime": "video/webm"}, "film_type"),
        ({"codec": "HEVC"}, "film_codec"),
        ({"sound": "Opus"}, "film_codec"),
        ({"size": 512 * 1024 * 1024 + 1}, "film_too_big"),
        ({"seconds": 140.5}, "film_too_long"),
        ({"seconds": 0.4}, "film_too_short"),
        ({"rate": 61.0}, "film_rate"),
        ({"width": 1920, "height": 1080}, "film_sides"),
        ({"width": 1200, "height": 300}, "film_shape"),
        ({"width": 30, "height": 40}, "film_sides"),
    ],
)
def test_films_that_x_does_not_take(changed: dict[str, Any], code: str):
    assert codes(X.problems(Draft("Film", video=film(**changed)), {})) == [code]


def test_films_that_x_takes():
    for fine in ({}, {"sound": ""}, {"width": 720, "height": 1280}, {"seconds": 140.0}):
        assert X.problems(Draft("", video=film(**fine)), {}) == []
    both = Draft("Film", pictures=draft(pictures=1).pictures, video=film())
    assert codes(X.problems(both, {})) == ["film_and_pictures"]


def test_one_cashtag_is_enough():
    assert X.problems(draft("$BBCA naik"), {}) == []
    assert codes(X.problems(draft("$BBCA dan $TLKM, harga $5"), {})) == ["x_cashtags"]


def test_a_message_may_be_long_and_carries_one_picture():
    to = To(Place.MESSAGE, "1", person="22")
    assert X.problems(replace(draft("a" * 10_000), to=to), {}) == []
    assert codes(X.problems(replace(draft("a" * 10_001), to=to), {})) == ["too_long"]
    assert codes(X.problems(replace(draft(pictures=2), to=to), {})) == ["too_many_pictures"]


# Prices ------------------------------------------------------------------------------------------


def answering(place: Place, words: str = "Terima kasih") -> Draft:
    return replace(draft(words), to=To(place, "1", person="22"))


@pytest.mark.parametrize(
    ("what", "thousandths"),
    [
        (draft(), 15),
        (draft("Lihat https://posko.id"), 200),
        (draft("Lihat posko.id"), 200),
        (draft("surel@posko.id"), 15),
        (draft(pictures=[picture(alt="Balai"), picture(alt="")]), 15 + 5),
        (draft("posko.id", pictures=4), 200 + 4 * 5),
        (Draft("Film", video=film()), 15),
        (answering(Place.MENTION), 10),
        (answering(Place.MENTION, "posko.id"), 200),
        (answering(Place.COMMENT), 15),
        (answering(Place.MESSAGE), 15),
        (answering(Place.MESSAGE, "posko.id"), 15),
    ],
)
def test_prices(what: Draft, thousandths: int):
    assert costs.price(what) == thousandths
