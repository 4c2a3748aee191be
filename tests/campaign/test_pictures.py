"""Pictures as they come from people: what is kept, what is refused, and what is left behind."""

import io
import random
import struct
import zlib
from collections.abc import Iterator
from threading import Barrier, Thread
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.utils.translation import override
from PIL import Image, ImageOps

from campaign import pictures
from campaign.errors import Refused
from campaign.models import Media, Role
from tests import make

TWO_MB = 2_000_000
NORTH_EAST = {1: "N", 2: (6.0, 12.0, 27.0), 3: "E", 4: (106.0, 49.0, 38.0)}  # a GPS position as a phone writes it


@pytest.fixture(autouse=True)
def _in_english() -> Iterator[None]:
    with override("en"):
        yield


def upload(content: bytes, name: str = "foto.jpg") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content, content_type="image/jpeg")


def saved(image: Image.Image, kind: str, **options: Any) -> bytes:
    out = io.BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


def taken(content: bytes) -> tuple[Image.Image, bytes, str]:
    """What is kept of a file: the picture, its bytes and its type."""
    kept, mime, size = pictures.encode(upload(content))
    image = Image.open(io.BytesIO(kept))
    assert image.size == size
    assert len(kept) < TWO_MB
    return image, kept, mime


def noise(width: int, height: int, mode: str = "RGB") -> Image.Image:
    bands = len(Image.new(mode, (1, 1)).getbands())
    return Image.frombytes(mode, (width, height), random.Random(7).randbytes(width * height * bands))


# What is refused ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        b"<html><script>alert(1)</script></html>",
        b"MZ\x90\x00 this is a program",
        b"\xff\xd8\xff\xe0 only the beginning of a JPEG",
        saved(Image.new("RGB", (20, 20)), "BMP"),
        saved(Image.new("RGB", (20, 20)), "TIFF"),
    ],
    ids=["empty", "svg", "html", "program", "stub", "bmp", "tiff"],
)
def test_what_is_no_picture_is_refused_whatever_its_name(content: bytes):
    with pytest.raises(Refused, match="not a picture"):
        pictures.encode(upload(content, "foto.jpg"))


def test_a_file_of_forty_megabytes_is_refused_before_it_is_opened(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(Image, "open", lambda *_args, **_options: pytest.fail("opened"))
    with pytest.raises(Refused, match="larger than 15 MB"):
        pictures.encode(upload(b"\xff\xd8" + bytes(40 * 1024 * 1024)))


def bomb(side: int) -> bytes:
    """A PNG of a few kilobytes that claims, and has, `side` × `side` pixels of one bit."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))

    row = bytes(1 + (side + 7) // 8)
    packer = zlib.compressobj(9)
    packed = b"".join(packer.compress(row) for _ in range(side)) + packer.flush()
    header = struct.pack(">IIBBBBB", side, side, 1, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", packed) + chunk(b"IEND", b"")


@pytest.mark.parametrize("side", [7_100, 10_000, 20_000])
def test_a_small_file_that_unpacks_to_too_much_is_refused_unpacked(side: int, monkeypatch: pytest.MonkeyPatch):
    content = bomb(side)
    assert len(content) < 100_000
    monkeypatch.setattr("PIL.ImageFile.ImageFile.load", lambda _self: pytest.fail("unpacked"))
    with pytest.raises(Refused, match="too many pixels"):
        pictures.encode(upload(content))


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "GIF", "WEBP"])
def test_a_truncated_file_is_refused(kind: str):
    whole = saved(noise(80, 60), kind)
    for share in (0.3, 0.6, 0.9):
        with pytest.raises(Refused, match="not a picture"):
            pictures.encode(upload(whole[: int(len(whole) * share)]))


@pytest.mark.filterwarnings("ignore")  # Pillow tells of each broken tag
@pytest.mark.parametrize("kind", ["JPEG", "PNG", "GIF", "WEBP"])
def test_a_damaged_file_is_kept_or_refused_and_never_breaks(kind: str):
    dice, whole = random.Random(3), saved(noise(60, 40), kind)
    for _ in range(150):
        content = bytearray(whole)
        for _ in range(dice.choice((1, 4))):
            place = dice.randrange(dice.choice((100, len(content))))  # headers are damaged more often than pixels
            content[place] = dice.randrange(256)
        try:
            taken(bytes(content))
        except Refused:
            continue


# What is left behind -----------------------------------------------------------------------------


def with_exif(**options: Any) -> bytes:
    exif = Image.Exif()
    exif[0x010F], exif[0x0112], exif[0x9C9C] = "Kamera Ratna", options.get("orientation", 1), "rumah".encode("utf-16le")
    exif.get_ifd(0x8825).update(NORTH_EAST)
    return saved(noise(90, 60), "JPEG", exif=exif, comment=b"catatan rahasia")


def test_the_position_and_all_else_about_the_camera_is_gone():
    before = Image.open(io.BytesIO(with_exif()))
    assert before.getexif().get_ifd(0x8825)[2] == NORTH_EAST[2], "the test's own picture has a position"
    image, kept, _mime = taken(with_exif())
    assert not image.getexif()
    assert not image.getexif().get_ifd(0x8825)
    assert not {"exif", "comment", "xmp", "icc_profile", "photoshop"} & set(image.info)
    for word in (b"Exif", b"Kamera", b"rahasia", "rumah".encode("utf-16le")):
        assert word not in kept


def test_what_is_written_beside_the_pixels_of_a_png_is_gone():
    from PIL.PngImagePlugin import PngInfo

    told = PngInfo()
    told.add_text("Author", "Ratna di rumah")
    see_through = Image.new("RGBA", (40, 30), (200, 20, 20, 90))
    image, kept, mime = taken(saved(see_through, "PNG", pnginfo=told))
    assert mime == "image/png"
    assert b"Ratna" not in kept
    assert image.text == {}  # type: ignore[attr-defined]  # a PNG has it


@pytest.mark.parametrize(("orientation", "size"), [(1, (90, 60)), (3, (90, 60)), (6, (60, 90)), (8, (60, 90))])
def test_a_picture_taken_sideways_stands_upright(orientation: int, size: tuple[int, int]):
    assert taken(with_exif(orientation=orientation))[0].size == size


def test_upright_means_that_the_top_is_on_top():
    sideways = Image.new("RGB", (60, 40), "blue")
    sideways.paste("red", (0, 0, 20, 40))  # the left third; turned by a quarter clockwise it is on top
    exif = Image.Exif()
    exif[0x0112] = 6
    image, _kept, _mime = taken(saved(sideways, "JPEG", exif=exif, quality=95))
    red, _green, blue = image.getpixel((20, 5))  # type: ignore[misc]  # RGB
    assert red > 200 > blue


@pytest.mark.parametrize("orientation", range(1, 9))
def test_every_orientation_is_turned_as_pillow_turns_it(orientation: int):
    content = with_exif(orientation=orientation)
    upright = ImageOps.exif_transpose(Image.open(io.BytesIO(content)))
    assert pictures._upright(Image.open(io.BytesIO(content))).tobytes() == upright.tobytes()


def tiff(*entries: bytes) -> bytes:
    """EXIF with these tags, each its twelve bytes."""
    return b"Exif\0\0II*\0\x08\0\0\0" + struct.pack("<H", len(entries)) + b"".join(entries) + bytes(4)


SIDEWAYS = struct.pack("<HHII", 0x0112, 3, 1, 6)
ODD = {
    "no EXIF at all": b"Exif\0\0garbage garbage",
    "cut off": b"Exif\0\0II*\0",
    "more tags announced than there are": b"Exif\0\0II*\0\x08\0\0\0\xff\xff" + SIDEWAYS * 3,
    "an orientation in words": tiff(struct.pack("<HHI4s", 0x0112, 2, 4, b"abc")),
    "an orientation that is none": tiff(struct.pack("<HHII", 0x0112, 3, 1, 77)),
}
ODD_BESIDE = {
    "a fraction out of reach": struct.pack("<HHII", 0x011A, 5, 1, 0x7FFFFFFF),
    "a title that is a number": struct.pack("<HHIf", 0x010E, 11, 1, 1.5),
    "a title of no letters": struct.pack("<HHI4s", 0x010E, 7, 4, b"\xff\xfe\xfd\xfc"),
    "a maker in numbers": struct.pack("<HHIHH", 0x010F, 3, 2, 1, 2),
    "a position out of reach": struct.pack("<HHII", 0x8825, 4, 1, 0xFFFF),
    "a list of tags within itself": struct.pack("<HHII", 0x8769, 4, 1, 8),
}


@pytest.mark.filterwarnings("ignore")  # Pillow tells of each broken tag
@pytest.mark.parametrize("exif", ODD.values(), ids=ODD)
def test_a_picture_with_senseless_exif_is_kept(exif: bytes):
    taken(saved(noise(90, 60), "JPEG", exif=exif))


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("tag", ODD_BESIDE.values(), ids=ODD_BESIDE)
def test_an_odd_tag_beside_the_orientation_does_not_keep_a_picture_from_standing_upright(tag: bytes):
    tags = sorted((SIDEWAYS, tag), key=lambda entry: entry[:2][::-1])
    assert taken(saved(noise(90, 60), "JPEG", exif=tiff(*tags)))[0].size == (60, 90)


# Odd kinds ---------------------------------------------------------------------------------------


def near(pixel: Any, wanted: tuple[int, int, int]) -> bool:
    return all(abs(int(have) - want) < 24 for have, want in zip(pixel, wanted, strict=True))


@pytest.mark.parametrize("mode", ["1", "L", "P", "RGB", "CMYK", "YCbCr"])
def test_a_colour_space_of_print_or_old_times_becomes_rgb(mode: str):
    kind = "JPEG" if mode in ("CMYK", "YCbCr") else "PNG"
    image, _kept, mime = taken(saved(Image.new("RGB", (30, 20), "white").convert(mode), kind))
    assert (mime, image.mode) == ("image/jpeg", "RGB")
    assert near(image.getpixel((5, 5)), (255, 255, 255))


def test_sixteen_bits_of_grey_keep_their_shades():
    grey = Image.new("I;16", (64, 64))
    for x in range(64):
        for y in range(64):
            grey.putpixel((x, y), x * 1024)
    image, _kept, _mime = taken(saved(grey, "PNG"))
    assert near(image.getpixel((2, 30)), (8, 8, 8))
    assert near(image.getpixel((32, 30)), (128, 128, 128))


def test_of_an_animation_the_first_picture_is_kept():
    frames = [Image.new("RGB", (40, 30), colour) for colour in ("red", "green", "blue")]
    image, _kept, mime = taken(saved(frames[0], "GIF", save_all=True, append_images=frames[1:], duration=80))
    assert mime == "image/jpeg"
    assert near(image.getpixel((20, 15)), (255, 0, 0))


@pytest.mark.parametrize("mode", ["RGBA", "LA", "P"])
def test_what_is_see_through_stays_so(mode: str):
    see_through = Image.new("RGBA", (40, 30), (255, 0, 0, 0))
    see_through.paste((0, 0, 255, 255), (0, 0, 20, 30))
    image, _kept, mime = taken(saved(see_through.convert(mode), "PNG"))
    assert (mime, image.mode) == ("image/png", "RGBA")
    assert image.getpixel((30, 15))[3] == 0  # type: ignore[index]  # RGBA
    assert image.getpixel((10, 15))[3] == 255  # type: ignore[index]


@pytest.mark.parametrize(("mode", "hole", "ink"), [("RGB", (0, 0, 0), (255, 0, 0)), ("L", 0, 200), ("1", 0, 1)])
def test_one_colour_that_stands_for_a_hole_stays_one(mode: str, hole: Any, ink: Any):
    holed = Image.new(mode, (3000, 40), hole)
    holed.paste(ink, (0, 0, 1500, 40))
    image, _kept, mime = taken(saved(holed, "PNG", transparency=hole))
    assert mime == "image/png"
    assert image.getpixel((2000, 13))[3] == 0  # type: ignore[index]  # RGBA
    assert image.getpixel((20, 13))[3] == 255  # type: ignore[index]


def test_a_palette_is_scaled_as_smoothly_as_full_colour():
    stripes = Image.new("L", (4096, 64), 255)
    for x in range(0, 4096, 2):
        stripes.paste(0, (x, 0, x + 1, 64))
    image, _kept, _mime = taken(saved(stripes.convert("P"), "PNG"))
    assert near(image.getpixel((500, 16)), (128, 128, 128))


def test_one_that_is_see_through_and_too_heavy_stands_on_white():
    heavy = noise(1400, 1400, "RGBA")
    heavy.paste((0, 0, 0, 0), (0, 0, 200, 200))
    image, _kept, mime = taken(saved(heavy, "PNG", compress_level=1))
    assert mime == "image/jpeg"
    assert near(image.getpixel((20, 20)), (255, 255, 255))


@pytest.mark.parametrize("size", [(3000, 2000), (2048, 2048), (60, 6000), (1, 1)])
def test_every_result_is_below_two_megabytes_and_no_larger_than_networks_show(size: tuple[int, int]):
    image, _kept, _mime = taken(saved(noise(*size), "JPEG", quality=90))
    assert max(image.size) <= 2048


# Keeping -----------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_the_same_picture_twice_is_one_row_and_one_file(campaign):
    staff, content = make.member(of=campaign), saved(noise(50, 40), "JPEG")
    rows = {pictures.take_in(upload(content, name), campaign, by=staff).pk for name in ("a.jpg", "b.png")}
    assert len(rows) == Media.objects.count() == 1
    assert len(default_storage.listdir("pictures")[1]) == 1


@pytest.mark.django_db
def test_two_campaigns_have_the_same_picture_each_for_itself(campaign):
    content, other = saved(noise(50, 40), "JPEG"), make.campaign()
    for of in (campaign, other):
        pictures.take_in(upload(content), of, by=make.member(of=of))
    assert Media.objects.filter(campaign=campaign).count() == Media.objects.filter(campaign=other).count() == 1


@pytest.mark.django_db
@pytest.mark.parametrize("role", [Role.TREASURER, Role.VOLUNTEER])
def test_who_may_not_write_brings_no_pictures(campaign, role):
    from django.core.exceptions import PermissionDenied

    with pytest.raises(PermissionDenied):
        pictures.take_in(make.picture_file(), campaign, by=make.member(of=campaign, role=role))
    assert not Media.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_a_double_tap_makes_one_row_and_leaves_one_file():
    campaign, together = make.campaign(), Barrier(4)
    staff, content = make.member(of=campaign), saved(noise(50, 40), "JPEG")

    def tap() -> None:
        try:
            together.wait(10)
            pictures.take_in(upload(content), campaign, by=staff)
        finally:
            connection.close()

    threads = [Thread(target=tap) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    row = Media.objects.get()
    assert default_storage.exists(str(row.file.name))
    assert len(default_storage.listdir("pictures")[1]) == 1
