"""Columns whose content the database must not be able to read."""

import json
from functools import lru_cache
from typing import Any

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import models


@lru_cache
def _box(keys: tuple[str, ...]) -> MultiFernet:
    return MultiFernet([Fernet(key) for key in keys])


def box() -> MultiFernet:
    """Encrypts with the first of `FIELD_KEYS`, decrypts with any."""
    return _box(tuple(settings.FIELD_KEYS))


class EncryptedJSONField(models.BinaryField):  # type: ignore[type-arg]  # not subscriptable at run time
    """A JSON value, encrypted at rest. Not searchable, and lost without the keys."""

    def get_prep_value(self, value: Any) -> bytes | None:
        return None if value is None else box().encrypt(json.dumps(value).encode())

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> Any:
        if value is None:
            return None
        try:
            return json.loads(box().decrypt(bytes(value)))
        except InvalidToken:
            raise ImproperlyConfigured(
                "A stored secret was encrypted with a key that is not in POSKO_FIELD_KEYS. Add the old key at the end."
            ) from None

    def to_python(self, value: Any) -> Any:
        return value

    def value_to_string(self, obj: models.Model) -> str:
        return json.dumps(self.value_from_object(obj))
