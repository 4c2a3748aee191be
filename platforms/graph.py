"""What Facebook, Instagram and Threads share: the Graph API's errors, waiting, proof of the app, paging, webhooks.

Source: developers.facebook.com, "Handle Errors", "Rate Limits", "Securing Graph API Calls", "Webhooks: Getting
Started", read 2026-09; subcodes as other schedulers meet them. Which codes are from memory, `platforms.md` M.4 tells.
"""

import hashlib
import hmac
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar, Never

from platforms import answers
from platforms.answers import LONGEST_WAIT, content, things, tidy
from platforms.base import ConnectorError, Reconnect, Rejected, Temporary, Unsure
from platforms.hooks import Forged, Hook, Unreadable, same, signature
from platforms.http import Answer, Door, File

VERSION = "v26.0"
"""The one place that names it. v26.0 is of 2026-07-29 and lives two years."""
PER_PAGE = 50
NEAR_LIMIT = 95
"""Percent of an allowance after which reading waits instead of asking for one more page."""

_LIMITED = frozenset({4, 17, 32, 341, 613, *range(80_000, 80_015)})
_BROKEN = frozenset({1, 2})
_SIGNED_OUT = frozenset({102, 104, 190})
_NOT_ALLOWED = frozenset({3, 10, *range(200, 300)})
_UNKNOWN_THING = frozenset({803})
# Subcodes. Source: Graph API error handling (459, 464); the others as Postiz' Facebook provider names them, 2026-08.
_CONFIRM = frozenset({459, 464, 4_854_002, 1_404_078})
_TOO_FAST = frozenset({1_390_008})
_CONTENT = frozenset({1_346_003, 1_404_102, 1_366_046, 1_609_008})
_BLOCKED = frozenset({1_404_112})
_WINDOW_CLOSED = frozenset({2_018_278, 1_545_041, 2_534_022})  # the last: Instagram, from memory
_NO_SUCH_THING = 33
TOO_FAST_WAIT = timedelta(minutes=15)
"""How long we rest after "posting too fast", for which no time is told (unconfirmed)."""


# Errors ------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Fault:
    """The error object of a refusal. `words` are meant for people; `trace` is what Meta asks for in a report.

    `data` is what a few errors tell besides, such as the offset that was expected.
    """

    code: int
    subcode: int
    words: str
    is_passing: bool
    trace: str
    data: Mapping[str, Any] = field(default_factory=dict)


def fault(answer: Answer) -> Fault | None:
    """The error a refusal carries; None where it is not of Graph's shape."""
    return fault_of(content(answer).get("error"))


def fault_of(told: Any) -> Fault | None:
    """The same from an error object found elsewhere, as in a batch."""
    if not isinstance(told, dict) or "code" not in told:
        return None
    said = next((told[k] for k in ("error_user_msg", "message") if isinstance(told.get(k), str) and told[k]), "")
    return Fault(
        code=_whole(told.get("code")),
        subcode=_whole(told.get("error_subcode")),
        words=tidy(said) or f"Error {_whole(told.get('code'))}",
        is_passing=told.get("is_transient") is True,
        trace=str(told.get("fbtrace_id") or "")[:40],
        data=_data(told.get("error_data")),
    )


def _data(told: Any) -> dict[str, Any]:
    """An object, which some hosts write as text."""
    if isinstance(told, str):
        try:
            told = json.loads(told)
        except (ValueError, RecursionError):
            return {}
    return told if isinstance(told, dict) else {}


def _whole(value: Any) -> int:
    return value if isinstance(value, int) and not isinstance(value, bool) else 0


def accept(answer: Answer, *, public: bool = False) -> Answer:
    """The same answer when the network said yes, else raises what its no means."""
    return answer if answer.ok else refuse(answer, public=public)


def refuse(answer: Answer, *, public: bool) -> Never:
    """Raise what a refusal means, by Graph's codes first, else by its status.

    `public`: the call would have shown something, so a broken server may have done it.
    """
    found = fault(answer)
    if found is None:
        answers.refuse(answer, public=public)
    detail = f"HTTP {answer.status}, {found.code}/{found.subcode}, {found.trace}: {found.words}"
    if found.code in _LIMITED or found.subcode in _TOO_FAST:
        asked = wait_asked(answer) or (TOO_FAST_WAIT if found.subcode in _TOO_FAST else None)
        raise Temporary("rate_limited", retry_after=asked, detail=detail)
    _refuse_account(found, detail)
    if found.code in _BROKEN or found.is_passing:
        if public:
            raise Unsure("server_error", status=answer.status, detail=detail)
        raise Temporary("server_error", status=answer.status, retry_after=wait_asked(answer), detail=detail)
    if found.code in _UNKNOWN_THING or (found.code == 100 and found.subcode == _NO_SUCH_THING):
        raise ConnectorError("not_found", words=found.words, detail=detail)
    if found.code == 1_609_005:
        raise Rejected("link_unreadable", words=found.words, detail=detail)
    if found.code == 551:
        raise Rejected("person_away", words=found.words, detail=detail)
    if answer.status >= 500 or answer.status in (401, 403, 404, 405, 408, 410, 429):
        answers.refuse(_in_words(answer, found), public=public)
    raise Rejected("refused", words=found.words, detail=detail)


def _refuse_account(found: Fault, detail: str) -> None:
    """Raise where the account, and not this one request, is what the network objects to."""
    if found.subcode in _WINDOW_CLOSED or found.code == 1_545_041:
        raise Rejected("window_closed", words=found.words, detail=detail)
    if found.subcode in _CONFIRM:
        raise Reconnect("confirm_there", words=found.words, detail=detail)
    if found.code in _SIGNED_OUT:
        raise Reconnect("signed_out", words=found.words, detail=detail)
    if found.subcode in _CONTENT:
        raise Rejected("refused", words=found.words, detail=detail)
    if found.code == 368 or found.subcode in _BLOCKED:
        raise Reconnect("blocked_there", words=found.words, detail=detail)
    if found.code in _NOT_ALLOWED:
        raise Reconnect("not_allowed", words=found.words, detail=detail)


def _in_words(answer: Answer, found: Fault) -> Answer:
    """The refusal as `answers` reads it: the words at the top."""
    return Answer(answer.status, answer.headers, json.dumps({"error": found.words}).encode(), answer.changes)


# Waiting -----------------------------------------------------------------------------------------


def wait_asked(answer: Answer) -> timedelta | None:
    """How long we are to wait: the longest `estimated_time_to_regain_access` (minutes), else Retry-After, else None.

    Source: "Rate Limits", headers X-Business-Use-Case-Usage and X-App-Usage, read 2026-09.
    """
    minutes = [_whole(each.get("estimated_time_to_regain_access")) for each in _usages(answer)]
    longest = max(minutes, default=0)
    if longest > 0:
        return min(timedelta(minutes=min(longest, 100_000)), LONGEST_WAIT)
    return answers.wait_asked(answer)


def usage(answer: Answer) -> int:
    """How much of the allowance is used up, in percent; 0 where the network does not say."""
    parts = ("call_count", "total_time", "total_cputime")
    return max((_whole(each.get(part)) for each in _usages(answer) for part in parts), default=0)


def _usages(answer: Answer) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    for name in ("x-app-usage", "x-page-usage", "x-business-use-case-usage"):
        try:
            told = json.loads(answer.headers.get(name) or "{}")
        except (ValueError, RecursionError):
            continue
        if isinstance(told, dict):
            groups = [value for value in told.values() if isinstance(value, list)]
            found += [told] if not groups else [each for group in groups for each in group if isinstance(each, dict)]
    return found


# Calling -----------------------------------------------------------------------------------------


def proof(token: str, app_secret: str) -> dict[str, str]:
    """The parameter that shows we know the app's secret; empty without one.

    Source: "Securing Graph API Calls", read 2026-09: hex HMAC-SHA256 of the token, keyed with the app's secret.
    """
    if not app_secret:
        return {}
    return {"appsecret_proof": hmac.new(app_secret.encode(), token.encode(), hashlib.sha256).hexdigest()}


type Fields = Mapping[str, str | int]


@dataclass(frozen=True)
class Graph:
    """Calls in the name of one token. `base` is host and version; paths begin without a slash.

    The token goes along in a header, so that it stands in no address; the same host's WhatsApp documentation does so.
    """

    door: Door
    base: str
    token: str
    app_secret: str = ""

    def get(self, path: str, fields: Fields | None = None) -> Answer:
        """Read. The answer may be a refusal."""
        asked = {**(fields or {}), **proof(self.token, self.app_secret)}
        return self.door.call("GET", f"{self.base}/{path}", headers=self.signed, params=asked, changes=False)

    def read(self, path: str, fields: Fields | None = None) -> dict[str, Any]:
        """What stands there. Raises what a refusal means."""
        return accept(self.get(path, fields)).object()

    def post(
        self, path: str, fields: Fields | None = None, files: Mapping[str, File] | None = None, *, changes: bool = True
    ) -> Answer:
        """Change something, with a form. The answer may be a refusal."""
        form = {name: str(value) for name, value in (fields or {}).items()} | proof(self.token, self.app_secret)
        url = f"{self.base}/{path}"
        return self.door.call("POST", url, headers=self.signed, data=form, files=files, changes=changes)

    def delete(self, path: str) -> Answer:
        """Remove something. The answer may be a refusal."""
        asked = proof(self.token, self.app_secret)
        return self.door.call("DELETE", f"{self.base}/{path}", headers=self.signed, params=asked, changes=True)

    def each(self, path: str, fields: Fields, *needed: str, pages: int = 5) -> Iterator[dict[str, Any]]:
        """The entries of a list over at most so many pages, each with its `needed` parts.

        We go on by cursor and never by the `next` address, which holds the token and may name another host. Raises
        `Temporary` (rate_limited) rather than use up the allowance.
        """
        asked: dict[str, str | int] = {"limit": PER_PAGE, **fields}
        for _ in range(pages):
            answer = accept(self.get(path, asked))
            told = answer.object()
            yield from things(told.get("data"), "id", *needed)
            after = after_of(told)
            if not after:
                return
            if usage(answer) >= NEAR_LIMIT:
                raise Temporary("rate_limited", retry_after=wait_asked(answer), detail=f"usage {usage(answer)} %")
            asked["after"] = after

    @property
    def signed(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"}


def after_of(told: Mapping[str, Any]) -> str:
    """The cursor of the next page; "" on the last one."""
    paging = told.get("paging")
    if not isinstance(paging, dict) or not paging.get("next"):
        return ""
    cursors = paging.get("cursors")
    return str(cursors.get("after") or "") if isinstance(cursors, dict) else ""


def moment(value: Any) -> datetime | None:
    """A time as Graph writes it: seconds or milliseconds since 1970, or `2026-11-01T10:33:16+0000`; None for none."""
    try:
        if isinstance(value, int | float) and not isinstance(value, bool):
            return datetime.fromtimestamp(value / 1000 if value > 100_000_000_000 else value, UTC)
        found = datetime.fromisoformat(str(value))
    except (ValueError, OverflowError, OSError):
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)


# Webhooks ----------------------------------------------------------------------------------------


def _listed(value: Any) -> list[Any]:
    """The parts of an entry; what is no list stands for one that cannot be read."""
    return value if isinstance(value, list) else [value] if value else []


class GraphHook(Hook):
    """Handshake and signature of all Graph webhooks; what they tell, each network reads itself from `entries`."""

    object: ClassVar[str]
    """The word for our network at the top of its envelopes: `page`, `instagram`."""

    @classmethod
    def shake(cls, query: Mapping[str, str], secrets: Mapping[str, str]) -> tuple[str, str] | None:
        """Echo the challenge to whoever knows the word (`secrets["token"]`) agreed on when subscribing."""
        if query.get("hub.mode") != "subscribe":
            return None
        if not same(query.get("hub.verify_token", ""), secrets.get("token", "")):
            raise Forged
        return query.get("hub.challenge", "")[:200], "text/plain"

    @classmethod
    def verify(cls, headers: Mapping[str, str], body: bytes, secrets: Mapping[str, str], now: datetime) -> None:
        """Over the bytes as they came: Meta signs its own escapes, which no reading and writing anew gives back.

        There is no time in the signature; repeats are told apart by what they tell.
        """
        secret = secrets.get("client_secret", "")
        if not secret or not same(headers.get("x-hub-signature-256", ""), f"sha256={signature(secret, body)}"):
            raise Forged

    @classmethod
    def entries(cls, body: bytes) -> list[dict[str, Any]]:
        """What the envelope holds, each change and message an entry of its own with `id` (our account).

        Raises `Unreadable`; empty for another object.
        """
        try:
            told = json.loads(body)
        except (ValueError, RecursionError):
            raise Unreadable("no JSON") from None
        if not isinstance(told, dict) or not isinstance(told.get("entry"), list):
            raise Unreadable("no envelope")
        if told.get("object") != cls.object:
            return []
        if not all(isinstance(each, dict) and each.get("id") for each in told["entry"]):
            raise Unreadable("an entry without its account")
        return [
            {**entry, "changes": [], "messaging": [], part: [each]}
            for entry in told["entry"]
            for part in ("changes", "messaging")
            for each in _listed(entry.get(part))
        ]

    @staticmethod
    def changes(entry: Mapping[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
        """(field, value) of each change of an entry. Raises `Unreadable`."""
        for each in entry.get("changes") or []:
            if not isinstance(each, dict) or not isinstance(each.get("value"), dict):
                raise Unreadable("a change without its value")
            yield str(each.get("field") or ""), each["value"]
