"""Every connector × every failure: which of the five names it gets, and whether anything was sent."""

import time
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from platforms.base import (
    Ability,
    ConnectorError,
    Reconnect,
    Rejected,
    Stale,
    Temporary,
    Unknowable,
    Unsure,
)
from platforms.contents import Place, To
from platforms.registry import connector
from tests.platforms.make import KEY, READY, TOKEN, film, keeping, sendable, speaker
from tests.platforms.servers import Reply, Server, cuts, drips, hangs, raw, routes, says, says_page, says_raw, serving

KINDS = ["mastodon", "bluesky", "telegram", "facebook", "instagram", "threads", "x", "youtube", "tiktok"]
HANDLES = {"tiktok": '{"id": "p_inbox_url~v2.1", "way": "inbox"}'} | {kind: told for kind, (told, _) in READY.items()}
"""With these a network is asked in `find`; without one TikTok cannot have anything."""
GRAPH_CODES = {400: 100, 401: 190, 403: 200, 404: 803, 413: 100, 422: 100, 429: 4}
UPLOADS = {"mastodon": 1, "bluesky": 1, "facebook": 2, "instagram": 1, "threads": 1, "x": 1}
"""Networks that take pictures apart from the post, and how many it takes for that."""


def error(kind: str, status: int, words: str = "No <b>good</b>", name: str = "InvalidRequest", **more: Any) -> Reply:
    """A refusal in the network's own dress."""
    body: dict[str, Any] = {
        "mastodon": {"error": words},
        "bluesky": {"error": name, "message": words},
        "telegram": {"ok": False, "error_code": status, "description": words, **more.pop("body", {})},
        "youtube": {"error": {"code": status, "message": words, "errors": [{"message": words, "reason": name}]}},
        "tiktok": {"data": {}, "error": {"code": name, "message": words, "log_id": "1"}},
        "facebook": {"error": {"message": words, "type": "OAuthException", "code": GRAPH_CODES.get(status, 1)}},
        "instagram": graph_error(status, words, name),
        "threads": graph_error(status, words, name),
        "x": {"title": "No", "detail": words, "type": f"https://api.x.com/2/problems/{name}", "status": status},
    }[kind]
    return says(body, status, **more)


def graph_error(status: int, words: str, name: str) -> dict[str, Any]:
    """Of Meta's networks; `name` is "code/subcode"."""
    code, _, subcode = (name if "/" in name else f"{GRAPH_CODES.get(status, 100)}/0").partition("/")
    return {"error": {"message": words, "type": "OAuthException", "code": int(code), "error_subcode": int(subcode)}}


def publishing(kind: str, *replies: Reply, **with_: Any) -> tuple[Any, Server]:
    """What the step that shows something raises; with pictures, the first step. `asked` begins with that step."""
    handle, before = ("", ()) if "pictures" in with_ else READY.get(kind, ("", ()))
    with serving(*before, *replies) as server, pytest.raises(ConnectorError) as caught:
        speaker(kind, server, seconds=0.3).publish(sendable(kind, **with_), key=KEY, handle=handle, keep=keeping()[1])
    del server.asked[: len(before)]
    return caught.value, server


UNCLEAR: dict[str, Reply] = {
    "hangs": hangs,
    "cut before the answer": cuts,
    "cut within the answer": says_raw(raw(200, b'{"id": "1", "uri": "x", "ok": true}')[:-9]),
    "dripping": drips(raw(200, b'{"id": "1"}')),
    "a page instead of data": says_page(),
    "an empty answer": says_raw(raw(200, b"")),
    "a list": says([1, 2]),
    "an object without a name": says({"hello": "there"}),
    "a gateway's page": says_page(502),
    "status 500": says({"error": "Internal"}, 500),
    "status 503": says({"error": "Later"}, 503, Retry_After="60"),
    "status 504": says_page(504),
}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("trouble", UNCLEAR)
def test_what_may_have_arrived_is_unsure(kind, trouble):
    found, server = publishing(kind, UNCLEAR[trouble])
    assert type(found) is Unsure, found
    assert len(server.asked) == 1, "nothing is repeated by itself"
    assert TOKEN not in repr(found) + found.detail


@pytest.mark.parametrize("kind", KINDS)
def test_what_cannot_have_arrived_is_temporary(kind):
    with serving() as server:
        pass
    with pytest.raises(Temporary, match="connect_failed"):
        speaker(kind, server).publish(sendable(kind), key=KEY, handle="", keep=keeping()[1])


@pytest.mark.parametrize("kind", KINDS)
def test_too_late_after_the_gate_is_temporary_and_sends_nothing(kind):
    with serving() as server, pytest.raises(Temporary, match="slow_start"):
        speaker(kind, server, start=-1).publish(sendable(kind), key=KEY, handle="", keep=keeping()[1])
    assert server.asked == []


@pytest.mark.parametrize("kind", KINDS)
def test_429_says_how_long_to_wait(kind):
    body = {"parameters": {"retry_after": 17}}
    found, _ = publishing(kind, error(kind, 429, name="RateLimitExceeded", Retry_After="17", body=body))
    assert type(found) is Temporary
    assert found.code == "rate_limited"
    assert found.retry_after == timedelta(seconds=17)
    found, _ = publishing(kind, error(kind, 429))
    assert found.retry_after is None


@pytest.mark.parametrize(
    ("kind", "header", "written"),
    [
        ("mastodon", "X_RateLimit_Reset", datetime.isoformat),
        ("mastodon", "Retry_After", lambda reset: reset.strftime("%a, %d %b %Y %H:%M:%S GMT")),
        ("bluesky", "RateLimit_Reset", lambda reset: str(int(reset.timestamp()))),
        ("x", "X_Rate_Limit_Reset", lambda reset: str(int(reset.timestamp()))),
    ],
    ids=["an ISO time", "an HTTP date", "seconds since 1970", "seconds since 1970, in X's words"],
)
def test_the_wait_is_read_from_a_time_too(kind, header, written):
    reset = datetime.now(UTC).replace(microsecond=0) + timedelta(seconds=90)
    found, _ = publishing(kind, error(kind, 429, **{header: written(reset)}))
    assert timedelta(seconds=60) < found.retry_after <= timedelta(seconds=90)


@pytest.mark.parametrize(
    "headers",
    [
        {"Retry_After": "soon"},
        {"Retry_After": "-5"},
        {"Retry_After": "Mon, 01 Jan 99999999999999 00:00:00 GMT"},
        {"X_RateLimit_Reset": "9" * 40},
    ],
)
def test_a_senseless_wait_is_none(headers):
    found, _ = publishing("mastodon", error("mastodon", 429, **headers))
    assert type(found) is Temporary
    assert found.retry_after is None


def test_a_wait_in_raised_digits_is_none():
    squared = raw(429, b"{}", Retry_After="2").replace(b": 2\r\n", b": \xb2\r\n")  # "²" is a digit to `isdigit` only
    found, _ = publishing("mastodon", says_raw(squared))
    assert (type(found), found.retry_after) == (Temporary, None)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("seconds", ["9" * 15, "9" * 5000], ids=["15 digits", "5000 digits"])
def test_a_wait_of_centuries_is_a_week_at_most(kind, seconds):
    body = {"parameters": {"retry_after": int("9" * 15)}}
    found, _ = publishing(kind, error(kind, 429, Retry_After=seconds, body=body))
    assert (type(found), found.retry_after) == (Temporary, timedelta(days=7))


REFUSALS = [
    ("mastodon", 401, "The access token is invalid", "", Reconnect, "signed_out"),
    ("mastodon", 403, "This action is outside the authorized scopes", "", Reconnect, "not_allowed"),
    ("mastodon", 404, "Record not found", "", ConnectorError, "not_found"),
    ("mastodon", 400, "Bad", "", Rejected, "refused"),
    ("mastodon", 413, "Too big", "", Rejected, "refused"),
    ("mastodon", 422, "Validation failed: Text character limit of 500 exceeded", "", Rejected, "refused"),
    ("bluesky", 400, "Token has expired", "ExpiredToken", Stale, "token_expired"),
    ("bluesky", 401, "Token could not be verified", "InvalidToken", Stale, "token_expired"),
    ("bluesky", 401, "Authentication Required", "AuthMissing", Reconnect, "signed_out"),
    ("bluesky", 401, "Account has been taken down", "AccountTakedown", Reconnect, "not_allowed"),
    ("bluesky", 403, "Forbidden", "Forbidden", Reconnect, "not_allowed"),
    ("bluesky", 400, "Invalid app.bsky.feed.post record: text too long", "InvalidRequest", Rejected, "refused"),
    ("bluesky", 413, "request entity too large", "PayloadTooLarge", Rejected, "refused"),
    ("bluesky", 404, "XRPC not found", "XRPCNotSupported", ConnectorError, "not_found"),
    ("telegram", 401, "Unauthorized", "", Reconnect, "signed_out"),
    ("telegram", 404, "Not Found", "", Reconnect, "signed_out"),
    ("telegram", 403, "Forbidden: bot was kicked from the channel chat", "", Reconnect, "not_allowed"),
    ("telegram", 400, "Bad Request: chat not found", "", Reconnect, "not_allowed"),
    ("telegram", 400, "Bad Request: not enough rights to send text messages to the chat", "", Reconnect, "not_allowed"),
    ("telegram", 400, "Bad Request: need administrator rights in the channel chat", "", Reconnect, "not_allowed"),
    ("telegram", 400, "Bad Request: message is too long", "", Rejected, "refused"),
    ("telegram", 413, "Request Entity Too Large", "", Rejected, "refused"),
    ("youtube", 401, "Invalid Credentials", "authError", Stale, "token_expired"),
    ("youtube", 401, "Login Required", "required", Reconnect, "signed_out"),
    ("youtube", 403, "Request had insufficient authentication scopes.", "insufficientPermissions", Reconnect,
     "not_allowed"),
    ("youtube", 403, "The video has disabled comments.", "commentsDisabled", Rejected, "refused"),
    ("youtube", 404, "The comment could not be found.", "parentCommentNotFound", ConnectorError, "not_found"),
    ("youtube", 400, "The comment text is too long.", "commentTextTooLong", Rejected, "refused"),
    ("tiktok", 401, "The access token is invalid", "access_token_invalid", Stale, "token_expired"),
    ("tiktok", 200, "The access token is invalid", "access_token_invalid", Stale, "token_expired"),
    ("tiktok", 401, "The user did not authorize the scope", "scope_not_authorized", Reconnect, "not_allowed"),
    ("tiktok", 403, "Banned", "spam_risk_user_banned_from_posting", Reconnect, "not_allowed"),
    ("tiktok", 400, "One or more fields in request is invalid.", "invalid_params", Rejected, "refused"),
    ("tiktok", 200, "Spam", "spam_risk", Rejected, "refused"),
    ("tiktok", 404, "Unsupported path", "unsupported_path", ConnectorError, "not_found"),
    ("facebook", 400, "Invalid parameter", "", Rejected, "refused"),
    ("facebook", 401, "Error validating access token", "", Reconnect, "signed_out"),
    ("facebook", 403, "(#200) Permissions error", "", Reconnect, "not_allowed"),
    ("facebook", 404, "(#803) Some of the aliases you requested do not exist", "", ConnectorError, "not_found"),
    *(
        (kind, status, words, name, expected, code)
        for kind in ("instagram", "threads")
        for status, words, name, expected, code in [
            (400, "Session has expired", "190/463", Reconnect, "signed_out"),
            (400, "The password was changed", "190/460", Reconnect, "signed_out"),
            (403, "Requires permission", "200/0", Reconnect, "not_allowed"),
            (400, "Blocked for policy reasons", "368/0", Reconnect, "blocked_there"),
            (400, "The account is restricted", "25/2207050", Reconnect, "blocked_there"),
            (400, "The media could not be fetched", "9004/2207052", Rejected, "not_fetched"),
            (400, "The caption is too long", "100/2207010", Rejected, "refused"),
            (400, "There is no such object", "100/33", ConnectorError, "not_found"),
        ]
    ),
    ("x", 401, "Unauthorized", "", Reconnect, "signed_out"),
    ("x", 402, "Your enrolled account [7] does not have any credits", "credits", Reconnect, "x_no_credit"),
    ("x", 429, "Usage cap exceeded: Monthly product cap", "usage-capped", Reconnect, "x_no_credit"),
    ("x", 403, "You are not permitted to perform this action.", "", Reconnect, "not_allowed"),
    ("x", 403, "Client Forbidden: quoting is not enrolled", "client-forbidden", Reconnect, "not_allowed"),
    ("x", 403, "You are not allowed to create a Tweet with duplicate content.", "", Rejected, "x_duplicate"),
    ("x", 403, "Reply to this conversation is not allowed because you", "", Rejected, "x_not_summoned"),
    ("x", 403, "You attempted to reply to a Tweet that is deleted or not visible to you.", "", Rejected, "refused"),
    ("x", 400, "One or more parameters to your request was invalid.", "invalid-request", Rejected, "refused"),
    ("x", 404, "Could not find it", "resource-not-found", ConnectorError, "not_found"),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "status", "words", "name", "expected", "code"), REFUSALS)
def test_refusals_carry_the_networks_words(kind, status, words, name, expected, code):
    found, _ = publishing(kind, error(kind, status, words, name))
    assert (type(found), found.code) == (expected, code), found
    if expected is not Stale:
        assert found.params["words"] == words


def test_a_group_that_moved_names_its_new_number():
    body = {"parameters": {"migrate_to_chat_id": -1009}}
    found, _ = publishing("telegram", error("telegram", 400, "group chat was upgraded", body=body))
    assert (type(found), found.code, found.params) == (Reconnect, "chat_moved", {"chat": -1009})


@pytest.mark.parametrize("kind", KINDS)
def test_words_are_cut_cleaned_and_hold_no_secret(kind):
    secret = {
        "mastodon": "Bearer secrettoken",
        "bluesky": "eyJabc.eyJdef.ghi",
        "telegram": f"bot{TOKEN}",
        "facebook": "EAAsecrettokensecrettoken",
        "x": "Bearer secrettoken",
        "youtube": "Bearer secretaccess",
        "tiktok": "act.secret!access",
        "instagram": "IGAAsecrettokensecrettoken",
        "threads": "THAAsecrettokensecrettoken",
    }[kind]
    found, _ = publishing(
        kind, error(kind, 422 if kind != "telegram" else 400, f"<p>No&amp;no</p> {secret} " + "a" * 900)
    )
    words = str(found.params["words"])
    assert words.startswith("No&no")
    assert len(words) <= 300
    assert secret not in words + found.detail
    assert "***" in words


@pytest.mark.parametrize("words", ["eyJ-" * 25_000, "<a " * 30_000], ids=["secrets", "markup"])
@pytest.mark.parametrize("kind", KINDS)
def test_a_refusal_of_a_hundred_thousand_characters_takes_no_time(kind, words):
    begun = time.thread_time()
    found, _ = publishing(kind, error(kind, 400, words))
    assert type(found) is Rejected
    assert time.thread_time() - begun < 2


@pytest.mark.parametrize("kind", KINDS)
def test_a_refusal_nested_too_deeply_is_still_a_refusal(kind):
    found, _ = publishing(kind, says_raw(raw(400, b"[" * 200_000)))
    assert type(found) is Rejected


@pytest.mark.parametrize("kind", UPLOADS)
def test_an_upload_that_is_redirected_is_not_repeated(kind):
    found, _ = publishing(kind, says({}, 302, Location="https://lain.example/"), pictures=UPLOADS[kind])
    assert (type(found), found.code, found.params) == (ConnectorError, "redirected", {"host": "lain.example"})


@pytest.mark.parametrize("kind", UPLOADS)
@pytest.mark.parametrize("trouble", ["hangs", "a page instead of data", "status 500", "status 503", "a gateway's page"])
def test_an_upload_shows_nothing_so_its_trouble_is_temporary(kind, trouble):
    found, server = publishing(kind, UNCLEAR[trouble], pictures=UPLOADS[kind])
    assert type(found) is Temporary, found
    assert len(server.asked) == 1


@pytest.mark.parametrize("kind", UPLOADS)
def test_a_refused_upload_is_rejected(kind):
    refusal = error(kind, 422 if kind == "mastodon" else 400, "File type not supported")
    found, _ = publishing(kind, refusal, pictures=UPLOADS[kind])
    assert type(found) is Rejected
    assert found.params["words"] == "File type not supported"


def test_telegram_uploads_and_publishes_in_one_so_its_trouble_is_unsure():
    for count in (1, 2):
        found, _ = publishing("telegram", UNCLEAR["status 503"], pictures=count)
        assert type(found) is Unsure


# Films and answers ------------------------------------------------------------------------------

ANSWERED = {
    "mastodon": {"statuses_5": says({"id": "5", "visibility": "public"})},
    "bluesky": {"getPosts": says({"posts": [{"uri": "at://x/app.bsky.feed.post/5", "cid": "c", "record": {}}]})},
    "telegram": {},
}
TO = {
    "mastodon": To(Place.COMMENT, "5"),
    "bluesky": To(Place.COMMENT, "at://x/app.bsky.feed.post/5"),
    "telegram": To(Place.COMMENT, "-1009:5"),
}
PUBLIC = {"mastodon": "v1_statuses", "bluesky": "putRecord", "telegram": "sendMessage"}


@pytest.mark.parametrize("kind", PUBLIC)
@pytest.mark.parametrize("trouble", UNCLEAR)
def test_an_answer_that_may_have_arrived_is_unsure(kind, trouble):
    replies = routes(**ANSWERED[kind], **{PUBLIC[kind]: UNCLEAR[trouble]})
    found, server = publishing(kind, replies, to=TO[kind])
    assert type(found) is Unsure, found
    assert sum(asked.method == "POST" for asked in server.asked) == 1, "nothing is repeated by itself"


@pytest.mark.parametrize("trouble", UNCLEAR)
def test_a_message_that_may_have_arrived_is_unsure(trouble):
    found, server = publishing("bluesky", UNCLEAR[trouble], to=To(Place.MESSAGE, "c1/m1", person="did:plc:x"))
    assert type(found) is Unsure, found
    assert len(server.asked) == 1


@pytest.mark.parametrize("kind", ["mastodon", "bluesky"])
@pytest.mark.parametrize("trouble", ["hangs", "a page instead of data", "status 500", "status 503", "a gateway's page"])
def test_trouble_while_looking_at_what_is_answered_sends_nothing(kind, trouble):
    found, server = publishing(kind, UNCLEAR[trouble], to=TO[kind])
    assert type(found) is Temporary, found
    assert [asked.method for asked in server.asked] == ["GET"]


@pytest.mark.parametrize("trouble", UNCLEAR)
def test_a_film_on_telegram_is_public_at_once_so_its_trouble_is_unsure(trouble):
    found, server = publishing("telegram", UNCLEAR[trouble], video=film())
    assert type(found) is Unsure, found
    assert len(server.asked) == 1


@pytest.mark.parametrize("trouble", ["hangs", "a page instead of data", "status 500", "status 503", "a gateway's page"])
def test_the_upload_of_a_film_shows_nothing_so_its_trouble_is_temporary(trouble):
    found, server = publishing("mastodon", UNCLEAR[trouble], video=film())
    assert type(found) is Temporary, found
    assert len(server.asked) == 1


PLACES = {"threads": [Place.COMMENT, Place.MENTION], "youtube": [Place.COMMENT]}


@pytest.mark.parametrize("kind", [kind for kind in KINDS if Ability.CONVERSE in connector(kind).can])
@pytest.mark.parametrize("trouble", ["hangs", "a page instead of data", "a list", "status 500", "a gateway's page"])
def test_reading_what_people_write_may_simply_be_repeated(kind, trouble):
    for place in PLACES.get(kind, [Place.COMMENT, Place.MESSAGE]):
        if (kind, trouble) == ("mastodon", "a list"):
            continue  # its answers are lists, and these of numbers are refused elsewhere
        with serving(UNCLEAR[trouble]) as server, pytest.raises(Temporary):
            speaker(kind, server, seconds=0.3).messages(place, "7")


@pytest.mark.parametrize("kind", KINDS)
def test_profiles_may_simply_be_read_again(kind):
    for trouble in ("hangs", "status 503", "a page instead of data", "an object without a name"):
        with serving(UNCLEAR[trouble]) as server, pytest.raises(Temporary):
            speaker(kind, server, seconds=0.3).profile()


@pytest.mark.parametrize("trouble", ["hangs", "status 500", "a page instead of data"])
def test_hiding_may_simply_be_repeated(trouble):
    mine = {"root": {"uri": "at://did:plc:abc/app.bsky.feed.post/1", "cid": "c"}}
    posts = says({"posts": [{"uri": "at://x/app.bsky.feed.post/5", "cid": "c", "record": {"reply": mine}}]})
    gate = error("bluesky", 400, "none", "RecordNotFound")
    for steps in ({}, {"getPosts": posts}, {"getPosts": posts, "getRecord": gate}):
        order = ("getPosts", "getRecord", "putRecord")
        broken = {order[len(steps)]: UNCLEAR[trouble]}
        with serving(routes(**steps, **broken)) as server, pytest.raises(Temporary):
            speaker("bluesky", server, seconds=0.3).hide("at://x/app.bsky.feed.post/5", hidden=True)


READINGS = ["check", "measure_account"]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("reading", READINGS)
@pytest.mark.parametrize("trouble", ["hangs", "a page instead of data", "a list", "status 500", "a gateway's page"])
def test_reading_may_simply_be_repeated(kind, reading, trouble):
    with serving(UNCLEAR[trouble]) as server, pytest.raises(Temporary):
        getattr(speaker(kind, server, seconds=0.3), reading)()


@pytest.mark.parametrize("kind", KINDS)
def test_a_revoked_token_is_noticed_when_reading(kind):
    for reading in READINGS:
        with serving(error(kind, 401, name="AuthMissing")) as server, pytest.raises(Reconnect):
            getattr(speaker(kind, server), reading)()


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("trouble", ["hangs", "cut before the answer", "status 503"])
def test_taking_down_may_simply_be_repeated(kind, trouble):
    with serving(UNCLEAR[trouble]) as server, pytest.raises(Temporary):
        speaker(kind, server, seconds=0.3).take_down("x:1")


@pytest.mark.parametrize("kind", KINDS)
def test_looking_for_a_post_never_takes_trouble_for_absence(kind):
    for name in ("hangs", "a page instead of data", "status 500", "an object without a name", "status 503"):
        with serving(UNCLEAR[name]) as server, pytest.raises((Temporary, Unknowable)):
            speaker(kind, server, seconds=0.2).find(
                sendable(kind), key=KEY, handle=HANDLES.get(kind, ""), since=KEY.made_at
            )
