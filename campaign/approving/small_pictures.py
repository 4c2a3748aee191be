"""Pictures for the candidate's phone: a few kilobytes each, made once and kept beside the original."""

import io

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from PIL import Image

from campaign.models import Media

SIDES = (640, 480, 360, 240, 160)  # pixels, of the longer side
QUALITIES = (60, 40, 25)
TARGET_BYTES = 9_000  # with the page around it, the next post stays below 15 KB
MIME = "image/webp"


MOST_TOGETHER = 4  # pictures of one post that a page shows


def of(media: Media, *, among: int = 1) -> bytes:
    """The small picture as WebP; those of one post share the weight. Raises FileNotFoundError when the file is gone."""
    name = names(media)[min(max(among, 1), MOST_TOGETHER) - 1]
    if default_storage.exists(name):
        with default_storage.open(name) as file:
            return bytes(file.read())
    with media.file.open() as original:
        content = shrink(original.read(), TARGET_BYTES // among)
    if not default_storage.exists(name):
        default_storage.save(name, ContentFile(content))
    return content


def names(media: Media) -> list[str]:
    """The files that there may be of it: for a post with one picture, two, and so on. They go when it does."""
    return [f"pictures/small/{media.campaign_id}-{media.sha256}-{among}.webp" for among in range(1, MOST_TOGETHER + 1)]


def shrink(original: bytes, most: int = TARGET_BYTES) -> bytes:
    """As wide and as fine as `most` bytes allow; the smallest that we make where even that is more."""
    with Image.open(io.BytesIO(original)) as image:
        full = image.convert("RGBA" if image.has_transparency_data else "RGB")
    content = b""
    for side in SIDES:
        small = full.copy()
        small.thumbnail((side, side))
        for quality in QUALITIES:
            out = io.BytesIO()
            small.save(out, "WEBP", quality=quality)
            content = out.getvalue()
            if len(content) <= most:
                return content
    return content
