"""A film leaves in blocks, whole and as approved, or not at all."""

import pytest

from platforms.base import ConnectorError, Temporary
from platforms.http import Door
from platforms.streams import BLOCK, film, form
from tests.platforms.make import film as a_film
from tests.platforms.make import mp4
from tests.platforms.servers import hangs, says, serving

BIG = mp4(body=bytes(range(256)) * 4096)


def sent(stream, *replies):
    with serving(*(replies or [says({"ok": True})])) as server:
        door = Door(3, 1.0, frozenset({server.place}))
        door.call("POST", f"{server.url}/upload", headers={"X-A": "b"}, data=stream, changes=True)
    return server.asked[0]


def test_a_film_arrives_as_it_is_though_nobody_held_it_whole():
    largest = 0

    def part(at: int, size: int) -> bytes:
        nonlocal largest
        largest = max(largest, size)
        return BIG[at : at + size]

    asked = sent(film(a_film(BIG, part=part)))
    assert asked.body == BIG
    assert asked.headers["content-type"] == "video/mp4"
    assert asked.headers["x-a"] == "b"
    assert largest == BLOCK < len(BIG)


def test_a_form_holds_fields_and_film():
    asked = sent(form({"caption": "Jalan é"}, "video", a_film(BIG)))
    kind, _, boundary = asked.headers["content-type"].partition("; boundary=")
    assert kind == "multipart/form-data"
    parts = asked.body.split(f"--{boundary}".encode())
    assert 'name="caption"\r\n\r\nJalan é\r\n'.encode() in parts[1]
    assert b'name="video"; filename="' in parts[2]
    assert parts[2].endswith(BIG + b"\r\n")
    assert parts[3] == b"--\r\n"


@pytest.mark.parametrize("other", [BIG[:-1] + b"x", BIG[:BLOCK], b""], ids=["other bytes", "cut off", "gone"])
def test_a_film_that_is_not_the_approved_one_never_arrives_whole(other):
    changed = a_film(BIG, part=lambda at, size: other[at : at + size])
    with serving(hangs) as server, pytest.raises(ConnectorError, match="film_changed"):
        Door(3, 1.0, frozenset({server.place})).call("POST", f"{server.url}/u", data=film(changed), changes=True)
    assert server.asked == [], "the server waits for the rest"


def test_too_late_after_the_gate_no_byte_of_a_film_leaves():
    with serving() as server, pytest.raises(Temporary, match="slow_start"):
        Door(3, -1, frozenset({server.place})).call("POST", f"{server.url}/u", data=film(a_film()), changes=True)
    assert server.asked == []
