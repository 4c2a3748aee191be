"""An envelope's page."""

import pytest

from campaign import delivering, settling
from campaign.models import Delivery, Role, State
from platforms.base import Rejected, Unknowable, Unsure
from tests import make
from tests.campaign.doors import HTMX, WRITERS, only, url, words
from tests.network import raises

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("english")]


@pytest.fixture
def post(campaign):
    return make.post_scheduled(of=campaign, text="Isi amplop")


def page_of(client, campaign):
    return words(client.get(url("delivery", campaign, Delivery.objects.get().pk)))


def test_one_that_waits_shows_its_facts(client, campaign, sign_in, post, network):
    sign_in(Role.STAFF)
    page = page_of(client, campaign)
    assert "Isi amplop" in page
    assert "Nothing was tried so far." in page
    assert "Yes, exactly this" in page


def test_one_that_is_out_shows_where(client, campaign, sign_in, post, network):
    sign_in(Role.STAFF)
    delivering.drain("mastodon")
    page = page_of(client, campaign)
    assert 'href="https://jejaring.example/1"' in page
    assert "Published</p>" in page


def test_one_that_failed_has_the_networks_words_and_can_be_tried_again(client, campaign, sign_in, post, network):
    network.before = raises(Rejected("refused", words="Terlalu mirip"))
    delivering.drain("mastodon")
    sign_in(Role.MANAGER)
    page = page_of(client, campaign)
    assert "Terlalu mirip" in page
    assert "Try again" in page
    sign_in(Role.STAFF)
    assert "The manager or the candidate" in page_of(client, campaign)


def test_an_unsure_one_is_first_asked_of_the_network(client, campaign, sign_in, post, network):
    network.after = raises(Unsure("timed_out", host="jejaring.example"))
    delivering.drain("mastodon")
    sign_in(Role.STAFF)
    page = page_of(client, campaign)
    assert "Posko is asking the network" in page
    assert "Is it published?" not in page


def test_then_a_person_decides(client, campaign, sign_in, post, network):
    network.after = raises(Unsure("timed_out", host="jejaring.example"))
    network.find = raises(Unknowable("look_there"))
    delivering.drain("mastodon")
    Delivery.objects.update(look_at="2020-01-01T00:00Z")
    settling.settle("mastodon")
    sign_in(Role.STAFF)
    page = page_of(client, campaign)
    for part in ("Is it published?", "It is published", "send it again", "hold it", "Isi amplop"):
        assert part in page


def test_a_held_one_can_go_now_or_at_another_time(client, campaign, sign_in, post, network):
    Delivery.objects.update(state=State.HELD, problem="late")
    sign_in(Role.STAFF)
    page = page_of(client, campaign)
    assert "too late to publish it as planned" in page
    assert "Publish now" in page
    assert "Set new time" in page


def test_one_that_is_no_posts_has_a_page_too(client, campaign, sign_in, network):
    row = make.delivery(on=make.channel(of=campaign))
    sign_in(Role.STAFF)
    assert client.get(url("delivery", campaign, row.pk)).status_code == 200


def test_htmx_gets_the_part(client, campaign, sign_in, post, network):
    sign_in(Role.STAFF)
    row = Delivery.objects.get()
    assert "<html" not in words(client.get(url("delivery", campaign, row.pk), headers=HTMX))


def test_only_those_who_decide_may(client, campaign, sign_in, post, network):
    row = Delivery.objects.get()
    only(client, sign_in, url("delivery", campaign, row.pk), WRITERS)
    sign_in(Role.STAFF)
    assert client.get(url("delivery", campaign, make.delivery().pk)).status_code == 404
    assert client.post(url("delivery", campaign, row.pk)).status_code == 405
