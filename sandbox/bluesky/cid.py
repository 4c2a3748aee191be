"""Content identifiers as the network computes them, so that a client may check them.

Source: atproto.com/specs/data-model (DRISL, a strict DAG-CBOR), multiformats/cid (version 1, SHA-256, base32).
"""

import base64
import hashlib
import struct
from typing import Any

RAW, DAG_CBOR = 0x55, 0x71


def of_bytes(data: bytes) -> str:
    """The CID of a blob."""
    return _text(RAW, hashlib.sha256(data).digest())


def of_sha256(hexdigest: str) -> str:
    """The CID of a blob whose SHA-256 is known."""
    return _text(RAW, bytes.fromhex(hexdigest))


def of_record(value: Any) -> str:
    """The CID of a record given as JSON."""
    return _text(DAG_CBOR, hashlib.sha256(encode(value)).digest())


def sha256_of(cid: str) -> str | None:
    """The SHA-256 in hex inside a CID of ours, or None when it is not one."""
    try:
        raw = base64.b32decode(cid[1:].upper() + "=" * (-len(cid[1:]) % 8))
    except ValueError:
        return None
    return raw[4:].hex() if cid[:1] == "b" and len(raw) == 36 and raw[2:4] == b"\x12\x20" else None


def _text(codec: int, digest: bytes) -> str:
    return "b" + base64.b32encode(bytes([1, codec, 0x12, 0x20]) + digest).decode().lower().rstrip("=")


def encode(value: Any) -> bytes:
    """`value` as DAG-CBOR. Raises ValueError at what the data model does not know."""
    match value:
        case None:
            return b"\xf6"
        case bool():
            return b"\xf5" if value else b"\xf4"
        case int():
            return _head(0, value) if value >= 0 else _head(1, -1 - value)
        case float():
            return b"\xfb" + struct.pack(">d", value)
        case str():
            data = value.encode()
            return _head(3, len(data)) + data
        case list():
            return _head(4, len(value)) + b"".join(encode(each) for each in value)
        case {"$link": str(link), **rest} if not rest:
            raw = b"\0" + base64.b32decode(link[1:].upper() + "=" * (-len(link[1:]) % 8))
            return b"\xd8\x2a" + _head(2, len(raw)) + raw
        case dict():
            keys = sorted(value, key=lambda key: (len(key.encode()), key.encode()))
            return _head(5, len(value)) + b"".join(encode(key) + encode(value[key]) for key in keys)
    raise ValueError(f"cannot encode {type(value).__name__}")


def _head(kind: int, number: int) -> bytes:
    if number < 24:
        return bytes([kind << 5 | number])
    for code, size in ((24, 1), (25, 2), (26, 4), (27, 8)):
        if number < 1 << (8 * size):
            return bytes([kind << 5 | code]) + number.to_bytes(size, "big")
    raise ValueError("number too large")
