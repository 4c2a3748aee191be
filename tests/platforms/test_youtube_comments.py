"""What YouTube's connector reads, and what it writes below films."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from platforms.base import Reconnect, Rejected, Unknowable
from platforms.contents import Draft, Place, Seen, To
from tests.platforms.make import answer_draft, payload, speaker
from tests.platforms.servers import Reply, Server, says, serving
from tests.platforms.test_failures import error
from tests.platforms.test_youtube import CHANNELS, UPLOADS, finding, lists, publishing

THREADS = payload("youtube", "threads")

# Comments ----------------------------------------------------------------------------------------

COMMENT = says({"kind": "youtube#comment", "id": "UgxKomentarDariSeorangWarga.jawab"})


def test_an_answer_hangs_below_the_comment_that_began_the_talk():
    for above in ("UgxKomentarDariSeorangWarga", "UgxKomentarDariSeorangWarga.balasan"):
        draft = Draft("Senin depan, Bu.", to=To(Place.COMMENT, above, root="dQw4w9WgXcQ"))
        sent, server = publishing(COMMENT, draft=draft)
        asked = server.asked[0]
        assert (asked.method, asked.path, asked.query) == ("POST", "/youtube/v3/comments", {"part": ["snippet"]})
        wanted = {"parentId": "UgxKomentarDariSeorangWarga", "textOriginal": "Senin depan, Bu."}
        assert asked.json == {"snippet": wanted}
        assert sent.url.endswith("/web/watch?v=dQw4w9WgXcQ&lc=UgxKomentarDariSeorangWarga.jawab")


def test_a_first_comment_begins_a_talk_below_the_film():
    draft = Draft("Ceritakan jalan di RT Anda.", to=To(Place.COMMENT, "dQw4w9WgXcQ"))
    sent, server = publishing(says({"kind": "youtube#commentThread", "id": "UgxDua"}), draft=draft)
    said = {"snippet": {"textOriginal": "Ceritakan jalan di RT Anda."}}
    wanted = {"channelId": "UCcaleg", "videoId": "dQw4w9WgXcQ", "topLevelComment": said}
    assert server.asked[0].path == "/youtube/v3/commentThreads"
    assert server.asked[0].json == {"snippet": wanted}
    assert sent.remote_id == "UgxDua"


def test_an_answer_that_may_have_arrived_is_looked_for_among_our_own():
    at = datetime.now(UTC).isoformat()

    def said(name: str, author: str, words: str) -> dict[str, Any]:
        return {"id": name, "snippet": {"textDisplay": words, "authorChannelId": {"value": author}, "publishedAt": at}}

    others = [said("Ug.1", "UCsri", "Senin depan, Bu."), said("Ug.2", "UCcaleg", "Lain.")]
    ours = said("Ug.3", "UCcaleg", "Senin  depan, Bu.\n")
    found, server = finding(says({"items": [*others, ours]}), draft=answer_draft())
    assert found and found.remote_id == "Ug.3"
    assert server.asked[0].query["parentId"] == ["UgxKomentarDariSeorangWarga"]
    with pytest.raises(Unknowable):
        finding(says({"items": others}), draft=answer_draft())
    first = Draft("Terima kasih sudah menonton.", to=To(Place.COMMENT, "dQw4w9WgXcQ"))
    found, _ = finding(says(THREADS), draft=first)
    assert found and found.remote_id == "UgxDua"


def reading(*replies: Reply, cursor: str = "2026-11-22T13:30:00+00:00") -> tuple[Any, Server]:
    with serving(*replies) as server:
        page = speaker("youtube", server).messages(Place.COMMENT, cursor)
    return page, server


def test_comments_are_read_oldest_first_and_our_own_left_out():
    page, server = reading(says(THREADS), says({"items": []}))
    assert [entry.remote_id for entry in page.entries] == ["UgxSatu", "UgxDua.balasan"]
    first, second = page.entries
    assert (first.text, first.author_id, first.author_name, first.author_handle) == (
        "Kapan jalan di RT 5?", "UCsri", "srilestari", "@srilestari",
    )  # fmt: skip
    assert (first.about, first.thread, first.parent) == ("dQw4w9WgXcQ", "UgxSatu", "")
    assert (second.thread, second.parent) == ("UgxDua", "UgxDua")
    assert first.to == To(Place.COMMENT, "UgxSatu", root="dQw4w9WgXcQ", person="UCsri", at=first.at)
    assert page.cursor == "2026-11-22T14:05:00+00:00"
    assert [asked.query["moderationStatus"] for asked in server.asked] == [["published"], ["heldForReview"]]
    assert server.asked[0].query["allThreadsRelatedToChannelId"] == ["UCcaleg"]
    assert server.asked[0].query["textFormat"] == ["plainText"]


def test_nothing_new_leaves_the_cursor_where_it_was():
    page, _ = reading(says({"items": []}), cursor="2026-11-22T15:00:00+00:00")
    assert (page.entries, page.cursor) == ((), "2026-11-22T15:00:00+00:00")


def test_what_lies_before_the_cursor_is_not_told_again():
    page, _ = reading(says(THREADS), says({"items": []}), cursor="2026-11-22T15:03:00+00:00")
    assert [entry.remote_id for entry in page.entries] == ["UgxDua.balasan"]


def test_a_held_comment_is_told_as_hidden_and_not_to_be_answered():
    page, _ = reading(says({"items": []}), says({"items": THREADS["items"][1:]}))
    assert [(entry.remote_id, entry.is_hidden, entry.may_answer) for entry in page.entries] == [
        ("UgxSatu", True, False)
    ]


def test_pages_are_walked_until_they_grow_old():
    first = {"items": THREADS["items"][:1], "nextPageToken": "CAI"}
    second = {"items": THREADS["items"][1:], "nextPageToken": "CAQ"}
    held = says({"items": []})
    page, server = reading(says(first), says(second), held, cursor="2026-11-22T14:10:00+00:00")
    assert [asked.query.get("pageToken") for asked in server.asked] == [None, ["CAI"], None]
    assert [entry.remote_id for entry in page.entries] == ["UgxDua.balasan"]


def test_of_a_long_talk_that_goes_on_all_answers_are_read():
    thread = json.loads(json.dumps(THREADS["items"][0]))
    thread["snippet"]["totalReplyCount"] = 2
    held = thread["replies"]["comments"][0]
    both = [held, {**held, "id": "UgxDua.lain"}]
    page, server = reading(says({"items": [thread]}), says({"items": both}), says({"items": []}))
    assert server.asked[1].query["parentId"] == ["UgxDua"]
    assert [entry.remote_id for entry in page.entries] == ["UgxDua.balasan", "UgxDua.lain"]


def test_there_are_no_mentions_and_no_messages():
    with serving() as server:
        for place in (Place.MENTION, Place.MESSAGE):
            with pytest.raises(NotImplementedError):
                speaker("youtube", server).messages(place, "")


@pytest.mark.parametrize(("hidden", "status"), [(True, "heldForReview"), (False, "published")])
def test_a_comment_is_held_or_published_again(hidden, status):
    with serving(says("", 204)) as server:
        speaker("youtube", server).hide("UgxSatu", hidden=hidden)
    asked = server.asked[0]
    assert (asked.method, asked.path) == ("POST", "/youtube/v3/comments/setModerationStatus")
    assert asked.query == {"id": ["UgxSatu"], "moderationStatus": [status]}


def test_what_may_not_be_done_with_one_comment_says_nothing_of_the_account():
    forbidden = error("youtube", 403, "The comment cannot be moderated.", "forbidden")
    with serving(forbidden) as server, pytest.raises(Rejected):
        speaker("youtube", server).hide("UgxSatu", hidden=True)
    with serving(forbidden) as server, pytest.raises(Rejected):
        speaker("youtube", server).take_down("UgxSatu")
    found, _ = publishing(forbidden, draft=answer_draft())
    assert (type(found), found.params) == (Rejected, {"words": "The comment cannot be moderated."})
    found, _ = publishing(forbidden)
    assert (type(found), found.code) == (Reconnect, "not_allowed")


# Reading -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(("remote_id", "path"), [("dQw4w9WgXcQ", "videos"), ("UgxSatu.balasan", "comments")])
def test_films_and_comments_are_taken_down_each_in_their_place(remote_id, path):
    for reply in (says("", 204), error("youtube", 404, "Gone", "videoNotFound")):
        with serving(reply) as server:
            speaker("youtube", server).take_down(remote_id)
        assert (server.asked[0].method, server.asked[0].path) == ("DELETE", f"/youtube/v3/{path}")
        assert server.asked[0].query == {"id": [remote_id]}


def test_films_are_measured_fifty_at_a_time_and_comments_not_at_all():
    names = [f"video{number:06}" for number in range(120)]
    with serving(says({"items": []})) as server:
        speaker("youtube", server).measure([*names, "UgxKomentarDariSeorangWarga"])
    assert [len(asked.query["id"][0].split(",")) for asked in server.asked] == [50, 50, 20]
    told = {"items": [{"id": names[0], "statistics": {"viewCount": "1204", "favoriteCount": "0"}}]}
    with serving(says(told)) as server:
        found = speaker("youtube", server).measure(names[:2])
    assert {name: [(f.metric, f.value, f.remote_name) for f in figures] for name, figures in found.items()} == {
        names[0]: [("views", 1204, "viewCount")]
    }


def test_hidden_subscribers_are_left_out():
    for channel, metrics in ((0, {"followers": 1230, "views": 120345, "posts": 42}), (1, {"views": 9, "posts": 1})):
        with serving(says({"items": [CHANNELS["items"][channel]]})) as server:
            found = speaker("youtube", server).measure_account()
        assert {figure.metric: figure.value for figure in found} == metrics


def test_check_tells_name_page_and_how_long_films_may_be():
    with serving(says(CHANNELS)) as server:
        found = speaker("youtube", server).check()
        assert found.url == f"{server.url}/web/@ratnawijaya"
    assert (found.name, found.handle) == ("Ratna Wijaya", "@ratnawijaya")
    assert found.limits == {"video_seconds": 900}
    with serving(says({"items": CHANNELS["items"][1:]})) as server, pytest.raises(Reconnect, match="no_channel"):
        speaker("youtube", server).check()


def test_the_profile_has_the_largest_picture():
    with serving(says(CHANNELS)) as server:
        found = speaker("youtube", server).profile()
    assert (found.name, found.handle, found.bio) == ("Ratna Wijaya", "@ratnawijaya", "Calon anggota DPRD.")
    assert found.picture_url == "https://yt3.example/800.jpg"


def test_the_timeline_holds_what_the_public_sees_by_when_it_saw_it():
    with serving(lists(UPLOADS)) as server:
        seen = speaker("youtube", server).timeline(datetime(2026, 11, 22, tzinfo=UTC))
        url = f"{server.url}/web/watch?v=pasarpagi01"
    at = datetime(2026, 11, 22, 10, tzinfo=UTC)
    assert seen == [Seen("pasarpagi01", "Pasar pagi\n\nBertemu pedagang.", at, url)]


@pytest.mark.parametrize(("privacy", "is_public"), [("private", False), ("unlisted", False), ("public", True)])
def test_a_film_is_public_once_a_person_has_made_it_so(privacy, is_public):
    with serving(says({"items": [{"id": "dQw4w9WgXcQ", "status": {"privacyStatus": privacy}}]})) as server:
        found = speaker("youtube", server).is_public("dQw4w9WgXcQ")
    assert (found is not None) == is_public
    assert found is None or (found.remote_id, found.waits_for) == ("dQw4w9WgXcQ", "")
    with serving(says({"items": []})) as server:
        assert speaker("youtube", server).is_public("dQw4w9WgXcQ") is None
