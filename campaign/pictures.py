"""Pictures as they come from people: looked at by content, and kept re-encoded without metadata."""

import io
import math
import warnings
from hashlib import sha256
from typing import Any

from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _
from PIL import ExifTags, Image, UnidentifiedImageError
from pillow_heif import register_heif_opener

from campaign import keeping
from campaign.access import require
from campaign.errors import Refused
from campaign.models import Campaign, Media, Member
from platforms.contents import Shape

register_heif_opener()
FORMATS = ("JPEG", "PNG", "WEBP", "GIF", "HEIF")  # HEIF: as iPhones take them (HEIC)
LONGEST_SIDE = 2048  # pixels; what no network shows larger
MOST_PIXELS = 50_000_000  # a file that unpacks to more is taken for a bomb
TARGET_BYTES = 1_900_000  # below Bluesky's 2 MB, the smallest limit of all networks
GROUND = "#ecebe8"  # what is put around a picture that a network would cut
SMALLEST_SIDE = 64  # pixels; smaller than this nothing is made
TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
"""What sets a picture upright, by its EXIF orientation (tag 0x0112); 1 is upright already.

Source: Pillow 13.0, `ImageOps.exif_transpose`. Its turns are counter-clockwise.
"""


def take_in(upload: "UploadedFile[Any]", campaign: Campaign, *, by: Member) -> Media:
    """Keep `upload` as a JPEG or PNG without EXIF or position; the same picture twice is one. Raises Refused."""
    require(by, "post.write")
    return keep(*encode(upload), campaign=campaign, by=by)


def keep(content: bytes, mime: str, size: tuple[int, int], *, campaign: Campaign, by: Member | None) -> Media:
    """The row of a picture that `encode` has made; there is one for the same bytes."""
    digest = sha256(content).hexdigest()
    ending = {"image/jpeg": "jpg", "image/png": "png"}[mime]
    media = Media(campaign=campaign, sha256=digest, mime=mime, width=size[0], height=size[1], size=len(content))
    media.added_by = by
    return keeping.keep(media, ContentFile(content), ending)


def encode(upload: "UploadedFile[Any]") -> tuple[bytes, str, tuple[int, int]]:
    """The picture anew: its bytes, MIME type and (width, height). Raises Refused with what to do."""
    if upload.size is None or upload.size > settings.UPLOAD_BYTES:
        limit = settings.UPLOAD_BYTES // 1024 // 1024
        raise Refused(_("This picture is larger than %(limit)d MB. Choose a smaller one.") % {"limit": limit})
    image = _in_full_colour(_in_eight_bits(_upright(_open(upload))))
    image.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    if image.mode == "RGBA":
        content = _save(image, "PNG", optimize=True)
        if len(content) <= TARGET_BYTES:
            return content, "image/png", image.size
        image = Image.alpha_composite(Image.new("RGBA", image.size, "white"), image).convert("RGB")
    return _jpeg(image), "image/jpeg", image.size


def fitted(media: Media, shape: Shape) -> tuple[bytes, str, tuple[int, int]]:
    """The whole picture on a neutral ground, so that a network of that shape takes it and cuts nothing off."""
    with default_storage.open(str(media.file.name)) as file:
        whole = Image.open(file, formats=("JPEG", "PNG"))
        whole.load()
    image = _in_full_colour(whole)
    if image.mode == "RGBA":
        image = Image.alpha_composite(Image.new("RGBA", image.size, GROUND), image).convert("RGB")
    width, height = image.size
    if shape.widest and width > shape.widest * height:
        height = math.ceil(width / shape.widest)
    if shape.tallest and height > shape.tallest * width:
        width = math.ceil(height / shape.tallest)
    ground = Image.new("RGB", (width, height), GROUND)
    ground.paste(image, ((width - image.width) // 2, (height - image.height) // 2))
    if shape.pixels and width * height > shape.pixels:
        share = math.sqrt(shape.pixels / (width * height))
        ground = ground.resize((max(1, int(width * share)), max(1, int(height * share))))
    content = _jpeg(ground, min(TARGET_BYTES, shape.size or TARGET_BYTES))
    return content, "image/jpeg", ground.size


def _open(upload: "UploadedFile[Any]") -> Image.Image:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            assert upload.file
            image: Image.Image = Image.open(upload.file, formats=FORMATS)
            if image.width * image.height > MOST_PIXELS:
                raise Refused(_("This picture has too many pixels. Choose a smaller one."))
            image.load()
    except (Image.DecompressionBombWarning, Image.DecompressionBombError):
        raise Refused(_("This picture has too many pixels. Choose a smaller one.")) from None
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, EOFError, RuntimeError):
        raise Refused(_("This file is not a picture that Posko can read. Choose a JPEG, PNG, WebP or HEIC.")) from None
    return image


def _upright(image: Image.Image) -> Image.Image:
    """Turned as its EXIF says. `ImageOps.exif_transpose` also rewrites all other tags, and fails on odd ones."""
    try:
        turn = TURNS.get(image.getexif().get(ExifTags.Base.Orientation, 1))
    except Exception:  # noqa: BLE001 (a broken EXIF makes Pillow raise nearly anything, and the picture is sound)
        turn = None
    return image if turn is None else image.transpose(turn)


def _in_eight_bits(image: Image.Image) -> Image.Image:
    """Scans come in 16 bits of grey; Pillow would cut off what is above 255, and leave white paper."""
    if not image.mode.startswith("I;16"):
        return image
    return image.convert("I").point(lambda value: value / 256).convert("L")


def _in_full_colour(image: Image.Image) -> Image.Image:
    """RGB, or RGBA where it has holes: a palette scales badly, and one colour that stands for a hole not at all."""
    mode = "RGBA" if image.has_transparency_data else "RGB"
    return image if image.mode == mode else image.convert(mode)


def _jpeg(image: Image.Image, most: int = TARGET_BYTES) -> bytes:
    """Its bytes, at most so many: less fine first, then smaller, which `image` then is too."""
    for quality in (88, 80, 70, 55):
        content = _save(image, "JPEG", quality=quality, optimize=True, progressive=True)
        if len(content) <= most or max(image.size) <= SMALLEST_SIDE:
            return content
    image.thumbnail((max(1, image.width // 2), max(1, image.height // 2)))
    return _jpeg(image, most)


def _save(image: Image.Image, kind: str, **options: object) -> bytes:
    out = io.BytesIO()
    clean = Image.new(image.mode, image.size)
    clean.paste(image)  # the pixels and nothing else: no EXIF, no position, no text chunks
    clean.save(out, kind, **options)
    return out.getvalue()
