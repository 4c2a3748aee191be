"""Drafts, accounts and doors for tests of connectors."""

import json
import struct
import zlib
from array import array
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any
from uuid import UUID

from platforms.base import Connector
from platforms.contents import Account, Draft, Key, Picture, Place, To, Video
from platforms.http import Door
from platforms.registry import connector
from tests.platforms.servers import Reply, says

MADE_AT = datetime(2026, 11, 22, 12, 30, 15, 123456, tzinfo=UTC)
KEY = Key(UUID("3f2c9a1e-5d4b-4c6a-8e7f-0123456789ab"), MADE_AT)
LINK = "https://posko.example/berkas/gambar"
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
    return Picture(**{**facts, "size": len(data), "alt": alt, "read": lambda: data, "link": lambda: LINK, **changed})


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


FILM = b"\0\0\0\x18ftypmp42" + bytes(range(256)) * 4096
"""A little more than a mebibyte that begins as an MP4 does: two pieces on YouTube."""


def video(data: bytes = FILM, **changed: Any) -> Video:
    facts: dict[str, Any] = {"sha256": sha256(data).hexdigest(), "mime": "video/mp4", "width": 1280, "height": 720}
    facts |= {"size": len(data), "seconds": 42.0, "rate": 30.0, "codec": "AVC", "sound": "AAC"}
    return Video(**{**facts, "part": lambda at, length: data[at : at + length], **changed})


def film_draft(text: str = "Jalan desa sudah diperbaiki.", *, title: str = "Jalan desa", **more: Any) -> Draft:
    return Draft(text, **{"title": title, "video": video(), **more})


def answer_draft(text: str = "Senin depan, Bu.") -> Draft:
    """What goes below somebody's comment: the one step of networks that publish films in many."""
    return Draft(text, to=To(Place.COMMENT, "UgxKomentarDariSeorangWarga", root="dQw4w9WgXcQ"))


SECRETS = {
    "mastodon": {"token": "secrettoken"},
    "bluesky": {"access": "secretaccess", "refresh": "secretrefresh", "password": "secretword"},
    "telegram": {"token": TOKEN},
    "facebook": {"token": "EAAsecrettokensecrettoken"},
    "x": {"access": "secretaccess", "refresh": "secretrefresh"},
    "youtube": {"access": "secretaccess", "refresh": "secretrefresh"},
    "tiktok": {"access": "act.secretaccess", "refresh": "rft.secretrefresh", "scope": "user.info.basic,video.upload"},
    "instagram": {"token": "IGAAsecrettokensecrettoken"},
    "threads": {"token": "THAAsecrettokensecrettoken"},
}
REMOTE_IDS = {
    "mastodon": "77",
    "bluesky": "did:plc:abc",
    "telegram": "-1001234",
    "facebook": "104",
    "x": "11",
    "youtube": "UCcaleg",
    "tiktok": "-000abc",
    "instagram": "178414",
    "threads": "2584",
}

# What stands in the handle before the step that shows something, and what the network says before it.
CONTAINER = json.dumps({"container": "17889", "at": 4_000_000_000})
READY: dict[str, tuple[str, tuple[Reply, ...]]] = {
    "instagram": (CONTAINER, (says({"id": "17889", "status_code": "FINISHED", "status": "Finished"}),)),
    "threads": (CONTAINER, (says({"id": "17889", "status": "FINISHED"}),)),
}


def account(kind: str, server: str) -> Account:
    # Renewed just now, and not when the tests began: what X turns away then, it has taken back.
    renewed = {"renewed_at": datetime.now(UTC).isoformat()} if kind == "x" else {}
    return Account(kind, server, REMOTE_IDS[kind], "Caleg", "@caleg", SECRETS[kind] | renewed)


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


def long_film(size: int = 12_000_000, **changed: Any) -> Video:
    """A film of so many bytes that no player would take, but whose first bytes say what it is."""
    head = b"\0\0\0\x18ftypmp42"

    def part(offset: int, length: int) -> bytes:
        numbers = array("Q", range(offset // 8, (offset + length) // 8 + 1))
        data = numbers.tobytes()[offset % 8 :][:length]
        return head[:length] + data[len(head) :] if offset == 0 else data

    facts: dict[str, Any] = {"mime": "video/mp4", "width": 1080, "height": 1920, "seconds": 15.0, "rate": 30.0}
    facts |= {"sha256": f"{size:064x}", "codec": "AVC", "sound": "AAC", "size": size}
    return Video(**{**facts, "part": part, **changed})


def sendable(kind: str, **with_: Any) -> Draft:
    """A draft that the network takes: not all of them take words alone."""
    if kind == "youtube":
        return answer_draft(**with_)  # its one step; films are in `test_youtube`
    if kind != "tiktok":
        return draft(**with_)
    photo = picture(mime="image/jpeg", link=lambda: "https://posko.example/m/1.jpg")
    return draft(**{"pictures": [photo], **with_})
