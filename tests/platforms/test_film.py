"""What a film is, told from its file; and files that are none, or lie."""

import random
import struct
from contextlib import suppress
from pathlib import Path

import pytest

from platforms import boxes, film, film_reader
from platforms.film import NoFilm, Probed
from tests import reels


def named(value: object) -> str | None:
    """The name of a parameter: bytes of a whole film are none."""
    return f"{len(value)} bytes" if isinstance(value, bytes) else None


@pytest.fixture
def probe(tmp_path: Path):
    def probed(data: bytes, **how) -> Probed:
        path = tmp_path / "film"
        path.write_bytes(data)
        return film.probe(path, **how)

    return probed


@pytest.mark.parametrize(
    ("data", "facts"),
    [
        (reels.UPRIGHT, Probed("video/mp4", 360, 640, 4.0, 25.0, "AVC", "AAC")),
        (reels.QUICKTIME, Probed("video/quicktime", 320, 240, 1.0, 25.0, "AVC", "AAC")),
        (reels.SILENT, Probed("video/mp4", 320, 240, 1.0, 25.0, "HEVC", "")),
        (reels.reel(7, size=90_000), Probed("video/mp4", 360, 640, 4.0, 25.0, "AVC", "AAC")),
    ],
    ids=named,
)
def test_a_films_facts_are_told(probe, data, facts):
    assert probe(data) == facts


def test_a_turned_film_has_the_sides_that_people_see(probe):
    found = probe(reels.turned())
    assert (found.width, found.height) == (640, 360)


def test_other_kinds_of_films_are_named_as_such(probe):
    with pytest.raises(NoFilm, match="container"):
        probe(reels.WEBM)


FTYP, MOOV = reels.UPRIGHT[:32], reels.UPRIGHT[32 : 32 + 4635]
HUGE = struct.pack(">I4sQ", 1, b"mdat", 2**63)
ENDLESS = b"".join(struct.pack(">I4s", 8, b"free") for _ in range(3))


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"ftyp",
        b"bukan film " * 500,
        b"\xff\xd8\xff\xe0" + bytes(900),
        b"\0\0\0\x18ftypheic" + bytes(900),
        FTYP,
        FTYP + HUGE,
        FTYP + struct.pack(">I4s", 4, b"moov"),
        FTYP + struct.pack(">I4s", 0, b"moov"),
        FTYP + reels.box(b"moov", reels.box(b"cmov", bytes(40))),
        FTYP + MOOV + MOOV,
        MOOV + FTYP,
        reels.UPRIGHT[:3000],
        FTYP + reels.box(b"moov", reels.box(b"trak", b"")),
        FTYP + MOOV,
    ],
    ids=named,
)  # fmt: skip
def test_what_is_no_film_is_refused_and_nothing_else_happens(probe, data):
    with pytest.raises(NoFilm):
        probe(data, forgets=True)


def test_a_film_that_leads_to_another_file_is_refused(tmp_path):
    here = b"url \0\0\0\1"
    assert here in reels.UPRIGHT
    path = tmp_path / "film"
    path.write_bytes(reels.UPRIGHT.replace(here, b"url " + bytes(4)))
    with path.open("rb") as file, pytest.raises(boxes.Broken, match="elsewhere"):
        boxes.look(file, path.stat().st_size)


def test_more_boxes_than_any_film_has_end_the_looking(probe, monkeypatch):
    monkeypatch.setattr(boxes, "MOST", 10)
    with pytest.raises(NoFilm, match="too many"):
        probe(reels.UPRIGHT + ENDLESS)


def test_whatever_is_broken_in_it_there_is_an_answer(probe):
    chance = random.Random(4)
    for _ in range(12):
        data = bytearray(reels.UPRIGHT)
        for _each in range(30):
            data[chance.randrange(32, 4667)] = chance.randrange(256)
        with suppress(NoFilm):
            assert probe(bytes(data), forgets=True).width > 0


def test_reading_has_an_end(probe):
    with pytest.raises(NoFilm, match="slow"):
        probe(reels.UPRIGHT, within=0.001)


def test_a_reader_that_crashes_takes_nobody_along(probe, monkeypatch, tmp_path):
    broken = tmp_path / "reader.py"
    broken.write_text("import os; os.abort()")
    monkeypatch.setattr(film, "_READER", broken)
    with pytest.raises(NoFilm, match="unreadable"):
        probe(reels.UPRIGHT)


def test_the_reader_knows_no_module_of_ours():
    source = Path(film_reader.__file__).read_text()
    assert "platforms" not in source and "campaign" not in source


def test_where_when_and_with_what_it_was_filmed_is_forgotten(probe, tmp_path):
    told = reels.told_of()
    assert b"-07.7956+110.3695" in told and b"Telepon" in told
    before = probe(told)
    after = probe(told, forgets=True)
    data = (tmp_path / "film").read_bytes()
    assert before == after and len(data) == len(told)
    assert b"-07.7956" not in data and b"Telepon" not in data and b"\xa9xyz" not in data
    assert struct.pack(">I", 3_870_000_000) not in data


def test_a_track_of_notes_is_hidden(tmp_path):
    """Action cameras write where they were, ten times a second."""
    notes = reels.box(b"hdlr", bytes(8) + b"meta" + bytes(13))
    track = reels.box(b"trak", reels.box(b"mdia", notes))
    data = FTYP + reels.box(b"moov", MOOV[8:] + track) + reels.UPRIGHT[32 + 4635 :]
    path = tmp_path / "film"
    path.write_bytes(data)
    with path.open("r+b") as file:
        boxes.forget(file, len(data))
    assert path.read_bytes().count(b"trak") == data.count(b"trak") - 1


def notes_track(handler: bytes, at: int, *, wide: bool) -> bytes:
    """A track of two notes of 16 bytes in one chunk and one of 8 in the next, 100 bytes on."""

    def table(name: bytes, *numbers: int, width: str = "I") -> bytes:
        return reels.box(name, bytes(4) + struct.pack(f">I{len(numbers)}{width}", len(numbers), *numbers))

    sizes = reels.box(b"stsz", bytes(8) + struct.pack(">4I", 3, 16, 16, 8))
    runs = reels.box(b"stsc", bytes(4) + struct.pack(">7I", 2, 1, 2, 1, 2, 1, 1))
    chunks = table(b"co64", at, at + 100, width="Q") if wide else table(b"stco", at, at + 100)
    stbl = reels.box(b"minf", reels.box(b"stbl", sizes + runs + chunks))
    return reels.box(b"trak", reels.box(b"mdia", reels.box(b"hdlr", bytes(8) + handler + bytes(13)) + stbl))


@pytest.mark.parametrize("wide", [False, True])
@pytest.mark.parametrize("handler", [b"meta", b"text", b"vide"])
def test_what_a_track_of_notes_said_is_blanked_out_of_the_film(tmp_path, handler, wide):
    said = reels.box(b"mdat", b"S" * 32 + b"P" * 68 + b"S" * 8 + b"P" * 20)
    data = FTYP + said + reels.box(b"moov", MOOV[8:] + notes_track(handler, len(FTYP) + 8, wide=wide))
    path = tmp_path / "film"
    path.write_bytes(data)
    with path.open("r+b") as file:
        boxes.forget(file, len(data))
    left = path.read_bytes()
    assert (left.count(b"S" * 8) == 0) == (handler != b"vide") and left.count(b"P" * 68) == 1
    assert left[len(FTYP) + 8 + 100 + 8 :].startswith(b"P" * 20) and len(left) == len(data)


def test_a_track_of_notes_that_points_at_the_boxes_changes_none_of_them(tmp_path):
    data = FTYP + reels.box(b"mdat", bytes(8)) + reels.box(b"moov", MOOV[8:] + notes_track(b"meta", 0, wide=False))
    path = tmp_path / "film"
    path.write_bytes(data)
    with path.open("r+b") as file:
        boxes.forget(file, len(data))
    assert path.read_bytes().startswith(FTYP + reels.box(b"mdat", bytes(8)))


def test_notes_that_name_the_same_place_for_ever_end_the_looking(tmp_path):
    track = notes_track(b"meta", len(FTYP) + 8, wide=False)
    data = FTYP + reels.box(b"mdat", bytes(128)) + reels.box(b"moov", MOOV[8:] + track * 20_000)
    path = tmp_path / "film"
    path.write_bytes(data)
    with path.open("r+b") as file, pytest.raises(boxes.Broken):
        boxes.forget(file, len(data))


@pytest.mark.parametrize(
    ("head", "is_film"),
    [
        (reels.UPRIGHT[:16], True),
        (reels.QUICKTIME[:16], True),
        (reels.WEBM[:16], True),
        (b"RIFF\0\0\0\0AVI LIST", True),
        (b"\0\0\0\x18ftypheic\0\0\0\0", False),
        (b"\0\0\0\x18ftypavif\0\0\0\0", False),
        (b"\x89PNG\r\n\x1a\n" + bytes(8), False),
        (b"", False),
    ],
)
def test_a_film_is_known_by_its_first_bytes(head, is_film):
    assert film.is_one(head) is is_film
