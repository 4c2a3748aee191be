"""Puts the sandbox together: the doors, the addresses, the background work."""

import asyncio
from collections.abc import AsyncIterator

from aiohttp import web

from . import control, dialects, pushing, voters
from .gate import gate
from .pages import addresses
from .world import WORLD, World

FLUSH_SECONDS = 0.25
# Above every network's own limit, so that each can refuse in its own words.
LARGEST_BODY = 320 * 1024 * 1024


def build(world: World) -> web.Application:
    """The application, with the world in it."""
    app = web.Application(middlewares=[control.guard, gate], client_max_size=LARGEST_BODY)
    app[WORLD] = world
    for dialect in dialects.ALL.values():
        app.add_routes(dialect.routes())
    app.add_routes(control.routes())
    app.add_routes(addresses.routes())
    app.cleanup_ctx.append(_work_in_background)
    return app


async def _work_in_background(app: web.Application) -> AsyncIterator[None]:
    world = app[WORLD]
    jobs = [_flush(world), voters.run(world), pushing.run(world)]
    jobs += [each.background(world) for each in dialects.ALL.values() if each.background]
    tasks = [asyncio.create_task(job) for job in jobs]
    yield
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    world.close()


async def _flush(world: World) -> None:
    while True:
        await asyncio.sleep(FLUSH_SECONDS)
        world.journal.flush()
