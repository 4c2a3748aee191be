"""Keep a handful of processes running, show what they say, and end every one of them when asked.

One thread and one `select`: children are started by the main thread only (see `processes.spawn`), and nothing waits
for anything but the next line, the next death or the next signal.
"""

import os
import selectors
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType

from local.processes import Process, Record, signal_group, spawn

STOP_WITHIN = 2.0  # seconds programs have to finish what they do; with the servers' own time it stays below five
PAUSES = (0.5, 1, 2, 4, 8, 16, 30)  # seconds before the first, second … start again
STEADY_AFTER = 60.0  # seconds a program must live for its next death to count as the first
BIGGEST_LOG = 10_000_000  # bytes; one older file is kept beside it
ENDING_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Ended(BaseException):
    """Somebody asked us to end while we were still starting."""


@dataclass
class Child:
    """One process that should be running."""

    name: str
    start: Callable[[], Process]
    is_server: bool = False
    process: Process | None = None
    started_at: float = 0
    deaths: int = 0
    start_at: float = 0
    rest: bytes = b""
    log: Path | None = None

    @property
    def is_alive(self) -> bool:
        """Whether it runs at this moment."""
        return self.process is not None and self.process.poll() is None


@dataclass
class Supervisor:
    """Programs that we start and servers that start themselves; `watch` keeps both alive."""

    logs: Path
    records: Path
    say: Callable[[str], None]
    children: list[Child] = field(default_factory=list)
    is_ending: bool = False
    is_starting: bool = True
    asked: int = 0
    hushed: str = ""  # lines with this text go to the log only

    def __post_init__(self) -> None:
        self._selector = selectors.DefaultSelector()
        self._bell, bell = socket.socketpair()
        for end in (self._bell, bell):
            end.setblocking(False)
        self._wakeup = bell
        self._selector.register(self._bell, selectors.EVENT_READ, None)

    def listen(self) -> None:
        """Take Ctrl-C, SIGTERM and a closed terminal as the wish to end, and wake up when a child dies."""
        signal.set_wakeup_fd(self._wakeup.fileno(), warn_on_full_buffer=False)
        signal.signal(signal.SIGCHLD, lambda number, frame: None)
        for number in ENDING_SIGNALS:
            if number == signal.SIGHUP and signal.getsignal(number) == signal.SIG_IGN:
                continue  # nohup
            signal.signal(number, self._on_signal)

    def _on_signal(self, number: int, _: FrameType | None) -> None:
        self.asked += 1
        self.is_ending = True
        if self.is_starting and self.asked == 1:
            raise Ended

    def end_leftovers(self) -> None:
        """End the programs that a killed supervisor left running."""
        for path in self.records.glob("*.process"):
            # They have lost their supervisor already and every act of theirs survives a kill: no need to ask first.
            Record(path).end_leftover(ask_with=signal.SIGKILL)

    def add_program(self, name: str, command: Sequence[str | Path], *, env: Mapping[str, str], cwd: Path) -> None:
        """Keep `command` running; what it says goes to its log and, with its name in front, to us."""

        def start() -> Process:
            process = spawn(command, env=env, output=subprocess.PIPE, cwd=cwd)
            Record(self.records / f"{name}.process").write(process)
            return process

        self.children.append(Child(name, start, log=self.logs / f"{name}.log"))

    def add_server(self, name: str, start: Callable[[], Process], running: Process) -> None:
        """Keep a server running that is up already and writes a log of its own; `stop` leaves it to its owner."""
        self.children.append(Child(name, start, is_server=True, process=running, started_at=time.monotonic()))

    def run_once(self, name: str, command: Sequence[str | Path], *, env: Mapping[str, str], cwd: Path) -> int:
        """Run `command` to its end while watching the rest; its exit code, or 1 when we are to end before it does."""
        child = Child(name, lambda: spawn(command, env=env, output=subprocess.PIPE, cwd=cwd))
        child.log = self.logs / f"{name}.log"
        self._start(child)
        self.watch(lambda: not child.is_alive)
        process = child.process
        if process is None or process.poll() is None:
            if process is not None:
                signal_group(process.pid, signal.SIGKILL)
                process.wait()
            return 1
        self._drain(child)
        return process.returncode

    def watch(self, until: Callable[[], bool] = lambda: False) -> None:
        """Keep everything alive until `until` is true or we are to end."""
        self.is_starting = False
        while not self.is_ending and not until():
            for child in self.children:
                self._keep_alive(child)
            self._read(0.2)

    def worst(self) -> Child | None:
        """The child that died most often in a row."""
        return max((child for child in self.children if child.deaths), key=lambda child: child.deaths, default=None)

    def stop(self) -> None:
        """End every program: ask, wait, kill; asked a second time, kill at once."""
        self.is_starting, self.is_ending = False, True
        asked = self.asked
        programs = [child for child in self.children if child.process is not None and not child.is_server]
        for child in programs:
            if child.process is not None and child.is_alive:
                signal_group(child.process.pid, signal.SIGTERM)
        deadline = time.monotonic() + STOP_WITHIN
        while any(child.is_alive for child in programs) and time.monotonic() < deadline and self.asked <= asked + 1:
            self._read(0.05)
        for child in programs:
            if child.process is not None:
                signal_group(child.process.pid, signal.SIGKILL)
                child.process.wait()
                self._drain(child)
                Record(self.records / f"{child.name}.process").clear()

    def _keep_alive(self, child: Child) -> None:
        if child.is_alive:
            return
        now = time.monotonic()
        if child.process is not None:
            self._bury(child, child.process, now)
        if now >= child.start_at:
            self._start(child)

    def _bury(self, child: Child, process: Process, now: float) -> None:
        """Tell of a death and set the time of the next start."""
        signal_group(process.pid, signal.SIGKILL)  # what it may have left in its group
        self._drain(child)
        child.process = None
        child.deaths = 1 if now - child.started_at > STEADY_AFTER else child.deaths + 1
        pause = PAUSES[min(child.deaths, len(PAUSES)) - 1]
        child.start_at = now + pause
        code = process.returncode
        how = f"exit code {code}" if code >= 0 else signal.Signals(-code).name
        self.say(f"{child.name} ended by itself ({how}); starting it again in {pause:g} s.")

    def _start(self, child: Child) -> None:
        if child.log is not None and child.log.exists() and child.log.stat().st_size > BIGGEST_LOG:
            child.log.replace(child.log.with_suffix(".log.1"))
        child.process = child.start()
        child.started_at = time.monotonic()
        if child.process.stdout is not None:
            os.set_blocking(child.process.stdout.fileno(), False)
            self._selector.register(child.process.stdout, selectors.EVENT_READ, child)

    def _read(self, seconds: float) -> None:
        """Pass on what children say, for at most `seconds` or until something happens."""
        for key, _ in self._selector.select(seconds):
            if key.data is None:
                try:
                    self._bell.recv(4096)
                except BlockingIOError:
                    pass
            else:
                self._take(key.data)

    def _take(self, child: Child) -> bool:
        """Read once from `child`; whether there may be more."""
        pipe = None if child.process is None else child.process.stdout
        if pipe is None or pipe.closed:
            return False
        try:
            data = os.read(pipe.fileno(), 65536)
        except BlockingIOError:
            return False
        if not data:
            self._selector.unregister(pipe)
            pipe.close()
        *lines, child.rest = (child.rest + data).split(b"\n")
        if not data and child.rest:
            lines, child.rest = [child.rest], b""
        if lines and child.log is not None:
            with child.log.open("ab") as log:
                log.write(b"\n".join(lines) + b"\n")
        for line in [] if self.is_ending else lines:  # goodbyes are for the log
            text = line.decode(errors="replace").rstrip()
            if not self.hushed or self.hushed not in text:
                self.say(f"{child.name:<7} | {text}")
        return bool(data)

    def _drain(self, child: Child) -> None:
        """Read what a dead child said last, then close its pipe: a grandchild may hold the other end."""
        while self._take(child):
            pass
        pipe = None if child.process is None else child.process.stdout
        if pipe is not None and not pipe.closed:
            self._selector.unregister(pipe)
            pipe.close()
