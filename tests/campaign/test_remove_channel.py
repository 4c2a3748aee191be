"""Letting an account go."""

import pytest

from campaign.models import Channel, ChannelSecret, Health, Role
from tests import make
from tests.campaign.doors import HTMX, only, url, words

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]


@pytest.fixture
def channel(campaign):
    return make.channel(of=campaign, handle="@ratna")


def test_it_asks_first(client, campaign, sign_in, channel):
    sign_in(Role.MANAGER)
    make.post_scheduled(on=[channel], planned_at=make.in_an_hour())
    page = words(client.get(url("remove_channel", campaign, channel.pk)))
    assert "Remove Mastodon @ratna?" in page
    assert "1 delivery is still on its way" in page
    assert Channel.objects.get().health == Health.OK


def test_then_the_tokens_are_forgotten(client, campaign, sign_in, channel):
    sign_in(Role.MANAGER)
    answer = client.post(url("remove_channel", campaign, channel.pk))
    assert (answer.status_code, answer["Location"]) == (303, url("channels", campaign))
    assert Channel.objects.get().health == Health.REMOVED
    assert ChannelSecret.objects.get().secrets == {}
    assert client.post(url("remove_channel", campaign, channel.pk)).status_code == 404


def test_htmx_goes_to_the_list(client, campaign, sign_in, channel):
    sign_in(Role.MANAGER)
    answer = client.post(url("remove_channel", campaign, channel.pk), headers=HTMX)
    assert answer["HX-Redirect"] == url("channels", campaign)


@pytest.mark.parametrize("method", ["get", "post"])
def test_only_the_manager_may(client, campaign, sign_in, channel, method):
    sign_in(Role.MANAGER)
    assert getattr(client, method)(url("remove_channel", campaign, make.channel().pk)).status_code == 404
    only(client, sign_in, url("remove_channel", campaign, channel.pk), {Role.MANAGER}, "get")
    sign_in(Role.STAFF)
    assert client.post(url("remove_channel", campaign, channel.pk)).status_code == 403
