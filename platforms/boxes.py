"""The boxes of an MP4 or QuickTime file: which there are, and what the phone wrote into them about whoever filmed.

Read and changed in the file itself, never in memory: a film may have hundreds of megabytes.
Source: ISO/IEC 14496-12 (box structure, ftyp, moov, mvhd, trak, tkhd, mdhd, hdlr, dref, udta, meta); QuickTime File
Format (user data, among it where it was filmed, `©xyz`).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

MOST = 200_000
"""Boxes of a film: one in fragments of a second, of a whole day. What has more is no film from a phone."""
STILL = frozenset({b"heic", b"heix", b"hevc", b"hevx", b"heim", b"heis", b"mif1", b"msf1", b"avif", b"avis"})
"""Brands of pictures that come in the same boxes."""
TOLD = frozenset({b"udta", b"meta", b"uuid"})
"""Boxes that hold place, device, title, thumbnails; players need none of them."""
TIMES = {b"mvhd": (4, 8), b"tkhd": (4, 8), b"mdhd": (4, 8)}
"""Boxes that begin with when it was made and changed: from the fourth byte on, 8 bytes, or 16 in version 1."""


class Broken(ValueError):
    """These boxes make no sense, or lead out of the file."""


@dataclass(frozen=True)
class Box:
    """From `at` to `end`, its contents from `body` on."""

    name: bytes
    at: int
    body: int
    end: int


def brand(head: bytes) -> bytes:
    """What the first bytes of a file say it is, as `isom` or `qt  `; b"" where they are not of this family."""
    return head[8:12] if head[4:8] == b"ftyp" else b""


def look(file: BinaryIO, size: int) -> None:
    """Raises `Broken` unless it is one film, whole in this file: nothing it leads to lies elsewhere."""
    left = [MOST]
    top = list(_boxes(file, 0, size, left))
    moovs = [box for box in top if box.name == b"moov"]
    if not top or top[0].name != b"ftyp" or len(moovs) != 1 or b"mdat" not in {box.name for box in top}:
        raise Broken("no film")
    tracks = _named(file, moovs[0], b"trak", left)
    if not tracks:  # none at all, or packed so that nobody could look into them here
        raise Broken("no tracks")
    for track in tracks:
        for media in _named(file, track, b"mdia", left):
            for about in _named(file, media, b"minf", left):
                for data in _named(file, about, b"dinf", left):
                    for where in _named(file, data, b"dref", left):
                        _require_here(file, where, left)


def forget(file: BinaryIO, size: int) -> None:
    """Blank out in place what tells of whoever filmed: place, device, times. The film itself stays as it is.

    A track of such things (as action cameras write) is hidden too; its samples stay among those of the film.
    """
    left = [MOST]
    for box in list(_boxes(file, 0, size, left)):
        if box.name in TOLD:
            _blank(file, box)
        elif box.name == b"moov":
            _forget_in(file, box, left)


def _forget_in(file: BinaryIO, parent: Box, left: list[int]) -> None:
    for box in list(_boxes(file, parent.body, parent.end, left)):
        if box.name in TOLD or (box.name == b"trak" and _tells_only(file, box, left)):
            _blank(file, box)
        elif box.name in TIMES:
            _zero_times(file, box)
        elif box.name in (b"trak", b"mdia"):
            _forget_in(file, box, left)


def _tells_only(file: BinaryIO, track: Box, left: list[int]) -> bool:
    """Whether it is a track of notes in time, neither picture nor sound. Its handler says so."""
    for media in _named(file, track, b"mdia", left):
        for handler in _named(file, media, b"hdlr", left):
            if _at(file, handler.body + 8, 4) == b"meta":
                return True
    return False


def _zero_times(file: BinaryIO, box: Box) -> None:
    length = 16 if _at(file, box.body, 1) == b"\1" else 8
    if box.end - box.body >= 4 + length:
        file.seek(box.body + 4)
        file.write(bytes(length))


def _blank(file: BinaryIO, box: Box) -> None:
    file.seek(box.at + 4)
    file.write(b"free")
    file.seek(box.body)
    rest = box.end - box.body
    while rest > 0:
        rest -= file.write(bytes(min(rest, 1 << 16)))


def _require_here(file: BinaryIO, where: Box, left: list[int]) -> None:
    """A film may say that its pictures lie in another file or at an address; whoever reads it would go there."""
    for entry in _boxes(file, where.body + 8, where.end, left):
        if not int.from_bytes(_at(file, entry.body + 1, 3)) & 1:
            raise Broken("it leads elsewhere")


def _named(file: BinaryIO, parent: Box, name: bytes, left: list[int]) -> list[Box]:
    return [box for box in _boxes(file, parent.body, parent.end, left) if box.name == name]


def _boxes(file: BinaryIO, start: int, end: int, left: list[int]) -> Iterator[Box]:
    at = start
    while at + 8 <= end:
        left[0] -= 1
        if left[0] < 0:
            raise Broken("too many boxes")
        head = _at(file, at, 16)
        size, body = int.from_bytes(head[:4]), at + 8
        if size == 1:
            size, body = int.from_bytes(head[8:16]), at + 16
        size = size or end - at
        if at + size < body or at + size > end:
            raise Broken("a box larger or smaller than it can be")
        yield Box(head[4:8], at, body, at + size)
        at += size


def _at(file: BinaryIO, at: int, length: int) -> bytes:
    file.seek(at)
    return file.read(length)
