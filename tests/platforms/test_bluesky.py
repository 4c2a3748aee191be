"""What Bluesky's connector asks for where the real server cannot be brought to do it."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from platforms.base import Halted, Later, Reconnect, Rejected, Temporary, Unknowable
from platforms.bluesky import Bluesky, session, tid
from platforms.http import Door
from tests.platforms.make import KEY, draft, keeping, payload, speaker
from tests.platforms.servers import hangs, routes, says, serving

DONE = says(payload("bluesky", "put_record"))
BLOB = says({"blob": {"$type": "blob", "ref": {"$link": "bafy"}, "mimeType": "image/png", "size": 9}})
SESSION = payload("bluesky", "session")


def test_a_text_is_one_request_under_a_name_chosen_before():
    kept, keep = keeping()
    with serving(DONE) as server:
        sent = speaker("bluesky", server).publish(draft(), key=KEY, handle="", keep=keep)
    asked = server.asked[0]
    assert asked.path == "/xrpc/com.atproto.repo.putRecord"
    assert len(server.asked) == 1
    assert kept == []
    assert asked.json["rkey"] == tid.of(KEY)
    assert asked.json["swapRecord"] is None
    assert sent.remote_id == f"at://did:plc:abc/app.bsky.feed.post/{tid.of(KEY)}"
    assert sent.url.endswith(f"/profile/caleg/post/{tid.of(KEY)}")


def test_a_post_that_is_there_already_is_a_success():
    with serving(says({"error": "InvalidSwap", "message": "Record was at bafy"}, 400)) as server:
        sent = speaker("bluesky", server).publish(draft(), key=KEY, handle="", keep=keeping()[1])
    assert sent.remote_id.endswith(tid.of(KEY))


def test_mentions_are_resolved_once_and_strangers_stay_plain():
    kept, keep = keeping()
    resolving = routes(
        resolveHandle=says({"error": "InvalidRequest", "message": "Unable to resolve handle"}, 400), putRecord=DONE
    )
    with serving(resolving) as server:
        speaker("bluesky", server).publish(draft("Halo @siapa.test"), key=KEY, handle="", keep=keep)
        assert "facets" not in server.asked[-1].json["record"]
        assert len(kept) == 1
        server.replies[:] = [routes(resolveHandle=says({"did": "did:plc:siapa"}), putRecord=DONE)]
        speaker("bluesky", server).publish(draft("Halo @siapa.test"), key=KEY, handle="", keep=keep)
        facet = server.asked[-1].json["record"]["facets"][0]
        assert facet["features"][0]["did"] == "did:plc:siapa"
        before = len(server.asked)
        speaker("bluesky", server).publish(draft("Halo @siapa.test"), key=KEY, handle=kept[-1], keep=keep)
        assert len(server.asked) == before + 1


@pytest.mark.parametrize("open_for", [0, 1])
def test_when_the_gate_closes_between_steps_nothing_further_is_sent(open_for):
    given: list[str] = []

    def keep(handle: str) -> None:
        if len(given) == open_for:
            raise Halted
        given.append(handle)

    with serving(routes(uploadBlob=BLOB, putRecord=DONE)) as server, pytest.raises(Halted):
        speaker("bluesky", server).publish(draft(pictures=1), key=KEY, handle="", keep=keep)
    assert [asked.path.rsplit(".", 1)[-1] for asked in server.asked] == ["uploadBlob"] * open_for


def test_a_blob_that_is_refused_is_uploaded_anew_once():
    no = says({"error": "InvalidBlob", "message": "Blob too large"}, 400)
    with serving(routes(uploadBlob=BLOB, putRecord=no)) as server:
        ours = speaker("bluesky", server)
        with pytest.raises(Later) as later:
            ours.publish(draft(pictures=2), key=KEY, handle="", keep=keeping()[1])
        with pytest.raises(Rejected):
            ours.publish(draft(pictures=2), key=KEY, handle=later.value.handle, keep=keeping()[1])
    uploads = [asked for asked in server.asked if asked.path.endswith("uploadBlob")]
    assert len(uploads) == 4


def test_an_odd_refusal_to_look_is_no_proof_of_absence():
    for error in ("InvalidRequest", "RepoNotFound"):
        with (
            serving(says({"error": error, "message": "Could not find repo"}, 400)) as server,
            pytest.raises(Unknowable),
        ):
            speaker("bluesky", server).find(draft(), key=KEY, handle="", since=KEY.made_at)


def test_the_timeline_ends_where_names_grow_too_old():
    now = datetime.now(UTC)

    def record(days: float, written: float | None = None) -> dict[str, Any]:
        name = tid.encode(int((now - timedelta(days=days)).timestamp() * 1e6), 0)
        at = (now - timedelta(days=days if written is None else written)).isoformat()
        return {"uri": f"at://did:plc:abc/app.bsky.feed.post/{name}", "value": {"text": f"{days}", "createdAt": at}}

    pages = [
        says({"records": [record(1), record(2), record(6, written=0.5)], "cursor": "a"}),
        says({"records": [record(30)], "cursor": "b"}),
        says({"records": [record(60)], "cursor": "c"}),
    ]
    with serving(*pages) as server:
        seen = speaker("bluesky", server).timeline(now - timedelta(days=3))
    assert [s.text for s in seen] == ["6", "1", "2"]
    assert len(server.asked) == 2


# Sessions ----------------------------------------------------------------------------------------


def service(endpoint: str) -> dict[str, Any]:
    return {"service": [{"id": "did:plc:abc#atproto_pds", "serviceEndpoint": endpoint}]}


@pytest.mark.parametrize(
    ("document", "expected"),
    [
        (SESSION["didDoc"], "https://morel.us-east.host.bsky.network"),
        (service("https://pds.caleg.example:8443/x"), "https://pds.caleg.example:8443"),
        (service("http://pds.caleg.example"), "https://bsky.social"),
        (service("http://localhost:4800"), "https://bsky.social"),
        (service("https://me:pw@evil.example"), "https://bsky.social"),
        (service("nonsense://"), "https://bsky.social"),
        ({"service": "odd"}, "https://bsky.social"),
        (None, "https://bsky.social"),
    ],
)
def test_the_account_lives_where_its_document_says(document, expected):
    assert session.home(Door(1), "https://bsky.social", document) == expected


def test_one_of_our_own_servers_stays_what_it_is():
    door = Door(1, internal=frozenset({"localhost:4800"}))
    assert session.home(door, "http://localhost:4800", SESSION["didDoc"]) == "http://localhost:4800"


def test_connecting_keeps_the_session_and_the_password():
    answers = routes(
        createSession=says(SESSION), getSession=says(SESSION), getRecord=says({"value": {"displayName": "Ratna"}})
    )
    with serving(answers) as server:
        account = Bluesky.connect(speaker("bluesky", server).door, server.url, " @caleg.example ", " abcd-efgh ")
    assert server.asked[0].json == {"identifier": "caleg.example", "password": "abcd-efgh"}
    assert (account.remote_id, account.handle, account.name) == ("did:plc:abc", "@caleg.example", "Ratna")
    assert account.secrets["password"] == "abcd-efgh"
    assert account.secrets["until"].startswith("2030-01-01")
    assert "abcd" not in repr(account)


def test_an_account_that_was_shut_is_noticed():
    with (
        serving(says({**SESSION, "active": False, "status": "takendown"})) as server,
        pytest.raises(Reconnect) as caught,
    ):
        speaker("bluesky", server).check()
    assert caught.value.params["words"] == "takendown"


def test_a_refresh_that_got_lost_is_made_good_by_the_password():
    """The token may have been used up on the way, so only the password can tell."""
    answers = routes(refreshSession=hangs, createSession=says(SESSION))
    with serving(answers) as server:
        found = speaker("bluesky", server, seconds=0.5).renew()
    assert found["access"] == SESSION["accessJwt"]
    assert found["password"] == "secretword"


def test_too_many_sign_ins_wait_instead_of_asking_for_a_person():
    tired = says({"error": "RateLimitExceeded", "message": "Rate Limit Exceeded"}, 429, Retry_After="300")
    for answers in (routes(refreshSession=tired), routes(refreshSession=says({}, 400), createSession=tired)):
        with serving(answers) as server, pytest.raises(Temporary) as caught:
            speaker("bluesky", server).renew()
        assert caught.value.retry_after == timedelta(seconds=300)


def test_a_session_of_unknown_age_is_not_called_stale():
    with serving() as server:
        ours = speaker("bluesky", server)
    assert not ours.is_stale(datetime.now(UTC))
    soon = replace(ours.account, secrets={**ours.account.secrets, "until": datetime.now(UTC).isoformat()})
    assert Bluesky(soon, ours.door).is_stale(datetime.now(UTC))
