"""Drafts, accounts and doors for tests of connectors."""

import json
import struct
import zlib
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any
from uuid import UUID

from platforms.base import Connector
from platforms.contents import Account, Draft, Key, Picture, To, Video
from platforms.http import Door
from platforms.registry import connector

MADE_AT = datetime(2026, 11, 22, 12, 30, 15, 123456, tzinfo=UTC)
KEY = Key(UUID("3f2c9a1e-5d4b-4c6a-8e7f-0123456789ab"), MADE_AT)
TOKEN = "123456:AAHsecretsecretsecretsecretsecret"


def png(width: int = 4, height: int = 3, shade: int = 0) -> bytes:
    """A small real picture."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    rows = b"".join(b"\0" + bytes([shade, 80, 120]) * width for _ in range(height))
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


def picture(*, alt: str = "Warga di balai desa", shade: int = 0, **changed: Any) -> Picture:
    data = png(shade=shade)
    facts: dict[str, Any] = {"sha256": sha256(data).hexdigest(), "mime": "image/png", "width": 4, "height": 3}
    return Picture(**{**facts, "size": len(data), "alt": alt, "read": lambda: data, **changed})


def mp4(width: int = 320, height: int = 240, seconds: int = 3, body: bytes = b"gambar bergerak") -> bytes:
    """A film as far as anybody here looks: its head tells size and length."""

    def box(name: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content) + 8) + name + content

    track = box(b"tkhd", bytes(76) + struct.pack(">II", width << 16, height << 16))
    head = box(b"mvhd", bytes(12) + struct.pack(">II", 1000, seconds * 1000) + bytes(80))
    return box(b"ftyp", b"isom\0\0\2\0isomiso2") + box(b"moov", head + box(b"trak", track)) + box(b"mdat", body)


def film(data: bytes = b"", **changed: Any) -> Video:
    data = data or mp4()
    facts: dict[str, Any] = {"sha256": sha256(data).hexdigest(), "mime": "video/mp4", "width": 320, "height": 240}
    facts |= {"size": len(data), "seconds": 3.0, "rate": 25.0, "codec": "AVC", "sound": "AAC"}
    return Video(**{**facts, "part": lambda at, size: data[at : at + size], **changed})


def draft(
    text: str = "Selamat pagi, warga Sukamaju!",
    *,
    pictures: int | Iterable[Picture] = 0,
    video: Video | None = None,
    to: To | None = None,
) -> Draft:
    made = [picture(shade=n) for n in range(pictures)] if isinstance(pictures, int) else pictures
    return Draft(text, tuple(made), video=video, to=to)


SECRETS = {
    "mastodon": {"token": "secrettoken"},
    "bluesky": {"access": "secretaccess", "refresh": "secretrefresh", "password": "secretword"},
    "telegram": {"token": TOKEN},
}
REMOTE_IDS = {"mastodon": "77", "bluesky": "did:plc:abc", "telegram": "-1001234"}


def account(kind: str, server: str) -> Account:
    return Account(kind, server, REMOTE_IDS[kind], "Caleg", "@caleg", SECRETS[kind])


def speaker(kind: str, server: Any, *, seconds: float = 3, start: float = 1.0) -> Connector:
    """A connector of that kind that speaks to `server` on loopback."""
    door = Door(seconds, start, frozenset({server.place}))
    return connector(kind)(account(kind, server.url), door)


def keeping() -> tuple[list[str], Callable[[str], None]]:
    """A `keep` that always says yes, and what it was given."""
    kept: list[str] = []
    return kept, kept.append


def payload(platform: str, name: str) -> Any:
    """A recorded answer of a network."""
    return json.loads((Path(__file__).parents[1] / "payloads" / platform / f"{name}.json").read_text())
