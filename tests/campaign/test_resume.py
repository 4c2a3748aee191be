"""`…/lanjut/`: going on after a stop."""

import pytest

from campaign import stopping
from campaign.models import Delivery, Role, State
from tests import make


@pytest.fixture(autouse=True)
def _in_english(client):
    client.cookies["django_language"] = "en"


@pytest.fixture
def address(campaign):
    return f"/c/{campaign.slug}/lanjut/"


@pytest.fixture
def stopped(campaign, team):
    stopping.stop(campaign, by=team["manager"], reason="Rapat")
    campaign.refresh_from_db()
    return campaign


def test_it_says_how_many_will_be_held(client, stopped, sign_in, address):
    make.delivery(on=make.channel(of=stopped))
    make.delivery(on=make.channel(of=stopped), send_at=make.in_an_hour())
    sign_in(Role.MANAGER)
    answer = client.get(address)
    assert answer.context["overdue"] == 1
    assert "1 delivery fell due" in " ".join(answer.content.decode().split())
    stopped.refresh_from_db()
    assert stopped.is_stopped


def test_it_goes_on_and_what_fell_due_is_held(client, stopped, sign_in, address):
    late = make.delivery(on=make.channel(of=stopped))
    later = make.delivery(on=make.channel(of=stopped), send_at=make.in_an_hour())
    sign_in(Role.CANDIDATE)
    answer = client.post(address)
    assert answer.url == stopped.get_absolute_url()
    stopped.refresh_from_db()
    assert not stopped.is_stopped
    assert Delivery.objects.get(pk=late.pk).state == State.HELD
    assert Delivery.objects.get(pk=later.pk).state == State.WAITING


@pytest.mark.parametrize("role", [Role.STAFF, Role.TREASURER, Role.VOLUNTEER])
def test_others_may_not(client, stopped, sign_in, address, role):
    sign_in(role)
    assert client.post(address).status_code == 403
    stopped.refresh_from_db()
    assert stopped.is_stopped


def test_a_campaign_that_runs_has_nothing_to_resume(client, campaign, sign_in, address):
    sign_in(Role.MANAGER)
    assert client.get(address).url == campaign.get_absolute_url()
    answer = client.post(address)
    assert answer.status_code == 422
    assert "not stopped" in answer.content.decode()
