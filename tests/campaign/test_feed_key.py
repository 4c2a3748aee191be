"""One's own address for a calendar programme: made, shown once, ended."""

import re

import pytest
from django.test import Client

from campaign.models import AuditRow, FeedKey, Role
from tests import make
from tests.campaign.doors import HTMX, only, url, words

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]


def address_in(answer):
    return re.search(r'value="(https?://[^"]+kunci=[^"]+)"', words(answer))


def test_it_is_shown_once_and_works(client, campaign, sign_in):
    member = sign_in(Role.STAFF)
    assert "You have no address yet." in words(client.get(url("feed_key", campaign)))
    made = client.post(url("feed_key", campaign), {"do": "make"})
    found = address_in(made)
    assert found
    assert "no-store" in made["Cache-Control"]
    assert Client().get(found[1]).status_code == 200, "a calendar programme is not signed in"
    again = client.get(url("feed_key", campaign))
    assert address_in(again) is None
    assert "Your address works since" in words(again)
    assert AuditRow.objects.get(verb="feed.make_key").about == f"member:{member.pk}"


def test_a_new_one_ends_the_old_one(client, campaign, sign_in):
    sign_in(Role.STAFF)
    old = address_in(client.post(url("feed_key", campaign), {"do": "make"}))
    new = address_in(client.post(url("feed_key", campaign), {"do": "make"}))
    assert FeedKey.objects.count() == 1
    assert [client.get(each[1]).status_code for each in (old, new)] == [404, 200]


def test_ended_it_works_no_more_and_ending_twice_is_once(client, campaign, sign_in):
    sign_in(Role.STAFF)
    made = address_in(client.post(url("feed_key", campaign), {"do": "make"}))
    for _twice in range(2):
        assert client.post(url("feed_key", campaign), {"do": "end"}).status_code == 303
    assert client.get(made[1]).status_code == 404
    assert AuditRow.objects.filter(verb="feed.end_key").count() == 1


def test_each_member_has_their_own(client, campaign, sign_in):
    make.someone(campaign, Role.MANAGER)
    sign_in(Role.STAFF)
    client.post(url("feed_key", campaign), {"do": "make"})
    sign_in(Role.MANAGER)
    client.post(url("feed_key", campaign), {"do": "end"})
    assert FeedKey.objects.count() == 1


def test_htmx_gets_the_part(client, campaign, sign_in):
    sign_in(Role.STAFF)
    assert "<html" not in words(client.get(url("feed_key", campaign), headers=HTMX))


def test_every_member_may_and_nobody_else(client, campaign, sign_in):
    only(client, sign_in, url("feed_key", campaign), set(Role))
    only(client, sign_in, url("feed_key", campaign), set(Role), "post")
