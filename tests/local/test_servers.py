"""`python -m local with`: servers for one command."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from local.processes import command_line, wait_until
from local.test import PROJECT, servers

CLEAN = {name: value for name, value in os.environ.items() if name not in {"DATABASE_URL", "REDIS_URL"}}


def with_servers(*command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "local", "with", "--", *command],
        cwd=PROJECT, env=CLEAN, capture_output=True, text=True, check=False,
    )  # fmt: skip


def test_the_command_gets_its_servers_and_its_exit_code_comes_back() -> None:
    answer = with_servers("sh", "-c", 'echo "$DATABASE_URL" "$REDIS_URL" "$POSKO_MODE"; ls -d "$POSKO_STATE"; exit 7')
    assert answer.returncode == 7
    assert answer.stdout.startswith("postgres://postgres:")
    assert " unix:///" in answer.stdout
    assert " test\n" in answer.stdout
    assert not Path(answer.stdout.splitlines()[1]).exists()


def test_servers_that_are_named_already_are_used(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgres://them/posko")
    monkeypatch.setenv("REDIS_URL", "redis://them")
    with servers(tmp_path) as env:
        assert env["DATABASE_URL"] == "postgres://them/posko"
        assert env["REDIS_URL"] == "redis://them"
        assert not list(tmp_path.glob("run-*/postgres"))


def test_what_a_killed_run_left_is_swept_by_the_next(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgres://them/posko")
    monkeypatch.delenv("REDIS_URL", raising=False)
    killed = subprocess.Popen(
        [
            *(sys.executable, "-c"),
            (
                "import sys, time; from pathlib import Path; from local.test import servers\n"
                "with servers(Path(sys.argv[1])) as env: print(env['POSKO_STATE'], flush=True); time.sleep(60)"
            ),
            str(tmp_path),
        ],
        cwd=PROJECT,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert killed.stdout is not None
    left = Path(killed.stdout.readline().strip())
    server = int((left / "redis.process").read_text().split(":")[1].split(",")[0])
    killed.send_signal(signal.SIGKILL)
    killed.communicate()
    assert left.exists()
    with servers(tmp_path):
        assert not left.exists()
        assert wait_until(lambda: "redis" not in command_line(server), 2)
    assert not list(tmp_path.glob("run-*"))
