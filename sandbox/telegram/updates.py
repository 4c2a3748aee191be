"""What a bot is told: kept until fetched by getUpdates or pushed to its webhook. Source: Bot API, *Getting updates*."""

import asyncio
import json
import re
import sqlite3
from typing import Any

from sandbox import clock, fetching
from sandbox.accounts import Account
from sandbox.world import World

from . import errors
from .visit import Visit

KEEP_SECONDS = 24 * 3600
LONGEST_POLL = 50
# Told only to bots that name them in allowed_updates.
ON_REQUEST = frozenset({"chat_member", "message_reaction", "message_reaction_count"})
SECRET = re.compile(r"[A-Za-z0-9_-]{1,256}")


def push(world: World, account: Account, kind: str, body: dict[str, Any]) -> None:
    """Tell the account's bot something, inside an open write, if it wants to hear of such things."""
    hook = _hook(world, account)
    allowed = json.loads(hook["allowed"]) if hook else []
    if (kind not in allowed) if allowed else kind in ON_REQUEST:
        return
    at = clock.now()
    world.store.run("DELETE FROM updates WHERE account_id = ? AND at < ?", account.id, at - KEEP_SECONDS)
    world.store.run(
        "INSERT INTO updates (account_id, kind, body, at) VALUES (?, ?, ?, ?)", account.id, kind, json.dumps(body), at
    )
    world.news[account.id].set()


def _hook(world: World, account: Account) -> sqlite3.Row | None:
    return world.store.one("SELECT * FROM hooks WHERE account_id = ?", account.id)


def shape(row: sqlite3.Row) -> dict[str, Any]:
    """A kept update as an Update. Ids start high, as they do there."""
    return {"update_id": 870_000_000 + row["id"], row["kind"]: json.loads(row["body"])}


async def get_updates(visit: Visit) -> Any:
    """getUpdates, waiting up to `timeout` seconds when there is nothing. An offset confirms all updates below it."""
    hook = _hook(visit.world, visit.account)
    if hook and hook["url"]:
        errors.stop(
            409,
            "Conflict: can't use getUpdates method while webhook is active; "
            "use deleteWebhook to delete the webhook first",
        )
    _remember_allowed(visit, hook)
    _confirm(visit)
    limit = visit.params.whole("limit", 100, low=1, high=100)
    until = clock.now() + visit.params.whole("timeout", 0, low=0, high=LONGEST_POLL)
    while True:
        news = visit.world.news[visit.account.id]
        news.clear()
        rows = visit.store.all(
            "SELECT * FROM updates WHERE account_id = ? ORDER BY id LIMIT ?", visit.account.id, limit
        )
        left = until - clock.now()
        if rows or left <= 0:
            return [shape(row) for row in rows]
        try:
            await asyncio.wait_for(news.wait(), left)
        except TimeoutError:
            return []


def _confirm(visit: Visit) -> None:
    offset = visit.params.whole("offset", 0, low=-(2**31), high=2**40)
    mine = visit.account.id
    with visit.store.write():
        if offset > 0:
            visit.store.run("DELETE FROM updates WHERE account_id = ? AND id < ?", mine, offset - 870_000_000)
        elif offset < 0:
            visit.store.run(
                "DELETE FROM updates WHERE account_id = ?1 AND id NOT IN"
                " (SELECT id FROM updates WHERE account_id = ?1 ORDER BY id DESC LIMIT ?2)",
                *(mine, -offset),
            )


def _remember_allowed(visit: Visit, hook: sqlite3.Row | None) -> None:
    allowed = visit.params.nested("allowed_updates")
    if not isinstance(allowed, list) or (hook and json.loads(hook["allowed"]) == allowed):
        return
    with visit.store.write():
        _keep_hook(visit, "", "", allowed)


def _keep_hook(visit: Visit, url: str, secret: str, allowed: list[Any]) -> None:
    kept = (visit.account.id, url, secret, json.dumps(allowed))
    visit.store.run("INSERT OR REPLACE INTO hooks (account_id, url, secret, allowed) VALUES (?, ?, ?, ?)", *kept)


async def set_webhook(visit: Visit) -> Any:
    """setWebhook. https is not asked for here, but the address must be on this machine."""
    url, secret = visit.params.text("url"), visit.params.text("secret_token")
    if not url:
        return await delete_webhook(visit)
    if not fetching.is_near(url):
        errors.bad("bad webhook: the sandbox calls addresses on this machine only")
    if secret and not SECRET.fullmatch(secret):
        errors.bad("secret token contains unallowed characters")
    hook = _hook(visit.world, visit.account)
    allowed = visit.params.nested("allowed_updates")
    if not isinstance(allowed, list):
        allowed = json.loads(hook["allowed"]) if hook else []
    with visit.store.write():
        _keep_hook(visit, url, secret, allowed)
        _drop_pending(visit)
    return True


async def delete_webhook(visit: Visit) -> Any:
    """deleteWebhook."""
    with visit.store.write():
        visit.store.run("UPDATE hooks SET url = '', secret = '' WHERE account_id = ?", visit.account.id)
        _drop_pending(visit)
    return True


def _drop_pending(visit: Visit) -> None:
    if visit.params.flag("drop_pending_updates"):
        visit.store.run("DELETE FROM updates WHERE account_id = ?", visit.account.id)


async def webhook_info(visit: Visit) -> Any:
    """getWebhookInfo."""
    hook = _hook(visit.world, visit.account)
    pending = visit.store.number("SELECT count(*) FROM updates WHERE account_id = ?", visit.account.id)
    info: dict[str, Any] = {
        "url": hook["url"] if hook else "", "has_custom_certificate": False, "pending_update_count": pending,
    }  # fmt: skip
    if hook and hook["url"]:
        info |= {"max_connections": 40, "ip_address": "127.0.0.1"}
    if hook and hook["error"]:
        info |= {"last_error_date": int(hook["error_at"]), "last_error_message": hook["error"]}
    if hook and (allowed := json.loads(hook["allowed"])):
        info["allowed_updates"] = allowed
    return info
