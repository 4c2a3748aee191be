"""TikTok's dialect, asked by a plain client exactly as TikTok's documentation shows it."""

import hashlib
import hmac
import json
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import requests

from sandbox import oauth
from tests.sandbox.conftest import picture
from tests.sandbox.running import Sandbox, start_sandbox

CLIENT, SECRET = oauth.app("tiktok")
BACK = "http://localhost:9/oauth/tiktok/"
MB = 1024 * 1024
HEAD = b"\0\0\0\x18ftypmp42"


class Creator:
    """A signed-in creator, and the calls their app may make."""

    def __init__(self, box: Sandbox, http: requests.Session, handle: str = "ratna") -> None:
        self.box, self.http, self.handle = box, http, handle
        told = box.account("tiktok", handle=handle)
        self.server, self.secrets, self.open_id = told["server"], told["secrets"], told["remote_id"]
        self.token = self.secrets["access_token"]

    def post(self, path: str, body: Any = None, *, fields: str = "") -> requests.Response:
        head = {"Authorization": f"Bearer {self.token}", "Content-Type": "application/json; charset=UTF-8"}
        url = f"{self.server}/v2/{path}/" + (f"?fields={fields}" if fields else "")
        return self.http.post(url, data=json.dumps(body or {}), headers=head, timeout=10)

    def data(self, path: str, body: Any = None, *, fields: str = "") -> Any:
        answer = self.post(path, body, fields=fields)
        assert answer.json()["error"]["code"] == "ok", answer.text
        return answer.json()["data"]

    def code(self, path: str, body: Any = None, *, fields: str = "") -> tuple[int, str]:
        answer = self.post(path, body, fields=fields)
        return answer.status_code, answer.json()["error"]["code"]

    def begin(self, size: int, *, chunk: int = 0, info: dict[str, Any] | None = None) -> dict[str, str]:
        chunk = chunk or size
        told: dict[str, Any] = {"source": "FILE_UPLOAD", "video_size": size, "chunk_size": chunk}
        body = {"source_info": told | {"total_chunk_count": size // chunk}} | ({"post_info": info} if info else {})
        found: dict[str, str] = self.data(f"post/publish/{'' if info else 'inbox/'}video/init", body)
        return found

    def put(self, url: str, data: bytes, first: int, total: int) -> int:
        head = {"Content-Type": "video/mp4", "Content-Range": f"bytes {first}-{first + len(data) - 1}/{total}"}
        return self.http.put(url, data=data, headers=head, timeout=10).status_code

    def send(self, *, info: dict[str, Any] | None = None, data: bytes = HEAD + b"film") -> str:
        begun = self.begin(len(data), info=info)
        assert self.put(begun["upload_url"], data, 0, len(data)) == 201
        return begun["publish_id"]

    def status(self, publish_id: str) -> dict[str, Any]:
        told: dict[str, Any] = self.data("post/publish/status/fetch", {"publish_id": publish_id})
        return told

    def finish(self, publish_id: str, text: str = "Selesai") -> str:
        self.status(publish_id)  # TikTok has done what it could by now
        told = {"platform": "tiktok", "account": self.handle, "act": "finish", "remote_id": publish_id, "text": text}
        return str(self.box.control("POST", "hand", **told)["remote_id"])


@pytest.fixture
def creator(box: Sandbox, http: requests.Session) -> Creator:
    return Creator(box, http)


class Ear:
    """Listens for webhooks; keeps those that prove themselves."""

    def __init__(self) -> None:
        self.heard: list[dict[str, Any]] = []
        self.times: list[int] = []
        self.raw: list[tuple[dict[str, str], bytes]] = []
        self.answers: list[int] = []
        ear = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                parts = dict(part.split("=", 1) for part in self.headers["TikTok-Signature"].split(","))
                made = hmac.new(SECRET.encode(), parts["t"].encode() + b"." + body, hashlib.sha256).hexdigest()
                assert made == parts["s"]
                ear.times.append(int(parts["t"]))
                ear.raw.append(({name.lower(): value for name, value in self.headers.items()}, body))
                ear.heard.append(json.loads(body))
                self.send_response(ear.answers.pop(0) if ear.answers else 200)
                self.end_headers()

            def log_message(self, *_: object) -> None:
                """Stay quiet."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/hooks/tiktok/"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def wait(self, number: int) -> list[str]:
        """The names of what was heard, once it is so many."""
        until = time.monotonic() + 8
        while len(self.heard) < number and time.monotonic() < until:
            time.sleep(0.02)
        return [each["event"] for each in self.heard]


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


# Publishing --------------------------------------------------------------------------------------


def test_a_film_goes_through_its_states_until_a_person_posts_it(creator: Creator, ear: Ear) -> None:
    creator.box.control("POST", "settings", media_delay_s=3600)
    begun = creator.begin(12 * MB, chunk=5 * MB)
    film = HEAD + bytes(12 * MB - len(HEAD))
    assert creator.status(begun["publish_id"]) == {"status": "PROCESSING_UPLOAD", "uploaded_bytes": 0}
    assert creator.put(begun["upload_url"], film[: 5 * MB], 0, 12 * MB) == 206
    assert creator.status(begun["publish_id"])["uploaded_bytes"] == 5 * MB
    assert creator.put(begun["upload_url"], film[5 * MB :], 5 * MB, 12 * MB) == 201
    assert creator.status(begun["publish_id"]) == {"status": "PROCESSING_UPLOAD", "uploaded_bytes": 12 * MB}
    creator.box.control("POST", "settings", media_delay_s=0)
    publish_id = creator.send()
    assert creator.status(publish_id)["status"] == "SEND_TO_USER_INBOX"
    assert creator.box.log() == [], "a draft is not public"
    post = creator.finish(publish_id, "Selesai!")
    told = creator.status(publish_id)
    assert (told["status"], told["publicaly_available_post_id"]) == ("PUBLISH_COMPLETE", [int(post)])
    (line,) = creator.box.log()
    assert (line["text"], line["remote_id"], line["key"]) == ("Selesai!", post, publish_id)
    assert line["media"] == [hashlib.sha256(HEAD + b"film").hexdigest()]
    assert ear.wait(3) == [
        "post.publish.inbox_delivered", "post.publish.complete", "post.publish.publicly_available",
    ]  # fmt: skip
    content = json.loads(ear.heard[2]["content"])
    assert content == {"publish_id": publish_id, "publish_type": "INBOX_SHARE", "post_id": post}


def test_chunks_come_in_order_each_once_and_whole(creator: Creator) -> None:
    begun, film = creator.begin(11 * MB, chunk=5 * MB), HEAD + bytes(11 * MB - len(HEAD))
    url = begun["upload_url"]
    assert creator.put(url, film[5 * MB :], 5 * MB, 11 * MB) == 416
    assert creator.put(url, film[: 4 * MB], 0, 11 * MB) == 400
    assert creator.put(url, film[: 5 * MB], 0, 12 * MB) == 416
    assert creator.put(url, film[: 5 * MB], 0, 11 * MB) == 206
    assert creator.put(url, film[: 5 * MB], 0, 11 * MB) == 416
    assert creator.put(url.replace("upload_token=", "upload_token=x"), film[5 * MB :], 5 * MB, 11 * MB) == 404
    assert creator.put(url, film[5 * MB :], 5 * MB, 11 * MB) == 201
    assert creator.put(url, film[5 * MB :], 5 * MB, 11 * MB) == 416


@pytest.mark.parametrize(
    ("size", "chunk", "count"),
    [
        (12 * MB, 5 * MB, 3),
        (12 * MB, 5_000_000, 2),
        (65_000_000, 65_000_000, 1),
        (200_000_000, 65_000_000, 3),
        (4_000_000_001, 50_000_000, 80),
        (0, 0, 1),
        (10, 20, 1),
    ],
)
def test_other_chunks_are_refused(creator: Creator, size: int, chunk: int, count: int) -> None:
    told = {"source": "FILE_UPLOAD", "video_size": size, "chunk_size": chunk, "total_chunk_count": count}
    assert creator.code("post/publish/inbox/video/init", {"source_info": told}) == (400, "invalid_params")


def test_what_is_no_film_fails(creator: Creator, ear: Ear) -> None:
    told = creator.status(creator.send(data=b"a text that calls itself a film"))
    assert (told["status"], told["fail_reason"]) == ("FAILED", "file_format_check_failed")
    assert ear.wait(1) == ["post.publish.failed"]


def test_five_drafts_may_wait_and_a_finished_one_makes_room(creator: Creator) -> None:
    waiting = [creator.send() for _ in range(5)]
    assert {creator.status(each)["status"] for each in waiting} == {"SEND_TO_USER_INBOX"}
    told = {"source": "FILE_UPLOAD", "video_size": 9, "chunk_size": 9, "total_chunk_count": 1}
    refused = (403, "spam_risk_too_many_pending_share")
    assert creator.code("post/publish/inbox/video/init", {"source_info": told}) == refused
    creator.finish(waiting[0])
    creator.send()


def test_direct_posts_are_private_until_the_app_is_audited(creator: Creator) -> None:
    options = creator.data("post/publish/creator_info/query")["privacy_level_options"]
    assert options == ["PUBLIC_TO_EVERYONE", "MUTUAL_FOLLOW_FRIENDS", "SELF_ONLY"]
    told = {"source": "FILE_UPLOAD", "video_size": 9, "chunk_size": 9, "total_chunk_count": 1}
    for privacy, code in (
        ("PUBLIC_TO_EVERYONE", "unaudited_client_can_only_post_to_private_accounts"),
        ("FOLLOWER_OF_CREATOR", "privacy_level_option_mismatch"),
    ):
        body = {"source_info": told, "post_info": {"title": "Halo", "privacy_level": privacy}}
        assert creator.code("post/publish/video/init", body) == (403, code)
    hidden = creator.send(info={"title": "Hanya saya", "privacy_level": "SELF_ONLY"})
    assert creator.status(hidden)["status"] == "PUBLISH_COMPLETE"
    assert "publicaly_available_post_id" not in creator.status(hidden)
    assert creator.box.log() == []
    post = creator.finish(hidden, "")
    assert creator.status(hidden)["publicaly_available_post_id"] == [int(post)]
    creator.box.control("POST", "settings", audited=True)
    shown = creator.send(info={"title": "Untuk semua", "privacy_level": "PUBLIC_TO_EVERYONE"})
    assert len(creator.status(shown)["publicaly_available_post_id"]) == 1
    assert [line["text"] for line in creator.box.log()] == ["Hanya saya", "Untuk semua"]


def photos(*urls: str, mode: str = "MEDIA_UPLOAD", **info: str) -> dict[str, Any]:
    return {
        "post_info": {"title": "Jalan", "description": "Jalan desa"} | info, "post_mode": mode, "media_type": "PHOTO",
        "source_info": {"source": "PULL_FROM_URL", "photo_images": list(urls), "photo_cover_index": 0},
    }  # fmt: skip


class Files:
    """A web server with pictures, as Posko would be."""

    def __init__(self, files: dict[str, bytes]) -> None:
        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self.send_response(200 if self.path in files else 404)
                self.end_headers()
                self.wfile.write(files.get(self.path, b""))

            def log_message(self, *_: object) -> None:
                """Stay quiet."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()


@pytest.fixture
def files() -> Iterator[Files]:
    made = Files({"/a.jpg": picture("JPEG"), "/b.webp": picture("WEBP"), "/c.png": picture("PNG")})
    yield made
    made.server.shutdown()
    made.server.server_close()


def settled(creator: Creator, publish_id: str) -> dict[str, Any]:
    """Its status once it is no longer being fetched."""
    until = time.monotonic() + 8
    while (told := creator.status(publish_id))["status"] == "PROCESSING_DOWNLOAD" and time.monotonic() < until:
        time.sleep(0.02)
    return told


def test_photos_are_fetched(creator: Creator, files: Files) -> None:
    body = photos(f"{files.url}/a.jpg", f"{files.url}/b.webp")
    publish_id = creator.data("post/publish/content/init", body)["publish_id"]
    assert settled(creator, publish_id)["status"] == "SEND_TO_USER_INBOX"
    creator.finish(publish_id, "")
    (line,) = creator.box.log()
    assert line["text"] == "Jalan desa"
    assert line["media"] == [hashlib.sha256(picture(kind)).hexdigest() for kind in ("JPEG", "WEBP")]


@pytest.mark.parametrize(("name", "reason"), [("c.png", "file_format_check_failed"), ("gone.jpg", "photo_pull_failed")])
def test_photos_that_cannot_be_used_fail(creator: Creator, files: Files, name: str, reason: str) -> None:
    publish_id = creator.data("post/publish/content/init", photos(f"{files.url}/{name}"))["publish_id"]
    told = settled(creator, publish_id)
    assert (told["status"], told["fail_reason"]) == ("FAILED", reason)


def test_photos_from_elsewhere_and_too_long_words_are_refused(creator: Creator, files: Files) -> None:
    init, url = "post/publish/content/init", f"{files.url}/a.jpg"
    assert creator.code(init, photos("https://example.com/a.jpg")) == (403, "url_ownership_unverified")
    assert creator.code(init, photos(url, title="🙂" * 46)) == (400, "invalid_params")
    assert creator.code(init, photos(url, description="🙂" * 2001)) == (400, "invalid_params")
    assert creator.code(init, photos(*[url] * 36)) == (400, "invalid_params")


def test_what_is_still_being_fetched_can_be_cancelled(creator: Creator, files: Files) -> None:
    creator.box.control("POST", "settings", media_delay_s=3600)
    publish_id = creator.data("post/publish/content/init", photos(f"{files.url}/a.jpg"))["publish_id"]
    creator.data("post/publish/cancel", {"publish_id": publish_id})
    assert creator.status(publish_id)["fail_reason"] == "publish_cancelled"
    assert creator.code("post/publish/cancel", {"publish_id": publish_id}) == (400, "invalid_params")


def test_calls_are_counted_where_limits_are_on(creator: Creator) -> None:
    creator.box.control("POST", "settings", rate_limits=True)
    codes = [creator.code("post/publish/inbox/video/init", {})[1] for _ in range(7)]
    assert codes == ["invalid_params"] * 6 + ["rate_limit_exceeded"]


def test_an_unknown_id_and_a_strangers_are_not_known(creator: Creator, http: requests.Session) -> None:
    publish_id = creator.send()
    other = Creator(creator.box, http, "budi")
    for asked, who in (("v_inbox_file~v2.1", creator), (publish_id, other)):
        assert who.code("post/publish/status/fetch", {"publish_id": asked}) == (400, "invalid_publish_id")
    other.token = "made-up"
    assert other.code("post/publish/status/fetch", {"publish_id": publish_id}) == (401, "access_token_invalid")


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
