"""Names on Bluesky: DIDs, record keys, at-addresses. Source: atproto.com/specs/did, tid, record-key."""

import base64
import re

from sandbox.accounts import derive
from sandbox.snowflake import Snowflake

TID_DIGITS = "234567abcdefghijklmnopqrstuvwxyz"
POST, GATE = "app.bsky.feed.post", "app.bsky.feed.threadgate"
RKEY = re.compile(r"[A-Za-z0-9._~:-]{1,512}")
NSID = re.compile(r"[a-z][a-z0-9-]*(\.[a-z0-9-]+)+(\.[A-Za-z][A-Za-z0-9]*)")
_ids = Snowflake(1_000_000, 10)


def did(handle: str) -> str:
    """The account's DID, the same each time it is made."""
    digest = bytes.fromhex(derive("bluesky", handle, "did"))
    return "did:plc:" + base64.b32encode(digest[:15]).decode().lower()


def full_handle(handle: str) -> str:
    """A handle is a domain name here."""
    return handle if "." in handle else f"{handle}.test"


def tid() -> str:
    """A new timestamp key: microseconds and a clock number, sortable; of a pretended time, one of that time."""
    number = _ids.next()
    return "".join(TID_DIGITS[number >> shift & 31] for shift in range(60, -1, -5))


def is_rkey(rkey: str) -> bool:
    """Whether this may name a record."""
    return rkey not in {".", ".."} and RKEY.fullmatch(rkey) is not None


def uri(who: str, collection: str, rkey: str) -> str:
    """at://did/collection/rkey."""
    return f"at://{who}/{collection}/{rkey}"


def split(at_uri: str) -> tuple[str, str, str] | None:
    """(did or handle, collection, rkey), or None when it names no record."""
    parts = at_uri.removeprefix("at://").split("/")
    return (parts[0], parts[1], parts[2]) if at_uri.startswith("at://") and len(parts) == 3 else None
