"""The guard that CI puts on skipped tests."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from local.test import PROJECT

TESTS = """
import pytest

def test_runs(): pass

@pytest.mark.skip(reason="nothing here")
def test_waits(): pass

@pytest.mark.xfail(strict=True)
def test_is_known_to_fail(): assert False
"""


@pytest.mark.parametrize(("required", "code"), [("1", 1), ("", 0)])
def test_a_skip_fails_the_run_only_where_all_is_required(tmp_path: Path, required: str, code: int) -> None:
    (tmp_path / "test_it.py").write_text(TESTS)
    (tmp_path / "pytest.ini").write_text("[pytest]\n")
    answer = subprocess.run(
        [
            *(sys.executable, "-m", "pytest", "-q", "-p", "tests.plugins.no_skips", "-p", "no:django"),
            *("-c", str(tmp_path / "pytest.ini"), str(tmp_path)),
        ],
        cwd=PROJECT,
        env={**os.environ, "POSKO_REQUIRE_ALL": required},
        capture_output=True,
        text=True,
        check=False,
    )
    assert answer.returncode == code, answer.stdout
    assert ("allows no skipped test; 1 skipped" in answer.stdout) == (code == 1)
    assert "1 passed, 1 skipped, 1 xfailed" in answer.stdout.splitlines()[-1]
