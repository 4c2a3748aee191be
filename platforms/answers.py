"""What a network's answer means for us: refusals with their words, and how long to wait.

The five names of failure are in `base`. Each network adds its own exceptions before it asks here.
"""

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any, Never

from platforms.base import ConnectorError, Keep, Reconnect, Rejected, Temporary, Unsure
from platforms.counting import plain
from platforms.http import Answer, Door

MAX_WORDS = 300
MAX_READ = 2000
"""Characters of a network's words that are looked at: reading markup takes time that grows with their square."""
LONGEST_WAIT = timedelta(days=7)
_SECRET = re.compile(
    r"\b(bot)?\d{5,}:[\w-]{10,}|\b(bearer\s+)[\w.~+/-]{8,}=*|\beyJ[\w-]+\.[\w-]+\.[\w-]+"
    r"|\b(?-i:EAA|IGA|IGQ|THA)[\w-]{12,}",  # what tokens of Meta's networks begin with
    re.IGNORECASE,
)
_WORD_KEYS = ("error_description", "message", "description", "error")


def content(answer: Answer) -> dict[str, Any]:
    """The answer's JSON object, or an empty one: refusals need not be well formed."""
    try:
        found = json.loads(answer.body)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def tidy(words: str) -> str:
    """A network's words fit to be shown: no markup, no secrets, 300 characters at most."""
    return _SECRET.sub("***", " ".join(plain(words[:MAX_READ]).split()))[:MAX_WORDS]


def words(answer: Answer) -> str:
    """The network's own words on why it refused."""
    told = content(answer)
    found = next((told[key] for key in _WORD_KEYS if isinstance(told.get(key), str) and told[key]), "")
    if not found and not told and "html" not in answer.headers.get("content-type", "html"):
        found = answer.text
    return tidy(found) or f"HTTP {answer.status}"


def wait_asked(answer: Answer) -> timedelta | None:
    """How long the network asks us to wait, None if it does not say.

    Source: RFC 9110 section 10.2.3 (Retry-After); Mastodon documentation, "Rate limits" (X-RateLimit-Reset, ISO time);
    Bluesky documentation, "Rate limits" (RateLimit-Reset, seconds since 1970).
    """
    now = _date(answer.headers.get("date", "")) or datetime.now(UTC)  # measured on the clock that set the time
    asked = answer.headers.get("retry-after", "").strip()
    if asked:
        if asked.isascii() and asked.isdigit():
            return min(timedelta(seconds=int(asked[:9])), LONGEST_WAIT)
        until = _date(asked)
    else:
        until = _moment(answer.headers.get("x-ratelimit-reset", "") or answer.headers.get("ratelimit-reset", ""))
    return None if until is None else min(max(until - now, timedelta(0)), LONGEST_WAIT)


def _date(text: str) -> datetime | None:
    try:
        found = parsedate_to_datetime(text)
    except (ValueError, TypeError, OverflowError):
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def _moment(text: str) -> datetime | None:
    """An ISO time or seconds since 1970."""
    try:
        if text.strip().isdigit():
            return datetime.fromtimestamp(int(text), UTC)
        found = datetime.fromisoformat(text)
    except (ValueError, OverflowError, OSError):
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def refuse(answer: Answer, *, public: bool) -> Never:
    """Raise what a refusal means. `public`: it would have shown something, so a broken server may have done it."""
    status, said = answer.status, words(answer)
    detail = f"HTTP {status}: {said}"
    if status == 429:
        raise Temporary("rate_limited", retry_after=wait_asked(answer), detail=detail)
    if status >= 500 or status == 408:
        # A server may answer 503 after it has accepted: only a call that shows nothing may simply be repeated.
        if public:
            raise Unsure("server_error", status=status, detail=detail)
        raise Temporary("server_error", status=status, retry_after=wait_asked(answer), detail=detail)
    if status == 401:
        raise Reconnect("signed_out", words=said, detail=detail)
    if status == 403:
        raise Reconnect("not_allowed", words=said, detail=detail)
    if status in (404, 405, 410):
        raise ConnectorError("not_found", words=said, detail=detail)
    if status >= 400:
        raise Rejected("refused", words=said, detail=detail)
    raise ConnectorError("odd_answer", status=status, detail=detail)


def accept(answer: Answer, *, public: bool = False) -> Answer:
    """The same answer when the network said yes, else raises what its no means."""
    return answer if answer.ok else refuse(answer, public=public)


def one(value: Any, *, changes: bool, what: str) -> str:
    """A name the network must have told us; without it the answer is broken."""
    if isinstance(value, str | int) and not isinstance(value, bool) and value != "":
        return str(value)
    if changes:
        raise Unsure("odd_answer", status=200, detail=f"no {what}")
    raise Temporary("odd_answer", status=200, detail=f"no {what}")


def things(value: Any, *needed: str) -> list[dict[str, Any]]:
    """A list of objects of which each has the `needed` parts, from a reading call; anything else is a broken answer."""
    if isinstance(value, list) and all(isinstance(v, dict) and all(v.get(n) for n in needed) for v in value):
        return value
    raise Temporary("odd_answer", status=200, detail="not a list of what was asked for")


@contextmanager
def repeatable() -> Iterator[None]:
    """For calls that do no harm twice (uploads, removals): unsure is only a reason to repeat.

    A redirect is none: the next answer would be the same.
    """
    try:
        yield
    except Unsure as e:
        again = (ConnectorError if e.code == "redirected" else Temporary)(e.code, detail=e.detail)
        again.params = e.params
        raise again from None


def proceed(keep: Keep, handle: str, door: Door) -> None:
    """Between two steps: save the handle and ask the gate; raises `Halted` when it says no.

    The door's permission dates from before the gate is asked, so that a pause after its yes does not look fresh.
    """
    door.permit()
    keep(handle)


def saved(handle: str) -> dict[str, Any]:
    """A handle as we packed it; one we cannot read is as good as none."""
    try:
        found = json.loads(handle or "{}")
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def packed(handle: dict[str, Any]) -> str:
    return json.dumps({key: value for key, value in handle.items() if value}, separators=(",", ":"))
