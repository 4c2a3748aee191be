"""Display API: the account and its public videos with their numbers.

Source: developers.tiktok.com, "Get User Info", "List Videos", "Query Videos".
"""

from typing import Any

from aiohttp import web

from sandbox import accounts, posts
from sandbox.accounts import Account
from sandbox.params import read_json
from sandbox.posts import Post
from sandbox.world import WORLD, World

from . import errors
from .publishing import P
from .signing_in import bearer, caller

PAGE = 20
SCOPE_OF = {
    "open_id": "user.info.basic", "union_id": "user.info.basic", "avatar_url": "user.info.basic",
    "display_name": "user.info.basic", "username": "user.info.profile", "bio_description": "user.info.profile",
    "profile_deep_link": "user.info.profile", "is_verified": "user.info.profile", "follower_count": "user.info.stats",
    "following_count": "user.info.stats", "likes_count": "user.info.stats", "video_count": "user.info.stats",
}  # fmt: skip


def server(world: World) -> str:
    """The address that stands for open.tiktokapis.com."""
    return world.base + P


def profile_url(world: World, account: Account) -> str:
    """An account's page."""
    return f"{server(world)}/web/@{account.handle}"


def permalink(world: World, post: Post) -> str:
    """A post's page."""
    return f"{profile_url(world, accounts.get(world.store, post.account_id))}/video/{post.remote_id}"


def shown_at(world: World, path: str) -> Account | Post | None:
    """What stands at @name, @name/video/1 or @name/photo/1."""
    name, _, rest = path.rstrip("/").removeprefix("@").partition("/")
    account = accounts.by_handle(world.store, "tiktok", name)
    if account is None or not path.startswith("@"):
        return None
    post = posts.find(world.store, "tiktok", rest.rpartition("/")[2]) if rest else None
    return account if not rest else post


def _fields(request: web.Request, known: set[str]) -> list[str]:
    asked = [each for each in request.query.get("fields", "").split(",") if each]
    if not asked or not set(asked) <= known:
        errors.stop("invalid_params", "Fields is required and must hold known names.")
    return asked


async def user(request: web.Request) -> web.Response:
    """GET /v2/user/info/?fields=…"""
    world, account = request.app[WORLD], caller(request, "user.info.basic", "read")
    token, asked = bearer(world, request), _fields(request, set(SCOPE_OF))
    if token is None or any(SCOPE_OF[each] not in token.scopes for each in asked):
        errors.stop("scope_not_authorized")
    told = _user(world, account)
    return errors.good({"user": {each: told[each] for each in asked}})


def _user(world: World, account: Account) -> dict[str, Any]:
    likes = world.store.number("SELECT sum(likes) FROM posts WHERE account_id = ? AND deleted_at IS NULL", account.id)
    return {
        "open_id": account.remote_id, "union_id": f"u{account.remote_id}", "display_name": account.name,
        "avatar_url": f"{world.base}/static/avatar.svg", "username": account.handle, "bio_description": "",
        "profile_deep_link": profile_url(world, account), "is_verified": False, "follower_count": account.followers,
        "following_count": 12, "likes_count": likes, "video_count": posts.count(world.store, account),
    }  # fmt: skip


def views(post: Post) -> int:
    """How often it was seen: far more see than like, and who passes it on brings others."""
    return 31 + 17 * post.likes + 40 * post.reposts + 9 * post.replies


def video(world: World, post: Post) -> dict[str, Any]:
    """A video object."""
    return {
        "id": post.remote_id, "create_time": int(post.at), "cover_image_url": f"{world.base}/static/avatar.svg",
        "share_url": f"{permalink(world, post)}?utm_campaign=tt4d_open_api&utm_source=posko",
        "video_description": post.text, "title": post.text[:90], "duration": 15, "height": 1920, "width": 1080,
        "embed_link": permalink(world, post), "like_count": post.likes, "comment_count": post.replies,
        "share_count": post.reposts, "view_count": views(post),
    }  # fmt: skip


VIDEO_FIELDS = {
    "id", "create_time", "cover_image_url", "share_url", "video_description", "title", "duration", "height", "width",
    "embed_link", "embed_html", "like_count", "comment_count", "share_count", "view_count",
}  # fmt: skip


def _videos(world: World, found: list[Post], asked: list[str]) -> list[dict[str, Any]]:
    told = [video(world, each) for each in found]
    return [{name: each.get(name, "") for name in asked} for each in told]


async def list_videos(request: web.Request) -> web.Response:
    """POST /v2/video/list/?fields=… {"cursor", "max_count"}: newest first; the cursor is a time in milliseconds."""
    world, account = request.app[WORLD], caller(request, "video.list", "read")
    asked, body = _fields(request, VIDEO_FIELDS), await read_json(request)
    count, cursor = body.get("max_count", 10), body.get("cursor")
    if not isinstance(count, int) or not 1 <= count <= PAGE:
        errors.stop("invalid_params", "max_count must be 1 to 20.")
    own = [each for each in posts.of(world.store, account, limit=1000) if not each.reply_to]
    left = [each for each in own if not cursor or each.at * 1000 < cursor]
    page = left[:count]
    told = {"videos": _videos(world, page, asked), "has_more": len(left) > count}
    return errors.good(told | {"cursor": int(page[-1].at * 1000) if page else int(cursor or 0)})


async def query(request: web.Request) -> web.Response:
    """POST /v2/video/query/?fields=… {"filters": {"video_ids": […]}}: those that are ours and public."""
    world, account = request.app[WORLD], caller(request, "video.list", "read")
    asked, body = _fields(request, VIDEO_FIELDS), await read_json(request)
    wanted = (body.get("filters") or {}).get("video_ids") if isinstance(body, dict) else None
    if not isinstance(wanted, list) or not 1 <= len(wanted) <= PAGE:
        errors.stop("invalid_params", "video_ids must hold 1 to 20 ids.")
    found = [posts.find(world.store, "tiktok", str(each)) for each in wanted]
    own = [each for each in found if each and each.account_id == account.id]
    return errors.good({"videos": _videos(world, own, asked)})
