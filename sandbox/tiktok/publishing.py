"""Content Posting API. Source: "Direct Post", "Upload", "Photo Post", "Get Post Status", "Media Transfer Guide"."""

import re
from dataclasses import replace
from typing import Any

from aiohttp import web

from sandbox import clock, fetching, tokens
from sandbox.accounts import Account
from sandbox.blobs import Picture, film_mime
from sandbox.params import read_json
from sandbox.store import Store
from sandbox.world import WORLD, World

from . import errors, shares
from .shares import Share
from .signing_in import bearer, caller

P = "/tiktok"
MOST_BYTES = 4_000_000_000
# "MB" read in the way that is stricter for each bound, so that what passes here passes however TikTok counts.
LEAST_CHUNK, MOST_CHUNK, MOST_LAST, MOST_CHUNKS = 5 * 1024 * 1024, 64_000_000, 128_000_000, 1_000
URL_SECONDS = 3600
CAPTION, TITLE, DESCRIPTION, PHOTOS = 2_200, 90, 4_000, 35
PRIVACY = ("PUBLIC_TO_EVERYONE", "MUTUAL_FOLLOW_FRIENDS", "SELF_ONLY")
RANGE = re.compile(r"bytes (\d+)-(\d+)/(\d+)")


async def _body(request: web.Request) -> dict[str, Any]:
    body = await read_json(request)
    if not isinstance(body, dict):
        errors.stop("invalid_params")
    return body


def _part(body: dict[str, Any], name: str) -> dict[str, Any]:
    part = body.get(name)
    return part if isinstance(part, dict) else {}


def _units(text: object) -> int:
    return len(str(text or "").encode("utf-16-le", "surrogatepass")) // 2


def privacy_options(account: Account) -> list[str]:
    """What the creator may choose; an account that was set to private offers no public posts."""
    return [each for each in PRIVACY if each != PRIVACY[0] or not account.extra.get("is_private")]


async def creator_info(request: web.Request) -> web.Response:
    """POST /v2/post/publish/creator_info/query/."""
    account = caller(request, "video.publish", "creator")
    return errors.good({
        "creator_avatar_url": f"{request.app[WORLD].base}/static/avatar.svg", "creator_username": account.handle,
        "creator_nickname": account.name, "privacy_level_options": privacy_options(account),
        "comment_disabled": False, "duet_disabled": False, "stitch_disabled": True,
        "max_video_post_duration_sec": 300,
    })  # fmt: skip


async def inbox_film(request: web.Request) -> web.Response:
    """POST /v2/post/publish/inbox/video/init/: a draft for the creator's inbox."""
    account = caller(request, "video.upload", "init")
    return _begin_film(request.app[WORLD], account, await _body(request), "INBOX_SHARE")


async def direct_film(request: web.Request) -> web.Response:
    """POST /v2/post/publish/video/init/: a post."""
    account = caller(request, "video.publish", "init")
    return _begin_film(request.app[WORLD], account, await _body(request), "DIRECT_PUBLISH")


def _begin_film(world: World, account: Account, body: dict[str, Any], way: str) -> web.Response:
    source, info = _part(body, "source_info"), _part(body, "post_info")
    if source.get("source") != "FILE_UPLOAD":
        errors.stop("invalid_params", "The sandbox takes films by FILE_UPLOAD only.")
    size, chunk, count = (source.get(name) for name in ("video_size", "chunk_size", "total_chunk_count"))
    if not _fit(size, chunk, count):
        errors.stop("invalid_params", "The chunk size or total chunk count is invalid.")
    if _units(info.get("title")) > CAPTION:
        errors.stop("invalid_params", "The title is too long.")
    _may_begin(world, account, way, info)
    with world.store.write():
        number = shares.next_number(world.store)
        publish_id = f"v_inbox_file~v2.{number}" if way == "INBOX_SHARE" else f"v_pub_file~v2-1.{number}"
        share = _share(publish_id, account, way, info, "PROCESSING_UPLOAD", size=size, chunk=chunk, count=count)
        shares.keep(world.store, share)
        world.store.put(f"tiktok:upload:{number}", [account.id, publish_id])
    token = shares.upload_token(publish_id)
    url = f"{world.base}{P}/upload/video/?upload_id={number}&upload_token={token}"
    return errors.good({"publish_id": publish_id, "upload_url": url})


def _fit(size: Any, chunk: Any, count: Any) -> bool:
    """Whether a film may come in such chunks."""
    if not all(isinstance(each, int) and not isinstance(each, bool) and each > 0 for each in (size, chunk, count)):
        return False
    if size > MOST_BYTES or chunk > size or count != size // chunk or count > MOST_CHUNKS:
        return False
    if count == 1:
        return bool(size <= MOST_CHUNK)
    return bool(LEAST_CHUNK <= chunk <= MOST_CHUNK and size - (count - 1) * chunk <= MOST_LAST)


def _share(publish_id: str, account: Account, way: str, info: dict[str, Any], status: str, **more: Any) -> Share:
    text = str(info.get("description") if more.get("urls") else info.get("title") or "")
    return Share(
        publish_id, account.id, way, status, clock.now(), text=text, title=str(info.get("title") or ""),
        privacy=str(info.get("privacy_level") or ""), is_ai=bool(info.get("is_aigc")), **more,
    )  # fmt: skip


def _may_begin(world: World, account: Account, way: str, info: dict[str, Any]) -> None:
    """Refuses what is one too many, or more public than we or the creator may."""
    if shares.is_over(world.store, account, way):
        is_draft = way == "INBOX_SHARE"
        errors.stop("spam_risk_too_many_pending_share" if is_draft else "spam_risk_too_many_posts")
    if way == "INBOX_SHARE":
        return
    privacy = info.get("privacy_level")
    if privacy not in privacy_options(account):
        errors.stop("privacy_level_option_mismatch")
    if privacy != "SELF_ONLY" and not world.settings.audited:
        errors.stop("unaudited_client_can_only_post_to_private_accounts")


async def photos(request: web.Request) -> web.Response:
    """POST /v2/post/publish/content/init/: photos, which TikTok fetches."""
    world, body = request.app[WORLD], await _body(request)
    is_direct = body.get("post_mode") == "DIRECT_POST"
    account = caller(request, "video.publish" if is_direct else "video.upload", "init")
    info, source = _part(body, "post_info"), _part(body, "source_info")
    urls, cover = source.get("photo_images"), source.get("photo_cover_index")
    if body.get("media_type") != "PHOTO" or body.get("post_mode") not in ("DIRECT_POST", "MEDIA_UPLOAD"):
        errors.stop("invalid_params")
    if source.get("source") != "PULL_FROM_URL" or not isinstance(urls, list) or not 1 <= len(urls) <= PHOTOS:
        errors.stop("invalid_params", "photo_images must hold 1 to 35 addresses.")
    if not isinstance(cover, int) or not 0 <= cover < len(urls):
        errors.stop("invalid_params", "photo_cover_index is out of range.")
    if _units(info.get("title")) > TITLE or _units(info.get("description")) > DESCRIPTION:
        errors.stop("invalid_params", "The title or description is too long.")
    if not all(fetching.is_near(str(url)) for url in urls):
        errors.stop("url_ownership_unverified")
    way = "DIRECT_PUBLISH" if is_direct else "INBOX_SHARE"
    _may_begin(world, account, way, info)
    with world.store.write():
        publish_id = f"p_{'pub' if is_direct else 'inbox'}_url~v2.{shares.next_number(world.store)}"
        ready_at = clock.now() + world.settings.media_delay_s
        pulled = tuple(str(url) for url in urls)
        share = _share(publish_id, account, way, info, "PROCESSING_DOWNLOAD", urls=pulled, ready_at=ready_at)
        shares.keep(world.store, share)
    return errors.good({"publish_id": publish_id})


async def _own(request: web.Request) -> Share:
    """The share the body names, as far as it has come by now."""
    world, account = request.app[WORLD], caller(request, "video.upload|video.publish", "status")
    publish_id = str((await _body(request)).get("publish_id") or "")
    await shares.work_on(world, account.id, publish_id)
    found = shares.find(world.store, account.id, publish_id)
    if found is None:
        errors.stop("invalid_publish_id")
    return found


async def status(request: web.Request) -> web.Response:
    """POST /v2/post/publish/status/fetch/. The post's id is told only once the public sees it."""
    share = await _own(request)
    told: dict[str, Any] = {"status": share.status}
    if share.size:
        told["uploaded_bytes"] = share.sent
    if share.reason:
        told["fail_reason"] = share.reason
    if share.post:
        told["publicaly_available_post_id"] = [int(share.post)]
    return errors.good(told)


async def cancel(request: web.Request) -> web.Response:
    """POST /v2/post/publish/cancel/: only what is still being fetched."""
    world, share = request.app[WORLD], await _own(request)
    if share.status != "PROCESSING_DOWNLOAD":
        errors.stop("invalid_params", "The task can not be cancelled.")
    with world.store.write():
        shares.failed(world, share, "publish_cancelled")
    return errors.good({})


# Bytes -------------------------------------------------------------------------------------------


def upload_of(store: Store, request: web.Request) -> Share | None:
    """The share whose film is sent to this address."""
    found = store.get(f"tiktok:upload:{request.query.get('upload_id', '')}")
    share = shares.find(store, *found) if found else None
    is_right = share is not None and request.query.get("upload_token") == shares.upload_token(share.id)
    return share if is_right else None


async def upload(request: web.Request) -> web.Response:
    """PUT of one chunk: 206 when more is awaited, 201 when all is there; in order, each once, within the hour."""
    world = request.app[WORLD]
    data = await request.read()
    share = upload_of(world.store, request)  # after reading: nothing may come between this look and the writing
    found = RANGE.fullmatch(request.headers.get("Content-Range", ""))
    if share is None:
        return web.Response(status=404)
    if clock.now() > share.at + URL_SECONDS:
        return web.Response(status=403)
    if found is None:
        return web.Response(status=400)
    first, last, total = map(int, found.groups())
    number = first // share.chunk
    length = share.chunk if number < share.count - 1 else share.size - (share.count - 1) * share.chunk
    if first != share.sent or total != share.size or first % share.chunk:
        return web.Response(status=416)
    if last - first + 1 != length or len(data) != length:
        return web.Response(status=400)
    _keep_part(world, share, first, data)
    is_whole = first + length == share.size
    head = {"Content-Range": f"bytes 0-{last}/{total}"}
    return web.Response(status=201 if is_whole else 206, headers=head)


def _keep_part(world: World, share: Share, first: int, data: bytes) -> None:
    """Append the bytes; the last ones make a film of them."""
    path = world.blobs.path(f"{shares.upload_token(share.id)}.part")
    with path.open("r+b" if first else "wb") as part:
        part.seek(first)  # what a kill left behind the last kept chunk is written over
        part.truncate()
        part.write(data)
    share = replace(share, sent=first + len(data))
    if share.sent < share.size:
        with world.store.write():
            shares.keep(world.store, share)
        return
    with path.open("rb") as whole:
        mime = film_mime(whole.read(64))
    film = Picture(world.blobs.adopt(path), mime or "", 0, 0, size=share.size, remote_id=share.id)
    with world.store.write():
        if mime is None:
            shares.failed(world, share, "file_format_check_failed")
            return
        ready_at = clock.now() + world.settings.media_delay_s
        shares.keep(world.store, replace(share, pictures=(film.as_dict(),), ready_at=ready_at))


def who(world: World, request: web.Request) -> tuple[Account | None, tokens.Token | None]:
    """For faults: whose request this is."""
    found = bearer(world, request)
    return (found.account if found else None), found
