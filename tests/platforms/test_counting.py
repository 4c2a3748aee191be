"""How long each network finds a text, and which drafts it would refuse."""

import pytest

from platforms.bluesky import Bluesky
from platforms.contents import Draft, Problem
from platforms.counting import bare, plain
from platforms.mastodon import Mastodon
from platforms.telegram import Telegram
from tests.platforms.make import draft, picture

FAMILY = "👨‍👩‍👧‍👦"
FLAG = "🇮🇩"


@pytest.mark.parametrize(
    ("text", "mastodon", "bluesky", "telegram"),
    [
        ("", 0, 0, 0),
        ("Halo", 4, 4, 4),
        ("Halo\r\nwarga", 10, 10, 11),
        ("é", 1, 1, 1),
        ("e\u0301", 1, 1, 2),
        ("🙂", 1, 1, 2),
        (FAMILY, 1, 1, 11),
        (FLAG * 2, 2, 2, 8),
        ("👍🏽", 1, 1, 4),
        ("நி", 1, 1, 2),
        ("https://posko.example/program/jalan-desa-sukamaju?utm_source=mastodon", 23, 69, 69),
        ("Lihat https://a.id.", 6 + 23 + 1, 19, 19),
        ("(https://a.id/b)", 1 + 23 + 1, 16, 16),
        ("http://localhost/x", 18, 18, 18),
        ("a.id dan b.id", 13, 13, 13),
        ("@ratna@mastodon.social halo", 11, 27, 27),
        ("surel@ratna.id", 14, 14, 14),
        ("https://a.id/@ratna@b.id", 23, 24, 24),
    ],
)
def test_length(text, mastodon, bluesky, telegram):
    found = (Mastodon.length(text), Bluesky.length(text), Telegram.length(text))
    assert found == (mastodon, bluesky, telegram)


def codes(problems: list[Problem]) -> list[str]:
    return [problem.code for problem in problems]


@pytest.mark.parametrize("kind", [Mastodon, Bluesky, Telegram])
def test_an_ordinary_draft_has_no_problem_and_an_empty_one_has(kind):
    assert kind.problems(draft(), {}) == []
    assert kind.problems(draft("", pictures=1), {}) == []
    assert codes(kind.problems(draft(" \n"), {})) == ["empty"]


@pytest.mark.parametrize(("kind", "limit"), [(Mastodon, 500), (Bluesky, 300), (Telegram, 4096)])
def test_the_limit_is_met_exactly(kind, limit):
    assert kind.limit(draft(), {}) == limit
    assert kind.problems(draft("a" * limit), {}) == []
    assert kind.problems(draft("a" * (limit + 1)), {}) == [Problem("too_long", {"length": limit + 1, "limit": limit})]


def test_telegram_allows_less_under_a_picture():
    assert Telegram.limit(draft(pictures=1), {}) == 1024
    assert codes(Telegram.problems(draft("a" * 1025, pictures=1), {})) == ["too_long"]


def test_bluesky_counts_bytes_too():
    assert codes(Bluesky.problems(Draft(FAMILY * 121), {})) == ["too_many_bytes"]


def test_mastodon_obeys_what_the_server_told():
    limits = {
        "max_characters": 10,
        "characters_reserved_per_url": 5,
        "max_media_attachments": 1,
        "description_limit": 3,
    }
    assert Mastodon.problems(draft("aaaa https://panjang.example"), limits) == []
    assert codes(Mastodon.problems(draft("a" * 11, pictures=2), limits)) == [
        "too_long", "too_many_pictures", "alt_too_long", "alt_too_long",
    ]  # fmt: skip
    assert codes(Mastodon.problems(draft(pictures=1), {"image_size_limit": 10, "image_matrix_limit": 11})) == [
        "picture_too_big", "picture_too_wide",
    ]  # fmt: skip


@pytest.mark.parametrize(("kind", "most"), [(Mastodon, 4), (Bluesky, 4), (Telegram, 10)])
def test_pictures_are_counted_and_their_kind_looked_at(kind, most):
    assert kind.problems(draft(pictures=most), {}) == []
    assert codes(kind.problems(draft(pictures=most + 1), {})) == ["too_many_pictures"]
    assert codes(kind.problems(draft(pictures=[picture(mime="image/tiff")]), {})) == ["picture_type"]
    assert codes(kind.problems(draft(pictures=[picture(size=99_000_000)]), {})) == ["picture_too_big"]


def test_telegram_refuses_odd_shapes():
    for width, height in ((9000, 1001), (2100, 100)):
        assert codes(Telegram.problems(draft(pictures=[picture(width=width, height=height)]), {})) == ["picture_shape"]
    assert Telegram.problems(draft(pictures=[picture(width=9000, height=1000)]), {}) == []


def test_markup_is_read_as_people_see_it():
    markup = (
        '<p>Halo &amp; <span class="h-card"><a href="https://a.id/@r">@<span>r</span></a></span></p>'
        '<p>Baris<br />dua <a href="https://a.id/b"><span class="invisible">https://</span><span>a.id/b</span></a></p>'
    )
    assert plain(markup) == "Halo & @r\n\nBaris\ndua https://a.id/b"
    assert bare(" a\n b\u00a0e\u0301") == "abé"
