"""What Google's refusals mean for us.

Source: YouTube Data API, "Errors" and "Quota calculator" (June 2026), read 2026-11; names of reasons as long known.
"""

import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Never
from zoneinfo import ZoneInfo

from platforms.answers import content, refuse, tidy
from platforms.base import Reconnect, Rejected, Stale, Temporary
from platforms.contents import Account
from platforms.http import Answer

PACIFIC = ZoneInfo("America/Los_Angeles")
"""Where the day ends that quotas are counted by."""
UPLOADS_REST = timedelta(hours=3)
"""How long a channel rests that has uploaded too much today. Unconfirmed: YouTube names no time."""
SLOWER = timedelta(minutes=1)
YOUNG = timedelta(minutes=1)
"""A token that is refused so soon after it was given has not expired."""

_QUOTA = frozenset({"quotaExceeded", "dailyLimitExceeded"})
_TOO_FAST = frozenset({"rateLimitExceeded", "userRateLimitExceeded"})
_NOT_THIS = frozenset({"commentsDisabled", "videoRatingDisabled", "ineligibleAccount"})
"""Refusals with 403 that speak of one film or comment, not of our permission."""


def reason(answer: Answer) -> str:
    """Google's name for why it refused, "" without one."""
    errors = _error(answer).get("errors")
    first = errors[0] if isinstance(errors, list) and errors else None
    return str(first.get("reason") or "") if isinstance(first, dict) else ""


def said(answer: Answer) -> str:
    """Google's own words on why it refused."""
    words = _error(answer).get("message")
    return tidy(words) if isinstance(words, str) and words else ""


def _error(answer: Answer) -> Mapping[str, Any]:
    found = content(answer).get("error")
    return found if isinstance(found, dict) else {}


def accept(answer: Answer, account: Account, *, public: bool = False, single: bool = False) -> Answer:
    """The same answer when Google said yes, else raises what its no means.

    `public`: it would have shown something. `single`: it is about one film or comment, so that a plain "forbidden"
    speaks of that one, and not of what the account may do.
    """
    return answer if answer.ok else refuse_call(answer, account, public=public, single=single)


def refuse_call(answer: Answer, account: Account, *, public: bool, single: bool = False) -> Never:
    """Raise what a refused call means, by Google's reasons first, else by its status."""
    why, words, now = reason(answer), said(answer), datetime.now(UTC)
    if why in _QUOTA:
        raise Temporary("quota_used_up", retry_after=until_midnight(now), detail=words)
    if why in _TOO_FAST and answer.status == 403:
        raise Temporary("rate_limited", retry_after=SLOWER, detail=words)
    if why == "uploadLimitExceeded":
        raise Temporary("upload_limit", retry_after=UPLOADS_REST, detail=words)
    if why == "youtubeSignupRequired":
        raise Reconnect("no_channel", detail=words)
    if answer.status == 401 and why == "authError" and not _is_young(account, now):
        raise Stale("token_expired", detail=why)
    if answer.status == 403 and (why in _NOT_THIS or (single and why == "forbidden")):
        raise Rejected("refused", words=words or why, detail=why)
    # The shared rules read a plain error's words; Google packs them one level deeper.
    plain = json.dumps({"message": words}).encode() if words else answer.body
    refuse(Answer(answer.status, answer.headers, plain, answer.changes), public=public)


def until_midnight(now: datetime) -> timedelta:
    """How long until quotas begin anew: midnight in California."""
    there = now.astimezone(PACIFIC)
    tomorrow = (there + timedelta(days=1)).replace(hour=0, minute=0, second=0, microsecond=0)
    return tomorrow.astimezone(UTC) - now.astimezone(UTC)


def _is_young(account: Account, now: datetime) -> bool:
    try:
        return now < datetime.fromisoformat(account.secrets.get("since", "")) + YOUNG
    except ValueError:
        return False
