"""A bot's one queue of news: fetched, or pushed to a webhook; the two exclude each other.

Source: Telegram Bot API 10.1 (getUpdates, setWebhook, deleteWebhook, getWebhookInfo).
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from platforms.answers import repeatable, things, words
from platforms.base import ConnectorError, Temporary
from platforms.contents import Incoming, Page
from platforms.hooks import Unreadable
from platforms.telegram import updates

if TYPE_CHECKING:
    from platforms.telegram.connector import Telegram

MOST = 100
LATELY = timedelta(hours=1)


def fetch(ours: "Telegram", cursor: str) -> Page[Incoming]:
    """What was said since, **of every place**: what is fetched is gone from the queue.

    So whoever asks for one place keeps all that comes, each by its own `place`. The cursor is the last update's
    number; asking with it tells Telegram that all up to it are kept. Nothing older than a day is told.
    Raises `ConnectorError` (telegram_hooked) while a webhook is set.
    """
    asked: dict[str, str | int] = {"limit": MOST, "allowed_updates": json.dumps(updates.ALLOWED)}
    if cursor:
        asked["offset"] = int(cursor) + 1
    answer = ours.get("getUpdates", asked)
    if answer.status == 409:
        if "webhook" in words(answer).lower():
            raise ConnectorError("telegram_hooked", detail=words(answer))
        raise Temporary("server_error", status=409, detail=words(answer))  # somebody else fetches at this moment
    told = things(ours.result(answer, public=False), "update_id")
    found = [entry for update in told if (entry := _entry(update, ours.site))]
    return Page(tuple(found), str(max((update["update_id"] for update in told), default=cursor)))


def _entry(update: Mapping[str, Any], site: str) -> Incoming | None:
    try:
        event = updates.event(update, site)
    except Unreadable:
        return None  # one odd update must not hold up all that follow
    return event.incoming if event else None


@dataclass(frozen=True)
class Hooked:
    """Where the bot's news is pushed, "" for nowhere; `trouble` is why what waits there has not come."""

    url: str
    trouble: str


def hooked(ours: "Telegram") -> Hooked:
    """What Telegram knows of the bot's webhook."""
    answer = ours.get("getWebhookInfo", {})
    told = ours.result(answer, public=False)
    if not isinstance(told, dict):
        raise Temporary("odd_answer", status=answer.status, detail="getWebhookInfo")
    at, since = told.get("last_error_date"), (datetime.now(UTC) - LATELY).timestamp()
    is_failing = isinstance(at, int) and at > since and told.get("pending_update_count") != 0
    return Hooked(str(told.get("url") or ""), str(told.get("last_error_message") or "?") if is_failing else "")


def listen(ours: "Telegram", url: str, token: str) -> None:
    """Have updates pushed to `url` (https) from now on, each with `token`; "" makes them fetchable again.

    `token` has 1 to 256 letters, digits, _ and -.
    """
    asked = {"url": url, "secret_token": token, "allowed_updates": list(updates.ALLOWED)}
    with repeatable():
        method = "setWebhook" if url else "deleteWebhook"
        ours.result(ours.door.call("POST", ours.url(method), json=asked if url else {}, changes=True), public=False)
