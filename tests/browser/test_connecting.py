"""An account of each network: there, through its consent page, back, and one post on all of them."""

from pathlib import Path

import pytest
import requests
from django.utils.translation import override
from playwright.sync_api import Browser, expect

from analytics.metrics import METRICS
from local.test import RunningPosko
from platforms.registry import KINDS, SIGN_INS
from tests.browser.conftest import Truth, wait_for
from tests.browser.people import Person

pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]

BY_FILM = {"youtube"}  # takes no pictures
UNCOUNTED = {"telegram"}  # tells bots no numbers of a post
FINISHED_THERE = {"tiktok"}  # keeps what an app that it has not audited sends, until a person publishes it


def open_account(posko: RunningPosko, kind: str, name: str, handle: str) -> None:
    """One more account in the practice network."""
    told = {"platform": kind, "name": name, "handle": handle}
    assert requests.post(f"{posko.sandbox_url}/_control/accounts", json=told, timeout=5).ok


@pytest.mark.parametrize("kind", sorted(SIGN_INS))
def test_a_manager_connects_one_and_chooses_among_several(browser: Browser, posko: RunningPosko, kind: str) -> None:
    name = f"Melati {kind}"  # the same Posko for each, so each has a name of its own
    for number in (1, 2):
        open_account(posko, kind, f"{name} {number}", f"melati_{number}")
    manager = Person(browser, posko.url, "manager")
    manager.connect(kind, f"{name} 1")
    row = manager.page.locator(".account-row", has_text=f"{name} 1")
    expect(row).to_have_count(1)
    expect(row.locator('.badge[data-state="ok"]')).to_be_visible()
    expect(row.locator(".lost")).to_have_count(0)
    manager.context.close()


def test_one_picture_goes_to_all_that_take_one_and_its_numbers_come_back(
    browser: Browser, posko: RunningPosko, truth: Truth, photo: Path
) -> None:
    """After the one above: Bluesky and Telegram are the demonstration's own."""
    text = "Jembatan gantung Dusun Karang sudah bisa dilalui."
    kinds = set(KINDS) - BY_FILM
    staff = Person(browser, posko.url, "staff")
    path = staff.write(text, on=[KINDS[kind].label for kind in sorted(kinds)], picture=photo)
    Person(browser, posko.url, "candidate").approve(text)
    live = wait_for(truth, text, len(kinds - FINISHED_THERE), 40)
    assert {str(entry["platform"]) for entry in live} == kinds - FINISHED_THERE
    staff.go(path)
    finish_on_tiktok(posko, staff)
    staff.go(path)
    expect(staff.page.locator("main")).to_contain_text("Sudah terbit di semua akunnya")
    expect(staff.page.locator("[data-account]")).to_have_count(len(kinds))
    for _ in range(20):  # until Posko has asked TikTok for the name that it has there
        staff.press("Baca sekarang")
        if staff.page.locator("[data-account] table").count() == len(kinds - UNCOUNTED):
            break
        staff.page.wait_for_timeout(5_000)
    else:
        pytest.fail("some network tells no numbers")
    with override("id"):
        assert set(staff.page.locator("[data-metric] th").all_inner_texts()) <= {str(word) for word in METRICS.values()}


def finish_on_tiktok(posko: RunningPosko, staff: Person) -> None:
    """What waits in the app's inbox is published there by hand, and its link brought back."""
    staff.page.locator("li", has_text="TikTok").get_by_role("link", name="Rincian").click()
    done = staff.page.get_by_role("button", name="Sudah terbit")
    for _ in range(20):  # TikTok works on it first
        if done.count():
            break
        expect(staff.page.locator("main")).to_contain_text("sedang mengolah")
        staff.page.wait_for_timeout(2_000)
        staff.page.reload()
    there = {"platform": "tiktok", "account": "melati_1", "act": "finish"}
    (waiting,) = requests.post(f"{posko.sandbox_url}/_control/hand", json=there, timeout=5).json()
    told = there | {"remote_id": waiting["remote_id"]}
    assert requests.post(f"{posko.sandbox_url}/_control/hand", json=told, timeout=5).ok
    done.click()
    staff.page.wait_for_load_state("networkidle")
