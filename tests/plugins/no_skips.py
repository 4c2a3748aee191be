"""With POSKO_REQUIRE_ALL=1, as in CI, a skipped test fails the run: there everything that tests need is installed."""

import os

import pytest


def _forbidden(config: pytest.Config) -> int:
    """How many tests were skipped where none may be."""
    reporter = config.pluginmanager.get_plugin("terminalreporter")
    if os.environ.get("POSKO_REQUIRE_ALL") != "1" or reporter is None:
        return 0
    return len(reporter.stats.get("skipped", []))


def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    """Turn a run that only skipped into a failed one."""
    if exitstatus == pytest.ExitCode.OK and _forbidden(session.config):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Say why."""
    if skipped := _forbidden(config):
        terminalreporter.write_line(f"POSKO_REQUIRE_ALL=1 allows no skipped test; {skipped} skipped.", red=True)
