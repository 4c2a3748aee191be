"""No English on an Indonesian page: every page of the table of routes is read for its words.

The words come from the catalogue itself, so that a text which nobody marked for translation is found as well: it is
made of words that other texts use.
"""

import logging
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import polib
import pytest
from django.conf import settings as django_settings
from django.db import transaction
from django.test import override_settings

from tests.asking import Asker
from tests.pages import drawn
from tests.routes import ROUTES, world

WORDS = Path(__file__).parent / "words"
WORD = re.compile(r"[A-Za-z]+(?:['’][a-z]+)?")
SHOWN = ("alt", "aria-label", "title", "placeholder", "data-label", "data-confirm")
SILENT = {"script", "style", "svg", "textarea", "code", "time", "title"}
VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}


class _Text(HTMLParser):
    """What a reader sees or hears of a page, without what is marked as being in another language."""

    def __init__(self, language: str) -> None:
        super().__init__()
        self.language, self.words = language, set[str]()
        self._stack: list[bool] = []

    @property
    def _is_silent(self) -> bool:
        return any(self._stack)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        foreign = given.get("lang") not in (None, self.language)
        silent = tag in SILENT or foreign or "data-typed" in given
        if tag not in VOID:
            self._stack.append(silent)
        if not self._is_silent and not silent:
            for name in SHOWN:
                self._hear(given.get(name) or "")

    def handle_endtag(self, tag: str) -> None:
        if tag not in VOID and self._stack:
            self._stack.pop()

    def handle_data(self, data: str) -> None:
        if not self._is_silent:
            self._hear(data)

    def _hear(self, text: str) -> None:
        text = re.sub(r"\S*(?:://|@|/)\S*|\S+\.\S+", " ", text)  # addresses and names of accounts
        self.words |= {word.lower() for word in WORD.findall(text) if len(word) > 1}


def words_on(html: str) -> set[str]:
    """Every word of a page that a reader of Indonesian meets."""
    page = _Text("id")
    page.feed(html)
    return page.words


def words_of(texts: Iterator[str]) -> set[str]:
    """All words of many texts, without their placeholders."""
    return {
        word.lower()
        for text in texts
        for word in WORD.findall(re.sub(r"%\(\w+\)s|<[^>]+>", " ", text))
        if len(word) > 1
    }


def listed(name: str) -> set[str]:
    return set((WORDS / name).read_text().split())


def only_english() -> set[str]:
    """Words that our English texts use, and none of their translations."""
    po = polib.pofile(str(django_settings.BASE_DIR / "locale/id/LC_MESSAGES/django.po"))
    entries = [entry for entry in po if not entry.obsolete]
    english = words_of(text for entry in entries for text in (entry.msgid, entry.msgid_plural))
    indonesian = words_of(text for entry in entries for text in (entry.msgstr, *entry.msgstr_plural.values()))
    return (english | listed("common_english.txt")) - indonesian - listed("in_both_languages.txt")


@pytest.fixture(scope="module")
def asker(django_db_setup: None, django_db_blocker: Any, tmp_path_factory: Any) -> Iterator[Asker]:
    with (
        django_db_blocker.unblock(),
        override_settings(MEDIA_ROOT=tmp_path_factory.mktemp("media"), DEMO=True),
        transaction.atomic(),
    ):
        yield Asker(world())
        transaction.set_rollback(True)


def test_an_indonesian_page_has_no_english_word(asker: Asker, db: None, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(logging.getLogger("django.request"), "disabled", True)  # each refused form would be told
    names = words_of(member.user.name for member in asker.world.people.values() if member)
    english, pages = only_english() - names, list(drawn(asker))
    wrong = {str(page): found for page in pages if (found := sorted(words_on(page.html) & english))}
    assert wrong == {}
    assert len(pages) > len(ROUTES) / 2, "hardly a page was drawn"


def test_the_scan_finds_a_text_that_nobody_translated():
    assert words_on("<p>Simpan <button aria-label='Please wait'>now</button></p>") >= {"please", "now"}
    assert words_on('<p><span lang="en">English now</span> <code>wait</code></p>') == set()
    assert {"please", "wait", "now"} <= only_english()
