"""TikTok's dialect, asked by a plain client exactly as TikTok's documentation shows it: all but publishing."""

import json
import time
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import requests

from tests.sandbox.running import Sandbox, start_sandbox
from tests.sandbox.tiktok import BACK, CLIENT, HEAD, MB, SECRET, Creator, Ear


@pytest.fixture
def creator(box: Sandbox, http: requests.Session) -> Creator:
    return Creator(box, http)


@pytest.fixture
def ear(box: Sandbox) -> Iterator[Ear]:
    ear = Ear()
    box.control("POST", "hooks", platform="tiktok", url=ear.url)
    yield ear
    ear.server.shutdown()
    ear.server.server_close()


# Signing in --------------------------------------------------------------------------------------


def consent(creator: Creator, *, grant: list[str], answer: str = "yes") -> dict[str, list[str]]:
    """What comes back in the address after a person has pressed a button."""
    asked = {
        "client_key": CLIENT, "scope": "user.info.basic,video.upload", "response_type": "code", "state": "xyz",
        "redirect_uri": BACK,
    }  # fmt: skip
    page = creator.http.get(f"{creator.server}/web/v2/auth/authorize/", params=asked, timeout=10)
    assert "mengirim draf ke kotak masuk" in page.text
    form = asked | {"account": "ratna", "grant": grant, "answer": answer}
    url = f"{creator.server}/web/v2/auth/authorize/"
    sent = creator.http.post(url, data=form, allow_redirects=False, timeout=10)
    assert sent.headers["Location"].startswith(BACK)
    return parse_qs(urlsplit(sent.headers["Location"]).query)


def token(creator: Creator, **form: str) -> Any:
    app = {"client_key": CLIENT, "client_secret": SECRET}
    return creator.http.post(f"{creator.server}/v2/oauth/token/", data=app | form, timeout=10).json()


def test_a_code_becomes_tokens_with_only_what_was_granted(creator: Creator) -> None:
    back = consent(creator, grant=["user.info.basic"])
    assert back["state"] == ["xyz"] and back["scopes"] == ["user.info.basic"]
    told = token(creator, grant_type="authorization_code", code=back["code"][0], redirect_uri=BACK)
    assert (told["open_id"], told["scope"]) == (creator.open_id, "user.info.basic")
    assert (told["expires_in"], told["token_type"]) == (7200, "Bearer")
    creator.token = told["access_token"]
    assert creator.code("post/publish/inbox/video/init", {}) == (401, "scope_not_authorized")
    again = token(creator, grant_type="authorization_code", code=back["code"][0], redirect_uri=BACK)
    assert again["error"] == "invalid_grant"


def test_no_is_told_to_the_app(creator: Creator) -> None:
    assert consent(creator, grant=[], answer="no")["error"] == ["access_denied"]


def test_refresh_tokens_rotate(creator: Creator) -> None:
    old = creator.secrets["refresh_token"]
    told = token(creator, grant_type="refresh_token", refresh_token=old)
    assert told["refresh_token"] != old
    assert token(creator, grant_type="refresh_token", refresh_token=old)["error"] == "invalid_grant"
    assert "access_token" in token(creator, grant_type="refresh_token", refresh_token=told["refresh_token"])
    assert token(creator, client_secret="wrong", grant_type="refresh_token")["error"] == "invalid_client"


def test_a_token_given_back_is_dead_and_the_app_is_told(creator: Creator, ear: Ear) -> None:
    form = {"client_key": CLIENT, "client_secret": SECRET, "token": creator.token}
    assert creator.http.post(f"{creator.server}/v2/oauth/revoke/", data=form, timeout=10).status_code == 200
    assert creator.code("post/publish/creator_info/query") == (401, "access_token_invalid")
    assert ear.wait(1) == ["authorization.removed"]
    assert ear.heard[0]["user_openid"] == creator.open_id
    assert json.loads(ear.heard[0]["content"]) == {"reason": 5}


@pytest.mark.parametrize(
    ("fault", "code"),
    [
        ("expired_token", "access_token_invalid"),
        ("revoked_token", "access_token_invalid"),
        ("no_permission", "scope_not_authorized"),
    ],
)
def test_token_faults_have_tiktoks_shape(creator: Creator, fault: str, code: str) -> None:
    creator.box.fault(fault, platform="tiktok", account="ratna", times=None)
    assert creator.code("post/publish/creator_info/query") == (401, code)
    told = token(creator, grant_type="refresh_token", refresh_token=creator.secrets["refresh_token"])
    assert ("access_token" in told) == (fault != "revoked_token")
    if fault == "expired_token":
        creator.token = told["access_token"]
        creator.data("post/publish/creator_info/query")


# Reading -----------------------------------------------------------------------------------------


def test_public_videos_are_listed_with_numbers_that_voters_move(creator: Creator) -> None:
    made = [creator.finish(creator.send(), f"Nomor {number}") for number in range(3)]
    fields = "id,title,create_time,share_url,like_count,comment_count,share_count,view_count"
    told = creator.data("video/list", {"max_count": 2}, fields=fields)
    assert [each["id"] for each in told["videos"]] == made[:0:-1] and told["has_more"]
    rest = creator.data("video/list", {"max_count": 2, "cursor": told["cursor"]}, fields=fields)
    assert [each["id"] for each in rest["videos"]] == made[:1] and not rest["has_more"]
    for act in ("like", "repost", "reply"):
        creator.box.control("POST", "voters", platform="tiktok", remote_id=made[0], act=act, text="Kapan?")
    body = {"filters": {"video_ids": [made[0], "1"]}}
    (seen,) = creator.data("video/query", body, fields=fields)["videos"]
    assert (seen["like_count"], seen["comment_count"], seen["share_count"]) == (1, 1, 1)
    assert seen["view_count"] > rest["videos"][0]["view_count"]
    page = creator.http.get(seen["share_url"], timeout=10)
    assert page.status_code == 200 and "Nomor 0" in page.text and "<video" in page.text
    head = {"Authorization": f"Bearer {creator.token}"}
    url = f"{creator.server}/v2/user/info/?fields=open_id,username,follower_count,likes_count,video_count"
    user = creator.http.get(url, headers=head, timeout=10).json()["data"]["user"]
    assert (user["username"], user["likes_count"], user["video_count"]) == ("ratna", 1, 3)


@pytest.mark.parametrize(
    ("path", "body", "fields"),
    [
        ("video/list", {"max_count": 21}, "id"),
        ("video/list", {}, ""),
        ("video/list", {}, "id,shoe_size"),
        ("video/query", {"filters": {"video_ids": [str(n) for n in range(21)]}}, "id"),
        ("video/query", {}, "id"),
    ],
)
def test_questions_of_another_shape_are_refused(creator: Creator, path: str, body: Any, fields: str) -> None:
    assert creator.code(path, body, fields=fields) == (400, "invalid_params")


def test_a_deletion_by_hand_is_told_with_tiktoks_misspelling(creator: Creator, ear: Ear) -> None:
    post = creator.finish(creator.send())
    creator.box.control("POST", "hand", platform="tiktok", remote_id=post, act="delete")
    assert ear.wait(4)[-1] == "post.publish.no_longer_publicaly_available"
    assert json.loads(ear.heard[-1]["content"])["post_id"] == post
    assert creator.data("video/query", {"filters": {"video_ids": [post]}}, fields="id")["videos"] == []


def test_a_webhook_that_was_not_taken_is_signed_anew(creator: Creator, ear: Ear) -> None:
    ear.answers = [500, 500]
    creator.send()
    assert ear.wait(3) == ["post.publish.inbox_delivered"] * 3
    assert ear.times[2] > ear.times[0], "an old time would be refused for good"


# Pages -------------------------------------------------------------------------------------------


def test_a_person_finishes_a_draft_on_the_page(creator: Creator) -> None:
    creator.send()
    page = creator.http.get(creator.box.url, timeout=10).text
    until = time.monotonic() + 8
    while "Draf di kotak masuk" not in page and time.monotonic() < until:
        page = creator.http.get(creator.box.url, timeout=10).text
    assert "Draf di kotak masuk" in page and "<video" in page
    waiting = creator.box.control("POST", "hand", platform="tiktok", account="ratna", act="finish")
    form = {"kembali": "/", "kiriman": waiting[0]["remote_id"], "teks": "Dari kotak masuk"}
    url = f"{creator.box.url}/akun/tiktok/ratna/selesai"
    page = creator.http.post(url, data=form, timeout=10).text
    assert "Dari kotak masuk" in page and "Draf di kotak masuk" not in page
    assert creator.http.post(url, data=form, timeout=10).status_code == 404
    other = creator.http.post(url, data=form, headers={"Sec-Fetch-Site": "cross-site"}, timeout=10)
    assert other.status_code == 403
    film = creator.http.get(f"{creator.box.url}/files/{creator.box.log()[0]['media'][0]}", timeout=10)
    assert (film.headers["Content-Type"], film.content) == ("video/mp4", HEAD + b"film")


def test_a_half_sent_film_survives_a_kill_of_the_network(tmp_path: Any, http: requests.Session) -> None:
    film = HEAD + bytes(11 * MB - len(HEAD))
    with start_sandbox(tmp_path) as box:
        creator = Creator(box, http)
        begun = creator.begin(len(film), chunk=5 * MB)
        assert creator.put(begun["upload_url"], film[: 5 * MB], 0, len(film)) == 206
        box.kill()
    with start_sandbox(tmp_path, port=box.port) as box:
        assert creator.status(begun["publish_id"])["uploaded_bytes"] == 5 * MB
        assert creator.put(begun["upload_url"], film[5 * MB :], 5 * MB, len(film)) == 201
        assert creator.status(begun["publish_id"])["status"] == "SEND_TO_USER_INBOX"
