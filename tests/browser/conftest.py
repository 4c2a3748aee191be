"""One Posko for the browser tests of a process; for those of a file, one Chromium and a demonstration of their own.

Chromium not longer: Playwright leaves its event loop in the main thread, in which Django then refuses the database to
whatever test follows.
"""

import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg2
import pytest
import requests
from PIL import Image
from playwright.sync_api import Browser, sync_playwright

from local.test import RunningPosko, running_posko, state_folder

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture(scope="package")
def posko() -> Iterator[RunningPosko]:
    """`make run` in an empty folder; ended before other tests want the processors."""
    if not CHROMIUM:
        pytest.skip("Chromium is not installed: apt-get install chromium")
    with state_folder(migrated_already=True) as state, running_posko(state) as running:
        yield running


@pytest.fixture(scope="module")
def chromium(posko: RunningPosko) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def browser(posko: RunningPosko, chromium: Browser) -> Browser:
    """Chromium, and in an empty Posko a demonstration made by its button."""
    empty(posko)
    page = chromium.new_page(locale="id-ID")
    page.goto(posko.url)
    page.get_by_role("button", name="Coba demo").click()
    page.locator('button[formaction="/demo/sebagai/staff/"]').first.wait_for()
    page.close()
    return chromium


@contextmanager
def database(posko: RunningPosko) -> Iterator[Any]:
    """A cursor on the running Posko's own database, for what only an operator, the calendar or time could do."""
    folder = posko.state / "postgres"
    port = (folder / "data" / "postmaster.pid").read_text().splitlines()[3]
    password = (folder / "password").read_text().strip()
    line = psycopg2.connect(host="127.0.0.1", port=port, user="postgres", password=password, dbname="posko")
    try:
        with line, line.cursor() as cursor:
            yield cursor
    finally:
        line.close()


REFERRING = """
    WITH RECURSIVE emptied AS (
        SELECT unnest(ARRAY['campaign_campaign', 'campaign_user', 'django_session']::regclass[])::oid AS relation
        UNION SELECT conrelid FROM pg_constraint JOIN emptied ON confrelid = relation WHERE contype = 'f'
    ) SELECT relation::regclass::text FROM emptied
"""


def empty(posko: RunningPosko) -> None:
    """As on the first day: no campaign, nobody. The record's triggers, which refuse that, sleep meanwhile.

    Row by row: a TRUNCATE would lock tables that the workers go on reading in another order, a deadlock.
    """
    with database(posko) as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute(REFERRING)
        for (table,) in cursor.fetchall():
            cursor.execute(f"DELETE FROM {table}")


class Truth:
    """What the networks have accepted, by their own log."""

    def __init__(self, url: str) -> None:
        self.url = url

    def of(self, text: str) -> list[dict[str, object]]:
        """The entries of that text, oldest first."""
        log = requests.get(f"{self.url}/_control/log?after=0", timeout=20).json()
        return [entry for entry in log if entry["action"] == "publish" and entry["text"] == text]


@pytest.fixture
def truth(posko: RunningPosko) -> Truth:
    return Truth(posko.sandbox_url)


def wait_for(truth: Truth, text: str, times: int, seconds: float) -> list[dict[str, object]]:
    until = time.monotonic() + seconds
    while time.monotonic() < until and len(truth.of(text)) < times:
        time.sleep(0.2)
    return truth.of(text)


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    path = tmp_path / "jalan.jpg"
    Image.effect_noise((900, 600), 40).convert("RGB").save(path)
    return path
