"""One press opens an account on the practice networks and connects it."""

from collections.abc import Iterator

import pytest

from campaign import practice
from campaign.models import AuditRow, Channel, Health, Mode, Role
from platforms.base import Temporary
from tests import make
from tests.campaign.doors import only, url, words
from tests.sandbox.running import Sandbox, start_sandbox

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]


@pytest.fixture(scope="module")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    with start_sandbox(tmp_path_factory.mktemp("state")) as running:
        yield running


@pytest.fixture
def press(client, campaign, sandbox, settings):
    settings.SANDBOX_URL = sandbox.url
    return lambda platform: client.post(url("practice_account", campaign, platform))


@pytest.mark.parametrize("platform", practice.PLATFORMS)
def test_it_is_open_and_connected(press, campaign, sign_in, platform, sandbox):
    sign_in(Role.MANAGER)
    answer = press(platform)
    assert answer.url == campaign.get_absolute_url(), "on to the next step"
    channel = Channel.objects.get(campaign=campaign)
    assert (channel.platform, channel.health) == (platform, Health.OK)
    assert channel.name
    assert AuditRow.objects.filter(verb="channel.connect", campaign_id=campaign.pk).count() == 1


def test_a_second_press_gives_the_same_one_and_another_network_leads_to_the_list(press, campaign, sign_in):
    sign_in(Role.MANAGER)
    press("mastodon")
    press("mastodon")
    assert Channel.objects.filter(campaign=campaign).count() == 1
    assert press("telegram").url == url("channels", campaign)
    assert Channel.objects.filter(campaign=campaign).count() == 2


def test_a_real_campaign_gets_none(client, sign_in, sandbox, settings):
    settings.SANDBOX_URL = sandbox.url
    live = make.campaign(slug="nyata", mode=Mode.LIVE, ruleset="PEMILU_2029")
    sign_in(Role.MANAGER, of=live)
    assert client.post(url("practice_account", live, "mastodon")).status_code == 422
    assert "akun/latihan" not in words(client.get(url("channels", live)))
    assert not Channel.objects.filter(campaign=live).exists()


def test_silent_networks_are_told_and_nothing_is_kept(press, campaign, sign_in, monkeypatch):
    def silent(*_args):
        raise Temporary("connect_failed", host="localhost:4800")

    monkeypatch.setattr(practice, "open_account", silent)
    sign_in(Role.MANAGER)
    answer = press("bluesky")
    assert answer.status_code == 422
    assert "The practice networks do not answer" in words(answer)
    assert not Channel.objects.filter(campaign=campaign).exists()


def test_an_unknown_network_is_not_found(press, sign_in):
    sign_in(Role.MANAGER)
    assert press("warta").status_code == 404


def test_the_pages_of_accounts_offer_it(client, press, campaign, sign_in):
    sign_in(Role.MANAGER)
    assert url("practice_account", campaign, "bluesky") in words(client.get(url("channels", campaign)))
    assert "Open a practice account" in words(client.get(url("connect_channel", campaign, "bluesky")))
    for platform in practice.PLATFORMS:
        press(platform)
    assert "Open a practice account" not in words(client.get(url("channels", campaign)))


def test_only_the_manager_may(client, campaign, sign_in, monkeypatch):
    monkeypatch.setattr(practice, "is_offered", lambda _campaign: False)
    only(client, sign_in, url("practice_account", campaign, "mastodon"), {Role.MANAGER}, "post")
