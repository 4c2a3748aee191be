"""The video service: takes a film by a token for one purpose, works on it, and lays it down at the account's server.

Source: lexicons/app/bsky/video, lexicons/com/atproto/server/getServiceAuth.json; docs.bsky.app, tutorial "Video".
"""

from typing import Any

from aiohttp import web

from sandbox import accounts, blobs, clock
from sandbox.accounts import Account, derive
from sandbox.world import WORLD, World

from . import cid, errors, repo, session

PREFIX = f"{session.PREFIX}/video"
SERVICE = "did:web:video.bsky.app"
BYTES, DAILY_VIDEOS, DAILY_BYTES = 300_000_000, 25, 10_000_000_000
WORK_SECONDS = 0.3
TOKEN_SECONDS, LONGEST_TOKEN = 60, 3600


async def get_service_auth(request: web.Request) -> web.Response:
    """GET com.atproto.server.getServiceAuth?aud=&lxm=&exp=: a token that opens one method of one service."""
    world, account = request.app[WORLD], session.caller(request)
    audience, method, until = (request.query.get(name, "") for name in ("aud", "lxm", "exp"))
    if not audience.startswith("did:"):
        errors.invalid('Error: Params must have the property "aud"')
    ends_at = int(until) if until.isdigit() else int(clock.now()) + TOKEN_SECONDS
    if ends_at < clock.now():
        errors.invalid("expiration is in past", "BadExpiration")
    if ends_at > clock.now() + LONGEST_TOKEN:
        text = "cannot request a token with an expiration more than an hour in the future"
        errors.invalid(text, "BadExpiration")
    claims = {"iss": account.remote_id, "aud": audience, "lxm": method, "exp": ends_at, "iat": int(clock.now())}
    return web.json_response({"token": session.sign(world.store, "JWT", claims)})


def _caller(request: web.Request, audience: str, method: str) -> Account:
    """Whose token for exactly this it is."""
    world = request.app[WORLD]
    claims = session.read(world.store, session.bearer(request)) or {}
    fits = claims.get("aud") == audience and claims.get("lxm") == method
    account = accounts.by_remote(world.store, "bluesky", str(claims.get("iss", "")))
    if account is None or not fits or claims.get("exp", 0) < clock.now():
        errors.stop(401, "AuthenticationRequired", "Invalid service token")
    return account


async def get_limits(request: web.Request) -> web.Response:
    """GET app.bsky.video.getUploadLimits."""
    account = _caller(request, SERVICE, "app.bsky.video.getUploadLimits")
    used = request.app[WORLD].store.one(
        "SELECT count(*) AS films, coalesce(sum(size), 0) AS bytes FROM media WHERE platform = 'bluesky'"
        " AND account_id = ? AND mime = 'video/mp4' AND created_at > ?",
        *(account.id, clock.now() - 86400),
    )
    films, size = (used["films"], used["bytes"]) if used else (0, 0)
    left = {"remainingDailyVideos": max(0, DAILY_VIDEOS - films), "remainingDailyBytes": max(0, DAILY_BYTES - size)}
    can = films < DAILY_VIDEOS
    said = {} if can else {"error": "DailyLimitExceeded", "message": "User has exceeded daily upload videos limit"}
    return web.json_response({"canUpload": can} | left | said)


async def upload(request: web.Request) -> web.Response:
    """POST app.bsky.video.uploadVideo?did=&name=: a job. The same film again is answered with its first job."""
    world, account = request.app[WORLD], _caller(request, session.DID, "com.atproto.repo.uploadBlob")
    if request.query.get("did") != account.remote_id:
        errors.stop(401, "AuthenticationRequired", "Token does not belong to this account")
    data = await request.read()
    if len(data) > BYTES:
        errors.stop(413, "VideoTooLarge", "Video is too large")
    digest = world.blobs.keep(data)
    job = derive("bluesky", account.remote_id, digest, length=20)
    if world.store.get(f"bluesky:job:{job}"):
        return web.json_response(
            {"error": "already_exists", "message": "Video already processed"} | _told(world, job), status=409
        )
    film = blobs.film(data, digest)
    with world.store.write():
        kept = {"did": account.remote_id, "ready_at": clock.now() + WORK_SECONDS, "sha256": digest, "size": len(data)}
        world.store.put(f"bluesky:job:{job}", kept | {"is_film": film is not None})
        if film:
            world.store.run(
                "INSERT INTO media (platform, account_id, remote_id, sha256, mime, size, width, height, alt,"
                " created_at, ready_at) VALUES ('bluesky', ?, ?, ?, ?, ?, ?, ?, '', ?, ?)",
                *(account.id, cid.of_bytes(data), digest, film.mime, film.size, film.width, film.height),
                *(clock.now(), kept["ready_at"]),
            )
    return web.json_response({"jobStatus": _told(world, job)})


async def get_status(request: web.Request) -> web.Response:
    """GET app.bsky.video.getJobStatus?jobId=."""
    world, job = request.app[WORLD], request.query.get("jobId", "")
    if not world.store.get(f"bluesky:job:{job}"):
        errors.invalid("Job not found", "JobNotFound")
    return web.json_response({"jobStatus": _told(world, job)})


def _told(world: World, job: str) -> dict[str, Any]:
    """A jobStatus."""
    kept = world.store.get(f"bluesky:job:{job}")
    status = {"jobId": job, "did": kept["did"]}
    if clock.now() < kept["ready_at"]:
        return status | {"state": "JOB_STATE_ENCODING", "progress": 40}
    if not kept["is_film"]:
        failed = {"error": "validation_failure", "failureCode": "validation_failure", "message": "Unsupported video"}
        return status | {"state": "JOB_STATE_FAILED"} | failed
    blob = repo.blob(cid.of_sha256(kept["sha256"]), "video/mp4", kept["size"])
    return status | {"state": "JOB_STATE_COMPLETED", "progress": 100, "blob": blob}
