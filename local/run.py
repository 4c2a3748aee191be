"""`make run`: everything that Posko needs, in one state folder, until Ctrl-C.

From outside: POSKO_STATE (the folder, `.posko` here), PORT (8000), SANDBOX_PORT (4800), POSKO_VERBOSE (1: programs
tell all they do), and DATABASE_URL or REDIS_URL to use a server that runs already. Handed to the programs: those two
(`postgres://…`, `unix:///abs/path.sock`), the secrets of `state.py`, POSKO_MODE=local, POSKO_STATE, POSKO_BASE_URL,
SANDBOX_URL.
"""

import os
import socket
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path

from local.errors import CannotStart
from local.postgres import Postgres, find_binaries
from local.redis import Redis
from local.state import State
from local.supervisor import Ended, Supervisor

PROJECT = Path(__file__).resolve().parent.parent
HEALTH = "/sehat/"
DIRECT = urllib.request.build_opener(urllib.request.ProxyHandler({}))  # no proxy reaches our own loopback
GIVE_UP_AFTER = 4  # deaths in a row, while Posko never was ready
READY_WITHIN = 60.0  # seconds


def say(line: str) -> None:
    """Print at once; a closed terminal must not keep us from ending what we started."""
    try:
        print(line, flush=True)
    except OSError:
        sys.stdout = Path(os.devnull).open("w")  # noqa: SIM115 (stands in for standard output until we end)


def run_posko() -> int:
    """Start Posko and keep it running; the exit code."""
    port, sandbox_port = _port("PORT", 8000), _port("SANDBOX_PORT", 4800)
    if port == sandbox_port:
        raise CannotStart(f"PORT and SANDBOX_PORT are both {port}: choose another one for either.")
    state = State(Path(os.environ.get("POSKO_STATE") or PROJECT / ".posko"))
    state.take()
    supervisor = Supervisor(state.log, state.run, say)
    ending: list[Callable[[], None]] = []  # each server's own stop
    try:
        supervisor.listen()
        supervisor.end_leftovers()
        env = environment(state, port, sandbox_port)
        _check_free("PORT", port)
        _check_free("SANDBOX_PORT", sandbox_port)
        _start_servers(state, supervisor, env, ending)
        return _supervise(supervisor, env, port, sandbox_port)
    except Ended:
        return 130
    except OSError as error:
        raise CannotStart(
            f"Posko cannot use its folder {state.folder}: {error.strerror} ({error.filename}). "
            "Free or repair it, or name another one with POSKO_STATE=/a/folder."
        ) from error
    finally:
        if supervisor.is_ending:
            say("Stopping …")
        supervisor.stop()
        for stop in reversed(ending):
            stop()
        state.release()


def _start_servers(state: State, supervisor: Supervisor, env: dict[str, str], ending: list[Callable[[], None]]) -> None:
    """Start the servers that the environment does not name, and name them there."""
    if "DATABASE_URL" not in env:
        postgres = Postgres(state.folder / "postgres")
        ending.append(postgres.stop)
        if not postgres.is_made:
            say("Making the database …")
        postgres.start()
        env["DATABASE_URL"] = postgres.url()
        if postgres.process is not None:
            supervisor.add_server("postgres", postgres.spawn, postgres.process)
    if "REDIS_URL" not in env:
        redis = Redis(state.folder / "redis")
        ending.append(redis.stop)
        redis.start()
        env["REDIS_URL"] = redis.url
        if redis.process is not None:
            supervisor.add_server("redis", redis.spawn, redis.process)


def _supervise(supervisor: Supervisor, env: dict[str, str], port: int, sandbox_port: int) -> int:
    """Migrate, start the programs, tell when Posko answers, and stay until we are to end."""
    python = sys.executable
    code = supervisor.run_once(
        "migrate", [python, "manage.py", "migrate", "--no-input", "-v", "0"], env=env, cwd=PROJECT
    )
    if supervisor.is_ending:
        return 130
    if code:
        say(f"The database could not be brought up to date; what Django says is above and in {supervisor.logs}.")
        return 1
    for name, command in programs(port, sandbox_port, Path(env["POSKO_STATE"])).items():
        supervisor.add_program(name, [python, *command], env=env, cwd=PROJECT)
    probe = Probe(f"http://localhost:{port}{HEALTH}")
    supervisor.hushed = HEALTH  # our own questions, answered 503 until every part has shown itself
    supervisor.watch(lambda: probe.is_ready() or probe.is_late() or _hopeless(supervisor))
    supervisor.hushed = ""
    if supervisor.is_ending:
        return 130
    if not probe.answered:
        worst = supervisor.worst()
        what = f"{worst.name} does not stay up" if worst else f"{probe.url} does not answer"
        say(f"Posko does not start: {what}. Its log is in {supervisor.logs}.")
        return 1
    say(f"Posko: {env['POSKO_BASE_URL']}")
    if not probe.was_ready:
        say(f"Not every part of it is at work, see {probe.url} and {supervisor.logs}.")
    supervisor.watch()
    return 0


def programs(port: int, sandbox_port: int, state: Path) -> dict[str, list[str]]:
    """Name and Python arguments of every program, in the order they start."""
    level = "INFO" if os.environ.get("POSKO_VERBOSE") else "WARNING"
    # Celery warns root in eight lines at every start; a local Posko run by root knows it.
    celery = ["-W", "ignore:You're running the worker", "-m", "celery", "-q", "-A", "config"]
    alone = ["--without-gossip", "--without-mingle", "--without-heartbeat", "--pool", "threads", "-l", level]
    return {
        "sandbox": ["-m", "sandbox", "--port", str(sandbox_port), "--state", str(state / "sandbox")],
        "web": [
            *("-m", "gunicorn", "config.wsgi", "--bind", f"127.0.0.1:{port}", "--worker-class", "gthread"),
            *("--workers", "2", "--threads", "8", "--graceful-timeout", "2", "--no-control-socket"),
            *("--log-level", level.lower(), *(["--access-logfile", "-"] if level == "INFO" else [])),
        ],
        "tick": [*celery, "worker", "-Q", "tick", "-c", "2", "-n", "tick@%h", *alone],
        "worker": [*celery, "worker", "-Q", "deliver,ingest,measure,work", "-c", "12", "-n", "worker@%h", *alone],
        "beat": [*celery, "beat", "-s", str(state / "run" / "beat"), "--pidfile=", "-l", level],
    }


class Probe:
    """Asks one address whether Posko answers, a few times a second at most."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.was_ready = False
        self.answered = False  # with an error, perhaps
        self._deadline = time.monotonic() + READY_WITHIN
        self._next = 0.0

    def is_ready(self) -> bool:
        """Whether it answered just now that all is well."""
        if time.monotonic() >= self._next:
            try:
                with DIRECT.open(self.url, timeout=5):
                    self.was_ready = self.answered = True
            except urllib.error.HTTPError:
                self.answered = True
            except OSError:
                self.answered = False
            self._next = time.monotonic() + 0.3
        return self.was_ready

    def is_late(self) -> bool:
        """Whether it had time enough."""
        return time.monotonic() > self._deadline


def _hopeless(supervisor: Supervisor) -> bool:
    """Whether the web server keeps dying; without any other program Posko still answers, and says what is missing."""
    return any(child.name == "web" and child.deaths >= GIVE_UP_AFTER for child in supervisor.children)


def environment(state: State, port: int = 8000, sandbox_port: int = 4800) -> dict[str, str]:
    """What the programs are told; a secret that the caller set stays as set."""
    secrets = state.secrets(has_data=Postgres(state.folder / "postgres").is_made)
    given = {name: value for name, value in os.environ.items() if value}
    return {
        **secrets,
        **given,
        "POSKO_MODE": "local",
        "POSKO_STATE": str(state.folder),
        "POSKO_BASE_URL": f"http://localhost:{port}",
        "SANDBOX_URL": f"http://localhost:{sandbox_port}",
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "PYTHONUNBUFFERED": "1",
    } | programs_of_postgres()


def programs_of_postgres() -> dict[str, str]:
    """Where pg_dump and its like are, unless the caller names a folder or has only those on the path."""
    try:
        folder = find_binaries().folder
    except CannotStart:  # DATABASE_URL names a server, and there is none here
        return {}
    has_all = all((folder / name).is_file() for name in ("pg_dump", "pg_restore", "psql"))
    return {"POSKO_PG_BIN": str(folder)} if has_all and not os.environ.get("POSKO_PG_BIN") else {}


def _port(name: str, default: int) -> int:
    """The port that the variable `name` asks for."""
    asked = os.environ.get(name) or str(default)
    if not asked.isdecimal() or not 0 < int(asked) < 65536:
        raise CannotStart(f"{name}={asked} is no port: give a number from 1 to 65535.")
    return int(asked)


def _check_free(name: str, port: int) -> None:
    """Refuse a port that somebody else listens on, be it on localhost's other address: browsers try that one first."""
    in_use = CannotStart(f"Port {port} is in use: free it, or choose another one with {name}=….")
    if _is_answered("::1", port):
        raise in_use
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except PermissionError:
            raise CannotStart(f"Port {port} is kept for root here: choose one above 1023 with {name}=….") from None
        except OSError:
            raise in_use from None


def _is_answered(host: str, port: int) -> bool:
    try:
        with socket.create_connection((host, port), timeout=1):
            return True
    except OSError:  # nobody there, or no IPv6 on this machine
        return False
