"""Resumable uploads. Source: YouTube Data API, "Resumable uploads" and videos.insert, read 2026-11.

The truth of how far one got is the length of its file; what it is to become lies in the store.
"""

import re
import secrets
from typing import Any

from aiohttp import web

from sandbox import accounts, clock, posts
from sandbox.accounts import Account
from sandbox.blobs import Picture, film_mime
from sandbox.params import read_json
from sandbox.posts import Post
from sandbox.world import WORLD, World

from . import callers, errors, hub, ids, shapes, state

PATH = "/youtube/upload/youtube/v3/videos"
UNIT = 256 * 1024
LARGEST = 256 * 1024**3
TITLE, DESCRIPTION = 100, 5000
PRIVACIES = {"public", "unlisted", "private"}
RANGE = re.compile(r"bytes (?:(\d+)-(\d+)|\*)/(\d+|\*)")


async def start(request: web.Request) -> web.Response:
    """POST ?uploadType=resumable: 200 with the session's address in Location."""
    world, account = request.app[WORLD], callers.channel(request, callers.UPLOAD, callers.MANAGE)
    if request.query.get("uploadType") != "resumable":
        errors.stop(400, "badRequest", "Only uploadType=resumable is part of the sandbox.")
    callers.parts(request, "snippet", "status", "recordingDetails", "contentDetails")
    callers.spend_film(request)
    body = await read_json(request)
    told = described(body if isinstance(body, dict) else {}, state.is_audited(world))
    mime, size = request.headers.get("X-Upload-Content-Type", ""), request.headers.get("X-Upload-Content-Length", "")
    if mime and not mime.startswith("video/") and mime != "application/octet-stream":
        errors.stop(400, "badContent", f"Media type '{mime}' is not supported. Valid media types: [video/*]")
    if size.isdecimal() and int(size) > LARGEST:
        errors.stop(413, "uploadTooLarge", "Request Entity Too Large")
    name = secrets.token_urlsafe(24)
    session = {"account": account.id, "told": told, "mime": mime, "size": int(size) if size.isdecimal() else None}
    with world.store.write():
        world.store.put(_key(name), session)
    part = "&".join(f"part={each}" for each in callers.many(request, "part"))
    location = f"{world.base}{PATH}?uploadType=resumable&{part}&upload_id={name}"
    return web.Response(headers={"Location": location, "X-GUploader-UploadID": name})


def described(body: dict[str, Any], is_audited: bool) -> dict[str, Any]:
    """What a film is to be called and who may see it. Refuses as YouTube does."""
    snippet, status = body.get("snippet") or {}, body.get("status") or {}
    title, text = str(snippet.get("title") or ""), str(snippet.get("description") or "")
    if not title.strip() or len(title) > TITLE or set(title) & set("<>"):
        errors.stop(400, "invalidTitle", "The request metadata specifies an invalid or empty video title.")
    if len(text.encode()) > DESCRIPTION or set(text) & set("<>"):
        errors.stop(400, "invalidDescription", "The request metadata specifies an invalid video description.")
    if not str(snippet.get("categoryId", "22")).isdecimal():
        errors.stop(400, "invalidCategoryId", "The snippet.categoryId property specifies an invalid category ID.")
    privacy = status.get("privacyStatus", "public")
    if privacy not in PRIVACIES:
        errors.stop(400, "invalidVideoMetadata", "The request metadata is invalid.")
    if "publishAt" in status:
        errors.stop(400, "invalidPublishAt", "Scheduled films are not part of the sandbox.")
    return {
        "title": title, "text": text, "category": str(snippet.get("categoryId", "22")),
        "language": snippet.get("defaultLanguage"), "tags": snippet.get("tags") or [],
        # Films of an app that has not passed the audit are locked as private, whatever was asked.
        "privacy": privacy if is_audited else "private", "is_locked": not is_audited,
        "synthetic": bool(status.get("containsSyntheticMedia")), "kids": bool(status.get("selfDeclaredMadeForKids")),
    }  # fmt: skip


async def send(request: web.Request) -> web.Response:
    """PUT to a session: a piece, or the question how far it is. 308 while bytes are missing."""
    world, name = request.app[WORLD], request.query.get("upload_id", "")
    if callers.bearer(request):
        callers.channel(request, callers.UPLOAD, callers.MANAGE)
    if world.store.get(_key(name)) is None:
        errors.stop(404, "notFound", "Not Found")
    start_at, total = _range(request)
    data = await request.read() if start_at is not None else b""
    # From here on nothing is awaited: two that send at once would both find the same length.
    session, path = world.store.get(_key(name)), world.blobs.path(f"upload-{name}")
    if session is None:
        errors.stop(404, "notFound", "Not Found")
    if "post" in session:
        return _video(world, posts.get(world.store, session["post"]))
    size = session["size"] if session["size"] is not None else total
    if total is not None and size != total:
        errors.stop(400, "badRequest", "The size differs from the one that was announced.")
    if start_at is not None:
        received = path.stat().st_size if path.exists() else 0
        _check(start_at, len(data), received, size if size is not None else total)
        with path.open("ab") as file:
            file.write(data[received - start_at :])
    received = path.stat().st_size if path.exists() else 0
    if size is None or received < size:
        return _more(received)
    return _video(world, _finish(world, name, session))


def _key(name: str) -> str:
    return f"youtube:upload:{name}"


def _range(request: web.Request) -> tuple[int | None, int | None]:
    """(first byte, or None for a question; total, or None when it is not known yet)."""
    told = request.headers.get("Content-Range")
    if told is None:
        return 0, request.content_length
    found = RANGE.fullmatch(told.strip())
    if found is None:
        errors.stop(400, "badRequest", "Failed to parse Content-Range header.")
    return int(found[1]) if found[1] else None, int(found[3]) if found[3] != "*" else None


def _check(start_at: int, length: int, received: int, size: int | None) -> None:
    if start_at > received:
        said = f"the upload offset is {start_at} byte(s), which exceeds already uploaded size of {received} byte(s)."
        errors.stop(400, "badRequest", f"Invalid request. According to the Content-Range header, {said}")
    end = start_at + length
    if size is not None and end > size:
        errors.stop(400, "badRequest", "Invalid request. There were more bytes than announced.")
    if (size is None or end < size) and length % UNIT:
        errors.stop(400, "badRequest", "Invalid request. The number of bytes is not a multiple of 262144.")


def _more(received: int) -> web.Response:
    """308 Resume Incomplete; without a Range while there is nothing."""
    headers = {"Range": f"bytes=0-{received - 1}"} if received else {}
    return web.Response(status=308, reason="Resume Incomplete", headers=headers)


def _video(world: World, post: Post) -> web.Response:
    return web.json_response(shapes.video(world, post, {"snippet", "status"}))


def _finish(world: World, name: str, session: dict[str, Any]) -> Post:
    """All bytes are there: the film, in one write with the end of its session."""
    path = world.blobs.path(f"upload-{name}")
    with path.open("rb") as file:
        mime = film_mime(file.read(64))
    size = path.stat().st_size
    film = Picture(world.blobs.adopt(path), mime or "application/octet-stream", 0, 0, size)
    account = accounts.get(world.store, session["account"])
    from_now = {"ready_at": clock.now() + world.settings.media_delay_s, "is_film": bool(mime)}
    with world.store.write():
        post = keep(world, account, session["told"] | from_now, film, made_by="api")
        world.store.put(_key(name), session | {"post": post.id})
    return post


def keep(world: World, account: Account, told: dict[str, Any], film: Picture | None, *, made_by: posts.MadeBy) -> Post:
    """Keep a film, inside an open write; a public one is logged and pushed."""
    is_public = told["privacy"] == "public"
    post = posts.add(
        world.store, account=account, remote_id=ids.video(), text=told["text"], made_by=made_by,
        place="" if is_public else state.PRIVATE, pictures=[film] if film else [],
        extra={name: value for name, value in told.items() if name != "text"},
    )  # fmt: skip
    if is_public:
        posts.log(world.store, "publish", post, by=made_by)
        hub.tell(world, post)
    return post
