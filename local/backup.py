"""`make backup` and `make restore`: the commands of the same name, with the database of this machine.

A backup is taken beside a Posko that runs, or with its server started for the moment; a restore needs the folder for
itself. With DATABASE_URL set, both speak to that server.
"""

import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from local.errors import CannotStart
from local.postgres import Postgres
from local.run import PROJECT, environment
from local.state import State


def back_up(options: Sequence[str]) -> int:
    """Take a backup; its exit code."""
    state = _state()
    with _database(state, may_run=True) as env:
        return _manage(env, "backup", *options)


def restore(options: Sequence[str]) -> int:
    """Bring a backup back; its exit code."""
    folder, *rest = options
    if not Path(folder).is_dir():
        raise CannotStart(f"There is no backup in {folder}: name its folder, such as .posko/backups/posko-….")
    state = _state()
    with _database(state, may_run=False) as env:
        return _manage(env, "restore", str(Path(folder).absolute()), *rest)


def _state() -> State:
    return State(Path(os.environ.get("POSKO_STATE") or PROJECT / ".posko"))


@contextmanager
def _database(state: State, *, may_run: bool) -> Iterator[dict[str, str]]:
    """The environment of a command that finds the database, which runs already or for as long as this."""
    postgres = Postgres(state.folder / "postgres")
    named = os.environ.get("DATABASE_URL")
    if may_run and not (state.has_secrets if named else postgres.is_made):
        # New secrets would be made, and a backup that says it was encrypted with them could never be restored.
        raise CannotStart(f"There is nothing to back up in {state.folder}: Posko has not been started there yet.")
    if may_run and (named or postgres.find_running()):
        yield environment(state) | {"DATABASE_URL": named or postgres.url()}
        return
    state.take()
    try:
        env = environment(state)
        if "DATABASE_URL" not in env:
            postgres.start()
            env["DATABASE_URL"] = postgres.url()
        yield env
    finally:
        postgres.stop()
        state.release()


def _manage(env: dict[str, str], *command: str) -> int:
    # Redis is asked for nothing here, and only named.
    env.setdefault("REDIS_URL", "redis://127.0.0.1:1/0")
    return subprocess.run([sys.executable, "manage.py", *command], cwd=PROJECT, env=env, check=False).returncode
