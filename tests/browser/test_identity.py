"""A passkey made and used, and the candidate's phone enrolled by a QR code, in a real browser."""

import time

import pytest
from playwright.sync_api import Browser, Page, expect

from local.test import RunningPosko
from tests.browser.conftest import Truth
from tests.browser.people import DESK, PHONE, Person

pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]


def with_a_fingerprint(page: Page) -> None:
    """The browser gets a device that keeps passkeys and always recognises its holder."""
    line = page.context.new_cdp_session(page)
    line.send("WebAuthn.enable")
    told = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    line.send("WebAuthn.addVirtualAuthenticator", {"options": told})


def test_a_passkey_is_added_and_signs_in_again_by_itself(posko: RunningPosko, browser: Browser):
    person = Person(browser, posko.url, "treasurer")
    page = person.page
    with_a_fingerprint(page)
    page.goto(f"{posko.url}/keamanan/")
    page.get_by_role("link", name="Tambah passkey").click()
    page.get_by_label("Nama").fill("Laptop bendahara")
    page.get_by_role("button", name="Buat passkey").click()
    page.get_by_role("heading", name="Kode cadangan").wait_for()
    expect(page.locator(".codes li")).to_have_count(10)
    page.get_by_role("link", name="Sudah saya simpan").click()
    expect(page.locator("main")).to_contain_text("Laptop bendahara")

    page.get_by_role("button", name="Keluar", exact=True).click()
    page.goto(f"{posko.url}/accounts/login/?next=/keamanan/")
    page.get_by_role("button", name="Masuk dengan passkey").click()
    page.wait_for_url("**/keamanan/")
    expect(page.locator("main")).to_contain_text("terakhir dipakai")
    page.context.close()


def test_without_javascript_the_page_says_that_the_other_ways_work(posko: RunningPosko, browser: Browser):
    context = browser.new_context(java_script_enabled=False, locale="id-ID")
    page = context.new_page()
    page.goto(f"{posko.url}/accounts/login/")
    assert not page.get_by_role("button", name="Masuk dengan passkey").is_visible()
    assert "memerlukan JavaScript" in page.locator("main").inner_text()
    context.close()


def test_the_candidates_phone_is_enrolled_by_qr_code_and_answers_a_waiting_post(
    posko: RunningPosko, browser: Browser, truth: Truth
):
    Person(browser, posko.url, "staff").write("Menunggu jawaban dari ponsel.", on=["Mastodon"])
    desk = Person(browser, posko.url, "candidate")
    desk.page.set_viewport_size(DESK)  # type: ignore[arg-type]  # playwright wants its own dict type
    desk.go("/ponsel-caleg/")
    desk.page.locator("main form button.big").click()
    link = desk.page.locator("[data-link]").get_attribute("data-link")
    assert link

    context = browser.new_context(viewport=PHONE, has_touch=True, locale="id-ID")  # type: ignore[arg-type]
    phone = context.new_page()
    phone.set_default_timeout(30_000)
    phone.goto(link)
    phone.get_by_role("button", name="Pakai ponsel ini").click()
    phone.wait_for_url("**/c/*/")
    desk.page.get_by_text("sudah terdaftar dan masuk").wait_for()

    context.clear_cookies(name="sessionid")  # its session runs out
    phone.goto(f"{desk.home}/tinjau/")
    for _ in range(10):
        if phone.get_by_text("Menunggu jawaban dari ponsel.").count():
            break
        phone.get_by_role("link", name="Lihat yang lain").click()
    phone.get_by_text("Menunggu jawaban dari ponsel.").first.wait_for()
    phone.get_by_role("button", name="Setujui", exact=True).first.click()
    phone.wait_for_load_state("networkidle")
    until = time.monotonic() + 20
    while time.monotonic() < until and not truth.of("Menunggu jawaban dari ponsel."):
        time.sleep(0.2)
    assert truth.of("Menunggu jawaban dari ponsel.")
    context.close()
