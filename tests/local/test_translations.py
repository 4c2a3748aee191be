"""`make check` on the Indonesian catalogue."""

import shutil
from pathlib import Path

import polib
import pytest

from tools import translations

SOURCE = 'from django.utils.translation import gettext as _\n\nTITLE = _("Approve")\n'


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project with one text, translated and compiled."""
    (tmp_path / "campaign").mkdir()
    (tmp_path / "campaign" / "views.py").write_text(SOURCE)
    po = polib.POFile()
    po.metadata = {"Content-Type": "text/plain; charset=UTF-8", "Plural-Forms": "nplurals=1; plural=0;"}
    po.append(polib.POEntry(msgid="Approve", msgstr="Setujui"))
    save(tmp_path, po)
    return tmp_path


def save(project: Path, po: polib.POFile) -> None:
    path = project / translations.CATALOGUE
    path.parent.mkdir(parents=True, exist_ok=True)
    po.save(str(path))
    path.with_suffix(".mo").write_bytes(translations.compiled(po))


def test_a_complete_catalogue_is_fine(project: Path) -> None:
    assert translations.problems(project) == []


def test_what_is_untranslated_or_fuzzy_is_named(project: Path) -> None:
    po = polib.pofile(str(project / translations.CATALOGUE))
    po.append(polib.POEntry(msgid="Refuse", msgstr=""))
    po.append(polib.POEntry(msgid="Ask", msgstr="Tanya", flags=["fuzzy"]))
    save(project, po)
    assert translations.problems(project) == ["1 untranslated: 'Refuse'", "1 fuzzy: 'Ask'"]


def test_a_stale_or_missing_mo_is_named(project: Path) -> None:
    mo = (project / translations.CATALOGUE).with_suffix(".mo")
    mo.write_bytes(mo.read_bytes() + b"\0")
    assert "older" in translations.problems(project)[0]
    mo.unlink()
    assert "older" in translations.problems(project)[0]


@pytest.mark.skipif(not shutil.which("xgettext"), reason="needs GNU gettext")
def test_a_new_text_in_the_code_is_named(project: Path) -> None:
    assert translations.uncollected(project) == []
    (project / "campaign" / "views.py").write_text(SOURCE + 'MORE = _("Withdraw")\n')
    assert "1 not collected yet: 'Withdraw'" in translations.uncollected(project)[0]
