"""Real Celery processes on the test database, with a Redis of their own that a test may flush and kill."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from django.db import connection

from local.redis import Redis
from local.test import PROJECT

CELERY = [sys.executable, "-W", "ignore", "-m", "celery", "-q", "-A", "config"]
WORKER = ["--pool", "threads", "--without-gossip", "--without-mingle", "--without-heartbeat", "-l", "WARNING"]


class Crew:
    """Workers and beats by name, as `make run` starts them."""

    def __init__(self, folder: Path, sandbox_url: str) -> None:
        self.folder = folder
        self.redis = Redis(folder / "redis", throw_away=True)
        self.redis.start()
        database = connection.settings_dict
        self.env = {
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "config.settings",
            "POSKO_MODE": "test",
            "DATABASE_URL": (
                f"postgres://{database['USER']}:{database['PASSWORD']}@{database['HOST']}:{database['PORT']}"
                f"/{database['NAME']}"
            ),
            "REDIS_URL": self.redis.url,
            "SANDBOX_URL": sandbox_url,
            "POSKO_STATE": str(folder),
            "POSKO_MEDIA": str(folder / "media"),
            "POSKO_CALL_SECONDS": "2",
            "POSKO_LEASE_SECONDS": "4",
        }
        self.processes: dict[str, subprocess.Popen[bytes]] = {}

    def start(self, name: str) -> subprocess.Popen[bytes]:
        """A process whose name begins with `tick`, `worker` or `beat`."""
        if name.startswith("beat"):
            what = ["beat", "-s", str(self.folder / name), "--pidfile=", "-l", "WARNING"]
        else:
            queues = "tick" if name.startswith("tick") else "deliver,ingest,measure,work"
            what = ["worker", "-Q", queues, "-c", "2" if queues == "tick" else "8", "-n", f"{name}@test", *WORKER]
        with (self.folder / f"{name}.log").open("ab") as log:
            process = subprocess.Popen([*CELERY, *what], cwd=PROJECT, env=self.env, stdout=log, stderr=log)
        self.processes[name] = process
        return process

    def end(self) -> None:
        for process in self.processes.values():
            if process.poll() is None:
                process.send_signal(signal.SIGKILL)
            process.wait()
        self.redis.stop()


def wait_for(condition: Callable[[], bool], seconds: float) -> float:
    """Seconds until `condition` held; fails when it did not in time."""
    began = time.monotonic()
    while not condition():
        assert time.monotonic() - began < seconds, "not in time"
        time.sleep(0.1)
    return time.monotonic() - began


def connections_now() -> int:
    """How many of Postgres' connections are in use."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()")
        row = cursor.fetchone()
    assert row is not None
    return int(row[0])
