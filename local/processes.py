"""Processes we start: each in a group of its own, ended with us, and known again after we were killed."""

import fcntl
import json
import os
import pwd
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from local.errors import CannotStart

GUARD = Path(__file__).with_name("guard.py")
Process = subprocess.Popen[bytes]


@dataclass(frozen=True)
class Account:
    """A user of this machine."""

    uid: int
    gid: int


def unprivileged() -> Account | None:
    """Whom a server that refuses root runs as: `nobody` when we are root, ourselves (None) otherwise."""
    if os.geteuid() != 0:
        return None
    try:
        entry = pwd.getpwnam("nobody")
    except KeyError:
        raise CannotStart(
            "Postgres refuses to run as root and this machine has no user `nobody`: start Posko as another user."
        ) from None
    return Account(entry.pw_uid, entry.pw_gid)


def spawn(
    command: Sequence[str | Path],
    *,
    env: Mapping[str, str],
    output: int | IO[bytes],
    end_with: signal.Signals = signal.SIGTERM,
    account: Account | None = None,
    cwd: Path | None = None,
) -> Process:
    """Start `command` at the head of a new process group; our end, however sudden, sends it `end_with` (Linux).

    Call it from the main thread: Linux counts the end of the calling thread as the end of the parent.
    """
    user = "-" if account is None else f"{account.uid}:{account.gid}"
    return subprocess.Popen(
        [sys.executable, "-I", "-S", GUARD, str(os.getpid()), str(int(end_with)), user, *command],
        env=dict(env),
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=subprocess.STDOUT,
        cwd=cwd,
        process_group=0,
    )


def signal_group(pid: int, number: signal.Signals) -> None:
    """Send `number` to the group that `pid` heads; nothing happens when it is gone."""
    try:
        os.killpg(pid, number)
    except (ProcessLookupError, PermissionError):
        pass


def wait_until(condition: Callable[[], bool], seconds: float, every: float = 0.05) -> bool:
    """Whether `condition` came true within `seconds`."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() >= deadline:
            return False
        time.sleep(every)
    return True


def end(process: Process, *, ask_with: signal.Signals = signal.SIGTERM, seconds: float = 3) -> None:
    """End `process` and its group: ask, wait, then kill."""
    if process.poll() is None:
        signal_group(process.pid, ask_with)
        wait_until(lambda: process.poll() is not None, seconds)
    signal_group(process.pid, signal.SIGKILL)
    process.wait()


def identity(pid: int) -> str | None:
    """What tells this process from a later one of the same number: its start time; None when it is not running."""
    if sys.platform == "linux":
        try:
            fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
            boot = Path("/proc/sys/kernel/random/boot_id").read_text().strip()
        except OSError:
            return None
        return None if fields[0] == "Z" else f"{boot} {fields[19]}"
    return _ps(pid, "lstart=")


def command_line(pid: int) -> str:
    """The command line of a running process, empty when it is not running."""
    if sys.platform == "linux":
        try:
            return Path(f"/proc/{pid}/cmdline").read_text(errors="replace").replace("\0", " ").strip()
        except OSError:
            return ""
    return _ps(pid, "command=") or ""


def _ps(pid: int, column: str) -> str | None:
    answer = subprocess.run(["ps", "-p", str(pid), "-o", column], capture_output=True, text=True, check=False)
    return answer.stdout.strip() or None


@dataclass(frozen=True)
class Record:
    """A file that remembers a process, so that a start after `kill -9` ends what was left running."""

    path: Path

    def write(self, process: Process) -> None:
        """Remember `process`."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        self.path.write_text(json.dumps({"pid": process.pid, "identity": identity(process.pid)}))

    def clear(self) -> None:
        """Forget it."""
        self.path.unlink(missing_ok=True)

    def end_leftover(self, *, ask_with: signal.Signals = signal.SIGTERM, seconds: float = 1) -> None:
        """End the remembered process if it still runs and is still the same one; then forget it."""
        try:
            remembered = json.loads(self.path.read_text())
            pid, known = int(remembered["pid"]), remembered["identity"]
        except (OSError, ValueError, TypeError, KeyError):
            self.clear()
            return
        if known is not None and identity(pid) == known:
            signal_group(pid, ask_with)
            if not wait_until(lambda: identity(pid) != known, seconds):
                signal_group(pid, signal.SIGKILL)
                wait_until(lambda: identity(pid) != known, 2)
        self.clear()


class Lock:
    """At most one holder per path, released by the kernel however the holder ends."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._descriptor: int | None = None

    def take(self) -> bool:
        """Whether we hold it now."""
        descriptor = os.open(self.path, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(descriptor)
            return False
        os.ftruncate(descriptor, 0)
        os.write(descriptor, str(os.getpid()).encode())
        self._descriptor = descriptor
        return True

    def holder(self) -> str:
        """The pid of whoever holds it, as far as the file tells."""
        try:
            return self.path.read_text().strip() or "?"
        except OSError:
            return "?"

    def release(self) -> None:
        """Let go; the file stays, so that nobody locks a file that another is about to remove."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None
