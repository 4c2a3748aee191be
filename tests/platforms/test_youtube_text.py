"""How long YouTube finds a text, and which drafts it would refuse."""

import pytest

from platforms.contents import Draft, Place, Problem, To
from platforms.youtube import Youtube
from tests.platforms.make import answer_draft, film_draft, picture, video


def codes(draft: Draft, **limits: int) -> list[str]:
    return [problem.code for problem in Youtube.problems(draft, limits)]


@pytest.mark.parametrize(
    ("text", "length"),
    [("", 0), ("Halo", 4), ("é", 2), ("e\u0301", 3), ("🙂", 4), ("👨‍👩‍👧‍👦", 25), ("a\r\nb", 4), ("நி", 6)],
)
def test_a_description_is_counted_in_bytes(text, length):
    assert Youtube.length(text) == length


def test_an_ordinary_film_has_no_problem_and_needs_no_description():
    assert codes(film_draft()) == codes(film_draft("")) == codes(answer_draft()) == []


@pytest.mark.parametrize("unit", ["a", "é"])
def test_the_limits_are_met_exactly(unit):
    size = len(unit.encode())
    assert Youtube.limit(film_draft(), {}) == 5000
    assert codes(film_draft(unit * (5000 // size))) == []
    too_long = Youtube.problems(film_draft(unit * (5000 // size) + "a"), {})
    assert too_long == [Problem("too_many_bytes", {"length": 5001, "limit": 5000})]
    assert codes(film_draft(title=unit * 100)) == []
    assert Youtube.problems(film_draft(title=unit * 101), {}) == [
        Problem("title_too_long", {"length": 101, "limit": 100})
    ]
    assert Youtube.limit(answer_draft(), {}) == 10_000
    assert codes(answer_draft("a" * 10_000)) == []
    assert codes(answer_draft("a" * 10_001)) == ["too_many_bytes"]


@pytest.mark.parametrize(
    ("draft", "wanted"),
    [
        (Draft("Hanya teks", title="Judul"), ["film_missing"]),
        (Draft("Foto", (picture(),), title="Judul"), ["too_many_pictures", "film_missing"]),
        (film_draft(title=" "), ["title_missing"]),
        (film_draft(title="a < b"), ["angle_brackets"]),
        (film_draft("a > b"), ["angle_brackets"]),
        (film_draft(video=video(mime="image/gif")), ["film_type"]),
        (film_draft(video=video(size=256 * 1024**3 + 1)), ["film_too_big"]),
        (film_draft(video=video(seconds=12 * 3600 + 1)), ["film_too_long"]),
        (film_draft(video=video(seconds=901)), []),
        (answer_draft(" "), ["empty"]),
        (Draft("a < b", to=To(Place.COMMENT, "UgxSatu")), []),
        (Draft("Halo", to=To(Place.MESSAGE, "1")), ["only_comments"]),
        (Draft("Halo", to=To(Place.MENTION, "1")), ["only_comments"]),
        (Draft("Halo", to=To(Place.COMMENT, "UgxSatu"), video=video()), ["no_film_here"]),
    ],
)
def test_what_youtube_would_refuse_is_told_before(draft, wanted):
    assert codes(draft) == wanted


def test_a_channel_without_a_proven_number_takes_fifteen_minutes():
    assert codes(film_draft(video=video(seconds=900)), video_seconds=900) == []
    assert Youtube.problems(film_draft(video=video(seconds=900.6)), {"video_seconds": 900}) == [
        Problem("film_too_long", {"seconds": 901, "low": 1, "high": 900})
    ]


def test_links_names_and_tags_stand_out():
    text = "Lihat https://a.id/x. Bersama @ratna.wijaya, surel@ratna.id #Desa2026 #2026"
    found = [(mark.kind, mark.shown) for mark in Youtube.marks(text)]
    assert found == [("link", "https://a.id/x"), ("mention", "@ratna.wijaya"), ("tag", "#Desa2026")]


def test_no_picture_is_shown():
    assert Youtube.shape({}).count == 0
