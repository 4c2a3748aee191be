"""X's webhooks: the handshake, the proof, and what they tell."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from platforms.contents import Event, Happened, Place
from platforms.hooks import Forged, Unreadable
from platforms.x import XHook
from tests.platforms.make import payload

SECRETS = {"client_secret": "oauth", "consumer_secret": "rahasia"}
NOW = datetime(2026, 11, 22, tzinfo=UTC)
BODY = b'{"data":{"event_type":"dm.received"}}'
# Made with: openssl dgst -sha256 -hmac rahasia -binary | base64
TOKEN_PROOF = "sha256=zUMrIXzG1tCsREw+xS2JX/2ha7XDVV4Zkz73KRSZ1so="
BODY_PROOF = "sha256=1e6ou6ji+/hiJXY4k1KbGol6ForFTgj4ApvOnKYvZWw="


def test_the_challenge_is_answered_with_the_consumer_secret():
    answer = XHook.shake({"crc_token": "abc"}, SECRETS)
    assert answer is not None
    assert json.loads(answer[0]) == {"response_token": TOKEN_PROOF}
    assert answer[1] == "application/json"
    assert XHook.shake({"crc_token": "abc"}, {"client_secret": "rahasia"}) == answer
    assert XHook.shake({}, SECRETS) is None


@pytest.mark.parametrize(
    "token", ["MDQ0ZDZlMTAtOTA0Yi00ZDI0==", "9b4507b3-9040-4669-9ca3-6b94edb50553", "a.b_c~d+e/f", "a b", "ä"]
)
def test_a_challenge_as_x_makes_them_is_answered(token):
    assert XHook.shake({"crc_token": token}, SECRETS) is not None


@pytest.mark.parametrize("token", [BODY.decode(), "{}", " {", "{\0", "\0{"])
def test_nobody_gets_an_event_of_their_own_signed_as_a_challenge(token):
    with pytest.raises(Forged):
        XHook.shake({"crc_token": token}, SECRETS)


def test_the_answer_to_a_challenge_proves_nothing_that_is_pushed():
    answer = XHook.shake({"crc_token": "abc"}, SECRETS)
    assert answer is not None
    proof = json.loads(answer[0])["response_token"]
    with pytest.raises(Forged):
        XHook.verify({"x-twitter-webhooks-signature": proof}, b"abc", SECRETS, NOW)


def test_only_the_exact_bytes_are_proven():
    XHook.verify({"x-twitter-webhooks-signature": BODY_PROOF}, BODY, SECRETS, NOW)
    for headers, body, secrets in (
        ({"x-twitter-webhooks-signature": BODY_PROOF}, BODY + b" ", SECRETS),
        ({"x-twitter-webhooks-signature": BODY_PROOF.removeprefix("sha256=")}, BODY, SECRETS),
        ({"x-twitter-webhooks-signature": BODY_PROOF}, BODY, {"client_secret": "oauth"}),
        ({}, BODY, SECRETS),
    ):
        with pytest.raises(Forged):
            XHook.verify(headers, body, secrets, NOW)


def events(name: str, **changed: Any) -> list[Event]:
    told = payload("x", name)
    told["data"] |= changed
    return XHook.events(json.dumps(told).encode())


def test_who_names_us_in_their_words_may_be_answered():
    (event,) = events("event_mention")
    assert event.incoming is not None
    assert (event.id, event.happened, event.account) == ("2080765813578191303", Happened.INCOMING, "11")
    assert (event.incoming.place, event.incoming.text, event.incoming.may_answer) == (
        Place.MENTION, "hey @ratna", True,
    )  # fmt: skip
    assert (event.incoming.author_handle, event.incoming.url) == ("@sri", "https://x.com/sri/status/505")


def test_who_only_answers_us_is_answered_at_x():
    (event,) = events("event_reply")
    assert event.incoming is not None
    assert (event.incoming.place, event.incoming.text, event.incoming.about) == (Place.COMMENT, "Kapan mulai?", "400")
    assert not event.incoming.may_answer
    assert event.incoming.url == "https://x.com/intent/post?in_reply_to=504"


def test_who_quotes_us_may_be_answered():
    (event,) = events("event_quote")
    assert event.incoming is not None
    assert event.incoming.may_answer


def test_a_message_comes_with_its_sender_and_our_own_does_not_come():
    (event,) = events("event_dm")
    assert event.incoming is not None
    assert (event.incoming.place, event.incoming.author_id, event.incoming.thread) == (Place.MESSAGE, "22", "22")
    assert event.at == datetime.fromtimestamp(1784928224.372, UTC)
    assert events("event_dm", filter={"user_id": "22"}) == []


def test_removed_posts_and_withdrawn_permissions_are_told():
    (gone,) = events("event_delete")
    assert (gone.happened, gone.about) == (Happened.REMOVED, "2080761269309813134")
    (over,) = events("event_revoke")
    assert (over.happened, over.account) == (Happened.REVOKED, "11")
    assert over.at == datetime(2026, 7, 23, 21, 44, 5, tzinfo=UTC)


def test_likes_of_our_posts_change_numbers_and_our_own_likes_do_not():
    told = {"liked_tweet_id": "400", "liked_tweet_author_id": "11", "created_at": "2026-07-24T21:12:45.000Z"}
    (event,) = events("event_mention", event_type="like.create", payload=told)
    assert (event.happened, event.about) == (Happened.FIGURES, "400")
    assert events("event_mention", event_type="like.create", payload=told | {"liked_tweet_author_id": "33"}) == []


def test_what_does_not_concern_us_is_nothing():
    assert events("event_mention", event_type="spaces.start") == []


UNKNOWN = (
    b"", b"[]", b"{}", b'{"data":{}}', b'{"data":[1]}', b"[" * 100_000,
    b'{"data":{"event_type":"dm.received","event_uuid":"1","payload":{}}}',
    b'{"data":{"event_type":"post.reply.create","event_uuid":"1","payload":{}}}',
)  # fmt: skip


@pytest.mark.parametrize("body", UNKNOWN, ids=range(len(UNKNOWN)))
def test_unknown_shapes_are_unreadable(body: bytes):
    with pytest.raises(Unreadable):
        XHook.events(body)
