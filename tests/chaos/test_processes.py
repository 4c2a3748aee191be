"""Whole processes: many workers and two beats, a broker that forgets and dies, an orderly end, a sudden one."""

import signal
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import redis

from campaign.models import Delivery, State
from tests.chaos.crew import Crew, connections_now, wait_for
from tests.chaos.stage import Stage

pytestmark = pytest.mark.chaos
STARTED = 30  # seconds that a process may take to start on a busy machine
GOES_ON = 10  # seconds after which sending must go on, whatever happened
PLATFORMS = ("mastodon", "bluesky", "telegram")  # the processes are the same for all; the rest is in `test_kills`


@pytest.fixture
def crew(stage: Stage, tmp_path: Path) -> Iterator[Crew]:
    crew = Crew(tmp_path, stage.sandbox.url)
    yield crew
    crew.end()


def all_sent() -> bool:
    return not Delivery.objects.exclude(state=State.SENT).exists()


def test_four_workers_and_two_beats_send_each_once_on_few_connections(stage: Stage, crew: Crew):
    channels = [stage.channel(platform) for platform in PLATFORMS for _ in range(10)]
    for name in ("tick", "worker-1", "worker-2", "worker-3", "worker-4", "beat-1", "beat-2"):
        crew.start(name)
    for channel in channels:
        for _ in range(8):
            stage.envelope(channel)
    most = 0

    def done() -> bool:
        nonlocal most
        most = max(most, connections_now())
        return all_sent()

    wait_for(done, STARTED + 60)
    stage.assert_each_once()
    assert most < 100, f"{most} connections"


def test_a_broker_that_forgets_and_dies_only_delays(stage: Stage, crew: Crew):
    channel = stage.channel("mastodon")
    for name in ("tick", "worker", "beat"):
        crew.start(name)
    stage.envelope(channel)
    wait_for(all_sent, STARTED)

    flush(crew)
    stage.envelope(channel)
    wait_for(all_sent, GOES_ON)

    assert crew.redis.process
    crew.redis.process.send_signal(signal.SIGKILL)
    crew.redis.process.wait()
    stage.envelope(channel)
    time.sleep(2)
    crew.redis.start()
    wait_for(all_sent, GOES_ON)
    stage.assert_each_once()


def test_a_worker_asked_to_end_finishes_what_is_on_the_wire(stage: Stage, crew: Crew):
    for name in ("tick", "beat"):
        crew.start(name)
    worker = crew.start("worker")
    stage.envelope(stage.channel("telegram"))
    wait_for(all_sent, STARTED)
    stage.sandbox.fault("latency", times=None, ms=1200)
    for platform in PLATFORMS:
        stage.envelope(stage.channel(platform))
    on_the_wire = Delivery.objects.filter(state=State.SENDING, begun_at__isnull=False)
    wait_for(on_the_wire.exists, GOES_ON)
    worker.send_signal(signal.SIGTERM)
    assert worker.wait(timeout=15) == 0
    assert not on_the_wire.exists() and not Delivery.objects.filter(state=State.UNSURE).exists()
    stage.sandbox.control("DELETE", "faults")
    crew.start("worker")
    wait_for(all_sent, STARTED)
    stage.assert_each_once()


def test_sending_goes_on_at_once_after_the_only_worker_was_killed(stage: Stage, crew: Crew):
    for name in ("tick", "beat"):
        crew.start(name)
    worker = crew.start("worker")
    channel = stage.channel("mastodon")
    stage.envelope(channel)
    wait_for(all_sent, STARTED)
    stage.sandbox.fault("latency", times=3, ms=1500, platform="mastodon")
    for _ in range(3):
        stage.envelope(channel)
    wait_for(Delivery.objects.filter(state=State.SENDING, begun_at__isnull=False).exists, GOES_ON)
    worker.kill()
    worker.wait()
    crew.start("worker")
    other = stage.envelope(stage.channel("bluesky"))
    wait_for(lambda: Delivery.objects.get(pk=other.pk).state == State.SENT, STARTED)

    def settled() -> bool:
        stage.decide()
        return all_sent()

    wait_for(settled, 60)
    stage.assert_each_once()


def flush(crew: Crew) -> None:
    """Everything Redis knew is gone."""

    redis.Redis(unix_socket_path=str(crew.redis.socket)).flushall()
