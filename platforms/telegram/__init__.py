"""Telegram: `connector` speaks for a channel, `updates` reads what a bot is told, `hooks` proves who told it."""

from platforms.telegram.connector import Telegram

__all__ = ["Telegram"]
