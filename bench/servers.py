"""The Postgres and Redis of a benchmark run. Postgres writes through to the disk, as in production."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import psycopg2
from psycopg2 import sql

from local.postgres import Postgres
from local.redis import Redis
from local.test import PROJECT, state_folder

SETTINGS = {"POSKO_MODE": "test", "DJANGO_SETTINGS_MODULE": "config.settings"}


class Servers:
    """Running servers. Each benchmark gets a database of its own, copied from one that is migrated."""

    def __init__(self, postgres: Postgres, env: dict[str, str]) -> None:
        self.postgres, self.env = postgres, env

    def environment(self, name: str) -> dict[str, str]:
        """The variables for the benchmark `name`, with an empty migrated database of that name."""
        link = psycopg2.connect(self.postgres.url("postgres"))
        link.autocommit = True
        with link.cursor() as cursor:
            cursor.execute(sql.SQL("CREATE DATABASE {} TEMPLATE posko").format(sql.Identifier(name)))
        link.close()
        assert self.postgres.process
        return {**self.env, "DATABASE_URL": self.postgres.url(name), "BENCH_POSTGRES": str(self.postgres.process.pid)}


@contextmanager
def servers() -> Iterator[Servers]:
    """Fresh servers, ended and deleted afterwards."""
    with state_folder() as folder, ExitStack() as stack:
        postgres, redis = Postgres(folder / "postgres"), Redis(folder / "redis", throw_away=True)
        stack.callback(postgres.remove)
        stack.callback(redis.remove)
        postgres.start()
        redis.start()
        env = {**os.environ, **SETTINGS, "POSKO_STATE": str(folder), "REDIS_URL": redis.url}
        migrate = [sys.executable, "manage.py", "migrate", "--no-input", "-v", "0"]
        subprocess.run(migrate, env={**env, "DATABASE_URL": postgres.url()}, cwd=PROJECT, check=True)
        yield Servers(postgres, env)
