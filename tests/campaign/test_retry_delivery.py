"""Once more, as it was approved."""

import pytest

from campaign import delivering
from campaign.models import Delivery, PostState, Role, State
from platforms.base import Rejected
from tests import make
from tests.campaign.doors import DECIDERS, HTMX, only, url, words

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("english")]


@pytest.fixture
def row(campaign, network):
    def no(*_):
        raise Rejected("refused", words="Tidak hari ini")

    make.post_scheduled(of=campaign)
    network.before = no
    delivering.drain("mastodon")
    network.before = lambda *_: None
    return Delivery.objects.get()


@pytest.fixture
def retry(client, campaign, row):
    def send(tries=None, **options):
        return client.post(
            url("retry_delivery", campaign, row.pk), {"tries": row.tries if tries is None else tries}, **options
        )

    return send


def test_it_goes_once_more(retry, client, campaign, sign_in, row, network):
    manager = sign_in(Role.MANAGER)
    page = words(client.get(url("post_detail", campaign, int(row.slot.split("/")[0][5:]))))
    assert url("retry_delivery", campaign, row.pk) in page
    answer = retry()
    assert (answer.status_code, answer["Location"]) == (303, row.get_absolute_url())
    delivering.drain("mastodon")
    assert len(network.texts) == 1
    assert manager.campaign.posts.get().state == PostState.PUBLISHED


def test_pressed_twice_it_goes_once(retry, sign_in, network):
    sign_in(Role.MANAGER)
    assert [retry().status_code for _ in range(2)] == [303, 303]
    delivering.drain("mastodon")
    assert len(network.texts) == 1


@pytest.mark.parametrize("tries", [0, 7, "", "x"])
def test_a_stale_page_is_refused(retry, sign_in, row, tries):
    sign_in(Role.MANAGER)
    answer = retry(tries)
    assert answer.status_code == 422
    assert "Look again" in words(answer)
    row.refresh_from_db()
    assert row.state == State.FAILED


def test_what_is_out_does_not_go_again(retry, sign_in, network):
    sign_in(Role.MANAGER)
    retry()
    delivering.drain("mastodon")
    assert retry(2, headers=HTMX).status_code == 422
    assert len(network.texts) == 1


def test_only_those_who_approve_may_and_only_by_post(client, campaign, sign_in, row):
    only(client, sign_in, url("retry_delivery", campaign, row.pk), DECIDERS, "post")
    sign_in(Role.MANAGER)
    assert client.get(url("retry_delivery", campaign, row.pk)).status_code == 405
    assert client.post(url("retry_delivery", campaign, make.delivery().pk)).status_code == 404
