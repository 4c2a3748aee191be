"""Mastodon's ids: 48 bits of milliseconds, 16 bits of sequence. Source: lib/mastodon/snowflake.rb."""

import secrets

from sandbox import clock
from sandbox.accounts import derive_number

_last = 0


def next_id() -> str:
    """A new id, greater than all before it; of a time that is pretended, one of that time."""
    global _last
    if clock.is_pretended():
        return str(int(clock.now() * 1000) << 16 | secrets.randbelow(1 << 16))
    _last = max(_last + 1, int(clock.now() * 1000) << 16)
    return str(_last)


def account_id(handle: str) -> str:
    """The id of an account, the same each time it is made."""
    return str(derive_number("mastodon", handle, "id", low=109_000_000_000_000_000, high=113_000_000_000_000_000))
