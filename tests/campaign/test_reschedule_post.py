"""Another time for what is approved."""

from datetime import timedelta

import pytest

from campaign import clock
from campaign.models import Delivery, Role, State
from tests import make
from tests.campaign.doors import HTMX, WRITERS, only, url, words

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]


@pytest.fixture
def post(campaign):
    return make.post_scheduled(of=campaign, planned_at=clock.now() + timedelta(seconds=30))  # on the same day


def at(campaign, moment):
    local = moment.astimezone(campaign.tz)
    return {"version": 1, "date": f"{local:%Y-%m-%d}", "time": f"{local:%H:%M}"}


def test_it_moves(client, campaign, sign_in, post):
    sign_in(Role.STAFF)
    wanted = clock.now() + timedelta(days=2)
    answer = client.post(url("reschedule_post", campaign, post.pk), at(campaign, wanted))
    assert answer.status_code == 303
    assert Delivery.objects.get().send_at == wanted.replace(second=0, microsecond=0)


def test_now_is_now(client, campaign, sign_in, post):
    sign_in(Role.STAFF)
    client.post(url("reschedule_post", campaign, post.pk), {"version": 1, "now": "1"})
    assert Delivery.objects.get().send_at <= clock.now()


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"version": 1}, "Choose the day and the time"),
        ({"version": 1, "date": "2020-01-01", "time": "10:00"}, "The time you chose is past"),
        ({"version": 1, "date": "x", "time": "10:00"}, "Enter a valid date"),
        ({"version": 2, "now": "1"}, "Look again"),
        ({"now": "1"}, "Look again"),
    ],
)
def test_what_cannot_be_is_refused(client, campaign, sign_in, post, fields, sentence):
    sign_in(Role.STAFF)
    before = Delivery.objects.get().send_at
    answer = client.post(url("reschedule_post", campaign, post.pk), fields)
    assert answer.status_code == 422
    assert sentence in words(answer)
    assert Delivery.objects.get().send_at == before


def test_beyond_what_was_approved_it_must_be_submitted_again(client, campaign, sign_in, post):
    sign_in(Role.STAFF)
    answer = client.post(
        url("reschedule_post", campaign, post.pk), at(campaign, clock.now() + timedelta(days=20)), headers=HTMX
    )
    assert answer.status_code == 422
    assert "does not reach that far" in words(answer)
    assert "<html" not in words(answer)


def test_a_held_one_goes_back_to_its_own_page(client, campaign, sign_in, post):
    sign_in(Role.STAFF)
    row = Delivery.objects.get()
    Delivery.objects.update(state=State.HELD, problem="late")
    told = {"version": 1, "delivery": row.pk}
    refused = client.post(url("reschedule_post", campaign, post.pk), told)
    assert refused.status_code == 422
    assert "What now?" in words(refused)
    answer = client.post(url("reschedule_post", campaign, post.pk), told | {"now": "1"})
    assert answer["Location"] == row.get_absolute_url()
    assert Delivery.objects.get().state == State.WAITING


@pytest.mark.parametrize("number", ["x", "9" * 30, "9" * 5000], ids=["x", "30 digits", "5000 digits"])
def test_an_envelope_of_nobodys_is_not_found(client, campaign, sign_in, post, number):
    sign_in(Role.STAFF)
    told = {"version": 1, "now": "1", "delivery": number}
    assert client.post(url("reschedule_post", campaign, post.pk), told).status_code == 404


def test_only_writers_may_and_only_by_post(client, campaign, sign_in, post):
    only(client, sign_in, url("reschedule_post", campaign, post.pk), WRITERS, "post")
    sign_in(Role.STAFF)
    assert client.get(url("reschedule_post", campaign, post.pk)).status_code == 405
    assert client.post(url("reschedule_post", campaign, make.post().pk)).status_code == 404
    foreign = make.delivery()
    told = {"version": 1, "now": "1", "delivery": foreign.pk}
    assert client.post(url("reschedule_post", campaign, post.pk), told).status_code == 404
