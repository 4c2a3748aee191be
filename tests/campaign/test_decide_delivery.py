"""What only a person can tell of an envelope."""

import pytest

from campaign import delivering, settling
from campaign.models import Delivery, Role, State
from platforms.base import Unknowable, Unsure
from tests import make
from tests.campaign.doors import HTMX, WRITERS, only, url, words
from tests.network import raises

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("english")]


@pytest.fixture
def row(campaign, network):
    make.post_scheduled(of=campaign, text="Isi amplop")
    network.after = raises(Unsure("timed_out", host="jejaring.example"))
    network.find = raises(Unknowable("look_there"))
    delivering.drain("mastodon")
    Delivery.objects.update(look_at="2020-01-01T00:00Z")
    settling.settle("mastodon")
    found = Delivery.objects.get()
    assert found.asks_person
    return found


@pytest.fixture
def decide(client, campaign, row):
    def send(answer, **fields):
        options = {"headers": fields.pop("headers", {})}
        told = {"answer": answer, "tries": row.tries} | fields
        return client.post(url("decide_delivery", campaign, row.pk), told, **options)

    return send


def test_it_is_out_at_this_link(decide, sign_in, row):
    sign_in(Role.STAFF)
    answer = decide("out", link="jejaring.example/@ratna/7")
    assert (answer.status_code, answer["Location"]) == (303, row.get_absolute_url())
    row.refresh_from_db()
    assert (row.state, row.remote_url) == (State.SENT, "https://jejaring.example/@ratna/7")


def test_pressed_twice_it_is_decided_once(decide, sign_in):
    sign_in(Role.STAFF)
    assert [decide("out").status_code for _ in range(2)] == [303, 303]


@pytest.mark.parametrize(("answer", "state"), [("again", State.WAITING), ("hold", State.HELD)])
def test_it_is_not_out(decide, sign_in, row, answer, state):
    sign_in(Role.STAFF)
    assert decide(answer).status_code == 303
    row.refresh_from_db()
    assert row.state == state


@pytest.mark.parametrize(
    ("answer", "fields", "sentence"),
    [
        ("", {}, "Choose what you found."),
        ("perhaps", {}, "Select a valid choice"),
        ("out", {"link": "ini bukan tautan"}, "This is no link."),
        ("out", {"link": "javascript:alert(1)"}, "This is no link."),
        ("out", {"tries": 99}, "Look again"),
        ("out", {"tries": ""}, "Look again"),
    ],
)
def test_what_cannot_be_is_refused(decide, sign_in, row, answer, fields, sentence):
    sign_in(Role.STAFF)
    refused = decide(answer, **fields)
    assert refused.status_code == 422
    assert sentence in words(refused)
    row.refresh_from_db()
    assert row.state == State.UNSURE


def test_who_comes_second_with_another_answer_is_told(decide, sign_in):
    sign_in(Role.STAFF)
    decide("out")
    answer = decide("again")
    assert answer.status_code == 422
    assert "Someone has already told" in words(answer)


def test_while_the_network_is_asked_nobody_decides(decide, sign_in, row):
    sign_in(Role.STAFF)
    Delivery.objects.update(asks_person=False)
    assert decide("out").status_code == 422
    row.refresh_from_db()
    assert row.state == State.UNSURE


def test_htmx_gets_the_part(decide, sign_in):
    sign_in(Role.STAFF)
    answer = decide("out", headers=HTMX)
    assert answer.status_code == 200
    assert "<html" not in words(answer)


def test_only_those_who_decide_may_and_only_by_post(client, campaign, sign_in, row):
    only(client, sign_in, url("decide_delivery", campaign, row.pk), WRITERS, "post")
    sign_in(Role.STAFF)
    assert client.get(url("decide_delivery", campaign, row.pk)).status_code == 405
    assert client.post(url("decide_delivery", campaign, make.delivery().pk)).status_code == 404
