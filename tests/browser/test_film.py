"""A film in a real browser: from a phone's gallery to three networks, every byte as it was approved."""

import time
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from local.test import RunningPosko
from tests import reels
from tests.browser.conftest import Truth, wait_for
from tests.browser.people import Person

pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]

TEXT = "Empat detik di jalan Dusun Hulu."


@pytest.fixture
def film(tmp_path: Path) -> Path:
    path = tmp_path / "jalan.mp4"
    path.write_bytes(reels.reel(1, size=3_000_000))
    return path


@pytest.fixture
def staff(posko: RunningPosko, browser: Browser) -> Iterator[Person]:
    person = Person(browser, posko.url, "staff")
    yield person
    person.context.close()


def test_a_film_is_taken_in_approved_on_the_phone_and_published_as_it_is(
    posko: RunningPosko, browser: Browser, truth: Truth, staff: Person, film: Path
):
    page = staff.page
    staff.go("/konten/baru/")
    page.locator("#id_text").fill(TEXT)
    page.evaluate(
        """() => { const bar = document.querySelector("[data-uploading]");
        new MutationObserver(() => { window.wasShown ||= !bar.hidden; }).observe(bar, {attributes: true}); }"""
    )
    page.locator("#id_film").set_input_files(film)
    page.locator(".film-row video").wait_for()
    assert page.evaluate("window.wasShown"), "how much has arrived was shown"
    until = time.monotonic() + 20
    while page.locator(".film-row video").evaluate("film => film.videoWidth") != 360:  # the browser can play it
        assert time.monotonic() < until
        page.wait_for_timeout(100)
    assert page.locator("#id_text").input_value() == TEXT
    page.locator("#previews video").wait_for()
    assert page.locator("#previews [data-of]").count() == 3, "the same on all three"
    staff.press("Ajukan")
    page.wait_for_url("**/konten/*/")
    candidate = Person(browser, posko.url, "candidate")
    candidate.page.on("request", lambda asked: fetched.append(asked.url) if "/gambar/" in asked.url else None)
    fetched: list[str] = []
    candidate.approve(TEXT)
    candidate.context.close()
    assert fetched == [], "the phone has loaded no byte of the film"
    sent = wait_for(truth, TEXT, 3, 60)
    stored = next(path for path in posko.state.rglob("*.mp4") if path.stat().st_size == 3_000_000)
    digest = sha256(stored.read_bytes()).hexdigest()
    assert sorted((str(entry["platform"]), entry["media"]) for entry in sent) == [
        (platform, [digest]) for platform in ("bluesky", "mastodon", "telegram")
    ]


def test_a_film_is_replaced_and_removed(staff: Person, film: Path):
    page = staff.page
    staff.go("/konten/baru/")
    page.locator("#id_film").set_input_files(film)
    first = page.locator('.film-row input[name="kept"]').get_attribute("value")
    page.locator("#id_film").set_input_files({"name": "b.mp4", "mimeType": "video/mp4", "buffer": reels.reel(2)})
    page.locator(f'.film-row input[name="kept"]:not([value="{first}"])').wait_for(state="attached")
    assert page.locator(".film-row").count() == 1
    page.get_by_role("button", name="Hapus video").click()
    page.locator(".film-row").wait_for(state="detached")


def test_without_javascript_a_film_is_added_and_stays_when_something_is_wrong(
    posko: RunningPosko, browser: Browser, film: Path
):
    plain = Person(browser, posko.url, "staff", javascript=False)
    plain.go("/konten/baru/")
    plain.page.get_by_label("Teks").fill("Tanpa skrip.")
    plain.page.locator("#id_film").set_input_files(film)
    plain.press("Tambahkan yang dipilih")
    assert plain.page.locator(".film-row video").count() == 1
    for box in plain.page.locator('.choices input[name="channels"]').all():
        box.uncheck()
    plain.press("Ajukan")
    assert plain.page.locator(".errorlist").count() and plain.page.locator(".film-row video").count() == 1
    plain.context.close()
