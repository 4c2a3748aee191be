"""What a film is, told from its file: length, size, codecs, sound, frames, container. Plain Python; knows no Django.

MediaInfo does the reading, in a process of its own with an end to its time (`platforms.film_reader`).
"""

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from platforms import boxes

WITHIN = 30.0
"""Seconds for reading: a film of ten minutes takes a tenth of one, but a busy machine starts the reader late."""
MIMES = {b"qt  ": "video/quicktime"}
"""By brand; all others of the family are MP4."""
LARGEST_SIDE, LONGEST = 16_384, 48 * 3600
"""Pixels and seconds: what claims more is broken."""
_READER = Path(__file__).with_name("film_reader.py")


class NoFilm(ValueError):
    """Why this file is not taken: `unreadable`, `container` (another kind of film) or `slow`."""

    def __init__(self, code: str, detail: str = "") -> None:
        super().__init__(f"{code}: {detail}" if detail else code)
        self.code = code


@dataclass(frozen=True)
class Probed:
    """A film's facts. Width and height as people see it: a phone held upright writes a turned picture.

    `codec` and `sound` as MediaInfo writes them (`AVC`, `AAC`); `sound` is "" where it has none.
    """

    mime: str
    width: int
    height: int
    seconds: float
    rate: float
    codec: str
    sound: str


def is_one(head: bytes) -> bool:
    """Whether the first 16 bytes of a file promise a film, of a kind that we take or not."""
    found = boxes.brand(head)
    matroska, avi = head[:4] == b"\x1a\x45\xdf\xa3", head[:4] == b"RIFF" and head[8:12] == b"AVI "
    return bool(found and found not in boxes.STILL) or matroska or avi


def probe(path: Path, *, forgets: bool = False, within: float = WITHIN) -> Probed:
    """The facts of the film in this file; if it `forgets`, the file loses where, when and with what it was filmed.

    Raises `NoFilm`.
    """
    size = path.stat().st_size
    with path.open("r+b" if forgets else "rb") as file:
        head = file.read(16)
        found = boxes.brand(head)
        if not found or found in boxes.STILL:
            raise NoFilm("container" if is_one(head) else "unreadable")
        try:
            boxes.look(file, size)
            if forgets:
                boxes.forget(file, size)
        except boxes.Broken as broken:
            raise NoFilm("unreadable", str(broken)) from None
    return _facts(_tracks(path, within), MIMES.get(found, "video/mp4"))


def _tracks(path: Path, within: float) -> list[dict[str, Any]]:
    asked = [sys.executable, "-I", str(_READER), str(path.resolve())]
    quiet = {name: os.environ[name] for name in ("PATH", "LD_LIBRARY_PATH", "SYSTEMROOT") if name in os.environ}
    try:
        done = subprocess.run(asked, capture_output=True, timeout=within, env=quiet, check=True)
        found = json.loads(done.stdout)
    except subprocess.TimeoutExpired:
        raise NoFilm("slow") from None
    except (subprocess.CalledProcessError, ValueError) as error:
        raise NoFilm("unreadable", str(error)[:200]) from None
    return found if isinstance(found, list) else []


def _facts(tracks: list[dict[str, Any]], mime: str) -> Probed:
    whole = next((track for track in tracks if track.get("track_type") == "General"), {})
    films = [track for track in tracks if track.get("track_type") == "Video"]
    sounds = [track for track in tracks if track.get("track_type") == "Audio"]
    if whole.get("format") != "MPEG-4" or len(films) != 1:
        raise NoFilm("unreadable", "not one picture track")
    film = films[0]
    width, height = int(_number(film, "width")), int(_number(film, "height"))
    if round(_number(film, "rotation") / 90) % 2:
        width, height = height, width
    seconds = max(_number(whole, "duration"), _number(film, "duration")) / 1000
    rate = _number(film, "frame_rate") or _number(whole, "frame_rate")
    codec = str(film.get("format") or "")
    is_whole = min(width, height) > 0 and max(width, height) <= LARGEST_SIDE and 0 < seconds <= LONGEST
    if not is_whole or not codec:
        raise NoFilm("unreadable", f"{width} by {height}, {seconds} s, {codec}")
    sound = " + ".join(dict.fromkeys(str(each.get("format") or "?") for each in sounds))
    return Probed(mime, width, height, round(seconds, 3), round(rate, 3), codec[:40], sound[:40])


def _number(track: Mapping[str, Any], name: str) -> float:
    """MediaInfo writes numbers as such or as text; what is neither counts as nought."""
    try:
        found = float(track.get(name) or 0)
    except (TypeError, ValueError):
        return 0.0
    return found if 0 <= found < 1e12 else 0.0
