"""What the Graph networks share: errors, waiting, proof, paging, webhooks."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from platforms import graph
from platforms.base import ConnectorError, Reconnect, Rejected, Temporary, Unsure
from platforms.facebook import FacebookHook
from platforms.graph import Graph, moment, proof, usage, wait_asked
from platforms.hooks import Forged, Unreadable, signature
from platforms.http import Answer, Door
from tests.platforms.servers import Server, says, serving

NOW = datetime(2026, 11, 23, tzinfo=UTC)


def refusal(status: int, code: int, subcode: int = 0, *, headers: dict[str, str] | None = None, **more: Any) -> Answer:
    body = {"message": "No <b>good</b>", "type": "OAuthException", "code": code, "fbtrace_id": "Abc"} | more
    body |= {"error_subcode": subcode} if subcode else {}
    return Answer(status, headers or {}, json.dumps({"error": body}).encode(), changes=True)


MEANINGS = [
    (400, 190, 463, Reconnect, "signed_out"),
    (401, 190, 0, Reconnect, "signed_out"),
    (400, 102, 0, Reconnect, "signed_out"),
    (400, 104, 0, Reconnect, "signed_out"),
    (400, 190, 459, Reconnect, "confirm_there"),
    (400, 190, 464, Reconnect, "confirm_there"),
    (400, 100, 4_854_002, Reconnect, "confirm_there"),
    (400, 10, 1_404_078, Reconnect, "confirm_there"),
    (403, 200, 0, Reconnect, "not_allowed"),
    (400, 299, 0, Reconnect, "not_allowed"),
    (400, 10, 0, Reconnect, "not_allowed"),
    (400, 3, 0, Reconnect, "not_allowed"),
    (400, 368, 0, Reconnect, "blocked_there"),
    (400, 368, 1_404_112, Reconnect, "blocked_there"),
    (400, 368, 1_404_102, Rejected, "refused"),
    (400, 368, 1_346_003, Rejected, "refused"),
    (400, 100, 1_366_046, Rejected, "refused"),
    (400, 100, 0, Rejected, "refused"),
    (400, 1_609_005, 0, Rejected, "link_unreadable"),
    (400, 551, 0, Rejected, "person_away"),
    (400, 10, 2_018_278, Rejected, "window_closed"),
    (400, 100, 1_545_041, Rejected, "window_closed"),
    (400, 100, 33, ConnectorError, "not_found"),
    (404, 803, 0, ConnectorError, "not_found"),
    (400, 4, 0, Temporary, "rate_limited"),
    (400, 17, 0, Temporary, "rate_limited"),
    (403, 32, 0, Temporary, "rate_limited"),
    (400, 341, 0, Temporary, "rate_limited"),
    (400, 613, 0, Temporary, "rate_limited"),
    (400, 80_001, 0, Temporary, "rate_limited"),
    (400, 80_014, 0, Temporary, "rate_limited"),
    (400, 368, 1_390_008, Temporary, "rate_limited"),
]


@pytest.mark.parametrize(("status", "code", "subcode", "expected", "name"), MEANINGS)
def test_each_code_has_one_meaning(status: int, code: int, subcode: int, expected: type[ConnectorError], name: str):
    with pytest.raises(ConnectorError) as caught:
        graph.refuse(refusal(status, code, subcode), public=True)
    assert (type(caught.value), caught.value.code) == (expected, name)
    assert "Abc" in caught.value.detail, "what Meta asks for in a report"
    if expected is not Temporary:
        assert caught.value.params["words"] == "No good"


@pytest.mark.parametrize(("status", "code", "more"), [(500, 1, {}), (400, 2, {}), (400, 77, {"is_transient": True})])
def test_a_broken_server_is_unsure_only_where_something_may_be_shown(status: int, code: int, more: dict[str, Any]):
    with pytest.raises(Unsure, match="server_error"):
        graph.refuse(refusal(status, code, **more), public=True)
    with pytest.raises(Temporary, match="server_error"):
        graph.refuse(refusal(status, code, **more), public=False)


def test_people_read_the_words_that_are_meant_for_them():
    found = graph.fault(refusal(400, 100, error_user_msg="Foto ini terlalu besar."))
    assert found is not None and found.words == "Foto ini terlalu besar."


def test_a_token_in_an_answer_is_not_shown():
    found = graph.fault(refusal(400, 190, message="Malformed access token EAABsbCS1iHgBAKq0secret00"))
    assert found is not None and "EAAB" not in found.words


@pytest.mark.parametrize(
    "body", ["[]", '{"error": "text"}', '{"error": {"message": "x"}}', "<html>", '{"error": {"code": "4"}}']
)
def test_what_is_no_error_object_is_judged_by_its_status(body: str):
    with pytest.raises(Rejected):
        graph.refuse(Answer(400, {}, body.encode(), changes=True), public=True)


# Waiting -----------------------------------------------------------------------------------------

BUSY = json.dumps(
    {
        "104": [
            {
                "type": "pages",
                "call_count": 100,
                "total_cputime": 20,
                "total_time": 30,
                "estimated_time_to_regain_access": 12,
            },
            {"type": "messenger", "call_count": 1, "estimated_time_to_regain_access": 0},
        ]
    }
)


@pytest.mark.parametrize(
    ("headers", "wait", "used"),
    [
        ({"x-business-use-case-usage": BUSY}, timedelta(minutes=12), 100),
        ({"x-business-use-case-usage": BUSY, "retry-after": "5"}, timedelta(minutes=12), 100),
        ({"x-app-usage": '{"call_count":28,"total_time":81,"total_cputime":25}'}, None, 81),
        ({"x-app-usage": '{"call_count":100}', "retry-after": "17"}, timedelta(seconds=17), 100),
        ({"x-app-usage": "no json", "x-business-use-case-usage": "[1]"}, None, 0),
        (
            {"x-business-use-case-usage": '{"1":[{"estimated_time_to_regain_access":99999999999}]}'},
            timedelta(days=7),
            0,
        ),
        ({"x-business-use-case-usage": '{"1":[{"estimated_time_to_regain_access":"soon"}]}'}, None, 0),
        ({}, None, 0),
    ],
)
def test_the_longest_wait_is_heeded(headers: dict[str, str], wait: timedelta | None, used: int):
    answer = refusal(400, 4, headers=headers)
    assert (wait_asked(answer), usage(answer)) == (wait, used)
    with pytest.raises(Temporary) as caught:
        graph.refuse(answer, public=True)
    assert caught.value.retry_after == wait


def test_posting_too_fast_rests_the_channel():
    with pytest.raises(Temporary) as caught:
        graph.refuse(refusal(400, 368, 1_390_008), public=True)
    assert caught.value.retry_after == graph.TOO_FAST_WAIT


# Calling -----------------------------------------------------------------------------------------


def to(server: Server, secret: str = "") -> Graph:
    return Graph(Door(3, 1.0, frozenset({server.place})), f"{server.url}/v26.0", "EAAtoken", secret)


def test_the_proof_is_the_hmac_of_the_token():
    """The vector was made with OpenSSL: `printf EAAtoken | openssl dgst -sha256 -hmac appsecret`."""
    made = "b15e563de2a106036cef7807b362777b33c08f4b1fb1251b4a3f5a9eeca7c277"
    assert proof("EAAtoken", "appsecret") == {"appsecret_proof": made}
    assert proof("EAAtoken", "") == {}
    with serving(says({"id": "1"})) as server:
        to(server, "appsecret").read("me")
        to(server, "appsecret").post("1/feed", {"message": "x"})
        to(server, "appsecret").delete("1")
    get, post, delete = server.asked
    assert get.query["appsecret_proof"] == delete.query["appsecret_proof"] == [made]
    assert f"appsecret_proof={made}".encode() in post.body
    assert {each.headers["authorization"] for each in server.asked} == {"Bearer EAAtoken"}
    assert not any("EAAtoken" in str(each.query) + each.path for each in server.asked), "no address holds the token"


def test_paging_goes_by_cursor_and_never_by_the_address_given():
    def entries(first: int, after: str, *, more: bool) -> dict[str, Any]:
        paging = {"cursors": {"after": after}} | ({"next": "https://lain.example/?access_token=x"} if more else {})
        return {"data": [{"id": str(first)}, {"id": str(first + 1)}], "paging": paging}

    with serving(says(entries(1, "AA", more=True)), says(entries(3, "BB", more=False))) as server:
        found = [each["id"] for each in to(server).each("104/posts", {"fields": "id"})]
    assert found == ["1", "2", "3", "4"]
    assert [each.query.get("after") for each in server.asked] == [None, ["AA"]]
    assert all("ids" not in each.query for each in server.asked)


def test_paging_stops_before_the_allowance_is_gone():
    body = {"data": [{"id": "1"}], "paging": {"cursors": {"after": "AA"}, "next": "https://x.example/"}}
    with serving(says(body, X_App_Usage='{"call_count":97}')) as server:
        walk = to(server).each("104/posts", {})
        assert next(walk)["id"] == "1"
        with pytest.raises(Temporary, match="rate_limited"):
            next(walk)
    assert len(server.asked) == 1


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        (1763799999, datetime(2025, 11, 22, 8, 26, 39, tzinfo=UTC)),
        (1763799999456, datetime(2025, 11, 22, 8, 26, 39, 456000, tzinfo=UTC)),
        ("2026-11-01T10:33:16+0000", datetime(2026, 11, 1, 10, 33, 16, tzinfo=UTC)),
        ("2026-11-01T17:33:16+0700", datetime(2026, 11, 1, 10, 33, 16, tzinfo=UTC)),
        ("soon", None),
        (None, None),
        (10**40, None),
    ],
)
def test_times_are_read_as_graph_writes_them(written: Any, meant: datetime | None):
    assert moment(written) == meant


# Webhooks ----------------------------------------------------------------------------------------

SECRETS = {"client_secret": "appsecret", "token": "kata-kunci"}
BODY = b'{"object":"page","entry":[{"id":"104","time":1763800000,"changes":[]}],"x":"Selamat pagi \\u00e4"}'


def test_a_handshake_gives_the_bare_challenge_back():
    query = {"hub.mode": "subscribe", "hub.verify_token": "kata-kunci", "hub.challenge": "1158201444"}
    assert FacebookHook.shake(query, SECRETS) == ("1158201444", "text/plain")
    assert FacebookHook.shake({}, SECRETS) is None
    for wrong in ({**query, "hub.verify_token": "lain"}, {"hub.mode": "subscribe"}):
        with pytest.raises(Forged):
            FacebookHook.shake(wrong, SECRETS)
    with pytest.raises(Forged):
        FacebookHook.shake({**query, "hub.verify_token": ""}, {})


def test_the_signature_is_of_the_bytes_as_they_came():
    """The vector was made with OpenSSL: `openssl dgst -sha256 -hmac appsecret`."""
    made = "b5c5bb03839498bc8ddb52be9071be254a1a8e1cdffc25f3cf420c3c068f77e4"
    assert signature("appsecret", BODY) == made
    FacebookHook.verify({"x-hub-signature-256": f"sha256={made}"}, BODY, SECRETS, NOW)
    again = json.dumps(json.loads(BODY), ensure_ascii=False).encode()
    for headers, body, secrets in [
        ({"x-hub-signature-256": f"sha256={made}"}, again, SECRETS),
        ({"x-hub-signature-256": made}, BODY, SECRETS),
        ({"x-hub-signature-256": f"sha256={made.upper()}"}, BODY, SECRETS),
        ({"x-hub-signature": f"sha256={made}"}, BODY, SECRETS),
        ({}, BODY, SECRETS),
        ({"x-hub-signature-256": f"sha256={made}"}, BODY, {"client_secret": "other"}),
        ({"x-hub-signature-256": f"sha256={signature('', BODY)}"}, BODY, {}),
    ]:
        with pytest.raises(Forged):
            FacebookHook.verify(headers, body, secrets, NOW)


@pytest.mark.parametrize(
    "body", [b"[]", b"no json", b'{"object":"page"}', b'{"object":"page","entry":[1]}', b"[" * 100_000]
)
def test_an_unknown_shape_is_unreadable(body: bytes):
    with pytest.raises(Unreadable):
        FacebookHook.events(body)


def test_another_network_s_envelope_concerns_us_not():
    assert FacebookHook.events(b'{"object":"instagram","entry":[{"id":"1"}]}') == []


def test_what_cannot_be_read_spoils_nothing_of_what_came_with_it():
    """Under load Meta gathers many changes and messages of many accounts in one body."""
    good = {"item": "comment", "verb": "add", "comment_id": "c1", "post_id": "1_2", "from": {"id": "9", "name": "Sri"}}
    message = {"sender": {"id": "9"}, "timestamp": 1_785_000_000_000, "message": {"mid": "m1", "text": "Halo"}}
    odd = {"item": "comment", "verb": "add"}
    entries = [
        {"id": "1", "time": 1, "changes": [{"field": "feed", "value": each} for each in (odd, good)] + ["?"]},
        {"id": "1", "time": 1, "changes": 7, "messaging": ["?", message]},
        {"id": "2", "time": 1, "changes": [{"field": "feed", "value": {**good, "comment_id": "c2"}}]},
    ]
    with pytest.raises(Unreadable) as raised:
        FacebookHook.events(json.dumps({"object": "page", "entry": entries}).encode())
    assert [event.about for event in raised.value.events] == ["c1", "m1", "c2"]
