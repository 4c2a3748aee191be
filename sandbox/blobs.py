"""Pictures as files named by the SHA-256 of their bytes, and what can be read off a picture's head."""

import hashlib
import io
import warnings
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from PIL import Image

from . import mp4

IMAGE_MIMES = {
    "JPEG": "image/jpeg", "PNG": "image/png", "GIF": "image/gif", "WEBP": "image/webp", "BMP": "image/bmp",
    "AVIF": "image/avif",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Picture:
    """One picture or film on a post. Pixels, bytes; `remote_id` is the network's own name for the upload."""

    sha256: str
    mime: str
    width: int
    height: int
    size: int
    alt: str = ""
    remote_id: str = ""

    def as_dict(self) -> dict[str, Any]:
        """As kept in the store."""
        return asdict(self)


def look_at(data: bytes) -> tuple[str, int, int] | None:
    """(mime, width, height) read from the bytes, whatever the upload claims to be; None when it is no picture."""
    try:
        with warnings.catch_warnings():
            # Only the head is read here; Pillow's warning about huge pictures is about decoding them.
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(data)) as image:
                mime = IMAGE_MIMES.get(image.format or "")
                return (mime, image.width, image.height) if mime else None
    except Exception:  # noqa: BLE001 - Pillow raises nearly anything at bytes that only look like a picture.
        return None


def film_mime(head: bytes) -> str | None:
    """What kind of film begins with these bytes; None for none. Source: ISO/IEC 14496-12 (`ftyp`), Matroska (EBML)."""
    if head[4:8] == b"ftyp":
        return "video/quicktime" if head[8:10] == b"qt" else "video/mp4"
    return "video/webm" if head.startswith(b"\x1a\x45\xdf\xa3") else None


def film(data: bytes, digest: str, *, alt: str = "", remote_id: str = "") -> Picture | None:
    """A film as posts carry it, or None when the bytes are none; `digest` as `Blobs.keep` gave it."""
    seen = mp4.look_at(data)
    if seen is None:
        return None
    return Picture(digest, mp4.MIME, seen.width, seen.height, len(data), alt=alt, remote_id=remote_id)


class Blobs:
    """The folder of files."""

    def __init__(self, folder: Path) -> None:
        """Use `folder`, created when absent."""
        folder.mkdir(parents=True, exist_ok=True)
        self._folder = folder

    def keep(self, data: bytes) -> str:
        """Store the bytes once; their SHA-256 in hex."""
        digest = hashlib.sha256(data).hexdigest()
        path = self.path(digest)
        if not path.exists():
            half = path.with_suffix(".half")
            half.write_bytes(data)
            half.replace(path)  # A process killed halfway must not leave a file whose name lies about its bytes.
        return digest

    def path(self, digest: str) -> Path:
        """Where the bytes with this SHA-256 lie; the file may be absent."""
        return self._folder / digest

    def adopt(self, path: Path) -> str:
        """Take over a file that lies in the folder under another name; its SHA-256 in hex."""
        with path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
        path.replace(self.path(digest))
        return digest

    def picture(self, data: bytes, *, alt: str = "", remote_id: str = "") -> Picture | None:
        """Store an uploaded picture; None when the bytes are none."""
        seen = look_at(data)
        if seen is None:
            return None
        return Picture(self.keep(data), *seen, size=len(data), alt=alt, remote_id=remote_id)
