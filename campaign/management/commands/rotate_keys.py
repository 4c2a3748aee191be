"""`manage.py rotate_keys`: encrypts every stored secret anew with the first key."""

from typing import Any

from allauth.mfa.models import Authenticator
from cryptography.fernet import InvalidToken
from django.apps import apps
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.management.base import BaseCommand, CommandError
from django.db import connection, models, transaction

from campaign.fields import EncryptedJSONField, box

BATCH = 100


class Command(BaseCommand):
    """Put the new key first in POSKO_FIELD_KEYS, run this, then take the old key away. Safe to run again."""

    help = "Encrypts every stored secret with the first key of POSKO_FIELD_KEYS; older keys may then be dropped."

    def handle(self, *args: Any, **options: Any) -> None:
        for model in apps.get_models():
            names = [field.name for field in model._meta.concrete_fields if isinstance(field, EncryptedJSONField)]
            if names:
                try:
                    count = _rotate(model, names)
                except ImproperlyConfigured as error:
                    raise CommandError(f"{model._meta.label}: {error}") from None
                self.stdout.write(f"{model._meta.label}: {count} rows are encrypted with the first key.")
        count = _rotate_second_steps()
        self.stdout.write(f"{Authenticator._meta.label}: {count} rows are encrypted with the first key.")


def _rotate(model: type[models.Model], names: list[str]) -> int:
    """Write each row of `model` again, a batch per transaction; how many."""
    count, last = 0, None
    while True:
        with transaction.atomic():
            with connection.cursor() as cursor:
                # A worker that renews a token holds its row for as long as a call to a network may take.
                cursor.execute(f"SET LOCAL lock_timeout = '{int(settings.CALL_SECONDS * 2)}s'")
            rows = model._base_manager.select_for_update().order_by("pk")
            batch = list((rows if last is None else rows.filter(pk__gt=last))[:BATCH])
            for row in batch:
                row.save(update_fields=names)
        if not batch:
            return count
        count, last = count + len(batch), batch[-1].pk


def _rotate_second_steps() -> int:
    """The secrets of authenticator apps and recovery codes, kept as text within rows of allauth; how many."""
    count = 0
    for pk in Authenticator.objects.values_list("pk", flat=True).order_by("pk"):
        with transaction.atomic():
            row = Authenticator.objects.select_for_update().filter(pk=pk).first()
            names = [name for name in ("secret", "seed") if row and name in row.data]
            if row is None or not names:
                continue
            try:
                row.data |= {name: box().rotate(row.data[name].encode()).decode() for name in names}
            except InvalidToken:
                raise CommandError(f"{Authenticator._meta.label}: row {pk} needs a key that is not there.") from None
            row.save(update_fields=["data"])
            count += 1
    return count
