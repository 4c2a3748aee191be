"""Resumable uploads byte by byte, and what voters and pages make of films."""

import hashlib
from pathlib import Path

import pytest
import requests

from sandbox import posts, voters
from sandbox.world import World
from sandbox.youtube import YOUTUBE, state, uploads
from tests.sandbox.films import film
from tests.sandbox.running import Sandbox

UNIT = 256 * 1024
SIZE = 2 * UNIT + 1000
BODY = {"snippet": {"title": "Jalan desa"}, "status": {"privacyStatus": "public"}}


class Uploader:
    """Speaks the protocol with a plain client."""

    def __init__(self, box: Sandbox, http: requests.Session) -> None:
        told = box.account("youtube")
        box.control("POST", "youtube", audited=True)
        self.http, self.data = http, film(SIZE)
        self.head = {"Authorization": f"Bearer {told['secrets']['access']}"}
        address = f"{told['server']}/upload/youtube/v3/videos?uploadType=resumable&part=snippet,status"
        more = {"X-Upload-Content-Type": "video/mp4", "X-Upload-Content-Length": str(SIZE)}
        self.session = http.post(address, json=BODY, headers=self.head | more).headers["Location"]

    def put(self, told: str, data: bytes = b"") -> requests.Response:
        head = self.head | {"Content-Range": told}
        return self.http.put(self.session, data=data, headers=head, allow_redirects=False)

    def piece(self, start: int, end: int) -> requests.Response:
        return self.put(f"bytes {start}-{end - 1}/{SIZE}", self.data[start:end])

    def ask(self) -> requests.Response:
        return self.put(f"bytes */{SIZE}")


@pytest.fixture
def upload(box: Sandbox, http: requests.Session) -> Uploader:
    return Uploader(box, http)


def test_a_session_tells_how_far_it_is(upload: Uploader) -> None:
    fresh = upload.ask()
    assert (fresh.status_code, "Range" in fresh.headers) == (308, False)
    assert upload.piece(0, UNIT).headers["Range"] == f"bytes=0-{UNIT - 1}"
    again = upload.ask()
    assert (again.status_code, again.headers["Range"]) == (308, f"bytes=0-{UNIT - 1}")


def test_bytes_that_are_there_already_count_once(upload: Uploader, box: Sandbox) -> None:
    upload.piece(0, UNIT)
    assert upload.piece(0, 2 * UNIT).headers["Range"] == f"bytes=0-{2 * UNIT - 1}"
    video = upload.piece(UNIT, SIZE).json()["id"]
    assert upload.piece(UNIT, SIZE).json()["id"] == upload.ask().json()["id"] == video
    assert [line["media"] for line in box.log()] == [[hashlib.sha256(upload.data).hexdigest()]]


@pytest.mark.parametrize(
    ("told", "size"),
    [
        (f"bytes {UNIT}-{2 * UNIT - 1}/{SIZE}", UNIT),
        (f"bytes 0-999/{SIZE}", 1000),
        (f"bytes 0-{SIZE}/{SIZE}", SIZE + 1),
        (f"bytes 0-{UNIT - 1}/{SIZE + 5}", UNIT),
        ("items 0-5/6", 6),
    ],
    ids=["a gap", "an odd piece", "too many bytes", "another size", "no bytes"],
)
def test_a_piece_that_does_not_fit_is_refused_and_kept_out(upload: Uploader, told: str, size: int) -> None:
    refused = upload.put(told, b"a" * size)
    assert (refused.status_code, refused.json()["error"]["code"]) == (400, 400)
    assert "Range" not in upload.ask().headers


def test_an_unknown_session_is_not_found(upload: Uploader) -> None:
    upload.session += "x"
    assert upload.ask().status_code == 404


def test_a_film_is_processed_and_what_is_none_fails(box: Sandbox, upload: Uploader, http: requests.Session) -> None:
    box.control("POST", "settings", media_delay_s=600)
    address = f"{box.url}/youtube/youtube/v3/videos?part=status,processingDetails&id="

    def state_of(video: str) -> str:
        found = http.get(address + video, headers=upload.head).json()["items"][0]
        return f"{found['status']['uploadStatus']} {found['processingDetails']['processingStatus']}"

    assert state_of(upload.piece(0, SIZE).json()["id"]) == "uploaded processing"
    box.control("POST", "settings", media_delay_s=0)
    other = Uploader(box, http)
    assert state_of(other.piece(0, SIZE).json()["id"]) == "processed succeeded"
    text = Uploader(box, http)
    text.data = b"a" * SIZE
    assert state_of(text.piece(0, SIZE).json()["id"]) == "failed failed"


def test_a_film_plays_on_the_page(box: Sandbox, upload: Uploader, http: requests.Session) -> None:
    upload.piece(0, SIZE)
    digest = hashlib.sha256(upload.data).hexdigest()
    page = http.get(f"{box.url}/akun/youtube/ratna")
    assert f'<video src="/files/{digest}" controls' in page.text and "Jalan desa" in page.text
    assert "media-src 'self'" in page.headers["Content-Security-Policy"]
    part = http.get(f"{box.url}/files/{digest}", headers={"Range": "bytes=4-7"})
    assert (part.status_code, part.content, part.headers["Content-Type"]) == (206, b"ftyp", "video/mp4")


def test_voters_see_a_film_only_once_it_is_public(tmp_path: Path) -> None:
    world = World(tmp_path, "http://localhost:9")
    account = YOUTUBE.open_account(world, "ratna", "Ratna Wijaya", False)
    with world.store.write():
        film = uploads.keep(world, account, {"title": "a", "text": "a", "privacy": "private"}, None, made_by="api")
    voters.grow(world, 3 * 3600)
    assert posts.get(world.store, film.id).likes == 0
    with world.store.write():
        state.open_to_all(world, film)
    voters.grow(world, 3 * 3600)
    assert posts.get(world.store, film.id).likes > 0
    world.close()
