"""Stop from a post's page, a due post that stays, resume, and the one that a person then lets go."""

from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from local.processes import wait_until
from local.test import RunningPosko
from tests.browser.conftest import Truth, database
from tests.browser.people import Person

pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]
LONG_ENOUGH = 2.5  # seconds in which the engine would have sent it: it looks each second


@pytest.mark.parametrize(
    ("role", "javascript"), [("manager", True), ("candidate", False)], ids=["desk", "phone without JavaScript"]
)
def test_a_stop_holds_what_is_due_and_only_a_person_lets_it_go(
    posko: RunningPosko, browser: Browser, truth: Truth, role: str, javascript: bool
):
    text = f"Rapat warga di balai desa, kata {role}."
    staff = Person(browser, posko.url, "staff", javascript=javascript)
    path = staff.write(text, at=later(posko))
    Person(browser, posko.url, "candidate", javascript=javascript).approve(text)
    leader = Person(browser, posko.url, role, javascript=javascript)

    leader.go(path)
    leader.page.get_by_role("link", name="Hentikan penerbitan").click()  # one tap from any page
    leader.page.get_by_label("Akun dibajak").check()
    leader.press("Hentikan semua sekarang")
    expect(leader.page.get_by_text("Tidak ada yang sedang dikirim")).to_be_visible()
    banner = leader.page.locator('.banner[data-tone="stop"]')
    expect(banner).to_contain_text("Akun dibajak")
    box = banner.locator("p").bounding_box()
    assert box and box["height"] < 60, "two lines at most"

    make_due(posko, text)
    leader.page.wait_for_timeout(LONG_ENOUGH * 1000)
    assert truth.of(text) == []
    leader.go("/berhenti/")
    expect(leader.page.locator("main")).to_contain_text(text)

    banner.get_by_role("link", name="Lanjutkan").click()
    expect(leader.page.locator("main")).to_contain_text(text)
    leader.press("Lanjutkan")
    leader.page.wait_for_timeout(LONG_ENOUGH * 1000)
    assert truth.of(text) == [], "resuming flushes nothing"

    staff.go("/operasi/")
    staff.page.get_by_role("link", name=text).first.click()
    staff.press("Terbitkan sekarang")
    assert wait_until(lambda: len(truth.of(text)) == 3, 15)
    leader.page.wait_for_timeout(1000)
    assert len(truth.of(text)) == 3, "once on each account"


def later(posko: RunningPosko) -> Any:
    """Two hours from now, still on the day that the approval is for."""
    with database(posko) as cursor:
        cursor.execute("SELECT now() + interval '2 hours'")
        return cursor.fetchone()[0]


def make_due(posko: RunningPosko, text: str) -> None:
    with database(posko) as cursor:
        cursor.execute("UPDATE campaign_delivery SET send_at = now() WHERE draft ->> 'text' = %s", [text])
        cursor.execute("UPDATE campaign_post SET movable_from = now() - interval '1 day' WHERE text = %s", [text])
