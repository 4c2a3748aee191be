"""`manage.py verify_audit`: whether the record is as it was written."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from campaign import audit
from campaign.models import Seal

SENTENCES = {
    "changed": "Row %d of the chain was changed or moved after it was sealed.",
    "missing": "Row %d of the chain is missing, or its seal is.",
    "rewritten": "The seal of row %d is not the one that was kept: the chain was rewritten.",
    "cut": "Row %d of the chain was sealed once and is gone: the end of the record was cut off.",
    "unsealed": "After row %d of the chain stand rows that nobody sealed for two hours: is the worker at work?",
}


class Command(BaseCommand):
    """Walks the whole chain; 1 and a sentence per flaw when something is wrong."""

    help = "Compares the record with its seals, and with the seals that were mailed to candidate and manager."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--seal",
            action="append",
            default=[],
            metavar="N:HASH",
            help="a seal from a mail, as it stands there; may be given several times",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        flaws = audit.verify(dict(_seal(text) for text in options["seal"]))
        if flaws:
            raise CommandError("\n".join(SENTENCES[flaw.what] % flaw.position for flaw in flaws))
        self.stdout.write(f"All {Seal.objects.count()} rows are as they were written.")


def _seal(text: str) -> tuple[int, str]:
    position, _colon, digest = text.strip().partition(":")
    if not position.isdecimal() or len(digest) != len(audit.FIRST):
        raise CommandError(f"{text!r} is no seal. Copy it from the mail, such as --seal 41:0a1b….", returncode=2)
    return int(position), digest.lower()
