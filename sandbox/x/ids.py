"""X's ids: milliseconds since its own beginning, 22 bits of sequence. Source: twitter-archive/snowflake."""

from sandbox.accounts import derive_number
from sandbox.snowflake import Snowflake

_ids = Snowflake(1000, 22, epoch=1_288_834_974_657)


def next_id() -> str:
    """A new id, greater than all before it; of a time that is pretended, one of that time."""
    return str(_ids.next())


def user_id(handle: str) -> str:
    """The id of an account, the same each time it is made."""
    return str(derive_number("x", handle, "id", low=1_000_000_000_000_000_000, high=1_900_000_000_000_000_000))
