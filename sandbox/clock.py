"""What time it is here, in the shapes the networks use. Seconds since 1970 inside, text only at the edge."""

import time
from datetime import UTC, datetime
from email.utils import formatdate

# The wall clock may be set back while we run; the request journal must stay in order all the same.
_START = time.time() - time.monotonic()


def now() -> float:
    """Seconds since 1970, never going backwards within one run of the process."""
    return _START + time.monotonic()


def iso(at: float) -> str:
    """`at` as the networks write it, with milliseconds: 2026-11-22T13:35:00.123Z."""
    return datetime.fromtimestamp(at, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def http_date(at: float) -> str:
    """`at` as a Date header."""
    return formatdate(at, usegmt=True)
