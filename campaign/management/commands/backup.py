"""`manage.py backup`: one folder with the database, the media and a manifest; Posko may run meanwhile."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from campaign.operations import archive, backing_up
from campaign.operations.programs import Unfit


class Command(BaseCommand):
    """Keys are never part of it: keep POSKO_FIELD_KEYS and POSKO_SECRET_KEY (secrets.env) in another place."""

    help = "Writes a backup of the database and the media, and drops the oldest ones."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--to", type=Path, default=settings.BACKUPS, help="the folder that holds the backups")
        parser.add_argument("--keep", type=int, default=settings.BACKUPS_KEPT, help="how many stay (14)")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            done = backing_up.take(options["to"].absolute(), keep=options["keep"])
        except Unfit as problem:
            raise CommandError(problem.message) from None
        manifest = archive.read(done)
        rows, pictures = sum(manifest.counts.values()), len(manifest.files) - 1
        self.stdout.write(f"{done}: {rows} rows, {pictures} files of media.")
        self.stdout.write(
            "The keys are not in it. Keep POSKO_FIELD_KEYS and POSKO_SECRET_KEY (secrets.env) in another place."
        )
