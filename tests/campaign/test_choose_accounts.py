"""Choosing among several accounts that one person may let us into."""

from datetime import timedelta

import pytest
from django.db import connection

from campaign import clock, networks, signing_in
from campaign.models import Channel, ChannelSecret, Mode, Role, WaitingConsent
from tests import make
from tests.campaign.doors import url, words
from tests.campaign.letting_in import open_way, page
from tests.campaign.test_let_in import returned

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]


@pytest.fixture
def way(monkeypatch):
    found = open_way(monkeypatch)
    found.accounts = (page(1), page(2), page(3))
    return found


@pytest.fixture
def real(sign_in, way):
    campaign = make.campaign(mode=Mode.LIVE)
    manager = sign_in(Role.MANAGER, of=campaign)
    networks.register(campaign, "facebook", client_id="app-1", client_secret="s", allowed={}, by=manager)
    return campaign


@pytest.fixture
def choosing(client, real):
    """Back from the network, with three Pages to choose from."""
    answer = returned(client, real)
    waiting = WaitingConsent.objects.get()
    assert answer.redirect_chain[-1][0] == url("choose_accounts", real, waiting.key)
    return answer


def here(campaign):
    return url("choose_accounts", campaign, WaitingConsent.objects.get().key)


def test_each_is_offered_and_no_token_is_in_the_page_the_session_or_readable_in_the_database(client, real, choosing):
    shown = words(choosing)
    assert all(f"Halaman {number}" in shown for number in (1, 2, 3))
    assert "token-rahasia" not in shown
    assert "token-rahasia" not in str(dict(client.session))
    with connection.cursor() as cursor:
        cursor.execute("SELECT accounts FROM campaign_waitingconsent")
        assert b"rahasia" not in bytes(cursor.fetchone()[0])
    assert not Channel.objects.exists()


def test_the_ticked_ones_are_connected_and_the_rest_is_forgotten(client, real, choosing, way):
    answer = client.post(here(real), {"account": ["1", "3"]}, follow=True)
    assert set(Channel.objects.values_list("remote_id", flat=True)) == {"1", "3"}
    assert "Facebook @halaman1 is connected." in words(answer)
    assert ChannelSecret.objects.get(channel__remote_id="3").secrets == {"token": "token-rahasia-3"}
    assert all(row.account({}).app["client_id"] == "app-1" for row in Channel.objects.all())
    assert WaitingConsent.objects.get().accounts is None


def test_a_second_press_connects_nothing_more(client, real, choosing):
    client.post(here(real), {"account": ["1"]})
    for again in (client.post(here(real), {"account": ["2"]}, follow=True), client.get(here(real), follow=True)):
        assert again.redirect_chain[-1][0] == url("channels", real)
        assert "The choice has been made already." in words(again)
        assert "Nothing was connected" not in words(again)
    assert Channel.objects.count() == 1


def test_none_ticked_is_told_and_the_page_stays(client, real, choosing):
    answer = client.post(here(real), {})
    assert answer.status_code == 422
    assert "Tick at least one account." in words(answer)
    assert "Halaman 2" in words(answer)


def test_an_account_that_was_not_offered_is_refused(client, real, choosing):
    assert client.post(here(real), {"account": ["99"]}).status_code == 422
    assert not Channel.objects.exists()


def test_what_is_connected_already_is_shown_so_and_ticked(client, real, choosing):
    client.post(here(real), {"account": ["2"]})
    WaitingConsent.objects.all().delete()
    answer = returned(client, real)
    assert "Connected already" in words(answer)
    assert [(account.remote_id, ticked) for account, _row, ticked in answer.context["choices"]] == [
        ("1", False),
        ("2", True),
        ("3", False),
    ]


def test_after_ten_minutes_the_tokens_are_gone(client, real, choosing):
    WaitingConsent.objects.update(made_at=clock.now() - timedelta(minutes=11))
    answer = client.get(here(real))
    assert answer.status_code == 422
    assert "The ten minutes for choosing are over" in words(answer)
    assert f'href="{url("connect_channel", real, "facebook")}"' in words(answer)
    assert client.post(here(real), {"account": ["1"]}).status_code == 422
    signing_in.sweep()
    assert WaitingConsent.objects.get().accounts is None
    WaitingConsent.objects.update(made_at=clock.now() - timedelta(days=2))
    signing_in.sweep()
    assert not WaitingConsent.objects.exists()
    assert not Channel.objects.exists()


def test_what_waits_for_one_manager_is_nothing_to_another(client, real, choosing):
    address = here(real)
    make.sign_in(client, make.member(role=Role.MANAGER, of=real).user)
    assert client.get(address).status_code == 404
    assert client.post(address, {"account": ["1"]}).status_code == 404


def test_missing_permissions_are_told_of_each_chosen_one(client, real, way):
    way.missing = frozenset({"read_insights"})
    returned(client, real)
    client.post(here(real), {"account": ["1", "2"]})
    assert {row.missing for row in Channel.objects.all()} == {frozenset({"read_insights"})}
