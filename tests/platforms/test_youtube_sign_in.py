"""Google's consent, its tokens, and the hub that pushes new films."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from platforms.base import Reconnect, Temporary
from platforms.contents import Happened
from platforms.hooks import Forged, Unreadable, signature
from platforms.http import Door
from platforms.oauth import App, Consent, challenge
from platforms.youtube import Youtube
from platforms.youtube.hooks import YoutubeHook, subscribe, topic
from platforms.youtube.sign_in import MANAGE, READ, UPLOAD, YoutubeSignIn
from tests.platforms.make import account, payload
from tests.platforms.servers import Reply, Server, routes, says, serving

TOKEN = payload("youtube", "token")
CHANNELS = payload("youtube", "channels")
HOME = App(Youtube.home, "posko.apps.example", "secret", "https://posko.example/oauth/youtube/")
NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


def exchanging(*replies: Reply, **allowed: str) -> tuple[Consent, Server]:
    with serving(*replies) as server:
        app = replace(HOME, server=server.url, allowed=allowed)
        door = Door(3, internal=frozenset({server.place}))
        return YoutubeSignIn.exchange(door, app, code="4/abc", verifier="v" * 43), server


def test_the_page_asks_for_a_refresh_token_and_no_more_than_needed():
    address = urlsplit(YoutubeSignIn.authorize_url(HOME, state="xyz", verifier="v" * 43))
    asked = {name: values[0] for name, values in parse_qs(address.query).items()}
    assert (address.hostname, address.path) == ("accounts.google.com", "/o/oauth2/v2/auth")
    assert asked["scope"].split() == [UPLOAD, READ, MANAGE]
    assert (asked["access_type"], asked["prompt"], asked["state"]) == ("offline", "consent", "xyz")
    assert asked["code_challenge"] == challenge("v" * 43)["code_challenge"]


def test_every_channel_of_the_google_account_is_offered():
    found, server = exchanging(says(TOKEN), says(CHANNELS), audited="1")
    token, channels = server.asked
    assert token.path == "/token/token"
    form = parse_qs(token.body.decode())
    assert (form["code"], form["code_verifier"], form["client_secret"]) == (["4/abc"], ["v" * 43], ["secret"])
    assert channels.query["mine"] == ["true"]
    assert channels.headers["authorization"] == "Bearer ya29.first"
    assert [(each.remote_id, each.name, each.handle) for each in found.accounts] == [
        ("UCcaleg", "Ratna Wijaya", "@ratnawijaya"),
        ("UCdesa", "Kabar Desa", "UCdesa"),
    ]
    assert found.missing == frozenset()
    assert found.accounts[0].secrets["refresh"] == "1//refresh"
    assert found.accounts[0].app == {"audited": "1", "client_id": "posko.apps.example", "client_secret": "secret"}


def test_a_permission_that_was_not_given_is_told():
    told = {**TOKEN, "scope": f"{READ} {UPLOAD}"}
    assert exchanging(says(told), says(CHANNELS))[0].missing == {MANAGE}
    assert exchanging(says({**TOKEN, "scope": MANAGE}), says(CHANNELS))[0].missing == frozenset()
    found, server = exchanging(says({**TOKEN, "scope": UPLOAD}), says(CHANNELS))
    assert found.accounts == () and found.missing == {READ, MANAGE}
    assert len(server.asked) == 1


def test_a_stale_code_and_a_missing_channel_are_told():
    with pytest.raises(Reconnect, match="wrong_login"):
        exchanging(says({"error": "invalid_grant", "error_description": "Malformed auth code."}, 400))
    with pytest.raises(Reconnect, match="no_channel"):
        exchanging(says(TOKEN), says({"kind": "youtube#channelListResponse", "pageInfo": {"totalResults": 0}}))
    with pytest.raises(Temporary):
        exchanging(says({"error": "Internal"}, 503))


def test_when_google_gives_no_refresh_token_the_old_one_and_its_end_stay():
    told = {name: value for name, value in TOKEN.items() if name != "refresh_token"}
    secrets = exchanging(says(told), says(CHANNELS))[0].accounts[0].secrets
    assert set(secrets) == {"access", "until", "since"}, "what is not there does not overwrite what was kept"


def test_an_app_in_testing_is_signed_in_for_seven_days():
    def ends(told: dict[str, Any], **allowed: str) -> int | None:
        secrets = exchanging(says(told), says(CHANNELS), **allowed)[0].accounts[0].secrets
        until = Youtube.signed_in_until(secrets)
        return round((until - datetime.now(UTC)) / timedelta(days=1)) if until else None

    assert ends(TOKEN) is None
    assert ends(TOKEN, testing="1") == 7
    assert ends({**TOKEN, "refresh_token_expires_in": 3 * 86400}) == 3


def renewing(*replies: Reply) -> tuple[Any, Server]:
    with serving(*replies) as server:
        app = {"client_id": "posko.apps.example", "client_secret": "secret"}
        ours = replace(account("youtube", server.url), app=app)
        return Youtube(ours, Door(3, internal=frozenset({server.place}))).renew(), server


def test_an_hour_old_token_is_renewed_and_the_refresh_token_kept():
    secrets, server = renewing(says({"access_token": "ya29.second", "expires_in": 3599}))
    form = {name: values[0] for name, values in parse_qs(server.asked[0].body.decode()).items()}
    assert form == {
        "grant_type": "refresh_token", "refresh_token": "secretrefresh", "client_id": "posko.apps.example",
        "client_secret": "secret",
    }  # fmt: skip
    assert (secrets["access"], secrets["refresh"]) == ("ya29.second", "secretrefresh")
    ours = Youtube(replace(account("youtube", ""), secrets=secrets), Door(3))
    assert not ours.is_stale(datetime.now(UTC))
    assert ours.is_stale(datetime.now(UTC) + timedelta(minutes=56))
    assert not Youtube(account("youtube", ""), Door(3)).is_stale(datetime.now(UTC)), "no end is known"


def test_a_dead_refresh_token_asks_a_person():
    with pytest.raises(Reconnect, match="signed_out"):
        renewing(says({"error": "invalid_grant", "error_description": "Token has been expired or revoked."}, 400))
    with pytest.raises(Temporary):
        renewing(says({"error": "Later"}, 503))


# The hub -------------------------------------------------------------------------------------------

SECRETS = {"token": "kata-rahasia"}
# Made with `openssl dgst -sha1 -hmac kata-rahasia` of the recorded feed.
SIGNED = "b71bb71e50d8cb01354da2ecdd0c98b3b6fdccc8"


def recorded(name: str) -> bytes:
    return (Path(__file__).parents[1] / "payloads" / "youtube" / f"{name}.xml").read_bytes()


def test_the_hub_is_asked_with_our_word():
    with serving(routes(subscribe=says("", 202))) as server:
        door = Door(3, internal=frozenset({server.place}))
        subscribe(door, f"{server.url}/hub", "UCcaleg", "https://posko.example/hooks/youtube/", "kata-rahasia")
    form = {name: values[0] for name, values in parse_qs(server.asked[0].body.decode()).items()}
    assert (form["hub.mode"], form["hub.topic"]) == ("subscribe", topic("UCcaleg"))
    assert (form["hub.secret"], form["hub.verify_token"]) == ("kata-rahasia", "kata-rahasia")


def shake(**query: str) -> tuple[str, str] | None:
    asked = {"hub.mode": "subscribe", "hub.topic": topic("UCcaleg"), "hub.challenge": "12345"}
    return YoutubeHook.shake(asked | {f"hub.{name}": value for name, value in query.items()}, SECRETS)


def test_a_handshake_is_echoed():
    asked = {"hub.mode": "subscribe", "hub.topic": topic("UCcaleg"), "hub.challenge": "12345"}
    key = signature("kata-rahasia", b"callback")[:32]
    by_key = YoutubeHook.shake({**asked, "key": key}, SECRETS)
    ended = YoutubeHook.shake({**asked, "key": key, "hub.mode": "unsubscribe"}, SECRETS)
    assert by_key == ended == shake(verify_token="kata-rahasia") == ("12345", "text/plain")
    assert YoutubeHook.shake({"q": "1"}, SECRETS) is None


@pytest.mark.parametrize(
    "query",
    [
        {},
        {"verify_token": "lain"},
        {"verify_token": ""},
        {"mode": "denied", "verify_token": "kata-rahasia"},
        {"topic": "https://lain.example/feeds/videos.xml?channel_id=UCcaleg"},
        {"topic": "https://www.youtube.com/feeds/videos.xml"},
        {"challenge": ""},
    ],
)
def test_a_handshake_that_is_not_ours_is_forged(query):
    with pytest.raises(Forged):
        shake(**query)


def test_the_signature_is_that_of_the_raw_body():
    body = recorded("feed")
    YoutubeHook.verify({"x-hub-signature": f"sha1={SIGNED}"}, body, SECRETS, NOW)
    for headers, given, secrets in (
        ({"x-hub-signature": f"sha1={SIGNED}"}, body + b" ", SECRETS),
        ({"x-hub-signature": f"sha1={SIGNED}"}, body, {"token": "lain"}),
        ({"x-hub-signature": f"sha1={SIGNED}"}, body, {}),
        ({"x-hub-signature": SIGNED}, body, SECRETS),
        ({}, body, SECRETS),
    ):
        with pytest.raises(Forged):
            YoutubeHook.verify(headers, given, secrets, NOW)


def test_a_new_film_and_one_that_is_gone_are_told():
    (new,) = YoutubeHook.events(recorded("feed"))
    assert (new.happened, new.account, new.about) == (Happened.PUBLISHED, "UCcaleg", "dQw4w9WgXcQ")
    assert new.at == datetime(2026, 11, 22, 12, 35, 40, 52969, tzinfo=UTC)
    assert YoutubeHook.events(recorded("feed"))[0].id == new.id
    (gone,) = YoutubeHook.events(recorded("deleted"))
    assert (gone.happened, gone.account, gone.about) == (Happened.REMOVED, "UCcaleg", "dQw4w9WgXcQ")
    assert gone.id != new.id


BOMB = b"""<?xml version="1.0"?><!DOCTYPE feed [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>
<feed xmlns="http://www.w3.org/2005/Atom"><entry><id>&b;</id></entry></feed>"""
ATOM = b'<feed xmlns="http://www.w3.org/2005/Atom">'


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{}",
        b"<html></html>",
        ATOM,
        ATOM + b"<entry></entry></feed>",
        BOMB,
        b'<!DOCTYPE feed SYSTEM "http://lain.example/x.dtd">' + ATOM + b"</feed>",
        ATOM + b"<a>" * 50 + b"</a>" * 50 + b"</feed>",
        ATOM + b" " * 300_000 + b"</feed>",
    ],
    ids=["empty", "JSON", "a page", "cut", "an empty entry", "entities", "a document type", "nested", "huge"],
)
def test_what_is_no_feed_of_theirs_is_unreadable(body):
    with pytest.raises(Unreadable):
        YoutubeHook.events(body)


def test_a_feed_without_entries_tells_nothing():
    assert YoutubeHook.events(ATOM + b"</feed>") == []
