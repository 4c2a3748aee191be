"""Pictures a bot sends: uploaded, by file_id, or by an address on this machine. Source: Bot API, *Sending files*."""

from typing import Any

from sandbox import clock, mp4
from sandbox.blobs import Blobs, Picture, look_at
from sandbox.fetching import fetch
from sandbox.params import Upload
from sandbox.store import Store

from . import errors, shapes
from .visit import Visit

UPLOAD_BYTES, FETCH_BYTES, FILM_BYTES = 10 * 1024 * 1024, 5 * 1024 * 1024, 50 * 1024 * 1024


async def take(visit: Visit, given: Any) -> Picture:
    """The picture meant by a `photo` or `media` value; refuses what Telegram would not take."""
    if isinstance(given, str) and given.startswith("attach://"):
        given = visit.params.file(given.removeprefix("attach://"))
    if isinstance(given, Upload):
        return _keep(visit, given.data)
    if not given or not isinstance(given, str):
        errors.bad("there is no photo in the request")
    if given.startswith(("http://", "https://")):
        data = await fetch(given, FETCH_BYTES)
        return _keep(visit, data) if data else errors.bad("failed to get HTTP URL content")
    row = visit.store.one("SELECT * FROM media WHERE platform = 'telegram' AND remote_id = ?", given)
    if row is None:
        errors.bad("wrong remote file identifier specified: can't unserialize it. Wrong last symbol")
    return Picture(row["sha256"], row["mime"], row["width"], row["height"], row["size"], remote_id=given)


async def take_film(visit: Visit, given: Any) -> tuple[Picture, float]:
    """The film meant by a `video` value and its seconds; refuses what Telegram would not take."""
    if isinstance(given, str) and given.startswith("attach://"):
        given = visit.params.file(given.removeprefix("attach://"))
    if not isinstance(given, Upload):
        errors.bad("there is no video in the request")
    if len(given.data) > FILM_BYTES:
        errors.stop(413, "Request Entity Too Large")
    seen = mp4.look_at(given.data)
    if seen is None:
        errors.bad("the sandbox takes films in MP4 only")
    digest = visit.world.blobs.keep(given.data)
    name = shapes.file_id(digest, "BAACAgUAAx")
    film = Picture(digest, mp4.MIME, seen.width, seen.height, len(given.data), remote_id=name)
    with visit.store.write():
        _note(visit.store, visit.account.id, film)
    return film, seen.seconds


def _keep(visit: Visit, data: bytes) -> Picture:
    if not data:
        errors.bad("file must be non-empty")
    if len(data) > UPLOAD_BYTES:
        errors.bad(f"file of size {len(data)} bytes is too big for a photo; the maximum size is {UPLOAD_BYTES} bytes")
    seen = look_at(data)
    if seen is None:
        errors.bad("IMAGE_PROCESS_FAILED")
    _, width, height = seen
    if width + height > 10_000 or max(width, height) > 20 * min(width, height):
        errors.bad("PHOTO_INVALID_DIMENSIONS")
    with visit.store.write():
        return remember(visit.store, visit.world.blobs, visit.account.id, data)


def remember(store: Store, blobs: Blobs, account_id: int, data: bytes) -> Picture:
    """Keep a picture under its file_id, inside an open write. Raises ValueError when the bytes are none."""
    seen = look_at(data)
    if seen is None:
        raise ValueError("no picture")
    digest = blobs.keep(data)
    name = shapes.file_id(digest)
    picture = Picture(digest, *seen, size=len(data), remote_id=name)
    _note(store, account_id, picture)
    return picture


def _note(store: Store, account_id: int, file: Picture) -> None:
    if store.one("SELECT 1 FROM media WHERE platform = 'telegram' AND remote_id = ?", file.remote_id):
        return
    store.run(
        "INSERT INTO media (platform, account_id, remote_id, sha256, mime, size, width, height, alt, created_at,"
        " ready_at) VALUES ('telegram', ?, ?, ?, ?, ?, ?, ?, '', ?, 0)",
        *(account_id, file.remote_id, file.sha256, file.mime, file.size, file.width, file.height, clock.now()),
    )
