"""From due to the call's first byte, through Celery as `make run` starts it: beat, tick, drain, engine.

The time is the receiver's own: when the first byte of each post arrived, against the minute the envelope was due.
"""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings

from bench import rows
from bench.receiver import Receiver, doubles, receiver
from bench.table import Line, at_most, percentile
from campaign import clock, pulse
from campaign.models import Channel, Pulse
from local.run import programs
from local.test import PROJECT

LOADS = {500: 2, 5_000: 10}
"""How many fall due within one second, and the budget for their 99th percentile in seconds."""
START_WITHIN = 60
GIVE_UP_AFTER = 60
ME = "due"


def run() -> list[Line]:
    """Both loads."""
    with receiver() as network:
        os.environ["SANDBOX_URL"] = settings.SANDBOX_URL = network.url
        on = rows.channels()
        with _workers():
            _measure(network, on, 50)  # connections are opened, plans are made
            return [line for number, budget in LOADS.items() for line in _judge(network, on, number, budget)]


def _judge(network: Receiver, on: list[Channel], number: int, budget: float) -> list[Line]:
    late, lost, doubled, seconds = _measure(network, on, number)
    told = f"  (median {percentile(late, 0.5):.2f} s, last {max(late):.2f} s)" if late else ""
    return [
        at_most(ME, f"{number:,} due in one second: p99", percentile(late, 0.99) if late else 999, budget, "s", told),
        Line(ME, f"{number:,}: rate", f"{len(late) / seconds:,.0f}/s"),
        Line(ME, f"{number:,}: lost, doubled", f"{lost}, {doubled}", "0, 0", lost == doubled == 0),
    ]


def _measure(network: Receiver, on: list[Channel], number: int) -> tuple[list[float], int, int, float]:
    """How late each was, how many are lost and doubled, and in what time all arrived."""
    texts = rows.texts(number)
    due_at = clock.now() + timedelta(seconds=4 + number / 500)
    moments = [due_at + timedelta(seconds=place / number) for place in range(number)]
    rows.envelopes_for(on, texts, moments)
    log = _all_that_comes(network, number, due_at)
    due = dict(zip(texts, moments, strict=True))
    late = [at - due[text].timestamp() for at, text in log]
    seconds = max((at for at, _ in log), default=0) - min((at for at, _ in log), default=0)
    return late, len(set(texts) - {text for _, text in log}), doubles(log), seconds or 1


def _all_that_comes(network: Receiver, number: int, due_at: datetime) -> list[tuple[float, str]]:
    log: list[tuple[float, str]] = []
    until = due_at.timestamp() + GIVE_UP_AFTER
    while len(log) < number and time.time() < until:
        time.sleep(0.5)
        log += network.take_log()
    time.sleep(3)  # for what should not come
    return log + network.take_log()


@contextmanager
def _workers() -> Iterator[None]:
    """The tick, the workers and beat, until both parts show signs of life."""
    state = Path(os.environ["POSKO_STATE"])
    (state / "run").mkdir(exist_ok=True)
    commands = {name: command for name, command in programs(0, 0, state).items() if name in ("tick", "worker", "beat")}
    running = [subprocess.Popen([sys.executable, *command], cwd=PROJECT) for command in commands.values()]
    try:
        until = time.monotonic() + START_WITHIN
        while Pulse.objects.filter(name__in=pulse.PARTS).count() < len(pulse.PARTS):
            if time.monotonic() > until:
                raise TimeoutError("the workers do not start")
            time.sleep(0.2)
        yield
    finally:
        for process in running:
            process.terminate()
        for process in running:
            try:
                process.wait(15)
            except subprocess.TimeoutExpired:
                process.kill()
