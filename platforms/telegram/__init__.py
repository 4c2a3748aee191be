"""Telegram: `connector` speaks for a channel, `updates` reads what a bot is told, `hooks` proves who told it."""

from platforms.telegram.connector import Telegram
from platforms.telegram.hooks import TelegramHook

__all__ = ["Telegram", "TelegramHook"]
