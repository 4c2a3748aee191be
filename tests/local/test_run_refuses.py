"""What keeps `make run` from starting is one sentence that says what to do, and exit code 2."""

import ast
import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from local import run
from local.errors import CannotStart
from local.postgres import free_port
from local.processes import Lock
from local.test import PROJECT


def refusal(state: Path, **env: str) -> str:
    """What `python -m local run` says when it refuses."""
    answer = subprocess.run(
        [sys.executable, "-m", "local", "run"],
        cwd=PROJECT,
        env={
            **os.environ,
            "POSKO_STATE": str(state),
            "PORT": str(free_port()),
            "SANDBOX_PORT": str(free_port()),
            **env,
        },
        capture_output=True,
        text=True,
        timeout=20,
        check=False,
    )
    assert answer.returncode == 2
    assert answer.stdout == ""
    assert answer.stderr.count("\n") == 1
    return answer.stderr


@pytest.mark.parametrize("name", ["PORT", "SANDBOX_PORT"])
def test_a_port_in_use(tmp_path: Path, name: str) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert f"choose another one with {name}=" in refusal(tmp_path, **{name: str(port)})


def test_a_port_in_use_on_the_other_address_of_localhost(monkeypatch: pytest.MonkeyPatch) -> None:
    port, asked = free_port(), []

    def connect(place: tuple[str, int], **_: float) -> socket.socket:  # not every machine has IPv6 to try this with
        asked.append(place)
        return socket.socket()

    monkeypatch.setattr(socket, "create_connection", connect)
    with pytest.raises(CannotStart, match="choose another one with PORT="):
        run._check_free("PORT", port)
    assert asked == [("::1", port)]


def test_one_port_for_two(tmp_path: Path) -> None:
    port = str(free_port())
    assert f"PORT and SANDBOX_PORT are both {port}: choose" in refusal(tmp_path, PORT=port, SANDBOX_PORT=port)


@pytest.mark.parametrize("port", ["http", "0", "70000", "-1"])
def test_a_port_that_is_none(tmp_path: Path, port: str) -> None:
    assert f"PORT={port} is no port" in refusal(tmp_path, PORT=port)


def test_a_second_one_on_the_same_folder(tmp_path: Path) -> None:
    lock = Lock(tmp_path / "lock")
    assert lock.take()
    assert f"already runs in {tmp_path} as process {os.getpid()}" in refusal(tmp_path)
    lock.release()


def test_a_state_folder_that_is_a_file(tmp_path: Path) -> None:
    (tmp_path / "state").write_text("")
    assert "POSKO_STATE=" in refusal(tmp_path / "state")
    assert "POSKO_STATE=" in refusal(tmp_path / "state" / "below")


def test_a_state_folder_that_takes_no_files() -> None:
    assert "cannot keep its state in /proc/posko" in refusal(Path("/proc/posko"))


def test_a_database_without_its_keys(tmp_path: Path) -> None:
    (tmp_path / "postgres" / "data").mkdir(parents=True)
    (tmp_path / "postgres" / "data" / "PG_VERSION").write_text("18\n")
    assert "put that file back from a backup" in refusal(tmp_path)


def test_a_command_that_is_none() -> None:
    answer = subprocess.run(
        [sys.executable, "-m", "local", "fly"], cwd=PROJECT, capture_output=True, text=True, check=False
    )
    assert answer.returncode == 2
    assert answer.stderr.startswith("Usage: ")


@pytest.mark.parametrize("name", ["__init__.py", "__main__.py"])
def test_a_python_too_old_can_read_what_refuses_it(name: str) -> None:
    ast.parse((PROJECT / "local" / name).read_text(), feature_version=(3, 6))
