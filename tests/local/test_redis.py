"""The embedded Redis."""

import os
import signal
from pathlib import Path

import pytest
import redis as client

from local import redis as launcher
from local.errors import CannotStart
from local.redis import Redis


def test_what_it_was_told_survives_kill_9(tmp_path: Path) -> None:
    with Redis(tmp_path / "redis") as server:
        client.Redis.from_url(server.url).set("word", "ada")
        assert server.process is not None
        os.killpg(server.process.pid, signal.SIGKILL)
        server.process.wait()
        with Redis(tmp_path / "redis") as again:
            assert client.Redis.from_url(again.url).get("word") == b"ada"


def test_a_folder_too_deep_for_a_socket_gets_a_short_one(tmp_path: Path) -> None:
    with Redis(tmp_path / "a folder" / ("deep" * 30) / "redis", throw_away=True) as server:
        assert len(os.fsencode(server.socket)) < 100
        assert client.Redis.from_url(server.url).ping()
        assert server.socket.parent.stat().st_mode & 0o777 == 0o700
    assert not server.socket.parent.exists()


def test_each_major_version_has_a_folder_of_its_own(tmp_path: Path) -> None:
    _, data_format = launcher.find_server()
    with Redis(tmp_path / "redis") as server:
        assert (server.root / data_format / "appendonlydir").is_dir()


def test_a_machine_without_redis_is_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(launcher, "find_spec", lambda name: None)
    monkeypatch.setattr("shutil.which", lambda name: None)
    with pytest.raises(CannotStart, match="set REDIS_URL"):
        launcher.find_server()
