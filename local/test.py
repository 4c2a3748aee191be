"""Throw-away servers for tests, benchmarks and pictures, and a whole running Posko for those that need one.

with servers() as env: …                                       a fresh Postgres with all tables, and Redis
with state_folder() as state, running_posko(state) as posko: …  `make run` in that folder, on free ports

Each use has a folder of its own below `.cache/test`, so that several run at once, and deletes it at the end; what a
killed run left behind is ended and deleted by the next one. The cluster runs without fsync: it survives the kill of
any process, which our tests do, and not a power cut, which they do not.
"""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import FrameType

from local import migrated
from local.errors import CannotStart
from local.postgres import Postgres, free_port
from local.processes import Lock, Process, Record, end, wait_until
from local.redis import Redis
from local.run import DIRECT

PROJECT = Path(__file__).resolve().parent.parent
CACHE = PROJECT / ".cache" / "test"
FOLDER_MODE = 0o711  # `nobody` must get through to its cluster when we are root; what lies below is closed


@contextmanager
def servers(cache: Path = CACHE) -> Iterator[dict[str, str]]:
    """A fresh Postgres and Redis; yields the variables that name them, which those already set keep their value of."""
    given = {name: os.environ[name] for name in ("DATABASE_URL", "REDIS_URL") if os.environ.get(name)}
    with _run_folder(cache) as folder, ExitStack() as stack:
        found = {**given, "POSKO_MODE": "test", "POSKO_STATE": str(folder)}
        if "DATABASE_URL" not in given:
            postgres = Postgres(folder / "postgres", throw_away=True)
            stack.callback(postgres.remove)
            postgres.start()
            migrated.fill(postgres, cache)
            found |= {"DATABASE_URL": postgres.url(), "POSKO_TEST_TEMPLATE": "posko"}
        if "REDIS_URL" not in given:
            redis = Redis(folder / "redis", throw_away=True)
            stack.callback(redis.remove)
            redis.start()
            found["REDIS_URL"] = redis.url
        yield found


@contextmanager
def _run_folder(cache: Path) -> Iterator[Path]:
    """A new folder that is ours until the end; those whose holder was killed are swept first."""
    cache.mkdir(mode=FOLDER_MODE, parents=True, exist_ok=True)
    door = Lock(cache / "lock")
    if not wait_until(door.take, 30):
        raise CannotStart(f"Another test run holds {door.path} for half a minute: end process {door.holder()}.")
    try:
        for left in cache.glob("run-*"):
            lock = Lock(left / "holder")
            if lock.take():
                _sweep(left)
                lock.release()
        folder = Path(tempfile.mkdtemp(prefix="run-", dir=cache))
        folder.chmod(FOLDER_MODE)
        ours = Lock(folder / "holder")
        ours.take()
    finally:
        door.release()
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        ours.release()


def _sweep(folder: Path) -> None:
    for record in (folder / "run").glob("*.process"):
        Record(record).end_leftover(ask_with=signal.SIGKILL)
    postgres, redis = Postgres(folder / "postgres", throw_away=True), Redis(folder / "redis", throw_away=True)
    postgres.end_leftover()
    redis.end_leftover()
    postgres.remove()
    redis.remove()
    shutil.rmtree(folder, ignore_errors=True)


@dataclass(frozen=True)
class RunningPosko:
    """A `make run` of its own."""

    process: Process
    url: str
    sandbox_url: str
    state: Path
    output: Path

    def says(self) -> str:
        """What it printed so far."""
        return self.output.read_text(errors="replace")


@contextmanager
def state_folder(cache: Path = CACHE, *, migrated_already: bool = False) -> Iterator[Path]:
    """A state folder for `running_posko`, which may start in it several times; deleted at the end.

    Empty, as on a first start, unless it is to be `migrated_already`, which spares seconds.
    """
    with _run_folder(cache) as folder:
        try:
            if migrated_already:
                migrated.prepare(folder, cache)
            yield folder
        finally:
            _sweep(folder)


@contextmanager
def running_posko(state: Path, *, seconds: float = 300, env: Mapping[str, str] | None = None) -> Iterator[RunningPosko]:
    """Posko with its own servers, workers and sandbox, its state in `state`, on free ports; ended at the end."""
    port, sandbox_port = free_port(), free_port()
    output = state / "output"
    kept_out = ("DATABASE_URL", "REDIS_URL", "POSKO_MODE", "DJANGO_SETTINGS_MODULE")
    environment = {name: value for name, value in os.environ.items() if name not in kept_out} | {
        "POSKO_STATE": str(state),
        "PORT": str(port),
        "SANDBOX_PORT": str(sandbox_port),
        **(env or {}),
    }
    with output.open("wb") as log:
        process: Process = subprocess.Popen(
            [sys.executable, "-m", "local", "run"],
            cwd=PROJECT,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            process_group=0,
        )
    posko = RunningPosko(process, f"http://localhost:{port}", f"http://localhost:{sandbox_port}", state, output)
    try:
        ready = f"Posko: {posko.url}"
        wait_until(lambda: process.poll() is not None or ready in posko.says(), seconds, every=0.2)
        if process.poll() is not None or ready not in posko.says():
            raise CannotStart(f"Posko did not start: {posko.says()[-2000:]}")
        yield posko
    finally:
        end(process, ask_with=signal.SIGTERM, seconds=6)


def answers(url: str) -> bool:
    """Whether `url` answers with anything but an error."""
    try:
        with DIRECT.open(url, timeout=5):
            return True
    except OSError:
        return False


def run_with_servers(command: Sequence[str]) -> int:
    """Run `command` with fresh servers named in its environment; its exit code."""
    with servers() as found:
        process = subprocess.Popen(command, env={**os.environ, **found})

        def pass_on(number: int, _: FrameType | None) -> None:
            process.send_signal(number)

        # Ctrl-C reaches the command by itself, for it shares our terminal; we only wait for it to end.
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        signal.signal(signal.SIGTERM, pass_on)
        signal.signal(signal.SIGHUP, pass_on)
        code = process.wait()
    return code if code >= 0 else 128 - code
