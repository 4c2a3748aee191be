"""Our connector against the real Bluesky server."""

import json
import socket
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
import requests

from platforms.base import Later, Reconnect, Rejected, Stale
from platforms.bluesky import Bluesky
from platforms.contents import Key, Place, To
from tests.platforms.conftest import Running
from tests.platforms.make import draft, film, keeping, picture
from tests.platforms.servers import Asked, routes, says, serving

pytestmark = pytest.mark.server


@pytest.fixture(scope="session")
def app_password(pds: Running) -> str:
    """The app password of the account `caleg.test`, made as its owner would."""
    url = f"{pds.url}/xrpc/com.atproto.server."
    asked = {"handle": "caleg.test", "email": "caleg@posko.example", "password": "sandi-utama"}
    told = requests.post(f"{url}createAccount", json=asked, timeout=20).json()
    headers = {"Authorization": f"Bearer {told['accessJwt']}"}
    answer = requests.post(f"{url}createAppPassword", json={"name": "Posko"}, headers=headers, timeout=10)
    return str(answer.json()["password"])


@pytest.fixture(scope="session")
def connected(pds: Running, app_password: str) -> Bluesky:
    return Bluesky(Bluesky.connect(pds.door(), pds.url, "caleg.test", app_password), pds.door())


@pytest.fixture
def ours(connected: Bluesky, pds: Running) -> Bluesky:
    """Signed in once for all tests, with a door of its own: the network counts how often we sign in."""
    return Bluesky(connected.account, pds.door())


def key() -> Key:
    return Key(uuid4(), datetime.now(UTC) - timedelta(days=2))


def shown(ours: Bluesky, remote_id: str) -> dict[str, Any]:
    params = {"repo": ours.account.remote_id, "collection": "app.bsky.feed.post", "rkey": remote_id.rsplit("/", 1)[-1]}
    answer = requests.get(f"{ours.account.server}/xrpc/com.atproto.repo.getRecord", params=params, timeout=10)
    return dict(answer.json()["value"])


def test_connecting_reads_who_we_are(ours, pds):
    assert ours.account.remote_id.startswith("did:plc:")
    assert ours.account.handle == "@caleg.test"
    assert ours.account.server == pds.url
    assert not ours.is_stale(datetime.now(UTC))
    assert ours.is_stale(datetime.now(UTC) + timedelta(hours=2))
    assert ours.check().remote_id == ours.account.remote_id


def test_a_wrong_password_is_named_and_the_own_password_refused(pds):
    with pytest.raises(Reconnect, match="wrong_login"):
        Bluesky.connect(pds.door(), pds.url, "@caleg.test", "salah")
    with pytest.raises(Reconnect, match="use_app_password"):
        Bluesky.connect(pds.door(), pds.url, "caleg.test", "sandi-utama")


def test_a_text_goes_out_once_however_often_it_is_sent(ours):
    text = f"Pagi 🙂 @caleg.test dan @siapa.test, lihat https://posko.example/p. #JalanDesa {uuid4()}"
    since, same = datetime.now(UTC), key()
    assert ours.find(draft(text), key=same, handle="", since=since) is None
    sent = [ours.publish(draft(text), key=same, handle="", keep=keeping()[1]) for _ in range(3)]
    assert len(set(sent)) == 1
    record = shown(ours, sent[0].remote_id)
    kinds = [facet["features"][0]["$type"].split("#")[1] for facet in record["facets"]]
    assert record["text"] == text
    assert record["langs"] == ["id"]
    assert kinds == ["mention", "link", "tag"]
    assert abs(datetime.fromisoformat(record["createdAt"]) - since) < timedelta(minutes=1), "dated when it was sent"
    assert ours.find(draft(text), key=same, handle="", since=since) == sent[0]
    mine = [seen for seen in ours.timeline(since - timedelta(minutes=1)) if seen.remote_id == sent[0].remote_id]
    assert len(mine) == 1
    assert mine[0].text == text


def test_pictures_go_out_with_their_descriptions_and_shape(ours):
    kept, keep = keeping()
    pictures = [picture(alt="Balai desa", shade=1), picture(alt="Jalan baru", shade=2)]
    sent = ours.publish(draft("Dua gambar", pictures=pictures), key=key(), handle="", keep=keep)
    images = shown(ours, sent.remote_id)["embed"]["images"]
    assert [(i["alt"], i["aspectRatio"]) for i in images] == [
        ("Balai desa", {"width": 4, "height": 3}),
        ("Jalan baru", {"width": 4, "height": 3}),
    ]
    assert len(kept) == 3, "before each upload and before the post"
    unread = replace(
        draft("Dua gambar"), pictures=tuple(replace(p, read=lambda: pytest.fail("again")) for p in pictures)
    )
    ours.publish(unread, key=key(), handle=kept[-1], keep=keep)


def test_a_blob_that_was_swept_away_is_uploaded_anew(ours):
    kept, keep = keeping()
    ours.publish(draft("Satu gambar", pictures=1), key=key(), handle="", keep=keep)
    handle = json.loads(kept[-1])
    handle["blobs"][0]["ref"]["$link"] = "bafkreigh2akiscaildcqabsyg3dfr6chu3fgpregiymsck7e7aqa4s52zy"
    with pytest.raises(Later) as caught:
        ours.publish(draft("Satu gambar", pictures=1), key=key(), handle=json.dumps(handle), keep=keep)
    assert "blobs" not in caught.value.handle


def test_numbers_are_read_through_the_server(ours):
    sent = ours.publish(draft("Angka"), key=key(), handle="", keep=keeping()[1])
    numbers = {figure.metric: figure.value for figure in ours.measure([sent.remote_id])[sent.remote_id]}
    assert numbers == {"likes": 7, "reposts": 3, "replies": 2, "quotes": 1}
    assert {f.metric: f.value for f in ours.measure_account()} == {"followers": 40, "following": 5, "posts": 2}


def test_a_post_is_taken_down_and_once_more_is_no_error(ours):
    same = key()
    sent = ours.publish(draft("Sebentar"), key=same, handle="", keep=keeping()[1])
    ours.take_down(sent.remote_id)
    ours.take_down(sent.remote_id)
    assert ours.find(draft("Sebentar"), key=same, handle="", since=same.made_at) is None


def test_what_is_too_long_is_rejected_with_the_servers_words(ours):
    with pytest.raises(Rejected) as caught:
        ours.publish(draft("a" * 301), key=key(), handle="", keep=keeping()[1])
    assert "300" in str(caught.value.params["words"])
    ours.publish(draft("👨‍👩‍👧‍👦" * 100), key=key(), handle="", keep=keeping()[1])


# Films, answers, hiding --------------------------------------------------------------------------


@pytest.fixture(scope="session")
def sri(pds: Running) -> dict[str, str]:
    """A voter with an account on the same server: `did` and `accessJwt`."""
    asked = {"handle": "sri.test", "email": "sri@posko.example", "password": "sandi-sri"}
    told = requests.post(f"{pds.url}/xrpc/com.atproto.server.createAccount", json=asked, timeout=20).json()
    return dict(told)


def ref(ours: Bluesky, remote_id: str) -> dict[str, str]:
    params = {"repo": remote_id.split("/")[2], "collection": "app.bsky.feed.post", "rkey": remote_id.rsplit("/", 1)[-1]}
    told = requests.get(f"{ours.account.server}/xrpc/com.atproto.repo.getRecord", params=params, timeout=10).json()
    return {"uri": str(told["uri"]), "cid": str(told["cid"])}


def comment(ours: Bluesky, sri: dict[str, str], remote_id: str, text: str) -> str:
    above, now = ref(ours, remote_id), datetime.now(UTC).isoformat().replace("+00:00", "Z")
    record = {"$type": "app.bsky.feed.post", "text": text, "createdAt": now, "reply": {"root": above, "parent": above}}
    body = {"repo": sri["did"], "collection": "app.bsky.feed.post", "record": record}
    headers = {"Authorization": f"Bearer {sri['accessJwt']}"}
    url = f"{ours.account.server}/xrpc/com.atproto.repo.createRecord"
    return str(requests.post(url, json=body, headers=headers, timeout=10).json()["uri"])


def test_a_thread_hangs_together_and_goes_out_once(ours):
    first = ours.publish(draft("1/3"), key=key(), handle="", keep=keeping()[1])
    second = ours.publish(draft("2/3", to=To(Place.COMMENT, first.remote_id)), key=key(), handle="", keep=keeping()[1])
    third, same = draft("3/3", to=To(Place.COMMENT, second.remote_id)), key()
    sent = {ours.publish(third, key=same, handle="", keep=keeping()[1]) for _ in range(2)}
    assert len(sent) == 1
    reply = shown(ours, sent.pop().remote_id)["reply"]
    assert reply == {"root": ref(ours, first.remote_id), "parent": ref(ours, second.remote_id)}


def test_a_comment_is_read_answered_and_hidden_through_the_real_server(ours, sri):
    sent = ours.publish(draft("Jalan desa"), key=key(), handle="", keep=keeping()[1])
    uri = comment(ours, sri, sent.remote_id, "Kapan jalan kami?")
    page = ours.messages(Place.COMMENT, "")
    (question,) = [entry for entry in page.entries if entry.remote_id == uri]
    assert (question.text, question.about, question.author_id) == ("Kapan jalan kami?", sent.remote_id, sri["did"])
    assert ours.messages(Place.COMMENT, page.cursor).entries == ()
    answer = ours.publish(draft("Bulan depan.", to=question.to), key=key(), handle="", keep=keeping()[1])
    reply = shown(ours, answer.remote_id)["reply"]
    assert (reply["root"]["uri"], reply["parent"]["uri"]) == (sent.remote_id, uri)
    further = comment(ours, sri, sent.remote_id, "Terima kasih")
    assert [entry.remote_id for entry in ours.messages(Place.COMMENT, page.cursor).entries] == [further]

    def hidden() -> list[str]:
        params = {"repo": ours.account.remote_id, "collection": "app.bsky.feed.threadgate"}
        params["rkey"] = sent.remote_id.rsplit("/", 1)[-1]
        told = requests.get(f"{ours.account.server}/xrpc/com.atproto.repo.getRecord", params=params, timeout=10).json()
        return list(told["value"]["hiddenReplies"])

    for _ in range(2):
        ours.hide(uri, hidden=True)
        assert hidden() == [uri]
    ours.hide(further, hidden=True)
    ours.hide(uri, hidden=False)
    assert hidden() == [further]


def test_what_answers_a_post_that_is_gone_is_rejected(ours):
    sent = ours.publish(draft("Sebentar"), key=key(), handle="", keep=keeping()[1])
    ours.take_down(sent.remote_id)
    with pytest.raises(Rejected, match="parent_gone"):
        ours.publish(draft("x", to=To(Place.COMMENT, sent.remote_id)), key=key(), handle="", keep=keeping()[1])


def test_a_film_reaches_the_real_server_by_its_own_token(ours, monkeypatch):
    """The video service is too large to start: a stand-in passes the film on, with nothing of ours but the token."""
    blobs: list[Any] = []

    def lay_down(connection: socket.socket, asked: Asked) -> bool | None:
        headers = {"Authorization": asked.headers["authorization"], "Content-Type": asked.headers["content-type"]}
        url = f"{ours.account.server}/xrpc/com.atproto.repo.uploadBlob"
        answer = requests.post(url, data=asked.body, headers=headers, timeout=10)
        answer.raise_for_status()
        blobs.append(answer.json()["blob"])
        return says({"jobStatus": {"jobId": "j", "did": "x", "state": "JOB_STATE_CREATED"}})(connection, asked)

    def finished(connection: socket.socket, asked: Asked) -> bool | None:
        status = {"jobId": "j", "did": "x", "state": "JOB_STATE_COMPLETED", "blob": blobs[0]}
        return says({"jobStatus": status})(connection, asked)

    limits = says({"canUpload": True, "remainingDailyVideos": 9, "remainingDailyBytes": 10**9})
    with serving(routes(getUploadLimits=limits, uploadVideo=lay_down, getJobStatus=finished)) as service:
        monkeypatch.setattr(Bluesky, "host", lambda *_: service.url)
        ours.door.internal |= {service.place}
        sent = ours.publish(draft("Film", video=film()), key=key(), handle="", keep=keeping()[1])
    embed = shown(ours, sent.remote_id)["embed"]
    assert (embed["$type"], embed["video"]) == ("app.bsky.embed.video", blobs[0])
    assert embed["video"]["size"] == film().size


def test_a_session_is_renewed_by_its_token_and_else_by_the_password(ours, pds):
    renewed = ours.renew()
    assert renewed["access"]
    assert renewed["refresh"] != ours.account.secrets["refresh"]
    broken = replace(ours.account, secrets={**ours.account.secrets, "refresh": "worn", "access": "worn"})
    with pytest.raises(Stale):
        Bluesky(broken, pds.door()).publish(draft("x"), key=key(), handle="", keep=keeping()[1])
    again = Bluesky(broken, pds.door()).renew()
    assert Bluesky(replace(broken, secrets=again), pds.door()).check().handle == "@caleg.test"
    hopeless = replace(broken, secrets={**broken.secrets, "password": "salah"})
    with pytest.raises(Reconnect, match="wrong_login"):
        Bluesky(hopeless, pds.door()).renew()
