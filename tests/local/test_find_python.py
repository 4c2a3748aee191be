"""The finder that `make` uses, on machines with every kind of Python."""

import subprocess
import sys
from pathlib import Path

import pytest

from local.test import PROJECT

REAL = f'#!/bin/sh\nexec "{sys.executable}" "$@"\n'
BROKEN_SHIM = "#!/bin/sh\necho 'pyenv: version not selected' >&2\nexit 127\n"
OLD = '#!/bin/sh\ncase "$*" in *version_info*) exit 1;; esac\n'


@pytest.fixture
def machine(tmp_path: Path):
    """A PATH with the given programs and nothing else, and the finder run on it."""
    programs = tmp_path / "bin"
    programs.mkdir()

    def find(*, asked: str = "", **named: str) -> subprocess.CompletedProcess[str]:
        for name, text in named.items():
            path = programs / name.replace("_", ".")
            path.write_text(text)
            path.chmod(0o755)
        env = {"PATH": str(programs), "HOME": str(tmp_path / "home")} | ({"PYTHON": asked} if asked else {})
        return subprocess.run(
            ["/bin/sh", str(PROJECT / "tools" / "find_python.sh")], env=env, capture_output=True, text=True, check=False
        )

    return find


def test_the_first_that_works_is_taken(machine) -> None:
    found = machine(python3_14=BROKEN_SHIM, python3_13=REAL, python3=OLD)
    assert found.returncode == 0
    assert Path(found.stdout.strip()).resolve() == Path(sys.executable).resolve()


def test_a_new_one_behind_an_old_name_is_found(machine) -> None:
    assert machine(python3=OLD, python=REAL).returncode == 0


def test_one_kept_by_pyenv_is_found(machine, tmp_path: Path) -> None:
    kept = tmp_path / "home" / ".pyenv" / "versions" / "3.12.9" / "bin"
    kept.mkdir(parents=True)
    (kept / "python").write_text(REAL)
    (kept / "python").chmod(0o755)
    assert machine(python3=BROKEN_SHIM).returncode == 0


def test_none_is_one_sentence(machine) -> None:
    found = machine(python3=OLD, python3_12=BROKEN_SHIM)
    assert found.returncode == 2
    assert found.stderr.startswith("Posko needs Python 3.12 or newer")
    assert found.stdout == ""


def test_the_one_asked_for_is_taken_or_refused(machine) -> None:
    assert machine(asked=sys.executable, python3_13=BROKEN_SHIM).returncode == 0
    refused = machine(asked="/no/such/python", python3_13=REAL)
    assert refused.returncode == 2
    assert "PYTHON=/no/such/python" in refused.stderr
