"""What time it is here, in the shapes the networks use. Seconds since 1970 inside, text only at the edge."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from email.utils import formatdate

# The wall clock may be set back while we run; the request journal must stay in order all the same.
_START = time.time() - time.monotonic()
_told: ContextVar[float | None] = ContextVar("told", default=None)


def now() -> float:
    """Seconds since 1970, never going backwards within one run of the process; inside `pretend` the moment told."""
    told = _told.get()
    return _START + time.monotonic() if told is None else told


@contextmanager
def pretend(moment: float) -> Iterator[None]:
    """What is written inside was written at `moment`: ids, dates and pages are all of that time. Holds no await."""
    before = _told.set(moment)
    try:
        yield
    finally:
        _told.reset(before)


def is_pretended() -> bool:
    """Whether `now` is a moment that was told."""
    return _told.get() is not None


def iso(at: float) -> str:
    """`at` as the networks write it, with milliseconds: 2026-11-22T13:35:00.123Z."""
    return datetime.fromtimestamp(at, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def http_date(at: float) -> str:
    """`at` as a Date header."""
    return formatdate(at, usegmt=True)
