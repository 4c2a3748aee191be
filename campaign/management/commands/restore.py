"""`manage.py restore FOLDER`: a backup into an empty place; publishing is stopped in every campaign afterwards."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from campaign.operations import restoring
from campaign.operations.programs import Unfit


class Command(BaseCommand):
    """Checks the backup first and changes nothing where anything is wrong."""

    help = "Restores a backup into an empty database, with publishing stopped."
    requires_system_checks = ()
    requires_migrations_checks = False

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("folder", type=Path, help="the backup, such as backups/posko-20290211-165500")
        parser.add_argument("--force", action="store_true", help="delete what the database holds now")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            done = restoring.restore(options["folder"].absolute(), force=options["force"])
        except Unfit as problem:
            raise CommandError(problem.message) from None
        taken = done.manifest.taken_at.isoformat(timespec="minutes")
        self.stdout.write(f"Restored as of {taken}: {done.campaigns} campaigns. The record is as it was written.")
        self.stdout.write(
            f"Publishing is stopped in every campaign. {done.unsure} deliveries may be out already: the networks and "
            f"then people are asked. {done.later} are planned for later and wait until somebody has looked."
        )
        self.stdout.write("Start Posko, look at the accounts, then resume in each campaign.")
