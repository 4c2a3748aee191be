"""What X's connector asks for, step by step."""

import json
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import pytest

from platforms.base import Halted, Later, Rejected, Stale, Temporary, Unknowable, Unsure
from platforms.contents import Draft, Place, Sent, To, Video
from platforms.x import X
from platforms.x import connector as module
from platforms.x.media import LIVES, SEGMENT
from tests.platforms.make import KEY, draft, keeping, payload, picture, speaker
from tests.platforms.servers import Reply, Server, cuts, hangs, routes, says, says_page, serving

CREATED = says(payload("x", "created"), 201)
ID = payload("x", "created")["data"]["id"]
TIMELINE = payload("x", "timeline")
EMPTY = says({"meta": {"result_count": 0}})
MEDIA = says({"data": {"id": "9", "media_key": "3_9", "expires_after_secs": 86400}})
DUPLICATE = says({"detail": "You are not allowed to create a Tweet with duplicate content.", "status": 403}, 403)
DONE = says({"data": {"id": "9", "processing_info": {"state": "succeeded"}}})
AT = datetime(2026, 11, 22, 12, 30, 30, tzinfo=UTC)


def paths(server: Server) -> list[str]:
    return [f"{asked.method} {asked.path}" for asked in server.asked]


def film(size: int = 2 * SEGMENT + 5, **changed: Any) -> Video:
    data = b"x" * size
    facts: dict[str, Any] = {
        "sha256": "f" * 64, "mime": "video/mp4", "width": 1280, "height": 720, "size": size, "seconds": 12.0,
        "rate": 30.0, "codec": "AVC", "sound": "AAC", "part": lambda start, length: data[start : start + length],
    }  # fmt: skip
    return Video(**{**facts, **changed})


def publish(server: Server, what: Draft, handle: str = "") -> tuple[Sent, list[str]]:
    kept, keep = keeping()
    return speaker("x", server).publish(what, key=KEY, handle=handle, keep=keep), kept


# Publishing --------------------------------------------------------------------------------------


def test_a_text_is_one_request_noted_before_it_is_made():
    with serving(CREATED) as server:
        sent, kept = publish(server, draft())
    asked = server.asked[0]
    assert sent == Sent(ID, f"{server.url}/web/caleg/status/{ID}")
    assert paths(server) == ["POST /2/tweets"]
    assert asked.headers["authorization"] == "Bearer secretaccess"
    assert asked.json == {"text": draft().text}
    assert json.loads(kept[0])["tries"] == 1
    assert time.time() - json.loads(kept[0])["asked"] < 5


def test_pictures_go_up_with_their_descriptions_before_the_post():
    with serving(routes(upload=MEDIA, metadata=says({"data": {"id": "9"}}), tweets=CREATED)) as server:
        sent, kept = publish(server, draft(pictures=[picture(alt="Balai"), picture(alt="", shade=1)]))
    upload, metadata, post = server.asked[0], server.asked[2], server.asked[3]
    assert sent.remote_id == ID
    assert paths(server)[:3] == ["POST /2/media/upload", "POST /2/media/upload", "POST /2/media/metadata"]
    assert b'name="media_category"\r\n\r\ntweet_image' in upload.body
    assert b'name="media"; filename=' in upload.body
    assert metadata.json == {"id": "9", "metadata": {"alt_text": {"text": "Balai"}}}
    assert post.json == {"text": draft().text, "media": {"media_ids": ["9", "9"]}}
    assert [json.loads(each).get("media", []) for each in kept] == [[], ["9"], ["9", "9"], ["9", "9"]]


def test_what_is_uploaded_already_is_not_uploaded_again():
    handle = json.dumps({"at": int(time.time()), "media": ["7"], "alt": 1})
    with serving(routes(tweets=CREATED)) as server:
        publish(server, draft(pictures=1), handle)
    assert paths(server) == ["POST /2/tweets"]
    assert server.asked[0].json["media"] == {"media_ids": ["7"]}


def test_media_that_grew_old_or_were_forgotten_are_uploaded_anew_once():
    handle = json.dumps({"at": int(time.time()) - LIVES - 5, "media": ["7"], "alt": 1})
    with serving(routes(upload=MEDIA, metadata=DONE, tweets=CREATED)) as server:
        publish(server, draft(pictures=1), handle)
    assert server.asked[-1].json["media"] == {"media_ids": ["9"]}
    gone = says({"errors": [{"message": "Your media IDs are invalid."}], "detail": "One or more"}, 400)
    with serving(routes(upload=MEDIA, metadata=DONE, tweets=gone)) as server:
        with pytest.raises(Later) as later:
            publish(server, draft(pictures=1))
        assert json.loads(later.value.handle) == {"anew": 1}
        with pytest.raises(Rejected):
            publish(server, draft(pictures=1), later.value.handle)


def test_a_film_goes_up_in_segments_each_noted_before():
    steps = {"initialize": MEDIA, "append": says({"data": {"expires_at": 1}}), "finalize": DONE, "upload": DONE}
    with serving(routes(**steps, tweets=CREATED)) as server:
        _, kept = publish(server, Draft("Film", video=film()))
    begin, *segments = [asked for asked in server.asked if "upload/" in asked.path]
    assert begin.json == {"media_type": "video/mp4", "total_bytes": 2 * SEGMENT + 5, "media_category": "tweet_video"}
    assert [each.path.rsplit("/", 1)[1] for each in segments] == ["append", "append", "append", "finalize"]
    assert [b'name="segment_index"\r\n\r\n%d' % n in segments[n].body for n in range(3)] == [True] * 3
    assert len(segments[2].body) < 1000, "the last segment holds what is left"
    assert [json.loads(each).get("next", 0) for each in kept] == [0, 0, 1, 2, 3, 3]
    assert server.asked[-2].query == {"command": ["STATUS"], "media_id": ["9"]}
    assert server.asked[-1].json == {"text": "Film", "media": {"media_ids": ["9"]}}


def test_a_film_taken_up_again_goes_on_where_it_was():
    handle = json.dumps({"at": int(time.time()), "film": "9", "next": 2})
    with serving(routes(append=says({"data": {}}), finalize=DONE, upload=DONE, tweets=CREATED)) as server:
        publish(server, Draft("Film", video=film()), handle)
    assert paths(server) == [
        "POST /2/media/upload/9/append", "POST /2/media/upload/9/finalize", "GET /2/media/upload", "POST /2/tweets",
    ]  # fmt: skip


def test_while_x_works_on_a_film_no_worker_waits():
    working = says({"data": {"id": "9", "processing_info": {"state": "in_progress", "check_after_secs": 7}}})
    handle = json.dumps({"at": int(time.time()), "film": "9", "next": 3, "whole": 1})
    with serving(working) as server, pytest.raises(Later) as later:
        publish(server, Draft("Film", video=film()), handle)
    assert later.value.after == timedelta(seconds=7)
    assert json.loads(later.value.handle)["whole"] == 1
    failed = {"state": "failed", "error": {"message": "Unsupported codec"}}
    refusal = says({"data": {"id": "9", "processing_info": failed}})
    with serving(refusal) as server, pytest.raises(Rejected, match="film_failed") as refused:
        publish(server, Draft("Film", video=film()), handle)
    assert refused.value.params["words"] == "Unsupported codec"


def test_a_film_finished_by_an_earlier_try_is_not_finished_twice():
    handle = json.dumps({"at": int(time.time()), "film": "9", "next": 3})
    again = says({"detail": "The upload has been finalized already."}, 400)
    with serving(routes(finalize=again, upload=DONE, tweets=CREATED)) as server:
        assert publish(server, Draft("Film", video=film()), handle)[0].remote_id == ID


def test_an_upload_that_x_has_forgotten_begins_anew_once():
    handle = json.dumps({"at": int(time.time()), "film": "9", "next": 1})
    with serving(routes()) as server:
        with pytest.raises(Later) as later:
            publish(server, Draft("Film", video=film()), handle)
        assert json.loads(later.value.handle) == {"anew": 1}


@pytest.mark.parametrize("open_for", range(6))
def test_when_the_gate_closes_between_steps_nothing_further_is_sent(open_for):
    given: list[str] = []

    def keep(handle: str) -> None:
        if len(given) == open_for:
            raise Halted
        given.append(handle)

    steps = {"initialize": MEDIA, "append": says({"data": {}}), "finalize": DONE, "upload": DONE, "tweets": CREATED}
    with serving(routes(**steps)) as server, pytest.raises(Halted):
        speaker("x", server).publish(Draft("Film", video=film()), key=KEY, handle="", keep=keep)
    changing = [each for each in paths(server) if each.startswith("POST")]
    assert len(changing) == open_for
    assert "POST /2/tweets" not in changing


def test_an_answer_names_what_it_answers_and_ai_is_told():
    with serving(CREATED) as server:
        publish(server, replace(draft(), to=To(Place.COMMENT, "55"), ai_made=True))
    assert server.asked[0].json == {
        "text": draft().text, "reply": {"in_reply_to_tweet_id": "55"}, "made_with_ai": True,
    }  # fmt: skip


def test_a_message_goes_to_one_person():
    told = says({"data": {"dm_conversation_id": "11-22", "dm_event_id": "900"}}, 201)
    with serving(told) as server:
        sent, _ = publish(server, replace(draft(), to=To(Place.MESSAGE, "208", person="22")))
    assert paths(server) == ["POST /2/dm_conversations/with/22/messages"]
    assert server.asked[0].json == {"text": draft().text}
    assert sent == Sent("dm:900", f"{server.url}/web/messages/11-22")


def test_who_did_not_summon_us_is_answered_by_a_person_at_x():
    no = says({"detail": "Reply to this conversation is not allowed because you have not been mentioned"}, 403)
    with serving(no) as server, pytest.raises(Rejected, match="x_not_summoned") as caught:
        publish(server, replace(draft(), to=To(Place.COMMENT, "55")))
    assert caught.value.params["url"] == f"{server.url}/web/intent/post?in_reply_to=55"


# After a doubt -----------------------------------------------------------------------------------


def test_the_same_words_refused_after_a_doubt_are_out():
    handle = json.dumps({"asked": int(AT.timestamp()), "tries": 1})
    ahead = format_datetime(datetime.now(UTC) + timedelta(minutes=3), usegmt=True)
    refused = says({"detail": "You are not allowed to create a Tweet with duplicate content."}, 403, Date=ahead)
    with serving(routes(users_11_tweets=says(TIMELINE), tweets=refused)) as server:
        publish(server, draft(), handle)
    begins = datetime.fromisoformat(server.asked[1].query["start_time"][0])
    assert timedelta(seconds=170) < begins - AT < timedelta(seconds=180), "X's clock is three minutes ahead"
    with serving(routes(users_11_tweets=says(TIMELINE), tweets=DUPLICATE)) as server:
        sent, _ = publish(server, draft(), handle)
    assert sent.remote_id == "2080761390344937797"
    with (
        serving(routes(users_11_tweets=EMPTY, tweets=DUPLICATE)) as server,
        pytest.raises(Unsure, match="x_out_unseen"),
    ):
        publish(server, draft(), handle)


def test_the_same_words_refused_without_a_doubt_are_the_authors_matter():
    with serving(DUPLICATE) as server, pytest.raises(Rejected, match="x_duplicate"):
        publish(server, draft())
    assert len(server.asked) == 1


@pytest.mark.parametrize("reply", [says({"title": "Too Many Requests"}, 429), DUPLICATE, says({"title": "No"}, 400)])
def test_a_clear_no_leaves_no_doubt_behind(reply: Reply):
    kept, keep = keeping()
    with serving(reply) as server, pytest.raises((Temporary, Rejected)):
        speaker("x", server).publish(draft(), key=KEY, handle="", keep=keep)
    assert json.loads(kept[-1]) == {}


def test_an_unclear_answer_leaves_the_doubt():
    kept, keep = keeping()
    with serving(cuts) as server, pytest.raises(Unsure):
        speaker("x", server).publish(draft(), key=KEY, handle="", keep=keep)
    assert json.loads(kept[-1])["tries"] == 1


def look(server: Server, what: Draft, **done: int) -> Sent | None:
    return speaker("x", server).find(what, key=KEY, handle=json.dumps(done) if done else "", since=AT)


def test_find_compares_words_with_links_as_they_were_written():
    with serving(says(TIMELINE)) as server:
        found = look(server, draft("Lihat posko.example/p?a=1&b=2 & ikut", pictures=1), asked=1, tries=1)
        assert found is not None
        assert found.remote_id == "2080761390344937799"
        assert server.asked[0].query["start_time"] == ["2026-11-22T12:28:30Z"]
        answer = look(server, replace(draft("Terima kasih"), to=To(Place.COMMENT, "77")), asked=1, tries=1)
        assert answer is not None
        assert answer.remote_id == "2080761390344937798"
        assert look(server, draft("Lihat posko.example/p?a=1&b=2 & ikut"), asked=1, tries=1) is None, "no picture"
        assert look(server, draft("Terima kasih"), asked=1, tries=1) is None, "answers nobody"


def test_what_was_never_tried_is_not_out():
    with serving(EMPTY) as server:
        assert look(server, draft()) is None


def test_absence_is_believed_after_a_while_and_once():
    with serving(EMPTY) as server:
        now = int(time.time())
        with pytest.raises(Temporary, match="x_not_shown_yet"):
            look(server, draft(), asked=1, last=now, tries=1)
        assert look(server, draft(), asked=1, last=now - module.SETTLES - 1, tries=1) is None
        with pytest.raises(Temporary, match="x_not_shown_yet"):
            look(server, draft(), asked=1, last=now, tries=2)
        with pytest.raises(Unknowable, match="look_there"):
            look(server, draft(), asked=1, last=now - module.SETTLES - 1, tries=2)


def test_without_words_nothing_keeps_x_from_a_second_post_so_a_person_looks():
    with serving(EMPTY) as server, pytest.raises(Unknowable):
        look(server, draft("", pictures=1), asked=1, tries=1)


def test_a_message_is_looked_for_in_its_own_talk_and_never_repeated_by_itself():
    to = To(Place.MESSAGE, "209", person="22")
    since = datetime(2026, 7, 24, 21, 0, tzinfo=UTC)
    with serving(says(payload("x", "dm_events"))) as server:
        ours = speaker("x", server)
        found = ours.find(
            replace(draft("Baik, terima kasih"), to=to), key=KEY, handle='{"asked":1,"tries":1}', since=since
        )
        assert found is not None
        assert found.remote_id == "dm:210"
        assert server.asked[0].path == "/2/dm_conversations/with/22/dm_events"
        with pytest.raises(Unknowable):
            ours.find(replace(draft("Lain"), to=to), key=KEY, handle='{"asked":1,"tries":1}', since=since)


def test_a_list_without_data_or_count_is_no_empty_list():
    with serving(says({"errors": [{"title": "Authorization Error"}]})) as server, pytest.raises(Temporary):
        look(server, draft(), asked=1, tries=1)


# Reading -----------------------------------------------------------------------------------------


def test_connecting_reads_name_address_and_what_the_account_may():
    with serving(says(payload("x", "me"))) as server:
        account = speaker("x", server).check()
        profile = speaker("x", server).profile()
    assert (account.remote_id, account.name, account.handle) == ("11", "Ratna Caleg", "@ratna")
    assert account.url == f"{server.url}/web/ratna"
    assert account.limits == {"max_characters": 25_000}
    assert X.problems(draft("a" * 300), account.limits) == []
    assert (profile.bio, profile.link) == ("Caleg. https://posko.example/ratna", "https://ratna.example")


def test_the_timeline_shows_what_people_wrote():
    with serving(says(TIMELINE)) as server:
        seen = speaker("x", server).timeline(AT)
    assert [each.text for each in seen] == [
        "Lihat https://posko.example/p?a=1&b=2 & ikut", "Terima kasih", "Selamat pagi, warga Sukamaju!",
    ]  # fmt: skip
    assert seen[0].at == datetime(2026, 11, 22, 12, 31, tzinfo=UTC)


def test_numbers_are_read_by_old_and_new_names_and_the_gone_left_out():
    for name, more in (("numbers_old", {"video_views": 77, "clicks": 5, "engagements": 40}), ("numbers_new", {})):
        with serving(says(payload("x", name))) as server:
            found = speaker("x", server).measure([ID, "456"])
        assert list(found) == [ID]
        numbers = {figure.metric: figure.value for figure in found[ID]}
        wanted = {"reposts": 3, "likes": 9, "replies": 2, "quotes": 1, "bookmarks": 4, "views": 812, **more}
        assert wanted.items() <= numbers.items()


def snowflake(at: datetime) -> int:
    return (int(at.timestamp() * 1000) - 1_288_834_974_657) << 22


def test_posts_are_measured_a_hundred_at_a_time_and_old_ones_by_public_numbers_only():
    now = datetime.now(UTC)
    young = [str(snowflake(now) + n) for n in range(205)]
    old = [str(snowflake(now - timedelta(days=30)) + n) for n in range(3)]
    with serving(says({"errors": [{"resource_id": "1"}]})) as server:
        assert speaker("x", server).measure([*old, *young]) == {}
    fields = [asked.query["tweet.fields"][0] for asked in server.asked]
    assert [len(asked.query["ids"][0].split(",")) for asked in server.asked] == [100, 100, 5, 3]
    assert ["non_public_metrics" in each for each in fields] == [True, True, True, False]


def test_the_accounts_own_numbers_are_read():
    with serving(says(payload("x", "me"))) as server:
        found = {figure.metric: figure.value for figure in speaker("x", server).measure_account()}
    assert found == {"followers": 5502, "following": 652, "posts": 790}


# People ------------------------------------------------------------------------------------------


def test_mentions_tell_who_may_be_answered():
    with serving(says(payload("x", "mentions"))) as server:
        ours = speaker("x", server)
        comments, others = ours.messages(Place.COMMENT, "499"), ours.messages(Place.MENTION, "499")
    assert server.asked[0].query["since_id"] == ["499"]
    assert comments.cursor == others.cursor == "505"
    may = {each.remote_id: each.may_answer for each in (*comments.entries, *others.entries)}
    assert may == {"501": False, "502": True, "503": True, "504": False, "505": True}
    assert [each.remote_id for each in comments.entries] == ["503", "504"]
    asked = comments.entries[1]
    assert (asked.text, asked.about, asked.author_handle) == ("Kapan mulai?", "400", "@sri")
    assert asked.url == f"{server.url}/web/intent/post?in_reply_to=504"
    assert others.entries[-1].url == f"{server.url}/web/sri/status/505"


def test_an_app_whose_answers_below_own_posts_count_as_summoned_may_answer_them():
    with serving(says(payload("x", "mentions"))) as server:
        ours = speaker("x", server)
        ours.account = replace(ours.account, app={"reply_summons": "1"})
        assert [each.may_answer for each in ours.messages(Place.COMMENT, "").entries] == [True, True]
    assert "start_time" in server.asked[0].query


def test_messages_leave_out_our_own_and_stop_at_what_is_known():
    with serving(says(payload("x", "dm_events"))) as server:
        page = speaker("x", server).messages(Place.MESSAGE, "208")
    assert [(each.remote_id, each.text, each.thread) for each in page.entries] == [
        ("209", "Lihat https://posko.example/x", "22")
    ]
    assert page.cursor == "209"
    assert page.entries[0].to == To(Place.MESSAGE, "209", person="22", at=page.entries[0].at)
    with serving(says(payload("x", "dm_events"))) as server:
        group = speaker("x", server).messages(Place.MESSAGE, "207").entries[0]
    assert (group.thread, group.may_answer) == ("1800000000000000000", False)


def test_hiding_and_taking_down_name_what_they_mean():
    gone = says({"title": "Not Found"}, 404)
    with serving(says({"data": {"hidden": True}}), says({"data": {"deleted": True}}), gone) as server:
        ours = speaker("x", server)
        ours.hide("504", hidden=True)
        ours.take_down("77")
        ours.take_down("dm:900")
    assert paths(server) == ["PUT /2/tweets/504/hidden", "DELETE /2/tweets/77", "DELETE /2/dm_events/900"]
    assert server.asked[0].json == {"hidden": True}


# Staying signed in -------------------------------------------------------------------------------


def test_a_token_that_ran_out_is_renewed_and_both_are_given_back():
    told = says({"access_token": "a2", "refresh_token": "r2", "expires_in": 7200, "token_type": "bearer"})
    with serving(told) as server:
        ours = speaker("x", server)
        ours.account = replace(ours.account, app={"client_id": "id", "client_secret": "s+1"})
        secrets = ours.renew()
    assert server.asked[0].path == "/2/oauth2/token"
    assert server.asked[0].headers["authorization"] == "Basic aWQ6cyUyQjE="
    assert server.asked[0].body == b"grant_type=refresh_token&refresh_token=secretrefresh&client_id=id"
    assert (secrets["access"], secrets["refresh"]) == ("a2", "r2")
    until = datetime.fromisoformat(secrets["until"])
    renewed = replace(ours.account, secrets=secrets)
    assert not X(renewed, ours.door).is_stale(until - timedelta(minutes=6))
    assert X(renewed, ours.door).is_stale(until - timedelta(minutes=4))


@pytest.mark.parametrize("lost", [hangs, cuts, says_page(), says({}, 503)])
def test_a_renewal_whose_answer_is_lost_is_no_reason_to_sign_in_again(lost: Any):
    with serving(lost) as server, pytest.raises(Temporary):
        speaker("x", server).renew()


def test_a_worn_token_is_stale_before_anybody_is_asked_to_sign_in():
    with serving(says({"title": "Unauthorized", "detail": "Unauthorized"}, 401)) as server:
        ours = speaker("x", server)
        ours.account = replace(ours.account, secrets={"access": "a", "refresh": "r"})
        with pytest.raises(Stale, match="token_expired"):
            ours.check()


def test_the_longest_of_the_spent_limits_says_how_long_to_wait():
    now = int(time.time())
    headers = {
        "x_rate_limit_remaining": "0", "x_rate_limit_reset": str(now + 60),
        "x_user_limit_24hour_remaining": "0", "x_user_limit_24hour_reset": str(now + 3600),
        "x_app_limit_24hour_remaining": "900", "x_app_limit_24hour_reset": str(now + 80_000),
    }  # fmt: skip
    with serving(says({"title": "Too Many Requests"}, 429, **headers)) as server, pytest.raises(Temporary) as caught:
        publish(server, draft())
    assert caught.value.retry_after is not None
    assert timedelta(minutes=59) < caught.value.retry_after <= timedelta(hours=1)
