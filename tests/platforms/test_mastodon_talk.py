"""Films, answers and reading on Mastodon: what is asked for, step by step."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from platforms.base import Ability, ConnectorError, Later, Rejected, Temporary, Unknowable
from platforms.contents import Place, To
from platforms.mastodon import Mastodon
from tests.platforms.make import KEY, draft, film, keeping, payload, speaker
from tests.platforms.servers import Server, routes, says, serving

STATUS = payload("mastodon", "status")
NOW = datetime.now(UTC)
COMMENT = To(Place.COMMENT, "500", root="400", person="sri@lain.example")
DIRECT = To(Place.MESSAGE, "600", person="sri@lain.example")


def paths(server: Server) -> list[str]:
    return [f"{asked.method} {asked.path}" for asked in server.asked]


def publish(server: Server, **what: Any) -> Any:
    kept, keep = keeping()
    text = what.pop("text", "Terima kasih, @sri@lain.example")
    return speaker("mastodon", server).publish(
        draft(text, **what), key=KEY, handle=what.pop("handle", ""), keep=keep
    ), kept


# Films -------------------------------------------------------------------------------------------


def test_a_film_is_uploaded_waited_for_and_posted():
    kept, keep = keeping()
    working, at_work = says({"id": "9", "url": None}, 202), says({"id": "9"}, 206)
    with serving(routes(v2_media=working, media_9=at_work)) as server:
        ours = speaker("mastodon", server)
        with pytest.raises(Later) as later:
            ours.publish(draft(video=film()), key=KEY, handle="", keep=keep)
        assert later.value.after >= timedelta(seconds=5), "films take longer than pictures"
        assert b"ftypisom" in server.asked[0].body
        server.replies[:] = [routes(media_9=says({"id": "9", "url": "x"}), statuses=says(STATUS))]
        unread = film(part=lambda *_: pytest.fail("uploaded twice"))
        ours.publish(draft(video=unread), key=KEY, handle=later.value.handle, keep=keep)
    assert paths(server) == [
        "POST /api/v2/media",
        "GET /api/v1/media/9",
        "GET /api/v1/media/9",
        "POST /api/v1/statuses",
    ]
    assert server.asked[-1].json["media_ids"] == ["9"]
    assert json.loads(kept[0]).get("media") is None, "asked before the upload"


def test_a_film_that_the_server_cannot_make_ready_is_rejected_in_its_words():
    handle = json.dumps({"media": ["9"], "wait": ["9"], "at": int(NOW.timestamp())})
    failed = says({"error": "Error processing thumbnail for uploaded media"}, 422)
    with serving(routes(media_9=failed)) as server, pytest.raises(Rejected) as no:
        speaker("mastodon", server).publish(draft(video=film()), key=KEY, handle=handle, keep=keeping()[1])
    assert "thumbnail" in str(no.value.params["words"])


def test_a_film_without_words_is_never_taken_for_another():
    found = {**STATUS, "content": "", "media_attachments": [{}], "created_at": NOW.isoformat()}
    with serving(says([found]), says([])) as server, pytest.raises(Unknowable):
        speaker("mastodon", server).find(draft("", video=film()), key=KEY, handle="", since=NOW)


def test_the_servers_own_limits_decide_about_films():
    instance = payload("mastodon", "instance")
    instance["configuration"]["media_attachments"] = {
        "supported_mime_types": ["image/png", "video/webm"], "video_size_limit": 40, "video_frame_rate_limit": 20,
        "video_matrix_limit": 100,
    }  # fmt: skip
    answers = routes(v2_instance=says(instance), verify_credentials=says(payload("mastodon", "account")))
    with serving(answers) as server:
        limits = Mastodon.connect(speaker("mastodon", server).door, server.url, "t").limits
    codes = [problem.code for problem in Mastodon.problems(draft(video=film()), limits)]
    assert codes == ["film_type", "film_too_big", "film_rate", "film_pixels"]
    assert [p.code for p in Mastodon.problems(draft(video=film()), {})] == []
    assert [p.code for p in Mastodon.problems(draft(video=film(), pictures=1), {})] == ["film_and_pictures"]
    assert [p.code for p in Mastodon.problems(draft("", video=film()), {})] == [], "a film needs no words"


# Answering ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("to", "theirs", "ours"),
    [
        (COMMENT, "public", "public"),
        (COMMENT, "unlisted", "unlisted"),
        (COMMENT, "private", "private"),
        (COMMENT, "direct", "direct"),
        (COMMENT, "local", "direct"),
        (DIRECT, "direct", "direct"),
        (DIRECT, "public", "direct"),
    ],
)
def test_an_answer_is_seen_by_no_more_people_than_what_it_answers(to, theirs, ours):
    parent = says({**STATUS, "visibility": theirs})
    with serving(routes(**{f"statuses_{to.remote_id}": parent, "v1_statuses": says(STATUS)})) as server:
        sent, kept = publish(server, to=to)
    body = server.asked[-1].json
    assert (body["visibility"], body["in_reply_to_id"]) == (ours, to.remote_id)
    assert json.loads(kept[-1]) == {"visibility": ours}, "the gate is asked after the looking"
    assert sent.remote_id == STATUS["id"]


def test_a_later_try_knows_the_audience():
    with serving(routes(v1_statuses=says(STATUS))) as server:
        handle = '{"visibility":"private"}'
        speaker("mastodon", server).publish(draft(to=COMMENT), key=KEY, handle=handle, keep=keeping()[1])
    assert paths(server) == ["POST /api/v1/statuses"]
    assert server.asked[0].json["visibility"] == "private"


def test_what_answers_nothing_any_more_is_rejected():
    with serving(says({"error": "Record not found"}, 404)) as server, pytest.raises(Rejected, match="parent_gone"):
        publish(server, to=COMMENT)
    assert [asked.method for asked in server.asked] == ["GET"]


def test_a_direct_answer_must_name_whom_it_goes_to_and_says_how_to_begin():
    named = ["@sri@lain.example halo", "Halo @Sri@Lain.Example!", "(@sri@lain.example)"]
    unnamed = ["halo", "@sri halo", "@sri@lain.example.org halo", "a@sri@lain.example"]
    for text in named:
        assert Mastodon.problems(draft(text, to=DIRECT), {}) == [], text
    for text in unnamed:
        assert [p.code for p in Mastodon.problems(draft(text, to=DIRECT), {})] == ["mention_missing"], text
    assert Mastodon.problems(draft("halo", to=COMMENT), {}) == [], "others read it below the post anyway"
    assert Mastodon.opening(DIRECT) == "@sri@lain.example "
    assert Mastodon.opening(To(Place.COMMENT, "1")) == "", "a thread of our own"


def test_find_tells_an_answer_from_the_same_words_elsewhere():
    def status(name: str, parent: str | None) -> dict[str, Any]:
        return {**STATUS, "id": name, "content": "<p>Sama</p>", "in_reply_to_id": parent, "created_at": NOW.isoformat()}

    page = says([status("1", None), status("2", "7"), status("3", "500")])
    for to, expected in ((COMMENT, "3"), (None, "1")):
        with serving(page, says([])) as server:
            found = speaker("mastodon", server).find(draft("Sama", to=to), key=KEY, handle="", since=NOW)
        assert found
        assert found.remote_id == expected


def test_direct_posts_are_no_part_of_the_timeline():
    page = [
        {**STATUS, "id": n, "visibility": v, "created_at": NOW.isoformat()}
        for n, v in (("1", "direct"), ("2", "public"))
    ]
    with serving(says(page), says([])) as server:
        seen = speaker("mastodon", server).timeline(NOW - timedelta(hours=1))
    assert [each.remote_id for each in seen] == ["2"]


# Reading -----------------------------------------------------------------------------------------


def mention(number: int, text: str = "Kapan?", *, minutes: int = 5, **status: Any) -> dict[str, Any]:
    at = (NOW - timedelta(minutes=minutes)).isoformat()
    author = {"id": "88", "acct": "sri@lain.example", "username": "sri", "display_name": "Sri Lestari"}
    body = {
        "id": f"s{number}",
        "content": f"<p>@<span>caleg</span> {text}</p>",
        "visibility": "public",
        "account": author,
    }
    made = {**body, "in_reply_to_id": None, "created_at": at, "url": f"https://lain.example/@sri/{number}", **status}
    return {"id": str(number), "type": "mention", "created_at": at, "status": made}


def test_walking_forward_asks_for_what_follows_and_passes_over_nothing():
    page = [mention(12, "Dua"), mention(11, "Rahasia", visibility="direct"), mention(10, "Satu")]
    with serving(says(page), says([])) as server:
        ours = speaker("mastodon", server)
        found = ours.messages(Place.MENTION, "9")
        assert ours.messages(Place.MENTION, found.cursor).cursor == "12", "nothing new: the same place"
    assert [entry.text for entry in found.entries] == ["@caleg Satu", "@caleg Dua"], "oldest first"
    assert found.cursor == "12"
    query = server.asked[0].query
    assert (query["types[]"], query["min_id"], query["include_filtered"]) == (["mention"], ["9"], ["true"])
    assert server.asked[1].query["min_id"] == ["12"]


def test_the_cursor_moves_over_what_belongs_elsewhere():
    page = [mention(10, "Satu"), mention(9, "Rahasia", visibility="direct")]
    with serving(says(page)) as server:
        found = speaker("mastodon", server).messages(Place.MESSAGE, "5")
    assert ([entry.text for entry in found.entries], found.cursor) == (["@caleg Rahasia"], "10")
    entry = found.entries[0]
    assert (entry.author_id, entry.author_handle) == ("sri@lain.example", "@sri@lain.example")
    assert entry.author_name == "Sri Lestari"
    assert entry.thread == "@sri@lain.example", "one talk with each person"
    assert entry.to == To(Place.MESSAGE, "s9", person="sri@lain.example", at=entry.at)


def test_the_first_reading_goes_back_some_days_page_by_page():
    old = mention(1, "Lama", minutes=60 * 24 * 5)
    with serving(says([mention(10, "Baru")]), says([mention(9, "Tadi"), old])) as server:
        found = speaker("mastodon", server).messages(Place.MENTION, "")
    assert [entry.text for entry in found.entries] == ["@caleg Tadi", "@caleg Baru"]
    assert found.cursor == "10"
    assert [asked.query.get("max_id") for asked in server.asked] == [None, ["10"]]


def test_an_account_nobody_has_written_to_begins_at_the_beginning():
    with serving(says([])) as server:
        assert speaker("mastodon", server).messages(Place.COMMENT, "").cursor == "0"


def test_nine_comes_before_ten():
    with serving(says([mention(10), mention(9)])) as server:
        assert speaker("mastodon", server).messages(Place.MENTION, "8").cursor == "10"


def test_a_comment_stands_under_our_first_post_however_deep():
    above = {"ancestors": [{"id": "400", "account": {"id": "77"}}, {"id": "450", "account": {"id": "99"}}]}
    deep = mention(10, in_reply_to_id="460", in_reply_to_account_id="99")
    flat = mention(11, in_reply_to_id="400", in_reply_to_account_id="77")
    also = mention(12, in_reply_to_id="400", in_reply_to_account_id="77")
    other = mention(13, in_reply_to_id="900", in_reply_to_account_id="99")
    contexts = {"460_context": says(above), "400_context": says({"ancestors": []}), "900_context": says({}, 404)}
    with serving(routes(notifications=says([other, also, flat, deep]), **contexts)) as server:
        ours = speaker("mastodon", server)
        comments = ours.messages(Place.COMMENT, "9").entries
        asked = [path for path in paths(server) if path.endswith("context")]
        assert len(asked) == 3, "each parent is asked about once"
        mentions = ours.messages(Place.MENTION, "9").entries
    assert [(entry.remote_id, entry.about, entry.parent) for entry in comments] == [
        ("s10", "400", "460"),
        ("s11", "400", "400"),
        ("s12", "400", "400"),
    ]
    assert {entry.thread for entry in comments} == {"400"}
    assert [entry.remote_id for entry in mentions] == ["s13"]


def test_people_of_our_own_server_are_named_with_it():
    near = {"id": "88", "acct": "budi", "username": "budi", "display_name": ""}
    with serving(says([mention(10, account=near)])) as server:
        entry = speaker("mastodon", server).messages(Place.MENTION, "9").entries[0]
    assert (entry.author_id, entry.author_name) == (f"budi@{server.place}", "budi")


def test_odd_notifications_are_passed_over_and_a_warning_is_part_of_the_words():
    odd = [{"id": "13", "type": "mention", "status": None}, {"id": "12", "type": "follow"}]
    with serving(says([*odd, mention(10, "isi", spoiler_text="Peringatan")])) as server:
        found = speaker("mastodon", server).messages(Place.MENTION, "9")
    assert [entry.text for entry in found.entries] == ["Peringatan\n\n@caleg isi"]
    assert found.cursor == "13"


def test_an_old_token_that_may_not_read_is_told_and_not_taken_for_a_lost_sign_in():
    no = says({"error": "This action is outside the authorized scopes"}, 403)
    with serving(no) as server, pytest.raises(ConnectorError) as caught:
        speaker("mastodon", server).messages(Place.MENTION, "")
    assert (type(caught.value), caught.value.code) == (ConnectorError, "permission_missing")


def test_a_broken_page_moves_no_cursor():
    for broken in (says({"not": "a list"}), says([{"type": "mention"}]), says({}, 500)):
        with serving(broken) as server, pytest.raises(Temporary):
            speaker("mastodon", server).messages(Place.MENTION, "9")


def test_the_profile_is_what_people_see():
    me = {
        **payload("mastodon", "account"),
        "note": "<p>Caleg DPRD</p>",
        "avatar": "https://b.example/a.png",
        "source": {"fields": [{"name": "Partai", "value": "-"}, {"name": "Situs", "value": " https://ratna.example "}]},
    }
    with serving(says(me)) as server:
        shown = speaker("mastodon", server).profile()
    assert (shown.name, shown.bio, shown.link) == ("Ratna Caleg", "Caleg DPRD", "https://ratna.example")
    assert shown.picture_url == "https://b.example/a.png"


def test_nobody_is_offered_to_hide_what_mastodon_cannot_hide():
    assert Ability.HIDE not in Mastodon.can
    with serving() as server, pytest.raises(NotImplementedError):
        speaker("mastodon", server).hide("1", hidden=True)
