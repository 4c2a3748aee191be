"""Pictures, films and the stylesheet."""

from pathlib import Path

from aiohttp import web

from sandbox.blobs import film_mime, look_at
from sandbox.world import WORLD

STATIC = Path(__file__).parent.parent / "static"


async def picture(request: web.Request) -> web.StreamResponse:
    """A picture or film by the SHA-256 of its bytes; anything that is none is not shown."""
    path = request.app[WORLD].blobs.path(request.match_info["digest"])
    mime = _mime(path) if path.exists() else None
    if mime is None:
        raise web.HTTPNotFound
    # The bytes come from whoever posted them: the type is ours, and no browser may guess another.
    headers = {"Content-Type": mime, "X-Content-Type-Options": "nosniff", "Cache-Control": "max-age=86400"}
    return web.FileResponse(path, headers=headers)


def _mime(path: Path) -> str | None:
    with path.open("rb") as file:
        film = film_mime(file.read(64))
    seen = None if film else look_at(path.read_bytes())
    return seen[0] if seen else film


async def static(request: web.Request) -> web.StreamResponse:
    """The stylesheet or the stand-in for a portrait."""
    return web.FileResponse(STATIC / request.match_info["name"])
