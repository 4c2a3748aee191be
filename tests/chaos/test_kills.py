"""SIGKILL at every named point of a send, on three dialects, with keys honoured and keys forgotten."""

import os
import signal
import time

import pytest

from campaign import settling
from campaign.models import Delivery, State
from tests.chaos.dying import POINTS, ended, run_worker, stopped
from tests.chaos.stage import PLATFORMS, Stage

pytestmark = pytest.mark.chaos
STEPS = {"x": 3}  # calls for a post with one picture: upload, description, post


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


@pytest.mark.parametrize(("platform", "step"), [(name, n + 1) for name, most in STEPS.items() for n in range(most)])
def test_a_worker_killed_at_any_step_neither_doubles_nor_loses(stage: Stage, platform: str, step: int):
    for moment in ("step", "answer"):
        stage.envelope(stage.channel(platform), picture=True)
        assert ended(run_worker(platform, f"{moment} {step}")) == signal.SIGKILL, f"{moment} {step} was not reached"
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
