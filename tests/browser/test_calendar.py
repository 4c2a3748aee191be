"""The calendar with a mouse, with keys, and on a phone without JavaScript."""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Browser

from local.test import RunningPosko
from tests.browser.people import DESK, PHONE, WIB, Person

pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]


def noon(days: int) -> datetime:
    today = datetime.now(ZoneInfo("UTC")).astimezone(WIB).date()
    return datetime.combine(today + timedelta(days=days), time(12), tzinfo=WIB)


def test_a_post_is_dragged_to_another_day_and_asked_about_first(posko: RunningPosko, browser: Browser):
    staff = Person(browser, posko.url, "staff")
    staff.page.set_viewport_size(DESK)  # type: ignore[arg-type]  # playwright wants its own dict type
    at = noon(2)
    staff.write("Diseret ke hari lain.", on=["Mastodon"], at=at, submit=False)
    staff.go(f"/kalender/?lihat=minggu&tanggal={at:%Y-%m-%d}")
    entry = staff.page.locator(".entry", has_text="Diseret ke hari lain.")
    later = [
        day for day in staff.page.locator(".day").all() if str(day.get_attribute("data-day")) > f"{noon(0):%Y-%m-%d}"
    ]
    other = next(day for day in later if day.get_attribute("data-day") != f"{at:%Y-%m-%d}")
    wanted = other.get_attribute("data-day")
    entry.drag_to(other.locator("h2"))
    dialog = staff.page.locator("dialog[open]")
    dialog.get_by_text("Hanya rencananya yang berubah.").wait_for()
    assert staff.page.locator(f'[data-day="{wanted}"] .entry', has_text="Diseret").count() == 0, "nothing has moved yet"
    dialog.get_by_role("button", name="Pindahkan").click()
    moved = staff.page.locator(f'[data-day="{wanted}"] .entry', has_text="Diseret ke hari lain.")
    moved.wait_for()
    assert "12.00" in moved.inner_text()

    # The same days by keys.
    staff.page.locator(f'[data-day="{wanted}"] .date').focus()
    staff.page.keyboard.press("Home")
    staff.page.keyboard.press("ArrowRight")
    place = staff.page.evaluate("[...document.querySelectorAll('.date')].indexOf(document.activeElement)")
    assert place == 1


def test_on_a_phone_without_scripts_a_form_moves_it(posko: RunningPosko, browser: Browser):
    staff = Person(browser, posko.url, "staff", javascript=False)
    staff.page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    at, to = noon(3), noon(5)
    staff.write("Dipindah lewat formulir.", on=["Mastodon"], at=at, submit=False)
    staff.go(f"/kalender/?lihat=daftar&tanggal={at:%Y-%m-%d}")
    entry = staff.page.locator(".entry", has_text="Dipindah lewat formulir.")
    entry.get_by_role("link", name="Pindahkan").click()
    staff.page.get_by_label("Hari baru").fill(f"{to:%Y-%m-%d}")
    staff.press("Lihat akibatnya")
    staff.page.get_by_text("Hanya rencananya yang berubah.").wait_for()
    staff.press("Pindahkan")
    moved = staff.page.locator(f'[data-day="{to:%Y-%m-%d}"] .entry', has_text="Dipindah lewat formulir.")
    assert "12.00" in moved.inner_text()
    wide = staff.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert wide == 0
