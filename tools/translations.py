"""The Indonesian catalogue: collected from the code (English), translated by people, compiled and committed.

python -m tools.translations collect    texts of code and templates into the .po (needs GNU gettext)
python -m tools.translations compile    .po into .mo
python -m tools.translations check      complete, compiled, and nothing new in the code
"""

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import polib

PROJECT = Path(__file__).resolve().parent.parent
LANGUAGE = "id"
CATALOGUE = Path("locale") / LANGUAGE / "LC_MESSAGES" / "django.po"
SOURCES = ("config", "campaign", "branding", "programs", "engagement", "fundraising", "analytics", "templates")
# makemessages, which also knows our short name for gettext_lazy.
MAKEMESSAGES = """
import sys
from django.core.management import execute_from_command_line
from django.core.management.commands.makemessages import Command
Command.xgettext_options = [*Command.xgettext_options, "--keyword=lazy"]
execute_from_command_line(sys.argv)
"""
SHOWN = 10  # entries named per complaint


def collect(project: Path) -> str:
    """Bring the .po of `project` up to its code; what makemessages had to complain of, empty when nothing."""
    (project / CATALOGUE.parent).mkdir(parents=True, exist_ok=True)
    answer = subprocess.run(
        # --no-location: line numbers would change the catalogue with every edit of the code.
        [sys.executable, "-c", MAKEMESSAGES, "makemessages", "-l", LANGUAGE, "--no-location", "--no-wrap", "-v", "0"],
        cwd=project,
        env={name: value for name, value in os.environ.items() if name != "DJANGO_SETTINGS_MODULE"},
        capture_output=True,
        text=True,
        check=False,
    )
    return "" if answer.returncode == 0 else (answer.stderr or answer.stdout).strip()


def compiled(po: polib.POFile) -> bytes:
    """The .mo of a catalogue, the same bytes whenever the catalogue is the same."""
    data: bytes = po.to_binary()
    return data


def entries(po: polib.POFile) -> set[tuple[str | None, str, str]]:
    """What has to be translated: context, text and plural of each entry in use."""
    return {(entry.msgctxt, entry.msgid, entry.msgid_plural) for entry in po if not entry.obsolete}


def problems(project: Path) -> list[str]:
    """What is wrong with the catalogue itself, a sentence each."""
    path = project / CATALOGUE
    if not path.exists():
        return [f"{CATALOGUE} is missing: run `make translations`."]
    po = polib.pofile(str(path))
    found = []
    for what, bad in (
        ("untranslated", [e for e in po if not e.obsolete and not e.fuzzy and not e.translated()]),
        ("fuzzy", [e for e in po if not e.obsolete and e.fuzzy]),
    ):
        if bad:
            named = "; ".join(repr(entry.msgid[:60]) for entry in bad[:SHOWN])
            found.append(f"{len(bad)} {what}: {named}{' …' if len(bad) > SHOWN else ''}")
    mo = path.with_suffix(".mo")
    if not mo.exists() or mo.read_bytes() != compiled(po):
        found.append(f"{mo.name} is older than {path.name}: run `make translations`.")
    return found


def uncollected(project: Path) -> list[str]:
    """Where the code and the catalogue differ in their texts, a sentence each."""
    with tempfile.TemporaryDirectory(prefix="posko-texts-") as folder:
        copy = Path(folder)
        for name in SOURCES:
            if (project / name).is_dir():
                shutil.copytree(project / name, copy / name, ignore=shutil.ignore_patterns("__pycache__"))
        shutil.copytree(project / "locale", copy / "locale")
        if complaint := collect(copy):
            return [f"makemessages failed: {complaint}"]
        ours, theirs = (entries(polib.pofile(str(root / CATALOGUE))) for root in (project, copy))
    found = []
    for what, texts in (("not collected yet", theirs - ours), ("no longer in the code", ours - theirs)):
        if texts:
            named = "; ".join(sorted(repr(text[1][:60]) for text in texts)[:SHOWN])
            found.append(f"{len(texts)} {what}: {named}{' …' if len(texts) > SHOWN else ''}: run `make translations`.")
    return found


def main(arguments: list[str]) -> int:
    """Carry out one command; its exit code."""
    match arguments:
        case ["collect"]:
            complaint = collect(PROJECT)
            print(complaint or f"{CATALOGUE} has the texts of the code.")
            return 1 if complaint else 0
        case ["compile"]:
            path = PROJECT / CATALOGUE
            path.with_suffix(".mo").write_bytes(compiled(polib.pofile(str(path))))
            return 0
        case ["check"]:
            found = problems(PROJECT)
            if not shutil.which("xgettext"):
                print("xgettext is missing: whether every text of the code is in the catalogue was not looked at.")
            elif not found or (PROJECT / CATALOGUE).exists():
                found += uncollected(PROJECT)
            print("\n".join(found) or "complete")
            return 1 if found else 0
        case _:
            print("Usage: python -m tools.translations collect | compile | check", file=sys.stderr)
            return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
