"""What Mastodon's connector asks for, step by step."""

import json
import time
from datetime import UTC, datetime, timedelta

import pytest

from platforms.base import Halted, Later, Rejected, Temporary, Unknowable
from platforms.contents import Sent
from platforms.mastodon import Mastodon
from platforms.mastodon.media import LIVES as MEDIA_LIVES
from platforms.mastodon.text import MOST_SHOWN
from tests.platforms.make import KEY, draft, keeping, payload, speaker
from tests.platforms.servers import Server, routes, says, serving

STATUS = payload("mastodon", "status")
READY = says({"id": "9", "url": "https://files.example/9.png"})
WORKING = says({"id": "9", "url": None}, 202)


def paths(server: Server) -> list[str]:
    return [f"{asked.method} {asked.path}" for asked in server.asked]


def test_a_text_is_one_request_with_its_key():
    kept, keep = keeping()
    with serving(says(STATUS)) as server:
        sent = speaker("mastodon", server).publish(draft(), key=KEY, handle="", keep=keep)
    asked = server.asked[0]
    assert sent == Sent(STATUS["id"], STATUS["url"])
    assert paths(server) == ["POST /api/v1/statuses"]
    assert asked.headers["idempotency-key"] == str(KEY.uuid)
    assert asked.headers["authorization"] == "Bearer secrettoken"
    assert asked.json == {"status": draft().text, "visibility": "public", "language": "id"}
    assert kept == []


def test_pictures_that_take_long_give_the_worker_free():
    kept, keep = keeping()
    with serving(routes(v2_media=WORKING, media_9=says({"id": "9"}, 206), statuses=says(STATUS))) as server:
        ours, handle = speaker("mastodon", server), ""
        for _ in range(2):
            with pytest.raises(Later) as later:
                ours.publish(draft(pictures=1), key=KEY, handle=handle, keep=keep)
            handle = later.value.handle
            assert later.value.after >= timedelta(seconds=1)
        assert "POST /api/v1/statuses" not in paths(server)
        server.replies[:] = [routes(media_9=READY, statuses=says(STATUS))]
        ours.publish(draft(pictures=1), key=KEY, handle=handle, keep=keep)
    assert paths(server).count("POST /api/v2/media") == 1
    assert server.asked[-1].json["media_ids"] == ["9"]
    assert json.loads(kept[-1])["media"] == ["9"]
    assert "wait" not in json.loads(kept[-1])


def test_media_that_failed_or_grew_old_are_uploaded_again():
    handle = json.dumps({"media": ["9"], "wait": ["9"], "at": int(time.time())})
    with serving(routes(media_9=says({"error": "Record not found"}, 404))) as server, pytest.raises(Later) as later:
        speaker("mastodon", server).publish(draft(pictures=1), key=KEY, handle=handle, keep=keeping()[1])
    assert json.loads(later.value.handle) == {}
    with serving(routes(v2_media=READY, statuses=says(STATUS))) as server:
        handle = json.dumps({"media": ["1"], "at": int(time.time()) - MEDIA_LIVES - 5})
        speaker("mastodon", server).publish(draft(pictures=1), key=KEY, handle=handle, keep=keeping()[1])
    assert server.asked[-1].json["media_ids"] == ["9"]


def test_a_server_still_at_work_on_a_picture_is_asked_again_later():
    busy = says({"error": "Cannot attach files that have not finished processing. Try again in a moment!"}, 422)
    with serving(routes(v2_media=READY, statuses=busy)) as server, pytest.raises(Later) as later:
        speaker("mastodon", server).publish(draft(pictures=1), key=KEY, handle="", keep=keeping()[1])
    assert json.loads(later.value.handle)["media"] == ["9"]


def test_unprocessable_does_not_mean_still_at_work():
    no = says({"error": "Unprocessable Entity: the post could not be processed"}, 422)
    with serving(routes(v2_media=READY, statuses=no)) as server, pytest.raises(Rejected):
        speaker("mastodon", server).publish(draft(pictures=1), key=KEY, handle="", keep=keeping()[1])


@pytest.mark.parametrize("open_for", [0, 1, 2])
def test_when_the_gate_closes_between_steps_nothing_further_is_sent(open_for):
    given: list[str] = []

    def keep(handle: str) -> None:
        if len(given) == open_for:
            raise Halted
        given.append(handle)

    with serving(routes(v2_media=READY, statuses=says(STATUS))) as server, pytest.raises(Halted):
        speaker("mastodon", server).publish(draft(pictures=2), key=KEY, handle="", keep=keep)
    assert paths(server) == ["POST /api/v2/media"] * open_for


def test_every_step_counts_anew_from_its_own_yes_of_the_gate():
    with serving(routes(v2_media=READY, statuses=says(STATUS))) as server:
        connector = speaker("mastodon", server)
        connector.door.permitted_at -= 10  # reading the picture took long
        connector.publish(draft(pictures=2), key=KEY, handle="", keep=keeping()[1])
    assert len(server.asked) == 3


def test_a_pause_after_the_gates_yes_sends_nothing():
    with serving(routes(v2_media=READY, statuses=says(STATUS))) as server:
        connector = speaker("mastodon", server)

        def keep(_: str) -> None:
            connector.door.permitted_at -= 10  # stopped and woken between its yes and the request

        with pytest.raises(Temporary, match="slow_start"):
            connector.publish(draft(pictures=1), key=KEY, handle="", keep=keep)
    assert server.asked == []


def test_find_looks_through_the_window_and_compares_what_people_see():
    now = datetime.now(UTC)

    def status(name: str, content: str, minutes: int, media: int = 0) -> dict[str, object]:
        at = (now - timedelta(minutes=minutes)).isoformat()
        pictures = [{"description": "Warga di balai desa"}] * media
        return {**STATUS, "id": name, "content": content, "created_at": at, "media_attachments": pictures}

    pages = [
        says([status("9", "<p>Lain</p>", 1), status("8", "<p>Halo @r</p>", 2, media=1)]),
        says([status("7", '<p>Halo <a href="https://b.id/@r">@<span>r</span></a></p>', 3)]),
        says([status("6", "<p>Halo lama</p>", 60)]),
        says([]),
    ]
    with serving(*pages) as server:
        found = speaker("mastodon", server).find(
            draft("Halo  @r@b.id\n"), key=KEY, handle="", since=now - timedelta(minutes=10)
        )
    assert found is not None
    assert found.remote_id == "7"
    assert [a.query.get("max_id") for a in server.asked] == [None, ["8"]]
    with serving(*pages) as server, pytest.raises(Unknowable):
        speaker("mastodon", server).find(draft("Halo lama"), key=KEY, handle="", since=now - timedelta(minutes=10))
    with serving(*pages) as server:
        found = speaker("mastodon", server).find(
            draft("Halo @r@b.id", pictures=1), key=KEY, handle="", since=now - timedelta(minutes=10)
        )
    assert found is not None
    assert found.remote_id == "8"


def test_old_servers_have_no_batches_and_no_second_instance_page():
    single = routes(statuses_5=says({**STATUS, "id": "5"}), statuses_6=says({}, 404))
    with serving(single) as server:
        found = speaker("mastodon", server).measure(["5", "6"])
    assert list(found) == ["5"]
    assert {f.metric: f.value for f in found["5"]} == {
        "likes": 5,
        "reposts": 3,
        "replies": 2,
        "quotes": 1,
    }
    instance, account = payload("mastodon", "instance"), payload("mastodon", "account")
    with serving(routes(v1_instance=says(instance), verify_credentials=says(account))) as server:
        connected = Mastodon.connect(speaker("mastodon", server).door, server.url, " t ")
    assert connected.limits["max_characters"] == 600
    assert connected.name == "Ratna Caleg"
    assert connected.handle == f"@caleg@{server.place}"
    assert connected.secrets == {"token": "t"}


@pytest.mark.parametrize(
    ("version", "honours"),
    [
        ("4.5.0", True),
        ("4.6.0-nightly.2026-11-01", True),
        ("4.4.1+glitch", True),
        ("2.7.2 (compatible; Pleroma 2.9.1)", False),
        ("3.5.3 (compatible; Pixelfed 0.12.5)", False),
        ("0.20.1+git-abc", False),
        (None, False),
    ],
)
def test_only_mastodon_itself_is_trusted_to_honour_a_key(version: str | None, honours: bool):
    instance, account = payload("mastodon", "instance") | {"version": version}, payload("mastodon", "account")
    with serving(routes(v2_instance=says(instance), verify_credentials=says(account))) as server:
        door = speaker("mastodon", server).door
        connected = Mastodon.connect(door, server.url, "t")
    assert Mastodon(connected, door).key_life() == (Mastodon.honours_key if honours else timedelta(0))


def test_posts_are_measured_twenty_at_a_time():
    with serving(says([])) as server:
        speaker("mastodon", server).measure([str(n) for n in range(45)])
    assert [len(asked.query["id[]"]) for asked in server.asked] == [20, 20, 5]


def test_a_timeline_with_odd_entries_is_a_failed_reading():
    with serving(says([{"content": "no id"}])) as server, pytest.raises(Temporary):
        speaker("mastodon", server).timeline(datetime.now(UTC))


def test_of_a_status_of_a_hundred_thousand_characters_only_the_beginning_is_read():
    huge = {**STATUS, "content": "Halo " * 20_000, "created_at": datetime.now(UTC).isoformat()}
    since = datetime.now(UTC) - timedelta(minutes=10)
    with serving(says([huge]), says([])) as server:
        assert [len(seen.text) for seen in speaker("mastodon", server).timeline(since)] == [MOST_SHOWN]
    slow = {**huge, "content": "<!--" * 25_000}
    begun = time.thread_time()
    with serving(says([slow]), says([])) as server, pytest.raises(Unknowable):
        speaker("mastodon", server).find(draft(), key=KEY, handle="", since=since)
    assert time.thread_time() - begun < 2
