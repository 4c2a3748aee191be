"""Each network's own figures for films: at the limit it is taken, beyond it the figure is named. See platforms.md."""

from typing import Any

import pytest

from platforms.contents import Draft, Problem, Video
from platforms.registry import KINDS
from tests.platforms.make import film, picture

MB, GB = 1024 * 1024, 1024**3
FINE: dict[str, Any] = {
    "width": 720,
    "height": 1280,
    "seconds": 30.0,
    "rate": 30.0,
    "link": lambda: "https://a.example/f",
}


def problems(kind: str, video: Video, *, pictures: int = 0) -> list[Problem]:
    shown = tuple(picture(mime="image/jpeg", width=640, height=640, shade=n) for n in range(pictures))
    return KINDS[kind].problems(Draft("Jalan desa", shown, video=video, title="Jalan"), {})


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_a_phones_film_is_taken_by_every_network(kind):
    assert problems(kind, film(**FINE)) == []


LENGTHS = {
    "instagram": (3, 900), "threads": (0, 300), "x": (0.5, 140), "tiktok": (0, 600), "youtube": (0, 43_200),
    "facebook": (0, 14_400), "bluesky": (0, 180),
}  # fmt: skip
SIZES = {
    "instagram": 300 * MB, "threads": GB, "x": 512 * MB, "tiktok": 4_000_000_000, "youtube": 256 * GB,
    "facebook": 10_000_000_000, "bluesky": 300_000_000, "telegram": 50 * MB, "mastodon": 99 * MB,
}  # fmt: skip


@pytest.mark.parametrize("kind", LENGTHS)
def test_it_is_as_long_as_the_network_allows(kind):
    shortest, longest = LENGTHS[kind]
    assert problems(kind, film(**FINE | {"seconds": float(longest)})) == []
    (found,) = problems(kind, film(**FINE | {"seconds": longest + 0.2}))
    assert found.code == "film_too_long" and found.params["high"] == longest < int(found.params["seconds"])
    if shortest:
        (found,) = problems(kind, film(**FINE | {"seconds": shortest - 0.1}))
        assert found.code == "film_too_short" and int(found.params["seconds"]) < int(found.params["low"])


@pytest.mark.parametrize("kind", SIZES)
def test_it_is_as_heavy_as_the_network_allows(kind):
    assert problems(kind, film(**FINE | {"size": SIZES[kind]})) == []
    (found,) = problems(kind, film(**FINE | {"size": SIZES[kind] + 1}))
    assert found == Problem("film_too_big", {"size": SIZES[kind] + 1, "limit": SIZES[kind]})


@pytest.mark.parametrize(
    ("kind", "changed", "code"),
    [
        ("instagram", {"rate": 22.0}, "film_rate"),
        ("instagram", {"rate": 61.0}, "film_rate"),
        ("instagram", {"width": 1921, "height": 1080}, "film_too_wide"),
        ("instagram", {"codec": "VP9"}, "film_codec"),
        ("threads", {"sound": "Opus"}, "film_codec"),
        ("threads", {"width": 3840, "height": 2160}, "film_too_wide"),
        ("x", {"mime": "video/quicktime"}, "film_type"),
        ("x", {"width": 1281, "height": 720}, "film_sides"),
        ("x", {"width": 1080, "height": 1280}, "film_sides"),
        ("x", {"width": 1200, "height": 399}, "film_shape"),
        ("tiktok", {"width": 359}, "film_sides"),
        ("tiktok", {"height": 4097}, "film_sides"),
        ("tiktok", {"rate": 22.4}, "film_rate"),
        ("bluesky", {"mime": "video/quicktime"}, "film_type"),
        ("telegram", {"mime": "video/quicktime"}, "film_type"),
        ("mastodon", {"width": 4000, "height": 3000}, "film_pixels"),
        ("mastodon", {"rate": 121.0}, "film_rate"),
    ],
)
def test_what_a_network_does_not_take_has_one_name(kind, changed, code):
    assert [each.code for each in problems(kind, film(**FINE | changed))] == [code]


@pytest.mark.parametrize("rate", [23.976, 29.97, 59.94, 60.0])
def test_the_odd_rates_of_cameras_count_as_the_whole_ones(rate):
    for kind in KINDS:
        assert problems(kind, film(**FINE | {"rate": rate})) == []


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_pictures_beside_a_film_are_taken_only_where_both_are_shown(kind):
    found = [each.code for each in problems(kind, film(**FINE), pictures=1)]
    assert ("film_and_pictures" in found) is (kind not in ("instagram", "threads", "whatsapp"))
