"""What the server says of itself. Source: docs, methods/instance and entities/Instance, V1_Instance."""

from typing import Any

from aiohttp import web

from sandbox import accounts, mp4
from sandbox.world import WORLD, World

from . import entities, text

VERSION = "4.5.3"
IMAGE_BYTES = 16 * 1024 * 1024
IMAGE_PIXELS = 33_177_600
VIDEO_BYTES = 99 * 1024 * 1024
VIDEO_PIXELS = 8_294_400
ALT_CHARS = 1500
MAX_MEDIA = 4
MIMES = ["image/jpeg", "image/png", "image/gif", "image/webp", "image/avif"]
RULES = [
    {"id": "1", "text": "Bersikap sopan kepada sesama pengguna.", "hint": ""},
    {"id": "2", "text": "Jangan menyebarkan kabar bohong.", "hint": ""},
]


def configuration(world: World) -> dict[str, Any]:
    """The limits a client should read instead of assuming them."""
    return {
        "urls": {"streaming": world.base.replace("http", "ws", 1) + entities.PREFIX},
        "accounts": {"max_featured_tags": 10, "max_pinned_statuses": 5},
        "statuses": {
            "max_characters": text.MAX_CHARS, "max_media_attachments": MAX_MEDIA,
            "characters_reserved_per_url": text.URL_CHARS,
        },
        "media_attachments": {
            "description_limit": ALT_CHARS, "supported_mime_types": [*MIMES, mp4.MIME], "image_size_limit": IMAGE_BYTES,
            "image_matrix_limit": IMAGE_PIXELS, "video_size_limit": VIDEO_BYTES, "video_frame_rate_limit": 120,
            "video_matrix_limit": VIDEO_PIXELS,
        },
        "polls": {
            "max_options": 4, "max_characters_per_option": 50, "min_expiration": 300, "max_expiration": 2_629_746,
        },
        "translation": {"enabled": False},
        "vapid": {"public_key": ""},
        "limited_federation": True,
    }  # fmt: skip


async def v2(request: web.Request) -> web.Response:
    """GET /api/v2/instance."""
    world = request.app[WORLD]
    return web.json_response({
        "domain": world.base.split("://", 1)[1] + entities.PREFIX, "title": "Mastodon latihan", "version": VERSION,
        "source_url": "https://github.com/mastodon/mastodon", "description": "Server latihan di komputer sendiri.",
        "usage": {"users": {"active_month": len(accounts.ours(world.store, "mastodon"))}},
        "thumbnail": {"url": f"{world.base}/static/avatar.svg"}, "icon": [], "languages": ["id"],
        "configuration": configuration(world),
        "registrations": {"enabled": False, "approval_required": False, "message": None, "url": None},
        "api_versions": {"mastodon": 7}, "contact": {"email": "", "account": None}, "rules": RULES,
    })  # fmt: skip


async def v1(request: web.Request) -> web.Response:
    """GET /api/v1/instance, the older shape."""
    world = request.app[WORLD]
    settings = configuration(world)
    return web.json_response({
        "uri": world.base.split("://", 1)[1] + entities.PREFIX, "title": "Mastodon latihan", "version": VERSION,
        "short_description": "Server latihan di komputer sendiri.", "description": "", "email": "",
        "urls": {"streaming_api": settings["urls"]["streaming"]}, "thumbnail": f"{world.base}/static/avatar.svg",
        "stats": {"user_count": len(accounts.ours(world.store, "mastodon")), "status_count": 0, "domain_count": 1},
        "languages": ["id"], "registrations": False, "approval_required": False, "invites_enabled": False,
        "configuration": settings, "contact_account": None, "rules": RULES,
    })  # fmt: skip


async def rules(request: web.Request) -> web.Response:
    """GET /api/v1/instance/rules."""
    return web.json_response(RULES)


async def discovery(request: web.Request) -> web.Response:
    """GET /.well-known/oauth-authorization-server (since 4.3)."""
    base = entities.server(request.app[WORLD])
    return web.json_response({
        "issuer": f"{base}/", "service_documentation": "https://docs.joinmastodon.org/",
        "authorization_endpoint": f"{base}/oauth/authorize", "token_endpoint": f"{base}/oauth/token",
        "app_registration_endpoint": f"{base}/api/v1/apps", "revocation_endpoint": f"{base}/oauth/revoke",
        "userinfo_endpoint": f"{base}/oauth/userinfo",
        "scopes_supported": [
            "read", "profile", "write", "write:media", "write:statuses", "read:accounts", "read:statuses",
            "read:notifications", "write:notifications", "write:conversations", "follow", "push",
        ],
        "response_types_supported": ["code"], "response_modes_supported": ["query", "fragment", "form_post"],
        "token_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post"],
        "grant_types_supported": ["authorization_code", "client_credentials"],
        "code_challenge_methods_supported": ["S256"],
    })  # fmt: skip
