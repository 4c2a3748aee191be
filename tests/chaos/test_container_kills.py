"""SIGKILL at every step of publishing by container: each request, before and after its answer, and each saving."""

import signal

import pytest

from campaign import delivering
from campaign.models import Delivery, State
from tests.chaos.dying import ended, run_worker
from tests.chaos.stage import Stage

pytestmark = pytest.mark.chaos

KINDS = ("instagram", "threads")
REQUESTS = 8
"""Of a carousel of two: two children made and looked at, the whole made and looked at, published, its address read."""
FILM_REQUESTS = 2
"""Of one film, which the network takes its time for: made and looked at. What follows is that of every container."""
SAVINGS = 4
FOLLOWING = {"instagram": 1, "threads": 4}
"""Requests of what follows a post: a comment in one call; a part made, looked at, published, its address read."""


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


@pytest.mark.parametrize("platform", KINDS)
@pytest.mark.parametrize("point", ["after_claim", "after_begin", "answered_unclosed"])
def test_a_worker_killed_around_the_way_neither_doubles_nor_loses(
    stage: Stage, files: dict[str, str], platform: str, point: str
):
    sealed(stage, platform, files, pictures=1)
    assert ended(run_worker(platform, point)) == signal.SIGKILL
    stage.recover(platforms=[platform])
    stage.assert_each_once()


@pytest.mark.parametrize("platform", KINDS)
@pytest.mark.parametrize("point", ["after_begin", "request_written", "accepted_unread", "answered_unclosed"])
def test_a_worker_killed_at_any_request_of_what_follows_neither_doubles_nor_loses(
    stage: Stage, files: dict[str, str], platform: str, point: str
):
    for step in range(FOLLOWING[platform] if point in ("request_written", "accepted_unread") else 1):
        first = sealed(stage, platform, files, pictures=1)
        stage.recover(platforms=[platform])
        stage.envelope(first.channel, after=first.slot, root=first.slot)
        assert ended(run_worker(platform, point, after=step)) == signal.SIGKILL, f"request {step} was not reached"
        stage.recover(platforms=[platform])
    stage.assert_each_once()
    assert [entry["text"] for entry in stage.sandbox.log() if entry["action"] == "publish"] == stage.wanted


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
