"""What the practice networks of the Graph family share, beside what the connector makes of it."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from aiohttp import web
from aiohttp.test_utils import make_mocked_request

from platforms.graph import usage, wait_asked
from platforms.http import Answer
from sandbox import graph
from sandbox.dialect import Refusal
from sandbox.graph import Asked
from sandbox.params import Params
from sandbox.world import WORLD, World


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    world = World(tmp_path, "http://localhost:1")
    yield world
    world.close()


def heard(answer: web.Response) -> Answer:
    """An answer as a connector gets it."""
    headers = {name.lower(): value for name, value in answer.headers.items()}
    return Answer(answer.status, headers, (answer.text or "").encode(), changes=False)


def test_fields_may_hold_fields_and_wishes():
    found = graph.fields("id,from{id,name},comments.filter(stream).limit(0).summary(true){message}")
    assert list(found) == ["id", "from", "comments"]
    assert list(found["from"].inside) == ["id", "name"]
    assert found["comments"].options == {"filter": "stream", "limit": "0", "summary": "true"}
    assert (found["comments"].limit, Asked().limit) == (0, 25)
    assert list(found["comments"].inside) == ["message"]
    assert graph.fields("insights.metric(post_clicks,post_media_view)")["insights"].options == {
        "metric": "post_clicks,post_media_view"
    }
    assert graph.fields("") == {}


@pytest.mark.parametrize("text", ["id}", "comments.limit(", "comments.limit", "comments.(5)"])
def test_fields_that_cannot_be_read_are_an_error(text: str):
    with pytest.raises(Refusal) as caught:
        graph.fields(text)
    assert caught.value.answer.status == 400


def test_pages_of_a_list_meet_without_gap_or_repeat(world: World):
    things = [{"id": str(number)} for number in range(7)]
    found: list[str] = []
    asked = {"limit": "3", "fields": "id"}
    while True:
        told = graph.page(world, "/facebook/v26.0/1/posts", things, Params(asked))
        found += [each["id"] for each in told["data"]]
        if "next" not in told["paging"]:
            break
        asked["after"] = told["paging"]["cursors"]["after"]
        assert f"after={asked['after']}" in told["paging"]["next"]
    assert found == [each["id"] for each in things]
    before = Params({"limit": "3", "before": told["paging"]["cursors"]["before"]})
    assert [each["id"] for each in graph.page(world, "/x", things, before)["data"]] == ["3", "4", "5"]


def test_an_allowance_that_is_gone_says_in_the_header_how_long_to_wait(world: World):
    world.change_settings({"rate_limits": True})
    app = web.Application()
    app[WORLD] = world
    request = make_mocked_request("GET", "/", app=app)
    used = [usage(heard(graph.send(request, {}, account="104", hourly=4))) for _ in range(4)]
    assert used == [25, 50, 75, 100]
    with pytest.raises(Refusal) as caught:
        graph.send(request, {}, account="104", hourly=4)
    assert '"code": 80001' in (caught.value.answer.text or "")
    assert wait_asked(heard(caught.value.answer)) in (timedelta(minutes=60), timedelta(minutes=61))
