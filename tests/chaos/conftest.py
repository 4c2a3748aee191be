"""One sandbox for all chaos tests, and short times."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from campaign import settling
from platforms.x import connector as x
from tests import make
from tests.chaos.stage import Stage
from tests.sandbox.running import Sandbox, start_sandbox


@pytest.fixture(scope="session")
def running_sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    with start_sandbox(tmp_path_factory.mktemp("chaos")) as sandbox:
        yield sandbox


@pytest.fixture
def stage(running_sandbox: Sandbox, transactional_db: None, settings: Any, monkeypatch: pytest.MonkeyPatch) -> Stage:
    """A campaign whose sandbox is real; calls end after 2 seconds, leases after 4."""
    running_sandbox.reset()
    running_sandbox.control("DELETE", "faults")
    settings.SANDBOX_URL = running_sandbox.url
    settings.CALL_SECONDS, settings.LEASE_SECONDS = 2, 4

    monkeypatch.setattr(settling, "LOOK_EVERY", timedelta(seconds=1))
    monkeypatch.setattr(x, "SETTLES", 1)
    monkeypatch.setattr(settling, "PATIENCE", timedelta(seconds=6))
    return Stage(running_sandbox, make.campaign())


@pytest.fixture
def films(stage: Stage) -> Stage:
    """A stage for YouTube."""
    stage.platforms = ("youtube",)
    return stage
