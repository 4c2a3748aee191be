"""What Threads' connector asks for and makes of the answers, beside publishing; see test_containers.py."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from platforms.base import Ability, ConnectorError, Reconnect
from platforms.contents import Draft, Figure, Happened, Place, Problem, To
from platforms.hooks import Forged, Unreadable
from platforms.http import Door
from platforms.oauth import App
from platforms.threads import Threads, ThreadsHook, ThreadsSignIn
from platforms.threads.text import links
from tests.platforms.make import KEY, draft, keeping, payload, picture, speaker
from tests.platforms.servers import Reply, routes, says, serving
from tests.platforms.test_containers import form, steps

NOW = datetime.now(UTC)
SECRETS = {"client_secret": "rahasia", "token": "kata-kunci"}
FAMILY = "👨‍👩‍👧‍👦"


def codes(post: Draft) -> list[str]:
    return [each.code for each in Threads.problems(post, {})]


# Counting ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "length"),
    [
        ("", 0),
        ("Halo", 4),
        ("Halo\r\nwarga", 10),
        ("é", 1),
        ("e\u0301", 1),
        ("நி", 1),
        ("👍", 4),
        ("👍🏽", 8),
        (FAMILY, 25),
        ("🇮🇩", 8),
        ("❤️", 6),
        ("❤", 1),
        ("1️⃣", 7),
        ("1#*", 3),
        ("©", 1),
        ("Selamat pagi 👋", 17),
        ("https://posko.example/program/jalan-desa", 40),
    ],
)
def test_an_emoji_costs_its_bytes_and_all_else_one(text, length):
    assert Threads.length(text) == length


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("tanpa tautan", 0),
        ("https://a.id/1 https://a.id/1", 1),
        ("www.facebook.com, https://a.id. (b.co.id)", 3),
        ("surel@a.id", 0),
        ("https://a.id/1 https://a.id/2", 2),
    ],
)
def test_each_address_counts_once(text, count):
    assert links(text) == count


def test_only_the_first_tag_is_a_topic():
    text = "#1 Besok #Pasar dan #Jalan, @ratna.w. https://a.id/#b"
    assert [(mark.kind, mark.shown) for mark in Threads.marks(text)] == [
        ("tag", "#Pasar"), ("mention", "@ratna.w"), ("link", "https://a.id/#b"),
    ]  # fmt: skip


def test_limits_are_met_exactly():
    assert codes(draft("a" * 496 + "👍")) == []
    assert Threads.problems(draft("a" * 497 + "👍"), {}) == [Problem("too_long", {"length": 501, "limit": 500})]
    five = " ".join(f"https://a.id/{n}" for n in range(5))
    assert codes(draft(five)) == []
    assert Threads.problems(draft(f"{five} www.b.id"), {}) == [Problem("too_many_links", {"count": 6, "limit": 5})]
    assert codes(draft(" ")) == ["empty"]
    assert codes(draft("", pictures=20)) == []
    assert codes(draft("", pictures=21)) == ["too_many_pictures"]


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({"mime": "image/webp"}, ["picture_type"]),
        ({"width": 1000, "height": 100}, []),
        ({"width": 1001, "height": 100}, ["picture_shape"]),
        ({"size": 8 * 1024 * 1024 + 1}, ["picture_too_big"]),
        ({"alt": "a" * 1001}, ["alt_too_long"]),
        ({"link": lambda: ""}, ["needs_public_address"]),
    ],
)
def test_pictures_are_looked_at(changed, expected):
    assert codes(draft("Halo", pictures=[picture(**changed)])) == expected


def test_a_text_needs_no_address():
    assert codes(draft("Halo")) == []


def test_it_can_everything_but_messages():
    assert Threads.can == frozenset(Ability)
    message = Draft("Halo", to=To(Place.MESSAGE, "1", person="9"))
    assert codes(message) == ["no_messages"]
    with serving() as server:
        with pytest.raises(ConnectorError, match="no_messages"):
            speaker("threads", server).publish(message, key=KEY, handle="", keep=keeping()[1])
        with pytest.raises(NotImplementedError):
            speaker("threads", server).messages(Place.MESSAGE, "")
    assert server.asked == []


# Reading -----------------------------------------------------------------------------------------


def test_numbers_are_asked_post_by_post_and_a_gone_one_is_left_out():
    gone = says({"error": {"message": "No such object", "code": 100, "error_subcode": 33}}, 400)
    with serving(routes(_1_insights=says(payload("threads", "insights")), _2_insights=gone)) as server:
        found = speaker("threads", server).measure(["1", "2"])
    assert found == {"1": [Figure("likes", 100, "likes"), Figure("replies", 10, "replies")]}
    assert server.asked[0].query == {"metric": ["views,likes,replies,reposts,quotes,shares"]}


def test_of_numbers_by_day_the_newest_counts():
    with serving(says(payload("threads", "account_insights"))) as server:
        found = speaker("threads", server).measure_account()
    assert found == [Figure("views", 20, "views"), Figure("followers", 1234, "followers_count")]


def test_a_profile_is_told_with_what_it_may_post_in_a_day():
    network = routes(v1_0_me=says(payload("threads", "me")), publishing_limit=says(payload("threads", "limits")))
    with serving(network) as server:
        account = speaker("threads", server).check()
        profile = speaker("threads", server).profile()
    assert (account.remote_id, account.handle, account.url) == ("1234567", "@ratna", f"{server.url}/web/@ratna")
    assert account.limits == {"posts_per_day": 250, "answers_per_day": 1000}
    assert (profile.bio, profile.picture_url) == ("Caleg", "https://scontent.example/link.jpg")
    home = replace(account, server=Threads.home)
    assert Threads(home, Door(3)).host("web") == "https://www.threads.net"


def test_answers_are_read_where_there_are_some():
    posts = {"data": [{"id": "1", "has_replies": True}, {"id": "2", "has_replies": False}]}
    when = NOW.isoformat()
    below = [
        {"id": "8", "text": "Kapan?", "username": "sri", "timestamp": when, "replied_to": {"id": "1"}},
        {"id": "9", "text": "Besok", "username": "caleg", "timestamp": when, "is_reply_owned_by_me": True},
        {"id": "10", "text": "Oh", "username": "budi", "timestamp": when, "replied_to": {"id": "8"},
         "hide_status": "HIDDEN"},
    ]  # fmt: skip
    with serving(routes(threads=says(posts), conversation=says({"data": below}))) as server:
        page = speaker("threads", server).messages(Place.COMMENT, "")
    assert steps(server) == ["GET 2584/threads", "GET 1/conversation"]
    found = {each.remote_id: each for each in page.entries}
    assert list(found) == ["8", "10"]
    assert (found["8"].parent, found["10"].parent) == ("", "8")
    assert [each.is_hidden for each in page.entries] == [False, True]
    assert found["10"].to == To(Place.COMMENT, "10", root="1", person="budi", at=found["10"].at)


def test_hiding_and_taking_down_are_one_call_each():
    with serving(says({"success": True})) as server:
        way = speaker("threads", server)
        way.hide("8", hidden=True)
        way.hide("8", hidden=False)
        way.take_down("1")
    assert steps(server) == ["POST 8/manage_reply", "POST 8/manage_reply", "DELETE 1"]
    assert [form(asked) for asked in server.asked[:2]] == [{"hide": "true"}, {"hide": "false"}]


def test_what_is_gone_already_is_taken_down():
    gone = says({"error": {"message": "No such object", "code": 100, "error_subcode": 33}}, 400)
    with serving(gone) as server:
        speaker("threads", server).take_down("1")


# Signing in --------------------------------------------------------------------------------------


def app(server: str) -> App:
    return App(server, "990602627938098", "a1b2C3D4", "https://posko.example/kembali/")


def test_the_way_there_asks_for_no_more_than_is_used():
    address = ThreadsSignIn.authorize_url(app(Threads.home), state="s", verifier="v")
    assert address.startswith("https://www.threads.net/oauth/authorize?client_id=990602627938098&redirect_uri=https")
    assert address.endswith("%2Cthreads_delete&state=s")
    assert "search" not in address


def exchange(debug: Reply) -> Any:
    network = routes(
        oauth_access_token=says({"access_token": "THQVJ", "user_id": 17841405793187218}),
        access_token=says({"access_token": "long", "token_type": "bearer", "expires_in": 5183944}),
        debug_token=debug,
        v1_0_me=says(payload("threads", "me")),
        publishing_limit=says({"data": []}),
    )
    with serving(network) as server:
        door = Door(3, 1.0, frozenset({server.place}))
        return ThreadsSignIn.exchange(door, app(server.url), code="AQB#_", verifier=""), server


def test_a_code_becomes_a_token_of_sixty_days():
    scopes = [each for each in ThreadsSignIn.scopes if each != "threads_delete"]
    found, server = exchange(says({"data": {"is_valid": True, "scopes": scopes}}))
    assert (found.accounts[0].secrets["token"], found.missing) == ("long", {"threads_delete"})
    assert form(server.asked[0])["code"] == "AQB"
    assert server.asked[1].query["grant_type"] == ["th_exchange_token"]
    found, _ = exchange(says({"error": {"message": "Unknown path", "code": 2500}}, 400))
    assert found.missing == frozenset(), "what is not told is not called missing"


def test_a_token_is_renewed_with_itself():
    answer = says({"access_token": "longer", "token_type": "bearer", "expires_in": 5183944})
    with serving(answer) as server:
        way = speaker("threads", server)
        fresh = way.renew()
    assert server.asked[0].path == "/refresh_access_token"
    assert server.asked[0].query == {"grant_type": ["th_refresh_token"], "access_token": [way.account.secrets["token"]]}
    until = datetime.fromisoformat(fresh["until"]) - datetime.now(UTC)
    assert (fresh["token"], until.days) == ("longer", 59)
    assert not Threads(replace(way.account, secrets=fresh), way.door).is_stale(NOW + timedelta(days=6))
    assert not way.is_stale(NOW), "one that was put in by hand is left alone"
    dead = says({"error": {"message": "Session has expired", "code": 190, "error_subcode": 463}}, 400)
    with serving(dead) as server, pytest.raises(Reconnect, match="signed_out"):
        speaker("threads", server).renew()


# Webhooks ----------------------------------------------------------------------------------------


def test_an_answer_is_read_as_the_documentation_shows_it():
    body = json.dumps(payload("threads", "hook_reply")).encode()
    (event,) = ThreadsHook.events(body)
    said = event.incoming
    assert (event.id, event.happened, event.account) == ("replies:8901234:add", Happened.INCOMING, "654321")
    assert said is not None
    assert (said.place, said.text, said.author_handle, said.about, said.parent) == (
        Place.COMMENT, "Reply", "@test_username", "123456", "567890",
    )  # fmt: skip
    assert said.at == datetime(2024, 8, 7, 10, 33, 16, tzinfo=UTC)
    with pytest.raises(Forged):
        ThreadsHook.verify({"x-hub-signature-256": "sha256=00"}, body, SECRETS, NOW)


@pytest.mark.parametrize(
    ("field", "happened"), [("publish", Happened.PUBLISHED), ("delete", Happened.REMOVED), ("likes", None)]
)
def test_what_became_of_our_posts_is_told(field, happened):
    told = {"target_id": "7", "time": 1723226877, "values": [{"field": field, "value": {"id": "1"}}]}
    found = ThreadsHook.events(json.dumps(told).encode())
    assert [(each.happened, each.about, each.account) for each in found] == ([(happened, "1", "7")] if happened else [])


@pytest.mark.parametrize("body", [b"[]", b"{}", b"no", b'{"values": {"field": "replies", "value": {}}}'])
def test_an_unknown_shape_is_unreadable(body):
    with pytest.raises(Unreadable):
        ThreadsHook.events(body)
