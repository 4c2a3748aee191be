"""Our connector against `mastodon-mock`, whose author knew neither us nor our reading of the documentation."""

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import uuid4

import pytest
import requests

from platforms import mastodon_sign_in
from platforms.base import Reconnect, Rejected, Unknowable
from platforms.contents import Key, Place, To
from platforms.mastodon import Mastodon
from tests.platforms.conftest import Running
from tests.platforms.make import draft, film, keeping, picture

pytestmark = pytest.mark.server
TOKEN = "mock_token"


@pytest.fixture
def ours(mastodon_server: Running) -> Mastodon:
    door = mastodon_server.door()
    return Mastodon(Mastodon.connect(door, mastodon_server.url, TOKEN), door)


def key() -> Key:
    return Key(uuid4(), datetime.now(UTC))


def shown(ours: Mastodon, remote_id: str) -> dict[str, Any]:
    url = f"{ours.account.server}/api/v1/statuses/{remote_id}"
    answer = requests.get(url, headers={"Authorization": f"Bearer {TOKEN}"}, timeout=10)
    return dict(answer.json())


def test_connecting_reads_who_we_are_and_the_servers_limits(ours, mastodon_server):
    account = ours.account
    assert account.remote_id
    assert account.handle.startswith("@")
    assert account.url.startswith("http")
    assert account.limits["max_characters"] == 500
    assert account.limits["image_size_limit"] > 1_000_000
    assert ours.check() == account
    with pytest.raises(Reconnect, match="signed_out"):
        Mastodon.connect(mastodon_server.door(), mastodon_server.url, "wrong")


def test_a_text_goes_out_once_however_often_it_is_sent(ours):
    text, since, same = (
        f"Selamat pagi {uuid4()}\n\nWarga & <kawan>: https://posko.example/p?a=1",
        datetime.now(UTC),
        key(),
    )
    sent = [ours.publish(draft(text), key=same, handle="", keep=keeping()[1]) for _ in range(3)]
    assert len({each.remote_id for each in sent}) == 1
    assert sent[0].url.startswith("http")
    mine = [seen for seen in ours.timeline(since - timedelta(minutes=1)) if seen.remote_id == sent[0].remote_id]
    assert len(mine) == 1
    assert "Warga & <kawan>" in mine[0].text
    assert ours.find(draft(text), key=same, handle="", since=since) == sent[0]
    with pytest.raises(Unknowable, match="look_there"):
        ours.find(draft(f"{text}!"), key=key(), handle="", since=since)


def test_pictures_go_out_with_their_descriptions(ours):
    kept, keep = keeping()
    pictures = [picture(alt="Balai desa", shade=1), picture(alt="Jalan baru", shade=2)]
    sent = ours.publish(draft(f"Dua gambar {uuid4()}", pictures=pictures), key=key(), handle="", keep=keep)
    media = shown(ours, sent.remote_id)["media_attachments"]
    assert [each["description"] for each in media] == ["Balai desa", "Jalan baru"]
    assert len(kept) == 3, "before each upload and before the post"


def test_a_later_try_uses_what_was_uploaded(ours):
    kept, keep = keeping()
    with_picture, same = draft(f"Satu gambar {uuid4()}", pictures=1), key()
    first = ours.publish(with_picture, key=same, handle="", keep=keep)
    unread = replace(with_picture.pictures[0], read=lambda: pytest.fail("uploaded twice"))
    again = replace(with_picture, pictures=(unread,))
    assert ours.publish(again, key=same, handle=kept[-1], keep=keep) == first


def test_numbers_are_read_and_follow_the_network(ours):
    sent = ours.publish(draft(f"Angka {uuid4()}"), key=key(), handle="", keep=keeping()[1])
    url = f"{ours.account.server}/api/v1/statuses/{sent.remote_id}/favourite"
    requests.post(url, headers={"Authorization": f"Bearer {TOKEN}"}, timeout=10).raise_for_status()
    numbers = ours.measure([sent.remote_id, "999999999"])
    assert list(numbers) == [sent.remote_id]
    assert {f.metric: f.value for f in numbers[sent.remote_id]}["likes"] == 1
    assert {f.metric for f in ours.measure_account()} == {"followers", "following", "posts"}


def test_a_post_is_taken_down_and_once_more_is_no_error(ours):
    sent = ours.publish(draft(f"Sebentar {uuid4()}"), key=key(), handle="", keep=keeping()[1])
    ours.take_down(sent.remote_id)
    ours.take_down(sent.remote_id)
    assert ours.measure([sent.remote_id]) == {}


def test_what_is_too_long_is_rejected_with_the_servers_words(ours):
    with pytest.raises(Rejected) as caught:
        ours.publish(draft("a" * 501), key=key(), handle="", keep=keeping()[1])
    assert caught.value.params["words"]


# Films, answers, reading -------------------------------------------------------------------------


def other(mastodon_server: Running, **form: Any) -> dict[str, Any]:
    """A post by somebody else; `bob_token` is the mock's second account."""
    headers = {"Authorization": "Bearer bob_token"}
    answer = requests.post(f"{mastodon_server.url}/api/v1/statuses", json=form, headers=headers, timeout=10)
    answer.raise_for_status()
    return dict(answer.json())


def test_a_film_goes_out_and_is_found_again(ours):
    kept, keep = keeping()
    what, same, since = draft(f"Kabar lapangan {uuid4()}", video=film()), key(), datetime.now(UTC)
    sent = ours.publish(what, key=same, handle="", keep=keep)
    assert [each["type"] for each in shown(ours, sent.remote_id)["media_attachments"]] == ["video"]
    unread = replace(what, video=film(part=lambda *_: pytest.fail("uploaded twice")))
    assert ours.publish(unread, key=same, handle=kept[-1], keep=keep) == sent
    assert ours.find(what, key=same, handle="", since=since) == sent


def test_a_thread_hangs_together(ours):
    first = ours.publish(draft(f"1/2 {uuid4()}"), key=key(), handle="", keep=keeping()[1])
    second = draft(f"2/2 {uuid4()}", to=To(Place.COMMENT, first.remote_id))
    sent = ours.publish(second, key=key(), handle="", keep=keeping()[1])
    status = shown(ours, sent.remote_id)
    assert (status["in_reply_to_id"], status["visibility"]) == (first.remote_id, "public")
    assert ours.find(second, key=key(), handle="", since=datetime.now(UTC)) == sent


def test_what_people_write_is_read_forward_and_answered_to_the_right_people(ours, mastodon_server):
    mine = ours.publish(draft(f"Jalan {uuid4()}"), key=key(), handle="", keep=keeping()[1])
    name = ours.account.handle.split("@")[1]
    before = ours.messages(Place.MENTION, "").cursor
    public = other(mastodon_server, status=f"@{name} Kapan?", in_reply_to_id=mine.remote_id)
    quiet = other(mastodon_server, status=f"@{name} Bagaimana?", visibility="unlisted")
    direct = other(mastodon_server, status=f"@{name} Rahasia", visibility="direct")
    found = {place: ours.messages(place, before) for place in Place}
    ids = {place: [entry.remote_id for entry in page.entries] for place, page in found.items()}
    assert ids == {Place.COMMENT: [public["id"]], Place.MENTION: [quiet["id"]], Place.MESSAGE: [direct["id"]]}
    assert len({page.cursor for page in found.values()}) == 1
    assert found[Place.COMMENT].entries[0].about == mine.remote_id
    for place, seen_by in ((Place.COMMENT, "public"), (Place.MENTION, "unlisted"), (Place.MESSAGE, "direct")):
        to = found[place].entries[0].to
        what = draft(f"{ours.opening(to)}Segera {uuid4()}", to=to)
        assert Mastodon.problems(what, ours.account.limits) == []
        answer = shown(ours, ours.publish(what, key=key(), handle="", keep=keeping()[1]).remote_id)
        assert (answer["visibility"], answer["in_reply_to_id"]) == (seen_by, to.remote_id)
    assert ours.messages(Place.MENTION, found[Place.MENTION].cursor).entries == ()


def test_many_mentions_come_page_by_page_without_a_gap(ours, mastodon_server, monkeypatch):
    monkeypatch.setattr("platforms.mastodon.inbox.PER_PAGE", 2)
    name, cursor = ours.account.handle.split("@")[1], ours.messages(Place.MENTION, "").cursor
    wanted = [other(mastodon_server, status=f"@{name} {number}")["id"] for number in range(5)]
    seen: list[str] = []
    while (page := ours.messages(Place.MENTION, cursor)).entries:
        seen, cursor = seen + [entry.remote_id for entry in page.entries], page.cursor
    assert seen == wanted


def test_the_profile_is_read(ours):
    assert ours.profile().handle == ours.account.handle


def test_a_person_signs_in_by_consent(mastodon_server):
    door = mastodon_server.door()
    app = mastodon_sign_in.register(door, mastodon_server.url, "http://localhost:8000/oauth/mastodon/", "Posko")
    secret = mastodon_sign_in.verifier()
    asked = mastodon_sign_in.authorize_url(app, state="s3cret", verifier=secret)
    browser = requests.Session()
    page = browser.get(asked, timeout=10)
    answer = browser.post(page.url, data=filled_in(page.text), timeout=10, allow_redirects=False)
    back = urlsplit(answer.headers["location"])
    assert parse_qs(back.query)["state"] == ["s3cret"]
    code = parse_qs(back.query)["code"][0]
    account = mastodon_sign_in.exchange(door, app, code=code, verifier=secret)
    assert account.remote_id
    assert account.secrets["token"]
    sent = Mastodon(account, door).publish(draft(f"Halo {uuid4()}"), key=key(), handle="", keep=keeping()[1])
    assert sent.remote_id
    with pytest.raises(Reconnect, match="wrong_login"):
        mastodon_sign_in.exchange(door, app, code="stale", verifier=secret)


def filled_in(page: str) -> dict[str, str]:
    """The consent form as a person sends it who changes nothing."""
    fields: dict[str, str] = {}
    for tag in re.findall(r"<(?:input|option|button)[^>]*>", page):
        attributes = dict(re.findall(r'([\w-]+)="([^"]*)"', tag))
        if "name" in attributes:
            fields.setdefault(attributes["name"], attributes.get("value", ""))
    return fields
