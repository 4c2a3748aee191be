"""Taking a post out of review or off the schedule."""

import pytest

from campaign.models import Delivery, PostState, Role, State
from tests import make
from tests.campaign.doors import HTMX, WRITERS, only, url, words

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]


def test_nothing_of_it_leaves_any_more(client, campaign, sign_in):
    sign_in(Role.STAFF)
    post = make.post_scheduled(of=campaign, planned_at=make.in_an_hour())
    answer = client.post(url("withdraw_post", campaign, post.pk), {"version": 1})
    assert answer.status_code == 303
    post.refresh_from_db()
    assert post.state == PostState.DRAFT
    assert Delivery.objects.get().state == State.CANCELLED


def test_what_is_out_or_never_went_in_is_refused(client, campaign, sign_in):
    sign_in(Role.STAFF)
    post = make.post(of=campaign)
    answer = client.post(url("withdraw_post", campaign, post.pk), {"version": 1}, headers=HTMX)
    assert answer.status_code == 422
    assert "Look again" in words(answer)
    assert "<html" not in words(answer)


def test_only_writers_may_and_only_by_post(client, campaign, sign_in):
    post = make.post_in_review(of=campaign)
    only(client, sign_in, url("withdraw_post", campaign, post.pk), WRITERS, "post")
    sign_in(Role.STAFF)
    assert client.get(url("withdraw_post", campaign, post.pk)).status_code == 405
    assert client.post(url("withdraw_post", campaign, make.post().pk)).status_code == 404
