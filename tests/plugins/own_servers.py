"""Each process of a parallel run has a Postgres and a Redis of its own.

The record's sealer waits for the oldest transaction of the whole cluster, in whatever database: processes that shared
one would wait for each other. Done while the plugin is imported, before Django reads where its database is.
"""

import os
from contextlib import ExitStack

from local.test import servers

_stack = ExitStack()

if "PYTEST_XDIST_WORKER" in os.environ:
    os.environ.pop("DATABASE_URL", None)
    os.environ.pop("REDIS_URL", None)
    os.environ.update(_stack.enter_context(servers()))


def pytest_unconfigure() -> None:
    _stack.close()
