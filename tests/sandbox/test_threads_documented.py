"""The requests of Threads' own documentation, to the letter, against the sandbox: `curl -F` and addresses with a token.

No independent program for this API is well kept, so these stand in for one. Source: developers.facebook.com, Threads
API: "Get Access Tokens", "Long-Lived Tokens", "Posts", "Retrieve and Manage Replies", "Reply Management", "Insights",
"Delete Posts", read 2026-11. What an answer must hold is what the page beside the request shows.
"""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
import requests

from sandbox import oauth
from tests.sandbox import gram
from tests.sandbox.gram import FILM, jpeg, voter
from tests.sandbox.running import Sandbox


class Curl:
    """`curl`, as the pages write it."""

    def __init__(self, box: Sandbox, http: requests.Session) -> None:
        self.base, self.http = f"{box.url}/threads", http
        told = box.account("threads")
        self.user, self.token = told["remote_id"], told["secrets"]["token"]

    def form(self, path: str, **fields: str) -> dict[str, Any]:
        """curl -i -X POST -F "name=value" -F "access_token=…"."""
        parts = {name: (None, value) for name, value in {**fields, "access_token": self.token}.items()}
        return self._read(self.http.post(f"{self.base}/{path}", files=parts, timeout=10))

    def get(self, path: str) -> dict[str, Any]:
        """curl -s -X GET "…&access_token=…"."""
        glue = "&" if "?" in path else "?"
        return self._read(self.http.get(f"{self.base}/{path}{glue}access_token={self.token}", timeout=10))

    def delete(self, path: str) -> dict[str, Any]:
        """curl -i -X DELETE."""
        return self._read(self.http.delete(f"{self.base}/{path}?access_token={self.token}", timeout=10))

    def _read(self, answer: requests.Response) -> dict[str, Any]:
        assert answer.ok, answer.text
        found: dict[str, Any] = answer.json()
        return found

    def publish(self, **fields: str) -> str:
        """The two steps; the media's id."""
        made = self.form("v1.0/me/threads", **fields)
        assert set(made) == {"id"}
        published = self.form(f"v1.0/{self.user}/threads_publish", creation_id=made["id"])
        assert set(published) == {"id"}
        return str(published["id"])


@pytest.fixture
def curl(box: Sandbox, http: requests.Session) -> Curl:
    return Curl(box, http)


@pytest.fixture
def link() -> Iterator[Callable[[str], str]]:
    with gram.files(red=jpeg("red"), blue=jpeg("blue"), film=FILM) as found:
        yield found


def test_a_code_becomes_a_short_and_then_a_long_token(box: Sandbox, http: requests.Session, curl: Curl) -> None:
    client_id, secret = oauth.app("threads")
    scope = "threads_basic,threads_content_publish"
    page = f"{curl.base}/web/oauth/authorize?client_id={client_id}&redirect_uri={gram.BACK}&scope={scope}"
    code = gram.consent(http, f"{page}&response_type=code&state=xyz")
    form = {
        "client_id": client_id, "client_secret": secret, "grant_type": "authorization_code",
        "redirect_uri": gram.BACK, "code": code,
    }  # fmt: skip
    short = http.post(f"{curl.base}/oauth/access_token", data=form, timeout=10).json()
    assert set(short) == {"access_token", "user_id"}
    assert str(short["user_id"]) == curl.user
    curl.token = short["access_token"]
    long = curl.get(f"access_token?grant_type=th_exchange_token&client_secret={secret}")
    assert (long["token_type"], long["expires_in"]) == ("bearer", 60 * 86400)
    again = http.post(f"{curl.base}/oauth/access_token", data=form, timeout=10)
    assert (again.status_code, again.json()["error_type"]) == (400, "OAuthException")


def test_a_long_token_is_refreshed(curl: Curl) -> None:
    fresh = curl.get("refresh_access_token?grant_type=th_refresh_token")
    assert set(fresh) == {"access_token", "token_type", "expires_in"}


def test_a_single_post_of_each_kind(curl: Curl, box: Sandbox, link: Callable[[str], str]) -> None:
    curl.publish(media_type="IMAGE", image_url=link("red"), text="#BronzFonz")
    curl.publish(media_type="TEXT", text="Hello 👋")
    video = curl.publish(media_type="VIDEO", video_url=link("film"), alt_text="Film")
    assert [line["text"] for line in box.log()] == ["#BronzFonz", "Hello 👋", ""]
    told = curl.get(f"v1.0/{video}?fields=id,media_product_type,media_type,permalink,username,timestamp,shortcode")
    assert (told["media_product_type"], told["media_type"], told["username"]) == ("THREADS", "VIDEO", "ratna")


def test_a_carousel_of_two(curl: Curl, box: Sandbox, link: Callable[[str], str]) -> None:
    items = [
        curl.form("v1.0/me/threads", media_type="IMAGE", image_url=link(name), is_carousel_item="true")["id"]
        for name in ("red", "blue")
    ]
    curl.publish(media_type="CAROUSEL", children=",".join(items), text="Dua")
    assert len(box.log()[0]["media"]) == 2


def test_a_containers_state_is_told(curl: Curl, box: Sandbox) -> None:
    box.control("POST", "settings", media_delay_s=60)
    waiting = curl.form("v1.0/me/threads", media_type="TEXT", text="Halo")["id"]
    assert curl.get(f"v1.0/{waiting}?fields=status,error_message") == {"id": waiting, "status": "IN_PROGRESS"}
    box.control("POST", "settings", media_delay_s=0)
    failing = curl.form("v1.0/me/threads", media_type="VIDEO", video_url="https://not.here/film.mp4")["id"]
    told = curl.get(f"v1.0/{failing}?fields=status,error_message")
    assert told == {"id": failing, "status": "ERROR", "error_message": "FAILED_DOWNLOADING_VIDEO"}


def test_the_days_allowance_is_told(curl: Curl) -> None:
    curl.publish(media_type="TEXT", text="Halo")
    told = curl.get(f"v1.0/{curl.user}/threads_publishing_limit?fields=quota_usage,config,reply_quota_usage")
    assert told == {
        "data": [{"quota_usage": 1, "config": {"quota_total": 250, "quota_duration": 86400}, "reply_quota_usage": 0}]
    }


def test_replies_are_read_answered_and_hidden(curl: Curl, box: Sandbox) -> None:
    post = curl.publish(media_type="TEXT", text="Halo")
    first = voter(box, "threads", "reply", "Satu", remote_id=post)
    second = voter(box, "threads", "reply", "Dua", remote_id=first)
    fields = "fields=id,text,username,permalink,replied_to,root_post,is_reply,hide_status"
    top = curl.get(f"v1.0/{post}/replies?{fields}&reverse=false")["data"]
    assert [(each["id"], each["hide_status"]) for each in top] == [(first, "NOT_HUSHED")]
    every = curl.get(f"v1.0/{post}/conversation?{fields}&reverse=true")["data"]
    assert [each["id"] for each in every] == [second, first]
    assert every[0]["replied_to"] == {"id": first}
    assert every[0]["root_post"] == {"id": post}
    answer = curl.publish(media_type="TEXT", text="Tiga", reply_to_id=second)
    assert [each["id"] for each in curl.get("v1.0/me/replies?fields=id")["data"]] == [answer]
    assert curl.form(f"v1.0/{first}/manage_reply", hide="true") == {"success": True}
    assert curl.get(f"v1.0/{first}?fields=hide_status")["hide_status"] == "HIDDEN"


def test_posts_are_listed_page_by_page(curl: Curl) -> None:
    made = [curl.publish(media_type="TEXT", text=f"Nomor {number}") for number in range(3)]
    first = curl.get("v1.0/me/threads?fields=id,text&limit=2")
    assert [each["id"] for each in first["data"]] == made[:0:-1]
    after = first["paging"]["cursors"]["after"]
    last = curl.get(f"v1.0/me/threads?fields=id,text&limit=2&after={after}")
    assert [each["id"] for each in last["data"]] == made[:1]
    assert "next" not in last["paging"]


def test_numbers_are_told_as_the_pages_show_them(curl: Curl, box: Sandbox) -> None:
    post = curl.publish(media_type="TEXT", text="Halo")
    box.control("POST", "voters", platform="threads", remote_id=post, act="like", number=7)
    told = curl.get(f"v1.0/{post}/insights?metric=likes,replies")["data"]
    assert [(each["name"], each["period"], each["values"]) for each in told] == [
        ("likes", "lifetime", [{"value": 7}]), ("replies", "lifetime", [{"value": 0}]),
    ]  # fmt: skip
    views, followers = curl.get(f"v1.0/{curl.user}/threads_insights?metric=views,followers_count")["data"]
    assert views["values"][0]["value"] == 98
    assert followers["total_value"]["value"] > 100


def test_a_post_is_deleted(curl: Curl, http: requests.Session) -> None:
    post = curl.publish(media_type="TEXT", text="Halo")
    assert curl.delete(f"v1.0/{post}") == {"success": True, "deleted_id": post}
    gone = http.get(f"{curl.base}/v1.0/{post}?access_token={curl.token}", timeout=10).json()
    assert (gone["error"]["code"], gone["error"]["error_subcode"]) == (100, 33)


def test_a_message_to_the_app_is_no_part_of_this_api(curl: Curl, http: requests.Session) -> None:
    answer = http.get(f"{curl.base}/v1.0/me/conversations?access_token={curl.token}", timeout=10)
    assert answer.json()["error"]["code"] == 2500
