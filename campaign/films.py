"""Films as they come from people: probed in their file, freed of where and when they were made, kept as they are."""

import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any

from django.conf import settings
from django.core.files.base import File
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _

from campaign import keeping, measures
from campaign.access import require
from campaign.errors import Refused
from campaign.models import Campaign, Media, Member
from platforms import film
from platforms.base import ConnectorError
from platforms.film import NoFilm, Probed

BLOCK = 1024 * 1024
ENDINGS = {"video/mp4": "mp4", "video/quicktime": "mov"}


def is_one(upload: "UploadedFile[Any]") -> bool:
    """Whether its first bytes promise a film, whatever its name says."""
    upload.seek(0)
    head = upload.read(16)
    upload.seek(0)
    return film.is_one(head)


def take_in(upload: "UploadedFile[Any]", campaign: Campaign, *, by: Member) -> Media:
    """Keep `upload` as it is, without what tells of whoever filmed; the same film twice is one. Raises Refused."""
    require(by, "post.write")
    if upload.size is None or upload.size > settings.FILM_BYTES:
        raise Refused(too_large())
    with _on_disk(upload) as path:
        try:
            probed = film.probe(path, forgets=True)
        except NoFilm as no:
            raise Refused(_why(no)) from None
        return keep(path, probed, campaign=campaign, by=by)


def too_large() -> str:
    told = {"limit": measures.weight(settings.FILM_BYTES, down=True)}
    return _("This film is larger than %(limit)s. Shorten it, or save it smaller.") % told


def keep(path: Path, probed: Probed, *, campaign: Campaign, by: Member | None) -> Media:
    """The row of the film in that file, which moves into the storage; there is one for the same bytes."""
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    media = Media(campaign=campaign, sha256=digest, size=path.stat().st_size, added_by=by)
    for name in ("mime", "width", "height", "seconds", "rate", "codec", "sound"):
        setattr(media, name, getattr(probed, name))
    with path.open("rb") as file:
        return keeping.keep(media, File(file), ENDINGS[probed.mime])


def _why(no: NoFilm) -> str:
    if no.code == "slow":
        return _("Posko could not read this film in time. Save it anew as MP4, and choose that.")
    if no.code == "container":
        return _("Posko takes films as MP4 or MOV, as phones make them. Save this one so, and choose that.")
    return _("This file is not a film that Posko can read. Choose an MP4 or MOV, as phones make them.")


@contextmanager
def _on_disk(upload: "UploadedFile[Any]") -> Iterator[Path]:
    """The upload as a file that may be changed; a large one lies there already."""
    if hasattr(upload, "temporary_file_path"):
        yield Path(upload.temporary_file_path())
        return
    with NamedTemporaryFile(dir=settings.FILE_UPLOAD_TEMP_DIR, suffix=".upload") as file:
        for piece in upload.chunks(BLOCK):
            file.write(piece)
        file.flush()
        yield Path(file.name)


# On its way out ----------------------------------------------------------------------------------


class Stored:
    """A film in the storage, for `Video.part`: not one byte leaves before all of them are those that were approved."""

    def __init__(self, name: str, sha256: str) -> None:
        self.name, self.sha256, self._is_whole = name, sha256, False

    def part(self, at: int, length: int) -> bytes:
        """Bytes from a place on. Raises `ConnectorError` (film_changed) where the file is another one, or gone."""
        try:
            with default_storage.open(self.name) as file:
                if not self._is_whole:
                    self._require_whole(file)
                file.seek(at, os.SEEK_SET)
                return bytes(file.read(length))
        except OSError:
            raise ConnectorError("film_changed", detail=self.name) from None

    def _require_whole(self, file: Any) -> None:
        digest = hashlib.sha256()
        for piece in iter(lambda: file.read(BLOCK), b""):
            digest.update(piece)
        if digest.hexdigest() != self.sha256:
            raise ConnectorError("film_changed", detail=self.name)
        self._is_whole = True
