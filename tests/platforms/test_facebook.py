"""What Facebook's connector asks for, step by step."""

import json
import time
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from platforms.base import Halted, Later, Reconnect, Rejected, Temporary, Unknowable, Unsure
from platforms.contents import Draft, Happened, Place, Sent, To, Video
from platforms.facebook import Facebook, FacebookHook, FacebookSignIn
from platforms.facebook.connector import MEDIA_LIVES
from platforms.http import Door
from platforms.oauth import App
from tests.platforms.make import KEY, account, draft, keeping, payload, picture, speaker
from tests.platforms.servers import Asked, Reply, Server, hangs, routes, says, serving

FEED, POSTS = payload("facebook", "feed"), payload("facebook", "posts")
PHOTO = says({"id": "77"})
SINCE = datetime(2026, 11, 22, 12, 30, tzinfo=UTC)


def paths(server: Server) -> list[str]:
    return [f"{asked.method} {asked.path.removeprefix('/v26.0/')}" for asked in server.asked]


def form(asked: Asked) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(asked.body.decode()).items()}


def refused(code: int, subcode: int = 0, words: str = "No") -> Reply:
    return says({"error": {"message": words, "code": code, "error_subcode": subcode}}, 400)


def publish(server: Server, wanted: Draft, handle: str = "") -> tuple[Sent, list[dict[str, Any]]]:
    kept, keep = keeping()
    sent = speaker("facebook", server).publish(wanted, key=KEY, handle=handle, keep=keep)
    return sent, [json.loads(each) for each in kept]


# Publishing --------------------------------------------------------------------------------------


def test_a_text_with_a_link_is_one_request_with_a_preview():
    with serving(says(FEED)) as server:
        sent, kept = publish(server, draft("Jadwal: https://posko.example/s/1. Sampai jumpa!"))
    assert sent == Sent("104_990", "https://www.facebook.com/104/posts/990")
    assert paths(server) == ["POST 104/feed"]
    assert form(server.asked[0]) == {
        "message": "Jadwal: https://posko.example/s/1. Sampai jumpa!",
        "link": "https://posko.example/s/1",
        "fields": "id,permalink_url",
    }
    assert server.asked[0].headers["authorization"] == "Bearer EAAsecrettokensecrettoken"
    assert [each["tries"] for each in kept] == [1]
    assert abs(kept[0]["at"] - time.time()) < 5


def test_one_photo_and_its_text_are_one_request():
    with serving(says({"id": "77", "post_id": "104_990"})) as server:
        sent, _ = publish(server, draft("Di pasar", pictures=1))
    body = server.asked[0].body
    assert sent == Sent("104_990", f"{server.url}/web/104_990")
    assert paths(server) == ["POST 104/photos"]
    for part in (
        b'name="caption"\r\n\r\nDi pasar',
        b'name="alt_text_custom"\r\n\r\nWarga',
        b'name="source"; filename=',
    ):
        assert part in body
    assert b"published" not in body


def test_one_photo_without_a_clear_answer_is_unsure():
    with serving(hangs) as server, pytest.raises(Unsure):
        speaker("facebook", server, seconds=0.3).publish(draft(pictures=1), key=KEY, handle="", keep=keeping()[1])


def test_several_photos_wait_unseen_until_the_last_step():
    with serving(routes(photos=PHOTO, feed=says(FEED))) as server:
        _, kept = publish(server, draft("Tiga", pictures=3))
    assert paths(server) == ["POST 104/photos"] * 3 + ["POST 104/feed"]
    assert all(b'name="published"\r\n\r\nfalse' in each.body for each in server.asked[:3])
    assert json.loads(form(server.asked[3])["attached_media"]) == [{"media_fbid": "77"}] * 3
    assert "link" not in form(server.asked[3])
    assert [len(each.get("media", [])) for each in kept] == [0, 1, 2, 3]
    assert [each.get("tries") for each in kept] == [None, None, None, 1]


@pytest.mark.parametrize("open_for", [0, 1, 2])
def test_when_the_gate_closes_between_steps_nothing_is_shown(open_for: int):
    given: list[str] = []

    def keep(handle: str) -> None:
        if len(given) == open_for:
            raise Halted
        given.append(handle)

    with serving(routes(photos=PHOTO, feed=says(FEED))) as server, pytest.raises(Halted):
        speaker("facebook", server).publish(draft(pictures=2), key=KEY, handle="", keep=keep)
    assert paths(server) == ["POST 104/photos"] * open_for


def test_photos_that_are_there_are_not_sent_again_unless_they_grew_old():
    fresh = json.dumps({"media": ["5", "6"], "made": int(time.time())})
    with serving(routes(photos=PHOTO, feed=says(FEED))) as server:
        publish(server, draft(pictures=2), fresh)
    assert paths(server) == ["POST 104/feed"]
    old = json.dumps({"media": ["5", "6"], "made": int(time.time()) - MEDIA_LIVES - 5})
    with serving(routes(photos=PHOTO, feed=says(FEED))) as server:
        publish(server, draft(pictures=2), old)
    assert paths(server) == ["POST 104/photos"] * 2 + ["POST 104/feed"]


def test_photos_swept_away_are_sent_again_once():
    gone = refused(100, words="(#100) The media_fbid 5 does not exist")
    handle = json.dumps({"media": ["5", "6"], "made": int(time.time())})
    with serving(gone) as server, pytest.raises(Later) as later:
        publish(server, draft(pictures=2), handle)
    assert "media" not in json.loads(later.value.handle)
    with serving(routes(photos=PHOTO, feed=gone)) as server, pytest.raises(Rejected):
        publish(server, draft(pictures=2), later.value.handle)


@pytest.mark.parametrize(("code", "subcode"), [(506, 0), (100, 1_366_051)])
def test_a_repeat_refused_as_a_repeat_may_be_ours(code: int, subcode: int):
    with serving(refused(code, subcode)) as server, pytest.raises(Rejected, match="said_before"):
        publish(server, draft())
    with serving(refused(code, subcode)) as server, pytest.raises(Unsure, match="said_before"):
        publish(server, draft(), json.dumps({"at": int(time.time()) - 90, "tries": 1}))


def test_a_comment_goes_below_and_a_picture_with_it_waits_unseen_first():
    to = To(Place.COMMENT, "990_2", root="104_990")
    with serving(routes(photos=PHOTO, comments=says({"id": "990_3"}))) as server:
        sent, _ = publish(server, Draft("Terima kasih", (picture(),), to=to))
    assert sent.remote_id == "990_3"
    assert paths(server) == ["POST 104/photos", "POST 990_2/comments"]
    assert form(server.asked[1]) == {"message": "Terima kasih", "attachment_id": "77", "fields": "id,permalink_url"}


@pytest.mark.parametrize(
    ("hours", "granted", "expected"),
    [
        (1, "", {"messaging_type": "RESPONSE"}),
        (23.9, "1", {"messaging_type": "RESPONSE"}),
        (25, "1", {"messaging_type": "MESSAGE_TAG", "tag": "HUMAN_AGENT"}),
        (25, "", None),
        (24 * 7 + 1, "1", None),
    ],
)
def test_a_message_is_sent_only_within_its_window(hours: float, granted: str, expected: dict[str, str] | None):
    to = To(Place.MESSAGE, "m_1", person="9", at=datetime.now(UTC) - timedelta(hours=hours))
    with serving(says({"recipient_id": "9", "message_id": "m_2"})) as server:
        ours = account("facebook", server.url)
        door = Door(3, 1.0, frozenset({server.place}))
        connector = Facebook(ours.__class__(**{**ours.__dict__, "app": {"human_agent": granted}}), door)
        if expected is None:
            with pytest.raises(Rejected, match="window_closed"):
                connector.publish(Draft("Boleh", to=to), key=KEY, handle="", keep=keeping()[1])
            assert server.asked == []
            return
        sent = connector.publish(Draft("Boleh", to=to), key=KEY, handle="", keep=keeping()[1])
    told = form(server.asked[0])
    assert sent.remote_id == "m_2"
    assert paths(server) == ["POST 104/messages"]
    assert (json.loads(told.pop("recipient")), json.loads(told.pop("message"))) == ({"id": "9"}, {"text": "Boleh"})
    assert told == expected


# Films -------------------------------------------------------------------------------------------


def film(width: int = 1080, height: int = 1920, **changed: Any) -> Video:
    data = b"0123456789"
    facts: dict[str, Any] = {"seconds": 20.0, "rate": 30.0, "size": len(data), "mime": "video/mp4"} | changed
    return Video("ab" * 32, width=width, height=height, codec="AVC", sound="AAC",
                 part=lambda at, most: data[at : at + most], **facts)  # fmt: skip


def status(sent: int = 0, processing: str = "not_started", publishing: str = "not_started", **more: Any) -> Reply:
    phases: dict[str, Any] = {
        "uploading_phase": {"bytes_transfered": sent},
        "processing_phase": {"status": processing},
        "publishing_phase": {"status": publishing},
    }
    return says({"id": "55", "status": phases | more, "post_id": "990", "permalink_url": "/reel/55/"})


OUT = status(10, "complete", "complete")


def test_a_reel_is_begun_uploaded_elsewhere_and_finished():
    steps = [says({"video_id": "55"}), status(0), says({"success": True}), says({"success": True}), OUT]
    with serving(*steps) as server:
        sent, kept = publish(server, Draft("Kilas", video=film(), ai_made=True))
    assert sent == Sent("104_990", f"{server.url}/web/reel/55/")
    assert [f"{each.method} {each.path}" for each in server.asked] == [
        "POST /v26.0/104/video_reels", "GET /v26.0/55", "POST /upload/video-upload/v26.0/55",
        "POST /v26.0/104/video_reels", "GET /v26.0/55",
    ]  # fmt: skip
    assert form(server.asked[0]) == {"upload_phase": "start"}
    head = server.asked[2].headers
    assert (head["offset"], head["file_size"], server.asked[2].body) == ("0", "10", b"0123456789")
    assert head["authorization"] == "OAuth EAAsecrettokensecrettoken"
    assert form(server.asked[3]) == {
        "upload_phase": "finish", "video_id": "55", "video_state": "PUBLISHED", "description": "Kilas",
        "is_ai_generated": "true",
    }  # fmt: skip
    assert [each.get("video") for each in kept] == [None, "55", "55"]
    assert [each.get("over") for each in kept] == [None, None, True]


def offsets(start: int, end: int, **more: Any) -> Reply:
    return says({"start_offset": str(start), "end_offset": str(end), **more})


BEGUN = offsets(0, 6, video_id="55", upload_session_id="66")


def test_a_wide_film_goes_through_the_phases_of_videos_as_the_network_wants_its_parts():
    with serving(BEGUN, offsets(6, 10), offsets(10, 10), says({"success": True}), OUT) as server:
        _, kept = publish(server, Draft("Kilas", video=film(1920, 1080)))
    assert [f"{each.method} {each.path}" for each in server.asked] == [
        *["POST /video/v26.0/104/videos"] * 4, "GET /v26.0/55",
    ]  # fmt: skip
    assert form(server.asked[0]) == {"upload_phase": "start", "file_size": "10"}
    for number, at, data in ((1, b"0", b"012345"), (2, b"6", b"6789")):
        for part in (b"transfer", b'"upload_session_id"\r\n\r\n66\r\n', b'"start_offset"\r\n\r\n' + at + b"\r\n"):
            assert part in server.asked[number].body
        assert b"\r\n\r\n" + data + b"\r\n--" in server.asked[number].body
    assert form(server.asked[3]) == {"upload_phase": "finish", "upload_session_id": "66", "description": "Kilas"}
    assert [each.get("start", 0) for each in kept] == [0, 0, 6, 10]


def test_a_part_that_had_arrived_after_all_is_not_sent_twice():
    told = {
        "message": "No",
        "code": 6001,
        "error_subcode": 1_363_037,
        "error_data": {"start_offset": 6, "end_offset": 10},
    }
    handle = json.dumps({"video": "55", "session": "66", "kind": "video", "end": 6})
    with serving(says({"error": told}, 400), offsets(10, 10), says({"success": True}), OUT) as server:
        publish(server, Draft("Kilas", video=film(1920, 1080)), handle)
    assert b"6789" in server.asked[1].body and b"012345" not in server.asked[1].body


def test_a_network_that_stays_at_one_place_is_tried_later():
    handle = json.dumps({"video": "55", "session": "66", "kind": "video", "end": 6})
    with serving(offsets(0, 6)) as server, pytest.raises(Temporary):
        publish(server, Draft("Kilas", video=film(1920, 1080)), handle)
    assert len(server.asked) == 1


def test_a_large_film_is_no_reel_for_those_go_in_one_call():
    with serving(hangs) as server:
        connector = speaker("facebook", server, seconds=0.2)
        with pytest.raises(Temporary):
            connector.publish(Draft("", video=film(size=33 * 1024 * 1024)), key=KEY, handle="", keep=keeping()[1])
    assert server.asked[0].path.endswith("/videos")


def test_a_reel_broken_off_goes_on_from_what_the_network_has():
    handle = json.dumps({"video": "55", "kind": "reel"})
    with serving(status(6), says({"success": True}), says({"success": True}), OUT) as server:
        publish(server, Draft("Kilas", video=film()), handle)
    assert (server.asked[1].headers["offset"], server.asked[1].body) == ("6", b"6789")


def test_a_film_in_processing_gives_the_worker_free_and_is_only_asked_after():
    handle = json.dumps({"video": "55", "kind": "reel", "over": True})
    with serving(status(10, "in_progress")) as server, pytest.raises(Later) as later:
        publish(server, Draft("Kilas", video=film()), handle)
    assert paths(server) == ["GET 55"]
    with serving(OUT) as server:
        sent, _ = publish(server, Draft("Kilas", video=film()), later.value.handle)
    assert (sent.remote_id, paths(server)) == ("104_990", ["GET 55"])


def test_a_film_that_cannot_be_processed_is_refused_in_the_networks_words():
    broken: dict[str, Any] = {
        "video_status": "error",
        "processing_phase": {"status": "error", "errors": [{"message": "No codec"}]},
    }
    handle = json.dumps({"video": "55", "kind": "reel", "over": True})
    with serving(status(10, **broken)) as server, pytest.raises(Rejected) as caught:
        publish(server, Draft("Kilas", video=film()), handle)
    assert caught.value.params["words"] == "No codec"


def test_of_a_film_the_network_itself_knows_whether_it_is_out():
    wanted, handle = Draft("Kilas", video=film()), json.dumps({"video": "55", "kind": "reel", "over": True})

    def find(reply: Reply) -> Sent | None:
        with serving(reply) as server:
            return speaker("facebook", server).find(wanted, key=KEY, handle=handle, since=SINCE)

    found = find(OUT)
    assert found is not None and found.remote_id == "104_990"
    assert find(status(10)) is None
    with pytest.raises(Temporary):
        find(status(10, "in_progress"))


def test_a_finish_without_a_clear_answer_is_unsure():
    with serving(says({"video_id": "55"}), status(10), hangs) as server:
        connector = speaker("facebook", server, seconds=0.3)
        with pytest.raises(Unsure):
            connector.publish(Draft("Kilas", video=film()), key=KEY, handle="", keep=keeping()[1])
    assert len(server.asked) == 3


# Looking for it ----------------------------------------------------------------------------------


def find(reply: Reply, wanted: Draft, seconds_ago: float, tries: int = 1, since: datetime = SINCE) -> Sent | None:
    handle = json.dumps({"at": int(time.time() - seconds_ago), "tries": tries})
    with serving(reply) as server:
        return speaker("facebook", server).find(wanted, key=KEY, handle=handle, since=since)


def test_a_post_with_the_same_words_is_ours():
    found = find(says(POSTS), draft("Selamat  pagi, warga Sukamaju!\n"), 5)
    assert found == Sent("104_992", "https://www.facebook.com/104/posts/992")


def test_a_post_without_words_is_known_by_its_pictures():
    found = find(says(POSTS), draft("", pictures=2), 5)
    assert found is not None and found.remote_id == "104_991"
    assert find(says(POSTS), draft("", pictures=3), 90) is None


def test_silence_proves_absence_only_a_minute_after_the_last_try():
    with pytest.raises(Temporary) as caught:
        find(says(POSTS), draft("Lain"), 50)
    assert caught.value.retry_after == timedelta(seconds=15)
    assert find(says(POSTS), draft("Lain"), 61) is None


def test_after_a_second_try_a_person_looks():
    with pytest.raises(Unknowable):
        find(says(POSTS), draft("Lain"), 600, tries=2)


def test_older_posts_with_the_same_words_are_not_ours():
    with serving(says({"data": []})) as server:
        speaker("facebook", server).find(draft(), key=KEY, handle="", since=SINCE)
    asked = server.asked[0]
    assert asked.path == "/v26.0/104/posts"
    assert asked.query["since"] == [str(int((SINCE - timedelta(minutes=5)).timestamp()))]
    assert find(says(POSTS), draft(), 90, since=datetime(2026, 11, 22, 13, tzinfo=UTC)) is None


def test_an_answer_is_looked_for_among_our_own_below():
    told = {"data": [
        {"id": "990_5", "message": "Siap", "created_time": "2026-11-22T12:31:00+0000", "from": {"id": "9"}},
        {"id": "990_4", "message": "Siap", "created_time": "2026-11-22T12:30:30+0000", "from": {"id": "104"}},
        {"id": "990_3", "message": "Siap", "created_time": "2026-11-20T12:30:30+0000", "from": {"id": "104"}},
    ]}  # fmt: skip
    wanted = Draft("Siap", to=To(Place.COMMENT, "990_2"))
    found = find(says(told), wanted, 5)
    assert found is not None and found.remote_id == "990_4"
    assert find(says({"data": told["data"][2:]}), wanted, 90) is None


def test_a_message_is_looked_for_in_its_conversation():
    wanted = Draft("Sudah kami balas", to=To(Place.MESSAGE, "m_1", person="9"))
    found = find(
        says(payload("facebook", "conversations")), wanted, 5, since=datetime(2026, 11, 22, 11, 59, tzinfo=UTC)
    )
    assert found is not None and found.remote_id == "m_2"


# After -------------------------------------------------------------------------------------------


def test_taking_down_what_is_gone_is_a_success_and_what_may_not_be_removed_is_not():
    gone = refused(100, 33, "Unsupported delete request")
    with serving(gone) as server:
        speaker("facebook", server).take_down("104_990")
    assert paths(server) == ["DELETE 104_990", "GET 104_990"]
    with serving(gone, says({"id": "104_990"})) as server, pytest.raises(Reconnect, match="not_allowed"):
        speaker("facebook", server).take_down("104_990")


def test_hiding_says_so_to_the_comment():
    with serving(says({"success": True})) as server:
        speaker("facebook", server).hide("990_2", hidden=True)
        speaker("facebook", server).hide("990_2", hidden=False)
    assert paths(server) == ["POST 990_2"] * 2
    assert [form(each)["is_hidden"] for each in server.asked] == ["true", "false"]


# Reading -----------------------------------------------------------------------------------------


def part(body: Any, code: int = 200) -> dict[str, Any]:
    return {"code": code, "headers": [], "body": json.dumps(body)}


COUNTS = {
    "id": "104_990", "comments": {"data": [], "summary": {"total_count": 4}}, "shares": {"count": 3},
    "reactions": {"data": [], "summary": {"total_count": 12}},
}  # fmt: skip
GONE = part({"error": {"message": "Unsupported get request", "code": 100, "error_subcode": 33}}, 400)
NO_METRIC = part({"error": {"message": "(#100) The value must be a valid insights metric", "code": 100}}, 400)


def insight(value: int) -> dict[str, Any]:
    return part({"data": [{"name": "x", "period": "lifetime", "values": [{"value": value}]}]})


def test_posts_are_measured_in_batches_and_a_removed_metric_spoils_no_other():
    with serving(says([part(COUNTS), GONE]), says([insight(900)]), says([NO_METRIC]), says([insight(7)])) as server:
        found = speaker("facebook", server).measure(["104_990", "104_1"])
    assert {each.metric: each.value for each in found.pop("104_990")} == {
        "likes": 12, "replies": 4, "reposts": 3, "views": 900, "clicks": 7,
    }  # fmt: skip
    assert found == {}
    assert paths(server) == ["POST "] * 4
    asked = json.loads(form(server.asked[1])["batch"])
    assert asked == [{"method": "GET", "relative_url": "104_990/insights?metric=post_media_view&period=lifetime"}]


def test_fifty_posts_go_into_one_batch():
    with serving(says([])) as server, pytest.raises(Temporary):
        speaker("facebook", server).measure([f"104_{number}" for number in range(120)])
    assert len(json.loads(form(server.asked[0])["batch"])) == 50


@pytest.mark.parametrize(
    "odd",
    [[None], [{"code": 200}], [part([1])], [part({"error": {"code": 2}}, 500)], [{"code": 200, "body": "<"}], [], {}],
)
def test_a_batch_with_a_gap_is_a_failed_reading_and_no_zero(odd: Any):
    with serving(says(odd)) as server, pytest.raises(Temporary):
        speaker("facebook", server).measure(["104_990"])


def test_a_permission_taken_back_is_not_taken_for_posts_that_are_gone():
    with serving(says([part({"error": {"message": "(#10)", "code": 10}}, 403)])) as server, pytest.raises(Reconnect):
        speaker("facebook", server).measure(["104_990"])


def test_a_dead_token_in_a_batch_is_noticed():
    dead = part({"error": {"message": "Session expired", "code": 190, "error_subcode": 463}}, 400)
    with serving(says([dead])) as server, pytest.raises(Reconnect):
        speaker("facebook", server).measure(["104_990"])


def test_a_page_without_leave_for_insights_still_has_followers():
    with serving(says({"id": "104", "followers_count": 1500, "fan_count": 1400}), refused(10)) as server:
        found = speaker("facebook", server).measure_account()
    assert {each.metric: each.value for each in found} == {"followers": 1500, "likes": 1400}
    with serving(says({"id": "104", "followers_count": 1500}), refused(100), insight_of(5), refused(100)) as server:
        found = speaker("facebook", server).measure_account()
    assert {each.metric: each.value for each in found} == {"followers": 1500, "reach": 5}


def insight_of(value: int) -> Reply:
    return says({"data": [{"name": "x", "period": "day", "values": [{"value": 1}, {"value": value}]}]})


def comment(number: int, second: int, by: str = "9") -> dict[str, Any]:
    at = (datetime.now(UTC) - timedelta(hours=1)).replace(minute=0, second=second, microsecond=0)
    told = {"id": f"990_{number}", "message": f"Tanya {number}", "created_time": at.isoformat()}
    return told | {"from": {"id": by, "name": "Sri"}}


def test_comments_are_read_oldest_first_each_once_and_ours_not_at_all():
    first = [comment(3, 9), comment(2, 7, by="104"), comment(1, 5)]
    post = {"id": "104_990", "comments": {"data": first}}
    with serving(says({"data": [post]})) as server:
        page = speaker("facebook", server).messages(Place.COMMENT, "")
    assert [each.remote_id for each in page.entries] == ["990_1", "990_3"]
    assert {(each.about, each.thread, each.author_name) for each in page.entries} == {("104_990", "104_990", "Sri")}
    later = {"id": "104_990", "comments": {"data": [comment(5, 11), comment(4, 9), *first]}}
    with serving(says({"data": [later]})) as server:
        page = speaker("facebook", server).messages(Place.COMMENT, page.cursor)
        assert [each.remote_id for each in page.entries] == ["990_4", "990_5"], "even of the same second"
        assert speaker("facebook", server).messages(Place.COMMENT, page.cursor).entries == ()
        assert speaker("facebook", server).messages(Place.COMMENT, page.cursor).cursor == page.cursor


def test_a_post_with_more_comments_than_one_page_is_read_to_where_we_were():
    paging = {"cursors": {"after": "AA"}, "next": "https://x.example/"}
    post = {"id": "104_990", "comments": {"data": [comment(3, 9), comment(2, 8)], "paging": paging}}
    with serving(says({"data": [post]}), says({"data": [comment(1, 7)]})) as server:
        page = speaker("facebook", server).messages(Place.COMMENT, "")
    assert [each.remote_id for each in page.entries] == ["990_1", "990_2", "990_3"]
    assert (paths(server)[1], server.asked[1].query["after"]) == ("GET 104_990/comments", ["AA"])


def test_whether_a_message_may_be_answered_depends_on_when_they_last_wrote():
    told = payload("facebook", "conversations")
    for hours, expected in ((1, True), (25, False)):
        at = (datetime.now(UTC) - timedelta(hours=hours)).isoformat()
        told["data"][0]["updated_time"] = told["data"][0]["messages"]["data"][1]["created_time"] = at
        with serving(says(told)) as server:
            (found,) = speaker("facebook", server).messages(Place.MESSAGE, "").entries
        assert (found.remote_id, found.author_id, found.thread, found.may_answer) == ("m_1", "9", "9", expected)
        assert found.url == f"{server.url}/web/104/inbox/9/"


def test_a_timeline_tells_of_posts_we_did_not_send():
    with serving(says(POSTS)) as server:
        found = speaker("facebook", server).timeline(datetime(2026, 11, 22, 12, tzinfo=UTC))
    assert [(each.remote_id, each.text) for each in found] == [
        ("104_992", "Selamat pagi, warga Sukamaju!"), ("104_991", ""),
    ]  # fmt: skip


# Signing in --------------------------------------------------------------------------------------


def app(server: str) -> App:
    return App(server, "123", "appsecret", "https://posko.example/back/")


def test_the_dialog_is_asked_for_what_we_need_and_no_more():
    address = FacebookSignIn.authorize_url(app(FacebookSignIn.home), state="s1", verifier="v")
    asked = parse_qs(urlsplit(address).query)
    assert address.startswith("https://www.facebook.com/v26.0/dialog/oauth?")
    assert asked["state"] == ["s1"] and asked["response_type"] == ["code"]
    assert set(asked["scope"][0].split(",")) == set(FacebookSignIn.scopes) >= FacebookSignIn.needed
    assert "business_management" not in FacebookSignIn.scopes
    assert "auth_type" not in asked


def test_what_was_declined_is_asked_for_again_only_with_a_word():
    told = {"state": "s1", "verifier": "v"}
    first, again = (
        dict(parse_qs(urlsplit(made(app(FacebookSignIn.home), **told)).query))
        for made in (FacebookSignIn.authorize_url, FacebookSignIn.ask_again_url)
    )
    assert again == first | {"auth_type": ["rerequest"]}


def test_a_code_becomes_every_page_with_its_own_lasting_token():
    replies = [
        says({"access_token": "EAAshort"}), says({"access_token": "EAAlong", "expires_in": 5_184_000}),
        says(payload("facebook", "permissions")), says(payload("facebook", "accounts")),
    ]  # fmt: skip
    with serving(*replies) as server:
        door = Door(3, 1.0, frozenset({server.place}))
        found = FacebookSignIn.exchange(door, app(server.url), code="c1", verifier="")
    assert found.missing == {"read_insights", "pages_messaging"}
    first, second = found.accounts  # on the third they may only look at numbers
    assert (first.remote_id, first.name, first.handle) == ("104", "Ratna Wijaya", "@ratnawijaya")
    assert (second.handle, second.url) == ("Sahabat Ratna", f"{server.url}/web/105")
    assert first.secrets == {"token": "EAApage104"}
    assert first.app["client_secret"] == "appsecret"
    assert server.asked[0].query["code"] == ["c1"]
    assert server.asked[1].query["fb_exchange_token"] == ["EAAshort"]
    assert [each.headers.get("authorization") for each in server.asked[2:]] == ["Bearer EAAlong"] * 2
    assert all("appsecret_proof" in each.query for each in server.asked[2:])


def test_a_stale_code_is_a_wrong_login():
    with serving(refused(100, 36_009, "This authorization code has been used.")) as server:
        door = Door(3, 1.0, frozenset({server.place}))
        with pytest.raises(Reconnect, match="wrong_login"):
            FacebookSignIn.exchange(door, app(server.url), code="c1", verifier="")


# Webhooks ----------------------------------------------------------------------------------------


def raw(name: str) -> bytes:
    return json.dumps(payload("facebook", name)).encode()


def test_a_comment_comes_as_its_reading_would_give_it():
    (event,) = FacebookHook.events(raw("webhook_comment"))
    assert (event.id, event.happened, event.account) == ("990_2:add", Happened.INCOMING, "104")
    found = event.incoming
    assert found is not None
    assert (found.place, found.remote_id, found.about, found.thread) == (Place.COMMENT, "990_2", "104_990", "104_990")
    assert (found.text, found.author_name, found.parent) == ("Kapan ke desa kami?", "Sri", "")


def test_a_message_comes_with_its_person():
    (event,) = FacebookHook.events(raw("webhook_message"))
    assert (event.id, event.happened) == ("m_abc", Happened.INCOMING)
    assert event.incoming is not None and event.incoming.to.person == "9"


@pytest.mark.parametrize(
    ("value", "happened"),
    [
        ({"item": "comment", "verb": "edited", "comment_id": "990_2"}, Happened.CHANGED),
        ({"item": "comment", "verb": "hide", "comment_id": "990_2"}, Happened.CHANGED),
        ({"item": "comment", "verb": "remove", "comment_id": "990_2"}, Happened.CHANGED),
        ({"item": "comment", "verb": "add", "comment_id": "990_2", "from": {"id": "104"}}, Happened.OTHER),
        ({"item": "status", "verb": "add", "post_id": "104_9", "from": {"id": "104"}}, Happened.PUBLISHED),
        ({"item": "photo", "verb": "remove", "post_id": "104_9", "from": {"id": "104"}}, Happened.REMOVED),
        ({"item": "status", "verb": "add", "post_id": "104_9", "from": {"id": "9"}}, Happened.INCOMING),
        ({"item": "reaction", "verb": "add", "post_id": "104_9", "from": {"id": "9"}}, Happened.FIGURES),
        ({"item": "event", "verb": "block"}, Happened.OTHER),
    ],
)
def test_each_kind_of_news_has_one_meaning(value: dict[str, Any], happened: Happened):
    told = {
        "object": "page",
        "entry": [{"id": "104", "time": 1763800000, "changes": [{"field": "feed", "value": value}]}],
    }
    events = FacebookHook.events(json.dumps(told).encode())
    assert [each.happened for each in events] == [happened]
    assert events == FacebookHook.events(json.dumps(told).encode()), "the same in each repeat"


def test_what_we_wrote_ourselves_is_no_incoming_message():
    echo = {"sender": {"id": "104"}, "recipient": {"id": "9"}, "timestamp": 1, "message": {"mid": "m", "is_echo": True}}
    read = {"sender": {"id": "9"}, "timestamp": 1763799999456, "read": {"watermark": 1}}
    told = {"object": "page", "entry": [{"id": "104", "time": 1, "messaging": [echo, read]}]}
    assert {each.happened for each in FacebookHook.events(json.dumps(told).encode())} == {Happened.OTHER}


# Limits ------------------------------------------------------------------------------------------

BELOW, ALONE = To(Place.COMMENT, "990_2"), To(Place.MESSAGE, "m_1", person="9")


@pytest.mark.parametrize(
    ("wanted", "codes"),
    [
        (draft("a" * 63_206), []),
        (draft("a" * 63_207), ["too_long"]),
        (draft("😀" * 63_206), []),
        (draft(""), ["empty"]),
        (draft("", pictures=1), []),
        (draft("", pictures=11), ["too_many_pictures"]),
        (draft(pictures=[picture(mime="image/webp")]), ["picture_type"]),
        (draft(pictures=[picture(size=4 * 1024 * 1024 + 1)]), ["picture_too_big"]),
        (Draft("a" * 8001, to=BELOW), ["too_long"]),
        (Draft("a", (picture(), picture(shade=1)), to=BELOW), ["too_many_pictures"]),
        (Draft("a" * 2001, to=ALONE), ["too_long"]),
        (Draft("a", (picture(),), to=ALONE), ["too_many_pictures"]),
        (Draft("", video=film()), []),
        (Draft("a", (picture(),), video=film()), ["film_and_pictures"]),
        (Draft("a", video=film(size=10 * 1000**3 + 1)), ["film_too_big"]),
        (Draft("a", video=film(seconds=4 * 3600 + 1.0)), ["film_too_long"]),
        (Draft("a", video=film(), to=BELOW), ["no_film_here"]),
    ],
)
def test_what_facebook_would_refuse_is_known_before(wanted: Draft, codes: list[str]):
    assert [each.code for each in Facebook.problems(wanted, {})] == codes


@pytest.mark.parametrize(
    ("words", "length"),
    [("Halo", 4), ("é", 1), ("e\u0301", 2), ("🙂", 1), ("👨‍👩‍👧‍👦", 7), ("https://posko.example/s", 23)],
)
def test_text_is_counted_in_code_points(words: str, length: int):
    assert Facebook.length(words) == length


def test_links_and_tags_are_marked():
    marks = Facebook.marks("Lihat https://posko.example/s, #Pasar #2029 dan a#b")
    assert [(each.kind, each.shown) for each in marks] == [("link", "https://posko.example/s"), ("tag", "#Pasar")]
