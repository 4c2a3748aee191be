"""Every page of the table of routes in a real browser: for those who cannot see it well, and for narrow screens.

The pages are drawn first and handed to the browser from memory; it meets them as they would come over the wire.
"""

import mimetypes
from collections.abc import Iterator
from typing import Any

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from django.contrib.staticfiles import finders
from django.db import transaction
from django.test import override_settings
from playwright.sync_api import Page, Route, sync_playwright

from tests.asking import Asker
from tests.browser.conftest import CHROMIUM, QUIET
from tests.pages import BY_ROLE, Drawn, drawn
from tests.routes import world

pytestmark = [pytest.mark.browser, pytest.mark.django_db, pytest.mark.timeout(600)]
WIDTHS = (360, 1280)
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
SIDEWAYS = """() => {
  const wide = document.documentElement.clientWidth;
  if (document.documentElement.scrollWidth <= wide) return "";
  const within = [...document.querySelectorAll("main *, header *")];
  const out = within.filter((each) => each.getBoundingClientRect().right > wide + 1);
  return out.slice(-3).map((e) => e.outerHTML.slice(0, 90)).join(" | ") || "the page itself";
}"""


JUDGE = "async ([within, options]) => (await axe.run(within || document, options)).violations"


@pytest.fixture(scope="module")
def pages(django_db_setup: None, django_db_blocker: Any, tmp_path_factory: Any) -> list[Drawn]:
    """All of them, before the browser starts: its event loop would be in Django's way."""
    with (
        django_db_blocker.unblock(),
        override_settings(MEDIA_ROOT=tmp_path_factory.mktemp("media"), DEMO=True),
        transaction.atomic(),
    ):
        found = list(drawn(Asker(world())))
        transaction.set_rollback(True)
    seen: dict[str, Drawn] = {}
    for page in found:
        if "<!DOCTYPE html>" in page.html:  # a part of a page is looked at in its page
            seen.setdefault(page.html, page)
    return list(seen.values())


@pytest.fixture
def tab(pages: list[Drawn]) -> Iterator[Page]:
    """A tab to which `http://posko/<n>` is the nth page."""
    if not CHROMIUM:
        pytest.skip("Chromium is not installed: apt-get install chromium")

    def answer(route: Route) -> None:
        path = route.request.url.removeprefix("http://posko/")
        if path.isdecimal():
            route.fulfill(content_type="text/html; charset=utf-8", body=pages[int(path)].html)
        elif file := finders.find(path.removeprefix("static/").split("?")[0]):
            with open(str(file), "rb") as content:  # noqa: PTH123  # finders know no Path
                route.fulfill(content_type=mimetypes.guess_type(str(file))[0], body=content.read())
        else:
            route.fulfill(status=404)

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        page = browser.new_page()
        page.add_init_script(AXE_SCRIPT)
        page.route("**/*", answer)
        yield page
        browser.close()


def serious(tab: Page, scheme: str, *, whole: bool) -> Iterator[str]:
    """What axe holds against the page as it is shown; what is no matter of colour is the same in the dark."""
    tab.emulate_media(color_scheme=scheme, reduced_motion="reduce")  # type: ignore[arg-type]  # no colour half-way
    rules = {"type": "tag", "values": TAGS} if scheme == "light" else {"type": "rule", "values": ["color-contrast"]}
    options = {"runOnly": rules, "resultTypes": ["violations"]}
    for found in tab.evaluate(JUDGE, [None if whole else "main", options]):
        if found["impact"] in ("serious", "critical"):
            yield f"{scheme}: {found['id']} {[node['html'][:120] for node in found['nodes'][:3]]}"


def test_every_page_is_sound_for_everybody_and_fits_its_screen(pages: list[Drawn], tab: Page):
    """axe finds nothing serious at 360 and 1280 pixels, light and dark; nothing has to be scrolled sideways.

    The frame around the pages of a campaign is looked at once for each role.
    """
    wrong = list[str]()
    for number, shown in enumerate(pages):
        tab.goto(f"http://posko/{number}")
        whole = shown.name in BY_ROLE or 'class="shell"' not in shown.html
        for width in WIDTHS:
            tab.set_viewport_size({"width": width, "height": 800})
            if sideways := tab.evaluate(SIDEWAYS):
                wrong.append(f"{shown} {width}: sideways {sideways}")
            wrong += [
                f"{shown} {width} {found}"
                for scheme in ("light", "dark")
                for found in serious(tab, scheme, whole=whole)
            ]
    assert wrong == []
