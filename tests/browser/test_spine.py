"""From *Coba demo* to three networks; and what must not arrive."""

import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from local.test import RunningPosko
from tests.browser.conftest import Truth, database, wait_for
from tests.browser.people import Person

pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]


@pytest.mark.parametrize("javascript", [True, False], ids=["with JavaScript", "without JavaScript"])
def test_staff_writes_the_candidate_approves_and_it_is_live_on_three_networks(
    posko: RunningPosko, browser: Browser, truth: Truth, photo: Path, javascript: bool
):
    text = f"Air bersih untuk semua desa{'' if javascript else ', tanpa skrip'}."
    staff = Person(browser, posko.url, "staff", javascript=javascript)
    staff.write(text, picture=photo)
    assert truth.of(text) == [], "nothing leaves before it is approved"
    candidate = Person(browser, posko.url, "candidate", javascript=javascript)
    candidate.approve(text)
    entries = wait_for(truth, text, 3, 60)
    assert sorted(str(entry["platform"]) for entry in entries) == ["bluesky", "mastodon", "telegram"]
    assert len({str(entry["media"]) for entry in entries}) == 1, "the same picture everywhere"
    assert all(entry["media"] for entry in entries)
    time.sleep(2)
    assert len(truth.of(text)) == 3, "and once"
    staff.page.reload()
    assert "terbit" in staff.page.locator("main").inner_text().lower()


def test_it_is_live_at_its_minute_and_its_numbers_come_back(posko: RunningPosko, browser: Browser, truth: Truth):
    text = "Pukul sekian, tepat pada menitnya."
    at = (datetime.now(UTC) + timedelta(seconds=90)).replace(second=0, microsecond=0)
    staff = Person(browser, posko.url, "staff")
    path = staff.write(text, on=["Mastodon"], at=at)
    Person(browser, posko.url, "candidate").approve(text)
    entries = wait_for(truth, text, 1, 160)
    late = float(str(entries[0]["at"])) - at.timestamp()
    assert 0 <= late < 15, f"{late} seconds after its time"
    staff.go(path)
    staff.press("Baca sekarang")
    assert "dibaca" in staff.page.locator("main").inner_text().lower()


def test_what_must_not_leave_does_not_arrive(posko: RunningPosko, browser: Browser, truth: Truth):
    staff = Person(browser, posko.url, "staff")
    candidate = Person(browser, posko.url, "candidate")
    soon = (datetime.now(UTC) + timedelta(minutes=10)).replace(second=0, microsecond=0)

    staff.write("Tidak disetujui siapa pun.")

    path = staff.write("Diubah setelah disetujui.", at=soon)
    candidate.approve("Diubah setelah disetujui.")
    staff.go(f"{path}ubah/")
    staff.page.get_by_label("Teks").fill("Teks yang belum disetujui.")
    staff.press("Simpan draf")

    staff.write("Waktunya sudah lewat.", at=soon)
    candidate.approve("Waktunya sudah lewat.")
    staff.write("Jatuh di masa tenang.", at=soon)
    candidate.approve("Jatuh di masa tenang.")
    with database(posko) as cursor:
        # The server was away until long after its time.
        cursor.execute(
            "UPDATE campaign_delivery SET send_at = now() - interval '3 hours', not_after = now() - interval '1 hour' "
            "WHERE draft ->> 'text' = 'Waktunya sudah lewat.'"
        )

    manager = Person(browser, posko.url, "manager")
    staff.write("Kampanye dihentikan.", at=soon)
    candidate.approve("Kampanye dihentikan.")
    with database(posko) as cursor:
        # The quiet period begins earlier than anybody thought: the gate reads the campaign's row as it is now.
        cursor.execute(
            """UPDATE campaign_campaign SET closed = '{"campaign": [["-infinity", "infinity"]]}'
            WHERE id IN (SELECT campaign_id FROM campaign_delivery WHERE draft ->> 'text' = 'Jatuh di masa tenang.')"""
        )
        cursor.execute("UPDATE campaign_delivery SET send_at = now() WHERE draft ->> 'text' = 'Jatuh di masa tenang.'")
    time.sleep(3)
    manager.go("/berhenti/")
    manager.page.locator("main textarea, main input[type=text]").first.fill("Akun diretas")
    manager.page.locator("main form button").first.click()
    manager.page.wait_for_load_state("networkidle")
    with database(posko) as cursor:
        cursor.execute(
            """UPDATE campaign_campaign SET closed = '{"campaign": [], "other": []}' WHERE stopped_at IS NOT NULL"""
        )
        # Now everything that waits is due at once: the stopped one, and the one that nobody has approved.
        cursor.execute("UPDATE campaign_delivery SET send_at = now() WHERE state = 'waiting'")
    time.sleep(4)
    for text in (
        "Tidak disetujui siapa pun.",
        "Diubah setelah disetujui.",
        "Teks yang belum disetujui.",
        "Waktunya sudah lewat.",
        "Jatuh di masa tenang.",
        "Kampanye dihentikan.",
    ):
        assert truth.of(text) == [], text
    manager.go("/lanjut/")
    manager.page.locator("main form button").first.click()
    manager.page.wait_for_load_state("networkidle")
    time.sleep(3)
    assert truth.of("Kampanye dihentikan.") == [], "resuming flushes nothing"
