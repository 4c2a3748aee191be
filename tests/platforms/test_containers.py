"""Publishing by container: what is asked step by step, what the handle holds, and what is known after a lost answer."""

import json
import time
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs

import pytest

from platforms.base import ConnectorError, Halted, Later, Rejected, Temporary, Unknowable, Unsure
from platforms.containers import LIFE, WAITS
from platforms.contents import Draft, Place, Sent, To, Video
from tests.platforms.make import CONTAINER, KEY, LINK, SECRETS, draft, keeping, picture, speaker
from tests.platforms.servers import Reply, Server, routes, says, serving

KINDS = ["instagram", "threads"]
MAKE = {"instagram": "media", "threads": "threads"}
PUBLISH = {"instagram": "media_publish", "threads": "threads_publish"}
STATE = {"instagram": "status_code", "threads": "status"}
OWNER = {"instagram": "178414", "threads": "2584"}
VERSION = {"instagram": "v26.0", "threads": "v1.0"}


def film() -> Video:
    return Video("f" * 64, "video/mp4", 720, 1280, 9000, 12, 30, "AVC", "AAC", part=lambda *_: b"", link=lambda: LINK)


def in_state(kind: str, state: str, problem: str = "") -> Reply:
    name = {"instagram": "status", "threads": "error_message"}[kind]
    return says({"id": "17889", STATE[kind]: state, **({name: problem} if problem else {})})


def network(kind: str, *, state: str = "FINISHED", **more: Reply) -> Reply:
    """One that makes container 17889, tells its state, and publishes it as media 17920."""
    by_end: dict[str, Reply] = {
        f"{OWNER[kind]}_{PUBLISH[kind]}": says({"id": "17920"}),
        f"{OWNER[kind]}_{MAKE[kind]}": says({"id": "17889"}),
        "_17889": in_state(kind, state),
        "_17920": says({"id": "17920", "permalink": "https://a.example/p/1"}),
    }
    return routes(**more | {end: reply for end, reply in by_end.items() if end not in more})


def steps(server: Server) -> list[str]:
    return [f"{asked.method} {asked.path.split('/', 2)[2]}" for asked in server.asked]


def form(asked: Any) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(asked.body.decode()).items()}


def own_posts(kind: str, *, text: str = "Halo", minutes: int = 0) -> Reply:
    at = (datetime.now(UTC) - timedelta(minutes=minutes)).strftime("%Y-%m-%dT%H:%M:%S+0000")
    words = {"instagram": "caption", "threads": "text"}[kind]
    return says({"data": [{"id": "17920", words: text, "timestamp": at, "permalink": "https://a.example/p/1"}]})


def container(**more: Any) -> str:
    return json.dumps({"container": "17889", "at": int(time.time()), **more})


@pytest.mark.parametrize("kind", KINDS)
def test_one_picture_is_made_looked_at_and_published(kind):
    kept, keep = keeping()
    with serving(network(kind)) as server:
        sent = speaker(kind, server).publish(draft("Halo", pictures=1), key=KEY, handle="", keep=keep)
    assert sent == Sent("17920", "https://a.example/p/1")
    assert steps(server) == [
        f"POST {OWNER[kind]}/{MAKE[kind]}",
        "GET 17889",
        f"POST {OWNER[kind]}/{PUBLISH[kind]}",
        "GET 17920",
    ]
    words = {"instagram": {"caption": "Halo"}, "threads": {"text": "Halo", "media_type": "IMAGE"}}[kind]
    assert form(server.asked[0]) == {"image_url": LINK, "alt_text": "Warga di balai desa", **words}
    assert form(server.asked[2]) == {"creation_id": "17889"}
    assert all(asked.headers["authorization"] == f"Bearer {SECRETS[kind]['token']}" for asked in server.asked)
    assert {asked.path.split("/")[1] for asked in server.asked} == {VERSION[kind]}
    assert json.loads(kept[-1])["container"] == "17889", "kept before it was published"


CAROUSEL: Mapping[str, Mapping[str, str]] = {
    "instagram": {"media_type": "CAROUSEL", "children": "17889,17889", "caption": "Halo"},
    "threads": {"media_type": "CAROUSEL", "children": "17889,17889", "text": "Halo"},
}


@pytest.mark.parametrize("kind", KINDS)
def test_children_come_before_their_carousel(kind):
    kept, keep = keeping()
    with serving(network(kind)) as server:
        speaker(kind, server).publish(draft("Halo", pictures=2), key=KEY, handle="", keep=keep)
    made = [form(asked) for asked in server.asked if asked.path.endswith(f"/{MAKE[kind]}")]
    assert [each.get("is_carousel_item") for each in made] == ["true", "true", None]
    assert made[2] == CAROUSEL[kind]
    assert [len(json.loads(each).get("children", [])) for each in kept] == [0, 1, 2, 0]


def test_films_go_as_each_network_names_them():
    told = {"instagram": ("REELS", "VIDEO"), "threads": ("VIDEO", "VIDEO")}
    for kind in KINDS:
        for pictures, expected in zip((0, 1), told[kind], strict=True):
            post = Draft("Halo", draft(pictures=pictures).pictures, video=film())
            with serving(network(kind)) as server:
                speaker(kind, server).publish(post, key=KEY, handle="", keep=keeping()[1])
            asked = [form(each) for each in server.asked if b"video_url" in each.body]
            assert [each["media_type"] for each in asked] == [expected]


def test_what_was_made_by_ai_is_said_on_the_whole_only():
    post = Draft("Halo", draft(pictures=2).pictures, ai_made=True)
    with serving(network("instagram")) as server:
        speaker("instagram", server).publish(post, key=KEY, handle="", keep=keeping()[1])
    asked = [form(each) for each in server.asked if each.path.endswith("/media")]
    assert [each.get("is_ai_generated") for each in asked] == [None, None, "true"]


def test_a_text_and_an_answer_are_containers_on_threads():
    to = To(Place.COMMENT, "17777", root="17000")
    with serving(network("threads")) as server:
        speaker("threads", server).publish(Draft("Halo", to=to), key=KEY, handle="", keep=keeping()[1])
    assert form(server.asked[0]) == {"media_type": "TEXT", "text": "Halo", "reply_to_id": "17777"}


@pytest.mark.parametrize("kind", KINDS)
def test_a_worker_that_takes_up_makes_nothing_twice(kind):
    handle = json.dumps({"children": ["1"], "at": int(time.time())})
    with serving(network(kind, _1=in_state(kind, "FINISHED"))) as server:
        speaker(kind, server).publish(draft(pictures=2), key=KEY, handle=handle, keep=keeping()[1])
    made = [form(asked) for asked in server.asked if asked.path.endswith(f"/{MAKE[kind]}")]
    assert (len(made), made[1]["children"]) == (2, "1,17889")
    with serving(network(kind)) as server:
        speaker(kind, server).publish(draft(pictures=2), key=KEY, handle=container(), keep=keeping()[1])
    assert [each for each in steps(server) if each.startswith("POST")] == [f"POST {OWNER[kind]}/{PUBLISH[kind]}"]


@pytest.mark.parametrize("kind", KINDS)
def test_children_of_yesterday_are_made_anew(kind):
    handle = json.dumps({"children": ["1", "2"], "at": int(time.time()) - LIFE - 5})
    with serving(network(kind)) as server:
        speaker(kind, server).publish(draft(pictures=2), key=KEY, handle=handle, keep=keeping()[1])
    made = [form(asked) for asked in server.asked if asked.path.endswith(f"/{MAKE[kind]}")]
    assert made[2]["children"] == "17889,17889"


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("open_for", range(4))
def test_when_the_gate_closes_between_steps_nothing_further_is_sent(kind, open_for):
    given: list[str] = []

    def keep(handle: str) -> None:
        if len(given) == open_for:
            raise Halted
        given.append(handle)

    with serving(network(kind)) as server, pytest.raises(Halted):
        speaker(kind, server).publish(draft(pictures=2), key=KEY, handle="", keep=keep)
    assert sum(each.startswith("POST") for each in steps(server)) == open_for
    assert not any(each.endswith(PUBLISH[kind]) for each in steps(server))


@pytest.mark.parametrize("kind", KINDS)
def test_a_pause_after_the_gates_yes_publishes_nothing(kind):
    with serving(network(kind)) as server:
        connector = speaker(kind, server)

        def keep(_: str) -> None:
            connector.door.permitted_at -= 10  # stopped and woken between its yes and the request

        with pytest.raises(Temporary, match="slow_start"):
            connector.publish(draft(pictures=1), key=KEY, handle=container(), keep=keep)
    assert steps(server) == ["GET 17889"]


@pytest.mark.parametrize("kind", KINDS)
def test_one_that_is_not_ready_is_looked_at_again_later_and_not_for_ever(kind):
    handle, waits = container(), list[float]()
    with serving(network(kind, state="IN_PROGRESS")) as server:
        for _ in WAITS:
            with pytest.raises(Later) as later:
                speaker(kind, server).publish(draft(pictures=1), key=KEY, handle=handle, keep=keeping()[1])
            handle = later.value.handle
            waits.append(later.value.after.total_seconds())
        assert waits == list(WAITS)
        with pytest.raises(ConnectorError, match="never_ready"):
            speaker(kind, server).publish(draft(pictures=1), key=KEY, handle=handle, keep=keeping()[1])
    assert not any(each.startswith("POST") for each in steps(server))


@pytest.mark.parametrize("kind", KINDS)
def test_one_that_expired_is_made_anew_a_few_times(kind):
    handle = container()
    for _ in range(2):
        with serving(network(kind, state="EXPIRED")) as server, pytest.raises(Later) as later:
            speaker(kind, server).publish(draft(pictures=1), key=KEY, handle=handle, keep=keeping()[1])
        assert "container" not in json.loads(later.value.handle)
        handle = json.dumps(json.loads(later.value.handle) | json.loads(container()))
    with serving(network(kind, state="EXPIRED")) as server, pytest.raises(Rejected, match="not_fetched"):
        speaker(kind, server).publish(draft(pictures=1), key=KEY, handle=handle, keep=keeping()[1])


@pytest.mark.parametrize("kind", KINDS)
def test_one_that_failed_is_refused_in_the_networks_words(kind):
    failed = in_state(kind, "ERROR", "Wrong video format")
    with serving(network(kind, _17889=failed)) as server, pytest.raises(Rejected) as refused:
        speaker(kind, server).publish(draft(pictures=1), key=KEY, handle=container(), keep=keeping()[1])
    assert (refused.value.code, refused.value.params["words"]) == ("refused", "Wrong video format")


def test_not_ready_after_all_is_no_refusal():
    busy = says({"error": {"message": "Media ID is not available", "code": 9007, "error_subcode": 2207027}}, 400)
    with serving(network("instagram", media_publish=busy)) as server, pytest.raises(Later) as later:
        speaker("instagram", server).publish(draft(pictures=1), key=KEY, handle=container(), keep=keeping()[1])
    assert json.loads(later.value.handle)["container"] == "17889"


@pytest.mark.parametrize("subcode", [2207020, 2207008, 2207006])
def test_a_container_that_may_be_used_up_is_never_simply_made_anew(subcode):
    gone = says({"error": {"message": "Expired", "code": 100, "error_subcode": subcode}}, 400)
    with serving(network("instagram", media_publish=gone)) as server, pytest.raises(Unsure):
        speaker("instagram", server).publish(draft(pictures=1), key=KEY, handle=container(), keep=keeping()[1])


@pytest.mark.parametrize("kind", KINDS)
def test_one_that_is_out_already_is_not_published_again(kind):
    listed = {f"{OWNER[kind]}_{MAKE[kind]}": own_posts(kind)}
    with serving(routes(_17889=in_state(kind, "PUBLISHED"), **listed)) as server:
        sent = speaker(kind, server).publish(draft("Halo"), key=KEY, handle=container(tried=1), keep=keeping()[1])
    assert sent == Sent("17920", "https://a.example/p/1")
    listed = {f"{OWNER[kind]}_{MAKE[kind]}": own_posts(kind, text="Lain")}
    with serving(routes(_17889=in_state(kind, "PUBLISHED"), **listed)) as server, pytest.raises(Unsure):
        speaker(kind, server).publish(draft("Halo"), key=KEY, handle=container(tried=1), keep=keeping()[1])
    assert not any(each.startswith("POST") for each in steps(server))


@pytest.mark.parametrize("kind", KINDS)
def test_one_that_vanished_after_a_try_is_never_made_anew(kind):
    gone = says({"error": {"message": "No such object", "code": 100, "error_subcode": 33}}, 400)
    for tried, expected in ((1, Unsure), (0, Later)):
        with serving(network(kind, _17889=gone)) as server, pytest.raises(expected):
            speaker(kind, server).publish(draft(), key=KEY, handle=container(tried=tried), keep=keeping()[1])
        assert steps(server) == ["GET 17889"]


@pytest.mark.parametrize("kind", KINDS)
def test_a_post_that_is_out_counts_even_when_its_address_cannot_be_read(kind):
    with serving(network(kind, _17920=says({}, 500))) as server:
        sent = speaker(kind, server).publish(draft(), key=KEY, handle=container(), keep=keeping()[1])
    assert sent == Sent("17920", "")


# After a lost answer -----------------------------------------------------------------------------


def look(kind: str, reply: Reply, handle: str) -> Sent | None:
    with serving(reply) as server:
        return speaker(kind, server).find(draft("Halo"), key=KEY, handle=handle, since=datetime.now(UTC))


@pytest.mark.parametrize("kind", KINDS)
def test_without_a_container_nothing_can_be_out(kind):
    with serving() as server:
        for handle in ("", json.dumps({"children": ["1"], "at": 5})):
            assert speaker(kind, server).find(draft(), key=KEY, handle=handle, since=datetime.now(UTC)) is None
    assert server.asked == []


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("state", ["FINISHED", "IN_PROGRESS", "ERROR", "EXPIRED"])
def test_a_container_that_was_not_used_proves_absence(kind, state):
    assert look(kind, in_state(kind, state), container(tried=1)) is None


@pytest.mark.parametrize("kind", KINDS)
def test_a_container_that_was_used_is_found_among_our_posts(kind):
    def published(posts: Reply) -> Reply:
        return routes(**{"_17889": in_state(kind, "PUBLISHED"), f"{OWNER[kind]}_{MAKE[kind]}": posts})

    assert look(kind, published(own_posts(kind)), container()) == Sent("17920", "https://a.example/p/1")
    for posts in (own_posts(kind, text="Lain"), own_posts(kind, minutes=30), says({"data": []})):
        with pytest.raises(Unknowable):
            look(kind, published(posts), container())


@pytest.mark.parametrize("kind", KINDS)
def test_a_container_nobody_knows_proves_nothing(kind):
    gone = says({"error": {"message": "No such object", "code": 100, "error_subcode": 33}}, 400)
    with pytest.raises(Unknowable):
        look(kind, gone, CONTAINER)
    with pytest.raises(Unknowable):
        look(kind, in_state(kind, "SOMETHING_NEW"), CONTAINER)


def test_without_an_address_nothing_is_asked():
    for kind in KINDS:
        post = draft(pictures=[picture(link=lambda: "")])
        with serving() as server, pytest.raises(ConnectorError, match="needs_public_address"):
            speaker(kind, server).publish(post, key=KEY, handle="", keep=keeping()[1])
        assert server.asked == []
