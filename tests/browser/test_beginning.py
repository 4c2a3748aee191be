"""From *Mulai kampanye* on a fresh Posko to the first post in the sandbox: on the phone, and without JavaScript."""

import pytest
from playwright.sync_api import Browser, expect

from local.processes import wait_until
from local.test import RunningPosko
from tests.browser.conftest import Truth, empty
from tests.browser.people import DESK, PHONE

pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]


@pytest.mark.parametrize("javascript", [True, False], ids=["phone", "desk without JavaScript"])
def test_a_newcomer_gets_to_the_first_post(
    posko: RunningPosko, chromium: Browser, truth: Truth, javascript: bool
) -> None:
    empty(posko)
    text = f"Selamat pagi, Nusa Tengah. Hari ini saya mulai mendengar{'' if javascript else ', tanpa skrip'}."
    context = chromium.new_context(
        viewport=PHONE if javascript else DESK,  # type: ignore[arg-type]  # playwright wants its own dict type
        java_script_enabled=javascript,
        locale="id-ID",
    )
    page = context.new_page()
    page.set_default_timeout(30_000)
    page.goto(posko.url)
    page.locator('a[href="/mulai/"]').click()
    page.locator("#id_candidate_name").fill("Ratna Wijayanti")
    page.locator('input[name="level"][value="dpr"]').check()
    page.locator("#id_dapil").fill("Nusa Tengah I")
    page.locator("#id_party").fill("Partai Contoh")
    page.locator('input[name="ruleset"][value="LATIHAN"]').check()
    page.locator("#id_manager").fill("Dewi Anggraini")
    page.locator("#id_email").fill("dewi@contoh.test")
    page.locator("#id_password").fill("kata-sandi-yang-panjang")
    page.locator("main form button.primary").click()
    page.wait_for_url("**/c/ratna-wijayanti/")

    now = page.locator('.beginning [aria-current="step"]')
    now.get_by_role("button", name="Buat akun latihan").click()
    now.get_by_role("link", name="Tulis konten").click()
    page.get_by_label("Teks").fill(text)
    page.locator(".choices label", has_text="Mastodon").locator("input").check()
    page.get_by_role("button", name="Ajukan", exact=True).first.click()
    page.wait_for_url("**/konten/*/")

    assert wait_until(lambda: len(truth.of(text)) == 1, 15)
    home = f"{posko.url}/c/ratna-wijayanti/"
    assert wait_until(lambda: page.goto(home) is not None and page.locator(".beginning-done").count() == 1, 10)
    assert page.evaluate("document.documentElement.scrollWidth") <= page.viewport_size["width"]  # type: ignore[index]
    page.get_by_role("button", name="Tutup pesan ini").click()
    expect(page.locator(".beginning-done")).to_have_count(0)
    page.goto(home)
    expect(page.locator(".beginning-done")).to_have_count(0)
