"""What an account is made to have said before now, as its network tells it."""

import base64
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import requests

from sandbox import clock
from sandbox.bluesky import ids as bluesky_ids
from sandbox.mastodon import ids as mastodon_ids
from sandbox.x import ids as x_ids
from tests.sandbox.conftest import Poster, picture
from tests.sandbox.running import Sandbox

NOW = datetime.now(UTC)
OLD = NOW - timedelta(days=9)


def item(text: str = "Selamat pagi.", at: datetime = OLD, **more: Any) -> dict[str, Any]:
    return {"text": text, "at": at.isoformat(), "likes": 0, "reposts": 0, "replies": 0} | more


def tell(poster: Poster, *items: dict[str, Any]) -> list[dict[str, str]]:
    body = {"platform": poster.platform, "account": poster.account["handle"], "items": list(items)}
    answer = poster.http.post(f"{poster.box.url}/_control/history", json=body, timeout=10)
    assert answer.status_code == 201, answer.text
    made: list[dict[str, str]] = answer.json()
    return made


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text)


def test_its_pages_and_log_tell_it_in_its_time(poster: Poster) -> None:
    poster.box.control("POST", "settings", voters="off")
    made = tell(poster, item("Kemarin lusa.", likes=12, replies=2), item("Kemarin.", NOW - timedelta(days=1)))
    lines = poster.box.log(platform=poster.platform)
    assert [line["text"] for line in lines] == ["Kemarin lusa.", "Kemarin."]
    assert abs(lines[0]["at"] - OLD.timestamp()) < 1
    assert [line["by"] for line in lines] == ["api", "api"]
    assert [each["remote_id"].rpartition(":")[2].rpartition("/")[2] for each in made] == [
        line["remote_id"].rpartition("/")[2] for line in lines
    ]
    assert "Kemarin lusa." in poster.http.get(made[0]["url"], timeout=10).text


def test_what_is_said_now_is_of_now_all_the_same(poster: Poster) -> None:
    tell(poster, item())
    before = datetime.now(UTC).timestamp()
    assert poster.say("Sekarang.").status_code == 200
    assert poster.box.log(platform=poster.platform)[-1]["at"] >= before - 1


def test_on_mastodon_it_has_its_age_numbers_and_picture(box: Sandbox, http: requests.Session) -> None:
    box.control("POST", "settings", voters="off")
    poster = Poster(box, http, "mastodon")
    shown = base64.b64encode(picture()).decode()
    made = tell(poster, item(likes=31, reposts=4, replies=3, picture=shown, alt="Sawah di pagi hari"))
    url = f"{poster.server}/api/v1/statuses/{made[0]['remote_id']}"
    status = http.get(url, headers=poster.head, timeout=10).json()
    assert abs(moment(status["created_at"]) - OLD) < timedelta(seconds=1)
    assert (status["favourites_count"], status["reblogs_count"], status["replies_count"]) == (31, 4, 3)
    assert status["media_attachments"][0]["description"] == "Sawah di pagi hari"
    assert 0 <= (int(status["id"]) >> 16) - int(OLD.timestamp() * 1000) < 1000
    answers = http.get(f"{url}/context", headers=poster.head, timeout=10).json()["descendants"]
    assert len(answers) == 3
    assert all(OLD < moment(answer["created_at"]) < OLD + timedelta(hours=3) for answer in answers)


def test_on_bluesky_its_key_and_record_are_of_its_time(box: Sandbox, http: requests.Session) -> None:
    poster = Poster(box, http, "bluesky")
    first, second = tell(poster, item(likes=7), item("Kemudian.", OLD + timedelta(hours=1)))
    [post] = poster.xrpc("app.bsky.feed.getPosts", uris=first["remote_id"]).json()["posts"]
    assert abs(moment(post["record"]["createdAt"]) - OLD) < timedelta(seconds=1)
    assert post["likeCount"] >= 7
    assert first["remote_id"] < second["remote_id"]
    poster.say("Sekarang.")
    assert (
        second["remote_id"].rpartition("/")[2] < poster.box.log(platform="bluesky")[-1]["remote_id"].rpartition("/")[2]
    )


def test_telegram_numbers_its_messages_on_and_the_bot_is_not_told_of_its_own(
    box: Sandbox, http: requests.Session
) -> None:
    poster = Poster(box, http, "telegram")
    [made] = tell(poster, item())
    chat, _, message = made["remote_id"].partition(":")
    assert chat == poster.account["remote_id"]
    assert poster.say("Sekarang.").json()["result"]["message_id"] == int(message) + 1
    told = poster.bot("getUpdates").json()["result"]
    assert all(each["message"]["is_automatic_forward"] for each in told), "only of the copy in the group"


@pytest.mark.parametrize(
    "wrong",
    [
        {"at": "kemarin"},
        {"at": "2026-01-01T10:00:00"},
        {"at": (NOW + timedelta(days=1)).isoformat()},
        {"text": ""},
        {"likes": -1},
        {"replies": 5000},
        {"picture": "bukan gambar"},
    ],
)
def test_what_cannot_be_is_refused_and_nothing_is_published(
    box: Sandbox, http: requests.Session, wrong: dict[str, Any]
) -> None:
    account = box.account("mastodon")
    body = {"platform": "mastodon", "account": account["handle"], "items": [item(), item() | wrong]}
    answer = http.post(f"{box.url}/_control/history", json=body, timeout=10)
    assert answer.status_code == 400
    assert answer.json()["error"].endswith(".")
    assert box.log() == []


def test_what_is_out_of_order_or_of_nobody_is_refused(box: Sandbox, http: requests.Session) -> None:
    account = box.account("mastodon")
    body = {"platform": "mastodon", "account": account["handle"], "items": [item(at=NOW), item()]}
    assert http.post(f"{box.url}/_control/history", json=body, timeout=10).status_code == 400
    body = {"platform": "mastodon", "account": "siapa", "items": []}
    assert http.post(f"{box.url}/_control/history", json=body, timeout=10).status_code == 404


@pytest.mark.parametrize("new", [mastodon_ids.next_id, x_ids.next_id, bluesky_ids.tid])
def test_many_things_of_one_pretended_moment_are_called_differently(new) -> None:
    with clock.pretend(1_763_000_000.0):
        made = [new() for _ in range(1024)]
    assert len(set(made)) == 1024
    with clock.pretend(1_763_000_001.5):
        assert max(made) < new()


def test_a_pretended_moment_ends_with_its_block() -> None:
    with clock.pretend(1000.0):
        assert clock.now() == 1000.0
        with clock.pretend(2000.0):
            assert clock.now() == 2000.0
        assert clock.now() == 1000.0
    assert not clock.is_pretended()
    assert abs(clock.now() - datetime.now(UTC).timestamp()) < 5
