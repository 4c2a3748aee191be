"""The supervisor, with small programs in place of ours."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from local import supervisor as module
from local.processes import Record, command_line, identity, wait_until
from local.supervisor import Supervisor
from local.test import PROJECT

ENV = {"PATH": os.environ["PATH"]}


@pytest.fixture
def said() -> list[str]:
    return []


@pytest.fixture
def supervisor(tmp_path: Path, said: list[str], monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(module, "PAUSES", (0.05,))
    monkeypatch.setattr(module, "STOP_WITHIN", 0.5)
    made = Supervisor(tmp_path, tmp_path, said.append)
    yield made
    made.stop()


def add(supervisor: Supervisor, name: str, script: str) -> None:
    supervisor.add_program(name, ["sh", "-c", script], env=ENV, cwd=PROJECT)


def until(supervisor: Supervisor, seconds: float, condition) -> None:
    deadline = time.monotonic() + seconds
    supervisor.watch(lambda: condition() or time.monotonic() > deadline)
    assert condition()


def test_what_a_program_says_is_shown_with_its_name_and_kept(supervisor, said, tmp_path) -> None:
    add(supervisor, "web", "echo halo; sleep 60")
    until(supervisor, 30, lambda: "web     | halo" in said)
    assert (tmp_path / "web.log").read_text() == "halo\n"


def test_a_program_that_ends_by_itself_is_told_and_started_again(supervisor, said, tmp_path) -> None:
    add(supervisor, "beat", f"echo x >> {tmp_path}/starts; exit 3")
    until(supervisor, 30, lambda: said.count("beat ended by itself (exit code 3); starting it again in 0.05 s.") >= 2)
    assert (tmp_path / "starts").read_text().count("x") >= 2
    assert supervisor.worst().name == "beat"


def test_a_killed_server_is_started_again(supervisor, said) -> None:
    started: list[subprocess.Popen[bytes]] = []

    def start():
        started.append(subprocess.Popen(["sleep", "60"], process_group=0))
        return started[-1]

    supervisor.add_server("postgres", start, start())
    started[0].kill()
    until(supervisor, 30, lambda: len(started) == 2)
    assert any("postgres ended by itself (SIGKILL)" in line for line in said)
    started[1].kill()
    started[1].wait()


def test_stop_ends_even_what_will_not_listen_and_its_children(supervisor, tmp_path) -> None:
    add(supervisor, "worker", f"trap '' TERM INT; sleep 61 & echo $! > {tmp_path}/child; wait; sleep 62")
    until(supervisor, 30, lambda: (tmp_path / "child").exists() and (tmp_path / "child").read_text().strip() != "")
    child = int((tmp_path / "child").read_text())
    started = time.monotonic()
    supervisor.stop()
    assert time.monotonic() - started < 30  # the children would go on for a minute
    assert wait_until(lambda: "sleep 61" not in command_line(child), 20)


def test_run_once_gives_the_exit_code_and_the_output(supervisor, said) -> None:
    assert supervisor.run_once("migrate", ["sh", "-c", "echo salah; exit 4"], env=ENV, cwd=PROJECT) == 4
    assert "migrate | salah" in said


def test_a_program_that_cannot_be_run_says_so(supervisor, said) -> None:
    assert supervisor.run_once("migrate", ["/no/such/program"], env=ENV, cwd=PROJECT) == 126
    assert any("No such file" in line for line in said)


SUPERVISE = """
import sys; from pathlib import Path; from local.supervisor import Supervisor
made = Supervisor(Path(sys.argv[1]), Path(sys.argv[1]), lambda line: print(line, flush=True)); made.listen()
made.add_program("web", ["sh", "-c", "echo $$; exec sleep 63"], env={"PATH": "/usr/bin:/bin"}, cwd=Path("/"))
made.watch(); made.stop()
"""


def supervise(folder: Path) -> tuple[subprocess.Popen[str], int]:
    """A supervisor in a process of its own, and the pid of its one program."""
    process = subprocess.Popen(
        [sys.executable, "-c", SUPERVISE, str(folder)],
        cwd=PROJECT,
        stdout=subprocess.PIPE,
        text=True,
        # Below `nohup` hang-ups are ignored, and children inherit that.
        preexec_fn=lambda: signal.signal(signal.SIGHUP, signal.SIG_DFL),  # no other thread runs here
    )
    assert process.stdout is not None
    return process, int(process.stdout.readline().rpartition("|")[2])


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_ends_everything(tmp_path: Path, number: signal.Signals) -> None:
    process, child = supervise(tmp_path)
    process.send_signal(number)
    assert process.wait(30) == 0
    assert "sleep 63" not in command_line(child)
    assert not list(tmp_path.glob("*.process"))


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere the next start ends them")
def test_programs_end_with_a_killed_supervisor(tmp_path: Path) -> None:
    process, child = supervise(tmp_path)
    process.kill()
    process.communicate()
    assert wait_until(lambda: "sleep 63" not in command_line(child), 20)


def test_what_a_killed_supervisor_left_is_ended_by_the_next(tmp_path: Path, said: list[str]) -> None:
    left = subprocess.Popen(["sleep", "64"], process_group=0)
    Record(tmp_path / "web.process").write(left)
    Supervisor(tmp_path, tmp_path, said.append).end_leftovers()
    assert left.wait(30) == -signal.SIGKILL


def test_a_later_process_of_the_same_number_is_left_alone(tmp_path: Path, said: list[str]) -> None:
    stranger = subprocess.Popen(["sleep", "65"], process_group=0)
    try:
        record = tmp_path / "web.process"
        Record(record).write(stranger)
        record.write_text(record.read_text().replace(str(identity(stranger.pid)), "another boot 1"))
        Supervisor(tmp_path, tmp_path, said.append).end_leftovers()
        assert stranger.poll() is None
        assert not record.exists()
    finally:
        stranger.kill()
        stranger.wait()


def test_what_is_hushed_goes_to_the_log_only(supervisor, said, tmp_path) -> None:
    supervisor.hushed = "/sehat/"
    assert supervisor.run_once("web", ["sh", "-c", "echo 503 /sehat/; echo salah"], env=ENV, cwd=PROJECT) == 0
    assert said == ["web     | salah"]
    assert "503 /sehat/" in (tmp_path / "web.log").read_text()
