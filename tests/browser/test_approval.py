"""The candidate's phone: from the link in WhatsApp on, with and without JavaScript, without a signal, and too late."""

import re
from datetime import UTC, datetime, timedelta
from urllib.parse import unquote

import pytest
from playwright.sync_api import Browser, Page, expect

from local.test import RunningPosko
from tests.browser.conftest import Truth, database, wait_for
from tests.browser.people import Person

pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]


def link_on(page: Page) -> str:
    """The link in the message that WhatsApp would get."""
    message = unquote(str(page.get_by_role("link", name="Kirim ke caleg lewat WhatsApp").first.get_attribute("href")))
    return str(re.findall(r"http\S+/tinjau/\S+", message.partition("text=")[2])[0])


def answer(page: Page, kind: str, reason: str) -> None:
    """Open the sheet of a no and tap a reason."""
    page.locator(".answers summary", has_text=kind).click()
    page.locator("details[open]").get_by_role("button", name=reason).click()


@pytest.mark.parametrize("javascript", [True, False], ids=["with JavaScript", "without JavaScript"])
def test_five_posts_from_the_link_on(posko: RunningPosko, browser: Browser, truth: Truth, javascript: bool):
    texts = [f"Konten {number}{'' if javascript else ' tanpa skrip'}." for number in range(1, 6)]
    staff = Person(browser, posko.url, "staff")
    link = ""
    for text in texts:
        staff.write(text)
        link = link or link_on(staff.page)
    page = Person(browser, posko.url, "candidate", javascript=javascript).page
    done = page.locator(".done")
    page.goto(link)
    expect(page.locator("main")).to_contain_text(texts[0])
    boxes = [box.bounding_box() for box in page.locator(".answers > form > button, .answers summary").all()]
    assert len(boxes) == 3
    assert all(box and box["height"] >= 48 and box["y"] + box["height"] <= 844 for box in boxes), "under the thumb"
    page.get_by_role("button", name="Setujui", exact=True).click()
    expect(done).to_contain_text("Disetujui.")
    expect(page.locator("main")).to_contain_text(texts[1])
    answer(page, "Minta perubahan", "Perpendek.")
    expect(done).to_contain_text("Perubahan diminta.")
    answer(page, "Tolak", "Bukan sikap saya.")
    expect(done).to_contain_text("Ditolak.")
    expect(page.locator("main")).to_contain_text(texts[3])
    page.locator(".answers summary", has_text="Tolak").click()
    page.locator("details[open] textarea").fill("Kata-kata saya sendiri.")
    page.get_by_role("button", name="Tolak konten ini").click()
    expect(page.locator("main")).to_contain_text(texts[4])
    page.get_by_role("button", name="Setujui", exact=True).click()
    expect(done).to_contain_text(texts[4])
    for text, times in zip(texts, (3, 0, 0, 0, 3), strict=True):
        assert len(wait_for(truth, text, times, 60)) == times, text


def test_a_tap_without_a_signal_is_kept_and_sent_later(posko: RunningPosko, browser: Browser, truth: Truth):
    text = "Disetujui di tengah laut."
    path = Person(browser, posko.url, "staff").write(text)
    candidate = Person(browser, posko.url, "candidate")
    candidate.go("/tinjau/" + path.split("/")[-2] + "/")
    candidate.context.set_offline(True)
    candidate.page.get_by_role("button", name="Setujui", exact=True).click()
    kept = candidate.page.get_by_text("Tersimpan di ponsel ini, dikirim saat sinyal kembali.")
    expect(kept).to_be_visible()
    expect(candidate.page.get_by_role("button", name="Setujui", exact=True)).to_be_hidden()
    assert truth.of(text) == []
    candidate.context.set_offline(False)
    expect(candidate.page.locator(".done")).to_contain_text("Disetujui.")
    expect(kept).to_be_hidden()
    assert len(wait_for(truth, text, 3, 60)) == 3


def test_the_deputy_decides_after_the_deadline_and_the_candidate_hears_of_it(posko: RunningPosko, browser: Browser):
    candidate = Person(browser, posko.url, "candidate")
    candidate.go("/aturan-persetujuan/ubah/")
    candidate.page.get_by_label("Jika caleg tidak menjawab sampai batas waktu").select_option(index=1)
    candidate.press("Simpan")
    soon = datetime.now(UTC) + timedelta(hours=1)
    path = Person(browser, posko.url, "staff").write("Mendesak sekali.", at=soon)
    number = path.split("/")[-2]
    with database(posko) as cursor:
        told = "UPDATE campaign_submission SET submitted_at = now() - interval '1 day' WHERE post_id = %s"
        cursor.execute(told, [number])
    manager = Person(browser, posko.url, "manager")
    manager.go(f"/tinjau/{number}/")
    answer(manager.page, "Setujui", "Caleg tidak dapat dihubungi.")
    expect(manager.page.locator(".done")).to_contain_text("Disetujui.")
    candidate.go("/")
    candidate.page.get_by_role("link", name="Disetujui mewakili Anda").first.click()
    expect(candidate.page.locator("main")).to_contain_text("sebagai wakil: “Caleg tidak dapat dihubungi.”")
    candidate.press("Batalkan")
    expect(candidate.page.get_by_role("button", name="Setujui", exact=True)).to_be_visible()
