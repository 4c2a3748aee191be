"""An account of each network: there, through its consent page, back, and one post on all of them."""

import re
from pathlib import Path

import pytest
import requests
from django.utils.translation import override
from playwright.sync_api import Browser, Locator, expect

from analytics.metrics import METRICS
from local.test import PROJECT, RunningPosko
from platforms.registry import BY_HAND, KINDS, SIGN_INS
from tests.browser.conftest import Truth, wait_for
from tests.browser.people import Person

pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]

NETWORKS = set(KINDS) - set(BY_HAND)
BY_FILM = {"youtube"}  # takes no pictures
UNCOUNTED = {"telegram"}  # tells bots no numbers of a post


def open_account(posko: RunningPosko, kind: str, name: str, handle: str) -> None:
    """One more account in the practice network."""
    told = {"platform": kind, "name": name, "handle": handle}
    assert requests.post(f"{posko.sandbox_url}/_control/accounts", json=told, timeout=20).ok


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
    goes_out_and_is_counted(browser, posko, truth, NETWORKS - BY_FILM, picture=photo)


def test_one_film_goes_to_all_nine_and_its_numbers_come_back(
    browser: Browser, posko: RunningPosko, truth: Truth
) -> None:
    goes_out_and_is_counted(browser, posko, truth, NETWORKS, film=PROJECT / "campaign" / "demo_files" / "jalan.mp4")


def goes_out_and_is_counted(
    browser: Browser,
    posko: RunningPosko,
    truth: Truth,
    kinds: set[str],
    *,
    picture: Path | None = None,
    film: Path | None = None,
) -> None:
    text = f"Jembatan gantung Dusun Karang sudah bisa dilalui, {'ada filmnya' if film else 'lihat gambarnya'}."
    staff = Person(browser, posko.url, "staff")
    path = staff.write(text, on=[KINDS[kind].label for kind in sorted(kinds)], picture=picture or (), film=film)
    Person(browser, posko.url, "candidate").approve(text)
    waiting = {kind: there for kind, there in FINISHED_THERE.items() if kind in kinds}
    wait_for(truth, text, len(kinds - waiting.keys()), 60)
    for finish in waiting.values():
        staff.go(path)
        finish(posko, staff)
    live = wait_for(truth, text, len(kinds), 60)
    assert sorted(str(entry["platform"]) for entry in live) == sorted(kinds), "once on each"
    shows_in_the_feed(posko, staff, live)
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
    staff.context.close()


def shows_in_the_feed(posko: RunningPosko, staff: Person, live: list[dict[str, object]]) -> None:
    """As a phone would show it, on the page of its account there."""
    known = requests.get(f"{posko.sandbox_url}/_control/accounts", timeout=20).json()
    urls = {(each["platform"], each["handle"]): each["url"] for each in known}
    for entry in live:
        staff.page.goto(urls[entry["platform"], entry["account"]])
        expect(staff.page.locator(".post", has_text=str(entry["text"])[:40]).first).to_be_visible()


def finish_on_tiktok(posko: RunningPosko, staff: Person) -> None:
    """What waits in the app's inbox is published there by hand, and its link brought back."""
    done = until_it_waits(staff, "TikTok")
    there = {"platform": "tiktok", "account": "melati_1", "act": "finish"}
    (waiting,) = requests.post(f"{posko.sandbox_url}/_control/hand", json=there, timeout=20).json()
    words = staff.page.locator("#the-text")  # a film waits there without its words: they are pasted
    told = there | {"remote_id": waiting["remote_id"], "text": words.input_value() if words.count() else ""}
    assert requests.post(f"{posko.sandbox_url}/_control/hand", json=told, timeout=20).ok
    done.click()
    staff.page.wait_for_load_state("networkidle")


def finish_on_youtube(posko: RunningPosko, staff: Person) -> None:
    """The film is private until somebody makes it public in Studio."""
    done = until_it_waits(staff, "YouTube")
    control = f"{posko.sandbox_url}/_control/youtube"
    (film,) = requests.get(control, timeout=20).json()["private"]
    assert requests.post(control, json={"public": film}, timeout=20).ok
    done.click()
    staff.page.wait_for_load_state("networkidle")


def until_it_waits(staff: Person, network: str) -> Locator:
    """The button that tells Posko that somebody has finished it there."""
    staff.page.locator("main li", has_text=network).get_by_role(
        "link", name=re.compile("Rincian|Terbitkan sendiri")
    ).click()
    done = staff.page.get_by_role("button", name="Sudah terbit")
    for _ in range(20):  # the network works on it first
        if done.count():
            break
        expect(staff.page.locator("main")).to_contain_text("sedang mengolah")
        staff.page.wait_for_timeout(2_000)
        staff.page.reload()
    return done


FINISHED_THERE = {"tiktok": finish_on_tiktok, "youtube": finish_on_youtube}
"""What an app that the network has not audited sends waits there until a person publishes it."""
