"""Pictures, films and the stylesheet."""

from pathlib import Path

from aiohttp import web

from sandbox import mp4
from sandbox.blobs import look_at
from sandbox.world import WORLD

STATIC = Path(__file__).parent.parent / "static"


async def picture(request: web.Request) -> web.StreamResponse:
    """A picture or film by the SHA-256 of its bytes; anything that is none is not shown."""
    path = request.app[WORLD].blobs.path(request.match_info["digest"])
    data = path.read_bytes() if path.exists() else b""
    seen = look_at(data)
    mime = seen[0] if seen else mp4.MIME if mp4.look_at(data) else ""
    if not mime:
        raise web.HTTPNotFound
    # The bytes come from whoever posted them: the type is ours, and no browser may guess another.
    headers = {"Content-Type": mime, "X-Content-Type-Options": "nosniff", "Cache-Control": "max-age=86400"}
    return web.FileResponse(path, headers=headers)


async def static(request: web.Request) -> web.StreamResponse:
    """The stylesheet or the stand-in for a portrait."""
    return web.FileResponse(STATIC / request.match_info["name"])
