"""Our connectors against the sandbox, end to end: sign in, publish a film, be answered, answer, hide, take down."""

import json
import re
import time
from datetime import UTC, datetime, timedelta
from html import unescape
from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import uuid4

import pytest
import requests

from platforms import mastodon_sign_in
from platforms.base import Connector, ConnectorError, Later, Reconnect, Rejected
from platforms.bluesky import Bluesky
from platforms.contents import Draft, Happened, Incoming, Key, Place, Sent, To
from platforms.http import Door
from platforms.mastodon import Mastodon
from platforms.mastodon_sign_in import MastodonSignIn
from platforms.oauth import App
from platforms.telegram import Telegram
from platforms.telegram.hooks import TelegramHook
from tests.platforms.make import draft, film, keeping, mp4
from tests.sandbox.conftest import REDIRECT
from tests.sandbox.running import Sandbox
from tests.sandbox.test_webhooks import Ear

PATIENCE = 8.0


def door(box: Sandbox) -> Door:
    return Door(8, 5.0, frozenset({f"localhost:{box.port}"}))


def key() -> Key:
    return Key(uuid4(), datetime.now(UTC))


def publish(ours: Connector, what: Draft, *, same: Key | None = None, handle: str = "") -> Sent:
    """Try until the network has done its work on the film, as the engine does."""
    _kept, keep = keeping()
    same, until = same or key(), time.monotonic() + PATIENCE
    while time.monotonic() < until:
        try:
            return ours.publish(what, key=same, handle=handle, keep=keep)
        except Later as later:
            handle = later.handle
    raise AssertionError("never ready")


def consented(http: requests.Session, app: App, scope: str = "") -> str:
    """The code a person brings back who says yes on the server's page."""
    address = MastodonSignIn.authorize_url(app, state="s3cret", verifier="v" * 48)
    page = http.get(address).text
    fields = {unescape(k): unescape(v) for k, v in re.findall(r'type="hidden" name="(.*?)" value="(.*?)"', page)}
    form = fields | {"account": "ratna", "answer": "yes"}
    reply = http.post(address.partition("?")[0], data=form, allow_redirects=False)
    back = parse_qs(urlsplit(reply.headers["Location"]).query)
    assert back["state"] == ["s3cret"]
    return back["code"][0]


@pytest.fixture
def mastodon(box: Sandbox, http: requests.Session) -> Mastodon:
    """Signed in by consent."""
    server = box.account("mastodon")["server"]
    app = mastodon_sign_in.register(door(box), server, REDIRECT, "Posko")
    consent = MastodonSignIn.exchange(door(box), app, code=consented(http, app), verifier="v" * 48)
    assert consent.missing == frozenset()
    return Mastodon(consent.accounts[0], door(box))


@pytest.fixture
def bluesky(box: Sandbox) -> Bluesky:
    told = box.account("bluesky")
    secrets = told["secrets"]
    account = Bluesky.connect(door(box), told["server"], secrets["identifier"], secrets["app_password"])
    return Bluesky(account, door(box))


@pytest.fixture
def telegram(box: Sandbox) -> Telegram:
    told = box.account("telegram")
    account = Telegram.connect(door(box), told["server"], told["secrets"]["token"], told["secrets"]["chat"])
    return Telegram(account, door(box))


def say(box: Sandbox, ours: Connector, act: str, text: str, **more: Any) -> None:
    account = "ratna.test" if ours.kind == "bluesky" else "ratna"
    box.control("POST", "voters", platform=ours.kind, account=account, act=act, text=text, **more)


def reply(box: Sandbox, kind: str, remote_id: str, text: str) -> str:
    made = box.control("POST", "voters", platform=kind, remote_id=remote_id, act="reply", text=text)
    return str(made["remote_id"])


def read(ours: Connector, place: Place, cursor: str = "") -> list[Incoming]:
    return list(ours.messages(place, cursor).entries)


# Films -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["mastodon", "bluesky", "telegram"])
def test_a_film_becomes_public_once_as_it_was_approved(box, kind, request):
    ours = request.getfixturevalue(kind)
    clip, same = film(mp4(width=640, height=360, seconds=7)), key()
    sent = publish(ours, draft("Kabar lapangan", video=clip), same=same)
    if kind != "telegram":  # which knows no key
        assert publish(ours, draft("Kabar lapangan", video=clip), same=same).remote_id == sent.remote_id
    (line,) = box.log()
    assert (line["text"], line["media"]) == ("Kabar lapangan", [clip.sha256])
    shown = requests.get(sent.url, timeout=10).text
    assert f'<video src="/files/{clip.sha256}"' in shown
    served = requests.get(f"{box.url}/files/{clip.sha256}", timeout=10)
    assert (served.headers["Content-Type"], served.content) == ("video/mp4", clip.part(0, clip.size))
    ours.take_down(sent.remote_id)
    assert [each["action"] for each in box.log()] == ["publish", "delete"]


@pytest.mark.parametrize("kind", ["mastodon", "bluesky", "telegram"])
def test_what_is_no_film_is_rejected_in_the_networks_words(box, kind, request):
    ours = request.getfixturevalue(kind)
    with pytest.raises(Rejected) as no:
        publish(ours, draft(video=film(b"\0\0\0\x10ftypisom----" + b"x" * 60)))
    assert no.value.params["words"]
    assert box.log() == []


@pytest.mark.parametrize("kind", ["mastodon", "bluesky"])
def test_a_film_that_went_out_unseen_is_found(box, kind, request):
    ours, same, clip = request.getfixturevalue(kind), key(), film()
    box.fault("accept_then_status", code=503, platform=kind, step="publish")
    with pytest.raises(ConnectorError, match="server_error"):
        publish(ours, draft("Kabar", video=clip), same=same)
    since = datetime.now(UTC) - timedelta(seconds=30)
    found = ours.find(draft("Kabar", video=clip), key=same, handle="", since=since)
    assert found
    assert found.remote_id == box.log()[0]["remote_id"]


# Threads, comments, answers ----------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["mastodon", "bluesky", "telegram"])
def test_a_thread_hangs_together(box, kind, request):
    ours = request.getfixturevalue(kind)
    first = publish(ours, draft("1/3"))
    second = publish(ours, draft("2/3", to=To(Place.COMMENT, first.remote_id)))
    publish(ours, draft("3/3", to=To(Place.COMMENT, second.remote_id, root=first.remote_id)))
    lines = box.log()
    assert [line["text"] for line in lines] == ["1/3", "2/3", "3/3"]
    assert [line["reply_to"] for line in lines] == [None, lines[0]["remote_id"], lines[1]["remote_id"]]


@pytest.mark.parametrize("kind", ["mastodon", "bluesky"])
def test_a_comment_is_read_answered_and_read_on_from_there(box, kind, request):
    ours = request.getfixturevalue(kind)
    sent = publish(ours, draft("Jalan desa selesai"))
    first = reply(box, kind, sent.remote_id, "Kapan jalan kami?")
    page = ours.messages(Place.COMMENT, "")
    (question,) = page.entries
    assert question.text.endswith("Kapan jalan kami?")
    assert (question.remote_id, question.about, question.parent) == (first, sent.remote_id, sent.remote_id)
    assert question.author_name
    text = f"{ours.opening(question.to)}Bulan depan."
    answer = publish(ours, draft(text, to=question.to))
    assert box.log()[-1]["reply_to"] == first
    further = reply(box, kind, answer.remote_id, "Terima kasih!")
    (thanks,) = ours.messages(Place.COMMENT, page.cursor).entries
    assert (thanks.remote_id, thanks.about, thanks.thread) == (further, sent.remote_id, question.thread)
    assert read(ours, Place.MENTION) == []


@pytest.mark.parametrize("kind", ["mastodon", "bluesky"])
def test_an_answer_to_a_voters_answer_to_a_voter_is_read_too(box, kind, request):
    ours = request.getfixturevalue(kind)
    sent = publish(ours, draft("Jalan desa selesai"))
    first = reply(box, kind, sent.remote_id, "Bagus")
    reply(box, kind, first, "Belum semua")
    assert {entry.about for entry in read(ours, Place.COMMENT)} == {sent.remote_id}
    assert len(read(ours, Place.COMMENT)) == 2


@pytest.mark.parametrize("kind", ["mastodon", "bluesky"])
def test_a_mention_is_read_and_answered_in_the_open(box, kind, request):
    ours = request.getfixturevalue(kind)
    say(box, ours, "mention", "Bagaimana nasib pasar?", voter=2)
    (mention,) = read(ours, Place.MENTION)
    assert (mention.place, mention.about) == (Place.MENTION, "")
    assert read(ours, Place.COMMENT) == read(ours, Place.MESSAGE) == []
    publish(ours, draft(f"{ours.opening(mention.to)}Segera.", to=mention.to))
    line = box.log()[-1]
    assert (line["reply_to"], line["place"]) == (mention.remote_id, "")


@pytest.mark.parametrize("kind", ["mastodon", "bluesky", "telegram"])
def test_what_one_person_writes_is_answered_to_them_alone(box, kind, request):
    ours = request.getfixturevalue(kind)
    say(box, ours, "message", "Ini nomor saya", voter=3)
    page = ours.messages(Place.MESSAGE, "")
    (private,) = page.entries
    assert (private.place, private.may_answer) == (Place.MESSAGE, True)
    what = draft(f"{ours.opening(private.to)}Kami hubungi.", to=private.to)
    assert type(ours).problems(what, ours.account.limits) == []
    publish(ours, what)
    line = box.log()[-1]
    assert line["place"].startswith("dm:")
    assert "Kami hubungi." not in requests.get(box.url, timeout=10).text, "the public does not see it"
    say(box, ours, "message", "Baik", voter=3)
    (next_,) = ours.messages(Place.MESSAGE, page.cursor).entries
    assert (next_.text.endswith("Baik"), next_.thread) == (True, private.thread)


def test_a_direct_post_stays_direct_even_if_it_is_taken_for_a_comment(box, mastodon):
    say(box, mastodon, "message", "Rahasia", voter=1)
    (private,) = read(mastodon, Place.MESSAGE)
    publish(mastodon, draft("Terima kasih", to=To(Place.COMMENT, private.remote_id)))
    assert box.log()[-1]["place"].startswith("dm:")
    assert mastodon.timeline(datetime.now(UTC) - timedelta(hours=1)) == []


@pytest.mark.parametrize("kind", ["mastodon", "bluesky"])
def test_many_comments_are_read_page_by_page_without_a_gap(box, kind, request, monkeypatch):
    ours = request.getfixturevalue(kind)
    module = f"platforms.{kind}.inbox"
    monkeypatch.setattr(f"{module}.PER_PAGE", 3)
    monkeypatch.setattr(f"{module}.PAGES", 2)
    sent = publish(ours, draft("Kabar"))
    reply(box, kind, sent.remote_id, "Komentar 0")
    cursor = ""
    seen: list[str] = []
    for round_ in range(1, 9):
        page = ours.messages(Place.COMMENT, cursor)
        cursor, seen = page.cursor, seen + [entry.text.rpartition(" ")[2] for entry in page.entries]
        if round_ == 1:
            for number in range(1, 14):
                reply(box, kind, sent.remote_id, f"Komentar {number}")
    assert sorted(map(int, seen)) == list(range(14)), "each once"


def test_old_tokens_go_on_publishing_and_say_what_they_lack(box, http):
    server = box.account("mastodon")["server"]
    app = mastodon_sign_in.register(door(box), server, REDIRECT, "Posko")
    narrow = App(app.server, app.client_id, app.client_secret, REDIRECT, {"scopes": OLD_SCOPES})
    consent = MastodonSignIn.exchange(door(box), narrow, code=consented(http, narrow), verifier="v" * 48)
    assert consent.missing == {"read:notifications"}
    ours = Mastodon(consent.accounts[0], door(box))
    publish(ours, draft("Masih bisa"))
    with pytest.raises(ConnectorError) as caught:
        ours.messages(Place.COMMENT, "")
    assert caught.value.code == "permission_missing"
    assert not isinstance(caught.value, Reconnect), "the account stays in use"


OLD_SCOPES = "read:accounts read:statuses write:statuses write:media"


# Hiding, profiles --------------------------------------------------------------------------------


def test_a_comment_is_hidden_and_shown_again_on_bluesky(box, bluesky):
    sent = publish(bluesky, draft("Kabar"))
    reply(box, "bluesky", sent.remote_id, "Kasar sekali")
    (comment,) = read(bluesky, Place.COMMENT)

    def hidden() -> list[str]:
        told = bluesky.read("app.bsky.feed.getPosts", {"uris": [sent.remote_id]})
        return list(told["posts"][0].get("threadgate", {}).get("record", {}).get("hiddenReplies", []))

    assert hidden() == []
    for _ in range(2):
        bluesky.hide(comment.remote_id, hidden=True)
        assert hidden() == [comment.remote_id]
    bluesky.hide(comment.remote_id, hidden=False)
    assert hidden() == []


@pytest.mark.parametrize("kind", ["mastodon", "bluesky", "telegram"])
def test_profiles_are_read(kind, request):
    shown = request.getfixturevalue(kind).profile()
    assert shown.name == "Ratna Wijaya"
    assert shown.handle.startswith("@ratna")


# Telegram ----------------------------------------------------------------------------------------


def test_a_comment_in_the_channels_group_is_read_and_answered_there(box, telegram):
    assert telegram.account.limits["group"]
    sent = publish(telegram, draft("Jalan desa selesai"))
    number = sent.remote_id.rpartition(":")[2]
    reply(box, "telegram", number, "Kapan jalan kami?")
    (question,) = read(telegram, Place.COMMENT)
    assert (question.text, question.about) == ("Kapan jalan kami?", sent.remote_id)
    assert type(telegram).problems(draft("Ya", to=question.to), telegram.account.limits) == []
    publish(telegram, draft("Bulan depan.", to=question.to))
    line = box.log()[-1]
    assert (line["place"], line["reply_to"]) == tuple(question.remote_id.split(":"))


def test_webhooks_tell_where_first_comments_go_and_exclude_fetching(box, telegram):
    ear = Ear()
    try:
        telegram.listen(ear.url, "kata-rahasia")
        with pytest.raises(ConnectorError, match="telegram_hooked"):
            telegram.messages(Place.COMMENT, "")
        sent = publish(telegram, draft("Kabar"))
        (body,) = ear.wait(1)
        raw = json.dumps(body).encode()
        TelegramHook.verify(
            {"x-telegram-bot-api-secret-token": str(ear.secrets[0])}, raw, {"token": "kata-rahasia"}, datetime.now(UTC)
        )
        (event,) = TelegramHook.events(raw)
        assert (event.happened, event.about) == (Happened.PUBLISHED, sent.remote_id)
        first = To(Place.COMMENT, event.thread, root=event.about)
        assert type(telegram).problems(draft("Komentar pertama", to=first), telegram.account.limits) == []
        publish(telegram, draft("Komentar pertama", to=first))
        assert box.log()[-1]["reply_to"] == sent.remote_id.rpartition(":")[2]
        say(box, telegram, "message", "Halo bot", voter=1)
        (event,) = TelegramHook.events(json.dumps(ear.wait(2)[1]).encode())
        assert event.incoming
        assert (event.incoming.place, event.incoming.text) == (Place.MESSAGE, "Halo bot")
        telegram.listen("", "")
        assert telegram.messages(Place.COMMENT, "").entries == ()
    finally:
        ear.server.shutdown()
        ear.server.server_close()
