"""X's ids: milliseconds since its own beginning, 22 bits of sequence. Source: twitter-archive/snowflake."""

import secrets

from sandbox import clock
from sandbox.accounts import derive_number

EPOCH = 1_288_834_974_657
_last = 0


def next_id() -> str:
    """A new id, greater than all before it; of a time that is pretended, one of that time."""
    global _last
    if clock.is_pretended():
        return str((int(clock.now() * 1000) - EPOCH) << 22 | secrets.randbelow(1 << 22))
    _last = max(_last + 1, (int(clock.now() * 1000) - EPOCH) << 22)
    return str(_last)


def user_id(handle: str) -> str:
    """The id of an account, the same each time it is made."""
    return str(derive_number("x", handle, "id", low=1_000_000_000_000_000_000, high=1_900_000_000_000_000_000))
