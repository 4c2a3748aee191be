"""The journal of every request that reached a network's dialect, with the moment it began."""

from dataclasses import dataclass
from typing import Any

from . import clock
from .store import Store


@dataclass(slots=True)
class Entry:
    """One request. `status` 0: no answer was given (yet); `is_accepted`: the network did what was asked."""

    seq: int
    at: float
    method: str
    path: str
    status: int = 0
    is_accepted: bool | None = None

    def as_dict(self) -> dict[str, Any]:
        """As the control API shows it; `accepted` is null while the request is under way."""
        return {
            "seq": self.seq, "at": self.at, "method": self.method, "path": self.path, "status": self.status,
            "accepted": self.is_accepted,
        }  # fmt: skip


class Journal:
    """Kept in memory for a moment and written in batches: a write per request would halve the speed.

    After kill -9 the last quarter of a second may be missing here; the log of accepted bodies never is.
    """

    def __init__(self, store: Store) -> None:
        """Go on counting where the file ends."""
        self._store = store
        self._seq = store.number("SELECT max(seq) FROM requests")
        self._open: dict[int, Entry] = {}
        self._done: list[Entry] = []

    def begin(self, method: str, path: str) -> Entry:
        """Note a request the moment it arrives. `path` without tokens."""
        self._seq += 1
        entry = Entry(self._seq, clock.now(), method, path)
        self._open[entry.seq] = entry
        return entry

    def end(self, entry: Entry, *, status: int, is_accepted: bool) -> None:
        """Note how it ended."""
        entry.status, entry.is_accepted = status, is_accepted
        if self._open.get(entry.seq) is entry:  # One from before a reset has no place here any more.
            del self._open[entry.seq]
            self._done.append(entry)

    def flush(self) -> None:
        """Write what has ended to the file."""
        done, self._done = self._done, []
        if done:
            with self._store.write():
                self._store.run_many(
                    "INSERT INTO requests VALUES (?, ?, ?, ?, ?, ?)",
                    [(e.seq, e.at, e.method, e.path, e.status, bool(e.is_accepted)) for e in done],
                )

    def read(self, after: int = 0) -> list[dict[str, Any]]:
        """Every request after number `after`, in the order they began, those under way too."""
        self.flush()
        rows = self._store.all("SELECT * FROM requests WHERE seq > ?", after)
        past = [Entry(r["seq"], r["at"], r["method"], r["path"], r["status"], bool(r["accepted"])) for r in rows]
        under_way = [entry for entry in self._open.values() if entry.seq > after]
        return [entry.as_dict() for entry in sorted(past + under_way, key=lambda each: each.seq)]

    def clear(self) -> None:
        """Begin anew after the store was cleared."""
        self._seq = 0
        self._open.clear()
        self._done.clear()
