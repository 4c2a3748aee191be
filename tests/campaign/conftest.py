"""A scripted network for the ground's tests."""

import pytest
from django.conf import settings
from django.test import Client

from platforms.registry import KINDS
from tests.network import FakeConnector, Network


@pytest.fixture
def network(monkeypatch: pytest.MonkeyPatch) -> Network:
    """Mastodon, in this process: `network.texts` is what is public."""
    monkeypatch.setitem(KINDS, "mastodon", FakeConnector)
    monkeypatch.setattr(FakeConnector, "network", Network())
    return FakeConnector.network


@pytest.fixture
def english(client: Client) -> None:
    """The client reads English, as the messages stand in the code."""
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
