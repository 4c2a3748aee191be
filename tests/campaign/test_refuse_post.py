"""Refusing a post."""

import pytest

from campaign.models import Delivery, PostState, Role, State
from tests import make
from tests.campaign.doors import DECIDERS, HTMX, only, url, words

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]


@pytest.fixture
def post(campaign):
    return make.post_in_review(of=campaign)


@pytest.fixture
def say_no(client, campaign):
    def send(post, **fields):
        options = {"headers": fields.pop("headers", {})}
        told = {"version": 1, "reason": "Terlalu panjang."} | fields
        return client.post(url("refuse_post", campaign, post.pk), told, **options)

    return send


def test_the_author_gets_it_back_with_the_reason(say_no, sign_in, post):
    sign_in(Role.CANDIDATE)
    answer = say_no(post)
    assert (answer.status_code, answer["Location"]) == (303, post.get_absolute_url())
    post.refresh_from_db()
    assert (post.state, post.note) == (PostState.REFUSED, "Terlalu panjang.")
    assert Delivery.objects.get().state == State.CANCELLED


def test_from_the_review_it_goes_on_to_the_next(say_no, sign_in, campaign, post):
    sign_in(Role.CANDIDATE)
    assert say_no(post, then="review")["Location"].startswith(url("review", campaign))


def test_pressing_twice_is_pressing_once(say_no, sign_in, post):
    sign_in(Role.CANDIDATE)
    assert [say_no(post, then="review").status_code for _ in range(2)] == [303, 303]


def test_without_a_reason_nothing_happens_and_the_box_stays_open(say_no, sign_in, post):
    sign_in(Role.CANDIDATE)
    answer = say_no(post, reason=" ", then="review")
    assert answer.status_code == 422
    page = words(answer)
    assert "Say in a few words why." in page
    assert 'name="no" open' in page
    post.refresh_from_db()
    assert post.state == PostState.IN_REVIEW


def test_a_stale_page_is_refused_and_the_reason_stays(say_no, sign_in, post):
    sign_in(Role.CANDIDATE)
    answer = say_no(post, version=7, reason="Kata saya", then="review", headers=HTMX)
    assert answer.status_code == 422
    page = words(answer)
    assert "Look again" in page
    assert "Kata saya</textarea>" in page
    assert "<html" not in page


def test_only_those_who_decide_may_and_only_by_post(client, campaign, sign_in, post):
    only(client, sign_in, url("refuse_post", campaign, post.pk), DECIDERS, "post")
    sign_in(Role.CANDIDATE)
    assert client.get(url("refuse_post", campaign, post.pk)).status_code == 405
    assert client.post(url("refuse_post", campaign, make.post().pk)).status_code == 404
