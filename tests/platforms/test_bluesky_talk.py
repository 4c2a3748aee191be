"""Films, answers, reading and hiding on Bluesky: what is asked for, step by step."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from platforms.base import ConnectorError, Later, Reconnect, Rejected, Stale, Temporary, Unsure
from platforms.bluesky import Bluesky
from platforms.contents import Account, Place, To
from platforms.http import Door
from tests.platforms.make import KEY, draft, film, keeping, speaker
from tests.platforms.servers import Server, hangs, routes, says, serving

NOW = datetime.now(UTC)
DID, SRI = "did:plc:abc", "did:plc:sri"
OURS, THEIRS = f"at://{DID}/app.bsky.feed.post/3lroot", f"at://{SRI}/app.bsky.feed.post/3lsri"
TAKEN = says({"uri": OURS, "cid": "c"})
SIGNED = {"getServiceAuth": says({"token": "service-token"}), "describeServer": says({"did": "did:web:pds.example"})}
LIMITS = says({"canUpload": True, "remainingDailyVideos": 20, "remainingDailyBytes": 10**9})
BLOB = {"$type": "blob", "ref": {"$link": "bafk"}, "mimeType": "video/mp4", "size": 9}


def job(state: str, **more: Any) -> Any:
    return says({"jobStatus": {"jobId": "j1", "did": DID, "state": state, **more}})


def names(server: Server) -> list[str]:
    return [asked.path.rpartition(".")[2] for asked in server.asked]


def publish(server: Server, *, handle: str = "", text: str = "Halo", **what: Any) -> Any:
    kept, keep = keeping()
    return speaker("bluesky", server).publish(draft(text, **what), key=KEY, handle=handle, keep=keep), kept


# Films -------------------------------------------------------------------------------------------


def test_a_films_way_keeps_its_job_between_the_steps():
    kept, keep = keeping()
    steps = {**SIGNED, "getUploadLimits": LIMITS, "uploadVideo": job("JOB_STATE_CREATED")}
    with serving(routes(**steps, getJobStatus=job("JOB_STATE_ENCODING"))) as server:
        ours = speaker("bluesky", server)
        with pytest.raises(Later) as later:
            ours.publish(draft("Halo", video=film()), key=KEY, handle="", keep=keep)
        way = ["getServiceAuth", "getUploadLimits", "describeServer", "getServiceAuth", "uploadVideo", "getJobStatus"]
        assert names(server) == way
        limits, upload = server.asked[0].query, server.asked[3].query
        assert (limits["aud"], limits["lxm"]) == (["did:web:video.bsky.app"], ["app.bsky.video.getUploadLimits"])
        assert upload["lxm"] == ["com.atproto.repo.uploadBlob"]
        assert upload["aud"] == ["did:web:pds.example"], "as the account's server names itself"
        assert server.asked[4].headers["authorization"] == "Bearer service-token"
        assert server.asked[4].headers["content-type"] == "video/mp4"
        assert server.asked[4].query["did"] == [DID]
        assert server.asked[4].path.startswith("/video/xrpc/"), "the practice server's own host of that name"
        assert json.loads(kept[-1]) == {"job": "j1"}, "kept as soon as it is known"

        server.replies[:] = [routes(getJobStatus=job("JOB_STATE_COMPLETED", blob=BLOB), putRecord=TAKEN)]
        unread = film(part=lambda *_: pytest.fail("uploaded twice"))
        ours.publish(draft("Halo", video=unread), key=KEY, handle=later.value.handle, keep=keep)
    assert names(server)[-2:] == ["getJobStatus", "putRecord"]
    assert server.asked[-1].json["record"]["embed"] == {
        "$type": "app.bsky.embed.video",
        "video": BLOB,
        "aspectRatio": {"width": 320, "height": 240},
    }
    assert json.loads(kept[-1]) == {"film": BLOB}


def test_real_accounts_send_films_to_the_networks_own_service_wherever_they_live():
    for server in ("https://bsky.social", "https://morel.us-east.host.bsky.network", "https://pds.example"):
        assert Bluesky(Account("bluesky", server, DID, "", "", {}), Door(1)).host("video") == "https://video.bsky.app"


def test_a_film_sent_once_already_goes_on_with_its_first_job():
    again = says({"error": "already_exists", "jobId": "j0", "did": DID, "state": "JOB_STATE_ENCODING"}, 409)
    steps = {**SIGNED, "getUploadLimits": LIMITS, "uploadVideo": again}
    with serving(routes(**steps, getJobStatus=job("JOB_STATE_ENCODING"))) as server, pytest.raises(Later) as later:
        publish(server, video=film())
    assert json.loads(later.value.handle) == {"job": "j0"}
    assert server.asked[-1].query["jobId"] == ["j0"]


@pytest.mark.parametrize(
    ("answers", "code"),
    [
        ({"getUploadLimits": says({"canUpload": False, "message": "Confirm your email"})}, "film_limit"),
        ({"getUploadLimits": says({"canUpload": True, "remainingDailyBytes": 5})}, "film_limit"),
        ({"getUploadLimits": says({"error": "Forbidden", "message": "No"}, 403)}, "film_failed"),
        ({"uploadVideo": says({"error": "Unauthorized", "message": "No"}, 401)}, "film_failed"),
        ({"uploadVideo": says({"error": "VideoTooLarge", "message": "No"}, 413)}, "film_failed"),
        ({"getJobStatus": job("JOB_STATE_FAILED", error="x", message="No")}, "film_failed"),
    ],
)
def test_a_no_of_the_video_service_is_about_the_film_and_never_about_our_sign_in(answers, code):
    steps = {**SIGNED, "getUploadLimits": LIMITS, "uploadVideo": job("JOB_STATE_CREATED"), **answers}
    with serving(routes(**steps)) as server, pytest.raises(Rejected) as no:
        publish(server, video=film())
    assert no.value.code == code
    assert no.value.params["words"]


def test_a_forgotten_job_is_begun_anew_once():
    gone = routes(getJobStatus=says({"error": "JobNotFound", "message": "no"}, 400))
    with serving(gone) as server, pytest.raises(Later) as later:
        publish(server, video=film(), handle='{"job":"j1"}')
    assert json.loads(later.value.handle) == {"anew": True}
    with serving(gone) as server, pytest.raises(Rejected, match="film_failed"):
        publish(server, video=film(), handle='{"job":"j2","anew":true}')


@pytest.mark.parametrize("step", ["getUploadLimits", "uploadVideo", "getJobStatus"])
@pytest.mark.parametrize("trouble", [hangs, says({}, 503), says([1])])
def test_trouble_on_a_films_way_shows_nothing_and_is_temporary(step, trouble):
    steps = {**SIGNED, "getUploadLimits": LIMITS, "uploadVideo": job("JOB_STATE_CREATED")}
    with serving(routes(**{**steps, step: trouble})) as server, pytest.raises(Temporary):
        speaker("bluesky", server, seconds=0.3).publish(draft(video=film()), key=KEY, handle="", keep=keeping()[1])


def test_films_have_limits_of_their_own():
    big = film(size=300_000_001, seconds=181.0, mime="video/quicktime")
    found = [p.code for p in Bluesky.problems(draft(video=big), {})]
    assert found == ["film_type", "film_too_big", "film_too_long"]


# Answering ---------------------------------------------------------------------------------------


def test_a_thread_of_our_own_asks_the_server_that_keeps_the_account():
    root = {"uri": f"at://{DID}/app.bsky.feed.post/3lfirst", "cid": "c0"}
    mine = says({"uri": OURS, "cid": "c1", "value": {"text": "2/3", "reply": {"root": root, "parent": root}}})
    with serving(routes(getRecord=mine, putRecord=TAKEN)) as server:
        _, kept = publish(server, to=To(Place.COMMENT, OURS))
    expected = {"root": root, "parent": {"uri": OURS, "cid": "c1"}}
    assert server.asked[-1].json["record"]["reply"] == expected
    assert json.loads(kept[-1]) == {"reply": expected}, "kept, so that a later try asks nobody"


def test_an_answer_to_a_voter_names_the_beginning_of_their_thread():
    root = {"uri": OURS, "cid": "c1"}
    posts = says({"posts": [{"uri": THEIRS, "cid": "c2", "record": {"text": "?", "reply": {"root": root}}}]})
    with serving(routes(getPosts=posts, putRecord=TAKEN)) as server:
        sent, _ = publish(server, to=To(Place.COMMENT, THEIRS))
    assert server.asked[-1].json["record"]["reply"] == {"root": root, "parent": {"uri": THEIRS, "cid": "c2"}}
    assert server.asked[-1].json["rkey"] == sent.remote_id.rsplit("/", 1)[-1], "its own name, as any post"


def test_who_begins_a_thread_is_root_and_parent():
    posts = says({"posts": [{"uri": THEIRS, "cid": "c2", "record": {"text": "?"}}]})
    with serving(routes(getPosts=posts, putRecord=TAKEN)) as server:
        publish(server, to=To(Place.MENTION, THEIRS))
    reply = server.asked[-1].json["record"]["reply"]
    assert reply["root"] == reply["parent"] == {"uri": THEIRS, "cid": "c2"}


@pytest.mark.parametrize("uri", [OURS, THEIRS])
def test_what_answers_nothing_any_more_is_rejected(uri):
    gone = says({"error": "RecordNotFound", "message": "Could not locate record"}, 400)
    with serving(routes(getRecord=gone, getPosts=says({"posts": []}))) as server, pytest.raises(Rejected) as no:
        publish(server, to=To(Place.COMMENT, uri))
    assert no.value.code == "parent_gone"
    assert "putRecord" not in names(server)


# Words between two -------------------------------------------------------------------------------

TO_SRI = To(Place.MESSAGE, "convo7/m1", person=SRI)


def test_a_message_goes_through_the_server_to_the_chat_service():
    with serving(routes(sendMessage=says({"id": "m2", "rev": "9", "text": "Halo"}))) as server:
        sent, kept = publish(server, to=TO_SRI)
    asked = server.asked[0]
    assert asked.headers["atproto-proxy"] == "did:web:api.bsky.chat#bsky_chat"
    assert asked.json == {"convoId": "convo7", "message": {"text": "Halo"}}
    assert sent.remote_id == "convo7/m2"
    assert json.loads(kept[-1]) == {"convo": "convo7"}


def test_a_person_without_a_message_is_found_by_who_they_are():
    answers = routes(getConvoForMembers=says({"convo": {"id": "c9"}}), sendMessage=says({"id": "m"}))
    with serving(answers) as server:
        publish(server, to=To(Place.MESSAGE, "", person=SRI))
    assert server.asked[0].query["members"] == [SRI]
    assert server.asked[1].json["convoId"] == "c9"


def test_a_message_whose_answer_was_lost_is_looked_for_and_never_sent_again_by_itself():
    with serving(hangs) as server, pytest.raises(Unsure):
        speaker("bluesky", server, seconds=0.3).publish(draft("Halo", to=TO_SRI), key=KEY, handle="", keep=keeping()[1])

    def message(name: str, text: str, minutes: int, did: str = DID) -> dict[str, Any]:
        at = (NOW - timedelta(minutes=minutes)).isoformat()
        return {"id": name, "rev": name, "text": text, "sender": {"did": did}, "sentAt": at}

    theirs, older = message("m3", "Halo", 1, SRI), message("m1", "Halo", 30)
    since = NOW - timedelta(minutes=5)
    with serving(says({"messages": [theirs, message("m2", "Halo", 1), older]})) as server:
        found = speaker("bluesky", server).find(draft("Halo", to=TO_SRI), key=KEY, handle="", since=since)
    assert found
    assert found.remote_id == "convo7/m2"
    with serving(says({"messages": [theirs, older]})) as server, pytest.raises(Temporary, match="look_there"):
        # Neither None nor Unknowable: after both of these the engine would send the same words once more.
        speaker("bluesky", server).find(draft("Halo", to=TO_SRI), key=KEY, handle="", since=since)


def test_an_app_password_without_this_access_is_told_and_not_taken_for_a_worn_session():
    no = says({"error": "InvalidToken", "message": "Bad token method"}, 400)
    with serving(no) as server:
        for work in (lambda o: o.messages(Place.MESSAGE, ""), lambda o: o.messages(Place.MESSAGE, "7")):
            with pytest.raises(ConnectorError) as caught:
                work(speaker("bluesky", server))
            assert (type(caught.value), caught.value.code) == (ConnectorError, "dm_permission_missing")
        with pytest.raises(ConnectorError, match="dm_permission_missing"):
            publish(server, to=TO_SRI)
    worn = says({"error": "ExpiredToken", "message": "Token has expired"}, 400)
    with serving(worn) as server, pytest.raises(Stale):
        speaker("bluesky", server).messages(Place.MESSAGE, "7")


def test_a_message_is_text_of_a_thousand_characters():
    assert [p.code for p in Bluesky.problems(draft("a" * 1001, to=TO_SRI), {})] == ["too_long"]
    assert Bluesky.problems(draft("a" * 1000, to=TO_SRI), {}) == []
    assert [p.code for p in Bluesky.problems(draft("a", to=TO_SRI, pictures=1), {})] == ["only_text_to_people"]
    assert [p.code for p in Bluesky.problems(draft("a", to=TO_SRI, video=film()), {})] == ["only_text_to_people"]
    assert [p.code for p in Bluesky.problems(draft("é" * 9999 + "a" * 9, to=TO_SRI), {})] == [
        "too_long",
        "too_many_bytes",
    ]


def test_a_message_cannot_be_taken_back():
    with serving() as server, pytest.raises(ConnectorError, match="cannot_take_back"):
        speaker("bluesky", server).take_down("convo7/m2")
    assert server.asked == []


def chat_message(name: str, did: str, text: str = "Halo", days: float = 0) -> dict[str, Any]:
    at = (NOW - timedelta(days=days)).isoformat()
    return {"id": name, "rev": name, "text": text, "sender": {"did": did}, "sentAt": at}


def test_the_first_reading_of_messages_looks_into_each_talk_of_the_last_days():
    fresh, stale = chat_message("m5", SRI, "Kapan?"), chat_message("m0", SRI, days=9)
    convos = says({"convos": [{"id": "c1", "lastMessage": fresh}, {"id": "c2", "lastMessage": stale}, {"id": "c3"}]})
    messages = says(
        {"messages": [fresh, chat_message("m4", DID, "Silakan"), chat_message("m3", SRI, "Pagi", 0.5), stale]}
    )
    people = says({"profiles": [{"did": SRI, "handle": "sri.example", "displayName": "Sri Lestari"}]})
    answers = routes(
        getLog=says({"cursor": "55", "logs": []}), listConvos=convos, getMessages=messages, getProfiles=people
    )
    with serving(answers) as server:
        found = speaker("bluesky", server).messages(Place.MESSAGE, "")
    assert [entry.text for entry in found.entries] == ["Pagi", "Kapan?"], "others' words, oldest first"
    assert found.cursor == "55"
    assert names(server) == ["getLog", "listConvos", "getMessages", "getProfiles"], "the log first: nothing is missed"
    entry = found.entries[-1]
    assert (entry.remote_id, entry.thread, entry.author_id) == ("c1/m5", "c1", SRI)
    assert (entry.author_name, entry.author_handle) == ("Sri Lestari", "@sri.example")
    assert entry.to.remote_id == "c1/m5"


def test_later_readings_follow_the_log():
    def log(kind: str, message: dict[str, Any]) -> dict[str, Any]:
        who = [{"did": SRI, "handle": "sri.example"}]
        named = {"$type": f"chat.bsky.convo.defs#{kind}", "rev": message["id"], "convoId": "c1", "message": message}
        return {**named, "relatedProfiles": who}

    logs = [log("logCreateMessage", chat_message("m6", SRI)), log("logReadMessage", chat_message("m6", SRI))]
    logs += [log("logCreateMessage", chat_message("m7", DID)), log("logDeleteMessage", chat_message("m8", SRI))]
    with serving(says({"cursor": "60", "logs": logs}), says({"cursor": "60", "logs": []})) as server:
        found = speaker("bluesky", server).messages(Place.MESSAGE, "55")
    assert [entry.remote_id for entry in found.entries] == ["c1/m6"]
    assert found.cursor == "60"
    assert [asked.query["cursor"] for asked in server.asked] == [["55"], ["60"]]
    assert found.entries[0].author_handle == "@sri.example"


# Reading -----------------------------------------------------------------------------------------


def told(name: str, minutes: float, reason: str = "reply", root: str = OURS, subject: str = OURS) -> dict[str, Any]:
    record: dict[str, Any] = {"text": f"Kata {name}"}
    if root:
        record["reply"] = {"root": {"uri": root, "cid": "c"}, "parent": {"uri": subject, "cid": "c"}}
    author = {"did": SRI, "handle": "sri.example", "displayName": "Sri Lestari"}
    at = (NOW - timedelta(minutes=minutes)).isoformat()
    uri = f"at://{SRI}/app.bsky.feed.post/{name}"
    made = {"uri": uri, "cid": "c", "author": author, "reason": reason, "record": record, "indexedAt": at}
    return {**made, "reasonSubject": subject, "isRead": False}


def page(*entries: dict[str, Any], cursor: str = "") -> Any:
    return says({"notifications": list(entries), **({"cursor": cursor} if cursor else {})})


def texts(found: Any) -> list[str]:
    return [entry.text.removeprefix("Kata ") for entry in found.entries]


def test_notifications_are_walked_back_to_the_last_ones_seen_and_told_once():
    with serving(page(told("b", 20), told("a", 30))) as server:
        first = speaker("bluesky", server).messages(Place.COMMENT, "")
    assert texts(first) == ["a", "b"], "oldest first"
    assert server.asked[0].query["reasons"] == ["reply"]
    newer = [page(told("d", 1), told("c", 2), cursor="x"), page(told("b", 20), told("a", 31), cursor="y")]
    with serving(*newer, page(told("never", 99))) as server:
        second = speaker("bluesky", server).messages(Place.COMMENT, first.cursor)
        assert texts(second) == ["c", "d"]
        assert len(server.asked) == 2, "no further than was seen"
    with serving(page(told("d", 1), told("c", 2), told("b", 20))) as server:
        assert texts(speaker("bluesky", server).messages(Place.COMMENT, second.cursor)) == []


def test_one_sorted_in_late_by_its_authors_clock_is_not_missed():
    with serving(page(told("b", 1))) as server:
        first = speaker("bluesky", server).messages(Place.COMMENT, "")
    with serving(page(told("b", 1), told("late", 4))) as server:
        assert texts(speaker("bluesky", server).messages(Place.COMMENT, first.cursor)) == ["late"]


def test_a_walk_too_long_for_one_reading_goes_on_without_a_gap():
    with serving(page(told("a", 600))) as server:
        first = speaker("bluesky", server).messages(Place.COMMENT, "")
    storm = [page(told(f"n{n}", n), cursor=str(n)) for n in range(1, 8)]
    with serving(*storm[:5]) as server:
        second = speaker("bluesky", server).messages(Place.COMMENT, first.cursor)
    assert texts(second) == ["n5", "n4", "n3", "n2", "n1"]
    with serving(*storm[5:], page(told("a", 600), told("older", 700))) as server:
        third = speaker("bluesky", server).messages(Place.COMMENT, second.cursor)
        assert server.asked[0].query["cursor"] == ["5"]
    assert texts(third) == ["n7", "n6"]
    with serving(page(told("new", 0), *(told(f"n{n}", n) for n in range(1, 8)), told("a", 600))) as server:
        assert texts(speaker("bluesky", server).messages(Place.COMMENT, third.cursor)) == ["new"]


def test_a_comment_stands_under_our_first_post_and_a_mention_under_none():
    foreign = "at://did:plc:x/app.bsky.feed.post/3l"
    with serving(page(told("c", 1, root=foreign, subject=OURS), told("b", 2, subject=THEIRS), told("a", 3))) as server:
        found = speaker("bluesky", server).messages(Place.COMMENT, "").entries
    assert [entry.about for entry in found] == [OURS, OURS, OURS]
    assert [entry.thread for entry in found] == [OURS, OURS, foreign]
    assert [entry.parent for entry in found] == [OURS, THEIRS, OURS]
    assert found[0].url == f"{server.url}/profile/sri.example/post/a"
    mentions = page(told("m", 1, "mention", root="", subject=""), told("q", 2, "quote", root=""), told("l", 3, "like"))
    with serving(mentions) as server:
        others = speaker("bluesky", server).messages(Place.MENTION, "").entries
    assert [(entry.place, entry.about) for entry in others] == [(Place.MENTION, OURS), (Place.MENTION, "")]
    assert server.asked[0].query["reasons"] == ["mention", "quote"]


def test_a_broken_page_moves_no_cursor():
    for broken in (says({"notifications": [{"uri": "x"}]}), says({"notifications": 5}), says({}, 500), hangs):
        with serving(broken) as server, pytest.raises(Temporary):
            speaker("bluesky", server, seconds=0.3).messages(Place.COMMENT, "")


# Hiding ------------------------------------------------------------------------------------------

UNDER_OURS = says({"posts": [{"uri": THEIRS, "cid": "c2", "record": {"reply": {"root": {"uri": OURS, "cid": "c1"}}}}]})
NO_GATE = says({"error": "RecordNotFound", "message": "none"}, 400)


def test_hiding_puts_an_answer_on_the_threads_list():
    with serving(routes(getPosts=UNDER_OURS, getRecord=NO_GATE, putRecord=TAKEN)) as server:
        speaker("bluesky", server).hide(THEIRS, hidden=True)
    body = server.asked[-1].json
    assert (body["collection"], body["rkey"], body["swapRecord"]) == ("app.bsky.feed.threadgate", "3lroot", None)
    assert (body["record"]["post"], body["record"]["hiddenReplies"]) == (OURS, [THEIRS])
    assert "allow" not in body["record"], "everybody may still answer"


def test_what_the_gate_says_besides_is_kept_and_twice_is_once():
    value = {"$type": "app.bsky.feed.threadgate", "post": OURS, "createdAt": "2026-11-01T00:00:00Z", "allow": []}
    hidden = says({"uri": "x", "cid": "g1", "value": {**value, "hiddenReplies": ["at://a/b/c", THEIRS]}})
    with serving(routes(getPosts=UNDER_OURS, getRecord=hidden, putRecord=TAKEN)) as server:
        speaker("bluesky", server).hide(THEIRS, hidden=True)
        assert "putRecord" not in names(server)
        speaker("bluesky", server).hide(THEIRS, hidden=False)
    body = server.asked[-1].json
    assert (body["swapRecord"], body["record"]) == ("g1", {**value, "hiddenReplies": ["at://a/b/c"]})


def test_below_somebody_elses_post_nothing_is_ours_to_hide():
    foreign = {"uri": "at://did:plc:x/app.bsky.feed.post/3l", "cid": "c"}
    posts = says({"posts": [{"uri": THEIRS, "cid": "c2", "record": {"reply": {"root": foreign}}}]})
    with serving(routes(getPosts=posts)) as server, pytest.raises(ConnectorError, match="not_our_thread"):
        speaker("bluesky", server).hide(THEIRS, hidden=True)


def test_a_gate_that_changed_meanwhile_is_read_again():
    swapped = says({"error": "InvalidSwap", "message": "Record was at g2"}, 400)
    answers = routes(getPosts=UNDER_OURS, getRecord=NO_GATE, putRecord=swapped)
    with serving(answers) as server, pytest.raises(Temporary):
        speaker("bluesky", server).hide(THEIRS, hidden=True)


def test_the_profile_is_what_people_see():
    me = {
        "did": DID,
        "handle": "ratna.example",
        "displayName": "Ratna",
        "description": "Caleg",
        "avatar": "https://a/b",
    }
    with serving(says(me)) as server:
        shown = speaker("bluesky", server).profile()
    assert (shown.name, shown.handle, shown.bio, shown.picture_url) == (
        "Ratna",
        "@ratna.example",
        "Caleg",
        "https://a/b",
    )
    with serving(says({"error": "AuthMissing", "message": "x"}, 401)) as server, pytest.raises(Reconnect):
        speaker("bluesky", server).profile()
