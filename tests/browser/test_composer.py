"""Writing in a real browser: nothing typed is lost, and what each network receives is what was typed for it."""

import json
import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Browser

from campaign.previews import UNITS
from local.test import RunningPosko
from platforms.registry import KINDS
from tests.browser.conftest import Truth
from tests.browser.people import PHONE, WIB, Person

pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]

HARD = [
    "", " \n", "Halo", "Halo\r\nwarga\u0085", "é", "e\u0301", "🙂", "👨‍👩‍👧‍👦", "🇮🇩🇮🇩🇮", "👍🏽👍", "❤️‍🔥", "1️⃣",
    "நி", "한국어", "क्षि", "à̈̈",
    "🏴󠁧󠁢󠁥󠁮󠁧󠁿", "a\u200bb\ufeff", "https://posko.example/program/jalan-desa?utm_source=mastodon", "Lihat https://a.id.",
    "(https://a.id/b)", "http://localhost/x", "a.id dan b.id", "@ratna@mastodon.social halo", "surel@ratna.id",
    "https://a.id/@ratna@b.id", "xhttps://a.id", "éhttps://a.id @é@b.id", "https://münchen.de/ä", "@a-b.c@d.id, @x@y",
    "HTTPS://A.ID/B\u2026", "https://a.id/b\nhttps://a.id/c", "#tag @ratna", "\u00a0Halo\u3000", "‏مرحبا‏", "a\tb",
]  # fmt: skip


@pytest.fixture
def photos(tmp_path: Path) -> list[Path]:
    paths = [tmp_path / "jalan.jpg", tmp_path / "pasar.png"]
    for number, path in enumerate(paths):
        Image.effect_noise((600, 400 + number), 40).convert("RGB").save(path)
    return paths


@pytest.fixture
def staff(posko: RunningPosko, browser: Browser) -> Iterator[Person]:
    person = Person(browser, posko.url, "staff")
    yield person
    person.context.close()


def text_of(person: Person) -> str:
    return person.page.locator("#id_text").input_value()


def test_the_page_counts_as_the_networks_do(staff: Person):
    staff.go("/konten/baru/")
    for kind, network in KINDS.items():
        unit = UNITS.get(kind, "graphemes")
        ours = [network.length(text.replace("\r\n", "\n").strip()) for text in HARD]
        page = staff.page.evaluate(f"{json.dumps(HARD)}.map((text) => window.poskoCount({json.dumps(unit)}, text))")
        assert dict(zip(HARD, page, strict=True)) == dict(zip(HARD, ours, strict=True)), kind


def test_a_reload_in_mid_sentence_brings_the_words_back_and_so_does_a_lost_line(staff: Person):
    staff.go("/konten/baru/")
    staff.page.locator("#id_text").press_sequentially("Jalan desa yang baru separuh")
    staff.page.reload()  # at once: kept on this device only
    assert text_of(staff) == "Jalan desa yang baru separuh"
    staff.page.get_by_text("Tersimpan otomatis").wait_for()
    staff.page.evaluate("localStorage.clear()")
    staff.page.reload()  # now from Posko
    assert text_of(staff) == "Jalan desa yang baru separuh"
    staff.context.set_offline(True)
    staff.page.locator("#id_text").press("Control+End")
    staff.page.keyboard.type(" diaspal")
    staff.page.get_by_text("Tidak ada koneksi").wait_for()
    staff.context.set_offline(False)
    staff.page.reload()
    assert text_of(staff) == "Jalan desa yang baru separuh diaspal"


def test_what_was_typed_survives_a_session_that_is_over(staff: Person):
    staff.go("/konten/baru/")
    staff.page.locator("#id_text").press_sequentially("Sebelum sesi berakhir")
    staff.page.get_by_text("Tersimpan otomatis").wait_for()
    signed_in = staff.context.cookies()
    staff.context.clear_cookies(name="sessionid")
    staff.page.keyboard.type(", dan sesudahnya")
    staff.page.get_by_text("Sesi Anda berakhir").wait_for()
    staff.page.get_by_role("button", name="Ajukan").click()
    staff.page.wait_for_url("**/accounts/login/**")
    back = staff.page.url.partition("next=")[2]
    staff.context.add_cookies(signed_in)  # type: ignore[arg-type]  # as signing in does
    staff.page.goto(staff.url + staff.page.evaluate("decodeURIComponent", back))
    assert text_of(staff) == "Sebelum sesi berakhir, dan sesudahnya"


def test_two_at_once_are_told_of_each_other_and_neither_loses_a_word(
    posko: RunningPosko, browser: Browser, staff: Person
):
    path = staff.write("Jalan desa rusak.", on=["Mastodon"], submit=False)
    manager = Person(browser, posko.url, "manager")
    for person in (staff, manager):
        person.go(f"{path}ubah/")
        person.page.wait_for_load_state("networkidle")
    manager.page.locator("#id_text").fill("Jalan kota rusak.")
    manager.page.get_by_text("juga sedang menyunting konten ini").wait_for()
    manager.press("Simpan draf")
    staff.page.locator("#id_text").fill("Jalan desa bagus.")
    staff.press("Simpan draf")
    staff.page.get_by_text("sementara Anda menulis").wait_for()
    assert text_of(staff) == "Jalan desa bagus."
    staff.press("Gabungkan")
    assert text_of(staff) == "Jalan kota bagus."
    staff.press("Simpan draf")
    staff.go(f"{path}versi/")
    assert staff.page.get_by_text("Versi 3").count()
    manager.context.close()


@pytest.mark.parametrize("width", [1280, 390])
def test_own_words_and_two_pictures_reach_each_network_exactly(
    posko: RunningPosko, browser: Browser, truth: Truth, staff: Person, photos: list[Path], width: int
):
    if width == 390:
        staff.page.set_viewport_size(PHONE)  # type: ignore[arg-type]  # playwright wants its own dict type
    text, own = f"Untuk semua, {width}.", f"Hanya di kanal, {width}."
    staff.go("/konten/baru/")
    staff.page.locator("#id_text").fill(text)
    staff.page.set_input_files("input[type=file]", photos)
    staff.page.locator(".picture-row").nth(1).wait_for()
    assert text_of(staff) == text
    for number, words in enumerate(("Jalan", "Pasar")):
        staff.page.locator(".picture-row textarea").nth(number).fill(words)
    staff.page.get_by_role("button", name="Majukan gambar 2").click()
    staff.page.locator(".picture-row textarea").first.and_(staff.page.get_by_text("Pasar")).wait_for()
    staff.page.get_by_text("Teks berbeda untuk Telegram").click()
    staff.page.locator(".own[open] textarea").fill(own)
    staff.page.locator("#previews").get_by_text(own).wait_for()
    wide = staff.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert wide <= 0, "the page does not scroll sideways"
    staff.press("Ajukan")
    staff.page.wait_for_url("**/konten/*/")
    candidate = Person(browser, posko.url, "candidate")
    candidate.approve(text)
    candidate.context.close()
    until = time.monotonic() + 20
    while time.monotonic() < until and len(truth.of(text)) + len(truth.of(own)) < 3:
        time.sleep(0.2)
    assert sorted(str(entry["platform"]) for entry in truth.of(text)) == ["bluesky", "mastodon"]
    assert [entry["platform"] for entry in truth.of(own)] == ["telegram"]
    sent = [entry["media"] for entry in (*truth.of(text), *truth.of(own))]
    assert all(isinstance(media, list) and len(media) == 2 for media in sent), sent
    assert len({json.dumps(media) for media in sent}) == 1, "the same pictures in the same order everywhere"


def test_a_thread_and_a_first_comment_are_typed_counted_and_brought_back(staff: Person):
    staff.go("/konten/baru/")
    staff.page.locator("#id_text").fill("Utasnya begini.")
    staff.page.get_by_text("Utas dan komentar pertama").click()
    staff.page.get_by_role("button", name="Tambah bagian utas").click()
    staff.page.locator("#id_follow_0").fill("Bagian kedua.")
    staff.page.get_by_role("button", name="Tambah komentar pertama").click()
    staff.page.locator("#id_follow_1").fill("Komentar kami.")
    assert text_of(staff) == "Utasnya begini."
    count = staff.page.locator('#follows [data-count-of="id_follow_1"]:visible').first
    assert count.inner_text().startswith("14 / ")
    staff.page.locator("#previews").get_by_text("Komentar kami.").first.wait_for()
    staff.page.reload()  # at once: from this device, whose rows Posko has to draw first
    staff.page.locator("textarea#id_follow_1").wait_for()
    assert staff.page.locator("#id_follow_0").input_value() == "Bagian kedua."
    assert staff.page.locator("#id_follow_1").input_value() == "Komentar kami."
    staff.page.get_by_role("button", name="Hapus baris 1").click()
    staff.page.locator("#id_follow_1").wait_for(state="detached")
    assert staff.page.locator("#id_follow_0").input_value() == "Komentar kami."


def test_a_link_counts_where_it_will_stand_on_each_account(staff: Person):
    staff.page.route("**/pratinjau/", lambda route: route.abort())  # the page counts alone
    staff.go("/konten/baru/")
    short = staff.page.locator("[data-short]").first.get_attribute("data-short") or ""
    assert short
    staff.page.locator("#id_text").fill("Baca.")
    staff.page.locator("#id_link").evaluate("field => { field.closest('details').open = true }")
    staff.page.locator("#id_link").fill("https://ratna.example/irigasi")

    def counted(name: str, field: str = "id_text") -> str:
        row = staff.page.locator(f'li[data-channel]:has([data-count-of="{field}"])').filter(has_text=name)
        return row.locator("output").inner_text().partition(" / ")[0]

    assert counted("Telegram") == str(len(f"Baca.\n\n{short}"))
    staff.page.get_by_text("Utas dan komentar pertama").click()
    staff.page.get_by_role("button", name="Tambah komentar pertama").click()
    staff.page.locator("#id_follow_0").fill("Di sini: {tautan}")
    assert counted("Mastodon") == "5" and counted("Bluesky") == "5", "the link has left the post"
    assert counted("Telegram") == str(len(f"Baca.\n\n{short}")), "which carries no comment"
    assert counted("Bluesky", "id_follow_0") == str(len(f"Di sini: {short}"))


def test_without_javascript_a_first_comment_is_written(posko: RunningPosko, browser: Browser):
    plain = Person(browser, posko.url, "staff", javascript=False)
    path = plain.write("Tanpa skrip, dengan komentar.", on=["Mastodon"], submit=False)
    plain.go(f"{path}ubah/")
    plain.page.get_by_text("Utas dan komentar pertama").click()
    plain.page.get_by_role("button", name="Tambah komentar pertama").click()
    plain.page.locator("#id_follow_0").fill("Komentar tanpa skrip.")
    plain.press("Simpan draf")
    assert (
        plain.page.locator(".preview[data-platform~=mastodon] .follow").get_by_text("Komentar tanpa skrip.").count()
        == 1
    )
    plain.context.close()


def test_without_javascript_two_pictures_and_own_words_are_written(
    posko: RunningPosko, browser: Browser, photos: list[Path]
):
    plain = Person(browser, posko.url, "staff", javascript=False)
    path = plain.write("Tanpa skrip.", on=["Mastodon"], picture=photos, submit=False)
    plain.go(f"{path}ubah/")
    assert plain.page.locator(".picture-row textarea").nth(1).input_value().endswith("gambar 2")
    plain.page.get_by_role("button", name="Hapus gambar 1").click()
    plain.page.locator(".picture-row").first.wait_for()
    assert plain.page.locator(".picture-row").count() == 1
    plain.page.get_by_text("Teks berbeda untuk Mastodon").click()
    plain.page.locator(".own[open] textarea").fill("Hanya di Mastodon.")
    plain.press("Simpan draf")
    assert plain.page.locator(".preview").get_by_text("Hanya di Mastodon.").count()
    assert plain.page.locator(".preview[data-platform~=mastodon] img").count() == 1
    plain.context.close()


def test_what_was_typed_before_a_move_in_the_calendar_comes_back_on_the_new_day(
    posko: RunningPosko, browser: Browser, staff: Person
):
    at = (datetime.now(WIB) + timedelta(days=2)).replace(hour=10, minute=0, second=0, microsecond=0)
    path = staff.write("Jalan ini.", on=["Mastodon"], at=at, submit=False)
    staff.go(f"{path}ubah/")
    staff.page.wait_for_load_state("networkidle")
    staff.context.set_offline(True)
    staff.page.locator("#id_text").fill("Jalan ini rusak.")
    manager = Person(browser, posko.url, "manager")
    day = (at + timedelta(days=1)).strftime("%Y-%m-%d")
    manager.go(f"{path}pindah/?date={day}")
    manager.press("Pindahkan")
    manager.context.close()
    staff.context.set_offline(False)
    staff.page.reload()
    assert text_of(staff) == "Jalan ini rusak."
    assert staff.page.locator("input[name=date]").input_value() == day
    staff.press("Simpan draf")
    staff.page.wait_for_url(f"**{path}")
    staff.go(f"{path}ubah/")
    assert staff.page.locator("input[name=date]").input_value() == day
    assert text_of(staff) == "Jalan ini rusak."


def test_what_is_typed_in_a_page_that_was_saved_elsewhere_survives_a_reload(staff: Person):
    path = staff.write("Tertulis.", on=["Mastodon"], submit=False)
    staff.go(f"{path}ubah/")
    first = staff.page
    first.wait_for_load_state("networkidle")
    staff.page = staff.context.new_page()
    staff.go(f"{path}ubah/")
    staff.page.locator("#id_text").fill("Disimpan di halaman lain.")
    staff.press("Simpan draf")
    staff.page.wait_for_url(f"**{path}")
    staff.page = first
    first.locator("#id_text").fill("Diketik sesudahnya.")
    first.get_by_text("di halaman lain").wait_for()
    first.reload()
    assert text_of(staff) == "Diketik sesudahnya."


def test_what_waits_on_a_shared_phone_is_not_sent_in_anothers_name(staff: Person):
    staff.go("/setor/")
    page = staff.page
    page.wait_for_load_state("networkidle")
    staff.context.set_offline(True)
    page.locator("#id_text").fill("Ide dari staf.")
    page.get_by_role("button", name="Setorkan ke tim").click()
    page.get_by_text("Tidak ada sinyal").wait_for()
    other = staff.context.new_page()
    page.evaluate("Object.defineProperty(navigator, 'onLine', {get: () => false, configurable: true})")
    staff.context.set_offline(False)
    other.goto(staff.url)
    other.locator('button[formaction="/demo/sebagai/manager/"]').first.click()
    other.wait_for_url("**/c/**")
    page.evaluate("Object.defineProperty(navigator, 'onLine', {get: () => true}); dispatchEvent(new Event('online'))")
    page.get_by_text("Masuk lagi agar terkirim").wait_for()
    other.goto(f"{staff.home}/ide/")
    assert not other.get_by_text("Ide dari staf.").count()
