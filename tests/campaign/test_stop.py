"""`…/berhenti/`: the stop switch."""

import pytest

from campaign import clock, stopping
from campaign.models import Delivery, Role, State
from tests import make


@pytest.fixture(autouse=True)
def _in_english(client):
    client.cookies["django_language"] = "en"


def words(answer):
    return " ".join(answer.content.decode().split())


@pytest.fixture
def address(campaign):
    return f"/c/{campaign.slug}/berhenti/"


def under_way(campaign, text="Sedang berangkat."):
    row = make.delivery(on=make.channel(of=campaign), text=text)
    Delivery.objects.filter(pk=row.pk).update(
        state=State.SENDING, token=row.key, lease_until=clock.now(), begun_at=clock.now()
    )
    return row


def test_opening_the_page_asks_and_stops_nothing(client, campaign, sign_in, address):
    sign_in(Role.MANAGER)
    answer = client.get(address)
    assert answer.status_code == 200
    assert "Stop everything now" in words(answer)
    campaign.refresh_from_db()
    assert not campaign.is_stopped


@pytest.mark.parametrize("role", [Role.MANAGER, Role.CANDIDATE])
def test_it_stops_and_every_page_says_so(client, campaign, sign_in, address, role):
    member = sign_in(role)
    answer = client.post(address, {"reason": "Akun diretas"}, follow=True)
    campaign.refresh_from_db()
    assert (campaign.is_stopped, campaign.stopped_by) == (True, member)
    assert "Everything is stopped" in words(answer)
    today = words(client.get(campaign.get_absolute_url()))
    assert "Akun diretas" in today
    assert member.user.name in today
    assert f"/c/{campaign.slug}/lanjut/" in today


def test_those_who_may_not_resume_see_the_banner_without_the_button(client, campaign, team, sign_in):
    stopping.stop(campaign, by=team["manager"], reason="Rapat")
    sign_in(Role.STAFF)
    today = words(client.get(campaign.get_absolute_url()))
    assert "Rapat" in today
    assert "/lanjut/" not in today


@pytest.mark.parametrize("role", [Role.STAFF, Role.TREASURER, Role.VOLUNTEER])
def test_others_may_not(client, campaign, sign_in, address, role):
    sign_in(role)
    assert client.post(address, {"reason": "x"}).status_code == 403
    campaign.refresh_from_db()
    assert not campaign.is_stopped


def test_a_reason_is_wanted(client, campaign, sign_in, address):
    sign_in(Role.MANAGER)
    answer = client.post(address, {"reason": " "})
    assert answer.status_code == 422
    assert "Say in a few words why." in words(answer)
    campaign.refresh_from_db()
    assert not campaign.is_stopped


def test_whoever_comes_second_is_told(client, campaign, team, sign_in, address):
    stopping.stop(campaign, by=team["manager"], reason="Rapat")
    sign_in(Role.CANDIDATE)
    answer = client.post(address, {"reason": "Juga"})
    assert answer.status_code == 422
    campaign.refresh_from_db()
    assert campaign.stop_reason == "Rapat"


def test_calls_on_the_wire_are_named_until_they_settle(client, campaign, team, sign_in, address):
    row = under_way(campaign)
    stopping.stop(campaign, by=team["manager"], reason="Rapat")
    sign_in(Role.MANAGER)
    assert "Sedang berangkat." in words(client.get(address))
    part = client.get(address, headers={"HX-Request": "true"})
    assert "Sedang berangkat." in words(part)
    assert "<html" not in words(part)
    Delivery.objects.filter(pk=row.pk).update(state=State.SENT)
    assert "Nothing is on the wire" in words(client.get(address))


def test_strangers_find_nothing(client, sign_in, address):
    sign_in(Role.MANAGER, of=make.campaign(slug="lain"))
    assert client.get(address).status_code == 404
