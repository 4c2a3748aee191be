"""Networks that accept and fall silent, drip, hang or break off: one post, known fate, or a named person's question."""

import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection

from campaign import delivering
from campaign.models import Delivery, State
from platforms.youtube import uploads
from tests.chaos.stage import PLATFORMS, Stage

pytestmark = pytest.mark.chaos

# What the network does, and whether the post is public after it.
FAULTS: dict[str, tuple[dict[str, Any], bool]] = {
    "accepts, answers 503": ({"fault": "accept_then_status", "code": 503}, True),
    "accepts, answers after the deadline": ({"fault": "accept_then_delay", "seconds": 4}, True),
    "accepts, cuts the line": ({"fault": "cut_after"}, True),
    "cuts the line before": ({"fault": "cut_before"}, False),
    "hangs": ({"fault": "hang", "seconds": 60}, False),
    "drips": ({"fault": "drip"}, True),
    "answers with a page": ({"fault": "html"}, False),
    "answers 500": ({"fault": "status", "code": 500}, False),
    "answers 429": ({"fault": "status", "code": 429, "headers": {"Retry-After": "1"}}, False),
    "answers 429 without a time": ({"fault": "status", "code": 429}, False),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_whatever_the_network_does_each_post_is_public_once(stage: Stage, fault: str):
    settings, _is_public = FAULTS[fault]
    rows = []
    for platform in PLATFORMS:
        stage.sandbox.fault(**settings, platform=platform, step="publish")
        rows.append(stage.envelope(stage.channel(platform)))
    began = time.monotonic()
    for platform in PLATFORMS:
        delivering.drain(platform)
    assert time.monotonic() - began < 25, "a call has a total deadline"
    for row in rows:
        row.refresh_from_db()
        assert row.state in (State.SENT, State.UNSURE, State.WAITING)
        assert (row.state == State.SENT) <= (stage.public()[row.text] == 1)
    stage.recover()
    stage.assert_each_once()


@pytest.mark.parametrize(
    ("fault", "pieces"), [*((name, 1) for name in FAULTS), ("accepts, answers 503", 2), ("hangs", 2), ("drips", 2)]
)
def test_whatever_happens_to_a_piece_of_a_film_it_is_there_once(films: Stage, fault: str, pieces: int):
    settings, _is_public = FAULTS[fault]
    films.sandbox.fault(**settings, platform="youtube", step="publish")
    row = films.envelope(films.channel("youtube"), title="Jalan desa", film=(pieces - 1) * uploads.FIRST + 100_000)
    delivering.drain("youtube")
    row.refresh_from_db()
    # A piece in the middle shows nothing, so that nobody is left in doubt.
    assert row.state in ((State.WAITING, State.UNSURE) if pieces == 1 else (State.WAITING, State.HANDED))
    films.recover()
    films.open_films()
    films.assert_each_once()


def test_a_hanging_network_does_not_hold_up_another(stage: Stage):
    for _ in range(20):
        stage.envelope(stage.channel("mastodon"))
    stage.sandbox.fault("latency", times=None, ms=500, platform="mastodon")
    quick = [stage.envelope(stage.channel("bluesky")) for _ in range(20)]

    def drain(platform: str) -> int:
        try:
            return delivering.drain(platform)
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        slow = pool.submit(drain, "mastodon")
        pool.submit(drain, "bluesky").result()
        assert not slow.done(), "the quick network is through before the slow one"
        assert Delivery.objects.filter(pk__in=[row.pk for row in quick], state=State.SENT).count() == 20
    stage.assert_each_once()


def test_pictures_arrive_as_they_were_approved(stage: Stage):
    rows = [stage.envelope(stage.channel(platform), picture=True) for platform in PLATFORMS]
    stage.recover()
    stage.assert_each_once()
    log = {entry["text"]: entry for entry in stage.sandbox.log()}
    for row in rows:
        assert log[row.text]["media"] == [picture["sha256"] for picture in row.pictures]
        if log[row.text]["platform"] != "telegram":  # which has no descriptions
            assert log[row.text]["alt"] == ["Jalan desa"]
