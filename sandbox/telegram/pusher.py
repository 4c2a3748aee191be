"""Pushes kept updates to webhooks, again and again until they answer 2xx. Only to this machine."""

import asyncio
import logging
import sqlite3

import aiohttp

from sandbox import accounts, clock
from sandbox.faults import Call
from sandbox.world import World

from . import updates

log = logging.getLogger(__name__)
ROUND_SECONDS = 0.05
ANSWER_SECONDS = 10
LONGEST_WAIT = 60.0
GATHER_SECONDS = 0.5


async def run(world: World) -> None:
    """Look for updates to push, for ever. Hooks do not wait for each other, the updates of one hook do."""
    busy: dict[int, asyncio.Task[None]] = {}
    timeout = aiohttp.ClientTimeout(total=ANSWER_SECONDS)
    async with aiohttp.ClientSession(timeout=timeout) as session:
        while True:
            busy = {key: task for key, task in busy.items() if not task.done()}
            for hook in world.store.all("SELECT * FROM hooks WHERE url != ''"):
                if hook["account_id"] not in busy and _due(world, hook):
                    busy[hook["account_id"]] = asyncio.create_task(_serve(world, session, hook))
            await asyncio.sleep(ROUND_SECONDS)


def _due(world: World, hook: sqlite3.Row) -> list[sqlite3.Row]:
    sql = "SELECT * FROM updates WHERE account_id = ? AND next_at <= ? ORDER BY id LIMIT 40"
    return world.store.all(sql, hook["account_id"], clock.now())


async def _serve(world: World, session: aiohttp.ClientSession, hook: sqlite3.Row) -> None:
    """Push what is due for one hook."""
    call = Call("telegram", "webhook", accounts.get(world.store, hook["account_id"]))
    due = _due(world, hook)
    if world.faults.meet("shuffle_webhooks", call):
        await asyncio.sleep(GATHER_SECONDS)  # One update alone has no order to lose.
        due = list(reversed(_due(world, hook)))
    for row in due:
        problem = await _push(session, hook, row)
        if not problem and world.faults.meet("duplicate_webhook", call):
            await _push(session, hook, row)
        _note(world, row, problem)


async def _push(session: aiohttp.ClientSession, hook: sqlite3.Row, row: sqlite3.Row) -> str:
    """Push one update; empty when it was taken, else what went wrong."""
    headers = {"X-Telegram-Bot-Api-Secret-Token": hook["secret"]} if hook["secret"] else {}
    try:
        async with session.post(hook["url"], json=updates.shape(row), headers=headers, allow_redirects=False) as answer:
            return (
                ""
                if 200 <= answer.status < 300
                else f"Wrong response from the webhook: {answer.status} {answer.reason}"
            )
    except (aiohttp.ClientError, TimeoutError):
        return "Connection refused"


def _note(world: World, row: sqlite3.Row, problem: str) -> None:
    """Forget an update that was taken; put off one that was not, longer each time."""
    with world.store.write():
        if not problem:
            world.store.run("DELETE FROM updates WHERE id = ?", row["id"])
            return
        at = clock.now()
        wait = min(LONGEST_WAIT, 0.5 * 2 ** min(row["tries"], 10))
        world.store.run("UPDATE updates SET tries = tries + 1, next_at = ? WHERE id = ?", at + wait, row["id"])
        world.store.run("UPDATE hooks SET error = ?, error_at = ? WHERE account_id = ?", problem, at, row["account_id"])
    log.info("webhook of account %s: %s", row["account_id"], problem)
