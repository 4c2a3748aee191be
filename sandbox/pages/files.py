"""Pictures and the stylesheet."""

from pathlib import Path

from aiohttp import web

from sandbox.blobs import look_at
from sandbox.world import WORLD

STATIC = Path(__file__).parent.parent / "static"


async def picture(request: web.Request) -> web.StreamResponse:
    """A picture by the SHA-256 of its bytes; anything that is none is not shown."""
    path = request.app[WORLD].blobs.path(request.match_info["digest"])
    seen = look_at(path.read_bytes()) if path.exists() else None
    if seen is None:
        raise web.HTTPNotFound
    # The bytes come from whoever posted them: the type is ours, and no browser may guess another.
    headers = {"Content-Type": seen[0], "X-Content-Type-Options": "nosniff", "Cache-Control": "max-age=86400"}
    return web.FileResponse(path, headers=headers)


async def static(request: web.Request) -> web.StreamResponse:
    """The stylesheet or the stand-in for a portrait."""
    return web.FileResponse(STATIC / request.match_info["name"])
