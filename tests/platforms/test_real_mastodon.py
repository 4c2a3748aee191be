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
from platforms.contents import Key
from platforms.mastodon import Mastodon
from tests.platforms.conftest import Running
from tests.platforms.make import draft, keeping, picture

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
