"""facebook-business, Meta's own SDK, does its ordinary work against the sandbox."""

import json
import re
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
import requests
from facebook_business.adobjects.comment import Comment
from facebook_business.adobjects.page import Page
from facebook_business.adobjects.pagepost import PagePost
from facebook_business.adobjects.user import User
from facebook_business.api import FacebookAdsApi
from facebook_business.exceptions import FacebookRequestError
from facebook_business.session import FacebookSession

from sandbox import oauth
from tests.sandbox.conftest import picture
from tests.sandbox.running import Sandbox

# The SDK knows only some fields by name and warns of the others.
pytestmark = pytest.mark.filterwarnings("ignore::UserWarning")
BACK = "http://localhost:9/back/"
SCOPES = [
    "pages_show_list", "pages_manage_posts", "pages_read_engagement", "publish_video", "pages_read_user_content",
    "pages_manage_engagement", "read_insights", "pages_messaging", "pages_manage_metadata",
]  # fmt: skip


@pytest.fixture
def graph(box: Sandbox, monkeypatch: pytest.MonkeyPatch) -> str:
    """The sandbox in place of graph.facebook.com."""
    monkeypatch.setattr(FacebookSession, "GRAPH", f"{box.url}/facebook")
    box.account("facebook")
    return f"{box.url}/facebook"


def api(token: str) -> FacebookAdsApi:
    client_id, secret = oauth.app("facebook")
    return FacebookAdsApi(FacebookSession(client_id, secret, token))


def press(http: requests.Session, graph: str, answer: str = "yes") -> dict[str, list[str]]:
    """Open Facebook's dialog and answer it; with what the browser comes back."""
    asked = {"client_id": oauth.app("facebook")[0], "redirect_uri": BACK, "scope": ",".join(SCOPES), "state": "xyz"}
    address = f"{graph}/web/v26.0/dialog/oauth"
    page = http.get(f"{address}?{urlencode(asked | {'response_type': 'code'})}").text
    fields = {unescape(k): unescape(v) for k, v in re.findall(r'type="hidden" name="(.*?)" value="(.*?)"', page)}
    form = fields | {"account": "ratna", "grant": SCOPES, "answer": answer}
    reply = http.post(address, data=form, allow_redirects=False)
    return parse_qs(urlsplit(reply.headers["Location"]).query)


def person(http: requests.Session, graph: str) -> FacebookAdsApi:
    """The API with the long-lived token of the person who pressed yes."""
    client_id, secret = oauth.app("facebook")
    app = {"client_id": client_id, "client_secret": secret}
    code = press(http, graph)["code"][0]
    short = http.get(f"{graph}/v26.0/oauth/access_token", params=app | {"redirect_uri": BACK, "code": code}).json()
    longer = {"grant_type": "fb_exchange_token", "fb_exchange_token": short["access_token"]}
    told = http.get(f"{graph}/v26.0/oauth/access_token", params=app | longer).json()
    assert told["expires_in"] > short["expires_in"]
    return api(told["access_token"])


@pytest.fixture
def page(http: requests.Session, graph: str) -> Page:
    """The Page, with its own token."""
    (found,) = User("me", api=person(http, graph)).get_accounts(fields=["id", "name", "access_token", "tasks"])
    assert "CREATE_CONTENT" in found["tasks"]
    return Page(found["id"], api=api(found["access_token"]))


def test_the_page_of_a_person_has_a_token_of_its_own(page: Page, box: Sandbox) -> None:
    found = page.api_get(fields=["name", "username", "followers_count"])
    assert (found["name"], found["username"]) == ("Ratna Wijaya", "ratna")
    assert found["followers_count"] > 0


def test_no_is_told_to_the_app(http: requests.Session, graph: str) -> None:
    assert press(http, graph, "no")["error"] == ["access_denied"]


def test_a_code_works_once(http: requests.Session, graph: str) -> None:
    client_id, secret = oauth.app("facebook")
    asked = {"client_id": client_id, "client_secret": secret, "redirect_uri": BACK}
    asked["code"] = press(http, graph)["code"][0]
    assert "access_token" in http.get(f"{graph}/v26.0/oauth/access_token", params=asked).json()
    again = http.get(f"{graph}/v26.0/oauth/access_token", params=asked)
    assert (again.status_code, again.json()["error"]["code"]) == (400, 100)


def test_text_link_and_photos_are_shown_as_they_were_sent(page: Page, box: Sandbox, tmp_path: Path) -> None:
    first = page.create_feed(params={"message": "Halo", "link": "https://posko.example/s"})
    file = tmp_path / "pasar.png"
    file.write_bytes(picture())
    url = f"{box.url}/files/{box_picture(page, file, box)}"
    single = page.create_photo(params={"url": url, "caption": "Satu foto", "alt_text_custom": "Pasar pagi"})
    parts = [page.create_photo(params={"url": url, "published": False}) for _ in range(2)]
    media = [{"media_fbid": each["id"]} for each in parts]
    assert [line["text"] for line in box.log()] == ["Halo", "", "Satu foto"]
    last = page.create_feed(params={"message": "Dua foto", "attached_media": media})
    seen = page.get_posts(fields=["id", "message", "attachments{media_type,subattachments}", "permalink_url"])
    told = {each["id"]: each for each in seen}
    assert next(iter(told)) == last["id"] and first["id"] in told
    assert told[last["id"]]["attachments"]["data"][0]["media_type"] == "album"
    assert box.log()[-1]["media"] == [box.log()[-2]["media"][0]] * 2
    assert single["post_id"] in told


def box_picture(page: Page, file: Path, box: Sandbox) -> str:
    """Upload a file as plain HTTP does, for the SDK sends none here; its digest, under which the sandbox shows it."""
    token = page.get_api_assured()._session.access_token
    url = f"{FacebookSession.GRAPH}/v26.0/{page['id']}/photos"
    told = requests.post(url, data={"access_token": token}, files={"source": file.open("rb")}, timeout=5).json()
    assert told["post_id"]
    digest: str = box.log()[-1]["media"][0]
    return digest


def test_numbers_grow_when_voters_act(page: Page, box: Sandbox) -> None:
    post = page.create_feed(params={"message": "Halo"})["id"]
    for act in ("like", "repost", "reply"):
        box.control("POST", "voters", platform="facebook", remote_id=post, act=act)
    fields = ["shares", "comments.summary(true).limit(0)", "reactions.summary(true).limit(0)"]
    told = PagePost(post, api=page.get_api()).api_get(fields=fields).export_all_data()
    assert told["shares"] == {"count": 1}
    assert (told["comments"]["summary"]["total_count"], told["reactions"]["summary"]["total_count"]) == (1, 1)
    insights = PagePost(post, api=page.get_api()).get_insights(params={"metric": ["post_media_view"]})
    assert insights[0]["values"][0]["value"] > 0


def test_a_removed_metric_is_an_error_of_the_whole_call(page: Page) -> None:
    asked = {"metric": ["page_media_view", "page_impressions"], "period": "day"}
    with pytest.raises(FacebookRequestError) as caught:
        page.get_insights(params=asked)
    assert caught.value.api_error_code() == 100


def test_comments_are_read_answered_hidden_and_deleted(page: Page, box: Sandbox) -> None:
    post = PagePost(page.create_feed(params={"message": "Halo"})["id"], api=page.get_api())
    for number in range(7):
        box.control("POST", "voters", platform="facebook", remote_id=post["id"], act="reply", text=f"Tanya {number}")
    asked = {"filter": "stream", "order": "reverse_chronological", "limit": 3}
    read = list(post.get_comments(fields=["message", "from", "is_hidden", "created_time"], params=asked))
    assert [each["message"] for each in read] == [f"Tanya {number}" for number in reversed(range(7))]
    first = Comment(read[0]["id"], api=page.get_api())
    answer = first.create_comment(params={"message": "Terima kasih"})
    first.api_update(params={"is_hidden": True})
    told = Comment(read[0]["id"], api=page.get_api()).api_get(fields=["is_hidden", "comment_count"])
    assert (told["is_hidden"], told["comment_count"]) == (True, 1)
    assert Comment(answer["id"], api=page.get_api()).api_get(fields=["parent"])["parent"]["id"] == read[0]["id"]
    first.api_delete()
    assert len(list(post.get_comments(params={"filter": "toplevel"}))) == 6


def test_messages_are_read_and_answered(page: Page, box: Sandbox) -> None:
    box.control("POST", "voters", platform="facebook", account="ratna", act="message", text="Boleh brosur?")
    (talk,) = page.get_conversations(fields=["participants", "messages{message,from,created_time}"])
    told = talk.export_all_data()
    theirs = told["messages"]["data"][0]
    assert theirs["message"] == "Boleh brosur?"
    sent = page.create_message(
        params={
            "recipient": {"id": theirs["from"]["id"]},
            "messaging_type": "RESPONSE",
            "message": {"text": "Boleh."},
        }
    )
    assert box.log()[-1]["remote_id"] == sent.export_all_data()["message_id"]


def test_a_stranger_cannot_be_written_to(page: Page) -> None:
    asked: dict[str, Any] = {"recipient": {"id": "999"}, "messaging_type": "RESPONSE", "message": {"text": "Halo"}}
    with pytest.raises(FacebookRequestError) as caught:
        page.create_message(params=asked)
    assert caught.value.api_error_code() == 100


def test_a_film_goes_up_in_phases(page: Page, box: Sandbox) -> None:
    data = b"\0\0\0\x18ftypmp42" + b"x" * 5_000_000
    told = page.create_video(params={"upload_phase": "start", "file_size": len(data)}).export_all_data()
    url = f"{FacebookSession.GRAPH}/v26.0/{page['id']}/videos"
    token, session = page.get_api()._session.access_token, told["upload_session_id"]
    while told["start_offset"] != told["end_offset"]:
        start, end = int(told["start_offset"]), int(told["end_offset"])
        form = {
            "upload_phase": "transfer", "upload_session_id": session, "start_offset": start, "access_token": token,
        }  # fmt: skip
        part = {"video_file_chunk": ("film.mp4", data[start:end], "video/mp4")}
        told = requests.post(url, data=form, files=part, timeout=5).json()
    assert box.log() == []
    page.create_video(params={"upload_phase": "finish", "upload_session_id": session, "description": "Kilas"})
    assert [line["text"] for line in box.log()] == ["Kilas"]


def test_several_readings_in_one_call(page: Page) -> None:
    names = [page.create_feed(params={"message": f"Nomor {number}"})["id"] for number in range(3)]
    batch, told = page.get_api().new_batch(), list[dict[str, Any]]()
    for name in [*names, "1_2"]:
        PagePost(name, api=page.get_api()).api_get(
            fields=["message"],
            batch=batch,
            success=lambda answer: told.append(answer.json()),
            failure=lambda answer: told.append(answer.json()),
        )
    batch.execute()
    assert [each.get("message") for each in told] == ["Nomor 0", "Nomor 1", "Nomor 2", None]
    assert told[-1]["error"]["error_subcode"] == 33


DEAD = [("expired_token", 190, 463), ("revoked_token", 190, 460), ("no_permission", 200, None)]


@pytest.mark.parametrize(("fault", "code", "subcode"), DEAD)
def test_a_dead_token_is_told_apart(page: Page, box: Sandbox, fault: str, code: int, subcode: int | None) -> None:
    box.fault(fault, platform="facebook")
    with pytest.raises(FacebookRequestError) as caught:
        page.api_get()
    assert (caught.value.api_error_code(), caught.value.api_error_subcode()) == (code, subcode)


def test_a_wrong_proof_of_the_app_is_refused(page: Page) -> None:
    token = page.get_api()._session.access_token
    wrong = FacebookAdsApi(FacebookSession("posko", "another secret", token))
    with pytest.raises(FacebookRequestError, match="appsecret_proof"):
        Page(page["id"], api=wrong).api_get()


def test_the_same_words_twice_in_a_row_are_refused(page: Page, box: Sandbox) -> None:
    page.create_feed(params={"message": "Sekali saja"})
    with pytest.raises(FacebookRequestError) as caught:
        page.create_feed(params={"message": "Sekali saja"})
    assert caught.value.api_error_code() == 506
    assert len(box.log()) == 1


def test_an_unknown_field_is_an_error(page: Page) -> None:
    token = page.get_api()._session.access_token
    told = requests.get(
        f"{FacebookSession.GRAPH}/v26.0/{page['id']}", params={"fields": "id,fans", "access_token": token}, timeout=5
    )
    assert json.loads(told.text)["error"]["code"] == 100
