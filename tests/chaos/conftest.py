"""One sandbox for all chaos tests, and short times."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.storage import default_storage

from campaign import drafting, settling
from campaign.models import Campaign
from platforms.contents import Draft, Picture, Video
from platforms.x import connector as x
from tests import make
from tests.chaos.stage import Stage
from tests.platforms.servers import Asked, raw, serving
from tests.sandbox.running import Sandbox, start_sandbox


@pytest.fixture(scope="session")
def running_sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    with start_sandbox(tmp_path_factory.mktemp("chaos")) as sandbox:
        yield sandbox


@pytest.fixture
def stage(
    running_sandbox: Sandbox, transactional_db: None, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Stage]:
    """A campaign whose sandbox is real; calls end after 2 seconds, leases after 4."""
    running_sandbox.reset()
    running_sandbox.control("DELETE", "faults")
    settings.SANDBOX_URL = running_sandbox.url
    settings.CALL_SECONDS, settings.LEASE_SECONDS = 2, 4

    monkeypatch.setattr(settling, "LOOK_EVERY", timedelta(seconds=1))
    monkeypatch.setattr(x, "SETTLES", 1)
    monkeypatch.setattr(settling, "PATIENCE", timedelta(seconds=6))
    yield Stage(running_sandbox, make.campaign())
    make.clock_moved("interval '0'")


@pytest.fixture
def films(stage: Stage) -> Stage:
    """A stage for YouTube."""
    stage.platforms = ("youtube",)
    return stage


@pytest.fixture
def files(monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, str]]:
    """Names of files by their hash: what stands here, the sandbox can fetch from us. Workers are forks and share it."""
    names: dict[str, str] = {}

    def reply(connection: Any, asked: Asked) -> bool:
        with default_storage.open(names[asked.path.strip("/")]) as file:
            connection.sendall(raw(200, file.read()))
        return True

    with serving(reply) as server:

        def at[T: (Picture, Video)](thing: T) -> T:
            return replace(thing, link=lambda: f"{server.url}/{thing.sha256}")

        def linked(content: dict[str, Any], *of: Campaign) -> Draft:
            draft = plain(content, *of)
            video = at(draft.video) if draft.video else None
            return replace(draft, pictures=tuple(at(each) for each in draft.pictures), video=video)

        plain = drafting.draft_of
        monkeypatch.setattr(drafting, "draft_of", linked)
        yield names
