"""Settings for tests: the same, made quick and self-contained."""

import os

os.environ.setdefault("POSKO_MODE", "test")
from config.settings import *  # noqa: F403

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
if template := os.environ.get("POSKO_TEST_TEMPLATE"):  # a database with all tables, to be copied
    DATABASES["default"]["TEST"] = {"TEMPLATE": template}  # noqa: F405
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
MAILERS = {"default": {"BACKEND": "django.core.mail.backends.locmem.EmailBackend"}}
