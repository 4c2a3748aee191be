"""Mastodon's ids: 48 bits of milliseconds, 16 bits of sequence. Source: lib/mastodon/snowflake.rb."""

from sandbox import clock
from sandbox.accounts import derive_number

_last = 0


def next_id() -> str:
    """A new id, greater than all before it."""
    global _last
    _last = max(_last + 1, int(clock.now() * 1000) << 16)
    return str(_last)


def account_id(handle: str) -> str:
    """The id of an account, the same each time it is made."""
    return str(derive_number("mastodon", handle, "id", low=109_000_000_000_000_000, high=113_000_000_000_000_000))
