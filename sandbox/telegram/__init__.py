"""Telegram's dialect: the Bot API at /telegram/bot<token>/METHOD.

Source: Bot API 10.1 (PaulSonOfLars/telegram-bot-api-spec, api.json); error texts as tdlib/telegram-bot-api gives them.
"""

from .dialect import TELEGRAM

__all__ = ["TELEGRAM"]
