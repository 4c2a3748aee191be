"""`/hooks/<network>/`: proven on the raw bytes before anything else, kept as it came, answered at once."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.test import override_settings

from campaign import hook_secrets
from campaign.models import Mode, ServerApp
from engagement import happening, receiving
from engagement.models import Push, PushState, Refusal, Told
from platforms.contents import Happened
from platforms.hooks import Unreadable, signature
from platforms.registry import HOOKS
from tests import make
from tests.engagement.conftest import PUSH, SECRET, body_of, comment, event, signed

pytestmark = pytest.mark.usefixtures("pushing")
NOW = datetime.now(UTC)
LIVE_SECRET = "rahasia-sungguhan"


def refused():
    return sum(Refusal.objects.values_list("number", flat=True))


# Proof -------------------------------------------------------------------------------------------


def test_a_proven_push_is_kept_to_the_byte_in_two_queries(push, django_assert_num_queries):
    body = b'{"events": [], "teks": "\\u00e4 \xc3\xa4"}'
    with django_assert_num_queries(2):
        assert push(body=body).status_code == 200
    row = Push.objects.get()
    assert bytes(row.body) == body
    assert (row.platform, row.state, row.campaign_id, row.is_practice) == ("mastodon", PushState.NEW, None, True)


def test_a_wrong_missing_altered_old_or_future_proof_is_refused_and_nothing_is_kept(push):
    body, now = body_of(comment("1", NOW)), datetime.now(UTC)
    cases: dict[str, Any] = {
        "wrong secret": {"secret": "tebakan"},
        "missing": {"headers": {"X-Nothing": "1"}},
        "empty": {"headers": {"Fake-Signature": ""}},
        "of other bytes": {"headers": signed(body + b" ")},
        "old": {"at": now - timedelta(minutes=6)},
        "of the future": {"at": now + timedelta(minutes=6)},
        "no number": {"headers": {"Fake-Signature": f"t=x,s={signature(SECRET, b'x.' + body)[:-1]}x"}},
    }
    for name, told in cases.items():
        assert push(body=body, **told).status_code == 403, name
    assert not Push.objects.exists()
    assert refused() == len(cases)


def test_without_a_registered_app_nothing_proves_anything(push):
    ServerApp.objects.all().delete()
    for secret in ("", SECRET):
        assert push(comment("1", NOW), secret=secret).status_code == 403
    ServerApp.objects.create(server="https://jejaring.example", redirect_uri="x", secrets={"client_secret": ""})
    assert push(comment("1", NOW), secret="").status_code == 403


def test_a_replay_within_its_time_is_answered_and_kept_once(push):
    sent = body_of(comment("1", NOW))
    headers = signed(sent)
    assert [push(body=sent, headers=headers).status_code for _ in range(3)] == [200] * 3
    assert Push.objects.count() == 1


def test_what_is_too_long_is_refused_before_it_is_proven(push):
    with override_settings(PUSH_BYTES=100):
        assert push(body=b"x" * 101).status_code == 413
        assert push(body=b"x" * 100).status_code == 200
    assert Push.objects.count() == 1


def test_more_than_a_form_may_hold_is_taken(push):
    assert push(body=b"x" * 2_700_000).status_code == 200


def test_unknown_networks_and_methods_are_turned_away(client):
    assert client.post("/hooks/fiktif/").status_code == 404
    assert client.put(PUSH).status_code == 405


def test_a_flood_without_proof_is_counted_slowed_and_keeps_no_network_out(push):
    codes = [push(body=b"x", secret="tebakan").status_code for _ in range(101)]
    assert codes[: receiving.PER_ADDRESS] == [403] * receiving.PER_ADDRESS
    assert set(codes[receiving.PER_ADDRESS :]) == {429}
    assert refused() == receiving.PER_ADDRESS + receiving.IN_BULK
    assert push(comment("1", NOW)).status_code == 200, "from the same address, and signed"


def test_refusals_are_counted_while_redis_is_away(push, monkeypatch):
    monkeypatch.setattr(cache, "incr", lambda *_: 1 / 0, raising=False)
    assert push(body=b"x", secret="tebakan").status_code == 403
    assert refused() == 1


# Handshakes --------------------------------------------------------------------------------------


def shaken(client, path=PUSH, **query):
    return client.get(path, {name.replace("__", "."): value for name, value in query.items()})


def test_a_handshake_with_our_word_is_answered_and_no_other(client):
    word = hook_secrets.word("mastodon", Mode.LIVE)
    asked = {"hub__mode": "subscribe", "hub__challenge": "1158201444"}
    answer = shaken(client, hub__verify_token=word, **asked)
    assert (answer.status_code, answer.content, answer["Content-Type"]) == (200, b"1158201444", "text/plain")
    assert shaken(client, hub__verify_token=word + "x", **asked).status_code == 403
    assert shaken(client, **asked).status_code == 403
    assert shaken(client, hello="1").status_code == 404
    assert shaken(client).status_code == 404


def test_each_campaign_and_each_side_has_a_word_of_its_own(client):
    ours = make.campaign(slug="kami")
    words = {
        hook_secrets.word("mastodon", Mode.LIVE),
        hook_secrets.word("mastodon", Mode.PRACTICE),
        hook_secrets.word("mastodon", Mode.PRACTICE, ours.pk),
        hook_secrets.word("telegram", Mode.PRACTICE, ours.pk),
    }
    assert len(words) == 4
    asked = {"hub__mode": "subscribe", "hub__challenge": "7"}
    mine = hook_secrets.word("mastodon", Mode.PRACTICE, ours.pk)
    assert shaken(client, f"{PUSH}kami/", hub__verify_token=mine, **asked).status_code == 200
    assert shaken(client, PUSH, hub__verify_token=mine, **asked).status_code == 403


# What is made of it ------------------------------------------------------------------------------


def test_unknown_shapes_are_kept_and_marked(push):
    assert push(body=b"<xml/>").status_code == 200
    assert push(comment("1", NOW)).status_code == 200
    receiving.read_all()
    odd = Push.objects.get(state=PushState.ODD)
    assert (bytes(odd.body), odd.problem) == (b"<xml/>", "no events")
    assert Push.objects.filter(state=PushState.READ).count() == 1


def test_what_could_be_read_of_an_odd_push_is_taken_in_once_and_the_rest_kept(push, monkeypatch):
    events = HOOKS["mastodon"].events

    def half(body: bytes):
        raise Unreadable("half of it", events(body))

    monkeypatch.setattr(HOOKS["mastodon"], "events", half)
    push(comment("1", NOW))
    receiving.read_all()
    assert (Push.objects.get().state, Push.objects.get().problem) == (PushState.ODD, "half of it")
    assert Told.objects.count() == 1
    receiving.read_odd_again(NOW - timedelta(days=1))
    receiving.read_all()
    assert (Push.objects.get().state, Told.objects.count()) == (PushState.ODD, 1)


def test_a_parser_that_breaks_spoils_only_its_own_push(push, monkeypatch):
    def events(body: bytes):
        if b"rusak" in body:
            raise RuntimeError("rusak")
        return []

    monkeypatch.setattr(HOOKS["mastodon"], "events", events)
    for body in (b"rusak", b"baik"):
        push(body=body)
    assert receiving.read_all() == 2
    assert set(Push.objects.values_list("state", flat=True)) == {PushState.ODD, PushState.READ}


def test_one_that_cannot_be_taken_in_is_set_aside_and_the_others_go_on(push, monkeypatch):
    take = happening.take

    def fails(read):
        if any(b"k-rusak" in bytes(push.body) for push, _events in read):
            raise RuntimeError("boom")
        take(read)

    monkeypatch.setattr(happening, "take", fails)
    for name in ("k-rusak", "k1", "k2"):
        push(comment("1", NOW, name=name))
    receiving.read_all()
    assert Push.objects.get(state=PushState.ODD).problem == "RuntimeError: boom"
    assert Told.objects.count() == 2


def test_what_another_worker_reads_meanwhile_is_not_set_aside_in_its_place(push, monkeypatch):
    """The one that fails is gone when it is to be marked; the next one has done nothing."""
    push(comment("1", NOW, name="k-rusak"))
    push(comment("1", NOW, name="k1"))
    bad, good = Push.objects.order_by("pk")
    take, many = happening.take, []

    def fails(read):
        pushes = [each for each, _events in read]
        if bad in pushes:
            many.append(len(pushes))
            raise RuntimeError("boom")
        take(read)

    set_aside = receiving._set_aside

    def late(one, error):
        Push.objects.filter(pk=bad.pk).update(state=PushState.READ)  # as the other worker leaves it
        return set_aside(one, error)

    monkeypatch.setattr(happening, "take", fails)
    monkeypatch.setattr(receiving, "_set_aside", late)
    for _beat in range(2):
        receiving.read_all()
    assert many == [2, 1]
    assert not Push.objects.filter(state=PushState.ODD).exists()
    assert Told.objects.get().push_id == good.pk


def test_two_numbers_of_one_event_are_one(push):
    first, again = comment("1", NOW), comment("1", NOW)
    push(first)
    push(again, event(Happened.OTHER, "1", NOW))
    receiving.read_all()
    assert Told.objects.count() == 2


def test_a_name_of_any_length_and_with_a_zero_byte_is_borne(push):
    push(comment("1", NOW, id="x" * 999), comment("1", NOW, id="x" * 998), comment("1\0", NOW, id="a\0b", name="k\0"))
    receiving.read_all()
    assert Told.objects.count() == 3


def test_old_pushes_are_swept_with_their_events_and_counts(push):
    push(comment("1", NOW))
    push(body=b"x", secret="tebakan")
    receiving.read_all()
    assert receiving.sweep(NOW - timedelta(days=1)) == 0
    assert receiving.sweep(NOW + timedelta(hours=2)) == 1
    assert not Told.objects.exists()
    assert not Refusal.objects.exists()
