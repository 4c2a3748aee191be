"""An account of each network that signs in by consent: there, through the practice network's page, and back."""

import pytest
import requests
from playwright.sync_api import Browser, expect

from local.test import RunningPosko
from platforms.registry import KINDS, SIGN_INS
from tests.browser.people import Person

pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]


@pytest.mark.parametrize("kind", sorted(SIGN_INS))
def test_a_manager_connects_one_and_chooses_among_several(browser: Browser, posko: RunningPosko, kind: str) -> None:
    name = f"Melati {kind}"  # the same Posko for each, so each has a name of its own
    for number in (1, 2):
        told = {"platform": kind, "name": f"{name} {number}", "handle": f"melati_{number}"}
        assert requests.post(f"{posko.sandbox_url}/_control/accounts", json=told, timeout=5).ok
    manager = Person(browser, posko.url, "manager")
    page = manager.page
    manager.go("/akun/")
    page.get_by_role("link", name=f"Hubungkan {KINDS[kind].label}").click()
    page.locator("main form button.primary").last.click()
    page.locator("main a.button.primary").click()
    page.wait_for_url(f"{posko.sandbox_url}/**")
    for box in page.locator('input[type="checkbox"][name="account"]').all():
        box.check()
    page.get_by_text(f"{name} 1").click()
    if page.locator('input[type="checkbox"][name="account"]').count():
        page.get_by_text(f"{name} 1").click()  # a box: the second press ticks it again
    page.get_by_role("button", name="Izinkan").click()
    page.wait_for_url("**/akun/**")
    if "/akun/pilih/" in page.url:
        page.get_by_label(f"{name} 1").check()
        page.locator("main form button.primary").click()
        page.wait_for_url("**/akun/")
    row = page.locator(".account-row", has_text=f"{name} 1")
    expect(row).to_have_count(1)
    expect(row.locator('.badge[data-state="ok"]')).to_be_visible()
    expect(row.locator(".lost")).to_have_count(0)
    manager.context.close()
