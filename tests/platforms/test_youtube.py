"""What YouTube's connector asks for, step by step."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from platforms.base import (
    ConnectorError,
    Halted,
    Later,
    Reconnect,
    Rejected,
    Temporary,
    Unknowable,
    Unsure,
)
from platforms.contents import Draft, Sent
from platforms.http import Door
from platforms.youtube import Youtube, failures, uploads
from tests.platforms.make import (
    FILM,
    KEY,
    account,
    film_draft,
    keeping,
    payload,
    speaker,
    video,
)
from tests.platforms.servers import Asked, Reply, Server, routes, says, serving
from tests.platforms.test_failures import UNCLEAR, error

VIDEO = payload("youtube", "video")
CHANNELS = payload("youtube", "channels")
UPLOADS = payload("youtube", "uploads")
DONE = says(VIDEO)
SIZE, PIECE = len(FILM), uploads.FIRST
START = "/upload/youtube/v3/videos"


def session(server: Server) -> str:
    return f"{server.url}{START}?upload_id=abc"


def opens(connection: Any, asked: Asked) -> bool | None:
    """The answer to the start of an upload: its address, on the same server."""
    return says({}, Location=f"http://{asked.headers['host']}{START}?upload_id=abc")(connection, asked)


def more(received: int) -> Reply:
    """308 Resume Incomplete."""
    return says({}, 308, Range=f"bytes=0-{received - 1}") if received else says({}, 308)


def publishing(*replies: Reply, draft: Draft | None = None, handle: str = "", **allowed: str) -> tuple[Any, Server]:
    """What publishing gives or raises. A handle of "session" stands for one with the upload's address."""
    with serving(*replies) as server:
        ours = audited(server) if allowed else speaker("youtube", server)
        told = json.dumps({"session": session(server)}) if handle == "session" else handle
        try:
            found: Any = ours.publish(draft or film_draft(), key=KEY, handle=told, keep=keeping()[1])
        except (ConnectorError, Later) as raised:
            found = raised
    return found, server


def audited(server: Server) -> Youtube:
    ours = replace(account("youtube", server.url), app={"audited": "1"})
    return Youtube(ours, Door(3, internal=frozenset({server.place})))


def sending(server: Server, *, keep_session: bool = True, **more: Any) -> Any:
    """Publish a film whose session was kept before, in a hurry."""
    handle = json.dumps({"session": session(server), **more}) if keep_session else ""
    return speaker("youtube", server, seconds=0.3).publish(film_draft(), key=KEY, handle=handle, keep=keeping()[1])


def finding(*replies: Reply, draft: Draft | None = None, handle: str = "session") -> tuple[Sent | None, Server]:
    with serving(*replies) as server:
        told = json.dumps({"session": session(server)}) if handle else ""
        since = KEY.made_at - timedelta(minutes=1)
        found = speaker("youtube", server).find(draft or film_draft(), key=KEY, handle=told, since=since)
    return found, server


# Films -------------------------------------------------------------------------------------------


def test_a_film_is_announced_and_then_sent_in_pieces():
    kept, keep = keeping()
    with serving(opens, more(PIECE), DONE) as server:
        sent = speaker("youtube", server).publish(film_draft(ai_made=True), key=KEY, handle="", keep=keep)
        watch = f"{server.url}/web/watch?v=dQw4w9WgXcQ"
    start, first, last = server.asked
    assert sent == Sent("dQw4w9WgXcQ", watch, "youtube_private")
    assert (start.method, start.path) == ("POST", START)
    assert start.query == {"uploadType": ["resumable"], "part": ["snippet,status"]}
    assert start.headers["x-upload-content-type"] == "video/mp4"
    assert start.headers["x-upload-content-length"] == str(SIZE)
    assert start.headers["authorization"] == "Bearer secretaccess"
    assert start.json == {
        "snippet": {
            "title": "Jalan desa",
            "description": "Jalan desa sudah diperbaiki.",
            "categoryId": "25",
            "defaultLanguage": "id",
        },
        "status": {"privacyStatus": "private", "selfDeclaredMadeForKids": False, "containsSyntheticMedia": True},
    }
    assert (first.method, first.query["upload_id"]) == ("PUT", ["abc"])
    assert first.headers["content-range"] == f"bytes 0-{PIECE - 1}/{SIZE}"
    assert last.headers["content-range"] == f"bytes {PIECE}-{SIZE - 1}/{SIZE}"
    assert first.body + last.body == FILM
    assert PIECE % uploads.UNIT == uploads.MOST % uploads.UNIT == 0
    assert [json.loads(each) for each in kept] == [
        {"session": session(server)},
        {"session": session(server), "sent": 1048576},
    ], "how far it is, which tells the engine that it goes on"


def test_an_audited_app_publishes_at_once():
    public = {**VIDEO, "status": {**VIDEO["status"], "privacyStatus": "public"}}
    sent, server = publishing(opens, more(PIECE), says(public), audited="1")
    assert server.asked[0].json["status"]["privacyStatus"] == "public"
    assert sent.waits_for == ""
    sent, _ = publishing(opens, more(PIECE), DONE, audited="1")
    assert sent.waits_for == "youtube_private", "what YouTube has locked is not public, whatever was asked"


@pytest.mark.parametrize("open_for", [0, 1])
def test_when_the_gate_closes_between_pieces_nothing_further_is_sent(open_for):
    given: list[str] = []

    def keep(handle: str) -> None:
        if len(given) == open_for:
            raise Halted
        given.append(handle)

    with serving(opens, more(PIECE), DONE) as server, pytest.raises(Halted):
        speaker("youtube", server).publish(film_draft(), key=KEY, handle="", keep=keep)
    assert len(server.asked) == 1 + open_for


def test_a_pause_after_the_gates_yes_sends_no_byte():
    with serving(opens, more(PIECE), DONE) as server:
        ours = speaker("youtube", server)

        def keep(_: str) -> None:
            ours.door.permitted_at -= 10

        with pytest.raises(Temporary, match="slow_start"):
            ours.publish(film_draft(), key=KEY, handle="", keep=keep)
    assert len(server.asked) == 1


def test_after_a_kill_the_session_is_asked_and_the_upload_goes_on():
    sent, server = publishing(more(uploads.UNIT), DONE, handle="session")
    asked, piece = server.asked
    assert (asked.method, asked.body, asked.headers["content-range"]) == ("PUT", b"", f"bytes */{SIZE}")
    assert piece.headers["content-range"].startswith(f"bytes {uploads.UNIT}-")
    assert piece.body == FILM[uploads.UNIT : uploads.UNIT + PIECE]
    assert sent.remote_id == "dQw4w9WgXcQ"
    sent, server = publishing(DONE, handle="session")
    assert (sent.remote_id, len(server.asked)) == ("dQw4w9WgXcQ", 1), "a finished session only tells its video"


def test_pieces_grow_on_a_fast_line_up_to_a_limit():
    data = FILM * 3

    def stores(connection: Any, asked: Asked) -> bool | None:
        if asked.method == "POST":
            return opens(connection, asked)
        end = int(asked.headers["content-range"].split("-")[1].split("/")[0]) + 1
        return (DONE if end == len(data) else more(end))(connection, asked)

    _, server = publishing(stores, draft=film_draft(video=video(data)))
    assert [len(asked.body) for asked in server.asked[1:]] == [PIECE, 2 * PIECE, len(data) - 3 * PIECE]
    assert b"".join(asked.body for asked in server.asked[1:]) == data


@pytest.mark.parametrize("trouble", UNCLEAR)
def test_trouble_with_the_last_piece_is_unsure(trouble):
    with serving(more(PIECE), UNCLEAR[trouble]) as server, pytest.raises(Unsure):
        sending(server)
    assert len(server.asked) == 2, "nothing is repeated by itself"


@pytest.mark.parametrize("trouble", UNCLEAR)
@pytest.mark.parametrize("before", ["start", "first piece", "question"])
def test_trouble_before_the_last_piece_shows_nothing_and_is_temporary(trouble, before):
    replies = {"start": [], "first piece": [opens], "question": []}[before]
    with serving(*replies, UNCLEAR[trouble]) as server, pytest.raises(Temporary) as found:
        sending(server, keep_session=before == "question")
    assert len(server.asked) == len(replies) + 1
    assert "secretaccess" not in repr(found.value) + found.value.detail


@pytest.mark.parametrize(
    ("reply", "code"),
    [
        (more(0), "odd_answer"),
        (says({}, 308, Range="bytes=0-99999999999"), "odd_answer"),
        (says({}, 308, Range="items=0-5"), "odd_answer"),
    ],
    ids=["took nothing", "more than there is", "no bytes"],
)
def test_a_session_that_makes_no_sense_is_no_endless_loop(reply, code):
    found, _ = publishing(opens, reply)
    assert (type(found), found.code) == (Temporary, code)


@pytest.mark.parametrize(
    "location",
    [
        "https://lain.example/upload?upload_id=abc",
        "http://www.googleapis.com/upload",
        "https://googleapis.com.lain.example/",
    ],
)
def test_our_token_goes_to_google_alone(location):
    found, server = publishing(says({}, Location=location), DONE)
    assert (type(found), found.code) == (Temporary, "odd_answer")
    assert len(server.asked) == 1
    ours = account("youtube", Youtube.home)
    assert not uploads.is_googles(location, ours, Youtube.home)
    assert uploads.is_googles("https://www.googleapis.com/upload/x", ours, Youtube.home)


def test_a_redirect_of_the_upload_is_not_followed():
    found, server = publishing(opens, says({}, 308, Location="https://lain.example/"))
    assert (type(found), found.code) == (ConnectorError, "redirected")
    assert len(server.asked) == 2


def test_a_film_that_changed_since_its_approval_is_not_sent():
    found, server = publishing(opens, DONE, draft=film_draft(video=video(part=lambda at, length: FILM[:100])))
    assert (type(found), found.code) == (ConnectorError, "film_changed")
    assert len(server.asked) == 1


def test_bytes_that_are_all_there_without_a_video_free_the_worker():
    found, _ = publishing(more(SIZE), handle="session")
    assert isinstance(found, Later) and "session" in found.handle
    with pytest.raises(Temporary, match="at_work"):
        finding(more(SIZE))


# Looking for one ---------------------------------------------------------------------------------


def test_the_session_tells_whether_a_film_went_out():
    found, server = finding(DONE)
    assert found and (found.remote_id, found.waits_for) == ("dQw4w9WgXcQ", "youtube_private")
    assert server.asked[0].headers["content-range"] == f"bytes */{SIZE}"
    assert finding(more(PIECE))[0] is None
    assert finding(more(0))[0] is None


def test_without_a_session_no_byte_has_left():
    found, server = finding(DONE, handle="")
    assert found is None and server.asked == []


GONE = says({"error": {"code": 404, "message": "Not Found"}}, 404)
OTHERS = {**UPLOADS, "items": UPLOADS["items"][1:]}


def lists(of: dict[str, Any]) -> Reply:
    return routes(v3_channels=says(CHANNELS), v3_playlistItems=says(of), v3_videos=GONE)


def test_where_the_session_is_gone_the_channels_uploads_are_looked_through():
    found, server = finding(lists(UPLOADS))
    assert found and found.remote_id == "dQw4w9WgXcQ"
    assert server.asked[-1].query["playlistId"] == ["UUcaleg"]
    with pytest.raises(Unknowable):
        finding(lists(OTHERS))


def test_an_upload_whose_session_was_lost_begins_anew_unless_the_channel_has_the_film():
    sent, _ = publishing(lists(UPLOADS), handle="session")
    assert sent.remote_id == "dQw4w9WgXcQ"
    found, _ = publishing(lists(OTHERS), handle="session")
    assert isinstance(found, Later) and json.loads(found.handle) == {"lost": 1}
    with serving(lists(OTHERS)) as server, pytest.raises(ConnectorError, match="upload_lost"):
        sending(server, lost=2)


# Limits ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("now", "hours"),
    [
        (datetime(2026, 11, 22, 7, 30, tzinfo=UTC), 0.5),
        (datetime(2026, 11, 22, 8, 0, tzinfo=UTC), 24),
        (datetime(2027, 7, 1, 6, 0, tzinfo=UTC), 1),
        (datetime(2027, 3, 14, 9, 0, tzinfo=UTC), 22),  # the day in March that has 23 hours
    ],
)
def test_a_quota_that_is_used_up_begins_anew_at_midnight_in_california(now, hours):
    assert failures.until_midnight(now) == timedelta(hours=hours)


def test_refusals_of_too_much_say_how_long_to_wait():
    found, _ = publishing(error("youtube", 403, "Quota", "quotaExceeded"))
    assert (type(found), found.code) == (Temporary, "quota_used_up")
    assert timedelta(0) < found.retry_after <= timedelta(hours=25)
    found, _ = publishing(error("youtube", 400, "Too many", "uploadLimitExceeded"))
    assert (type(found), found.code, found.retry_after) == (Temporary, "upload_limit", failures.UPLOADS_REST)
    found, _ = publishing(error("youtube", 403, "Slow down", "userRateLimitExceeded"))
    assert (type(found), found.code, found.retry_after) == (Temporary, "rate_limited", failures.SLOWER)


def test_a_refused_film_carries_googles_words():
    found, server = publishing(error("youtube", 400, "Invalid title.", "invalidTitle"))
    assert (type(found), found.code, found.params) == (Rejected, "refused", {"words": "Invalid title."})
    assert len(server.asked) == 1


def test_a_token_that_is_refused_right_after_it_was_given_is_no_old_one():
    with serving(error("youtube", 401, "Invalid Credentials", "authError")) as server:
        fresh = {**account("youtube", "").secrets, "since": datetime.now(UTC).isoformat()}
        ours = replace(account("youtube", server.url), secrets=fresh)
        with pytest.raises(Reconnect, match="signed_out"):
            Youtube(ours, Door(3, internal=frozenset({server.place}))).check()


def test_a_google_account_without_a_channel_is_told_so():
    found, _ = publishing(error("youtube", 401, "Unauthorized", "youtubeSignupRequired"))
    assert (type(found), found.code) == (Reconnect, "no_channel")
