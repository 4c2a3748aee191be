"""One press opens a practice account on every network."""

import pytest

from campaign import practice
from campaign.models import Channel, Role
from platforms.base import Temporary
from tests.campaign.doors import only, url, words
from tests.campaign.test_practice_account import sandbox

__all__ = ["sandbox"]
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]


@pytest.fixture
def here(campaign, sandbox, settings):
    settings.SANDBOX_URL = sandbox.url
    return url("practice_accounts", campaign)


def test_all_of_them_are_connected_and_a_second_press_adds_none(client, here, campaign, sign_in):
    sign_in(Role.MANAGER)
    assert here in words(client.get(url("channels", campaign)))
    client.post(here)
    found = Channel.objects.filter(campaign=campaign)
    assert sorted(found.values_list("platform", flat=True)) == sorted(practice.platforms())
    assert not any(row.missing for row in found)
    client.post(here)
    assert found.count() == len(practice.platforms())


def test_each_knows_its_app_where_there_is_one(client, here, campaign, sign_in):
    sign_in(Role.MANAGER)
    client.post(here)
    for row in Channel.objects.exclude(platform__in=practice.BY_TOKEN):
        app = row.account({}).app
        assert app["client_id"]
        assert app["client_secret"]


def test_a_network_that_is_silent_loses_none_of_the_others(client, here, campaign, sign_in, monkeypatch):
    usual = practice.open_account

    def silent(campaign, platform, handle, name):
        if platform == "telegram":
            raise Temporary("connect_failed", host="localhost:4800")
        return usual(campaign, platform, handle, name)

    monkeypatch.setattr(practice, "open_account", silent)
    sign_in(Role.MANAGER)
    answer = client.post(here, follow=True)
    assert "The practice networks do not answer" in words(answer)
    assert Channel.objects.filter(platform="mastodon").exists()


def test_only_the_manager_may(client, campaign, sign_in, monkeypatch):
    monkeypatch.setattr(practice, "is_offered", lambda _campaign: False)
    only(client, sign_in, url("practice_accounts", campaign), {Role.MANAGER}, "post")
