"""TikTok's webhooks: who really sent them, and what they tell."""

import hashlib
import hmac
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from platforms.contents import Happened
from platforms.hooks import Forged, Unreadable
from platforms.tiktok import TikTokHook
from tests.platforms.make import payload

SECRET = {"client_secret": "s3cret"}
NOW = datetime.fromtimestamp(1_633_174_587, UTC)
BODY = b'{"client_key":"k","event":"authorization.removed"}'
# By the shell: printf '%s' '1633174587.{"client_key":…}' | openssl dgst -sha256 -hmac s3cret
SIGNED = "09c063a5ed921c5ca0c2affe408f399dab221ba99d38b677f2f747beb077d170"


def header(body: bytes = BODY, *, at: int = 1_633_174_587, secret: str = SECRET["client_secret"]) -> dict[str, str]:
    made = hmac.new(secret.encode(), f"{at}.".encode() + body, hashlib.sha256).hexdigest()
    return {"tiktok-signature": f"t={at},s={made}"}


def test_a_signature_made_by_another_program_is_taken():
    TikTokHook.verify({"tiktok-signature": f"t=1633174587,s={SIGNED}"}, BODY, SECRET, NOW)


@pytest.mark.parametrize(
    ("headers", "body", "secrets"),
    [
        ({}, BODY, SECRET),
        ({"tiktok-signature": ""}, BODY, SECRET),
        ({"tiktok-signature": f"s={SIGNED}"}, BODY, SECRET),
        ({"tiktok-signature": "t=1633174587"}, BODY, SECRET),
        ({"tiktok-signature": "t=1633174587,s="}, BODY, SECRET),
        ({"tiktok-signature": f"t=1633174588,s={SIGNED}"}, BODY, SECRET),
        ({"tiktok-signature": f"t=²,s={SIGNED}"}, BODY, SECRET),
        ({"tiktok-signature": f"t={'9' * 40},s={SIGNED}"}, BODY, SECRET),
        (header(), BODY + b" ", SECRET),
        (header(secret="other"), BODY, SECRET),
        (header(secret=""), BODY, {"client_secret": ""}),
        (header(secret=""), BODY, {}),
    ],
)
def test_what_does_not_prove_itself_is_forged(headers, body, secrets):
    with pytest.raises(Forged):
        TikTokHook.verify(headers, body, secrets, NOW)


def test_an_old_signature_is_refused_and_so_is_one_from_the_future():
    for seconds in (-299, 299):
        TikTokHook.verify(header(), BODY, SECRET, NOW + timedelta(seconds=seconds))
    for seconds in (-301, 301, 86_400):
        with pytest.raises(Forged, match="age"):
            TikTokHook.verify(header(), BODY, SECRET, NOW + timedelta(seconds=seconds))


def told(event: str, within: Any, **more: Any) -> bytes:
    body = {"client_key": "k", "event": event, "create_time": 1_615_338_610, "user_openid": "-000abc"}
    return json.dumps(body | {"content": json.dumps(within)} | more).encode()


SHARE = {"publish_id": "v_inbox_file~v2.1", "publish_type": "INBOX_SHARE"}
POST = {**SHARE, "post_id": "7300000000000000001"}


@pytest.mark.parametrize(
    ("event", "content", "happened", "about"),
    [
        ("post.publish.failed", {**SHARE, "reason": "spam_risk"}, Happened.OTHER, SHARE["publish_id"]),
        ("post.publish.complete", SHARE, Happened.OTHER, SHARE["publish_id"]),
        ("post.publish.inbox_delivered", SHARE, Happened.OTHER, SHARE["publish_id"]),
        ("post.publish.publicly_available", POST, Happened.PUBLISHED, SHARE["publish_id"]),
        ("post.publish.publicaly_available", POST, Happened.PUBLISHED, SHARE["publish_id"]),
        ("post.publish.no_longer_publicaly_available", POST, Happened.REMOVED, POST["post_id"]),
        ("post.publish.no_longer_publicly_available", POST, Happened.REMOVED, POST["post_id"]),
        ("video.upload.failed", {"share_id": "video.69.VDC"}, Happened.OTHER, "video.69.VDC"),
        ("video.publish.completed", {"share_id": "video.69.VDC"}, Happened.OTHER, "video.69.VDC"),
    ],
)
def test_every_documented_event_is_read(event, content, happened, about):
    (found,) = TikTokHook.events(told(event, content))
    assert (found.happened, found.about, found.account) == (happened, about, "-000abc")
    assert found.at == datetime.fromtimestamp(1_615_338_610, UTC)
    (again,) = TikTokHook.events(told(event, content, create_time=1_615_338_999))
    assert again.id == found.id, "a repeat is known by what it tells"
    (other,) = TikTokHook.events(told(event, content | {"publish_id": "x", "share_id": "x"}))
    assert other.id != found.id


def test_the_documented_payload_of_a_withdrawn_permission_is_read():
    (found,) = TikTokHook.events(json.dumps(payload("tiktok", "removed")).encode())
    assert (found.happened, found.account) == (Happened.REVOKED, "act.example12345Example12345Example")
    (later,) = TikTokHook.events(told("authorization.removed", {"reason": 1}, create_time=1_615_339_000))
    (earlier,) = TikTokHook.events(told("authorization.removed", {"reason": 1}))
    assert later.id != earlier.id, "one can let us in again and withdraw again"


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[1]",
        b"{" * 100_000,
        told("post.publish.new_thing", SHARE),
        told("post.publish.complete", {}),
        told("post.publish.complete", SHARE, content="no json"),
        told("post.publish.complete", SHARE, content="[1]"),
        told("post.publish.complete", SHARE, create_time="soon"),
        told("post.publish.complete", SHARE, create_time=10**15),
        told("post.publish.complete", SHARE, user_openid=""),
    ],
)
def test_unknown_shapes_are_unreadable(body: bytes):
    with pytest.raises(Unreadable):
        TikTokHook.events(body)


def test_content_may_also_come_as_an_object():
    (found,) = TikTokHook.events(told("post.publish.complete", SHARE, content=SHARE))
    assert found.about == SHARE["publish_id"]


def test_there_is_no_handshake():
    assert TikTokHook.shake({"hub.challenge": "1"}, SECRET) is None
