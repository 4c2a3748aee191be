"""The sandbox's memory: one SQLite file. What `write` has left is there again after kill -9."""

import json
import secrets
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

# Goes up whenever the tables change; a folder of another version is refused rather than misread.
VERSION = 1
SCHEMA = """
CREATE TABLE IF NOT EXISTS meta (name TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS accounts (
    id INTEGER PRIMARY KEY, platform TEXT NOT NULL, handle TEXT NOT NULL, name TEXT NOT NULL, remote_id TEXT NOT NULL,
    secret TEXT NOT NULL, is_voter INTEGER NOT NULL, followers INTEGER NOT NULL,
    posts INTEGER NOT NULL DEFAULT 0, created_at REAL NOT NULL, extra TEXT NOT NULL, UNIQUE (platform, handle));
CREATE INDEX IF NOT EXISTS accounts_remote ON accounts (platform, remote_id);
CREATE TABLE IF NOT EXISTS tokens (
    token TEXT PRIMARY KEY, kind TEXT NOT NULL, account_id INTEGER, client_id TEXT NOT NULL, scopes TEXT NOT NULL,
    created_at REAL NOT NULL, revoked_at REAL, extra TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS posts (
    id INTEGER PRIMARY KEY, platform TEXT NOT NULL, account_id INTEGER NOT NULL, place TEXT NOT NULL,
    remote_id TEXT NOT NULL, made_by TEXT NOT NULL, text TEXT NOT NULL, at REAL NOT NULL, edited_at REAL,
    deleted_at REAL, reply_to INTEGER, root INTEGER, pictures TEXT NOT NULL, extra TEXT NOT NULL,
    likes INTEGER NOT NULL DEFAULT 0, reposts INTEGER NOT NULL DEFAULT 0, replies INTEGER NOT NULL DEFAULT 0,
    life REAL NOT NULL DEFAULT 0, grown_likes INTEGER NOT NULL DEFAULT 0, grown_reposts INTEGER NOT NULL DEFAULT 0,
    grown_replies INTEGER NOT NULL DEFAULT 0);
CREATE UNIQUE INDEX IF NOT EXISTS posts_remote ON posts (platform, place, remote_id) WHERE deleted_at IS NULL;
CREATE INDEX IF NOT EXISTS posts_account ON posts (account_id, id);
CREATE INDEX IF NOT EXISTS posts_reply ON posts (reply_to) WHERE reply_to IS NOT NULL;
CREATE INDEX IF NOT EXISTS posts_root ON posts (root) WHERE root IS NOT NULL;
CREATE TABLE IF NOT EXISTS media (
    id INTEGER PRIMARY KEY, platform TEXT NOT NULL, account_id INTEGER NOT NULL, remote_id TEXT NOT NULL,
    sha256 TEXT NOT NULL, mime TEXT NOT NULL, size INTEGER NOT NULL, width INTEGER NOT NULL, height INTEGER NOT NULL,
    alt TEXT NOT NULL, created_at REAL NOT NULL, ready_at REAL NOT NULL, post_id INTEGER);
CREATE INDEX IF NOT EXISTS media_remote ON media (platform, remote_id);
CREATE TABLE IF NOT EXISTS keys (
    account_id INTEGER NOT NULL, key TEXT NOT NULL, remote_id TEXT NOT NULL, at REAL NOT NULL,
    PRIMARY KEY (account_id, key));
CREATE TABLE IF NOT EXISTS records (
    uri TEXT PRIMARY KEY, did TEXT NOT NULL, collection TEXT NOT NULL, rkey TEXT NOT NULL, cid TEXT NOT NULL,
    value TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS records_place ON records (did, collection, rkey);
CREATE TABLE IF NOT EXISTS updates (
    id INTEGER PRIMARY KEY AUTOINCREMENT, account_id INTEGER NOT NULL, kind TEXT NOT NULL, body TEXT NOT NULL,
    at REAL NOT NULL, tries INTEGER NOT NULL DEFAULT 0, next_at REAL NOT NULL DEFAULT 0);
CREATE INDEX IF NOT EXISTS updates_account ON updates (account_id, id);
CREATE TABLE IF NOT EXISTS hooks (
    account_id INTEGER PRIMARY KEY, url TEXT NOT NULL, secret TEXT NOT NULL, allowed TEXT NOT NULL,
    error_at REAL, error TEXT);
CREATE TABLE IF NOT EXISTS pushes (
    id INTEGER PRIMARY KEY AUTOINCREMENT, platform TEXT NOT NULL, body BLOB NOT NULL, headers TEXT NOT NULL,
    at REAL NOT NULL, tries INTEGER NOT NULL DEFAULT 0, next_at REAL NOT NULL DEFAULT 0);
CREATE INDEX IF NOT EXISTS pushes_platform ON pushes (platform, id);
CREATE TABLE IF NOT EXISTS faults (
    id INTEGER PRIMARY KEY AUTOINCREMENT, platform TEXT, account TEXT, step TEXT NOT NULL, fault TEXT NOT NULL,
    times INTEGER, created_at REAL NOT NULL, params TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS log (
    seq INTEGER PRIMARY KEY AUTOINCREMENT, platform TEXT NOT NULL, body TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS requests (
    seq INTEGER PRIMARY KEY, at REAL NOT NULL, method TEXT NOT NULL, path TEXT NOT NULL, status INTEGER NOT NULL,
    accepted INTEGER NOT NULL);
"""
TABLES = (
    "accounts", "tokens", "posts", "media", "keys", "records", "updates", "hooks", "pushes", "faults", "log",
    "requests",
)  # fmt: skip


class Store:
    """One connection, used by one thread. A `write` holds no await, so its steps are never mixed with another's."""

    def __init__(self, path: Path) -> None:
        """Open or create the file. Raises OSError or sqlite3.Error when it is of no use to us."""
        self._db = sqlite3.connect(path, isolation_level=None, timeout=0.5)
        self._db.row_factory = sqlite3.Row
        # Exclusive: two sandboxes on one folder would hand out the same ids. The system drops the lock on kill -9.
        self._db.execute("PRAGMA locking_mode = EXCLUSIVE")
        self._db.execute("PRAGMA journal_mode = WAL")
        # NORMAL survives the end of the process, not a power cut; this is no place for anybody's only copy.
        self._db.execute("PRAGMA synchronous = NORMAL")
        tables = self.number("SELECT count(*) FROM sqlite_master")
        if tables and self.number("PRAGMA user_version") != VERSION:
            raise OSError("it was made by another version of the sandbox")
        self._db.executescript(f"BEGIN IMMEDIATE; {SCHEMA} PRAGMA user_version = {VERSION}; COMMIT;")
        if self.get("secret") is None:
            with self.write():
                self.put("secret", secrets.token_hex(32))
        # Signs whatever a dialect signs; tokens stay good over a restart and a reset.
        self.secret = str(self.get("secret")).encode()

    @contextmanager
    def write(self) -> Iterator[None]:
        """All statements inside are kept together, committed at the end, or none of them."""
        self._db.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self._db.execute("ROLLBACK")
            raise
        self._db.execute("COMMIT")

    def run(self, sql: str, *values: Any) -> int:
        """Run one statement; the row's id after an INSERT."""
        return self._db.execute(sql, values).lastrowid or 0

    def change(self, sql: str, *values: Any) -> int:
        """Run one statement; how many rows it changed."""
        return self._db.execute(sql, values).rowcount

    def run_many(self, sql: str, rows: list[tuple[Any, ...]]) -> None:
        """Run one statement once per row."""
        self._db.executemany(sql, rows)

    def one(self, sql: str, *values: Any) -> sqlite3.Row | None:
        """The first row, or None."""
        row: sqlite3.Row | None = self._db.execute(sql, values).fetchone()
        return row

    def all(self, sql: str, *values: Any) -> list[sqlite3.Row]:
        """Every row."""
        return self._db.execute(sql, values).fetchall()

    def number(self, sql: str, *values: Any) -> int:
        """The first column of the first row as a whole number; 0 without one."""
        row = self.one(sql, *values)
        return int(row[0] or 0) if row else 0

    def get(self, name: str) -> Any:
        """What `put` kept under `name`, or None."""
        row = self.one("SELECT value FROM meta WHERE name = ?", name)
        return json.loads(row[0]) if row else None

    def put(self, name: str, value: Any) -> None:
        """Keep a JSON value under `name`."""
        self.run("INSERT OR REPLACE INTO meta VALUES (?, ?)", name, json.dumps(value))

    def clear(self) -> None:
        """Forget everything but the keys that sign tokens."""
        with self.write():
            for table in TABLES:
                self.run(f"DELETE FROM {table}")  # noqa: S608 - the names stand above
            self.run("DELETE FROM sqlite_sequence")
            self.run("DELETE FROM meta WHERE name != 'secret'")

    def close(self) -> None:
        """Fold the write-ahead log into the file and close it."""
        self._db.close()
