"""Uploads: pictures in one call, films in segments. Source: x-api/media/quickstart, openapi.json 2.167."""

import base64
import binascii
import sqlite3
from typing import Any

from aiohttp import web

from sandbox import clock
from sandbox.accounts import Account
from sandbox.blobs import Picture, look_at
from sandbox.params import Params, Upload, read_params
from sandbox.store import Store
from sandbox.world import WORLD, World

from . import errors, ids, tokens

PICTURE_BYTES = 5 * 1024 * 1024
FILM_BYTES = 512 * 1024 * 1024
MIMES = {"image/jpeg", "image/png", "image/webp", "image/gif"}
FILM_MIMES = {"video/mp4", "video/quicktime"}
SEGMENTS = 1000
LIVES_SECONDS = 24 * 3600
ALT_CHARS = 1000


async def upload(request: web.Request) -> web.Response:
    """POST /2/media/upload: one picture, multipart or in base64."""
    world = request.app[WORLD]
    caller = tokens.caller(request, "media.write")
    allowance, params = tokens.spend(request, caller, "media"), await read_params(request)
    data = _bytes(params)
    seen = look_at(data)
    if params.text("media_category") not in {"tweet_image", "tweet_gif", "dm_image", "dm_gif"}:
        errors.invalid("media_category is missing or unknown.", media_category=[params.text("media_category")])
    if seen is None or seen[0] not in MIMES:
        errors.invalid("Unsupported media type.", media=[])
    if len(data) > PICTURE_BYTES:
        errors.stop(413, "File size exceeds 5242880 bytes.")
    picture = Picture(world.blobs.keep(data), *seen, size=len(data), remote_id=ids.next_id())
    with world.store.write():
        _keep(world.store, caller, picture, ready_at=clock.now())
    return tokens.send({"data": _told(picture.remote_id, picture.size, film=False)}, allowance)


def _bytes(params: Params) -> bytes:
    file = params.values.get("media")
    if isinstance(file, Upload):
        return file.data
    try:
        return base64.b64decode(str(file or ""), validate=True)
    except binascii.Error:
        errors.invalid("media is not readable.", media=[])


def _told(remote_id: str, size: int, *, film: bool) -> dict[str, Any]:
    key = f"{'13' if film else '3'}_{remote_id}"
    return {"id": remote_id, "media_key": key, "size": size, "expires_after_secs": LIVES_SECONDS}


def _keep(store: Store, account: Account, picture: Picture, *, ready_at: float) -> None:
    store.run(
        "INSERT INTO media (platform, account_id, remote_id, sha256, mime, size, width, height, alt, created_at,"
        " ready_at) VALUES ('x', ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        *(account.id, picture.remote_id, picture.sha256, picture.mime, picture.size, picture.width, picture.height),
        *(picture.alt, clock.now(), ready_at),
    )


async def describe(request: web.Request) -> web.Response:
    """POST /2/media/metadata: the alt text."""
    world = request.app[WORLD]
    caller = tokens.caller(request, "media.write")
    allowance, params = tokens.spend(request, caller, "media"), await read_params(request)
    told = params.nested("metadata")
    alt = told.get("alt_text", {}).get("text", "") if isinstance(told, dict) else ""
    row = _own(world.store, caller, params.text("id"))
    if row is None:
        errors.invalid(errors.NO_MEDIA, id=[params.text("id")])
    if len(alt) > ALT_CHARS:
        errors.invalid("alt_text must be at most 1000 characters.", alt_text=[])
    with world.store.write():
        world.store.run("UPDATE media SET alt = ? WHERE id = ?", alt, row["id"])
    return tokens.send({"data": {"id": row["remote_id"], "associated_metadata": told}}, allowance)


# Films -------------------------------------------------------------------------------------------


async def initialize(request: web.Request) -> web.Response:
    """POST /2/media/upload/initialize: what will come."""
    world = request.app[WORLD]
    caller = tokens.caller(request, "media.write")
    allowance, params = tokens.spend(request, caller, "media"), await read_params(request)
    size = params.whole("total_bytes", 0, low=0, high=2**40)
    if params.text("media_type") not in FILM_MIMES | MIMES:
        errors.invalid("media_type is not supported.", media_type=[params.text("media_type")])
    if not 0 < size <= FILM_BYTES:
        errors.invalid("total_bytes is out of range.", total_bytes=[str(size)])
    remote_id = ids.next_id()
    kept = {"account": caller.id, "size": size, "mime": params.text("media_type"), "parts": {}, "at": clock.now()}
    with world.store.write():
        world.store.put(_name(remote_id), kept)
    return tokens.send({"data": _told(remote_id, size, film=True)}, allowance)


def _name(remote_id: str) -> str:
    return f"x:upload:{remote_id}"


def _session(world: World, caller: Account, remote_id: str) -> dict[str, Any]:
    found: dict[str, Any] = world.store.get(_name(remote_id)) or {}
    if found.get("account") != caller.id or clock.now() - found["at"] > LIVES_SECONDS:
        errors.stop(404, "Could not find media upload session.")
    return found


async def append(request: web.Request) -> web.Response:
    """POST /2/media/upload/:id/append: one segment; the same number again replaces it."""
    world = request.app[WORLD]
    caller = tokens.caller(request, "media.write")
    allowance, params = tokens.spend(request, caller, "media"), await read_params(request)
    remote_id, number = request.match_info["id"], params.whole("segment_index", -1, low=-1, high=SEGMENTS)
    if not 0 <= number < SEGMENTS:
        errors.invalid("segment_index must be between 0 and 999.", segment_index=[params.text("segment_index")])
    part = world.blobs.keep(_bytes(params))
    with world.store.write():
        session = _session(world, caller, remote_id)
        session["parts"][str(number)] = part
        world.store.put(_name(remote_id), session)
    return tokens.send({"data": {"expires_at": int(session["at"] + LIVES_SECONDS)}}, allowance)


async def finalize(request: web.Request) -> web.Response:
    """POST /2/media/upload/:id/finalize: all segments are there; X works on it from now on."""
    world = request.app[WORLD]
    caller = tokens.caller(request, "media.write")
    allowance, remote_id = tokens.spend(request, caller, "media"), request.match_info["id"]
    if _own(world.store, caller, remote_id) is not None:
        errors.invalid("The upload has been finalized already.", id=[remote_id])
    session = _session(world, caller, remote_id)
    parts = [session["parts"][name] for name in sorted(session["parts"], key=int)]
    data = b"".join(world.blobs.path(each).read_bytes() for each in parts)
    if len(data) != session["size"]:
        errors.invalid("Segments do not add up to provided total file size.", id=[remote_id])
    film = Picture(world.blobs.keep(data), session["mime"], 0, 0, size=len(data), remote_id=remote_id)
    with world.store.write():
        _keep(world.store, caller, film, ready_at=clock.now() + world.settings.media_delay_s)
    told = _told(remote_id, len(data), film=True) | {"processing_info": {"state": "pending", "check_after_secs": 1}}
    return tokens.send({"data": told}, allowance)


async def status(request: web.Request) -> web.Response:
    """GET /2/media/upload?command=STATUS&media_id=."""
    world = request.app[WORLD]
    caller = tokens.caller(request, "media.write")
    allowance, params = tokens.spend(request, caller, "media"), await read_params(request)
    row = _own(world.store, caller, params.text("media_id"))
    if row is None:
        errors.stop(404, "Could not find media upload session.")
    told = _told(row["remote_id"], row["size"], film=True) | {"processing_info": _work(world, row)}
    return tokens.send({"data": told}, allowance)


def _work(world: World, row: sqlite3.Row) -> dict[str, Any]:
    if row["ready_at"] > clock.now():
        return {"state": "in_progress", "check_after_secs": 1, "progress_percent": 50}
    with world.blobs.path(row["sha256"]).open("rb") as file:
        is_film = file.read(12)[4:8] == b"ftyp"
    if is_film or not row["mime"].startswith("video/"):
        return {"state": "succeeded", "progress_percent": 100}
    return {"state": "failed", "error": {"code": 1, "name": "InvalidMedia", "message": "Unsupported video format"}}


# For posts ---------------------------------------------------------------------------------------


def _own(store: Store, account: Account, remote_id: str) -> sqlite3.Row | None:
    return store.one(
        "SELECT * FROM media WHERE platform = 'x' AND account_id = ? AND remote_id = ? AND created_at > ?",
        *(account.id, remote_id, clock.now() - LIVES_SECONDS),
    )


def claim(store: Store, account: Account, remote_ids: list[str]) -> list[Picture]:
    """The uploads a post wants to carry; refuses unknown ones, unfinished ones, and a film with anything beside it."""
    rows = [_own(store, account, each) for each in remote_ids]
    found = [row for row in rows if row is not None and row["ready_at"] <= clock.now()]
    films = [row for row in found if row["mime"].startswith("video/")]
    if len(found) != len(remote_ids) or len(found) > 4 or (films and len(found) > 1):
        errors.invalid(errors.NO_MEDIA, media_ids=remote_ids)
    return [
        Picture(r["sha256"], r["mime"], r["width"], r["height"], r["size"], alt=r["alt"], remote_id=r["remote_id"])
        for r in found
    ]


def mark_used(store: Store, pictures: list[Picture], post_id: int) -> None:
    """Tie uploads to the post that carries them, inside an open write."""
    for picture in pictures:
        sql = "UPDATE media SET post_id = ? WHERE platform = 'x' AND remote_id = ?"
        store.run(sql, post_id, picture.remote_id)
