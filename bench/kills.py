"""SIGKILL at a random named point of a send, on three dialects of the real sandbox, round after round.

Nothing is judged by our own rows alone: what became public is the sandbox' log.
"""

import os
import random
import signal
import tempfile
import time
from collections import Counter
from datetime import timedelta
from itertools import batched
from pathlib import Path

from django.conf import settings

from bench.table import Line
from campaign import settling
from campaign.models import Delivery, Notice, State
from tests import make
from tests.chaos.dying import POINTS, ended, run_worker
from tests.chaos.stage import PLATFORMS, Stage
from tests.sandbox.running import start_sandbox

ROUNDS = int(os.environ.get("BENCH_ROUNDS", "200"))
AT_ONCE = 20  # rounds between two recoveries
ME = "kills"


def run() -> list[Line]:
    """Doubles, losses, and uncertainties that nobody was told of."""
    settings.CALL_SECONDS, settings.LEASE_SECONDS = 2, 4
    settling.LOOK_EVERY, settling.PATIENCE = timedelta(seconds=1), timedelta(seconds=6)
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as folder, start_sandbox(Path(folder)) as sandbox:
        settings.SANDBOX_URL = sandbox.url
        sandbox.reset()
        stage = Stage(sandbox, make.campaign())
        kills: Counter[str] = Counter()
        silent = 0
        for place, rounds in enumerate(batched(range(ROUNDS), AT_ONCE)):
            sandbox.control("DELETE", "faults")
            if place % 2:
                sandbox.fault("forget_keys", times=None, platform="mastodon")
            for _ in rounds:
                kills[_kill_one(stage)] += 1
            silent += _recover(stage)
        public = stage.public()
    doubled = sum(times - 1 for times in public.values())
    lost = sum(not public[text] for text in stage.wanted)
    unsent = Delivery.objects.exclude(state=State.SENT).count()
    missed = kills.pop("missed", 0)
    found = (doubled, lost + unsent, silent)
    return [
        Line(ME, "rounds", f"{ROUNDS} in {time.monotonic() - began:.0f} s"),
        *(Line(ME, f"killed at {point}", str(times)) for point, times in sorted(kills.items())),
        Line(ME, "points not reached", str(missed), "0", missed == 0),
        Line(ME, "doubles, lost, silent", "{}, {}, {}".format(*found), "0, 0, 0", not any(found)),
    ]


def _kill_one(stage: Stage) -> str:
    """One envelope and a worker that dies on it; the point it was killed at."""
    platform = random.choice(PLATFORMS)
    point = random.choice([point for point in POINTS if point != "between_steps" or platform != "telegram"])
    stage.envelope(stage.channel(platform), picture=point == "between_steps")
    return point if ended(run_worker(platform, point)) == signal.SIGKILL else "missed"


def _recover(stage: Stage) -> int:
    """Let undisturbed workers end it; how many waited for a person without an owner or a notice."""
    try:
        stage.recover(120)
    except AssertionError:
        silent = [row for row in Delivery.objects.filter(state=State.UNSURE, asks_person=True) if not _is_told(row)]
        return len(silent)
    return 0


def _is_told(row: Delivery) -> bool:
    return Notice.objects.open().filter(kind="unsure", about=f"delivery:{row.pk}", member=row.owner).exists()
