"""Record names chosen by us, so that a post sent twice is one post.

A TID is 13 characters: microseconds since 1970 in 53 bits and a clock id in 10 bits, five bits to a character.
Source: AT Protocol specification, "Record Key Types, Timestamp Identifier (TID)", read 2026-08.
"""

from datetime import UTC, datetime, timedelta

from platforms.contents import Key

ALPHABET = "234567abcdefghijklmnopqrstuvwxyz"
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


def encode(microseconds: int, clock_id: int) -> str:
    value = (microseconds & (2**53 - 1)) << 10 | (clock_id & 1023)
    return "".join(ALPHABET[value >> shift & 31] for shift in range(60, -1, -5))


def of(key: Key) -> str:
    """The record name of this key, the same whenever it is asked.

    The key's own bits take the place of the clock id and of the last 2^12 microseconds (4 ms): envelopes sealed in
    one transaction may carry the same time.
    """
    microseconds = (key.made_at - _EPOCH) // _MICROSECOND
    bits = key.uuid.int & (2**22 - 1)
    return encode(microseconds & ~0xFFF | bits >> 10, bits & 1023)


def time_of(tid: str) -> datetime | None:
    """When a record was named, or None where the name is no TID."""
    if len(tid) != 13 or any(c not in ALPHABET for c in tid):
        return None
    value = 0
    for character in tid:
        value = value << 5 | ALPHABET.index(character)
    return _EPOCH + timedelta(microseconds=value >> 10)
