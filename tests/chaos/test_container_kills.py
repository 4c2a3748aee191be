"""SIGKILL at every step of publishing by container: each request, before and after its answer, and each saving."""

import signal
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from django.core.files.storage import default_storage

from campaign import delivering, envelopes
from campaign.models import Campaign, Delivery, State
from platforms.contents import Draft, Picture, Video
from tests.chaos.dying import ended, run_worker
from tests.chaos.stage import Stage
from tests.platforms.servers import Asked, raw, serving

pytestmark = pytest.mark.chaos

KINDS = ("instagram", "threads")
REQUESTS = 8
"""Of a carousel of two: two children made and looked at, the whole made and looked at, published, its address read."""
FILM_REQUESTS = 2
"""Of one film, which the network takes its time for: made and looked at. What follows is that of every container."""
SAVINGS = 4


@pytest.fixture
def files(monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, str]]:
    """Names of files by their hash: what stands here, the sandbox can fetch from us. Workers are forks and share it."""
    names: dict[str, str] = {}

    def reply(connection: Any, asked: Asked) -> bool:
        with default_storage.open(names[asked.path.strip("/")]) as file:
            connection.sendall(raw(200, file.read()))
        return True

    with serving(reply) as server:

        def at[T: (Picture, Video)](thing: T) -> T:
            return replace(thing, link=lambda: f"{server.url}/{thing.sha256}")

        def linked(content: dict[str, Any], *of: Campaign) -> Draft:
            draft = plain(content, *of)
            video = at(draft.video) if draft.video else None
            return replace(draft, pictures=tuple(at(each) for each in draft.pictures), video=video)

        plain = envelopes.draft_of
        monkeypatch.setattr(envelopes, "draft_of", linked)
        yield names


def sealed(stage: Stage, platform: str, files: dict[str, str], *, pictures: int = 0, film: int = 0) -> Delivery:
    """An envelope of a fresh account: a channel has four on their way at most, and those of the killed count."""
    row = stage.envelope(stage.channel(platform), pictures=pictures, film=film)
    carried = [*row.pictures, *([row.film] if row.film else [])]
    files.update({item["sha256"]: item["file"] for item in carried})
    return row


@pytest.mark.parametrize("platform", KINDS)
@pytest.mark.parametrize("point", ["request_written", "accepted_unread"])
def test_a_worker_killed_at_any_request_neither_doubles_nor_loses(
    stage: Stage, files: dict[str, str], platform: str, point: str
):
    for step in range(REQUESTS):
        sealed(stage, platform, files, pictures=2)
        assert ended(run_worker(platform, point, after=step)) == signal.SIGKILL, f"request {step} was not reached"
    stage.recover(platforms=[platform])
    stage.assert_each_once()


@pytest.mark.parametrize("platform", KINDS)
@pytest.mark.parametrize("point", ["request_written", "accepted_unread"])
def test_a_worker_killed_at_any_request_of_a_film_neither_doubles_nor_loses(
    stage: Stage, files: dict[str, str], platform: str, point: str
):
    for step in range(FILM_REQUESTS):
        sealed(stage, platform, files, film=50_000)
        assert ended(run_worker(platform, point, after=step)) == signal.SIGKILL, f"request {step} was not reached"
    stage.recover(platforms=[platform])
    stage.assert_each_once()


@pytest.mark.parametrize("platform", KINDS)
def test_a_worker_killed_after_any_saving_takes_up_where_it_was(stage: Stage, files: dict[str, str], platform: str):
    for step in range(SAVINGS):
        sealed(stage, platform, files, pictures=2)
        killed = run_worker(platform, "between_steps", after=step)
        assert ended(killed) == signal.SIGKILL, f"saving {step} was not reached"
    stage.recover(platforms=[platform])
    stage.assert_each_once()
    made = [each for each in stage.sandbox.requests() if each["path"].endswith(("/media", "/threads"))]
    assert sum(each["method"] == "POST" for each in made) == 3 * SAVINGS, "no step was done twice"


@pytest.mark.parametrize("fault", ["accept_then_status", "cut_after", "cut_before", "accept_then_delay", "html"])
def test_whatever_the_network_does_each_post_is_public_once(stage: Stage, files: dict[str, str], fault: str):
    for platform in KINDS:
        stage.sandbox.fault(fault, platform=platform, step="publish")
        row = sealed(stage, platform, files, pictures=1)
        delivering.drain(platform)
        row.refresh_from_db()
        assert row.state in (State.SENT, State.UNSURE, State.WAITING)
    stage.recover(platforms=KINDS)
    stage.assert_each_once()
