"""A volunteer's phone: what waits for their hand, from the first page to “I have sent it”."""

from pathlib import Path
from urllib.parse import unquote

import pytest
import requests
from PIL import Image
from playwright.sync_api import Browser, expect

from local.test import RunningPosko
from tests.browser.people import PHONE, Person

pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]

SHARES = """
window.shared = [];
navigator.canShare = () => true;
navigator.share = async ({ text, files = [] }) => {
  window.shared.push({ text, files: files.map((file) => file.name) });
};
"""


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    path = tmp_path / "balai.jpg"
    Image.effect_noise((900, 600), 40).convert("RGB").save(path)
    return path


@pytest.mark.parametrize("javascript", [True, False], ids=["with JavaScript", "without JavaScript"])
def test_a_volunteer_sends_it_and_tells(posko: RunningPosko, browser: Browser, photo: Path, javascript: bool):
    text = f"Undangan dengar warga{'' if javascript else ' tanpa skrip'}."
    staff = Person(browser, posko.url, "staff")
    staff.go("/konten/baru/")
    staff.page.get_by_label("Teks").fill(f"{text} Baca: {{tautan}}")
    staff.page.locator(".choices label", has_text="Relawan Nusa Tengah").locator("input").check()
    for other in ("Mastodon", "Bluesky", "Telegram"):
        staff.page.locator(".choices label", has_text=other).locator("input").uncheck()
    staff.add_picture(photo, "Balai desa", 1)
    staff.page.locator("details.fold", has=staff.page.locator("#id_link")).locator("summary").click()
    staff.page.locator("#id_link").fill("ratna.example/program")
    staff.press("Ajukan")
    staff.page.wait_for_url("**/konten/*/")
    Person(browser, posko.url, "candidate").approve(text)

    agus = Person(browser, posko.url, "volunteer", javascript=javascript)
    page = agus.page
    page.set_viewport_size(PHONE)  # type: ignore[arg-type]  # playwright wants its own dict type
    page.add_init_script(SHARES)
    for _try in range(30):
        page.goto(agus.home)
        waiting = page.locator("a.tap", has_text=text)
        if waiting.count():
            break
        page.wait_for_timeout(500)
    waiting.first.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Relawan Nusa Tengah")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    way = page.get_by_role("link", name="Buka WhatsApp dengan teks ini")
    sent = unquote(str(way.get_attribute("href")))
    assert sent.startswith(f"https://wa.me/?text={text} Baca: ")
    assert "/s/" in sent
    boxes = [way.bounding_box(), page.get_by_role("button", name="Sudah saya kirim").bounding_box()]
    assert all(box and box["height"] >= 48 for box in boxes), "big enough for a thumb"
    share = page.get_by_role("button", name="Bagikan teks dan gambar")
    if javascript:
        share.click()
        (told,) = page.evaluate("window.shared")
        assert told["text"] in sent
        assert len(told["files"]) == 1
    else:
        assert not share.is_visible()
        assert page.get_by_role("link", name="Simpan gambar 1").get_attribute("download")

    page.set_input_files("#id_proof", photo)
    page.get_by_role("button", name="Sudah saya kirim").click()
    expect(page.locator("main")).to_contain_text("Terkirim. Terima kasih.")
    link = "/s/" + sent.rpartition("/s/")[2]
    phone = {"User-Agent": "Mozilla/5.0 (Linux; Android 13) Chrome/130 Mobile"}
    answer = requests.get(posko.url + link, headers=phone, allow_redirects=False, timeout=10)
    assert answer.status_code == 302
    assert answer.headers["Location"].startswith("https://ratna.example/program?utm_source=whatsapp")
    staff.page.reload()
    expect(staff.page.locator("#numbers")).to_contain_text("Tautan dibuka")
    expect(staff.page.locator("#numbers td.number").first).to_have_text("1")


def test_an_open_page_offers_it_no_longer_once_it_may_not_go_out(posko: RunningPosko, browser: Browser, photo: Path):
    agus, manager = Person(browser, posko.url, "volunteer"), Person(browser, posko.url, "manager")
    page = agus.page
    page.goto(agus.home)
    page.locator('a.tap[href*="/kirim/"]').first.click()
    expect(page.locator("#the-text")).to_be_visible()
    page.set_input_files("#id_proof", photo)
    asks = "document.dispatchEvent(new Event('visibilitychange'))"
    with page.expect_response(page.url):
        page.evaluate(asks)
    expect(page.locator("#the-text")).to_be_visible()
    manager.page.get_by_role("link", name="Hentikan penerbitan").click()
    manager.page.get_by_label("Akun dibajak").check()
    manager.press("Hentikan semua sekarang")
    page.evaluate(asks)
    expect(page.locator("#the-text")).to_have_count(0)
    expect(page.locator("#hand")).to_contain_text("Jangan terbitkan")
    assert page.evaluate("document.getElementById('id_proof').files.length") == 1, "what was chosen stays"
    manager.page.locator('.banner[data-tone="stop"]').get_by_role("link", name="Lanjutkan").click()
    manager.press("Lanjutkan")
