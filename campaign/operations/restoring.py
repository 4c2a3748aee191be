"""Coming back from a backup, into an empty place: checked first, restored in one transaction, stopped when it is there.

The dump is played and made safe (`sql/restored.sql`) in the same transaction, so that no moment exists in which a
worker could find restored envelopes and publishing not stopped, whatever is killed when.
"""

import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC
from pathlib import Path
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.management import call_command
from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper
from django.db.migrations.loader import MigrationLoader
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import override

from campaign import audit, envelopes
from campaign.models import Campaign, Delivery, State
from campaign.operations import archive, programs
from campaign.operations.archive import Manifest
from campaign.operations.programs import Unfit

SQL = Path(__file__).parent / "sql" / "restored.sql"
EMPTY = """BEGIN;
SET LOCAL lock_timeout = '10s';
SET LOCAL client_min_messages = warning;
DROP SCHEMA IF EXISTS public CASCADE;
CREATE SCHEMA public;
GRANT USAGE ON SCHEMA public TO PUBLIC;
COMMENT ON SCHEMA public IS 'standard public schema';
DO $$ BEGIN ALTER SCHEMA public OWNER TO pg_database_owner; EXCEPTION WHEN insufficient_privilege THEN NULL; END $$;
"""
PEOPLE = ("campaign_campaign", "campaign_user", "campaign_auditrow")
"""Empty where nobody has begun: what a migration ships by itself is no reason to refuse."""


@dataclass(frozen=True)
class Restored:
    """What came back: the backup's manifest, and how many envelopes nobody knows the fate of."""

    manifest: Manifest
    campaigns: int
    unsure: int
    later: int


def restore(folder: Path, *, force: bool = False) -> Restored:
    """Put the backup in `folder` in place of this database and its media. Raises Unfit, and has then changed nothing.

    `force` allows a database that is not empty; what it held is gone.
    """
    manifest = archive.verified(folder)
    _check_versions(folder, manifest)
    _check_keys(folder, manifest)
    tools = programs.find(programs.server_major())
    _check_place(force=force)
    _bring_media(folder, manifest)
    connection.close()
    _play(tools, folder, manifest)
    return _finish(manifest)


# Before ------------------------------------------------------------------------------------------


def _check_versions(folder: Path, manifest: Manifest) -> None:
    if manifest.postgres > programs.server_major():
        raise Unfit(
            f"The backup {folder} is of Postgres {manifest.postgres}, and this server is {programs.server_major()}: "
            f"restore it into Postgres {manifest.postgres} or newer."
        )
    known = set(MigrationLoader(None, ignore_no_migrations=True).disk_migrations)
    ours = {app for app, _name in known}
    newer = [f"{app} {name}" for app, name in manifest.migrations.items() if app in ours and (app, name) not in known]
    newer += [app for app in manifest.migrations if app not in ours]
    if newer:
        raise Unfit(
            f"The backup {folder} was taken by another version of Posko ({manifest.posko}), which this one does not "
            f"understand ({', '.join(sorted(newer))}): restore it with that version or a newer one."
        )


def _check_keys(folder: Path, manifest: Manifest) -> None:
    if not manifest.has_our_keys:
        raise Unfit(
            f"The accounts' sign-ins in {folder} are encrypted with keys that this place does not have: put the kept "
            "secrets.env into the state folder, or the kept keys into POSKO_FIELD_KEYS, and restore again."
        )


def _check_place(*, force: bool) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() "
            "AND pid <> pg_backend_pid() AND backend_type = 'client backend'"
        )
        (others,) = cursor.fetchone()
        if others:
            raise Unfit(
                "The database is in use: stop Posko first (web, workers and beat), and whatever else is connected, "
                "then restore again."
            )
        tables = set(connection.introspection.table_names(cursor))
        is_ours = set(PEOPLE) <= tables
        has_rows = bool(tables) and (not is_ours or any(_has_rows(cursor, table) for table in PEOPLE))
    if has_rows and not force:
        raise Unfit(
            "This database is not empty, and restoring would delete all it holds: restore into an empty place, or, if "
            "that is what you want, take a backup of it first and add FORCE=1 (--force)."
        )


def _has_rows(cursor: CursorWrapper, table: str) -> bool:
    cursor.execute(f"SELECT EXISTS (SELECT FROM public.{table})")  # noqa: S608 (one of ours)
    return bool(cursor.fetchone()[0])


# Bringing back -----------------------------------------------------------------------------------


def _bring_media(folder: Path, manifest: Manifest) -> None:
    """Copy the files, before the rows that name them; what is there already and the same stays."""
    root = Path(settings.MEDIA_ROOT)
    try:
        for name, digest in manifest.files.items():
            if not name.startswith(f"{archive.MEDIA}/"):
                continue
            target = root / name.removeprefix(f"{archive.MEDIA}/")
            if target.is_file() and archive.sha256(target) == digest:
                continue
            target.parent.mkdir(parents=True, exist_ok=True)
            making = target.with_name(f".{target.name}.restoring")
            shutil.copyfile(folder / name, making)
            os.replace(making, target)  # noqa: PTH105 (the same as Path.replace)
    except OSError as error:
        raise Unfit(f"The media could not be written to {root}: {error.strerror or error}. Make room there.") from error


def _play(tools: programs.Programs, folder: Path, manifest: Manifest) -> None:
    """Play the dump into psql and commit only when every part of it and of what makes it safe went through."""
    reading = subprocess.Popen(
        [tools.restore, "--no-owner", "--no-privileges", "--no-comments", "--file=-", str(folder / archive.DUMP)],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip
    writing = subprocess.Popen(
        [tools.psql, "--no-psqlrc", "--quiet", "--set=ON_ERROR_STOP=1", "--output=/dev/null", "--file=-"],
        env=programs.environment(), stdin=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip
    assert reading.stdout and reading.stderr and writing.stdin and writing.stderr
    try:
        writing.stdin.write(EMPTY.encode())
        shutil.copyfileobj(reading.stdout, writing.stdin)
        if reading.wait() != 0:
            raise Unfit(f"The backup could not be read: {programs.said(reading.stderr.read())}. Nothing was changed.")
        writing.stdin.write("".join(_made_safe(manifest)).encode())
        writing.stdin.close()
    except BrokenPipeError:
        pass  # psql gave up; it says why
    finally:
        if not writing.stdin.closed:
            writing.kill()  # without COMMIT: nothing has happened
            with suppress(BrokenPipeError):
                writing.stdin.close()
        reading.kill()
        reading.wait()
    complaint = writing.stderr.read()
    if writing.wait() != 0:
        raise Unfit(f"The database could not be restored: {programs.said(complaint)}. Nothing was changed.")


def _made_safe(manifest: Manifest) -> Iterator[str]:
    told = {
        "taken_at": manifest.taken_at.astimezone(UTC).isoformat(timespec="seconds"),
        "note": _note(manifest),
        "counts": json.dumps(manifest.counts),
    }
    for name, value in told.items():
        quoted = value.replace("'", "''")
        yield f"SELECT pg_catalog.set_config('posko.{name}', '{quoted}', true);\n"
    yield SQL.read_text()
    yield "\nCOMMIT;\n"


def _note(manifest: Manifest) -> str:
    """What the author of a post that was in review reads; in the language of Posko's pages."""
    with override("id"):
        taken = date_format(manifest.taken_at.astimezone(ZoneInfo(settings.TIME_ZONE)), "j F Y H:i")
        return _(
            "Posko was restored from a backup of %(time)s. This post may have been approved and published after that: "
            "look at the accounts before you submit it again."
        ) % {"time": taken}


# Afterwards --------------------------------------------------------------------------------------


def _finish(manifest: Manifest) -> Restored:
    """Bring an older backup up to this version, tell what hangs on the envelopes, and look whether all is sound."""
    call_command("migrate", interactive=False, verbosity=0)
    call_command("migrate", check_unapplied=True, verbosity=0)
    unsure = Delivery.objects.filter(state=State.UNSURE, problem="restored")
    for campaign in Campaign.objects.filter(pk__in=unsure.values("campaign")):
        with transaction.atomic():
            envelopes.tell(list(unsure.filter(campaign=campaign).select_related("channel").order_by("slot")))
    while audit.seal():
        pass
    flaws = audit.verify()
    if flaws:
        raise Unfit(
            "The backup was restored, and its record is not as it was written: run `manage.py verify_audit`, which "
            "names every flaw. Publishing stays stopped."
        )
    later = Delivery.objects.filter(state=State.WAITING, doubtful=True, problem="restored")
    return Restored(manifest, Campaign.objects.count(), unsure.count(), later.count())
