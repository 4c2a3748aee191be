"""Photos for TikTok, what its answers mean, what is found and read there, and its tokens."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from platforms.base import (
    ConnectorError,
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
from platforms.tiktok.sending import CHUNK
from tests.platforms.make import KEY, account, payload
from tests.platforms.servers import Reply, Server, cuts, hangs, routes, says, says_page, serving
from tests.platforms.tiktok import (
    CREATOR,
    DIRECT,
    FILM,
    PHOTOS,
    SIZE,
    handle,
    ours,
    paths,
    publishing,
    status,
)

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


@pytest.mark.parametrize("lost", [hangs, cuts, says_page(), says({}, 503)])
def test_a_renewal_whose_answer_is_lost_is_no_reason_to_sign_in_again(lost: Any):
    with serving(lost) as server, pytest.raises(Temporary):
        ours(server).renew()


def test_a_token_that_tiktok_turns_away_is_to_be_renewed():
    told = says({"error": {"code": "access_token_invalid", "message": "expired"}, "data": {}}, 401)
    with serving(told) as server, pytest.raises(Stale):
        ours(server).check()
