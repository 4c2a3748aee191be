"""Posko's connector, sign-in and hook against TikTok's dialect, from the page of consent to what the public sees."""

import re
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from html import unescape
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import requests

from platforms.base import ConnectorError, Later, Reconnect, Stale, Temporary, Unsure
from platforms.contents import Draft, Happened, Sent
from platforms.hooks import Forged
from platforms.http import Door
from platforms.oauth import App
from platforms.tiktok import TikTok, TikTokHook, TikTokSignIn
from platforms.tiktok.sending import CHUNK
from sandbox import oauth
from tests.platforms.make import KEY, keeping, long_film
from tests.platforms.make import picture as photo
from tests.sandbox.conftest import picture
from tests.sandbox.running import Sandbox
from tests.sandbox.tiktok import Ear, Files

CLIENT, SECRET = oauth.app("tiktok")
FILM = Draft("Jalan desa selesai", video=long_film(2 * CHUNK + 77))
BACK = "http://localhost:9/oauth/tiktok/"


def door(box: Sandbox) -> Door:
    return Door(15, 5.0, frozenset({f"localhost:{box.port}"}))


def app(box: Sandbox, **allowed: str) -> App:
    return App(f"{box.url}/tiktok", CLIENT, SECRET, BACK, allowed)


def press(http: requests.Session, address: str, *, without: str = "") -> dict[str, list[str]]:
    """Say yes on the page, but for one permission; what comes back in the address."""
    page = http.get(address, timeout=10).text
    fields = {unescape(k): unescape(v) for k, v in re.findall(r'type="hidden" name="(.*?)" value="(.*?)"', page)}
    grants = [each for each in re.findall(r'name="grant" value="(.*?)"', page) if each != without]
    form = fields | {"account": "ratna", "answer": "yes", "grant": grants}
    sent = http.post(address.partition("?")[0], data=form, allow_redirects=False, timeout=10)
    return parse_qs(urlsplit(sent.headers["Location"]).query)


@pytest.fixture
def ours(box: Sandbox) -> TikTok:
    """An account that was signed in at once."""
    told = box.account("tiktok")
    keys = {"client_id": CLIENT, "client_secret": SECRET}
    return TikTok(TikTok.connect(door(box), told["server"], told["secrets"], keys), door(box))


def through(ours: TikTok, draft: Draft, handle: str = "") -> Sent:
    """Publish, coming back whenever TikTok is still at work, as the engine does."""
    until = time.monotonic() + 10
    while time.monotonic() < until:
        try:
            return ours.publish(draft, key=KEY, handle=handle, keep=keeping()[1])
        except Later as later:
            handle = later.handle
            time.sleep(0.05)
    raise AssertionError("it never ended")


def finish(box: Sandbox, publish_id: str, text: str) -> str:
    told = {"platform": "tiktok", "account": "ratna", "act": "finish", "remote_id": publish_id, "text": text}
    return str(box.control("POST", "hand", **told)["remote_id"])


def test_from_consent_to_the_public_and_its_numbers(box: Sandbox, http: requests.Session) -> None:
    box.account("tiktok")
    address = TikTokSignIn.authorize_url(app(box), state="xyz", verifier="v")
    back = press(http, address)
    assert back["state"] == ["xyz"]
    consent = TikTokSignIn.exchange(door(box), app(box), code=back["code"][0], verifier="v")
    (account,) = consent.accounts
    assert consent.missing == frozenset()
    assert (account.handle, account.name, account.app["client_id"]) == ("@ratna", "Ratna Wijaya", CLIENT)
    assert http.get(account.url, timeout=10).status_code == 200

    ours = TikTok(account, door(box))
    sent = through(ours, FILM)
    assert sent.waits_for == "tiktok_inbox"
    assert ours.is_public(sent.remote_id) is None
    assert box.log() == []
    finish(box, sent.remote_id, "Jalan desa selesai #sukamaju")
    public = ours.is_public(sent.remote_id)
    assert public is not None
    page = http.get(public.url, timeout=10)
    assert page.status_code == 200 and "Jalan desa selesai" in page.text
    assert box.log()[0]["remote_id"] == public.remote_id

    box.control("POST", "voters", platform="tiktok", remote_id=public.remote_id, act="like", number=7)
    box.control("POST", "voters", platform="tiktok", remote_id=public.remote_id, act="reply", text="Kapan?")
    figures = {each.metric: each.value for each in ours.measure([public.remote_id, sent.remote_id])[public.remote_id]}
    assert (figures["likes"], figures["replies"], figures["reposts"]) == (7, 1, 0)
    assert figures["views"] > 7
    assert {each.metric for each in ours.measure_account()} == {"followers", "following", "likes", "posts"}
    by_hand = box.control("POST", "hand", platform="tiktok", account="ratna", text="Ditulis sendiri")
    seen = ours.timeline(datetime.now(UTC) - timedelta(minutes=5))
    assert [each.remote_id for each in seen] == [by_hand["remote_id"], public.remote_id]
    assert ours.profile().name == "Ratna Wijaya"
    with pytest.raises(ConnectorError, match="delete_there"):
        ours.take_down(public.remote_id)
    box.control("POST", "hand", platform="tiktok", remote_id=public.remote_id, act="delete")
    assert ours.is_public(public.remote_id) is None
    assert ours.measure([public.remote_id]) == {}


def test_permissions_that_were_unticked_are_missing(box: Sandbox, http: requests.Session) -> None:
    box.account("tiktok")
    for without in ("user.info.profile", "user.info.basic", "video.list"):
        back = press(http, TikTokSignIn.authorize_url(app(box), state="x", verifier="v"), without=without)
        consent = TikTokSignIn.exchange(door(box), app(box), code=back["code"][0], verifier="v")
        assert consent.missing == {without}
    assert "video.publish" not in TikTokSignIn.authorize_url(app(box), state="x", verifier="v")
    assert "video.publish" in TikTokSignIn.authorize_url(app(box, audited="1"), state="x", verifier="v")
    with pytest.raises(Reconnect, match="wrong_login"):
        TikTokSignIn.exchange(door(box), app(box), code=back["code"][0], verifier="v")
    with pytest.raises(ConnectorError, match="wrong_app"):
        TikTokSignIn.exchange(door(box), replace(app(box), client_secret="x"), code="x", verifier="v")


@pytest.mark.parametrize("state", ["inbox", "private", "public"])
def test_each_way_ends_where_it_should(box: Sandbox, ours: TikTok, state: str) -> None:
    allowed = {"inbox": {}, "private": {"direct": "1"}, "public": {"audited": "1"}}[state]
    box.control("POST", "settings", audited=state == "public")
    ours.account = replace(ours.account, app={**ours.account.app, **allowed})
    sent = through(ours, FILM)
    assert sent.waits_for == {"inbox": "tiktok_inbox", "private": "tiktok_private", "public": ""}[state]
    assert len(box.log()) == (1 if state == "public" else 0)
    if state == "public":
        assert sent.remote_id == box.log()[0]["remote_id"]
        assert box.log()[0]["text"] == FILM.text
    else:
        finish(box, sent.remote_id, "")
        assert ours.is_public(sent.remote_id) is not None


@pytest.fixture
def files() -> Iterator[Files]:
    made = Files({"/a.jpg": picture("JPEG")})
    yield made
    made.server.shutdown()
    made.server.server_close()


def test_photos_are_fetched_into_the_inbox_with_their_words(box: Sandbox, ours: TikTok, files: Files) -> None:
    one = photo(mime="image/jpeg", link=lambda: f"{files.url}/a.jpg")
    sent = through(ours, Draft("Jalan desa", (one, one), title="Jalan"))
    assert sent.waits_for == "tiktok_inbox"
    finish(box, sent.remote_id, "")
    assert (box.log()[0]["text"], len(box.log()[0]["media"])) == ("Jalan desa", 2)
    assert ours.is_public(sent.remote_id) is not None


def test_a_sixth_draft_waits_for_a_person(box: Sandbox, ours: TikTok) -> None:
    small = Draft("", video=long_film(1000))
    first, *_ = [through(ours, small) for _ in range(5)]
    with pytest.raises(Temporary, match="tiktok_drafts_full") as caught:
        ours.publish(small, key=KEY, handle="", keep=keeping()[1])
    assert caught.value.retry_after == timedelta(minutes=30)
    finish(box, first.remote_id, "")
    assert through(ours, small).waits_for


def test_tokens_are_renewed_and_a_withdrawn_permission_asks_for_a_person(box: Sandbox, ours: TikTok) -> None:
    box.fault("expired_token", platform="tiktok", times=None)
    with pytest.raises(Stale):
        ours.check()
    old = ours.account
    ours.account = replace(old, secrets=ours.renew())
    assert ours.check().handle == "@ratna"
    assert ours.account.secrets["refresh"] != old.secrets["refresh"]
    ours.account = old
    with pytest.raises(Reconnect, match="signed_out"):
        ours.renew()


FAULTS: dict[str, Callable[[Sandbox], Any]] = {
    "init cut before": lambda box: box.fault("cut_before", platform="tiktok", step="publish"),
    "init cut after": lambda box: box.fault("cut_after", platform="tiktok", step="publish"),
    "a chunk cut before": lambda box: box.fault("cut_before", platform="tiktok", step="media"),
    "a chunk cut after": lambda box: box.fault("cut_after", platform="tiktok", step="media"),
    "a chunk accepted with 503": lambda box: box.fault("accept_then_status", platform="tiktok", step="media"),
    "every chunk cut after": lambda box: box.fault("cut_after", platform="tiktok", step="media", times=2),
    "asking refused": lambda box: box.fault("status", platform="tiktok", step="read", code=429),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_whatever_happens_on_the_way_there_is_one_draft(box: Sandbox, ours: TikTok, fault: str) -> None:
    FAULTS[fault](box)
    kept, keep = keeping()
    handle, sent, until = "", None, time.monotonic() + 20
    while sent is None and time.monotonic() < until:
        try:
            sent = ours.publish(FILM, key=KEY, handle=handle, keep=keep)
        except Later as later:
            handle = later.handle
        except Temporary:
            handle = kept[-1]
        except Unsure:
            handle = kept[-1]
            sent = ask(ours, handle)
        time.sleep(0.05)
    assert sent is not None
    waiting = box.control("POST", "hand", platform="tiktok", account="ratna", act="finish")
    assert [each["remote_id"] for each in waiting] == [sent.remote_id]


def ask(ours: TikTok, handle: str) -> Sent | None:
    """What `find` says; None too while TikTok is at work."""
    try:
        return ours.find(FILM, key=KEY, handle=handle, since=KEY.made_at)
    except Temporary:
        return None


def test_what_the_sandbox_pushes_is_proven_and_read(box: Sandbox, ours: TikTok) -> None:
    ear = Ear()
    try:
        box.control("POST", "hooks", platform="tiktok", url=ear.url)
        sent = through(ours, Draft("", video=long_film(1000)))
        post = finish(box, sent.remote_id, "Halo")
        ear.wait(3)
    finally:
        ear.server.shutdown()
        ear.server.server_close()
    secrets, now = {"client_secret": SECRET}, datetime.now(UTC)
    for head, body in ear.raw:
        TikTokHook.verify(head, body, secrets, now)
        with pytest.raises(Forged):
            TikTokHook.verify(head, body, secrets, now + timedelta(minutes=6))
    events = [event for _, body in ear.raw for event in TikTokHook.events(body)]
    assert [each.happened for each in events] == [Happened.OTHER, Happened.OTHER, Happened.PUBLISHED]
    assert {each.about for each in events} == {sent.remote_id}
    assert {each.account for each in events} == {ours.account.remote_id}
    public = ours.is_public(events[-1].about)
    assert public is not None and public.remote_id == post
