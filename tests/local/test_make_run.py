"""All of Posko, as `make run` starts it."""

import json
import os
import signal
import threading
from http.server import HTTPServer, SimpleHTTPRequestHandler
from pathlib import Path

import pytest

from local.processes import identity, wait_until
from local.run import Probe
from local.test import answers, running_posko, state_folder

PROGRAMS = {"sandbox", "web", "tick", "worker", "beat"}


def running(state: Path) -> dict[str, int]:
    """Name and pid of every process that the state folder remembers."""
    records = [*(state / "run").glob("*.process"), *state.glob("*.process")]
    return {record.stem: int(json.loads(record.read_text())["pid"]) for record in records}


def test_a_proxy_in_the_environment_does_not_come_between_us_and_our_own_machine(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for name in ("http_proxy", "HTTP_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    monkeypatch.delenv("no_proxy", raising=False)
    monkeypatch.delenv("NO_PROXY", raising=False)
    monkeypatch.chdir(tmp_path)
    with HTTPServer(("127.0.0.1", 0), SimpleHTTPRequestHandler) as server:
        serving = threading.Thread(target=server.serve_forever)
        serving.start()
        url = f"http://localhost:{server.server_port}/"
        assert answers(url)
        assert Probe(url).is_ready()
        server.shutdown()
        serving.join()


@pytest.mark.chaos
@pytest.mark.timeout(300)
def test_it_starts_ends_and_comes_back_after_kill_9() -> None:
    with state_folder() as state:
        with running_posko(state) as posko:
            assert answers(f"{posko.url}/sehat/")
            assert wait_until(lambda: answers(posko.sandbox_url), 30)
            first = running(state)
            assert set(first) == PROGRAMS | {"postgres", "redis"}
            keys = (state / "secrets.env").read_text()
            for pid in (posko.process.pid, *first.values()):
                os.killpg(pid, signal.SIGKILL)
            posko.process.wait()
        with running_posko(state) as posko:
            second = running(state)
            assert not set(first.values()) & set(second.values())
            assert (state / "secrets.env").read_text() == keys
            os.kill(second["worker"], signal.SIGKILL)
            assert wait_until(lambda: running(state)["worker"] != second["worker"], 30)
            posko.process.send_signal(signal.SIGINT)
            assert posko.process.wait(30) == 0  # five seconds on a quiet machine
            assert wait_until(lambda: all(identity(pid) is None for pid in second.values()), 5)
            assert running(state) == {}
