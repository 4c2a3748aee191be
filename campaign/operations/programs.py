"""Postgres' own programs: where they are, whether they fit the server, and how they reach it."""

import os
import re
import shutil
import subprocess
from dataclasses import dataclass

from django.conf import settings
from django.db import connection


class Unfit(Exception):
    """A backup or restore that cannot be done; the message is a sentence for the operator that says what to do."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


@dataclass(frozen=True)
class Programs:
    """pg_dump, pg_restore and psql of one major version."""

    dump: str
    restore: str
    psql: str


def find(server: int) -> Programs:
    """The programs that fit a server of major version `server`. Raises Unfit where they are missing or another's."""
    found = Programs(*(_path(name) for name in ("pg_dump", "pg_restore", "psql")))
    ours = _major(found.dump)
    if ours != server:
        raise Unfit(
            f"The database is Postgres {server}, and {found.dump} is of Postgres {ours}: install the client programs "
            f"of PostgreSQL {server}, or name the folder that holds them with POSKO_PG_BIN=/a/folder."
        )
    return found


def _path(name: str) -> str:
    path = shutil.which(name, path=settings.PG_BIN or None)
    if path is None:
        where = settings.PG_BIN or "the PATH"
        raise Unfit(
            f"The program {name} is not in {where}: install PostgreSQL's client programs, "
            "or name the folder that holds them with POSKO_PG_BIN=/a/folder."
        )
    return path


def _major(program: str) -> int:
    answer = subprocess.run([program, "--version"], capture_output=True, text=True, check=False)
    found = re.search(r"\(PostgreSQL\) (\d+)", answer.stdout)
    if answer.returncode or found is None:
        raise Unfit(f"{program} does not run: {said(answer.stderr)}.")
    return int(found[1])


def server_major() -> int:
    """The major version of the server that Posko uses."""
    return connection.get_database_version()[0]


def environment() -> dict[str, str]:
    """How the programs reach the database; the password stands in the environment, never in a command line."""
    told = connection.get_connection_params()
    names = {
        "host": "PGHOST", "port": "PGPORT", "user": "PGUSER", "password": "PGPASSWORD", "dbname": "PGDATABASE",
        "sslmode": "PGSSLMODE", "sslrootcert": "PGSSLROOTCERT", "sslcert": "PGSSLCERT", "sslkey": "PGSSLKEY",
    }  # fmt: skip
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PG")}
    reach = {names[key]: str(value) for key, value in told.items() if key in names and value not in (None, "")}
    return kept | reach | {"PGCONNECT_TIMEOUT": "10", "PGAPPNAME": "posko-backup"}


def said(answer: bytes | str) -> str:
    """The telling end of what a program complained of."""
    text = answer.decode(errors="replace") if isinstance(answer, bytes) else answer
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    telling = [line for line in lines if "error" in line.lower() or "fatal" in line.lower()]
    return " ".join((telling or lines or ["it said nothing"])[:2]).rstrip(".")
