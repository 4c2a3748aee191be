"""Mastodon's ids: 48 bits of milliseconds, 16 bits of sequence. Source: lib/mastodon/snowflake.rb."""

from sandbox.accounts import derive_number
from sandbox.snowflake import Snowflake

_ids = Snowflake(1000, 16)


def next_id() -> str:
    """A new id, greater than all before it; of a time that is pretended, one of that time."""
    return str(_ids.next())


def account_id(handle: str) -> str:
    """The id of an account, the same each time it is made."""
    return str(derive_number("mastodon", handle, "id", low=109_000_000_000_000_000, high=113_000_000_000_000_000))
