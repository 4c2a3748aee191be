"""A film on its way to TikTok, as the documentation shows it, and taken up after whatever happened."""

import json
import time

import pytest

from platforms.base import (
    ConnectorError,
    Halted,
    Later,
    Reconnect,
    Rejected,
    Temporary,
    Unsure,
)
from platforms.contents import Sent
from platforms.tiktok.sending import CHUNK, MOST_FAILS, URL_LIVES, pieces, source
from tests.platforms.make import keeping, long_film, payload
from tests.platforms.servers import cuts, raw, routes, says, says_raw
from tests.platforms.tiktok import (
    DIRECT,
    DONE,
    FILM,
    MORE,
    SIZE,
    begins,
    chunks,
    handle,
    paths,
    publishing,
    status,
    takes,
)

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
    told = source(long_film(size))
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
    later, server = publishing(takes(says_raw(raw(answer, b"", Connection="close"))), FILM)
    assert isinstance(later, Later)
    assert ("id" not in json.loads(later.handle)) == anew
    assert json.loads(later.handle)["fails"] == 1
    assert len(chunks(server)) == 1


def test_it_is_not_begun_anew_for_ever():
    found, _ = publishing(takes(says_raw(raw(404, b"", Connection="close"))), FILM, json.dumps({"fails": MOST_FAILS}))
    assert (type(found), found.code) == (ConnectorError, "tiktok_upload_broke")


def test_trouble_before_the_last_chunk_is_temporary_and_with_the_last_unsure():
    for before, expected in ((0, Temporary), (1, Temporary), (2, Unsure)):
        for trouble in (cuts, says_raw(raw(503, b"", Connection="close"))):
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
