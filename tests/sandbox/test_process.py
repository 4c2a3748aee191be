"""The process itself: starting, ending, being killed, and what is still there afterwards."""

import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from tests.sandbox.conftest import Poster, picture
from tests.sandbox.running import ROOT, Sandbox, start_sandbox


@pytest.fixture
def own(tmp_path: Path) -> Iterator[Sandbox]:
    """A sandbox of one's own, to be killed."""
    with start_sandbox(tmp_path) as sandbox:
        yield sandbox


def try_to_start(port: int, state: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "sandbox", "--port", str(port), "--state", str(state)]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=20, check=False)


def test_everything_is_there_after_a_kill(own: Sandbox, tmp_path: Path, http: requests.Session) -> None:
    posters = [Poster(own, http, name) for name in ("mastodon", "bluesky", "telegram")]
    for poster in posters:
        assert poster.say(f"Halo dari {poster.platform}", key="3m6" + "a" * 10).status_code == 200
    url = f"{posters[0].server}/api/v2/media"
    media = http.post(url, files={"file": picture()}, headers=posters[0].head).json()
    own.fault("latency", ms=1, times=5)
    before = own.log()
    own.kill()
    with start_sandbox(tmp_path, port=own.port) as again:
        assert again.log() == before
        assert [each["fault"] for each in again.control("GET", "faults")] == ["latency"]
        for poster in posters:
            repeated = poster.say(f"Halo dari {poster.platform}", key="3m6" + "a" * 10)
            assert repeated.status_code == (500 if poster.platform == "bluesky" else 200)
        assert len(again.log()) == len(before) + 1  # Telegram knows no keys.
        body = {"status": "Dengan gambar", "media_ids": [media["id"]]}
        posted = http.post(f"{posters[0].server}/api/v1/statuses", json=body, headers=posters[0].head).json()
        assert http.get(posted["media_attachments"][0]["url"]).content == picture()


def test_what_was_answered_is_in_the_log_whenever_it_is_killed(own: Sandbox, tmp_path: Path) -> None:
    answered: list[str] = []

    def talk() -> None:
        with requests.Session() as http:
            http.trust_env = False
            poster = Poster(own, http, "mastodon")
            for number in range(10_000):
                try:
                    answered.append(poster.say(f"Nomor {number}").json()["id"])
                except requests.RequestException:
                    return

    talker = threading.Thread(target=talk)
    talker.start()
    time.sleep(0.7)
    own.kill()
    talker.join()
    with start_sandbox(tmp_path) as again:
        logged = [line["remote_id"] for line in again.log()]
    assert len(answered) > 10
    assert logged[: len(answered)] == answered
    assert len(logged) <= len(answered) + 1


def test_it_does_not_wait_for_calls_under_way(own: Sandbox, http: requests.Session) -> None:
    poster = Poster(own, http, "telegram")
    own.fault("hang", seconds=30, step="publish")

    def call(method: str) -> None:
        url = f"{poster.server}/bot{poster.secrets['token']}/{method}?timeout=30&chat_id=@ratna&text=Halo"
        with pytest.raises(requests.RequestException):
            requests.post(url, timeout=10)

    calls = [threading.Thread(target=call, args=[method]) for method in ("sendMessage", "getUpdates")]
    for each in calls:
        each.start()
    while len(own.requests()) < 2:
        time.sleep(0.02)
    begun = time.monotonic()
    assert own.stop() == 0
    assert time.monotonic() - begun < 10  # the calls would have gone on for thirty seconds
    for each in calls:
        each.join()


def test_a_taken_port_is_explained(own: Sandbox, tmp_path: Path) -> None:
    failed = try_to_start(own.port, tmp_path / "other")
    assert failed.returncode == 2
    assert "choose another port with --port" in failed.stderr
    assert failed.stderr.count("\n") == 1
    assert not failed.stdout


def test_a_folder_in_use_is_explained(own: Sandbox) -> None:
    failed = try_to_start(0, own.state)
    assert failed.returncode == 2
    assert "another sandbox is using it" in failed.stderr
    assert failed.stderr.count("\n") == 1


def test_a_folder_that_cannot_be_written_is_explained(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    failed = try_to_start(0, tmp_path / "file" / "state")
    assert failed.returncode == 2
    assert "Choose another one with --state" in failed.stderr
    assert failed.stderr.count("\n") == 1
