"""Real films for tests, a few kilobytes each, which MediaInfo reads: drawn by us, so free of anybody's rights."""

import struct
from pathlib import Path

ROOT = Path(__file__).parent
UPRIGHT = (ROOT.parent / "campaign" / "demo_files" / "jalan.mp4").read_bytes()
"""H.264 and AAC, 360 × 640, 4 seconds, 25 frames a second."""
QUICKTIME = (ROOT / "films" / "cepat.mov").read_bytes()
"""The same codecs in a MOV, 320 × 240, one second."""
SILENT = (ROOT / "films" / "bisu.mp4").read_bytes()
"""HEVC without sound, 320 × 240, one second."""
WEBM = (ROOT / "films" / "lain.webm").read_bytes()


def box(name: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content) + 8) + name + content


def reel(number: int = 0, *, size: int = 0) -> bytes:
    """`UPRIGHT`, another file for each number, and of `size` bytes if that is given. What is added no player reads."""
    told = struct.pack(">I", number)
    filling = max(4, size - len(UPRIGHT) - 8) if size else 4
    return UPRIGHT + box(b"mdat", told + bytes(filling - 4))


def turned(film: bytes = UPRIGHT) -> bytes:
    """As a phone writes a film that was held the other way: the picture as it was, and a word to turn it.

    Source: ISO/IEC 14496-12, 8.3.2 (the matrix of tkhd, version 0).
    """
    at = film.index(b"tkhd") + 4 + 40
    matrix = struct.pack(">9i", 0, 0x10000, 0, -0x10000, 0, 0, 640 << 16, 0, 0x40000000)
    return film[:at] + matrix + film[at + 36 :]


def told_of(film: bytes = UPRIGHT) -> bytes:
    """As a phone tells in it where (`©xyz`), when and with what it was filmed."""
    place = box(b"\xa9xyz", b"\x00\x12\x15\xc7-07.7956+110.3695/")
    maker = box(b"\xa9mak", b"\x00\x07\x15\xc7Telepon")
    start = film.index(b"moov") - 4
    size = struct.unpack(">I", film[start : start + 4])[0]
    moov = film[start + 8 : start + size] + box(b"udta", place + maker)
    when = moov.index(b"mvhd") + 8
    moov = moov[:when] + struct.pack(">II", 3_870_000_000, 3_870_000_000) + moov[when + 8 :]
    former = (place + maker).ljust(size - 8, b"\0")  # of what a program wrote before, in a box that means nothing
    return film[:start] + box(b"free", former) + film[start + size :] + box(b"moov", moov)
