"""Pictures as they come from people: looked at by content, and kept re-encoded without metadata."""

import io
import warnings
from hashlib import sha256
from typing import Any

from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import UploadedFile
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _
from PIL import Image, ImageOps, UnidentifiedImageError

from campaign.access import require
from campaign.errors import Refused
from campaign.models import Campaign, Media, Member

FORMATS = ("JPEG", "PNG", "WEBP", "GIF")
LONGEST_SIDE = 2048  # pixels; what no network shows larger
MOST_PIXELS = 50_000_000  # a file that unpacks to more is taken for a bomb
TARGET_BYTES = 1_900_000  # below Bluesky's 2 MB, the smallest limit of all networks


def take_in(upload: "UploadedFile[Any]", campaign: Campaign, *, by: Member) -> Media:
    """Keep `upload` as a JPEG or PNG without EXIF or position; the same picture twice is one. Raises Refused."""
    require(by, "post.write")
    content, mime, size = encode(upload)
    digest = sha256(content).hexdigest()
    existing = Media.objects.filter(campaign=campaign, sha256=digest).first()
    if existing:
        return existing
    ending = {"image/jpeg": "jpg", "image/png": "png"}[mime]
    media = Media(campaign=campaign, sha256=digest, mime=mime, width=size[0], height=size[1], size=len(content))
    media.added_by = by
    try:
        with transaction.atomic():
            media.file.save(f"{campaign.pk}-{digest}.{ending}", ContentFile(content))
    except IntegrityError:  # the same picture came twice at once, as a double tap sends it
        default_storage.delete(str(media.file.name))
        return Media.objects.get(campaign=campaign, sha256=digest)
    return media


def encode(upload: "UploadedFile[Any]") -> tuple[bytes, str, tuple[int, int]]:
    """The picture anew: its bytes, MIME type and (width, height). Raises Refused with what to do."""
    if upload.size is None or upload.size > settings.UPLOAD_BYTES:
        limit = settings.UPLOAD_BYTES // 1024 // 1024
        raise Refused(_("This picture is larger than %(limit)d MB. Choose a smaller one.") % {"limit": limit})
    image = _in_eight_bits(ImageOps.exif_transpose(_open(upload)))
    image.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    if image.mode in ("RGBA", "LA", "P") and _has_holes(image):
        content = _save(image.convert("RGBA"), "PNG", optimize=True)
        if len(content) <= TARGET_BYTES:
            return content, "image/png", image.size
        image = Image.alpha_composite(Image.new("RGBA", image.size, "white"), image.convert("RGBA"))
    return _jpeg(image.convert("RGB")), "image/jpeg", image.size


def _open(upload: "UploadedFile[Any]") -> Image.Image:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            assert upload.file
            image = Image.open(upload.file, formats=FORMATS)
            if image.width * image.height > MOST_PIXELS:
                raise Refused(_("This picture has too many pixels. Choose a smaller one."))
            image.load()
    except (Image.DecompressionBombWarning, Image.DecompressionBombError):
        raise Refused(_("This picture has too many pixels. Choose a smaller one.")) from None
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError):
        raise Refused(_("This file is not a picture that Posko can read. Choose a JPEG, PNG or WebP.")) from None
    return image


def _in_eight_bits(image: Image.Image) -> Image.Image:
    """Scans come in 16 bits of grey; Pillow would cut off what is above 255, and leave white paper."""
    if not image.mode.startswith("I;16"):
        return image
    return image.convert("I").point(lambda value: value / 256).convert("L")


def _has_holes(image: Image.Image) -> bool:
    return image.has_transparency_data


def _jpeg(image: Image.Image) -> bytes:
    for quality in (88, 80, 70, 55):
        content = _save(image, "JPEG", quality=quality, optimize=True, progressive=True)
        if len(content) <= TARGET_BYTES:
            return content
    image.thumbnail((image.width // 2, image.height // 2))
    return _jpeg(image)


def _save(image: Image.Image, kind: str, **options: object) -> bytes:
    out = io.BytesIO()
    clean = Image.new(image.mode, image.size)
    clean.paste(image)  # the pixels and nothing else: no EXIF, no position, no text chunks
    clean.save(out, kind, **options)
    return out.getvalue()
