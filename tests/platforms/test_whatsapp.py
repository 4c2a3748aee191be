"""WhatsApp: what fits there; and that nothing is ever called."""

import inspect
from datetime import UTC, datetime
from uuid import uuid4

import pytest

from platforms import whatsapp
from platforms.base import ConnectorError
from platforms.contents import Account, Draft, Key, Picture
from platforms.http import Door
from platforms.registry import BY_HAND, KINDS
from platforms.whatsapp import Sort, WhatsApp, limits_of

PICTURE = Picture("a" * 64, "image/jpeg", 10, 10, 10, "Foto.", read=lambda: b"")


def codes(text, *pictures, limits=None):
    return [problem.code for problem in WhatsApp.problems(Draft(text, tuple(pictures)), limits or {})]


def test_it_is_the_one_network_where_only_people_publish():
    assert BY_HAND == ("whatsapp",)
    assert KINDS["whatsapp"].can == frozenset()


def test_a_text_below_a_picture_is_shorter():
    assert codes("a" * 4096) == []
    assert codes("a" * 4097) == ["too_long"]
    assert codes("a" * 1024, PICTURE) == []
    assert codes("a" * 1025, PICTURE) == ["too_long"]
    assert codes("") == ["empty"]


def test_each_character_counts_as_one():
    assert WhatsApp.length("é🌾") == 2


def test_whoever_runs_posko_may_know_other_limits():
    assert limits_of(Sort.GROUP, {}) == {"text": 4096, "caption": 1024}
    assert limits_of(Sort.STATUS, {})["text"] == 700
    assert limits_of(Sort.CHANNEL, {"text": 900, "caption": 300}) == {"text": 900, "caption": 300}
    assert codes("a" * 701, limits=limits_of(Sort.STATUS, {})) == ["too_long"]


def test_links_are_marked_without_what_stands_behind_them():
    text = "Baca https://ratna.example/jalan, ya."
    (mark,) = WhatsApp.marks(text)
    assert text[mark.start : mark.end] == "https://ratna.example/jalan"


def test_nothing_is_ever_called():
    made = WhatsApp(Account("whatsapp", "https://whatsapp.com", "group:1", "RT 5", "RT 5", {}), Door(1))
    key = Key(uuid4(), datetime.now(UTC))
    for call in (
        lambda: made.publish(Draft("Halo"), key=key, handle="", keep=lambda _handle: None),
        lambda: made.find(Draft("Halo"), key=key, handle="", since=datetime.now(UTC)),
        lambda: made.take_down("1"),
        made.check,
    ):
        with pytest.raises(ConnectorError, match="by_hand"):
            call()
    assert "self.door" not in inspect.getsource(whatsapp)
