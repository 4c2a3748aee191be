"""Deleting a live post."""

import pytest

from campaign import delivering
from campaign.models import Action, Delivery, PostState, Role
from tests import make
from tests.campaign.doors import DECIDERS, HTMX, only, url, words

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("english")]


@pytest.fixture
def post(campaign, network):
    row = make.post_scheduled(of=campaign)
    delivering.drain("mastodon")
    row.refresh_from_db()
    assert row.state == PostState.PUBLISHED
    return row


def test_with_a_reason_it_goes(client, campaign, sign_in, post, network):
    sign_in(Role.CANDIDATE)
    page = words(client.get(url("post_detail", campaign, post.pk)))
    assert "Take down …" in page
    assert "See it there" in page
    answer = client.post(url("take_down_post", campaign, post.pk), {"version": 1, "reason": "Angkanya salah."})
    assert answer.status_code == 303
    delivering.drain("mastodon")
    assert len(network.removed) == 1
    post.refresh_from_db()
    assert post.state == PostState.TAKEN_DOWN
    page = words(client.get(url("post_detail", campaign, post.pk)))
    assert "taken down" in page
    assert "Angkanya salah." in page
    assert "Take down …" not in page


def test_without_a_reason_it_stays(client, campaign, sign_in, post):
    sign_in(Role.CANDIDATE)
    answer = client.post(url("take_down_post", campaign, post.pk), {"version": 1, "reason": " "}, headers=HTMX)
    assert answer.status_code == 422
    assert "Say in a few words why." in words(answer)
    assert not Delivery.objects.filter(action=Action.TAKE_DOWN).exists()


def test_only_those_who_decide_may_and_only_by_post(client, campaign, sign_in, post):
    only(client, sign_in, url("take_down_post", campaign, post.pk), DECIDERS, "post")
    sign_in(Role.CANDIDATE)
    assert client.get(url("take_down_post", campaign, post.pk)).status_code == 405
    assert client.post(url("take_down_post", campaign, make.post().pk)).status_code == 404
