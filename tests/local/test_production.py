"""The production image without Docker: only its files, its own build line, its web server, and a worker."""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from http.client import HTTPResponse
from pathlib import Path
from urllib.parse import urlsplit

import dj_database_url
import psycopg2
import pytest

from local.postgres import free_port
from local.processes import end, wait_until
from local.test import PROJECT
from tools.check import PRODUCTION

DOCKERFILE = (PROJECT / "Dockerfile").read_text().replace("\\\n", " ")
BARE = {"PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}", "PYTHONDONTWRITEBYTECODE": "1"}


@pytest.fixture(scope="module")
def image(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What `.dockerignore` lets through, with static files collected as the Dockerfile does it."""
    folder = tmp_path_factory.mktemp("image")
    for name in re.findall(r"^!(.+)$", (PROJECT / ".dockerignore").read_text(), re.MULTILINE):
        copy = shutil.copytree if (PROJECT / name).is_dir() else shutil.copy
        copy(PROJECT / name, folder / name)
    (build,) = re.findall(r"POSKO_MODE=production .*?collectstatic[^&\n]*", DOCKERFILE)
    subprocess.run(["sh", "-c", build], cwd=folder, env=BARE, check=True)
    return folder


@pytest.fixture(scope="module")
def env() -> Iterator[dict[str, str]]:
    """The environment of a production process, on a database of its own."""
    server = os.environ["DATABASE_URL"]
    parts = dj_database_url.parse(server)
    connection = psycopg2.connect(
        host=parts["HOST"], port=parts["PORT"], user=parts["USER"], password=parts["PASSWORD"], dbname="postgres"
    )
    connection.autocommit = True
    with connection.cursor() as cursor:
        cursor.execute("CREATE DATABASE production")
        address = urlsplit(server)._replace(path="/production").geturl()
        yield {**BARE, **PRODUCTION, "DATABASE_URL": address, "REDIS_URL": os.environ["REDIS_URL"]}
        cursor.execute("DROP DATABASE production WITH (FORCE)")
    connection.close()


TELLING = {
    "User-Agent": "Mozilla/5.0 Ponsel-Agus",
    "Referer": "https://grup-rahasia.example/",
    "X-Forwarded-For": "203.0.113.7",
    "Cookie": "siapa=agus",
}


def get(port: int, path: str, proto: str = "https") -> HTTPResponse:
    """As a proxy asks that has ended TLS."""
    headers = {"Host": "posko.example", "X-Forwarded-Proto": proto, **TELLING}
    answer: HTTPResponse = urllib.request.urlopen(
        urllib.request.Request(f"http://127.0.0.1:{port}{path}", None, headers)
    )
    return answer


def test_the_image_serves_pages_and_their_files(image: Path, env: dict[str, str]) -> None:
    migrate = [sys.executable, "manage.py", "migrate", "--no-input", "-v", "0"]
    subprocess.run(migrate, cwd=image, env=env, check=True)
    (command,) = re.findall(r"^CMD (\[.*\])", DOCKERFILE, re.MULTILINE)
    port = free_port()
    words = [word.replace("0.0.0.0:8000", f"127.0.0.1:{port}") for word in json.loads(command)]
    if not Path("/dev/shm").exists():
        words = [word for word in words if word not in ("--worker-tmp-dir", "/dev/shm")]
    with (image / "log").open("w") as log:
        web = subprocess.Popen(
            [sys.executable, "-m", *words], cwd=image, env=env, stdout=log, stderr=log, process_group=0
        )
    try:
        assert wait_until(lambda: web.poll() is not None or "Booting worker" in (image / "log").read_text(), 20)
        page = get(port, "/accounts/login/").read().decode()
        files = re.findall(r"/static/[^\"#]+", page)
        assert len(files) > 5
        for name in files:
            answer = get(port, name)
            assert re.search(r"\.[0-9a-f]{12}\.", name) and "immutable" in str(answer.headers["Cache-Control"]), name
        with pytest.raises(urllib.error.HTTPError, match="404"):
            get(port, "/s/abcdefgh?dari=grup-rahasia")
    finally:
        end(web, ask_with=signal.SIGTERM, seconds=5)
    log_ = (image / "log").read_text()
    assert "GET /s/abcdefgh 404" in log_
    for secret in (*TELLING.values(), "grup-rahasia", "127.0.0.1 "):
        assert secret not in log_, "who follows a link is nobody's to know"


def test_the_image_runs_a_worker(image: Path, env: dict[str, str]) -> None:
    compose = (PROJECT / "docker-compose.yml").read_text()
    (command,) = re.findall(r"exec (celery .*?)\n *--without", compose, re.DOTALL)
    words = [sys.executable, "-m", *command.replace('"$${QUEUE}"', "tick").replace('"$${THREADS}"', "1").split()]
    words[words.index("-n") + 1] = "image@here"
    with (image / "worker").open("w") as log:
        worker = subprocess.Popen(words, cwd=image, env=env, stdout=log, stderr=log, process_group=0)
    ping = [sys.executable, "-m", "celery", "-q", "-A", "config", "inspect", "ping", "-d", "image@here", "-t", "1"]
    try:
        asked = lambda: subprocess.run(ping, cwd=image, env=env, capture_output=True, check=False).returncode == 0  # noqa: E731
        assert wait_until(asked, 20), (image / "worker").read_text()
    finally:
        end(worker, ask_with=signal.SIGTERM, seconds=5)
