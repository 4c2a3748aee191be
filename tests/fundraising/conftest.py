"""What the tests of fundraising share."""

from datetime import date

import pytest
from django.utils import translation

from campaign import clock
from campaign.models import Campaign


@pytest.fixture(autouse=True)
def _in_english(client):
    client.cookies["django_language"] = "en"
    with translation.override("en"):
        yield


@pytest.fixture
def today(campaign: Campaign) -> date:
    return clock.now().astimezone(campaign.tz).date()


@pytest.fixture
def treasurer(team):
    return team["treasurer"]
