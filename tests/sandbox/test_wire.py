"""What the SDKs do not show: exact codes, bodies and headers of the three dialects."""

import base64
import hashlib
import json
from concurrent.futures import ThreadPoolExecutor

import libipld
import pytest
import requests

from tests.sandbox.conftest import REDIRECT, Poster, authorise, picture
from tests.sandbox.running import Sandbox


@pytest.fixture
def mastodon(box: Sandbox, http: requests.Session) -> Poster:
    return Poster(box, http, "mastodon")


@pytest.fixture
def bluesky(box: Sandbox, http: requests.Session) -> Poster:
    return Poster(box, http, "bluesky")


def upload(poster: Poster, data: bytes, mime: str = "image/png") -> requests.Response:
    if poster.platform == "mastodon":
        return poster.http.post(f"{poster.server}/api/v2/media", files={"file": data}, headers=poster.head)
    url = f"{poster.server}/xrpc/com.atproto.repo.uploadBlob"
    return poster.http.post(url, data=data, headers=poster.head | {"Content-Type": mime})


# Mastodon


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ({"status": ""}, "can't be blank"),
        ({"status": "x", "visibility": "loud"}, "Visibility"),
        ({"status": "x", "media_ids": ["1"]}, "not found or already attached"),
        ({"status": "x", "media_ids": ["1"] * 5}, "Cannot attach more than 4 files"),
        ({"status": "👩‍👩‍👧‍👦" * 501}, "500 exceeded"),
        ({"status": "x" * 400, "spoiler_text": "y" * 101}, "500 exceeded"),
    ],
)
def test_mastodon_refuses_with_422(mastodon: Poster, body: dict[str, object], words: str) -> None:
    answer = mastodon.http.post(f"{mastodon.server}/api/v1/statuses", json=body, headers=mastodon.head)
    assert answer.status_code == 422
    assert words in answer.json()["error"]
    assert mastodon.box.log() == []


def test_mastodon_counts_characters_as_readers_do(mastodon: Poster) -> None:
    assert mastodon.say("👩‍👩‍👧‍👦" * 500).status_code == 200
    assert mastodon.say("a" * 494 + " @ratna@a-very-long-server.example").status_code == 422
    assert mastodon.say("a" * 494 + " @budi@a-very-long-server.example").status_code == 200


def test_an_upload_can_take_its_time(mastodon: Poster) -> None:
    mastodon.box.control("POST", "settings", media_delay_s=0.3)
    answer = upload(mastodon, picture())
    assert answer.status_code == 202
    assert answer.json()["url"] is None
    body = {"status": "x", "media_ids": [answer.json()["id"]]}
    url = f"{mastodon.server}/api/v1/media/{answer.json()['id']}"
    early = mastodon.http.post(f"{mastodon.server}/api/v1/statuses", json=body, headers=mastodon.head)
    assert early.status_code == 422
    assert "not finished processing" in early.json()["error"]
    assert mastodon.http.get(url, headers=mastodon.head).status_code == 206
    while (ready := mastodon.http.get(url, headers=mastodon.head)).status_code == 206:
        pass
    assert ready.status_code == 200
    assert ready.json()["url"]
    assert mastodon.http.post(f"{mastodon.server}/api/v1/statuses", json=body, headers=mastodon.head).ok


def test_what_is_no_picture_is_refused(mastodon: Poster) -> None:
    assert "content type is invalid" in upload(mastodon, b"%PDF-1.7").json()["error"]


def test_a_key_belongs_to_one_account_and_survives_deletion_as_a_404(mastodon: Poster) -> None:
    made = mastodon.say("Halo", key="k").json()
    other = mastodon.box.account("mastodon", "budi")["secrets"]["token"]
    head = {"Authorization": f"Bearer {other}", "Idempotency-Key": "k"}
    foreign = mastodon.http.post(f"{mastodon.server}/api/v1/statuses", json={"status": "Lain"}, headers=head)
    assert foreign.json()["id"] != made["id"]
    assert mastodon.http.delete(f"{mastodon.server}/api/v1/statuses/{made['id']}", headers=head).status_code == 404
    mastodon.http.delete(f"{mastodon.server}/api/v1/statuses/{made['id']}", headers=mastodon.head)
    assert mastodon.say("Halo", key="k").status_code == 404


def test_a_token_without_the_scope_may_not_post(mastodon: Poster) -> None:
    code, app = authorise(mastodon, "read:accounts", verifier="v" * 43)
    grant = app | {"grant_type": "authorization_code", "code": code, "redirect_uri": REDIRECT}
    wrong = mastodon.http.post(f"{mastodon.server}/oauth/token", data=grant | {"code_verifier": "w" * 43})
    assert wrong.status_code == 400
    assert wrong.json()["error"] == "invalid_grant"
    token = mastodon.http.post(f"{mastodon.server}/oauth/token", data=grant | {"code_verifier": "v" * 43}).json()
    assert token["scope"] == "read:accounts"
    assert token["token_type"] == "Bearer"
    mastodon.head = {"Authorization": f"Bearer {token['access_token']}"}
    refused = mastodon.say("Halo")
    assert refused.status_code == 403
    assert refused.json()["error"] == "This action is outside the authorized scopes"
    again = mastodon.http.post(f"{mastodon.server}/oauth/token", data=grant | {"code_verifier": "v" * 43})
    assert again.json()["error"] == "invalid_grant"


def test_an_unknown_address_is_never_redirected_to(mastodon: Poster) -> None:
    query = {"client_id": "nobody", "redirect_uri": "http://evil.example/", "response_type": "code"}
    page = mastodon.http.get(f"{mastodon.server}/oauth/authorize", params=query, allow_redirects=False)
    assert page.status_code == 400
    assert "evil.example" not in page.text


# Bluesky


def test_a_taken_key_is_500_for_create_and_nothing_new_for_put(bluesky: Poster) -> None:
    body = bluesky.record("Halo", "3lbxxxxxxxxxx")
    first = bluesky.xrpc("com.atproto.repo.createRecord", body)
    again = bluesky.xrpc("com.atproto.repo.createRecord", body)
    assert first.status_code == 200
    assert again.status_code == 500
    assert again.json()["error"] == "InternalServerError"
    put = bluesky.xrpc("com.atproto.repo.putRecord", body)
    assert put.status_code == 200
    assert put.json()["uri"] == first.json()["uri"]
    assert "commit" not in put.json()
    assert [line["key"] for line in bluesky.box.log()] == ["3lbxxxxxxxxxx"]
    changed = bluesky.xrpc("com.atproto.repo.putRecord", bluesky.record("Halo lagi", "3lbxxxxxxxxxx"))
    assert changed.json()["cid"] != first.json()["cid"]
    assert [line["action"] for line in bluesky.box.log()] == ["publish", "edit"]


def test_records_are_found_listed_and_lost(bluesky: Poster) -> None:
    did = bluesky.account["remote_id"]
    where = {"repo": did, "collection": "app.bsky.feed.post"}
    for number in range(3):
        bluesky.say(f"Nomor {number}", key=f"3lb{number}aaaaaaaaa")
    got = bluesky.xrpc("com.atproto.repo.getRecord", **where, rkey="3lb1aaaaaaaaa").json()
    assert got["value"]["text"] == "Nomor 1"
    assert got["uri"].endswith("3lb1aaaaaaaaa")
    page = bluesky.xrpc("com.atproto.repo.listRecords", **where, limit=2).json()
    rest = bluesky.xrpc("com.atproto.repo.listRecords", **where, limit=2, cursor=page["cursor"]).json()
    assert [each["value"]["text"][-1] for each in page["records"] + rest["records"]] == ["2", "1", "0"]
    bluesky.xrpc("com.atproto.repo.deleteRecord", where | {"rkey": "3lb1aaaaaaaaa"})
    missing = bluesky.xrpc("com.atproto.repo.getRecord", **where, rkey="3lb1aaaaaaaaa")
    assert missing.status_code == 400
    assert missing.json()["error"] == "RecordNotFound"


def test_cids_of_records_are_those_of_an_independent_encoder(bluesky: Poster) -> None:
    body = bluesky.record("Halo ☀", langs=["id"], tags=["a" * 30, "bb"])
    made = bluesky.xrpc("com.atproto.repo.createRecord", body).json()
    digest = hashlib.sha256(libipld.encode_dag_cbor(body["record"])).digest()
    expected = "b" + base64.b32encode(b"\x01\x71\x12\x20" + digest).decode().lower().rstrip("=")
    assert made["cid"] == expected


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"text": "é" * 301}, "300 graphemes"),
        ({"text": "👩‍👩‍👧‍👦" * 200}, "3000 characters"),
        ({"createdAt": "yesterday"}, "createdAt"),
        ({"langs": ["id", "en", "jv", "su"]}, "langs"),
        ({"facets": [{"index": {"byteStart": 0}, "features": []}]}, "byteEnd"),
        ({"embed": {"$type": "app.bsky.embed.images", "images": [{"image": {}, "alt": ""}]}}, "blob ref"),
        ({"embed": {"$type": "app.bsky.embed.images", "images": [{}]}}, "alt"),
    ],
)
def test_bluesky_refuses_what_the_lexicon_forbids(bluesky: Poster, more: dict[str, object], words: str) -> None:
    body = bluesky.record("Halo")
    body["record"] |= more
    answer = bluesky.xrpc("com.atproto.repo.createRecord", body)
    assert answer.status_code == 400
    assert answer.json()["error"] == "InvalidRequest"
    assert words in answer.json()["message"]
    assert bluesky.box.log() == []


def test_a_blob_must_exist_be_a_picture_and_be_small(bluesky: Poster) -> None:
    blobs = [upload(bluesky, data).json()["blob"] for data in (b"no picture", picture() + b"\0" * 2_000_000)]
    blobs.append(blobs[0] | {"ref": {"$link": "bafkreibm6jg3ux5qumhcn2b3flc3tyu6dmlb4xa7u5bf44yegnrjhc4yeq"}})
    for blob, error in zip(blobs, ("InvalidMimeType", "BlobTooLarge", "BlobNotFound"), strict=True):
        embed = {"$type": "app.bsky.embed.images", "images": [{"image": blob, "alt": ""}]}
        answer = bluesky.xrpc("com.atproto.repo.createRecord", bluesky.record("Halo", embed=embed))
        assert (answer.status_code, answer.json()["error"]) == (400, error)
    assert upload(bluesky, b"\0" * (5 * 1024 * 1024 + 1)).status_code == 413


def test_tokens_say_when_they_run_out(bluesky: Poster) -> None:
    head, claims, _ = bluesky.session["accessJwt"].split(".")
    read = [json.loads(base64.urlsafe_b64decode(part + "==")) for part in (head, claims)]
    assert read[0]["typ"] == "at+jwt"
    assert read[1]["exp"] - read[1]["iat"] == 7200
    assert read[1]["sub"] == bluesky.account["remote_id"]
    for token, error in (
        ("", "AuthMissing"),
        ("a.b.c", "InvalidToken"),
        (bluesky.session["refreshJwt"], "InvalidToken"),
    ):
        bluesky.head = {"Authorization": f"Bearer {token}"} if token else {}
        assert bluesky.say("Halo").json()["error"] == error


# All of them


@pytest.mark.parametrize(("platform", "lines"), [("mastodon", 1), ("bluesky", 1), ("telegram", 8)])
def test_calls_at_once_with_one_key_make_one_post_where_keys_count(
    box: Sandbox, http: requests.Session, platform: str, lines: int
) -> None:
    poster = Poster(box, http, platform)
    with ThreadPoolExecutor(8) as pool:
        codes = list(pool.map(lambda _: poster.say("Halo", key="3lbxxxxxxxxxx").status_code, range(8)))
    assert len(box.log()) == lines
    assert codes.count(200) == (1 if platform == "bluesky" else 8)


def test_limits_are_told_and_enforced(poster: Poster) -> None:
    poster.box.control("POST", "settings", rate_limits=True)
    answers = [poster.say(f"Nomor {number}") for number in range(21)]
    if poster.platform == "telegram":
        assert answers[-1].status_code == 429
        assert answers[-1].json()["parameters"]["retry_after"] > 0
    elif poster.platform == "bluesky":
        assert int(answers[-1].headers["RateLimit-Remaining"]) == 5000 - 63
    else:
        assert answers[-1].headers["X-RateLimit-Remaining"] == "279"
        assert "T" in answers[-1].headers["X-RateLimit-Reset"]
    assert answers[0].headers["Date"].endswith("GMT")


def test_a_permalink_opens_a_page(poster: Poster) -> None:
    made = poster.say("Halo dari jauh").json()
    if poster.platform == "mastodon":
        url = made["url"]
    elif poster.platform == "bluesky":
        url = f"{poster.server}/profile/ratna.test/post/{made['uri'].rpartition('/')[2]}"
    else:
        url = f"{poster.server}/ratna/{made['result']['message_id']}"
    page = poster.http.get(url)
    assert page.status_code == 200
    assert "Halo dari jauh" in page.text
    poster.box.control("POST", "reset")
    assert poster.http.get(url).status_code == 404


def test_a_method_nobody_knows_is_refused_in_the_networks_own_shape(poster: Poster) -> None:
    urls = {
        "mastodon": "/api/v1/nothing",
        "bluesky": "/xrpc/app.bsky.nothing",
        "telegram": f"/bot{poster.secrets.get('token')}/nothing",
    }
    answer = poster.http.get(poster.server + urls[poster.platform], headers=poster.head)
    assert answer.status_code == 404
    assert answer.json()
