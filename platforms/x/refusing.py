"""What X's refusals mean.

Errors are problem+json with `type`, `title` and `detail`; OAuth's have `error` and `error_description`.
Source: X documentation, x-api/fundamentals/response-codes-and-errors and rate-limits, 2026-08. 402 CreditsDepleted and
the details of 403 are not documented; they are as clients' logs of 2026 show them.
"""

import json
import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, Never

from platforms import answers
from platforms.answers import content, tidy
from platforms.base import Reconnect, Rejected, Stale, Temporary
from platforms.contents import Account
from platforms.http import Answer

SETTLING = timedelta(minutes=10)
"""A token renewed so lately cannot have run out: the network has taken our permission away."""
_DUPLICATE = re.compile(r"duplicate content", re.IGNORECASE)
_NOT_SUMMONED = re.compile(r"reply to this conversation is not allowed|not been mentioned|not summoned", re.IGNORECASE)
_NO_MEDIA = re.compile(r"media ids? (?:are|is) invalid|media.{0,20}(?:not found|expired)", re.IGNORECASE)
_CONTENT = re.compile(
    r"(?:tweet|post) text|too long|cashtag|reply to a (?:tweet|post)|not visible to you|who can reply|quot(?:e|ing)"
    r"|automated|malicious|cannot send messages|can't be shared|hide this reply|\bpoll\b",
    re.IGNORECASE,
)
"""What X says with 403 of one post rather than of the account."""
_DAILY = re.compile(r"(?:daily|24.hour) .{0,20}limit|limit .{0,30}per day", re.IGNORECASE)
_REST = timedelta(hours=1)
_STOPS = ("usage-capped", "credits", "spend-cap")
"""Ends of `type` that say that the app's account may spend no more."""
_RESETS = ("x-rate-limit", "x-user-limit-24hour", "x-app-limit-24hour")


def words(answer: Answer) -> str:
    """X's own words."""
    told = content(answer)
    errors = told.get("errors")
    first = errors[0] if isinstance(errors, list) and errors and isinstance(errors[0], dict) else {}
    for value in (first.get("message"), told.get("detail"), first.get("detail"), told.get("title")):
        if isinstance(value, str) and value:
            return tidy(value)
    return answers.words(answer)


def is_duplicate(answer: Answer) -> bool:
    """Whether X refuses a text because it has the same one already."""
    return answer.status == 403 and bool(_DUPLICATE.search(words(answer)))


def is_without_media(answer: Answer) -> bool:
    """Whether X no longer has what was uploaded for this post."""
    return answer.status == 400 and bool(_NO_MEDIA.search(words(answer)))


def accept(answer: Answer, account: Account, *, public: bool = False) -> Answer:
    """The same answer when X said yes, else raises what its no means; `public` as in `answers.refuse`."""
    return answer if answer.ok else refuse(answer, account, public=public)


def refuse(answer: Answer, account: Account, *, public: bool) -> Never:
    """Raise what a refusal means."""
    said = words(answer)
    kind = str(content(answer).get("type") or "").rsplit("/", 1)[-1]
    if answer.status == 402 or (answer.status in (403, 429) and kind in _STOPS):
        # The whole app stands still, not this post: no later try and no other post would get through. Only `Reconnect`
        # stops the account and tells its owner; with credit bought, connecting it again lets what waits leave.
        raise Reconnect("x_no_credit", words=said, detail=f"HTTP {answer.status} {kind}")
    if answer.status == 401 and not _is_settling(account):
        raise Stale("token_expired", detail=said)
    if is_duplicate(answer):
        raise Rejected("x_duplicate", words=said)
    if answer.status == 403 and _NOT_SUMMONED.search(said):
        raise Rejected("x_not_summoned", words=said)
    if answer.status == 403 and _DAILY.search(said):
        raise Temporary("rate_limited", retry_after=_REST, detail=said)
    if answer.status == 403 and kind != "client-forbidden" and _CONTENT.search(said):
        raise Rejected("refused", words=said)
    answers.refuse(_plain(answer, said), public=public)


def _is_settling(account: Account) -> bool:
    try:
        return datetime.now(UTC) - datetime.fromisoformat(account.secrets.get("renewed_at", "")) < SETTLING
    except ValueError:
        return False


def _plain(answer: Answer, said: str) -> Answer:
    """The refusal in the dress that all networks' rules read: words, and when to come back."""
    told: dict[str, Any] = {"message": said}
    headers = {**answer.headers, "content-type": "application/json"}
    resets = [answer.headers.get(f"{name}-reset", "") for name in _RESETS if _is_spent(answer, name)]
    if reset := max((each for each in resets if each.isdigit()), key=lambda each: int(each[:15]), default=""):
        headers["x-ratelimit-reset"] = reset[:15]
    return replace(answer, headers=headers, body=json.dumps(told).encode())


def _is_spent(answer: Answer, name: str) -> bool:
    return answer.headers.get(f"{name}-remaining", "0") == "0"
