"""One sandbox for all chaos tests, and short times."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from campaign import envelopes, settling
from campaign.models import Campaign
from platforms.contents import Draft
from platforms.x import connector as x
from tests import make
from tests.chaos.stage import Stage
from tests.platforms.make import FILM, video
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
def films(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> Stage:
    """A stage for YouTube. A draft's `film` says in how many pieces one goes up; envelopes know no films yet."""
    plain = envelopes.draft_of

    def draft_of(content: dict[str, Any], *of: Campaign) -> Draft:
        data = FILM if content["film"] == 2 else FILM[:100_000]
        return replace(plain(content, *of), title=content["title"], video=video(data))

    monkeypatch.setattr(envelopes, "draft_of", draft_of)
    stage.platforms = ("youtube",)
    return stage
