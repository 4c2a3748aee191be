"""Telegram's webhooks: a word agreed upon when the hook was set comes along with each update.

Source: Telegram Bot API 10.1 (setWebhook, Update); `update_id` is the same in each repeat.
"""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import ClassVar

from platforms.contents import Event
from platforms.hooks import Forged, Hook, Unreadable, same
from platforms.telegram import updates

HEADER = "x-telegram-bot-api-secret-token"


class TelegramHook(Hook):
    """`secrets["token"]` is the word given to `Telegram.listen`, one for each bot."""

    kind: ClassVar[str] = "telegram"

    @classmethod
    def verify(cls, headers: Mapping[str, str], body: bytes, secrets: Mapping[str, str], now: datetime) -> None:
        if not same(headers.get(HEADER, ""), secrets.get("token", "")):
            raise Forged("secret token")

    @classmethod
    def events(cls, body: bytes) -> list[Event]:
        try:
            update = json.loads(body)
        except (ValueError, RecursionError):
            raise Unreadable("not JSON") from None
        if not isinstance(update, dict):
            raise Unreadable("no update")
        found = updates.event(update)
        return [found] if found else []
