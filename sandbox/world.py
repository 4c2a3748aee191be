"""Everything the sandbox holds while it runs, in one object that each request can reach."""

import asyncio
from collections import defaultdict
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any

from aiohttp import web

from .blobs import Blobs
from .faults import Faults
from .journal import Journal
from .limits import Limits
from .store import Store


@dataclass(slots=True)
class Settings:
    """What the control API may turn. `media_delay_s`: seconds an upload or a container stays unfinished.

    `audited`: whether the networks that audit apps have passed ours.
    """

    voters: str = "slow"
    media_delay_s: float = 0.0
    rate_limits: bool = False
    audited: bool = False

    def change(self, changes: dict[str, Any]) -> None:
        """Take over known settings. Raises ValueError with a sentence on anything else, and then changes nothing."""
        if unknown := changes.keys() - {each.name for each in fields(self)}:
            raise ValueError(f"Unknown setting: {', '.join(sorted(unknown))}.")
        voters, delay = changes.get("voters", self.voters), changes.get("media_delay_s", self.media_delay_s)
        limits = changes.get("rate_limits", self.rate_limits)
        if voters not in {"off", "slow", "fast"}:
            raise ValueError("voters must be off, slow or fast.")
        if isinstance(delay, bool) or not isinstance(delay, (int, float)) or not 0 <= delay <= 3600:
            raise ValueError("media_delay_s must be a number of seconds between 0 and 3600.")
        if not isinstance(limits, bool):
            raise ValueError("rate_limits must be true or false.")
        if not isinstance(audited := changes.get("audited", self.audited), bool):
            raise ValueError("audited must be true or false.")
        self.voters, self.media_delay_s, self.rate_limits, self.audited = voters, float(delay), limits, audited


class World:
    """The store and what stands around it. `base` is the public address without a slash at the end."""

    def __init__(self, folder: Path, base: str) -> None:
        """Open the state kept in `folder`. Raises OSError or sqlite3.OperationalError when it cannot be used."""
        folder.mkdir(parents=True, exist_ok=True)
        self.base = base
        self.store = Store(folder / "sandbox.sqlite3")
        self.blobs = Blobs(folder / "media")
        self.journal = Journal(self.store)
        self.faults = Faults(self.store)
        self.limits = Limits()
        # Set when something new waits for the account with that id; a long poll waits on it.
        self.news: defaultdict[int, asyncio.Event] = defaultdict(asyncio.Event)
        self.settings = Settings()
        self.change_settings(self.store.get("settings") or {})

    def change_settings(self, changes: dict[str, Any]) -> dict[str, Any]:
        """Change, keep and return the settings. Raises ValueError with a sentence."""
        self.settings.change(changes)
        self.limits.enforced = self.settings.rate_limits
        with self.store.write():
            self.store.put("settings", asdict(self.settings))
        return asdict(self.settings)

    def reset(self) -> None:
        """Forget accounts, posts, faults, log and journal; settings stay."""
        self.store.clear()
        self.journal.clear()
        self.faults.clear()
        self.limits.clear()
        self.change_settings({})

    def close(self) -> None:
        """Write out what is in memory and close the file."""
        self.journal.flush()
        self.store.close()


WORLD = web.AppKey("world", World)
