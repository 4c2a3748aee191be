"""What the head of a film tells: size of the picture, length. Source: ISO/IEC 14496-12 (ftyp, moov, mvhd, tkhd)."""

from collections.abc import Iterator
from dataclasses import dataclass

MIME = "video/mp4"


@dataclass(frozen=True, slots=True)
class Film:
    """Pixels and seconds."""

    width: int
    height: int
    seconds: float


def look_at(data: bytes) -> Film | None:
    """The film in these bytes, whatever the upload claims to be; None when they are none."""
    if data[4:8] != b"ftyp":
        return None
    try:
        moov = next(body for name, body in _boxes(data) if name == b"moov")
        head = next(body for name, body in _boxes(moov) if name == b"mvhd")
        sizes = [_size(body) for name, body in _boxes(moov) if name == b"trak"]
    except (StopIteration, IndexError, ValueError):
        return None
    width, height = next((size for size in sizes if size[0]), (0, 0))
    return Film(width, height, _seconds(head)) if width and height else None


def _boxes(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Name and content of each box. Raises ValueError where the sizes make no sense."""
    at = 0
    while at + 8 <= len(data):
        size, start = int.from_bytes(data[at : at + 4]), 8
        if size == 1:
            size, start = int.from_bytes(data[at + 8 : at + 16]), 16
        size = size or len(data) - at
        if size < start:
            raise ValueError("a box smaller than its head")
        yield data[at + 4 : at + 8], data[at + start : at + size]
        at += size


def _seconds(mvhd: bytes) -> float:
    if mvhd[0] == 1:
        scale, length = int.from_bytes(mvhd[20:24]), int.from_bytes(mvhd[24:32])
    else:
        scale, length = int.from_bytes(mvhd[12:16]), int.from_bytes(mvhd[16:20])
    return length / scale if scale else 0.0


def _size(trak: bytes) -> tuple[int, int]:
    """Width and height of a track, which end its head as 16.16 fixed-point numbers; 0 for sound."""
    head = next(body for name, body in _boxes(trak) if name == b"tkhd")
    return int.from_bytes(head[-8:-6]), int.from_bytes(head[-4:-2])
