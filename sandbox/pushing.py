"""Webhooks of the networks that sign what they send: kept, then pushed until the app answers 2xx.

A dialect says where to (`set_hook`) and what (`push`), with the headers that prove it. Telegram's bots keep their own
queue, because they may also fetch it. At least once and in no promised order, as on the networks: the faults
`duplicate_webhook` and `shuffle_webhooks` make sure of both.
"""

import asyncio
import json
import logging
import sqlite3
from collections.abc import Callable
from typing import Any

import aiohttp

from . import clock, fetching
from .faults import Call
from .world import World

log = logging.getLogger(__name__)
SIGNERS: dict[str, Callable[[bytes], dict[str, str]]] = {}
"""Headers made anew for each try, by platform: where a signature holds its time, an old one would be refused for good.
"""
ROUND_SECONDS = 0.05
ANSWER_SECONDS = 10
LONGEST_WAIT = 60.0
GATHER_SECONDS = 0.5
KEEP_SECONDS = 36 * 3600


def set_hook(world: World, platform: str, url: str, **told: Any) -> None:
    """Push that network's news to `url` from now on, inside an open write; "" stops. Only to this machine.

    Raises ValueError with a sentence. `told` is what the dialect remembers with it.
    """
    if url and not fetching.is_near(url):
        raise ValueError("The sandbox calls addresses on this machine only.")
    world.store.put(f"hook:{platform}", {"url": url} | told)


def hook(world: World, platform: str) -> dict[str, Any]:
    """Where its news goes and what the dialect remembers with it; empty without one."""
    found = world.store.get(f"hook:{platform}") or {}
    return found if found.get("url") else {}


def push(world: World, platform: str, body: bytes, headers: dict[str, str]) -> None:
    """Tell the app something, inside an open write, if it wants to hear. `headers` prove exactly these bytes."""
    if not hook(world, platform):
        return
    at = clock.now()
    world.store.run("DELETE FROM pushes WHERE at < ?", at - KEEP_SECONDS)
    world.store.run(
        "INSERT INTO pushes (platform, body, headers, at) VALUES (?, ?, ?, ?)", platform, body, json.dumps(headers), at
    )


async def run(world: World) -> None:
    """Look for news to push, for ever. Networks do not wait for each other."""
    busy: dict[str, asyncio.Task[None]] = {}
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=ANSWER_SECONDS)) as session:
        while True:
            busy = {platform: task for platform, task in busy.items() if not task.done()}
            for row in world.store.all("SELECT DISTINCT platform FROM pushes WHERE next_at <= ?", clock.now()):
                if row["platform"] not in busy:
                    busy[row["platform"]] = asyncio.create_task(_serve(world, session, row["platform"]))
            await asyncio.sleep(ROUND_SECONDS)


def _due(world: World, platform: str) -> list[sqlite3.Row]:
    sql = "SELECT * FROM pushes WHERE platform = ? AND next_at <= ? ORDER BY id LIMIT 100"
    return world.store.all(sql, platform, clock.now())


async def _serve(world: World, session: aiohttp.ClientSession, platform: str) -> None:
    call, due = Call(platform, "webhook"), _due(world, platform)
    if world.faults.meet("shuffle_webhooks", call):
        await asyncio.sleep(GATHER_SECONDS)  # One alone has no order to lose.
        due = list(reversed(_due(world, platform)))
    url = str(hook(world, platform).get("url", ""))
    for row in due:
        taken = bool(url) and await _push(session, url, row)
        if taken and world.faults.meet("duplicate_webhook", call):
            await _push(session, url, row)
        with world.store.write():
            if taken or not url:
                world.store.run("DELETE FROM pushes WHERE id = ?", row["id"])
            else:
                wait = min(LONGEST_WAIT, 0.5 * 2 ** min(row["tries"], 10))
                sql = "UPDATE pushes SET tries = tries + 1, next_at = ? WHERE id = ?"
                world.store.run(sql, clock.now() + wait, row["id"])


async def _push(session: aiohttp.ClientSession, url: str, row: sqlite3.Row) -> bool:
    """Whether the app took it."""
    signer = SIGNERS.get(row["platform"])
    headers = {"Content-Type": "application/json"} | json.loads(row["headers"])
    headers |= signer(bytes(row["body"])) if signer else {}
    try:
        async with session.post(url, data=row["body"], headers=headers, allow_redirects=False) as answer:
            return 200 <= answer.status < 300
    except (aiohttp.ClientError, TimeoutError):
        log.info("webhook of %s: no answer", row["platform"])
        return False
