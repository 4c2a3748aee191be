"""Videos in parts, as plain videos and as reels. Source: "Reels publishing", Video API, read 2026-09; the phases of
`/videos` are from memory and as Meta's own SDK speaks them.
"""

import hashlib
import json
from typing import Any

from aiohttp import web

from sandbox import accounts, clock, graph, posts
from sandbox.world import WORLD, World

from . import ids, news, publishing
from .visit import PLATFORM, Visit, open_visit

PART = 4 * 1024 * 1024
LARGEST = 200 * 1024 * 1024
SESSION_SECONDS = 24 * 3600
COLLECTION = "facebook.video"


def load(world: World, name: str) -> dict[str, Any] | None:
    """What is known of a video, or None."""
    row = world.store.one("SELECT value FROM records WHERE uri = ? AND collection = ?", f"video:{name}", COLLECTION)
    found: dict[str, Any] | None = json.loads(row["value"]) if row else None
    return found


def _save(world: World, video: dict[str, Any]) -> None:
    world.store.run(
        "INSERT OR REPLACE INTO records (uri, did, collection, rkey, cid, value) VALUES (?, ?, ?, ?, '', ?)",
        *(f"video:{video['id']}", video["page"], COLLECTION, video["id"], json.dumps(video)),
    )


def _wanted(visit: Visit, name: str) -> dict[str, Any]:
    video = load(visit.world, name)
    if video is None or video["page"] != visit.page.remote_id:
        graph.gone(name)
    return video


# Plain videos ------------------------------------------------------------------------------------


def videos(visit: Visit) -> dict[str, Any]:
    """POST /{page}/videos: upload_phase start, transfer, finish."""
    page = visit.own_page()
    visit.needs("pages_manage_posts")
    match visit.params.text("upload_phase"):
        case "start":
            size = visit.params.whole("file_size", 0, low=0, high=10**12)
            if not 0 < size <= LARGEST:
                graph.stop(400, 6000, "There was a problem uploading your video file.", subcode=1_363_023)
            video = _begin(visit.world, page.remote_id, "video", size)
            return _session(video) | {"video_id": video["id"]}
        case "transfer":
            video, file = (
                _wanted(visit, visit.params.text("upload_session_id")[1:]),
                visit.params.file("video_file_chunk"),
            )
            if file is None or visit.params.text("start_offset") != str(video["bytes"]):
                expected = {name: int(value) for name, value in _session(video).items() if name.endswith("offset")}
                graph.stop(400, 6001, "Invalid start offset", subcode=1_363_037, data=expected)
            return _session(_take(visit.world, video, file.data))
        case "finish":
            video = _wanted(visit, visit.params.text("upload_session_id")[1:])
            return _finish(visit, video)
    return graph.bad("upload_phase must be one of start, transfer, finish, cancel")


def _session(video: dict[str, Any]) -> dict[str, Any]:
    end = min(video["bytes"] + PART, video["size"])
    return {"upload_session_id": f"9{video['id']}", "start_offset": str(video["bytes"]), "end_offset": str(end)}


def _begin(world: World, page: str, kind: str, size: int) -> dict[str, Any]:
    video = {
        "id": ids.number(), "page": page, "kind": kind, "size": size, "bytes": 0, "parts": [], "at": clock.now(),
        "finished_at": None, "text": "", "title": "", "post": "", "trouble": "",
    }  # fmt: skip
    with world.store.write():
        _save(world, video)
    return video


def _take(world: World, video: dict[str, Any], data: bytes) -> dict[str, Any]:
    if not data or video["bytes"] + len(data) > max(video["size"], 1):
        graph.stop(400, 6000, "There was a problem uploading your video file.", subcode=1_363_030)
    with world.store.write():
        video = video | {"bytes": video["bytes"] + len(data), "parts": [*video["parts"], world.blobs.keep(data)]}
        _save(world, video)
    return video


# Reels -------------------------------------------------------------------------------------------


def reels(visit: Visit) -> dict[str, Any]:
    """POST /{page}/video_reels: upload_phase start, finish."""
    page = visit.own_page()
    visit.needs("pages_manage_posts", "publish_video")
    if visit.params.text("upload_phase") == "start":
        video = _begin(visit.world, page.remote_id, "reel", 0)
        return {
            "video_id": video["id"],
            "upload_url": f"{ids.server(visit.world)}/upload/video-upload/v26.0/{video['id']}",
        }
    if visit.params.text("upload_phase") != "finish":
        graph.bad("upload_phase must be one of start, finish")
    video = _wanted(visit, visit.params.text("video_id"))
    if visit.params.text("video_state") != "PUBLISHED":
        graph.bad("Only video_state PUBLISHED is part of the sandbox")
    return _finish(visit, video)


async def upload(request: web.Request) -> web.Response:
    """POST rupload…/video-upload/v26.0/{video}: bytes from `offset` on, of `file_size` in all."""
    visit = await open_visit(request)
    video = _wanted(visit, visit.thing)
    size, offset = (request.headers.get(name, "") for name in ("file_size", "offset"))
    if not size.isdigit() or not 0 < int(size) <= LARGEST or offset != str(video["bytes"]):
        retry = {"retriable": False, "type": "OffsetInvalidError", "message": "Request starting offset is invalid"}
        return web.json_response({"debug_info": retry}, status=400)
    world = request.app[WORLD]
    data = await request.read()
    if data:
        _take(world, video | {"size": int(size)}, data)
    return web.json_response({"success": True, "message": "Upload successful."})


# Both --------------------------------------------------------------------------------------------


def _finish(visit: Visit, video: dict[str, Any]) -> dict[str, Any]:
    """Everything has arrived: it becomes public once it is processed."""
    if video["finished_at"] is not None:
        return {"success": True}
    if not video["bytes"] or video["bytes"] != video["size"]:
        graph.stop(400, 6000, "There was a problem uploading your video file.", subcode=1_363_033)
    text = visit.params.text("description")
    publishing.check_text(text)
    with visit.store.write():
        _save(visit.world, video | {"text": text, "title": visit.params.text("title"), "finished_at": clock.now()})
    ripen(visit.world)
    return {"success": True}


def ripen(world: World) -> None:
    """Publish the videos whose processing has ended."""
    for row in world.store.all("SELECT value FROM records WHERE collection = ?", COLLECTION):
        video = json.loads(row["value"])
        is_due = video["finished_at"] is not None and clock.now() >= video["finished_at"] + world.settings.media_delay_s
        if is_due and not video["post"] and not video["trouble"]:
            _publish(world, video)


def _publish(world: World, video: dict[str, Any]) -> None:
    data = b"".join(world.blobs.path(part).read_bytes() for part in video["parts"])
    page = accounts.by_remote(world.store, PLATFORM, video["page"])
    if data[4:8] != b"ftyp" or page is None:
        with world.store.write():
            _save(world, video | {"trouble": "The video file you selected is in a format that we don't support."})
        return
    world.blobs.keep(data)
    film = {"film": {"sha256": hashlib.sha256(data).hexdigest(), "size": len(data)}, "video": video["id"]}
    with world.store.write():
        post = posts.add(
            world.store, account=page, remote_id=ids.post_id(page), text=video["text"].strip(), made_by="api",
            extra=film,
        )  # fmt: skip
        posts.log(world.store, "publish", post, raw=video["text"])
        news.of_post(world, post, "add")
        _save(world, video | {"post": post.remote_id})


def show(visit: Visit, video: dict[str, Any]) -> dict[str, Any]:
    """GET /{video}?fields=status,permalink_url,post_id,description."""
    is_out, is_over = bool(video["post"]), video["finished_at"] is not None
    whole = video["bytes"] == video["size"] > 0
    word = "error" if video["trouble"] else "ready" if is_out else "processing" if is_over else "upload_complete"
    publishing_phase: dict[str, Any] = {"status": "complete" if is_out else "in_progress" if is_over else "not_started"}
    status: dict[str, Any] = {
        "video_status": word if whole else "uploading",
        "uploading_phase": {"status": "complete" if whole else "in_progress", "bytes_transfered": video["bytes"]},
        "processing_phase": {"status": "complete" if is_out else "in_progress" if is_over else "not_started"},
        "publishing_phase": publishing_phase | ({"publish_status": "published"} if is_out else {}),
    }  # fmt: skip
    if video["trouble"]:
        status["processing_phase"] = {"status": "error", "errors": [{"code": 1_363_024, "message": video["trouble"]}]}
    full = {"id": video["id"], "status": status, "description": video["text"], "title": video["title"]}
    if is_out:
        full |= {"post_id": video["post"].rpartition("_")[2], "permalink_url": f"/{video['post']}"}
    asked = visit.asked
    strange = next((name for name in asked if name not in {*full, "post_id", "permalink_url", "length", "source"}), "")
    if strange:
        graph.bad(f"Tried accessing nonexisting field ({strange}) on node type (Video)")
    return {name: value for name, value in full.items() if name == "id" or name in asked}
