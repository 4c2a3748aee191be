"""What TikTok's connector asks for, as its documentation shows it, and what it makes of the answers."""

import json
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from platforms.base import (
    ConnectorError,
    Halted,
    Keep,
    Later,
    Reconnect,
    Rejected,
    Stale,
    Temporary,
    Unknowable,
    Unsure,
)
from platforms.contents import Draft, Figure, Sent
from platforms.tiktok import TikTok
from platforms.tiktok.calls import HOME
from platforms.tiktok.sending import CHUNK, MOST_FAILS, URL_LIVES, pieces, source
from tests.platforms.make import KEY, account, film, keeping, payload, sendable, speaker
from tests.platforms.servers import Asked, Reply, Server, cuts, raw, routes, says, says_raw, serving

SIZE = 3 * CHUNK + 1234
FILM = Draft("Jalan desa selesai", video=film(SIZE), ai_made=True)
PHOTOS = sendable("tiktok", text="Jalan desa selesai", pictures=sendable("tiktok").pictures * 2)
DIRECT = {"scope": "user.info.basic,video.list,video.upload,video.publish", "access": "act.secretaccess"}
CREATOR = says(payload("tiktok", "creator"))
MORE, DONE = says_raw(raw(206, b"")), says_raw(raw(201, b""))


def paths(server: Server) -> list[str]:
    return [f"{asked.method} {asked.path}" for asked in server.asked]


def chunks(server: Server) -> list[str]:
    return [asked.headers["content-range"] for asked in server.asked if asked.method == "PUT"]


def ours(server: Server, *, app: dict[str, str] | None = None, secrets: dict[str, str] | None = None) -> TikTok:
    made = speaker("tiktok", server, seconds=5)
    made.account = replace(made.account, app=app or {}, secrets=secrets or made.account.secrets)
    assert isinstance(made, TikTok)
    return made


def begins(server_url: list[str]) -> Reply:
    """The answer to `init` with an upload address on our own server."""

    def reply(connection: Any, asked: Asked) -> bool | None:
        told = payload("tiktok", "init_film")
        told["data"]["upload_url"] = f"{server_url[0]}/upload?upload_id=67890&upload_token=Xza123"
        return says(told)(connection, asked)

    return reply


def takes(*answers: Reply, **more: Reply) -> tuple[Reply, list[str]]:
    """A network that answers the chunks in turn, 206 until the last."""
    left, address = list(answers), list[str]()

    def upload(connection: Any, asked: Asked) -> bool | None:
        if left:
            return left.pop(0)(connection, asked)
        end, total = asked.headers["content-range"].rpartition("-")[2].split("/")
        return (DONE if int(end) + 1 == int(total) else MORE)(connection, asked)

    return routes(video_init_=begins(address), upload=upload, creator_info_query_=CREATOR, **more), address


def publishing(
    network: tuple[Reply, list[str]], draft: Draft, handle: str = "", *, keep: Keep | None = None, **more: Any
) -> tuple[Any, Server]:
    """What `publish` raises or gives, and what was asked. HERE in the handle stands for the network's address."""
    with serving(network[0]) as server:
        network[1].append(server.url)
        known, keep = handle.replace("HERE", server.url), keep or keeping()[1]
        try:
            return ours(server, **more).publish(draft, key=KEY, handle=known, keep=keep), server
        except (ConnectorError, Later, Halted) as raised:
            return raised, server


def status(name: str = "", **data: Any) -> dict[str, Any]:
    told: dict[str, Any] = payload("tiktok", name) if name else {"data": data, "error": {"code": "ok"}}
    return told


def handle(**more: Any) -> str:
    return json.dumps({"way": "inbox", "id": "v_inbox_file~v2.1", "at": int(time.time())} | more)


# A film to the inbox -----------------------------------------------------------------------------


def test_a_film_goes_to_the_inbox_as_the_documentation_shows_it():
    later, server = publishing(takes(), FILM)
    assert isinstance(later, Later)
    begun = server.asked[0]
    assert paths(server)[0] == "POST /v2/post/publish/inbox/video/init/"
    assert begun.headers["authorization"] == "Bearer act.secretaccess"
    assert begun.headers["content-type"] == "application/json; charset=UTF-8"
    told = {"source": "FILE_UPLOAD", "video_size": SIZE, "chunk_size": CHUNK, "total_chunk_count": 3}
    assert begun.json == {"source_info": told}
    assert chunks(server) == [
        f"bytes 0-{CHUNK - 1}/{SIZE}",
        f"bytes {CHUNK}-{2 * CHUNK - 1}/{SIZE}",
        f"bytes {2 * CHUNK}-{SIZE - 1}/{SIZE}",
    ]
    assert {asked.headers["content-type"] for asked in server.asked[1:]} == {"video/mp4"}
    assert "authorization" not in server.asked[1].headers, "the address itself is the permission"
    assert FILM.video
    assert b"".join(asked.body for asked in server.asked[1:]) == FILM.video.part(0, SIZE)
    kept = json.loads(later.handle)
    assert (kept["id"], kept["sent"], kept["way"]) == ("v_inbox_file~v2.123456789", SIZE, "inbox")


@pytest.mark.parametrize(
    ("size", "chunk", "count"),
    [
        (1, 1, 1),
        (4_999_999, 4_999_999, 1),
        (2 * CHUNK - 1, 2 * CHUNK - 1, 1),
        (2 * CHUNK, CHUNK, 2),
        (50_000_123, CHUNK, 9),
        (4_000_000_000, CHUNK, 762),
    ],
)
def test_chunks_keep_to_tiktoks_rules(size: int, chunk: int, count: int):
    told = source(film(size))
    assert (told["chunk_size"], told["total_chunk_count"]) == (chunk, count)
    assert count == size // chunk <= 1000
    parts = pieces(size)
    assert [offset for offset, _ in parts] == [n * chunk for n in range(count)]
    assert sum(length for _, length in parts) == size
    assert all(length == chunk for _, length in parts[:-1])
    assert parts[-1][1] < max(2 * CHUNK, 2)


def test_every_chunk_asks_the_gate_and_keeps_how_far_it_is():
    kept, keep = keeping()
    publishing(takes(), FILM, keep=keep)
    assert [json.loads(each).get("sent", 0) for each in kept] == [0, 0, CHUNK, 2 * CHUNK]
    assert [bool(json.loads(each).get("id")) for each in kept] == [False, True, True, True]
    assert all(json.loads(each).get("url") for each in kept[1:])


@pytest.mark.parametrize("open_for", [0, 1, 2, 3])
def test_when_the_gate_closes_between_steps_nothing_further_is_sent(open_for: int):
    given: list[str] = []

    def keep(handle: str) -> None:
        if len(given) == open_for:
            raise Halted
        given.append(handle)

    found, server = publishing(takes(), FILM, keep=keep)
    assert isinstance(found, Halted)
    assert len(server.asked) == open_for


@pytest.mark.parametrize("has", [0, CHUNK, 2 * CHUNK])
def test_after_a_kill_it_goes_on_where_tiktok_says_whatever_the_handle_says(has: int):
    for known in (0, CHUNK, 2 * CHUNK):
        network = takes(status_fetch_=says(status(status="PROCESSING_UPLOAD", uploaded_bytes=has)))
        found, server = publishing(network, FILM, handle(sent=known, url="HERE/upload"))
        assert isinstance(found, Later)
        assert [each.split("-")[0] for each in chunks(server)] == [
            f"bytes {offset}" for offset in range(has, 3 * CHUNK, CHUNK)
        ]
        assert not [each for each in paths(server) if each.endswith("init/")]


def test_a_film_that_is_there_is_only_asked_for():
    network = takes(status_fetch_=says(status(status="PROCESSING_UPLOAD", uploaded_bytes=SIZE)))
    later, server = publishing(network, FILM, handle(sent=2 * CHUNK))
    assert isinstance(later, Later)
    assert paths(server) == ["POST /v2/post/publish/status/fetch/"]
    assert server.asked[0].json == {"publish_id": "v_inbox_file~v2.1"}


def test_in_the_inbox_it_waits_for_a_person():
    sent, _ = publishing(takes(status_fetch_=says(status("in_inbox"))), FILM, handle())
    assert sent == Sent("v_inbox_file~v2.1", "", waits_for="tiktok_inbox")


def test_what_a_person_has_posted_meanwhile_is_the_post():
    sent, server = publishing(takes(status_fetch_=says(status("complete"))), FILM, handle())
    assert (sent.remote_id, sent.waits_for) == ("7300000000000000001", "")
    assert sent.url == f"{server.url}/web/@caleg/video/7300000000000000001"
    for way, waits in (("inbox", "tiktok_review"), ("public", "tiktok_review"), ("private", "tiktok_private")):
        told = says(status(status="PUBLISH_COMPLETE"))
        sent, _ = publishing(takes(status_fetch_=told), FILM, handle(way=way))
        assert (sent.remote_id, sent.waits_for) == ("v_inbox_file~v2.1", waits)


def test_an_upload_address_that_grew_old_is_asked_for_anew():
    told = status(status="PROCESSING_UPLOAD", uploaded_bytes=CHUNK)
    old = handle(sent=CHUNK, at=int(time.time()) - URL_LIVES - 5, url="http://127.0.0.1:1/")
    later, server = publishing(takes(status_fetch_=says(told)), FILM, old)
    assert isinstance(later, Later) and json.loads(later.handle) == {"fails": 1}
    assert not chunks(server)


@pytest.mark.parametrize(("answer", "anew"), [(403, True), (404, True), (416, False)])
def test_a_refused_chunk_is_begun_anew_or_asked_about(answer: int, anew: bool):
    later, server = publishing(takes(says_raw(raw(answer, b""))), FILM)
    assert isinstance(later, Later)
    assert ("id" not in json.loads(later.handle)) == anew
    assert json.loads(later.handle)["fails"] == 1
    assert len(chunks(server)) == 1


def test_it_is_not_begun_anew_for_ever():
    found, _ = publishing(takes(says_raw(raw(404, b""))), FILM, json.dumps({"fails": MOST_FAILS}))
    assert (type(found), found.code) == (ConnectorError, "tiktok_upload_broke")


def test_trouble_before_the_last_chunk_is_temporary_and_with_the_last_unsure():
    for before, expected in ((0, Temporary), (1, Temporary), (2, Unsure)):
        for trouble in (cuts, says_raw(raw(503, b""))):
            found, server = publishing(takes(*[MORE] * before, trouble), FILM)
            assert type(found) is expected, found
            assert len(chunks(server)) == before + 1, "nothing is repeated by itself"


def test_trouble_at_the_beginning_of_a_film_shows_nothing_and_is_temporary():
    for trouble in (cuts, says({"error": {"code": "internal_error"}}, 500), says(status()), says({"data": {}})):
        found, server = publishing((routes(video_init_=trouble), []), FILM)
        assert type(found) is Temporary, found
        assert len(server.asked) == 1


@pytest.mark.parametrize(
    ("reason", "expected"),
    [
        ("file_format_check_failed", Rejected),
        ("duration_check_failed", Rejected),
        ("spam_risk", Rejected),
        ("publish_cancelled", Rejected),
        ("auth_removed", Reconnect),
        ("spam_risk_user_banned_from_posting", Reconnect),
        ("internal", Later),
        ("spam_risk_too_many_posts", Later),
    ],
)
def test_a_failure_is_refused_or_begun_anew_as_tiktok_says(reason, expected):
    told = says(status(status="FAILED", fail_reason=reason))
    found, server = publishing(takes(status_fetch_=told), FILM, handle(sent=2 * CHUNK))
    assert type(found) is expected
    assert len(server.asked) == 1
    if isinstance(found, Later):
        assert "id" not in json.loads(found.handle or "{}")
    else:
        assert found.params["words"] == reason


def test_an_id_that_is_forgotten_before_the_last_chunk_is_begun_anew_and_after_it_unsure():
    gone = says({"data": {}, "error": {"code": "invalid_publish_id", "message": "x"}}, 400)
    found, _ = publishing(takes(status_fetch_=gone), FILM, handle(sent=CHUNK))
    assert isinstance(found, Later)
    found, _ = publishing(takes(status_fetch_=gone), FILM, handle(sent=2 * CHUNK))
    assert isinstance(found, Unsure)


# Direct posts ------------------------------------------------------------------------------------


def test_an_audited_app_posts_directly_with_the_creators_own_settings():
    later, server = publishing(takes(), FILM, app={"audited": "1"}, secrets=DIRECT)
    assert isinstance(later, Later)
    assert paths(server)[:2] == [
        "POST /v2/post/publish/creator_info/query/",
        "POST /v2/post/publish/video/init/",
    ]
    assert server.asked[1].json["post_info"] == {
        "title": "Jalan desa selesai",
        "privacy_level": "PUBLIC_TO_EVERYONE",
        "disable_comment": False,
        "disable_duet": False,
        "disable_stitch": True,
        "brand_content_toggle": False,
        "brand_organic_toggle": False,
        "is_aigc": True,
    }


@pytest.mark.parametrize(
    ("app", "scope", "way"),
    [
        ({}, DIRECT["scope"], "inbox"),
        ({"audited": ""}, DIRECT["scope"], "inbox"),
        ({"direct": "1"}, DIRECT["scope"], "private"),
        ({"direct": "1", "audited": "1"}, DIRECT["scope"], "public"),
        ({"audited": "1"}, "user.info.basic,video.upload", "inbox"),
        ({"direct": "1"}, "video.upload", "inbox"),
    ],
)
def test_it_is_public_only_where_tiktok_has_audited_us_and_the_person_allowed_it(app, scope, way):
    later, server = publishing(takes(), FILM, app=app, secrets={**DIRECT, "scope": scope})
    assert json.loads(later.handle)["way"] == way
    info = server.asked[-4].json.get("post_info", {})
    privacy = {"inbox": None, "private": "SELF_ONLY", "public": "PUBLIC_TO_EVERYONE"}[way]
    assert info.get("privacy_level") == privacy


def test_where_the_creator_offers_no_public_posts_it_stays_private():
    creator = payload("tiktok", "creator")
    creator["data"]["privacy_level_options"] = ["FOLLOWER_OF_CREATOR", "SELF_ONLY"]
    address: list[str] = []
    both = routes(creator_info_query_=says(creator), video_init_=begins(address), upload=DONE)
    later, server = publishing((both, address), FILM, app={"audited": "1"}, secrets=DIRECT)
    assert server.asked[1].json["post_info"]["privacy_level"] == "SELF_ONLY"
    told = says(status(status="PUBLISH_COMPLETE", uploaded_bytes=SIZE))
    sent, _ = publishing(takes(status_fetch_=told), FILM, later.handle, app={"audited": "1"}, secrets=DIRECT)
    assert sent.waits_for == "tiktok_private"


# Photos ------------------------------------------------------------------------------------------


def test_photos_are_fetched_and_one_call_is_all():
    network = routes(content_init_=says(payload("tiktok", "init_photos")))
    later, server = publishing((network, []), replace(PHOTOS, title="Jalan"))
    assert isinstance(later, Later)
    assert json.loads(later.handle)["id"] == "p_pub_url~v2.123456789"
    assert server.asked[0].json == {
        "post_info": {"title": "Jalan", "description": "Jalan desa selesai"},
        "source_info": {
            "source": "PULL_FROM_URL",
            "photo_images": ["https://posko.example/m/1.jpg"] * 2,
            "photo_cover_index": 0,
        },
        "post_mode": "MEDIA_UPLOAD",
        "media_type": "PHOTO",
    }
    told = routes(status_fetch_=says(status(status="PROCESSING_DOWNLOAD")))
    again, server = publishing((told, []), PHOTOS, later.handle)
    assert isinstance(again, Later)
    assert len(server.asked) == 1


def test_photos_of_an_audited_app_are_posted_directly():
    network = routes(content_init_=says(payload("tiktok", "init_photos")), creator_info_query_=CREATOR)
    draft = replace(PHOTOS, ai_made=True)
    _, server = publishing((network, []), draft, app={"audited": "1"}, secrets=DIRECT)
    body = server.asked[1].json
    assert body["post_mode"] == "DIRECT_POST"
    info = body["post_info"]
    assert (info["privacy_level"], info["auto_add_music"], info["is_aigc"]) == ("PUBLIC_TO_EVERYONE", False, True)


@pytest.mark.parametrize(
    ("code", "expected", "named", "waits"),
    [
        ("spam_risk_too_many_pending_share", Temporary, "tiktok_drafts_full", timedelta(minutes=30)),
        ("spam_risk_too_many_posts", Temporary, "tiktok_too_many", timedelta(hours=1)),
        ("reached_active_user_cap", Temporary, "tiktok_too_many", timedelta(hours=1)),
        ("rate_limit_exceeded", Temporary, "rate_limited", None),
        ("unaudited_client_can_only_post_to_private_accounts", ConnectorError, "tiktok_unaudited", None),
        ("url_ownership_unverified", ConnectorError, "tiktok_foreign_address", None),
        ("privacy_level_option_mismatch", Rejected, "refused", None),
        ("internal_error", Unsure, "server_error", None),
    ],
)
@pytest.mark.parametrize("http", [200, 400])
def test_the_code_decides_whatever_the_status_says(code, expected, named, waits, http):
    told = says({"data": {}, "error": {"code": code, "message": "No", "log_id": "1"}}, http)
    found, _ = publishing((routes(content_init_=told), []), PHOTOS)
    assert (type(found), found.code) == (expected, named)
    assert getattr(found, "retry_after", None) == waits


def test_ok_is_a_success_whatever_the_status_says():
    found, _ = publishing((routes(content_init_=says(payload("tiktok", "init_photos"), 202)), []), PHOTOS)
    assert isinstance(found, Later)


def test_words_hold_neither_tokens_nor_upload_addresses():
    said = "act.example!12345Example rft.example12345 https://u.example/?upload_id=1&upload_token=Xza123 is bad"
    told = says({"data": {}, "error": {"code": "invalid_params", "message": said}}, 400)
    found, _ = publishing((routes(content_init_=told), []), PHOTOS)
    for secret in ("12345Example", "example12345", "Xza123"):
        assert secret not in found.params["words"] + found.detail


# Looking for it ----------------------------------------------------------------------------------


def finding(told: Any, draft: Draft, known: str, **more: Any) -> tuple[Any, Server]:
    with serving(routes(status_fetch_=told, video_list_=told)) as server:
        try:
            return ours(server, **more).find(draft, key=KEY, handle=known, since=KEY.made_at), server
        except ConnectorError as raised:
            return raised, server


def test_without_a_publish_id_no_bytes_were_sent_and_no_photos_told_of():
    for draft in (FILM, PHOTOS):
        found, server = finding(cuts, draft, "")
        assert (found, server.asked) == (None, [])
    found, server = finding(cuts, FILM, '{"way": "inbox", "at": 1}')
    assert (found, server.asked) == (None, [])


def test_a_film_of_which_bytes_are_missing_is_not_out():
    told = says(status(status="PROCESSING_UPLOAD", uploaded_bytes=2 * CHUNK))
    assert finding(told, FILM, handle(sent=2 * CHUNK))[0] is None
    assert finding(says(status(status="FAILED", fail_reason="internal")), FILM, handle(sent=SIZE))[0] is None


def test_a_film_that_is_whole_is_found_or_asked_for_again():
    assert finding(says(status("in_inbox")), FILM, handle())[0].waits_for == "tiktok_inbox"
    found, _ = finding(says(status(status="PROCESSING_UPLOAD", uploaded_bytes=SIZE)), FILM, handle(sent=2 * CHUNK))
    assert (type(found), found.code) == (Temporary, "at_work")


def test_photos_without_an_answer_are_looked_for_by_their_words():
    videos = payload("tiktok", "videos")
    since = KEY.made_at.timestamp()
    videos["data"]["videos"][0] |= {"create_time": int(since) + 5, "video_description": "Jalan  desa\nselesai"}
    way = json.dumps({"way": "public"})
    found, server = finding(says(videos), PHOTOS, way)
    assert found.remote_id == "7300000000000000001"
    assert server.asked[0].query["fields"] == ["id,title,video_description,create_time,share_url"]
    videos["data"]["videos"][0]["create_time"] = int(since) - 3600
    assert type(finding(says(videos), PHOTOS, way)[0]) is Unknowable
    found, server = finding(says(videos), PHOTOS, json.dumps({"way": "inbox"}))
    assert (type(found), server.asked) == (Unknowable, []), "drafts are never listed"


def test_a_draft_is_public_once_tiktok_names_the_post():
    listed = {**payload("tiktok", "videos")}
    with serving(routes(status_fetch_=says(status("complete")), video_query_=says(listed))) as server:
        sent = ours(server).is_public("v_inbox_file~v2.1")
    assert sent == Sent("7300000000000000001", "https://www.tiktok.com/@caleg/video/7300000000000000001")
    assert server.asked[1].json == {"filters": {"video_ids": ["7300000000000000001"]}}
    for told in (status("in_inbox"), status(status="PUBLISH_COMPLETE"), status(status="FAILED")):
        with serving(says(told)) as server:
            assert ours(server).is_public("v_inbox_file~v2.1") is None
    gone = says({"data": {}, "error": {"code": "invalid_publish_id"}}, 400)
    with serving(gone) as server:
        assert ours(server).is_public("v_inbox_file~v2.1") is None
    with serving(says(status(videos=[]))) as server:
        assert ours(server).is_public("7300000000000000001") is None


# Reading -----------------------------------------------------------------------------------------


def test_the_account_tells_who_it_is_as_far_as_it_let_us():
    with serving(routes(user_info_=says(payload("tiktok", "user")))) as server:
        found = ours(server).check()
    assert server.asked[0].query["fields"] == ["open_id,display_name"]
    assert (found.remote_id, found.name, found.limits) == ("-000abc", "Ratna Caleg", {})
    full = {**DIRECT, "scope": DIRECT["scope"] + ",user.info.profile"}
    with serving(routes(user_info_=says(payload("tiktok", "user")), creator_info_query_=CREATOR)) as server:
        found = ours(server, app={"direct": "1"}, secrets=full).check()
    assert (found.handle, found.url) == ("@caleg", f"{server.url}/web/@caleg")
    assert found.limits == {"max_video_post_duration_sec": 300}
    full_day = says({"data": {}, "error": {"code": "spam_risk_too_many_posts", "message": "x"}}, 403)
    with serving(routes(user_info_=says(payload("tiktok", "user")), creator_info_query_=full_day)) as server:
        assert ours(server, app={"direct": "1"}, secrets=full).check().limits == {}


def test_on_the_network_itself_pages_are_on_its_own_site():
    made = TikTok(account("tiktok", HOME), ours(Server(1, [])).door)
    assert made.host("web") == "https://www.tiktok.com"


def test_posts_are_measured_twenty_at_a_time_and_drafts_not_at_all():
    with serving(says(payload("tiktok", "videos"))) as server:
        found = ours(server).measure(["v_inbox_file~v2.1", *map(str, range(45))])
    assert [len(asked.json["filters"]["video_ids"]) for asked in server.asked] == [20, 20, 5]
    assert server.asked[0].query["fields"] == ["id,view_count,like_count,comment_count,share_count"]
    assert {each.metric: each.value for each in found["7300000000000000001"]} == {
        "views": 4100,
        "likes": 31,
        "replies": 4,
        "reposts": 5,
    }
    with serving() as server:
        assert ours(server).measure(["v_inbox_file~v2.1"]) == {}
    assert server.asked == []


def test_the_accounts_own_figures_are_read():
    with serving(says(payload("tiktok", "user"))) as server:
        found = ours(server).measure_account()
    assert Figure("followers", 232, "follower_count") in found
    assert len(found) == 4


def test_the_timeline_goes_back_page_by_page_until_the_time_asked_for():
    def told(ids: range, **more: Any) -> Reply:
        each = payload("tiktok", "videos")["data"]["videos"][0]
        videos = [each | {"id": str(n), "create_time": 1_795_000_000 - n} for n in ids]
        return says(status(videos=videos, **more))

    pages = [told(range(20), has_more=True, cursor=1_794_999_981_000), told(range(20, 30), has_more=True, cursor=1)]
    with serving(*pages) as server:
        since = datetime.fromtimestamp(1_795_000_000 - 24, UTC)
        assert [seen.remote_id for seen in ours(server).timeline(since)] == [str(n) for n in range(25)]
    assert [asked.json.get("cursor") for asked in server.asked] == [None, 1_794_999_981_000]
    with serving(says(status(videos=[{"title": "no id"}]))) as server, pytest.raises(Temporary):
        ours(server).timeline(since)


def test_only_what_is_still_fetched_can_be_stopped_and_the_rest_is_a_persons():
    with serving(says(status())) as server:
        ours(server).take_down("p_pub_url~v2.1")
    assert paths(server) == ["POST /v2/post/publish/cancel/"]
    no = says({"data": {}, "error": {"code": "invalid_params", "message": "too late"}}, 400)
    with serving(no) as server, pytest.raises(ConnectorError, match="delete_there"):
        ours(server).take_down("p_pub_url~v2.1")
    with serving() as server, pytest.raises(ConnectorError, match="delete_there") as caught:
        ours(server).take_down("7300000000000000001")
    assert str(caught.value.params["url"]).endswith("/@caleg/video/7300000000000000001")
    assert server.asked == []


# Tokens ------------------------------------------------------------------------------------------


def test_renewing_gives_both_tokens_and_obeys_their_life():
    app = {"client_id": "key", "client_secret": "secret"}
    before = datetime.now(UTC)
    with serving(says(payload("tiktok", "token"))) as server:
        made = ours(server, app=app, secrets={"access": "act.old", "refresh": "rft.old", "scope": "video.list"})
        found = made.renew()
    assert paths(server) == ["POST /v2/oauth/token/"]
    assert server.asked[0].headers["content-type"] == "application/x-www-form-urlencoded"
    assert server.asked[0].body == (
        b"client_key=key&client_secret=secret&grant_type=refresh_token&refresh_token=rft.old"
    )
    assert (found["access"], found["refresh"]) == (
        "act.example12345Example12345Example",
        "rft.example12345Example12345Example",
    )
    made.account = replace(made.account, secrets=found)
    assert not made.is_stale(before + timedelta(minutes=110))
    assert made.is_stale(before + timedelta(minutes=116))
    until = TikTok.signed_in_until(found)
    assert until and abs(until - before - timedelta(days=365)) < timedelta(minutes=1)
    assert TikTok.signed_in_until({}) is None


@pytest.mark.parametrize("http", [200, 400])
def test_a_dead_refresh_token_is_told_with_any_status(http: int):
    told = {"error": "invalid_grant", "error_description": "Refresh token is invalid or expired.", "log_id": "1"}
    with serving(says(told, http)) as server, pytest.raises(Reconnect, match="signed_out"):
        ours(server).renew()
    with serving(says({"error": "temporarily_unavailable"}, http)) as server, pytest.raises(Temporary):
        ours(server).renew()
    with serving(says({"error": "invalid_client"}, http)) as server, pytest.raises(ConnectorError, match="wrong_app"):
        ours(server).renew()
    with serving(says({"expires_in": 7200}, 200)) as server, pytest.raises(Temporary):
        ours(server).renew()


def test_a_token_that_tiktok_turns_away_is_to_be_renewed():
    told = says({"error": {"code": "access_token_invalid", "message": "expired"}, "data": {}}, 401)
    with serving(told) as server, pytest.raises(Stale):
        ours(server).check()
