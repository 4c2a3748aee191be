"""A database with all tables and no rows, made once for each state of the migrations and copied from then on.

Applying every migration takes longer than most tests that need its tables. The copy lies below `.cache/test`, named for
a hash of all that could make it another one.
"""

import hashlib
import os
import subprocess
import sys
from pathlib import Path

from local.errors import CannotStart
from local.postgres import Postgres, find_binaries
from local.processes import Lock, wait_until
from local.state import State

PROJECT = Path(__file__).resolve().parent.parent
APPS = ("campaign", "branding", "programs", "engagement", "fundraising", "analytics")
MADE_WITHIN = 300.0  # seconds


def fill(postgres: Postgres, cache: Path) -> None:
    """Give the database `posko` of a fresh cluster all tables."""
    dump = _dump(cache)
    _run("pg_restore", "--no-owner", "--dbname", postgres.url(), str(dump))


def prepare(state: Path, cache: Path) -> None:
    """Put secrets and a cluster with all tables into a state folder, for `make run` to start with."""
    State(state).secrets(has_data=False)
    with Postgres(state / "postgres") as postgres:
        fill(postgres, cache)


def _dump(cache: Path) -> Path:
    path = cache / f"tables-{_state()}.dump"
    door = Lock(cache / "tables.lock")
    if not path.exists():
        if not wait_until(door.take, MADE_WITHIN):
            raise CannotStart(f"Process {door.holder()} has been making {path} for minutes: end it.")
        try:
            if not path.exists():
                _make(path)
        finally:
            door.release()
    return path


def _make(path: Path) -> None:
    for old in path.parent.glob("tables-*.dump"):
        old.unlink(missing_ok=True)
    postgres = Postgres(path.with_name("tables-making"), throw_away=True)
    postgres.remove()
    try:
        postgres.start()
        found = {**os.environ, "DATABASE_URL": postgres.url(), "POSKO_MODE": "test"}
        command = [sys.executable, "manage.py", "migrate", "--no-input", "-v", "0"]
        subprocess.run(command, cwd=PROJECT, env=found, check=True)
        unfinished = path.with_suffix(".part")
        _run("pg_dump", "--format", "custom", "--compress", "0", "--file", str(unfinished), postgres.url())
        unfinished.replace(path)
    finally:
        postgres.remove()


def _run(program: str, *arguments: str) -> None:
    command = [str(find_binaries().folder / program), *arguments]
    answer = subprocess.run(command, capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL)
    if answer.returncode:
        raise CannotStart(f"{program} failed: {answer.stderr.strip()[-1000:]}")


def _state() -> str:
    """A hash over the migrations of our apps, and over what decides those of others."""
    files = [PROJECT / "requirements.txt", PROJECT / "config" / "settings.py", PROJECT / "campaign" / "rulesets.py"]
    files += sorted(
        file for app in APPS for file in (PROJECT / app / "migrations").rglob("*.*") if file.suffix != ".pyc"
    )
    digest = hashlib.sha256(find_binaries().folder.as_posix().encode())
    for file in files:
        digest.update(file.name.encode() + file.read_bytes())
    return digest.hexdigest()[:16]
