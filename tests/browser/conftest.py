"""One Posko and one Chromium for the browser tests of a file. Not longer: Playwright leaves its event loop in the main
thread, in which Django then refuses the database to whatever test follows.
"""

import shutil
from collections.abc import Iterator

import pytest
import requests
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


@pytest.fixture(scope="module")
def posko() -> Iterator[RunningPosko]:
    """`make run` in an empty folder, with the demonstration made by its first button."""
    if not CHROMIUM:
        pytest.skip("Chromium is not installed: apt-get install chromium")
    with state_folder(migrated_already=True) as state, running_posko(state) as running:
        yield running


@pytest.fixture(scope="module")
def browser(posko: RunningPosko) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        page = browser.new_page()
        page.goto(posko.url)
        page.get_by_role("button", name="Coba demo").click()
        page.locator('button[formaction="/demo/sebagai/staff/"]').first.wait_for()
        page.close()
        yield browser
        browser.close()


class Truth:
    """What the networks have accepted, by their own log."""

    def __init__(self, url: str) -> None:
        self.url = url

    def of(self, text: str) -> list[dict[str, object]]:
        """The entries of that text, oldest first."""
        log = requests.get(f"{self.url}/_control/log?after=0", timeout=5).json()
        return [entry for entry in log if entry["action"] == "publish" and entry["text"] == text]


@pytest.fixture
def truth(posko: RunningPosko) -> Truth:
    return Truth(posko.sandbox_url)
