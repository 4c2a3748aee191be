"""What should have followed a post, and is left out."""

import pytest

from campaign import delivering
from campaign.models import Delivery, Follow, Part, Role, State
from platforms.base import Rejected
from tests import make
from tests.campaign.doors import HTMX, WRITERS, only, url, words
from tests.campaign.lives import fails_for

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("english")]


@pytest.fixture
def row(campaign, network):
    fails_for(network, 1, Rejected("refused", words="Tidak hari ini"))
    make.post_scheduled(of=campaign, text="Utama.", follows=[Follow(Part.COMMENT, "Komentar kami.")])
    delivering.drain("mastodon")
    return Delivery.objects.exclude(after="").get()


@pytest.fixture
def leave_out(client, campaign, row):
    return lambda **options: client.post(
        url("leave_out_delivery", campaign, row.pk), {"tries": row.tries} | options.pop("data", {}), **options
    )


def state(row):
    return Delivery.objects.get(pk=row.pk).state


def test_its_page_tells_why_it_waits_and_the_two_ways_out(client, campaign, sign_in, row):
    sign_in(Role.STAFF)
    page = words(client.get(row.get_absolute_url()))
    assert "It follows a part that could not be published." in page
    assert Delivery.objects.get(slot=row.after).get_absolute_url() in page
    assert url("leave_out_delivery", campaign, row.pk) in page


def test_it_is_left_out_and_pressed_twice_too(leave_out, sign_in, row):
    sign_in(Role.STAFF)
    assert [leave_out().status_code for _ in range(2)] == [303, 303]
    assert state(row) == State.CANCELLED


def test_htmx_gets_the_part_alone(leave_out, sign_in):
    sign_in(Role.STAFF)
    answer = leave_out(headers=HTMX)
    assert answer.status_code == 200 and b"<html" not in answer.content


def test_the_post_itself_is_not_left_out(client, campaign, sign_in, row):
    sign_in(Role.STAFF)
    first = Delivery.objects.get(slot=row.after)
    answer = client.post(url("leave_out_delivery", campaign, first.pk), {"tries": first.tries})
    assert answer.status_code == 422 and state(first) == State.FAILED


def test_a_stale_page_is_refused(leave_out, sign_in, row):
    sign_in(Role.STAFF)
    assert leave_out(data={"tries": 7}).status_code == 422
    assert state(row) == State.HELD


def test_only_those_who_decide_may(client, campaign, row, sign_in):
    only(client, sign_in, url("leave_out_delivery", campaign, row.pk), WRITERS, "post")
    sign_in(Role.MANAGER)
    assert client.get(url("leave_out_delivery", campaign, row.pk)).status_code == 405
    assert client.post(url("leave_out_delivery", campaign, make.delivery().pk)).status_code == 404


def test_the_post_lists_it_below_its_account(client, campaign, sign_in, row):
    sign_in(Role.STAFF)
    page = words(client.get(url("post_detail", campaign, row.post_pk)))
    assert page.index("could not be published") and "data-follows" in page and "First comment" in page


def test_it_does_not_burn_beside_what_it_follows(client, campaign, sign_in, row):
    sign_in(Role.STAFF)
    page = words(client.get(url("today", campaign)))
    assert row.get_absolute_url() not in page and Delivery.objects.get(slot=row.after).get_absolute_url() in page
