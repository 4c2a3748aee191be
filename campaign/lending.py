"""Database connections lent to many threads: sending threads mostly wait for networks, and Postgres bears few."""

import select
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
        wrapper = self._shelf.get() or _new()
        if _has_hung_up(wrapper):
            wrapper.close()
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


def _new() -> BaseDatabaseWrapper:
    """A connection that stays open. Django's own would be closed, or at least tested, at each turn."""
    wrapper = connections.create_connection("default")
    wrapper.settings_dict = wrapper.settings_dict | {"CONN_MAX_AGE": None, "CONN_HEALTH_CHECKS": False}
    wrapper.inc_thread_sharing()
    return wrapper


def _has_hung_up(wrapper: BaseDatabaseWrapper) -> bool:
    """Whether the server has ended it meanwhile: an idle one has nothing else to say. Costs no round trip."""
    return wrapper.connection is not None and bool(select.select([wrapper.connection], [], [], 0)[0])


lender = Lender(settings.DELIVER_CONNECTIONS)
renewing = Lender(4)
"""For renewing tokens alone: these are held while a network is asked, and one that hangs must not stop the others."""
