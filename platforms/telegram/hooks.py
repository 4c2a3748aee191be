"""Telegram's webhooks: a word agreed upon when the hook was set comes along with each update.

Source: Telegram Bot API 10.1 (setWebhook, Update); `update_id` is the same in each repeat.
"""

import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import ClassVar

from platforms.base import ConnectorError
from platforms.contents import Account, Event
from platforms.hooks import Ear, Forged, Hook, Unreadable, same
from platforms.http import Door
from platforms.telegram import queue, updates
from platforms.telegram.connector import Telegram

HEADER = "x-telegram-bot-api-secret-token"


class TelegramHook(Hook):
    """`secrets["token"]` is the word given to `Telegram.listen`, one for each bot."""

    kind: ClassVar[str] = "telegram"
    needs_app: ClassVar[bool] = False
    names_account: ClassVar[bool] = False
    is_only_way: ClassVar[bool] = True
    again: ClassVar[timedelta] = timedelta(hours=1)

    @classmethod
    def subscribe(cls, account: Account, door: Door, ear: Ear, *, anew: bool) -> None:
        """Raises `ConnectorError`: telegram_hooked when another program has taken the bot since; hook_failing when
        Telegram could not bring what waits there, and is to begin again at once.
        """
        ours = Telegram(account, door)
        known = queue.hooked(ours)
        if known.url not in ("", ear.url) and not anew:
            raise ConnectorError("telegram_hooked", detail=known.url)
        if anew or known.url != ear.url or known.trouble:
            door.permit()
            ours.listen(ear.url, ear.word)
        if known.trouble and known.url == ear.url and not anew:
            raise ConnectorError("hook_failing", words=known.trouble)

    @classmethod
    def unsubscribe(cls, account: Account, door: Door, ear: Ear) -> None:
        """What waits at Telegram can be fetched then. Another program's webhook stays."""
        ours = Telegram(account, door)
        if queue.hooked(ours).url in ("", ear.url):
            door.permit()
            ours.listen("", "")

    @classmethod
    def shared(cls, account: Account) -> str:
        """The bot: it may serve a channel and a group, and has one webhook."""
        return account.secrets.get("token", "").partition(":")[0]

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
