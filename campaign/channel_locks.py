"""Waiting for an account's tokens while somebody else renews them."""

from django.conf import settings
from django.db import connection


def patient() -> None:
    """For the rest of this transaction, wait for a row as long as a call to a network may hold it."""
    with connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL lock_timeout = '{int(settings.CALL_SECONDS * 2)}s'")
