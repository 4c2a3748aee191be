"""In which order files are handed out to the processes of a parallel run, so that none works alone at the end.

The browser's come first and together, for they share a running Posko. Others that mostly wait, for a network or a
lease, are spread among the quick ones, which keep the processors busy meanwhile. Needs `--no-loadscope-reorder`: else
xdist begins with the files that have the most tests, which are quick ones.
"""

from pathlib import Path

import pytest

BROWSER = ("browser/test_every_page", "browser/test_connecting", "browser/")
SLOW = (
    "local/test_make_run",
    "chaos/test_kills",
    "chaos/",
    "local/test_production",
    "campaign/test_races",
    "campaign/test_promises_machine",
    "test_routes",
    "test_languages",
    "analytics/test_pull_races",
    "campaign/test_demo",
    "local/",
)
"""Beginnings of paths below `tests/`, the longest first as `--durations` tells."""


def _place(file: Path, beginnings: tuple[str, ...]) -> int | None:
    below = file.as_posix().rpartition("/tests/")[2]
    return next((place for place, beginning in enumerate(beginnings) if below.startswith(beginning)), None)


def _turns(files: list[Path]) -> dict[Path, tuple[int, float]]:
    """When each file has its turn."""
    browser = {file: place for file in files if (place := _place(file, BROWSER)) is not None}
    slow = {file: place for file in files if (place := _place(file, SLOW)) is not None}
    quick = [file for file in files if file not in browser and file not in slow]
    apart = len(quick) / max(len(slow), 1)
    return {
        **{file: (0, place) for file, place in browser.items()},
        **{file: (1, number * apart - 0.5) for number, file in enumerate(sorted(slow, key=lambda file: slow[file]))},
        **{file: (1, number) for number, file in enumerate(quick)},
    }


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Sort files so; the order within a file stays."""
    turns = _turns(list(dict.fromkeys(item.path for item in items)))
    items.sort(key=lambda item: (turns[item.path], str(item.path)))
