"""The boxes of an MP4 or QuickTime file: which there are, and what the phone wrote into them about whoever filmed.

Read and changed in the file itself, never in memory: a film may have hundreds of megabytes.
Source: ISO/IEC 14496-12 (box structure, ftyp, moov, mvhd, trak, tkhd, mdhd, hdlr, dref, udta, meta); QuickTime File
Format (user data, among it where it was filmed, `©xyz`).
"""

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice, repeat
from typing import BinaryIO

MOST = 200_000
"""Boxes of a film: one in fragments of a second, of a whole day. What has more is no film from a phone."""
MOST_NUMBERS = 2_000_000
"""Places and sizes of notes: three for each, of hours of film with a note for every frame."""
STILL = frozenset({b"heic", b"heix", b"hevc", b"hevx", b"heim", b"heis", b"mif1", b"msf1", b"avif", b"avis"})
"""Brands of pictures that come in the same boxes."""
TOLD = frozenset({b"udta", b"meta", b"uuid"})
"""Boxes that hold place, device, title, thumbnails; players need none of them."""
SPARE = frozenset({b"free", b"skip"})
"""Boxes that mean nothing: what a program left there when it wrote the film anew, may be all of the former ones."""
NOTES = frozenset({b"meta", b"text", b"sbtl"})
"""Handlers of tracks of words in time: where a camera was, as action cameras and drones write it, or subtitles."""
CHUNKS = ((b"stco", 4), (b"co64", 8))
"""The tables of places in the file, by the bytes of each."""
TIMES = {b"mvhd": (4, 8), b"tkhd": (4, 8), b"mdhd": (4, 8)}
"""Boxes that begin with when it was made and changed: from the fourth byte on, 8 bytes, or 16 in version 1."""


class Broken(ValueError):
    """These boxes make no sense, or lead out of the file."""


class Left:
    """What may still be done about one film of `size` bytes. What lies about itself would keep us busy for ever."""

    def __init__(self, size: int) -> None:
        self.boxes, self.numbers, self.bytes = MOST, MOST_NUMBERS, size

    def take(self, what: str, count: int) -> None:
        """So many of `boxes`, of the `numbers` in their tables, of the film's `bytes` to blank out. Raises `Broken`."""
        setattr(self, what, getattr(self, what) - count)
        if getattr(self, what) < 0:
            raise Broken(f"too many {what}")


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
    left = Left(size)
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

    A track of such things (as action cameras and drones write) is hidden too, and what it said among the film's bytes
    is blanked out.
    """
    left = Left(size)
    top = list(_boxes(file, 0, size, left))
    media = [box for box in top if box.name == b"mdat"]
    for box in top:
        if box.name in TOLD | SPARE:
            _blank(file, box)
        elif box.name == b"moov":
            _forget_in(file, box, media, left)


def _forget_in(file: BinaryIO, parent: Box, media: Sequence[Box], left: Left) -> None:
    for box in list(_boxes(file, parent.body, parent.end, left)):
        if box.name == b"trak" and _tells_only(file, box, left):
            for at, length in _samples(file, box, left):
                # Only among the film's bytes: a track may name any place, that of the boxes too.
                place = bisect_right(media, at, key=lambda each: each.body) - 1
                if place >= 0 and at + length <= media[place].end:
                    left.take("bytes", length)  # it may name the same place a thousand times
                    _zero(file, at, length)
            _blank(file, box)
        elif box.name in TOLD | SPARE:
            _blank(file, box)
        elif box.name in TIMES:
            _zero_times(file, box)
        elif box.name in (b"trak", b"mdia"):
            _forget_in(file, box, media, left)


def _tells_only(file: BinaryIO, track: Box, left: Left) -> bool:
    """Whether it is a track of notes in time, neither picture nor sound. Its handler says so."""
    for media in _named(file, track, b"mdia", left):
        for handler in _named(file, media, b"hdlr", left):
            if _at(file, handler.body + 8, 4) in NOTES:
                return True
    return False


def _samples(file: BinaryIO, track: Box, left: Left) -> Iterator[tuple[int, int]]:
    """Where each stretch of what the track says lies in the file, and how long it is."""
    for media in _named(file, track, b"mdia", left):
        for about in _named(file, media, b"minf", left):
            for table in _named(file, about, b"stbl", left):
                found = {box.name: box for box in _boxes(file, table.body, table.end, left)}
                near, far = (_numbers(file, found.get(name), 8, width, left) for name, width in CHUNKS)
                runs = _numbers(file, found.get(b"stsc"), 8, 4, left)
                yield from _stretches(near or far, runs, _sizes(file, found.get(b"stsz"), left))


def _stretches(chunks: Sequence[int], runs: Sequence[int], sizes: Iterator[int]) -> Iterator[tuple[int, int]]:
    """`runs` tells in threes from which chunk on (counted from 1) how many samples stand in each."""
    held = dict(zip(runs[::3], runs[1::3], strict=False))
    count = 0
    for number, at in enumerate(chunks, 1):
        count = held.get(number, count)
        yield at, sum(islice(sizes, count))


def _sizes(file: BinaryIO, box: Box | None, left: Left) -> Iterator[int]:
    """The bytes of each sample: one number for all, or one each."""
    same = int.from_bytes(_at(file, box.body + 4, 4)) if box else 0
    if box is None or not same:
        return iter(_numbers(file, box, 12, 4, left))
    count = int.from_bytes(_at(file, box.body + 8, 4))
    left.take("numbers", count)
    return repeat(same, count)


def _numbers(file: BinaryIO, box: Box | None, start: int, width: int, left: Left) -> list[int]:
    """The numbers of a table that stands `start` bytes into a box."""
    length = max(0, box.end - box.body - start) if box else 0
    left.take("numbers", length // width)
    data = _at(file, box.body + start, length) if box else b""
    return [int.from_bytes(data[at : at + width]) for at in range(0, len(data) - width + 1, width)]


def _zero_times(file: BinaryIO, box: Box) -> None:
    length = 16 if _at(file, box.body, 1) == b"\1" else 8
    if box.end - box.body >= 4 + length:
        file.seek(box.body + 4)
        file.write(bytes(length))


def _blank(file: BinaryIO, box: Box) -> None:
    file.seek(box.at + 4)
    file.write(b"free")
    _zero(file, box.body, box.end - box.body)


def _zero(file: BinaryIO, at: int, length: int) -> None:
    file.seek(at)
    while length > 0:
        length -= file.write(bytes(min(length, 1 << 16)))


def _require_here(file: BinaryIO, where: Box, left: Left) -> None:
    """A film may say that its pictures lie in another file or at an address; whoever reads it would go there."""
    for entry in _boxes(file, where.body + 8, where.end, left):
        if not int.from_bytes(_at(file, entry.body + 1, 3)) & 1:
            raise Broken("it leads elsewhere")


def _named(file: BinaryIO, parent: Box, name: bytes, left: Left) -> list[Box]:
    return [box for box in _boxes(file, parent.body, parent.end, left) if box.name == name]


def _boxes(file: BinaryIO, start: int, end: int, left: Left) -> Iterator[Box]:
    at = start
    while at + 8 <= end:
        left.take("boxes", 1)
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
