"""Servers that we did not write, each started once, when the first test asks for it."""

import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

import pytest

from platforms import http
from platforms.base import ConnectorError, Temporary
from platforms.http import Door

HERE = Path(__file__).parent
PDS = Path(os.environ.get("POSKO_PDS", HERE.parents[1] / ".cache" / "pds"))
READY_SECONDS = 40
PEOPLE = """
[[seed.accounts]]
username = "testuser"
display_name = "Test User"
access_token = "mock_token"
[[seed.accounts]]
username = "bob"
display_name = "Bob"
access_token = "bob_token"
"""


@dataclass(frozen=True)
class Running:
    """A server on loopback; `place` is what a door's `internal` takes."""

    port: int

    @property
    def place(self) -> str:
        return f"localhost:{self.port}"

    @property
    def url(self) -> str:
        return f"http://{self.place}"

    def door(self) -> Door:
        return Door(15, 5.0, frozenset({self.place}))


def missing(what: str) -> NoReturn:
    """Skip with a reason; where everything must be there (POSKO_REQUIRE_ALL=1), fail instead."""
    if os.environ.get("POSKO_REQUIRE_ALL") == "1":
        pytest.fail(what, pytrace=False)
    pytest.skip(what)


def free_ports(count: int) -> list[int]:
    listeners = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [listener.getsockname()[1] for listener in listeners]
    for listener in listeners:
        listener.close()
    return ports


def wait_for(server: Running, path: str, process: subprocess.Popen[bytes], log: Path) -> None:
    until = time.monotonic() + READY_SECONDS
    while time.monotonic() < until and process.poll() is None:
        try:
            if server.door().call("GET", f"{server.url}{path}", changes=False).ok:
                return
        except (Temporary, ConnectorError):
            pass
        time.sleep(0.1)
    process.kill()
    pytest.fail(f"the server did not start:\n{log.read_text(errors='replace')[-2000:]}", pytrace=False)


@pytest.fixture(autouse=True)
def _no_kept_connections() -> Iterator[None]:
    """No test meets a connection that another left behind."""
    yield
    http.close_all()


@pytest.fixture(scope="session")
def mastodon_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """`mastodon-mock`, an independent server of Mastodon's API: we are behind `mock_token`, a voter `bob_token`."""
    program = Path(sys.executable).with_name("mastodon_mock")
    if not program.exists():
        missing("mastodon-mock is not installed; see requirements-dev.txt")
    server, folder = Running(*free_ports(1)), tmp_path_factory.mktemp("mastodon")
    (folder / "mock.toml").write_text(PEOPLE)
    with (folder / "log").open("wb") as log:
        command = [str(program), "serve", "--config", "mock.toml", "--in-memory", "--port", str(server.port)]
        process = subprocess.Popen(command, stdout=log, stderr=log, cwd=folder)
    try:
        wait_for(server, "/api/v2/instance", process, folder / "log")
        yield server
    finally:
        process.terminate()
        process.wait(10)


@pytest.fixture(scope="session")
def pds(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """The real Bluesky server, without its AppView."""
    node = shutil.which("node")
    if node is None:
        missing("node is not installed")
    if not (PDS / "node_modules" / "@atproto" / "pds").is_dir():
        missing("the Bluesky server is not installed; run tests/platforms/pds/install.sh")
    folder = tmp_path_factory.mktemp("pds")
    ports = free_ports(3)
    server = Running(ports[0])
    with (folder / "log").open("wb") as log:
        command = [node, str(HERE / "pds" / "start.cjs"), str(PDS), str(folder), *map(str, ports)]
        process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=log, stderr=log)
    try:
        wait_for(server, "/xrpc/com.atproto.server.describeServer", process, folder / "log")
        yield server
    finally:
        process.terminate()
        process.wait(10)
