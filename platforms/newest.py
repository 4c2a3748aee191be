"""What is new in lists that a network gives only whole, newest first, and without a word to go on from."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from platforms.answers import packed, saved
from platforms.contents import Incoming, Page
from platforms.graph import moment

FIRST = timedelta(days=7)
"""How far back the first reading goes."""
LATE = timedelta(minutes=10)
"""How much later than its own time an entry may appear in the list."""


def since(cursor: str) -> datetime:
    """From when on entries may be new: what is older need not be looked at."""
    return (moment(saved(cursor).get("since")) or datetime.now(UTC) - FIRST) - LATE


def new_ones(entries: Iterable[Incoming], cursor: str) -> Page[Incoming]:
    """Those not told yet, oldest first. The cursor holds the newest time and the ids near it."""
    begins, told = since(cursor), set(saved(cursor).get("seen") or ())
    found = {each.remote_id: each for each in entries if each.at >= begins}
    fresh = sorted((each for each in found.values() if each.remote_id not in told), key=lambda each: each.at)
    newest = max([begins + LATE, *(each.at for each in found.values())])
    seen = sorted(each.remote_id for each in found.values() if each.at >= newest - LATE)
    kept = {"since": newest.isoformat(), "seen": seen}
    return Page(tuple(fresh), packed(kept))
