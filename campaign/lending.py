"""Database connections lent to many threads: sending threads mostly wait for networks, and Postgres bears few."""

from collections.abc import Iterator
from contextlib import contextmanager
from queue import LifoQueue

from django.conf import settings
from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper


class Lender:
    """At most `size` connections, opened when first wanted and kept while they work."""

    def __init__(self, size: int) -> None:
        self._shelf: LifoQueue[BaseDatabaseWrapper | None] = LifoQueue()
        for _ in range(size):
            self._shelf.put(None)

    @contextmanager
    def lend(self) -> Iterator[None]:
        """Give this thread a connection for a moment; `django.db.connection` is it. Waits while all are out."""
        wrapper = self._shelf.get()
        if wrapper is None:
            wrapper = connections.create_connection("default")
            wrapper.inc_thread_sharing()
        wrapper.close_if_unusable_or_obsolete()
        own = [held for held in connections.all(initialized_only=True) if held.alias == "default"]
        connections["default"] = wrapper
        try:
            yield
        except BaseException:
            wrapper.close()
            raise
        finally:
            del connections["default"]
            for held in own:  # a thread that had a connection of its own gets it back
                connections["default"] = held
            self._shelf.put(wrapper)

    def close(self) -> None:
        """Close what is on the shelf; those lent out close with their borrowers."""
        for wrapper in [self._shelf.get() for _ in range(self._shelf.qsize())]:
            if wrapper is not None:
                wrapper.close()
            self._shelf.put(None)


lender = Lender(settings.DELIVER_CONNECTIONS)
