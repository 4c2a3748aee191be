"""What Instagram's connector asks for and makes of the answers, beside publishing; see test_containers.py."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from platforms.base import Ability, ConnectorError, Reconnect, Rejected, Unknowable
from platforms.contents import Draft, Figure, Happened, Place, Problem, To, Video
from platforms.hooks import Forged, Unreadable
from platforms.http import Door
from platforms.instagram import Instagram, InstagramHook, InstagramSignIn
from platforms.oauth import App
from tests.platforms.make import KEY, LINK, draft, keeping, payload, picture, speaker
from tests.platforms.servers import Reply, routes, says, serving
from tests.platforms.test_containers import form, steps

NOW = datetime.now(UTC)
COMMENT = To(Place.COMMENT, "17870", root="17920")
SECRETS = {"client_secret": "rahasia", "token": "kata-kunci"}


def jpeg(**changed: Any) -> Draft:
    return draft("Halo", pictures=[picture(mime="image/jpeg", width=400, height=400, **changed)])


def codes(post: Draft) -> list[str]:
    return [each.code for each in Instagram.problems(post, {})]


def film(**changed: Any) -> Video:
    facts: dict[str, Any] = {"mime": "video/mp4", "width": 720, "height": 1280, "size": 9000, "seconds": 12.0}
    facts |= {"rate": 30.0, "codec": "AVC", "sound": "AAC", "link": lambda: LINK} | changed
    return Video("f" * 64, part=lambda *_: b"", **facts)


# Before ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "tags", "mentions"),
    [
        ("", 0, 0),
        ("#Pasar #jalan_desa2", 2, 0),
        ("#1 https://a.id/#b c#d &#38;", 0, 0),
        ("@ratna.w dan @b, surel@c.id", 0, 2),
        ("#" * 5, 0, 0),
        ("#é#ü", 1, 0),
    ],
)
def test_tags_and_names_are_counted_as_the_app_shows_them(text, tags, mentions):
    found = [mark.kind for mark in Instagram.marks(text)]
    assert (found.count("tag"), found.count("mention")) == (tags, mentions)


def test_an_ordinary_picture_has_no_problem_and_a_text_alone_has():
    assert Instagram.problems(jpeg(), {}) == []
    assert codes(draft("Halo")) == ["needs_picture"]
    assert codes(draft("")) == ["needs_picture"]
    assert Instagram.problems(replace(jpeg(), text=""), {}) == []
    assert Instagram.problems(Draft("Halo", video=film()), {}) == []


def test_limits_are_met_exactly():
    assert codes(replace(jpeg(), text="a" * 2200)) == []
    assert Instagram.problems(replace(jpeg(), text="a" * 2201), {}) == [
        Problem("too_long", {"length": 2201, "limit": 2200})
    ]
    tags = " ".join(f"#tag{n}" for n in range(6))
    assert Instagram.problems(replace(jpeg(), text=tags), {}) == [Problem("too_many_tags", {"count": 6, "limit": 5})]
    assert Instagram.problems(replace(jpeg(), text=tags), {"hashtags": 30}) == []
    names = " ".join(f"@nama{n}" for n in range(21))
    assert codes(replace(jpeg(), text=names)) == ["too_many_mentions"]
    ten = jpeg().pictures * 10
    assert codes(Draft("Halo", ten)) == []
    assert codes(Draft("Halo", ten + ten[:1])) == ["too_many_pictures"]
    assert codes(Draft("Halo", ten, video=film())) == ["too_many_pictures"]


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({"mime": "image/png"}, ["picture_type"]),
        ({"size": 8 * 1024 * 1024 + 1}, ["picture_too_big"]),
        ({"width": 191, "height": 100}, []),
        ({"width": 192, "height": 100}, ["picture_shape"]),
        ({"width": 80, "height": 100}, []),
        ({"width": 79, "height": 100}, ["picture_shape"]),
        ({"alt": "a" * 1001}, ["alt_too_long"]),
        ({"link": lambda: ""}, ["needs_public_address"]),
    ],
)
def test_pictures_are_looked_at(changed, expected):
    facts = {"mime": "image/jpeg", "width": 400, "height": 400} | changed
    assert codes(draft("Halo", pictures=[picture(**facts)])) == expected


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({"mime": "video/webm"}, ["film_type"]),
        ({"codec": "AV1"}, ["film_codec"]),
        ({"sound": "Opus"}, ["film_codec"]),
        ({"sound": "", "codec": "HEVC"}, []),
        ({"size": 300 * 1024 * 1024 + 1}, ["film_too_big"]),
        ({"seconds": 2.9}, ["film_too_short"]),
        ({"seconds": 901.0}, ["film_too_long"]),
        ({"width": 2160}, ["film_too_wide"]),
        ({"rate": 15.0}, ["film_rate"]),
        ({"link": lambda: ""}, ["needs_public_address"]),
    ],
)
def test_films_are_looked_at(changed, expected):
    assert codes(Draft("Halo", video=film(**changed))) == expected


def test_the_first_comments_hashtags_count_with_the_captions():
    assert Instagram.problems_together(["Jalan #a #b", "#c #d #e"], {}) == []
    assert Instagram.problems_together(["Jalan #a #b", "#c #d #e #f"], {}) == [
        Problem("too_many_tags", {"count": 6, "limit": 5})
    ]
    assert Instagram.problems_together(["Jalan #a #b", "#c #d #e #f"], {"hashtags": 30}) == []


def test_a_picture_that_is_no_jpeg_does_not_fit_its_shape():
    shape = Instagram.shape({})
    assert shape.fits(width=400, height=400, size=9, mime="image/jpeg")
    assert not shape.fits(width=400, height=400, size=9, mime="image/png")


def test_answers_are_text_and_a_message_is_counted_in_bytes():
    message = To(Place.MESSAGE, "m1", person="9")
    assert codes(Draft("👍" * 250, to=message)) == []
    assert Instagram.problems(Draft("👍" * 251, to=message), {}) == [
        Problem("too_many_bytes", {"length": 1004, "limit": 1000})
    ]
    assert codes(Draft(" ", to=COMMENT)) == ["empty"]
    assert codes(replace(jpeg(), to=COMMENT)) == ["text_only"]
    assert codes(Draft("#a #b #c #d #e #f", to=COMMENT)) == ["too_many_tags"]
    assert Instagram.limit(Draft("", to=message), {}) == 1000


def test_it_can_all_but_delete_and_threads():
    assert set(Ability) - Instagram.can == {Ability.DELETE, Ability.THREAD}


# Answering ---------------------------------------------------------------------------------------


def say(to: To, reply: Reply, **app: str) -> Any:
    with serving(reply) as server:
        way = speaker("instagram", server)
        way.account = replace(way.account, app=app)
        way.publish(Draft("Tentu.", to=to), key=KEY, handle="", keep=keeping()[1])
    return server


@pytest.mark.parametrize(
    ("to", "path", "fields"),
    [
        (COMMENT, "17870/replies", {}),
        (To(Place.COMMENT, "17920"), "17920/comments", {}),
        (To(Place.COMMENT, "17920", root="17920"), "17920/comments", {}),
        (To(Place.MENTION, "18000"), "178414/mentions", {"media_id": "18000"}),
        (To(Place.MENTION, "17870", root="18000"), "178414/mentions", {"media_id": "18000", "comment_id": "17870"}),
    ],
)
def test_each_answer_has_its_place(to, path, fields):
    server = say(to, says({"id": "17873"}))
    assert steps(server) == [f"POST {path}"]
    assert form(server.asked[0]) == {"message": "Tentu.", **fields}


def test_a_message_is_json_and_a_late_one_says_that_a_person_answers():
    to = To(Place.MESSAGE, "m1", person="9", at=NOW - timedelta(hours=2))
    receipt = says({"recipient_id": "9", "message_id": "m2"})
    server = say(to, receipt)
    assert steps(server) == ["POST 178414/messages"]
    assert server.asked[0].json == {"recipient": {"id": "9"}, "message": {"text": "Tentu."}}
    late = replace(to, at=NOW - timedelta(days=2))
    with pytest.raises(Rejected, match="window_closed"):
        say(late, receipt)
    assert say(late, receipt, human_agent="1").asked[0].json["tag"] == "HUMAN_AGENT"
    with pytest.raises(Rejected, match="window_closed"):
        say(replace(to, at=NOW - timedelta(days=8)), receipt, human_agent="1")
    closed = says({"error": {"message": "outside of allowed window", "code": 10, "error_subcode": 2534022}}, 403)
    with pytest.raises(Rejected, match="window_closed"):
        say(to, closed)


def test_an_answer_that_is_not_found_may_still_be_out():
    def at(minutes: int, text: str, user: str = "caleg") -> dict[str, Any]:
        when = (NOW - timedelta(minutes=minutes)).isoformat()
        return {"id": f"1{minutes}", "text": text, "timestamp": when, "username": user}

    listed = [at(0, "Tentu", "lain"), at(30, "Tentu"), at(1, "Tentu")]
    with serving(says({"data": listed})) as server:
        way = speaker("instagram", server)
        found = way.find(Draft("Tentu", to=COMMENT), key=KEY, handle="", since=NOW - timedelta(minutes=5))
        assert found is not None
        assert found.remote_id == "11"
        assert steps(server) == ["GET 17870/replies"]
        for to in (COMMENT, To(Place.MENTION, "18000")):
            with pytest.raises(Unknowable):
                way.find(Draft("Lain", to=to), key=KEY, handle="", since=NOW)


# Reading -----------------------------------------------------------------------------------------


def test_numbers_of_fifty_posts_are_one_call_and_missing_ones_are_no_zero():
    with serving(says(payload("instagram", "media"))) as server:
        found = speaker("instagram", server).measure(["17918195224117851", "17918195224117852"])
    assert found["17918195224117851"] == [
        Figure("likes", 12, "like_count"), Figure("replies", 3, "comments_count"), Figure("views", 1300, "views"),
        Figure("reach", 900, "reach"),
    ]  # fmt: skip
    assert [figure.value for figure in found["17918195224117852"]] == [1, 0]
    assert server.asked[1].query["limit"] == ["50"]
    assert len(server.asked) == 2


def test_numbers_are_told_without_insights_when_one_of_them_is_gone():
    refusal = says({"error": {"message": "metric[0] must be one of", "code": 100}}, 400)
    with serving(refusal, says(payload("instagram", "media"))) as server:
        speaker("instagram", server).measure(["17918195224117852"])
    assert [("insights" in asked.query["fields"][0]) for asked in server.asked] == [True, False]


def test_a_post_that_is_gone_is_left_out():
    gone = says({"error": {"message": "No such object", "code": 100, "error_subcode": 33}}, 400)
    with serving(routes(media=says({"data": []}), _1=gone)) as server:
        assert speaker("instagram", server).measure(["1"]) == {}


def test_only_a_post_that_is_gone_counts_as_taken_down():
    refusal = {"error": {"message": "Unsupported delete request", "code": 100, "error_subcode": 33}}
    with serving(says(refusal, 400), says({"id": "1", "permalink": "https://a.example/p/1"})) as server:
        with pytest.raises(ConnectorError, match="delete_there") as there:
            speaker("instagram", server).take_down("1")
        assert there.value.params == {"url": "https://a.example/p/1"}
    with serving(says(refusal, 400)) as server:
        speaker("instagram", server).take_down("1")
    dead = {"error": {"message": "No", "code": 190}}
    with serving(says(refusal, 400), says(dead, 400)) as server, pytest.raises(Reconnect):
        speaker("instagram", server).take_down("1")


def test_a_personal_account_is_told_so():
    me = payload("instagram", "me") | {"account_type": "PERSONAL"}
    with serving(says(me)) as server, pytest.raises(Reconnect, match="needs_professional"):
        speaker("instagram", server).check()


def test_an_entry_is_told_once_even_when_it_appears_late():
    def comment(number: int, minutes: float) -> dict[str, Any]:
        when = (NOW - timedelta(minutes=minutes)).isoformat()
        return {"id": str(number), "text": "Halo", "timestamp": when, "from": {"id": "9", "username": "sri"}}

    def media(*comments: dict[str, Any]) -> Reply:
        return says({"data": [{"id": "17920", "permalink": "p", "comments": {"data": list(comments)}}]})

    pages = [
        media(comment(1, 5)), media(comment(1, 5), comment(2, 6)), media(comment(3, 1), comment(1, 5), comment(2, 6)),
        media(comment(3, 1), comment(1, 5), comment(2, 6), comment(4, 40)),
    ]  # fmt: skip
    with serving(*pages) as server:
        way, cursor, told = speaker("instagram", server), "", list[list[str]]()
        for _ in pages:
            page = way.messages(Place.COMMENT, cursor)
            cursor = page.cursor
            told.append([each.remote_id for each in page.entries])
    assert told == [["1"], ["2"], ["3"], []]


# Signing in --------------------------------------------------------------------------------------


def app(server: str) -> App:
    return App(server, "990602627938098", "a1b2C3D4", "https://posko.example/kembali/")


def test_the_way_there_asks_for_no_more_than_is_used():
    address = InstagramSignIn.authorize_url(app(Instagram.home), state="s", verifier="v")
    assert address == (
        "https://www.instagram.com/oauth/authorize?client_id=990602627938098"
        "&redirect_uri=https%3A%2F%2Fposko.example%2Fkembali%2F&response_type=code"
        "&scope=instagram_business_basic%2Cinstagram_business_content_publish%2Cinstagram_business_manage_comments"
        "%2Cinstagram_business_manage_messages%2Cinstagram_business_manage_insights&state=s"
    )


@pytest.mark.parametrize("shape", ["a list of one", "flat"])
def test_a_code_becomes_a_token_of_sixty_days(shape):
    told = payload("instagram", "token")
    told = told if shape != "flat" else told["data"][0] | {"permissions": told["data"][0]["permissions"].split(",")}
    network = routes(
        login_oauth_access_token=says(told),
        access_token=says({"access_token": "long", "token_type": "bearer", "expires_in": 5183944}),
        v26_0_me=says(payload("instagram", "me")),
        content_publishing_limit=says({"data": [{"quota_usage": 2, "config": {"quota_total": 50}}]}),
    )
    with serving(network) as server:
        found = InstagramSignIn.exchange(
            Door(3, 1.0, frozenset({server.place})), app(server.url), code="AQB#_", verifier=""
        )
    account = found.accounts[0]
    assert (account.remote_id, account.handle) == ("17841405822304914", "@ratna")
    assert account.limits == {"posts_per_day": 50}
    assert found.missing == {"instagram_business_manage_messages", "instagram_business_manage_insights"}
    assert account.secrets["token"] == "long"
    assert not Instagram(account, Door(3)).is_stale(NOW + timedelta(days=6))
    assert Instagram(account, Door(3)).is_stale(NOW + timedelta(days=8))
    assert form(server.asked[0]) == {
        "client_id": "990602627938098", "client_secret": "a1b2C3D4", "code": "AQB",
        "grant_type": "authorization_code", "redirect_uri": "https://posko.example/kembali/",
    }  # fmt: skip
    assert server.asked[1].query["grant_type"] == ["ig_exchange_token"]


def test_a_stale_code_is_told_as_one():
    refusal = says({"error_type": "OAuthException", "code": 400, "error_message": "Matching code was not found"}, 400)
    with serving(refusal) as server, pytest.raises(Reconnect, match="wrong_login") as stale:
        InstagramSignIn.exchange(Door(3, 1.0, frozenset({server.place})), app(server.url), code="x", verifier="")
    assert stale.value.params == {"words": "Matching code was not found"}


# Webhooks ----------------------------------------------------------------------------------------


def body(name: str) -> bytes:
    return json.dumps(payload("instagram", name), separators=(",", ":")).encode()


def test_the_handshake_gives_back_the_challenge_to_who_knows_the_word():
    query = {"hub.mode": "subscribe", "hub.challenge": "1158201444", "hub.verify_token": "kata-kunci"}
    assert InstagramHook.shake(query, SECRETS) == ("1158201444", "text/plain")
    with pytest.raises(Forged):
        InstagramHook.shake(query | {"hub.verify_token": "meatyhamhock"}, SECRETS)


def test_only_the_right_signature_over_the_raw_bytes_is_taken():
    # By hand: printf '%s' '{"a":"\\u00e4"}' | openssl dgst -sha256 -hmac rahasia
    raw_body = b'{"a":"\\u00e4"}'
    good = {"x-hub-signature-256": "sha256=7c7676afdf3ad391c4b5193d0dc48d68ad849e176a4b84b2c4ccd985167ce88c"}
    InstagramHook.verify(good, raw_body, SECRETS, NOW)
    for headers, bytes_, secrets in (
        (good, '{"a":"ä"}'.encode(), SECRETS),
        (good, raw_body, {"client_secret": "lain"}),
        (good, raw_body, {}),
        ({}, raw_body, SECRETS),
        ({"x-hub-signature-256": good["x-hub-signature-256"].removeprefix("sha256=")}, raw_body, SECRETS),
    ):
        with pytest.raises(Forged):
            InstagramHook.verify(headers, bytes_, secrets, NOW)


def test_a_comment_and_a_message_are_read():
    (event,) = InstagramHook.events(body("hook_comment"))
    assert (event.id, event.happened, event.account) == (
        "comment:17865799348089039:add", Happened.INCOMING, "17841405822304914",
    )  # fmt: skip
    said = event.incoming
    assert said is not None
    assert (said.text, said.author_handle, said.about, said.parent) == (
        "Mantap 👍", "@srilestari", "123123123", "1231231234",
    )  # fmt: skip
    assert said.to == To(Place.COMMENT, "17865799348089039", root="123123123", person="232323232", at=said.at)
    (event,) = InstagramHook.events(body("hook_message"))
    said = event.incoming
    assert said is not None
    assert (said.place, said.text, said.thread) == (Place.MESSAGE, "Bisa bantu?", "232323232")
    assert said.at == datetime(2025, 11, 22, 8, 26, 40, tzinfo=UTC)


def test_our_own_words_are_no_news_and_a_withdrawn_message_is():
    told = payload("instagram", "hook_message")
    message = told["entry"][0]["messaging"][0]["message"]
    message["is_echo"] = True
    assert InstagramHook.events(json.dumps(told).encode()) == []
    del message["is_echo"]
    message["is_deleted"] = True
    assert [each.happened for each in InstagramHook.events(json.dumps(told).encode())] == [Happened.CHANGED]
    told = payload("instagram", "hook_comment")
    told["entry"][0]["changes"][0]["value"]["from"]["id"] = told["entry"][0]["id"]
    assert InstagramHook.events(json.dumps(told).encode()) == []


@pytest.mark.parametrize(
    "change",
    [
        {"field": "comments", "value": {"text": "no id"}},
        {"field": "comments", "value": {"id": "1", "from": "sri", "media": {"id": "2"}}},
        {"field": "comments", "value": "odd"},
        {"field": "mentions", "value": {"comment_id": "1"}},
    ],
)
def test_an_unknown_shape_is_unreadable(change):
    with pytest.raises(Unreadable):
        InstagramHook.events(json.dumps({"object": "instagram", "entry": [{"id": "1", "changes": [change]}]}).encode())


def test_what_does_not_concern_us_is_empty():
    entry = {"id": "1", "time": 1, "changes": [{"field": "story_insights", "value": {"reach": 1}}]}
    assert InstagramHook.events(json.dumps({"object": "instagram", "entry": [entry]}).encode()) == []
