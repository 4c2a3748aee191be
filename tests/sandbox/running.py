"""Starts the real sandbox process for a test. Other suites import this too."""

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import Any, Self

import requests

ROOT = Path(__file__).parents[2]
START_SECONDS = 20


def free_port() -> int:
    """A port that nobody listens on at this moment."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


class Sandbox:
    """A running sandbox. `url` has no slash at the end; `state` is the folder that survives it."""

    def __init__(self, state: Path, port: int) -> None:
        """Start the process and wait until it says that it is ready."""
        self.state, self.port, self.url = state, port, f"http://localhost:{port}"
        self._session = requests.Session()
        self._session.trust_env = False
        command = [sys.executable, "-m", "sandbox", "--port", str(port), "--state", str(state)]
        environment = {**os.environ, "PYTHONUNBUFFERED": "1"}
        self.process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, env=environment)
        line = self.process.stdout.readline() if self.process.stdout else ""
        if "ready" not in line:
            self.kill()
            raise RuntimeError(f"the sandbox did not start: {line!r}")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def control(self, method: str, path: str, **body: Any) -> Any:
        """Call the control API: `control("POST", "settings", voters="off")`. Raises requests.HTTPError when refused."""
        answer = self._session.request(method, f"{self.url}/_control/{path}", json=body or None, timeout=10)
        answer.raise_for_status()
        return answer.json()

    def account(self, platform: str, handle: str = "ratna", name: str = "Ratna Wijaya") -> dict[str, Any]:
        """One of our accounts, made when it is not there."""
        made: dict[str, Any] = self.control("POST", "accounts", platform=platform, handle=handle, name=name)
        return made

    def fault(self, fault: str, *, times: int | None = 1, **more: Any) -> int:
        """Switch a fault on, for one request unless said otherwise; its id."""
        made: dict[str, Any] = self.control("POST", "faults", fault=fault, times=times, **more)
        return int(made["id"])

    def log(self, *, platform: str = "", after: int = 0) -> list[dict[str, Any]]:
        """What became public."""
        lines: list[dict[str, Any]] = self.control("GET", f"log?platform={platform}&after={after}")
        return lines

    def requests(self, after: int = 0) -> list[dict[str, Any]]:
        """Every request a network received."""
        entries: list[dict[str, Any]] = self.control("GET", f"requests?after={after}")
        return entries

    def reset(self) -> None:
        """Forget everything, voters and limits off: as a fresh start, without the wait."""
        self.control("POST", "reset")
        self.control("POST", "settings", voters="off", media_delay_s=0, rate_limits=False, audited=False)

    def stop(self) -> int:
        """End it politely; its exit code."""
        return self._end(signal.SIGTERM)

    def kill(self) -> int:
        """End it as a power cut would, so far as a process can tell."""
        return self._end(signal.SIGKILL)

    def _end(self, how: signal.Signals) -> int:
        if self.process.poll() is None:
            self.process.send_signal(how)
        code = self.process.wait(timeout=START_SECONDS)
        if self.process.stdout:
            self.process.stdout.close()
        self._session.close()
        return code


def start_sandbox(folder: Path, *, port: int | None = None, voters: str = "off") -> Sandbox:
    """A sandbox whose state lies in `folder`/sandbox, on a free port unless one is given."""
    until = time.monotonic() + START_SECONDS
    while True:
        try:
            sandbox = Sandbox(folder / "sandbox", port or free_port())
            break
        except RuntimeError:
            # Somebody else may have taken the free port between the question and the start.
            if port or time.monotonic() > until:
                raise
    sandbox.control("POST", "settings", voters=voters)
    return sandbox
