"""What a request may bring at most: the rest of a file that is larger is not even written down."""

from typing import Any

from django.conf import settings
from django.core.files.uploadhandler import FileUploadHandler, SkipFile

TOO_LARGE = "posko.too_large"
"""In `request.META`: the field of a file that was left out."""


class LimitedUploads(FileUploadHandler):
    """First of the handlers. A file beyond the limit is left out; `TOO_LARGE` tells so.

    Without it a disk fills before anybody has asked how large the file is.
    """

    def new_file(self, *args: Any, **options: Any) -> None:
        super().new_file(*args, **options)
        self.read = 0

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes:
        self.read += len(raw_data)
        if self.read > settings.FILM_BYTES:
            if self.request is not None:
                self.request.META[TOO_LARGE] = self.field_name or ""
            raise SkipFile
        return raw_data

    def file_complete(self, file_size: int) -> None:
        return None
