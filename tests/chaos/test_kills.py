"""SIGKILL at every named point of a send, on every dialect, with keys honoured and keys forgotten."""

import os
import signal
import time

import pytest

from campaign import settling
from campaign.models import Delivery, State
from platforms.youtube import uploads
from tests.chaos.dying import POINTS, ended, run_worker, stopped
from tests.chaos.stage import PLATFORMS, Stage

pytestmark = pytest.mark.chaos
X_STEPS = 3  # calls for a post with one picture: upload, description, post


@pytest.mark.parametrize("keys", ["honoured", "forgotten"])
def test_a_worker_killed_at_any_point_neither_doubles_nor_loses(stage: Stage, keys: str):
    if keys == "forgotten":
        stage.sandbox.fault("forget_keys", times=None, platform="mastodon")
    for point in POINTS:
        for platform in PLATFORMS:
            with_picture = point == "between_steps"
            if with_picture and platform == "telegram":
                continue  # Telegram takes picture and text in one step
            stage.envelope(stage.channel(platform), picture=with_picture)
            assert ended(run_worker(platform, point)) == signal.SIGKILL, f"{point} was not reached on {platform}"
    stage.recover()
    stage.assert_each_once()


STEPS = {"facebook": 3}
"""Networks with a way of several steps, and how many they are for two pictures."""


@pytest.mark.parametrize("point", ["between_steps", "request_written", "accepted_unread"])
@pytest.mark.parametrize("platform", STEPS)
def test_a_worker_killed_at_any_step_of_a_longer_way_neither_doubles_nor_loses(stage: Stage, platform: str, point: str):
    for step in range(STEPS[platform]):
        stage.envelope(stage.channel(platform), pictures=2)
        assert ended(run_worker(platform, point, after=step)) == signal.SIGKILL, f"step {step} was not reached"
    stage.recover()
    stage.assert_each_once()


@pytest.mark.parametrize("step", range(1, X_STEPS + 1))
def test_a_worker_killed_at_any_step_on_x_neither_doubles_nor_loses(stage: Stage, step: int):
    for moment in ("step", "answer"):
        stage.envelope(stage.channel("x"), picture=True)
        assert ended(run_worker("x", f"{moment} {step}")) == signal.SIGKILL, f"{moment} {step} was not reached"
    stage.recover()
    stage.assert_each_once()


@pytest.mark.parametrize("platform", PLATFORMS)
@pytest.mark.parametrize("point", ["after_begin", "accepted_unread"])
def test_a_worker_stopped_past_its_lease_and_woken_sends_nothing_twice(stage: Stage, platform: str, point: str):
    row = stage.envelope(stage.channel(platform))
    pid = run_worker(platform, point, signal.SIGSTOP)
    stopped(pid)
    time.sleep(4.2)
    settling.sweep()
    assert Delivery.objects.get(pk=row.pk).state == State.UNSURE
    for _ in range(3):  # the network is asked, and where it proves absence another worker sends
        settling.settle(platform)
    os.kill(pid, signal.SIGCONT)
    assert ended(pid) is None
    stage.recover()
    stage.assert_each_once()


FILM_CALLS = {("facebook", "reel"): (5, 3), ("facebook", "video"): (4, 3), ("x", "video"): (5, 4)}
"""Networks that take a film in parts: in how many requests a small one is out, and how often its handle is kept."""


@pytest.mark.parametrize("point", ["request_written", "accepted_unread", "between_steps"])
@pytest.mark.parametrize(("platform", "kind"), FILM_CALLS)
def test_a_worker_killed_at_any_step_of_a_film_neither_doubles_nor_loses(
    stage: Stage, platform: str, kind: str, point: str
):
    requests, savings = FILM_CALLS[platform, kind]
    for step in range(savings if point == "between_steps" else requests):
        stage.envelope(stage.channel(platform), film=50_000, is_reel=kind == "reel")
        assert ended(run_worker(platform, point, after=step)) == signal.SIGKILL, f"{point} {step} was not reached"
        stage.recover()
    stage.assert_each_once()


# Films on YouTube: announced, then sent in two pieces ---------------------------------------------------

TWO_PIECES = uploads.FIRST + 100_000
FILM_STEPS = [
    *(("after_claim", 1), ("after_begin", 1), ("answered_unclosed", 1)),
    *((point, step) for point in ("request_written", "accepted_unread") for step in (1, 2, 3)),
    *(("between_steps", step) for step in (1, 2)),
]


@pytest.mark.parametrize(("point", "step"), FILM_STEPS)
def test_a_worker_killed_at_any_step_of_an_upload_neither_doubles_nor_loses(films: Stage, point: str, step: int):
    films.envelope(films.channel("youtube"), title="Jalan desa", film=TWO_PIECES)
    assert ended(run_worker("youtube", point, step=step)) == signal.SIGKILL, f"{point} {step} was not reached"
    films.recover()
    films.open_films()
    films.assert_each_once()
    started = [each for each in films.sandbox.requests() if each["method"] == "POST" and "/upload/" in each["path"]]
    # Until the session is kept there is nothing to take up; afterwards no upload begins anew.
    is_kept = (point, step) not in {("request_written", 1), ("accepted_unread", 1)}
    assert len(started) == (1 if is_kept else 2)


@pytest.mark.parametrize("step", [1, 2, 3])
def test_a_worker_stopped_in_an_upload_and_woken_sends_nothing_twice(films: Stage, step: int):
    films.envelope(films.channel("youtube"), title="Jalan desa", film=TWO_PIECES)
    pid = run_worker("youtube", "accepted_unread", signal.SIGSTOP, step)
    stopped(pid)
    time.sleep(4.2)
    settling.sweep()
    for _ in range(3):
        settling.settle("youtube")
    os.kill(pid, signal.SIGCONT)
    assert ended(pid) is None
    films.recover()
    films.open_films()
    films.assert_each_once()


# A post and what follows it ---------------------------------------------------------------------------


@pytest.mark.parametrize("platform", ["mastodon", "bluesky", "facebook", "x"])
@pytest.mark.parametrize(
    ("point", "step"),
    [("after_begin", 1), ("answered_unclosed", 1), ("after_begin", 2), ("answered_unclosed", 2)],
    ids=["before the post", "between the two", "before what follows", "after what follows"],
)
def test_a_worker_killed_between_a_post_and_what_follows_it_neither_doubles_nor_loses(
    stage: Stage, platform: str, point: str, step: int
):
    first = stage.envelope(stage.channel(platform))
    below = stage.envelope(first.channel, after=first.slot, root=first.slot)
    assert ended(run_worker(platform, point, step=step)) == signal.SIGKILL
    below.refresh_from_db()
    assert below.state == State.WAITING or step == 2
    stage.recover()
    stage.assert_each_once()
    assert [entry["text"] for entry in stage.sandbox.log() if entry["action"] == "publish"] == stage.wanted


@pytest.mark.parametrize("platform", ["facebook", "x"])
@pytest.mark.parametrize("point", ["request_written", "accepted_unread", "between_steps"])
def test_a_worker_killed_at_the_call_of_what_follows_neither_doubles_nor_loses(stage: Stage, platform: str, point: str):
    first = stage.envelope(stage.channel(platform))
    stage.recover()
    stage.envelope(first.channel, after=first.slot, root=first.slot)
    assert ended(run_worker(platform, point)) == signal.SIGKILL
    stage.recover()
    stage.assert_each_once()
    assert [entry["text"] for entry in stage.sandbox.log() if entry["action"] == "publish"] == stage.wanted


@pytest.mark.parametrize("point", ["after_begin", "request_written", "accepted_unread", "answered_unclosed"])
def test_a_worker_killed_at_a_films_first_comment_neither_doubles_nor_loses(films: Stage, point: str):
    first = films.envelope(films.channel("youtube"), title="Jalan desa", film=100_000)
    films.recover()
    films.open_films()
    below = films.envelope(first.channel, after=first.slot, root=first.slot)
    assert ended(run_worker("youtube", point)) == signal.SIGKILL
    below.refresh_from_db()
    assert below.state == State.SENDING
    films.recover()
    films.assert_each_once()
