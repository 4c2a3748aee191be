"""What a backup is: one folder with the database's dump, the media, and a manifest that tells whether both are whole.

posko-20290211-165500/   manifest.json   database.dump (pg_dump's custom format)   media/…

Never in it: POSKO_FIELD_KEYS and POSKO_SECRET_KEY. `keys` in the manifest only tells whether the keys at hand are the
ones with which this backup's sign-ins are encrypted.
"""

import hashlib
import json
import os
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path, PurePosixPath
from typing import Any

from cryptography.fernet import InvalidToken

from campaign.fields import box
from campaign.operations.programs import Unfit

FORMAT = 1
MANIFEST, DUMP, MEDIA = "manifest.json", "database.dump", "media"
NAME = "posko-%Y%m%d-%H%M%S"
PATTERN = "posko-[0-9]*-[0-9]*"
KNOWN = b"posko"  # what `keys` says once it is decrypted


@dataclass(frozen=True)
class Manifest:
    """What stands in manifest.json: times in UTC, files by their path in the folder."""

    taken_at: datetime
    posko: str
    postgres: int
    migrations: dict[str, str]
    counts: dict[str, int]
    keys: str = ""
    format: int = FORMAT
    files: dict[str, str] = field(default_factory=dict)

    def write(self, folder: Path) -> None:
        """Save it, flushed to the disk."""
        told = asdict(self) | {"taken_at": self.taken_at.isoformat()}
        with (folder / MANIFEST).open("w") as file:
            json.dump(told, file, indent=1, sort_keys=True)
            file.flush()
            os.fsync(file.fileno())

    @property
    def has_our_keys(self) -> bool:
        """Whether what it keeps encrypted can be read here."""
        try:
            return box().decrypt(self.keys.encode()) == KNOWN
        except InvalidToken:
            return False


def sealed_word() -> str:
    """A known word, encrypted with the first key at hand."""
    return box().encrypt(KNOWN).decode()


def read(folder: Path) -> Manifest:
    """The manifest of a backup; raises Unfit where `folder` is none or of a format of tomorrow."""
    path = folder / MANIFEST
    if not path.is_file():
        raise Unfit(f"{folder} is no backup of Posko: it has no {MANIFEST}. Name the folder of one, such as posko-….")
    try:
        told: dict[str, Any] = json.loads(path.read_bytes())
        if told.get("format") != FORMAT:
            raise Unfit(f"{folder} was written by a newer Posko ({told.get('posko')}): restore it with that one.")
        return Manifest(**{**told, "taken_at": datetime.fromisoformat(told["taken_at"])})
    except (ValueError, TypeError, KeyError) as error:
        raise Unfit(f"The backup {folder} is damaged: its {MANIFEST} cannot be read. Take another one.") from error


def verified(folder: Path) -> Manifest:
    """The manifest, once every file has been found to be what was backed up. Raises Unfit."""
    manifest = read(folder)
    if DUMP not in manifest.files:
        raise Unfit(f"The backup {folder} is damaged: its manifest names no {DUMP}. Take another one.")
    for name, expected in manifest.files.items():
        if not _stays_inside(name):
            raise Unfit(f"The backup {folder} is damaged: its manifest names {name}. Take another one.")
        path = folder / name
        if not path.is_file():
            raise Unfit(f"The backup {folder} is not whole: {name} is missing. Take another one.")
        if sha256(path) != expected:
            raise Unfit(f"The backup {folder} is damaged: {name} is not what was backed up. Take another one.")
    return manifest


def _stays_inside(name: str) -> bool:
    parts = PurePosixPath(name).parts
    return name == DUMP or (parts[:1] == (MEDIA,) and len(parts) > 1 and ".." not in parts)


def sha256(path: Path) -> str:
    """The SHA-256 of a file, as hex digits."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def all_in(folder: Path) -> list[Path]:
    """The backups in `folder`, oldest first."""
    return sorted(path for path in folder.glob(PATTERN) if (path / MANIFEST).is_file())


def files_below(folder: Path) -> Iterator[Path]:
    """Every plain file below `folder`, in order."""
    for path in sorted(folder.rglob("*")):
        if path.is_file() and not path.is_symlink():
            yield path
