"""`/`: where people arrive."""

import pytest
from django.urls import reverse

from campaign import clock
from campaign.models import Member, Role
from tests import make

pytestmark = pytest.mark.django_db
START = "/"


@pytest.fixture(autouse=True)
def _in_english(client):
    client.cookies["django_language"] = "en"


def words(answer):
    return " ".join(answer.content.decode().split())


def test_who_is_in_one_campaign_goes_straight_there(client, campaign, sign_in):
    sign_in(Role.STAFF)
    answer = client.get(START)
    assert answer.status_code == 302
    assert answer.url == campaign.get_absolute_url()


def test_who_is_in_one_campaign_can_still_ask_for_the_choice(client, campaign, sign_in):
    sign_in(Role.STAFF)
    answer = client.get(START, {"pilih": ""})
    assert answer.status_code == 200
    assert campaign.name in words(answer)


def test_who_is_in_several_campaigns_chooses(client, campaign, sign_in):
    member = sign_in(Role.STAFF)
    other = make.campaign(slug="lain")
    Member.objects.create(campaign=other, user=member.user, role=Role.CANDIDATE)
    answer = client.get(START)
    assert campaign.get_absolute_url() in words(answer)
    assert other.get_absolute_url() in words(answer)


def test_a_suspended_member_sees_no_campaign(client, campaign, sign_in):
    member = sign_in(Role.STAFF)
    Member.objects.filter(pk=member.pk).update(suspended_at=clock.now())
    answer = client.get(START)
    assert answer.status_code == 200
    assert campaign.get_absolute_url() not in words(answer)


def test_a_new_installation_offers_to_begin(client, settings):
    settings.DEMO = False
    assert reverse("campaign:begin") in words(client.get(START))


def test_once_there_is_a_campaign_strangers_are_only_asked_to_sign_in(client, campaign, settings):
    settings.DEMO = False
    answer = words(client.get(START))
    assert reverse("campaign:begin") not in answer
    assert reverse("campaign:make_demo") not in answer
    assert reverse("account_login") in answer


def test_the_demo_is_offered_only_where_it_is_switched_on(client, settings):
    settings.DEMO = True
    assert reverse("campaign:make_demo") in words(client.get(START))


def test_only_reading_is_possible_here(client):
    assert client.post(START).status_code == 405
