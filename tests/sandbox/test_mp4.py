"""What the sandbox reads off a film."""

import pytest

from sandbox import mp4
from tests.platforms.make import mp4 as film


def test_size_and_length_are_read_from_the_head():
    assert mp4.look_at(film(width=1080, height=1920, seconds=12)) == mp4.Film(1080, 1920, 12.0)


@pytest.mark.parametrize("data", [b"", b"no film at all", film()[:30], film()[:60], b"\0\0\0\x08ftyp" + b"\0" * 40])
def test_what_is_no_film_is_none(data):
    assert mp4.look_at(data) is None
