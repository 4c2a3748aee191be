"""The one door to the network.

Every call has one total deadline, says exactly whether anything may have left us, follows no redirect, repeats
nothing, and reaches only addresses that `guard` allows. `http.client` reads the answers; `wire` keeps the time.
"""

import json
import re
import zlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from email.utils import parsedate_to_datetime
from functools import lru_cache
from http.client import HTTPException, HTTPResponse, IncompleteRead
from itertools import chain
from time import time
from typing import Any, cast
from urllib.parse import urlencode, urljoin, urlsplit

from urllib3.filepost import encode_multipart_formdata

from platforms import wire
from platforms.base import ConnectorError, Temporary, Unsure
from platforms.guard import Target, target
from platforms.streams import Stream
from platforms.wire import TooSlow, Wire, now, open_wire

MAX_ANSWER = 5 * 1024 * 1024
"""Bytes an answer may have, unpacked."""
USER_AGENT = "Posko/1.0"
_BAD_IN_HEADERS = re.compile(r"[\r\n\0]")

type File = tuple[str, bytes, str]
"""A file to upload: name, bytes, mime type."""
type Params = Mapping[str, str | int | Sequence[str]]


@dataclass(slots=True)
class Answer:
    """What came back. Header names are in lower case."""

    status: int
    headers: dict[str, str]
    body: bytes
    changes: bool

    @property
    def ok(self) -> bool:
        return 200 <= self.status < 300

    @property
    def text(self) -> str:
        return self.body.decode("utf-8", "replace")

    def json(self) -> Any:
        """The answer's JSON. What is not JSON is a broken answer: `Unsure` after a changing call, else `Temporary`."""
        try:
            return json.loads(self.body)
        except (ValueError, RecursionError):
            raise _broken(self.changes, "not_json", f"status {self.status}") from None

    def object(self) -> dict[str, Any]:
        """The answer's JSON object; anything else is a broken answer, see `json`."""
        found = self.json()
        if not isinstance(found, dict):
            raise _broken(self.changes, "not_json", f"status {self.status}, not an object")
        return found


def _broken(changes: bool, code: str, detail: str) -> ConnectorError:
    """After a changing call we cannot know what happened; a reading call may simply be repeated."""
    return Unsure(code, detail=detail) if changes else Temporary(code, detail=detail)


class Door:
    """Calls for one piece of work, such as one delivery. Cheap to make; connections are shared by the whole process.

    `call_seconds` bounds each call in all. `start_seconds` is how long after `permit` a changing call may still
    begin; a new door is permitted. `internal` names the only hosts, as "host:port", that may be private or speak
    plain HTTP. `clock` counts seconds and never stops.
    """

    def __init__(
        self,
        call_seconds: float,
        start_seconds: float = 1.0,
        internal: frozenset[str] = frozenset(),
        *,
        clock: Callable[[], float] = now,
    ) -> None:
        self.call_seconds, self.start_seconds, self.internal, self.clock = call_seconds, start_seconds, internal, clock
        self.skew: timedelta | None = None
        """How far the network's clock was ahead of ours, at most; negative when it was behind."""
        self.permit()

    def permit(self) -> None:
        """Note that the gate has just said yes."""
        self.permitted_at = self.clock()

    def is_internal(self, url: str) -> bool:
        """Whether `url` leads to one of our own hosts. Raises `ConnectorError` where the door may not go at all."""
        return target(url, self.internal).internal

    def call(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        params: Params | None = None,
        json: Any = None,
        data: Mapping[str, str] | bytes | Stream | None = None,
        files: Mapping[str, File] | None = None,
        changes: bool,
        expects: frozenset[int] = frozenset(),
    ) -> Answer:
        """One request and its answer, whatever its status, except redirects.

        `changes` says whether a repeat would do harm; `expects` names statuses from 300 on that are no redirects where
        they lead nowhere, as the 308 of a resumable upload. Raises `Temporary` when nothing was sent (dns_failed,
        connect_timeout, connect_failed, tls_failed, slow_start), or after a call that changes nothing; `Unsure` when
        a changing call may have arrived (timed_out, cut_off, broken_answer, answer_too_large, redirected); else
        `ConnectorError` (private_address, plain_http, bad_address, bad_header, redirected).
        """
        deadline = self.clock() + self.call_seconds
        if params:
            url = f"{url}{'&' if '?' in url else '?'}{urlencode(params, doseq=True)}"
        at = target(url, self.internal)
        request = _request(method, at, headers or {}, *_body(json, data, files))
        place = (at.scheme, at.host, at.port, at.internal)
        line = wire.store.take(place) or open_wire(at, deadline, self.clock)
        keep = False
        try:
            line.ready(deadline, self._may_begin if changes else _always, self.clock)
            answer, keep = _exchange(line, method, request, changes)
        except _TROUBLE as trouble:
            raise _named(trouble, line.began, changes, at) from None
        finally:
            if keep:
                wire.store.keep(place, line)
            else:
                line.shut()
        self._compare_clocks(answer.headers)
        if 300 <= answer.status < 400 and (answer.status not in expects or "location" in answer.headers):
            raise _redirected(answer, url)
        return answer

    def _may_begin(self) -> bool:
        return self.clock() - self.permitted_at <= self.start_seconds

    def _compare_clocks(self, headers: Mapping[str, str]) -> None:
        theirs = _seconds(headers.get("date", ""))
        if theirs is None or headers.get("age", "0") != "0":  # an answer from a cache carries an old date
            return
        # Dates are cut to whole seconds: one that is less than a second behind is exact.
        ahead = theirs - time()
        apart = timedelta(seconds=ahead if ahead > 0 else min(ahead + 1, 0))
        if self.skew is None or abs(apart) > abs(self.skew):
            self.skew = apart


def close_all() -> None:
    """Close every idle connection of this process."""
    wire.store.close()


# Asking ------------------------------------------------------------------------------------------

_TROUBLE = (TooSlow, OSError, HTTPException, ValueError, zlib.error)


def _always() -> bool:
    return True


def _body(
    data_json: Any, data: Mapping[str, str] | bytes | Stream | None, files: Mapping[str, File] | None
) -> tuple[bytes | Stream, str]:
    """The request's bytes and their mime type ("" where the caller's headers say it)."""
    if isinstance(data, Stream):
        return data, data.kind
    if files:
        fields: list[tuple[str, str | File]] = [*cast(Mapping[str, str], data or {}).items(), *files.items()]
        return encode_multipart_formdata(fields)
    if isinstance(data, bytes):
        return data, ""
    if data is not None:
        return urlencode(data).encode(), "application/x-www-form-urlencoded"
    if data_json is not None:
        return json.dumps(data_json, ensure_ascii=False, separators=(",", ":")).encode(), "application/json"
    return b"", ""


def _request(method: str, at: Target, headers: Mapping[str, str], body: bytes | Stream, kind: str) -> Iterable[bytes]:
    """What goes over the line, in pieces: one, unless the body is read while it is sent."""
    if isinstance(body, Stream):
        return chain([_head(method, at, headers, kind, body.size)], body.blocks())
    return [_head(method, at, headers, kind, len(body)) + body]


def _head(method: str, at: Target, headers: Mapping[str, str], kind: str, size: int) -> bytes:
    """The request up to its body. Raises `ConnectorError` (bad_header), without telling the value."""
    lines = [f"{method} {at.path} HTTP/1.1", f"Host: {at.host_header}", f"User-Agent: {USER_AGENT}"]
    lines += ["Accept: application/json", "Accept-Encoding: identity"]
    if kind:
        lines.append(f"Content-Type: {kind}")
    if size or method != "GET":
        lines.append(f"Content-Length: {size}")
    for name, value in headers.items():
        if _BAD_IN_HEADERS.search(value) or not value.isascii():
            raise ConnectorError("bad_header", header=name)
        lines.append(f"{name}: {value}")
    return ("\r\n".join(lines) + "\r\n\r\n").encode("ascii")


def _exchange(line: Wire, method: str, request: Iterable[bytes], changes: bool) -> tuple[Answer, bool]:
    """The answer, and whether the connection may be kept."""
    whole = True
    try:
        for piece in request:
            line.sendall(piece)
    except (BrokenPipeError, ConnectionResetError):
        if not line.began:
            raise
        whole = False  # a server that refuses early says so before it hangs up: hear it out
    response = HTTPResponse(cast(Any, line), method=method)
    try:
        response.begin()
        if line.ended:  # http.client takes the end of the line for the end of the headers
            raise ConnectionResetError
        if response.status < 200:
            raise HTTPException("interim answer")
        body = _read(response)
        headers = {name.lower(): value for name, value in response.getheaders()}
        if headers.get("content-encoding"):
            body = _unpacked(body, headers["content-encoding"])
        return Answer(response.status, headers, body, changes), whole and not response.will_close
    finally:
        response.close()


def _read(response: HTTPResponse) -> bytes:
    """The whole body. Raises `IncompleteRead` when it is shorter than announced, `ValueError` when it is too large."""
    if response.length is not None:
        if response.length > MAX_ANSWER:
            raise AnswerTooLarge
        return response.read()
    pieces, size = [], 0
    while piece := response.read(wire.BLOCK):
        pieces.append(piece)
        size += len(piece)
        if size > MAX_ANSWER:
            raise AnswerTooLarge
    return b"".join(pieces)


class AnswerTooLarge(ValueError):
    """More bytes than any answer of use has."""


def _unpacked(body: bytes, coding: str) -> bytes:
    """We ask for plain answers, but some servers zip regardless."""
    if coding.lower() == "identity":
        return body
    if coding.lower() not in ("gzip", "deflate"):
        raise HTTPException(f"content-encoding {coding[:20]!r}")
    unzip = zlib.decompressobj(47)  # 32 + 15: gzip or zlib, whichever it is
    plain = unzip.decompress(body, MAX_ANSWER + 1)
    if len(plain) > MAX_ANSWER:
        raise AnswerTooLarge
    return plain


# Judging -----------------------------------------------------------------------------------------


def _named(trouble: Exception, began: bool, changes: bool, at: Target) -> ConnectorError:
    """Our name for what went wrong. The detail holds host and kind of trouble, never the path or an answer's words."""
    detail = f"{at.place}: {type(trouble).__name__}"
    if isinstance(trouble, OSError) and trouble.strerror:
        detail += f" {trouble.strerror}"
    if not began:
        code = "slow_start" if isinstance(trouble, TooSlow) else "connect_failed"
        return Temporary(code, host=at.host, detail=detail)
    code = "broken_answer"
    if isinstance(trouble, TooSlow | TimeoutError):
        code = "timed_out"
    elif isinstance(trouble, AnswerTooLarge):
        code = "answer_too_large"
    elif isinstance(trouble, OSError | IncompleteRead):
        code = "cut_off"
    return Unsure(code, host=at.host, detail=detail) if changes else Temporary(code, host=at.host, detail=detail)


def _redirected(answer: Answer, url: str) -> ConnectorError:
    """Redirects are not followed: they may lead anywhere, and would carry our token there."""
    try:
        host = urlsplit(urljoin(url, answer.headers.get("location", ""))).hostname or ""
    except ValueError:
        host = ""
    # 307 and 308 ask for the request to be made elsewhere. After the others servers may have done what was asked:
    # 303 says so, and many say 301 or 302 and mean the same.
    if answer.changes and answer.status not in (307, 308):
        return Unsure("redirected", host=host)
    return ConnectorError("redirected", host=host)


@lru_cache(maxsize=64)
def _seconds(date: str) -> float | None:
    """An HTTP date as seconds since 1970, or None. Within one second all answers carry the same date."""
    try:
        return parsedate_to_datetime(date).timestamp()
    except (ValueError, TypeError, OverflowError):
        return None
