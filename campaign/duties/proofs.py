"""What people hand in as a proof, looked at by content: a picture is drawn anew, a PDF kept only if it is plain."""

import re
import zlib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any
from uuid import uuid4

from django.core.files.base import ContentFile
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils.translation import gettext as _

from campaign import clock, pictures
from campaign.errors import Refused
from campaign.models import Member, Proof

MOST_BYTES = 10 * 1024 * 1024
ENDINGS = {"application/pdf": "pdf", "image/jpeg": "jpg", "image/png": "png"}
ACTIVE = re.compile(rb"/(JavaScript|Launch|EmbeddedFile|EmbeddedFiles|RichMedia|XFA)\b")
"""What makes a PDF do something when it is opened, or carries another file in it. A receipt has none of it."""
SHORT = re.compile(rb"/JS\b")
"""The same, but three bytes that a large scan's pixels have by chance: looked for outside of streams alone."""
OTHER = re.compile(rb"<\s*(html|script|svg|!doctype|iframe|body)", re.IGNORECASE)
"""At the head of a file that wants to be a page to some readers and a PDF to others."""
ESCAPED = re.compile(rb"#([0-9A-Fa-f]{2})")  # a letter of a name, as PDF also lets it be written
PACKED = re.compile(rb"/ObjStm.{0,200}?stream\r?\n", re.DOTALL)
"""What comes before objects that are packed together, names and all."""
MOST_PACKED, WINDOW, MOST_UNPACKED = 1000, 4 * 1024 * 1024, 50 * 1024 * 1024  # streams; bytes of each; bytes of all
HEAD = 1024  # bytes: readers look for a type no further in


@contextmanager
def kept(upload: "UploadedFile[Any] | None", *, by: Member) -> Iterator[Proof | None]:
    """The file as a new row, for as long as the caller's deed goes well; None without a file. Raises Refused.

    The file is written first and taken back when the deed fails, so that no row is ever without its file.
    """
    if upload is None:
        yield None
        return
    content, mime = read(upload)
    proof = Proof(campaign=by.campaign, mime=mime, size=len(content), added_by=by, added_at=clock.now())
    storage = Proof._meta.get_field("file").storage
    name = storage.save(f"proofs/{uuid4().hex}.{ENDINGS[mime]}", ContentFile(content))
    proof.file.name = name
    try:
        with transaction.atomic():
            proof.save()
            yield proof
    except BaseException:
        storage.delete(name)
        raise


def read(upload: "UploadedFile[Any]") -> tuple[bytes, str]:
    """The bytes to keep and what they are. Raises Refused with what to do."""
    if upload.size is None or upload.size > MOST_BYTES:
        raise Refused(
            _("This file is larger than %(limit)d MB. Choose a smaller one.") % {"limit": MOST_BYTES // 1024 // 1024}
        )
    assert upload.file
    upload.file.seek(0)
    start = upload.file.read(5)
    upload.file.seek(0)
    if start == b"%PDF-":
        return _pdf(upload.file.read()), "application/pdf"
    try:
        content, mime, _size = pictures.encode(upload)
    except Refused:
        raise Refused(
            _("This file is neither a PDF nor a picture that Posko can read. Choose a PDF, JPEG, PNG or WebP.")
        ) from None
    return content, mime


def _pdf(content: bytes) -> bytes:
    if b"%%EOF" not in content[-HEAD:]:
        raise Refused(_("This PDF is cut off or broken. Save it anew and choose it again."))
    if OTHER.search(content[:HEAD]) or any(map(_is_active, _parts(content))):
        raise Refused(
            _("This PDF contains programs or other files. Print it into a new PDF, or take a picture of the page.")
        )
    return content


def _is_active(part: bytes) -> bool:
    plain = ESCAPED.sub(lambda found: bytes([int(found[1], 16)]), part)
    if ACTIVE.search(plain):
        return True
    return any(SHORT.search(piece.partition(b"stream")[0]) for piece in plain.split(b"endstream"))


def _parts(content: bytes) -> Iterator[bytes]:
    """The file as it stands, and what is packed in it. More than anybody's receipt unpacks to counts as active."""
    yield content
    left, view = MOST_UNPACKED, memoryview(content)
    for number, found in enumerate(PACKED.finditer(content)):
        if number >= MOST_PACKED or left <= 0:
            yield b"/Launch"
            return
        with suppress(zlib.error):
            part = zlib.decompressobj().decompress(view[found.end() : found.end() + WINDOW], left)
            left -= len(part)
            yield part


def forget(proof: Proof) -> None:
    """Remove a proof that another one has replaced, its file once that is certain."""
    name, storage = str(proof.file.name), proof.file.storage
    proof.delete()
    transaction.on_commit(lambda: storage.delete(name))
