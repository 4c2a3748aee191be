"""The files that take long come first, so that no process works alone at the end; they are handed out in order.

Needs `--no-loadscope-reorder`: else xdist begins with the files that have the most tests, which are quick ones.
"""

import pytest

HEAVY = (
    "tests/browser/test_every_page",
    "tests/browser",
    "tests/local/test_make_run",
    "tests/local/test_production",
    "tests/chaos",
    "tests/campaign/test_promises_machine",
    "tests/campaign/test_races",
    "tests/test_routes",
    "tests/test_languages",
    "tests/analytics/test_pull_races",
    "tests/campaign/test_demo",
)
"""Beginnings of paths, the longest first as measured with `--durations`; the order is only a matter of time."""


def _place(item: pytest.Item) -> int:
    return next((place for place, path in enumerate(HEAVY) if item.nodeid.startswith(path)), len(HEAVY))


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Sort files by how long they take; the order within a file stays."""
    items.sort(key=_place)
