"""What all tests share."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache
from django.db.backends.postgresql.operations import DatabaseOperations
from django.test import Client
from django.utils import translation

from campaign.lending import lender, renewing
from campaign.models import Campaign, Member
from tests import make

KEPT = {"django_content_type", "auth_permission"}  # the same after every test


@pytest.fixture(scope="session", autouse=True)
def _emptying_may_touch_the_record() -> Iterator[None]:
    """Transactional tests empty all tables afterwards; the record's triggers refuse that, so they sleep meanwhile.

    Row by row: a TRUNCATE of so many tables takes a quarter of a second.
    """

    def flush(self: DatabaseOperations, style: Any, tables: Any, **_: Any) -> list[str]:
        emptied = [f"DELETE FROM {self.quote_name(each)}" for each in sorted(set(tables) - KEPT)]
        return ["SET session_replication_role = replica", *emptied, "SET session_replication_role = DEFAULT"]

    patch = pytest.MonkeyPatch()
    patch.setattr(DatabaseOperations, "sql_flush", flush)
    yield
    patch.undo()
    lender.close()
    renewing.close()


@pytest.fixture(autouse=True)
def _files_in_a_folder_of_their_own(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path / "media"
    settings.STATE = tmp_path


@pytest.fixture(autouse=True)
def _with_an_empty_cache() -> None:
    """allauth counts tries there, by address, and all tests come from one."""
    cache.clear()


@pytest.fixture(autouse=True)
def _in_indonesian(settings: Any) -> Iterator[None]:
    """A page that somebody read in English leaves its language to the thread."""
    with translation.override(settings.LANGUAGE_CODE):
        yield


@pytest.fixture(autouse=True)
def _give_connections_back() -> Iterator[None]:
    yield
    lender.close()
    renewing.close()


@pytest.fixture
def campaign(db: None) -> Campaign:
    return make.campaign(slug="ratna")


@pytest.fixture
def team(campaign: Campaign) -> dict[str, Member]:
    """One member of each role in `campaign`."""
    return make.team(campaign)


@pytest.fixture
def sign_in(client: Client, campaign: Campaign) -> Callable[..., Member]:
    """`sign_in("staff")` signs the client in as that member of `campaign`, and returns them."""

    def signed_in(role: str = "staff", of: Campaign | None = None, *, proven: bool = True) -> Member:
        member = make.someone(of or campaign, role)
        make.sign_in(client, member.user, proven=proven)
        return member

    return signed_in


@pytest.fixture
def set_clock(db: None) -> Callable[[str], None]:
    """`set_clock("interval '3 days'")` moves Posko's clock by that much, for this test; undone with the test."""

    return make.clock_moved
