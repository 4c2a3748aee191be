"""The campaign's accounts."""

from dataclasses import replace

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from campaign import channels as accounts
from campaign.models import Channel, ChannelSecret, Role
from platforms.base import Reconnect
from tests import make
from tests.campaign.doors import HTMX, WRITERS, only, url, words

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]


def test_it_tells_how_each_one_is(client, campaign, sign_in):
    sign_in(Role.MANAGER)
    make.channel(of=campaign, handle="@baik")
    sick = make.channel(of=campaign, handle="@sakit")
    accounts.ask_to_reconnect(sick, Reconnect("signed_out"))
    page = words(client.get(url("channels", campaign)))
    assert "@baik" in page
    assert "no longer accepts our sign-in" in page
    assert f"?again={sick.pk}" in page
    assert "Responsible: Manager" in page


def test_an_answer_to_the_old_token_does_not_undo_a_new_sign_in(campaign, team):
    old = make.channel(of=campaign)
    accounts.save(campaign, old.account({"token": "baru"}), by=team["manager"])
    accounts.heed(old, Reconnect("signed_out"))
    assert Channel.objects.get(pk=old.pk).is_ok


def test_what_a_network_tells_of_itself_fits(campaign, team):
    channel = make.channel(of=campaign)
    told = replace(
        channel.account({"token": "x"}), name="n\0" * 250, handle="h" * 250, url="https://x.test/" + "u" * 300
    )
    kept = accounts.save(campaign, told, by=team["manager"])
    assert (kept.name, kept.handle, kept.url) == ("n" * 100, "h" * 200, channel.url)


def test_staff_read_whom_to_ask(client, campaign, sign_in):
    sick = make.channel(of=campaign)
    accounts.ask_to_reconnect(sick, Reconnect("signed_out"))
    sign_in(Role.STAFF)
    page = words(client.get(url("channels", campaign)))
    assert "Ask the campaign manager" in page
    assert url("connect_channel", campaign, "mastodon") not in page


def test_empty_it_says_what_to_do(client, campaign, sign_in):
    sign_in(Role.MANAGER)
    page = words(client.get(url("channels", campaign)))
    assert "Choose a network below" in page
    assert url("connect_channel", campaign, "telegram") in page


def test_a_removed_one_is_gone(client, campaign, sign_in):
    manager = sign_in(Role.MANAGER)
    row = make.channel(of=campaign, handle="@lama")
    accounts.remove(row, by=manager)
    assert "@lama" not in words(client.get(url("channels", campaign)))


def test_no_secret_is_in_the_page(client, campaign, sign_in):
    sign_in(Role.MANAGER)
    make.channel(of=campaign, secrets={"token": "sangat-rahasia"})
    assert ChannelSecret.objects.get().secrets == {"token": "sangat-rahasia"}
    assert "sangat-rahasia" not in words(client.get(url("channels", campaign)))


def test_more_accounts_ask_no_more_of_the_database(client, campaign, sign_in):
    sign_in(Role.MANAGER)
    asked = []
    for _ in range(2):
        for _ in range(3):
            make.channel(of=campaign)
        with CaptureQueriesContext(connection) as queries:
            client.get(url("channels", campaign))
        asked.append(len(queries))
    assert asked[0] == asked[1] <= 8
    assert Channel.objects.count() == 6


def test_htmx_gets_the_part(client, campaign, sign_in):
    sign_in(Role.MANAGER)
    assert "<html" not in words(client.get(url("channels", campaign), headers=HTMX))


def test_only_the_team_may(client, campaign, sign_in):
    only(client, sign_in, url("channels", campaign), WRITERS)
    sign_in(Role.MANAGER)
    assert client.post(url("channels", campaign)).status_code == 405
