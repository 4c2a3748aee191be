"""`manage.py rotate_keys`: encrypts every stored secret anew with the first key."""

from typing import Any

from django.apps import apps
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.management.base import BaseCommand, CommandError
from django.db import connection, models, transaction

from campaign.fields import EncryptedJSONField

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
