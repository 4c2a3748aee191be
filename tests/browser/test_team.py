"""A volunteer's way: invited, joined, out and in again, suspended; on a phone, with and without JavaScript."""

from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext

from local.test import RunningPosko
from tests.browser.people import PHONE, Person

pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]


def phone(browser: Browser, *, javascript: bool) -> BrowserContext:
    return browser.new_context(
        viewport=PHONE,  # type: ignore[arg-type]  # playwright wants its own dict type
        has_touch=True,
        java_script_enabled=javascript,
        locale="id-ID",
    )


@pytest.mark.parametrize("javascript", [True, False], ids=["with JavaScript", "without JavaScript"])
def test_a_volunteer_is_invited_joins_comes_back_and_is_out_once_suspended(
    posko: RunningPosko, browser: Browser, javascript: bool
):
    name = "Wulan" if javascript else "Galih"
    manager = Person(browser, posko.url, "manager", javascript=javascript)
    manager.go("/tim/")
    manager.page.get_by_role("link", name="Undang orang").click()
    manager.page.get_by_label("Untuk siapa?").fill(name)
    manager.page.locator('input[value="volunteer"]').check()
    manager.press("Buat tautan")
    link = manager.page.locator("#the-link").input_value()
    assert manager.page.get_by_role("link", name="Kirim lewat WhatsApp").get_attribute("href", timeout=2000)
    assert manager.page.get_by_role("button", name="Salin tautan").is_visible() is javascript
    assert manager.page.locator("img.qr").evaluate("each => each.naturalWidth > 20")

    page = phone(browser, javascript=javascript).new_page()
    page.set_default_timeout(30_000)
    page.goto(posko.url + urlsplit(link).path)
    page.get_by_label("Nama Anda").fill(name)
    page.get_by_label("PIN Anda").fill("482915")
    page.get_by_label("Saya menyatakan semua ini benar.").check()
    wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert wide == 0
    page.get_by_role("button", name="Bergabung dengan tim").click()
    page.wait_for_url("**/selamat-datang/")
    address = page.locator("#my-address").input_value()
    page.locator("details.me summary").click()
    page.locator("details.me form button", has_text="Keluar").click()
    page.wait_for_load_state()

    page.goto(posko.url + urlsplit(address).path)
    page.get_by_label("Nama Anda").fill(name.upper())
    page.get_by_label("PIN Anda").fill("482915")
    page.get_by_role("button", name="Masuk", exact=True).click()
    page.wait_for_url("**/c/*/")

    manager.go("/tim/")
    manager.page.locator("a.tap", has_text=name).click()
    manager.page.get_by_role("link", name="Tangguhkan …").click()
    manager.page.get_by_label("Mengapa?").fill("Ponselnya hilang")
    manager.press("Tangguhkan")
    assert "Ditangguhkan" in manager.page.locator("main").inner_text()
    page.locator("nav.nav a").nth(1).click()
    page.wait_for_url("**/accounts/login/**")
    page.get_by_role("link", name="Relawan?").click()
    assert page.get_by_label("Alamat kampanye").input_value() == urlsplit(manager.home).path.rpartition("/")[2]
