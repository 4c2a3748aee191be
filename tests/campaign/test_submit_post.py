"""Asking for approval of a draft."""

import pytest

from campaign.models import Delivery, PostState, Role
from tests import make
from tests.campaign.doors import HTMX, WRITERS, only, url, words

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]


@pytest.fixture
def submit(client, campaign):
    def send(post, **options):
        version = options.pop("version", post.version)
        return client.post(url("submit_post", campaign, post.pk), {"version": version}, **options)

    return send


@pytest.fixture
def post(campaign):
    make.someone(campaign, Role.CANDIDATE)
    return make.post(of=campaign)


def test_it_seals_and_asks(submit, sign_in, post):
    sign_in(Role.STAFF)
    answer = submit(post)
    assert (answer.status_code, answer["Location"]) == (303, post.get_absolute_url())
    post.refresh_from_db()
    assert post.state == PostState.IN_REVIEW
    assert Delivery.objects.get().cleared is None


def test_what_a_check_blocks_stays_a_draft(submit, sign_in, campaign):
    sign_in(Role.STAFF)
    post = make.post(of=campaign, text="x" * 501)
    answer = submit(post)
    assert answer.status_code == 422
    assert "501 characters" in words(answer)
    assert not Delivery.objects.exists()


@pytest.mark.parametrize("version", [2, "", "x", 10**12])
def test_a_stale_page_is_refused(submit, sign_in, post, version):
    sign_in(Role.STAFF)
    answer = submit(post, version=version)
    assert answer.status_code == 422
    assert "Look again" in words(answer)


def test_htmx_gets_the_part(submit, sign_in, post):
    sign_in(Role.STAFF)
    answer = submit(post, headers=HTMX)
    assert answer.status_code == 200
    assert "<html" not in words(answer)
    assert 'data-state="in_review"' in words(answer)


def test_only_writers_may_and_only_by_post(client, campaign, sign_in, post):
    only(client, sign_in, url("submit_post", campaign, post.pk), WRITERS, "post")
    sign_in(Role.STAFF)
    assert client.get(url("submit_post", campaign, post.pk)).status_code == 405
    assert client.post(url("submit_post", campaign, make.post().pk)).status_code == 404
