"""Redis is only a hint: while it is down the cache is empty, and nobody gets an error for it."""

import logging
from collections.abc import Callable
from typing import Any

import redis
from django.core.cache.backends.redis import RedisCache

log = logging.getLogger("posko.cache")


class ForgivingRedisCache(RedisCache):
    """As Django's, but an unreachable Redis reads as an empty cache and swallows what is written.

    `add` then says yes: allauth takes its locks with it, and a no would keep everybody from signing in. What must hold
    without Redis is counted in the database (`limits`).
    """

    def add(self, *args: Any, **options: Any) -> bool:
        return bool(_or(True, super().add, *args, **options))

    def get(self, key: Any, default: Any = None, version: int | None = None) -> Any:
        return _or(default, super().get, key, default, version)

    def set(self, *args: Any, **options: Any) -> None:
        _or(None, super().set, *args, **options)

    def touch(self, *args: Any, **options: Any) -> bool:
        return bool(_or(False, super().touch, *args, **options))

    def delete(self, *args: Any, **options: Any) -> bool:
        return bool(_or(False, super().delete, *args, **options))

    def has_key(self, *args: Any, **options: Any) -> bool:
        return bool(_or(False, super().has_key, *args, **options))

    def get_many(self, *args: Any, **options: Any) -> dict[Any, Any]:
        found: dict[Any, Any] = _or({}, super().get_many, *args, **options)
        return found

    def set_many(self, *args: Any, **options: Any) -> list[Any]:
        left: list[Any] = _or([], super().set_many, *args, **options)
        return left

    def delete_many(self, *args: Any, **options: Any) -> None:
        _or(None, super().delete_many, *args, **options)

    def clear(self) -> None:
        _or(None, super().clear)


def _or(otherwise: Any, act: Callable[..., Any], *args: Any, **options: Any) -> Any:
    try:
        return act(*args, **options)
    except (redis.RedisError, OSError) as error:
        log.warning("the cache does not answer: %s", type(error).__name__)
        return otherwise
