"""Taking a backup while Posko runs: one snapshot of the database, then the media. None that is shown is deleted.

It is written under another name and renamed when it is whole, so a backup that has its name is a good one.
"""

import fcntl
import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.db import connection
from django.db.backends.utils import CursorWrapper

from campaign import pulse
from campaign.models import Campaign, Pulse
from campaign.operations import VERSION, archive, programs
from campaign.operations.programs import Unfit

MAKING = ".making-"
DAY = timedelta(days=1)
WITHOUT = ("django_session",)
"""Not backed up: a sign-in that was ended since then would come to life again."""


def take(folder: Path, *, keep: int) -> Path:
    """Make a backup in `folder` and drop the oldest of more than `keep`; where it lies. Raises Unfit."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with _alone(folder):
            for left in folder.glob(f"{MAKING}*"):
                shutil.rmtree(left, ignore_errors=True)
            done = _made(folder)
            for old in archive.all_in(folder)[: -max(keep, 1)]:
                shutil.rmtree(old)
    except OSError as error:
        raise Unfit(
            f"The backup could not be written to {folder}: {error.strerror or error}. "
            "Make room there, or name another folder with POSKO_BACKUPS=/a/folder."
        ) from error
    pulse.beat("backup", sum(path.stat().st_size for path in archive.files_below(done)))
    return done


def take_if_old() -> Path | None:
    """The daily one: made where a day has passed since the last and there is a campaign that is no demonstration."""
    last = Pulse.objects.filter(name="backup").first()
    is_fresh = last is not None and datetime.now(UTC) - last.at < DAY
    if is_fresh or not Campaign.objects.filter(is_demo=False).exists():
        return None
    return take(settings.BACKUPS, keep=settings.BACKUPS_KEPT)


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    with (folder / ".lock").open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Unfit(f"Another backup is just being written to {folder}: wait for it.") from None
        yield


def _made(folder: Path) -> Path:
    now = datetime.now(UTC)
    name = _free_name(folder, now)
    making = folder / f"{MAKING}{name}"
    making.mkdir(mode=0o700)
    try:
        manifest = _dump(making)
        before = archive.all_in(folder)[-1:]
        media = dict(_copy_media(making, before[0] if before else None))
        replace(manifest, files={archive.DUMP: archive.sha256(making / archive.DUMP)} | media).write(making)
        making.rename(folder / name)
    except BaseException:
        shutil.rmtree(making, ignore_errors=True)
        raise
    _flush(folder)
    return folder / name


def _free_name(folder: Path, now: datetime) -> str:
    while (folder / now.strftime(archive.NAME)).exists():
        now += timedelta(seconds=1)
    return now.strftime(archive.NAME)


# The database ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Snapshot:
    """One moment of the database, kept open for pg_dump to look at."""

    name: str
    manifest: archive.Manifest


def _dump(making: Path) -> archive.Manifest:
    tools = programs.find(programs.server_major())
    with _snapshot() as snapshot:
        without = [f"--exclude-table-data=public.{table}" for table in WITHOUT]
        command = [tools.dump, "--format=custom", "--no-owner", "--no-privileges", f"--snapshot={snapshot.name}"]
        command += ["--lock-wait-timeout=30000", *without, f"--file={making / archive.DUMP}"]
        answer = subprocess.run(command, env=programs.environment(), capture_output=True, check=False)
    if answer.returncode:
        raise Unfit(f"The database could not be backed up: {programs.said(answer.stderr)}.")
    (making / archive.DUMP).chmod(0o600)
    return snapshot.manifest


@contextmanager
def _snapshot() -> Iterator[_Snapshot]:
    """A transaction of its own on a connection of its own; what is counted in it is what pg_dump sees."""
    line = connection.copy()
    try:
        line.set_autocommit(False)
        with line.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            cursor.execute("SET LOCAL idle_in_transaction_session_timeout = 0")  # as long as the dump takes
            cursor.execute("SELECT pg_export_snapshot(), campaign_now()")
            name, taken_at = cursor.fetchone()
            cursor.execute("SELECT app, max(name) FROM django_migrations GROUP BY app")
            migrations = dict(cursor.fetchall())
            manifest = archive.Manifest(
                taken_at=taken_at.astimezone(UTC),
                posko=VERSION,
                postgres=programs.server_major(),
                migrations=migrations,
                counts={table: _count(cursor, table) for table in _tables(cursor) if table not in WITHOUT},
                keys=archive.sealed_word(),
            )
        yield _Snapshot(name, manifest)
    finally:
        line.close()


def _tables(cursor: CursorWrapper) -> list[str]:
    cursor.execute(
        "SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace ORDER BY relname"
    )
    return [name for (name,) in cursor.fetchall()]


def _count(cursor: CursorWrapper, table: str) -> int:
    cursor.execute(f"SELECT count(*) FROM public.{connection.ops.quote_name(table)}")  # noqa: S608 (from pg_class)
    return int(cursor.fetchone()[0])


# The media ---------------------------------------------------------------------------------------


def _copy_media(making: Path, before: Path | None) -> Iterator[tuple[str, str]]:
    """Copy every file; one that the backup before has as well is shared with it, for neither ever changes."""
    root = Path(settings.MEDIA_ROOT)
    for path in archive.files_below(root):
        name = f"{archive.MEDIA}/{path.relative_to(root).as_posix()}"
        target = making / name
        target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        try:
            digest = archive.sha256(path)
            if not _shared(before / name if before else None, target, digest):
                shutil.copyfile(path, target)
                target.chmod(0o600)
                digest = archive.sha256(target)  # of what is in the backup
        except FileNotFoundError:
            target.unlink(missing_ok=True)  # a demonstration was just removed
            continue
        yield name, digest


def _shared(older: Path | None, target: Path, digest: str) -> bool:
    """Whether `target` is now another name of the older backup's file, which was read and found to be the same."""
    if older is None or not older.is_file() or archive.sha256(older) != digest:
        return False
    with suppress(OSError):  # a disk that knows no hard links
        os.link(older, target)
        return True
    return False


def _flush(folder: Path) -> None:
    line = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(line)
    finally:
        os.close(line)
