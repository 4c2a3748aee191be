"""Uploads. Source: docs, methods/media; app/models/media_attachment.rb."""

import sqlite3

from aiohttp import web

from sandbox import clock, mp4
from sandbox.accounts import Account
from sandbox.blobs import Picture, look_at
from sandbox.params import read_params
from sandbox.store import Store
from sandbox.world import WORLD

from . import entities, errors, ids, instance, tokens

# How long a film is at least at work: it is never ready at once.
FILM_SECONDS = 0.3


async def upload(request: web.Request) -> web.Response:
    """POST /api/v2/media: 200 when ready at once, 202 when it has to be asked for; /api/v1/media always waits."""
    world = request.app[WORLD]
    caller = tokens.caller(request, "write:media")
    allowance = tokens.spend(request, caller.user, "media")
    params = await read_params(request)
    file = params.file("file")
    if file is None:
        errors.invalid("File can't be blank")
    mime, width, height = _looked_at(file.data)
    alt = params.text("description")
    _check_alt(alt)
    remote_id, at = ids.next_id(), clock.now()
    delay = world.settings.media_delay_s if "/v2/" in request.path else 0
    ready_at = at + (max(delay, FILM_SECONDS) if mime == mp4.MIME else delay)
    kept = world.blobs.keep(file.data)
    picture = Picture(kept, mime, width, height, size=len(file.data), alt=alt, remote_id=remote_id)
    with world.store.write():
        world.store.run(
            "INSERT INTO media (platform, account_id, remote_id, sha256, mime, size, width, height, alt, created_at,"
            " ready_at) VALUES ('mastodon', ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            *(caller.user.id, remote_id, picture.sha256, picture.mime, picture.size, picture.width, picture.height),
            *(alt, at, ready_at),
        )
    is_ready = ready_at <= at
    body = entities.media(world, remote_id, picture, is_ready=is_ready)
    return tokens.send(body, allowance, status=200 if is_ready else 202)


def _looked_at(data: bytes) -> tuple[str, int, int]:
    """(mime, width, height) of a picture or film within the limits; refuses anything else."""
    if film := mp4.look_at(data):
        if len(data) > instance.VIDEO_BYTES:
            errors.invalid("File must be less than 99 MB")
        if film.width * film.height > instance.VIDEO_PIXELS:
            errors.invalid(f"File {film.width}x{film.height} videos are not supported")
        return mp4.MIME, film.width, film.height
    if len(data) > instance.IMAGE_BYTES:
        errors.invalid("File must be less than 16 MB")
    seen = look_at(data)
    if seen is None or seen[0] not in instance.MIMES:
        errors.invalid("File content type is invalid", "File is invalid")
    if seen[1] * seen[2] > instance.IMAGE_PIXELS:
        errors.invalid(f"File {seen[1]}x{seen[2]} images are not supported")
    return seen


async def show(request: web.Request) -> web.Response:
    """GET /api/v1/media/:id: 206 while it is processed, 200 when ready."""
    world = request.app[WORLD]
    row = _own(request)
    is_ready = row["ready_at"] <= clock.now()
    body = entities.media(world, row["remote_id"], read(row), is_ready=is_ready)
    return web.json_response(body, status=200 if is_ready else 206)


async def change(request: web.Request) -> web.Response:
    """PUT /api/v1/media/:id: another alt text while it is not yet posted."""
    world, row, params = request.app[WORLD], _own(request), await read_params(request)
    alt = params.text("description", row["alt"])
    _check_alt(alt)
    with world.store.write():
        world.store.run("UPDATE media SET alt = ? WHERE id = ?", alt, row["id"])
    return web.json_response(entities.media(world, row["remote_id"], read(_own(request))))


def _check_alt(alt: str) -> None:
    if len(alt) > instance.ALT_CHARS:
        errors.invalid(f"Description is too long (maximum is {instance.ALT_CHARS} characters)")


def _own(request: web.Request) -> sqlite3.Row:
    """The caller's upload that the path names; posted ones are no longer found, as on the real server."""
    caller = tokens.caller(request, "write:media")
    row = request.app[WORLD].store.one(
        "SELECT * FROM media WHERE platform = 'mastodon' AND account_id = ? AND remote_id = ? AND post_id IS NULL",
        *(caller.user.id, request.match_info["id"]),
    )
    if row is None:
        errors.stop(404)
    return row


def read(row: sqlite3.Row) -> Picture:
    """The picture of an upload's row."""
    return Picture(
        row["sha256"], row["mime"], row["width"], row["height"], row["size"], alt=row["alt"], remote_id=row["remote_id"]
    )


def claim(store: Store, account: Account, remote_ids: list[str], *, post_id: int | None = None) -> list[Picture]:
    """The uploads a status wants to carry; refuses when one is foreign, used, unfinished or one too many.

    `post_id` is the status that already carries some of them, when it is edited.
    """
    if len(remote_ids) > instance.MAX_MEDIA:
        errors.stop(422, f"Cannot attach more than {instance.MAX_MEDIA} files")
    found: list[sqlite3.Row] = []
    for remote_id in remote_ids:
        row = store.one(
            "SELECT * FROM media WHERE platform = 'mastodon' AND account_id = ? AND remote_id = ?"
            " AND (post_id IS NULL OR post_id = ?)",
            *(account.id, remote_id, post_id),
        )
        if row is None:
            errors.stop(422, f"Media {remote_id} not found or already attached to another post")
        found.append(row)
    if len(found) > 1 and any(row["mime"] == mp4.MIME for row in found):
        errors.stop(422, "Cannot attach a video to a post that already contains images")
    if any(row["ready_at"] > clock.now() for row in found):
        errors.stop(422, "Cannot attach files that have not finished processing. Try again in a moment!")
    return [read(row) for row in found]


def mark_used(store: Store, pictures: list[Picture], post_id: int) -> None:
    """Tie uploads to the status that carries them, inside an open write."""
    for picture in pictures:
        store.run(
            "UPDATE media SET post_id = ? WHERE platform = 'mastodon' AND remote_id = ?", post_id, picture.remote_id
        )
