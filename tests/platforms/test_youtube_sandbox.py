"""The connector and YouTube's dialect do a campaign's whole work together, over real HTTP."""

import http.server
import json
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
import requests

from platforms.base import Later, Reconnect, Stale, Temporary, Unsure
from platforms.contents import Account, Draft, Happened, Place, To
from platforms.http import Door
from platforms.oauth import App, Consent, verifier
from platforms.youtube import Youtube
from platforms.youtube.hooks import YoutubeHook, subscribe
from platforms.youtube.sign_in import MANAGE, YoutubeSignIn
from sandbox import oauth
from tests.platforms.make import FILM, KEY, film_draft, keeping, video
from tests.sandbox.films import consent
from tests.sandbox.running import Sandbox, start_sandbox

REDIRECT = "http://localhost:9/oauth/youtube/"
REAL = b"\0\0\0\x18ftypmp42" + FILM


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    with start_sandbox(tmp_path_factory.mktemp("state")) as sandbox:
        yield sandbox


@pytest.fixture
def box(running: Sandbox) -> Sandbox:
    running.reset()
    running.account("youtube")
    return running


def door(box: Sandbox) -> Door:
    return Door(5, 5.0, frozenset({urlsplit(box.url).netloc}))


def signed_in(box: Sandbox, *, without: str = "", **allowed: str) -> Consent:
    """By the page a person sees."""
    client_id, secret = oauth.app("youtube")
    app = App(f"{box.url}/youtube", client_id, secret, REDIRECT, allowed)
    word = verifier()
    with requests.Session() as session:
        back = consent(session, YoutubeSignIn.authorize_url(app, state="xyz", verifier=word), without=without)
    assert back["state"] == "xyz"
    return YoutubeSignIn.exchange(door(box), app, code=back["code"], verifier=word)


def speaking(box: Sandbox, **allowed: str) -> Youtube:
    (account,) = signed_in(box, **allowed).accounts
    return Youtube(account, door(box))


def draft(**more: Any) -> Draft:
    return film_draft(video=video(REAL), **more)


def publish(ours: Youtube, what: Draft | None = None, handle: str = "") -> Any:
    return ours.publish(what or draft(), key=KEY, handle=handle, keep=keeping()[1])


def test_from_consent_to_taking_down(box: Sandbox):
    box.control("POST", "youtube", audited=True)
    ours = speaking(box, audited="1")
    assert ours.check().name == "Ratna Wijaya"
    sent = publish(ours)
    assert sent.waits_for == ""
    line = box.log()[-1]
    assert (line["text"], line["remote_id"]) == ("Jalan desa sudah diperbaiki.", sent.remote_id)
    assert line["media"] == [draft().video.sha256]  # type: ignore[union-attr]  # it has one
    assert "Jalan desa" in requests.get(sent.url, timeout=5).text
    assert [seen.remote_id for seen in ours.timeline(datetime.now(UTC) - timedelta(hours=1))] == [sent.remote_id]

    box.control("POST", "voters", platform="youtube", remote_id=sent.remote_id, act="like", number=3)
    box.control("POST", "voters", platform="youtube", remote_id=sent.remote_id, act="reply", text="Kapan RT 5?")
    numbers = {figure.metric: figure.value for figure in ours.measure([sent.remote_id])[sent.remote_id]}
    assert (numbers["likes"], numbers["replies"]) == (3, 1) and numbers["views"] > 3
    assert {figure.metric for figure in ours.measure_account()} == {"followers", "views", "posts"}

    page = ours.messages(Place.COMMENT, "")
    (said,) = page.entries
    assert (said.text, said.about, said.is_hidden) == ("Kapan RT 5?", sent.remote_id, False)
    answer = publish(ours, Draft("Senin depan.", to=said.to))
    assert (box.log()[-1]["text"], box.log()[-1]["reply_to"]) == ("Senin depan.", said.remote_id)
    first = publish(ours, Draft("Ceritakan jalan di RT Anda.", to=To(Place.COMMENT, sent.remote_id)))
    since = datetime.now(UTC) - timedelta(minutes=1)
    found = ours.find(Draft("Senin depan.", to=said.to), key=KEY, handle="", since=since)
    assert found and found.remote_id == answer.remote_id
    box.control("POST", "voters", platform="youtube", remote_id=answer.remote_id, act="reply", text="Terima kasih")
    assert [each.text for each in ours.messages(Place.COMMENT, page.cursor).entries] == ["Kapan RT 5?", "Terima kasih"]

    for hidden in (True, True, False):
        ours.hide(said.remote_id, hidden=hidden)
        states = {each.remote_id: each.is_hidden for each in ours.messages(Place.COMMENT, "").entries}
        assert states[said.remote_id] is hidden

    for remote_id in (first.remote_id, sent.remote_id, sent.remote_id):
        ours.take_down(remote_id)
    assert ours.measure([sent.remote_id]) == {}
    assert ours.timeline(since) == []


def test_a_film_of_an_unaudited_app_waits_for_a_person(box: Sandbox):
    ours = speaking(box)
    sent = publish(ours)
    assert sent.waits_for == "youtube_private"
    assert box.log() == [] and ours.is_public(sent.remote_id) is None
    assert ours.timeline(datetime.now(UTC) - timedelta(hours=1)) == []
    page = requests.get(sent.url, timeout=5)
    assert "Jadikan publik" in page.text and page.url.endswith(f"/youtube/studio#v-{sent.remote_id}")
    requests.post(f"{box.url}/youtube/studio/{sent.remote_id}", timeout=5)
    found = ours.is_public(sent.remote_id)
    assert found and (found.remote_id, found.waits_for) == (sent.remote_id, "")
    assert [line["remote_id"] for line in box.log()] == [sent.remote_id]


@pytest.mark.parametrize(
    ("fault", "is_out"),
    [
        ({"fault": "accept_then_status", "code": 503}, True),
        ({"fault": "cut_after"}, True),
        ({"fault": "html", "accept": True}, True),
        ({"fault": "cut_before"}, False),
        ({"fault": "status", "code": 500}, False),
    ],
)
def test_after_an_unclear_last_piece_the_session_tells_the_truth_and_goes_on(
    box: Sandbox, fault: dict[str, Any], is_out: bool
):
    box.control("POST", "youtube", audited=True)
    ours, (kept, keep) = speaking(box, audited="1"), keeping()
    small = film_draft(video=video(REAL[:100_000]))
    box.fault(**fault, platform="youtube", step="publish")
    with pytest.raises(Unsure):
        ours.publish(small, key=KEY, handle="", keep=keep)
    found = ours.find(small, key=KEY, handle=kept[-1], since=KEY.made_at)
    assert (found is not None) == is_out == (len(box.log()) == 1)
    sent = publish(ours, small, kept[-1])
    assert [line["remote_id"] for line in box.log()] == [sent.remote_id]


def test_an_unclear_piece_in_the_middle_is_only_a_delay(box: Sandbox):
    ours, (kept, keep) = speaking(box), keeping()
    box.fault("accept_then_status", code=503, platform="youtube", step="publish")
    with pytest.raises(Temporary):
        ours.publish(draft(), key=KEY, handle="", keep=keep)
    assert ours.find(draft(), key=KEY, handle=kept[-1], since=KEY.made_at) is None
    sent = publish(ours, handle=kept[-1])
    assert box.control("GET", "youtube")["private"] == [sent.remote_id]
    pieces = [each for each in box.requests() if each["method"] == "PUT"]
    assert len(pieces) == 3 + 1, "two questions, and the rest after the first piece: nothing was sent twice"


def test_a_session_that_is_lost_begins_anew_once(box: Sandbox):
    ours = speaking(box)
    publish(ours)
    gone = json.dumps({"session": f"{box.url}/youtube/upload/youtube/v3/videos?upload_id=lain"})
    other = draft(title="Pasar pagi")
    with pytest.raises(Later) as later:
        ours.publish(other, key=replace(KEY, made_at=datetime.now(UTC)), handle=gone, keep=keeping()[1])
    publish(ours, other, later.value.handle)
    assert len(box.control("GET", "youtube")["private"]) == 2


def test_an_expired_token_is_renewed_and_a_revoked_one_asks_a_person(box: Sandbox):
    ours = speaking(box)
    account = replace(ours.account, secrets={**ours.account.secrets, "since": ""})
    ours = Youtube(account, door(box))
    box.fault("expired_token", platform="youtube", times=None)
    with pytest.raises(Stale):
        ours.check()
    renewed = Youtube(replace(account, secrets=ours.renew()), door(box))
    assert renewed.check().name == "Ratna Wijaya"
    box.control("DELETE", "faults")
    box.fault("revoked_token", platform="youtube", times=None)
    with pytest.raises(Reconnect):
        renewed.renew()
    with pytest.raises(Reconnect):
        renewed.check()


def test_what_was_not_permitted_is_told_at_once(box: Sandbox):
    found = signed_in(box, without="force-ssl")
    assert found.missing == {MANAGE}
    ours = Youtube(found.accounts[0], door(box))
    sent = publish(ours)
    for refused in (lambda: ours.take_down(sent.remote_id), lambda: ours.messages(Place.COMMENT, "")):
        with pytest.raises(Reconnect, match="not_allowed"):
            refused()
    assert ours.measure([sent.remote_id])


def test_consent_in_testing_ends_after_a_week(box: Sandbox):
    box.control("POST", "youtube", testing=True)
    until = Youtube.signed_in_until(speaking(box).account.secrets)
    assert until and timedelta(days=6) < until - datetime.now(UTC) < timedelta(days=8)


class Ear(http.server.BaseHTTPRequestHandler):
    """Posko's side of the hub: echoes the handshake, keeps what is pushed."""

    heard: list[tuple[dict[str, str], bytes]]
    secrets = {"token": "kata-rahasia"}

    def do_GET(self) -> None:
        shaken = YoutubeHook.shake(dict(parse_qsl(urlsplit(self.path).query)), self.secrets)
        self.send_response(200)
        self.end_headers()
        self.wfile.write(shaken[0].encode() if shaken else b"")

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.heard.append(({name.lower(): value for name, value in self.headers.items()}, body))
        self.send_response(204)
        self.end_headers()
        pushed.release()

    def log_message(self, *_: object) -> None:
        """Stay quiet."""


pushed = threading.Semaphore(0)


def test_the_hub_pushes_what_its_hook_understands(box: Sandbox, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(Ear, "heard", [], raising=False)
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Ear)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    ours = speaking(box)
    callback = f"http://127.0.0.1:{server.server_port}/hooks/youtube/"
    subscribe(door(box), ours.host("hub"), ours.account.remote_id, callback, "kata-rahasia")
    made = ""
    for _ in range(50):  # the hub asks back in its own time, and tells only what comes after
        made = box.control("POST", "hand", platform="youtube", account="ratna", text="Video <baru>")["remote_id"]
        if pushed.acquire(timeout=0.2):
            break
    box.control("POST", "hand", platform="youtube", remote_id=made, act="delete")
    assert pushed.acquire(timeout=5)
    server.shutdown()
    server.server_close()
    events = []
    for headers, body in Ear.heard:
        YoutubeHook.verify(headers, body, Ear.secrets, datetime.now(UTC))
        events += YoutubeHook.events(body)
    assert [event.happened for event in events] == [Happened.PUBLISHED, Happened.REMOVED]
    assert {(event.account, event.about) for event in events} == {(ours.account.remote_id, made)}


def test_an_account_from_the_practice_desk_works_without_consent(box: Sandbox):
    told = box.account("youtube")
    account = Account("youtube", told["server"], told["remote_id"], told["name"], told["handle"], told["secrets"])
    assert Youtube(account, door(box)).check().url == told["url"]
