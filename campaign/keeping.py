"""A picture or a film into the storage: one row and one file for the same bytes of a campaign."""

from typing import Any

from django.core.files.base import File
from django.core.files.storage import default_storage
from django.db import IntegrityError, transaction

from campaign import clock
from campaign.models import Media


def keep(media: Media, content: "File[Any]", ending: str) -> Media:
    """`media` with its file, or the row that is there for the same bytes. Its `sha256` is that of `content`."""
    same = Media.objects.filter(campaign=media.campaign, sha256=media.sha256)
    existing = same.first()
    if existing:
        same.update(added_at=clock.now())  # what is unused is counted from here
        return existing
    try:
        with transaction.atomic():
            media.file.save(f"{media.campaign_id}-{media.sha256}.{ending}", content)
    except IntegrityError:  # the same came twice at once, as a double tap sends it
        default_storage.delete(str(media.file.name))
        return same.get()
    return media
