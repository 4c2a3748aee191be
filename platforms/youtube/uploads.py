"""Resumable uploads: one address per film, which takes its bytes in pieces and tells how far it got.

Source: YouTube Data API, "Resumable uploads"; headers from memory, long stable, and tried with Google's own client.
"""

import re
from collections.abc import Callable, Mapping
from contextlib import nullcontext
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from platforms.answers import one, repeatable
from platforms.base import ConnectorError, Temporary, Unsure
from platforms.contents import Account, Video
from platforms.http import Answer, Door
from platforms.youtube.failures import accept

UNIT = 256 * 1024
"""Bytes: every piece but the last must be a multiple of these."""
FIRST, MOST = 4 * UNIT, 64 * UNIT
"""Bytes of the first piece, and of the largest. A piece must pass within one call's deadline, also on a slow line."""
MORE = 308
"""Not a redirect here: "Resume Incomplete"."""
GONE = frozenset({404, 410})

_RANGE = re.compile(r"bytes[ =]0-(\d{1,15})")


@dataclass(frozen=True)
class Told:
    """What the session said: how many bytes it holds, the finished video, or that it no longer exists."""

    received: int = 0
    video: Mapping[str, Any] | None = None
    is_gone: bool = False


def is_googles(session: str, account: Account, home: str) -> bool:
    """Whether our token may be carried to this address: Google's own, or one in the account's sandbox."""
    if account.server != home:
        return session.startswith(f"{account.server}/")
    parts = urlsplit(session)
    host = parts.hostname or ""
    return parts.scheme == "https" and (host == "googleapis.com" or host.endswith(".googleapis.com"))


def start(
    door: Door, account: Account, url: str, headers: Mapping[str, str], body: Any, mime: str, size: int
) -> str | None:
    """Announce a film; the session's address, or None where the answer holds none. Shows nothing yet."""
    announced = {**headers, "X-Upload-Content-Type": mime, "X-Upload-Content-Length": str(size)}
    params = {"uploadType": "resumable", "part": "snippet,status"}
    answer = door.call("POST", url, headers=announced, params=params, json=body, changes=True)
    return accept(answer, account).headers.get("location")


def ask(door: Door, account: Account, session: str, headers: Mapping[str, str], size: int) -> Told:
    """How far the upload is. Changes nothing, and may be asked for about a week after (unconfirmed)."""
    asked = {**headers, "Content-Range": f"bytes */{size}"}
    answer = door.call("PUT", session, headers=asked, changes=False, expects=frozenset({MORE}))
    return _told(answer, account, size, public=False)


def send(
    door: Door, account: Account, session: str, headers: Mapping[str, str], data: bytes, at: int, size: int
) -> Told:
    """Send the bytes from `at` on. Only the last piece makes the video, so only its trouble is `Unsure`."""
    end = at + len(data)
    given = {**headers, "Content-Range": f"bytes {at}-{end - 1}/{size}"}
    answer = door.call("PUT", session, headers=given, data=data, changes=True, expects=frozenset({MORE}))
    return _told(answer, account, size, public=end >= size)


def send_all(
    door: Door,
    account: Account,
    session: str,
    headers: Mapping[str, str],
    film: Video,
    at: int,
    before: Callable[[int], None],
) -> Told:
    """Send the bytes from `at` to the end, piece by piece; on a fast line they grow.

    `before` is called ahead of each with how many bytes the session has, to keep that and ask the gate. Ends without a
    video where there is none yet, or the session is gone. Raises `ConnectorError` (film_changed) where the film is not
    as long as it was.
    """
    length = FIRST
    while True:
        data = film.part(at, length)  # before asking the gate: the storage may be slow
        if len(data) != min(length, film.size - at):
            raise ConnectorError("film_changed", detail=f"{len(data)} bytes at {at}")
        before(at)
        began = door.clock()
        # A piece in the middle shows nothing, and the session tells whether it arrived.
        with repeatable() if at + len(data) < film.size else nullcontext():
            told = send(door, account, session, headers, data, at, film.size)
        if told.video is not None or told.is_gone or told.received >= film.size:
            return told
        if told.received <= at:
            raise Temporary("odd_answer", status=MORE, detail="no byte was taken")
        if door.clock() - began < door.call_seconds / 5:
            length = min(length * 2, MOST)
        at = told.received


def _told(answer: Answer, account: Account, size: int, *, public: bool) -> Told:
    if answer.status == MORE:
        return Told(received=_received(answer, size))
    if answer.status in GONE:
        return Told(is_gone=True)
    found = accept(answer, account, public=public).object()
    one(found.get("id"), changes=answer.changes, what="video id")
    return Told(received=size, video=found)


def _received(answer: Answer, size: int) -> int:
    """How many bytes they hold, by the Range header; none without one."""
    told = answer.headers.get("range", "")
    if not told:
        return 0
    found = _RANGE.fullmatch(told.strip())
    if found is None or int(found[1]) >= size:
        broken = Unsure if answer.changes else Temporary
        raise broken("odd_answer", status=answer.status, detail="range")
    return int(found[1]) + 1
