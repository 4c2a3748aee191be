"""Who is on the networks here: our official accounts, and the voters who look at them."""

import hashlib
import json
import sqlite3
from dataclasses import dataclass
from typing import Any

from . import clock
from .store import Store


@dataclass(frozen=True, slots=True)
class Account:
    """One account on one network. `secret` is its token or app password; `extra` belongs to the dialect."""

    id: int
    platform: str
    handle: str
    name: str
    remote_id: str
    secret: str
    is_voter: bool
    followers: int
    created_at: float
    extra: dict[str, Any]

    @property
    def known_as(self) -> frozenset[str]:
        """Every name by which a fault may mean this account."""
        return frozenset({self.handle, self.handle.split(".")[0], self.remote_id})


def derive(*parts: str, length: int = 40) -> str:
    """Hex made from `parts`, always the same.

    Tokens of sandbox accounts are no secret. Being derived, they are the same again after a reset.
    """
    return hashlib.sha256("\0".join(("posko-sandbox", *parts)).encode()).hexdigest()[:length]


def derive_number(*parts: str, low: int, high: int) -> int:
    """A whole number from `low` up to, not including, `high`, always the same for the same parts."""
    return low + int(derive(*parts, length=15), 16) % (high - low)


def create(
    store: Store,
    *,
    platform: str,
    handle: str,
    name: str,
    remote_id: str,
    secret: str = "",
    is_voter: bool = False,
    extra: dict[str, Any] | None = None,
) -> Account:
    """Add an account inside an open write. Raises sqlite3.IntegrityError when the handle is taken on that network."""
    followers = 0 if is_voter else derive_number(platform, handle, "followers", low=800, high=4200)
    row_id = store.run(
        "INSERT INTO accounts (platform, handle, name, remote_id, secret, is_voter, followers, created_at, extra)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        *(platform, handle, name, remote_id, secret, is_voter, followers, clock.now(), json.dumps(extra or {})),
    )
    return get(store, row_id)


def _read(row: sqlite3.Row) -> Account:
    return Account(
        row["id"], row["platform"], row["handle"], row["name"], row["remote_id"], row["secret"], bool(row["is_voter"]),
        row["followers"], row["created_at"], json.loads(row["extra"]),
    )  # fmt: skip


def get(store: Store, row_id: int) -> Account:
    """The account with our own id. Raises LookupError."""
    row = store.one("SELECT * FROM accounts WHERE id = ?", row_id)
    if row is None:
        raise LookupError(f"no account {row_id}")
    return _read(row)


def by_handle(store: Store, platform: str, handle: str) -> Account | None:
    """The account of that handle, or None."""
    row = store.one("SELECT * FROM accounts WHERE platform = ? AND handle = ?", platform, handle)
    return _read(row) if row else None


def by_remote(store: Store, platform: str, remote_id: str) -> Account | None:
    """The account the network knows by that id, or None."""
    row = store.one("SELECT * FROM accounts WHERE platform = ? AND remote_id = ?", platform, remote_id)
    return _read(row) if row else None


def ours(store: Store, platform: str | None = None) -> list[Account]:
    """Our official accounts, oldest first; of one network or of all."""
    rows = store.all(
        "SELECT * FROM accounts WHERE NOT is_voter AND (?1 IS NULL OR platform = ?1) ORDER BY id", platform
    )
    return [_read(row) for row in rows]


def add_followers(store: Store, account: Account, number: int) -> None:
    """Let `number` more people follow the account, inside an open write."""
    store.run("UPDATE accounts SET followers = followers + ? WHERE id = ?", number, account.id)


def put_extra(store: Store, account: Account, **changes: Any) -> Account:
    """Change what the dialect keeps with the account, inside an open write; the account as it is now."""
    extra = get(store, account.id).extra | changes
    store.run("UPDATE accounts SET extra = ? WHERE id = ?", json.dumps(extra), account.id)
    return get(store, account.id)
