"""Codes and tokens of every network that signs people in with OAuth, in one table."""

import json
import secrets
import sqlite3
from dataclasses import dataclass
from typing import Any

from . import accounts, clock
from .accounts import Account
from .store import Store


def keep(
    store: Store, token: str, kind: str, *, account: Account | None, client_id: str, scopes: str, **extra: Any
) -> None:
    """Remember a token or code inside an open write."""
    store.run(
        "INSERT INTO tokens (token, kind, account_id, client_id, scopes, created_at, extra)"
        " VALUES (?, ?, ?, ?, ?, ?, ?)",
        *(token, kind, account.id if account else None, client_id, scopes, clock.now(), json.dumps(extra)),
    )


def look_up(store: Store, token: str, kind: str) -> sqlite3.Row | None:
    """The row of a token of that kind, revoked ones too, or None."""
    return store.one("SELECT * FROM tokens WHERE token = ? AND kind = ?", token, kind)


@dataclass(frozen=True, slots=True)
class Token:
    """A token as a dialect sees it. `ends_at` is None for one that does not expire; scopes as the network writes them.

    `extra` is what the dialect keeps with it, such as the accounts a person has ticked.
    """

    value: str
    kind: str
    platform: str
    account: Account | None
    client_id: str
    scopes: frozenset[str]
    issued_at: float
    ends_at: float | None
    is_revoked: bool
    extra: dict[str, Any]

    @property
    def is_over(self) -> bool:
        """Whether it has expired."""
        return self.ends_at is not None and clock.now() >= self.ends_at


def issue(
    store: Store,
    kind: str,
    *,
    platform: str,
    account: Account | None,
    client_id: str,
    scopes: frozenset[str],
    seconds: float | None = None,
    value: str = "",
    **extra: Any,
) -> Token:
    """Give out a token (`access`, `refresh`, `code`, or a dialect's own kind) inside an open write.

    `seconds` is its life, None for ever; `value` where it is to be a certain one.
    """
    value = value or secrets.token_urlsafe(32)
    ends_at = None if seconds is None else clock.now() + seconds
    kept = extra | {"platform": platform, "ends_at": ends_at}
    keep(store, value, kind, account=account, client_id=client_id, scopes=" ".join(sorted(scopes)), **kept)
    found = find(store, platform, kind, value)
    if found is None:
        raise LookupError(kind)
    return found


def find(store: Store, platform: str, kind: str, value: str) -> Token | None:
    """The network's token of that kind, over or revoked ones too, or None."""
    row = look_up(store, value, kind)
    extra = json.loads(row["extra"]) if row else {}
    if row is None or extra.pop("platform", "") != platform:
        return None
    ends_at = extra.pop("ends_at", None)
    account = accounts.get(store, row["account_id"]) if row["account_id"] else None
    return Token(
        value, kind, platform, account, row["client_id"], frozenset(row["scopes"].split()), row["created_at"], ends_at,
        row["revoked_at"] is not None, extra,
    )  # fmt: skip


def revoke(store: Store, token: Token) -> None:
    """The token is dead from now on, inside an open write. Twice is once."""
    store.run("UPDATE tokens SET revoked_at = ? WHERE token = ? AND revoked_at IS NULL", clock.now(), token.value)
