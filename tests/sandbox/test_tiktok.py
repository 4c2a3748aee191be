"""TikTok's dialect, asked by a plain client exactly as TikTok's documentation shows it: publishing."""

import hashlib
import json
import time
from collections.abc import Iterator
from typing import Any

import pytest
import requests

from tests.sandbox.conftest import picture
from tests.sandbox.running import Sandbox
from tests.sandbox.tiktok import HEAD, MB, Creator, Ear, Files


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


@pytest.fixture
def files() -> Iterator[Files]:
    made = Files({"/a.jpg": picture("JPEG"), "/b.webp": picture("WEBP"), "/c.png": picture("PNG")})
    yield made
    made.server.shutdown()
    made.server.server_close()


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
