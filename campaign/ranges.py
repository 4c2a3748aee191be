"""A stored file as an answer, whole or in part: players ask for a film piece by piece, and Safari plays none else."""

import re
from typing import IO, Any

from django.core.files.base import File
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseBase

_RANGE = re.compile(r"bytes=(\d{0,18})-(\d{0,18})")


class _Part:
    """A stretch of a file, to be read once."""

    def __init__(self, file: IO[Any], start: int, length: int) -> None:
        file.seek(start)
        self.file, self.left = file, length

    def read(self, size: int = -1) -> bytes:
        data = bytes(self.file.read(self.left if size < 0 else min(size, self.left)))
        self.left -= len(data)
        return data

    def close(self) -> None:
        self.file.close()


def answer(request: HttpRequest, file: "File[Any]", mime: str, *, etag: str = "") -> HttpResponseBase:
    """The file, or the one range of it that was asked for. A range that nobody understands is not one.

    Source: RFC 9110, sections 13.1.5 (If-Range) and 14 (Range Requests).
    """
    size = int(file.size)
    asked = _RANGE.fullmatch(request.headers.get("Range", "").strip())
    only_if = request.headers.get("If-Range", "")
    response: HttpResponseBase
    if asked is None or not (asked[1] or asked[2]) or (only_if and only_if != etag):
        response = FileResponse(file, content_type=mime)
    else:
        start = int(asked[1]) if asked[1] else max(0, size - int(asked[2]))
        end = min(int(asked[2]), size - 1) if asked[1] and asked[2] else size - 1
        if start > end or start >= size:
            file.close()
            response = HttpResponse(status=416)
            response["Content-Range"] = f"bytes */{size}"
        else:
            response = FileResponse(_Part(file, start, end - start + 1), content_type=mime, status=206)
            response["Content-Range"] = f"bytes {start}-{end}/{size}"
            response["Content-Length"] = str(end - start + 1)
    response["Accept-Ranges"] = "bytes"
    return response
