"""A link by which a volunteer chooses a new PIN."""

import re
from urllib.parse import urlsplit

import pytest
from django.test import Client

from campaign.models import AuditRow, Invitation, Member, Role
from campaign.team import membership, pins
from tests import make
from tests.campaign.doors import leave, only, url, words

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]


@pytest.fixture
def agus(campaign) -> Member:
    return make.volunteer_with_pin(of=campaign)


def give(client, campaign, agus) -> str:
    found = re.search(r'id="the-link"[^>]*value="([^"]+)"', words(client.post(url("give_pin", campaign, agus.pk))))
    assert found
    return urlsplit(found[1]).path


def test_the_volunteer_chooses_it_and_other_phones_are_out(client, campaign, agus, sign_in):
    sign_in(Role.MANAGER)
    path = give(client, campaign, agus)
    lost, phone = Client(), Client()
    lost.post(f"/masuk/{campaign.slug}/", {"name": "Agus Pratama", "pin": make.PIN})
    for _ in range(5):
        phone.post(f"/masuk/{campaign.slug}/", {"name": "Agus Pratama", "pin": "915284"})
    assert phone.get(path).status_code == 200
    assert phone.post(path, {"pin": "123456"}).status_code == 422
    assert phone.post(path, {"pin": "915284"})["Location"] == url("welcome", campaign)
    assert phone.get(url("today", campaign)).status_code == 200
    assert lost.get(url("today", campaign)).status_code == 302
    assert pins.enter(campaign, "Agus Pratama", "915284", address=None) == agus, "and the lock is lifted"
    assert AuditRow.objects.filter(verb="member.new_pin").count() == 1
    assert Client().post(path, {"pin": "591738"}).status_code == 410


def test_there_is_one_such_link_at_a_time(client, campaign, agus, sign_in):
    sign_in(Role.MANAGER)
    first, second = give(client, campaign, agus), give(client, campaign, agus)
    leave(client)
    assert client.get(first).status_code == 410
    assert client.get(second).status_code == 200
    row = Invitation.objects.open().get()
    sign_in(Role.MANAGER)
    client.post(url("renew_invitation", campaign, row.pk))
    assert Invitation.objects.open().get().pk != row.pk


def test_of_one_without_a_pin_or_suspended_there_is_none(client, campaign, agus, sign_in):
    manager = sign_in(Role.MANAGER)
    path = give(client, campaign, agus)
    staff = make.someone(campaign, Role.STAFF)
    assert client.post(url("give_pin", campaign, staff.pk)).status_code == 422
    membership.suspend(agus, by=manager, reason="Uji")
    assert client.post(url("give_pin", campaign, agus.pk)).status_code == 422
    leave(client)
    assert client.get(path).status_code == 410, "nor does one help that was made before"


def test_only_managers_do(client, campaign, agus, sign_in):
    only(client, sign_in, url("give_pin", campaign, agus.pk), {Role.MANAGER}, "post")
