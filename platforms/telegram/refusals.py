"""What Telegram's refusals mean. Source: Bot API 10.1 (ResponseParameters); tdlib/telegram-bot-api for the words."""

import re
from datetime import timedelta
from typing import Any, Never

from platforms import answers
from platforms.answers import LONGEST_WAIT, content, tidy
from platforms.base import Reconnect, Rejected, Temporary
from platforms.http import Answer

NO_RIGHT = re.compile(
    r"not enough rights|have no rights|need administrator rights|CHAT_WRITE_FORBIDDEN|CHAT_ADMIN_REQUIRED|"
    r"chat not found|not a member|bot was kicked|CHANNEL_PRIVATE|CHAT_SEND_\w+_FORBIDDEN",
    re.IGNORECASE,
)
NOT_REACHED = re.compile(
    r"blocked by the user|user is deactivated|can't initiate conversation|bot can't send messages to", re.IGNORECASE
)
"""One person does not hear the bot: no reason to put the channel out of use."""
PARENT_GONE = re.compile(r"message to be replied not found|replied message not found", re.IGNORECASE)


def refuse(answer: Answer, *, public: bool, is_home: bool = True) -> Never:
    """Raise it. `is_home`: it was about our own channel; what goes wrong elsewhere, with one person or in the group of
    comments, is no reason to put the channel out of use.
    """
    told = content(answer)
    found = told.get("parameters")
    parameters: dict[str, Any] = found if isinstance(found, dict) else {}
    said = tidy(str(told.get("description") or "")) or f"HTTP {answer.status}"
    if answer.status == 429:
        seconds = parameters.get("retry_after")
        if not isinstance(seconds, int) or seconds < 0:
            raise Temporary("rate_limited", detail=said)
        wait = timedelta(seconds=min(seconds, LONGEST_WAIT.total_seconds()))
        raise Temporary("rate_limited", retry_after=wait, detail=said)
    if answer.status in (401, 404):  # a token that was never given out is answered as an unknown page
        raise Reconnect("signed_out", words=said)
    moved = parameters.get("migrate_to_chat_id")
    if answer.status == 400 and isinstance(moved, int) and is_home:
        raise Reconnect("chat_moved", chat=moved)
    if answer.status == 400 and PARENT_GONE.search(said):
        raise Rejected("parent_gone", detail=said)
    if answer.status in (400, 403) and (NOT_REACHED.search(said) or (NO_RIGHT.search(said) and not is_home)):
        raise Rejected("person_unreachable", words=said)
    if answer.status in (400, 403) and NO_RIGHT.search(said):
        raise Reconnect("not_allowed", words=said)
    if answer.status == 400 or (answer.status == 403 and not is_home):
        raise Rejected("refused", words=said)
    answers.refuse(answer, public=public)
