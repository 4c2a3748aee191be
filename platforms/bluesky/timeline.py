"""Our own posts as the account's server lists them. Source: lexicon com.atproto.repo.listRecords, read 2026-08."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from platforms.answers import things
from platforms.bluesky import tid
from platforms.bluesky.replies import POST
from platforms.contents import Seen

if TYPE_CHECKING:
    from platforms.bluesky.connector import Bluesky

PER_PAGE, PAGES = 100, 5
LONGEST_WAIT = timedelta(days=21)
"""How long before its publication a post may have been named: what lies further back is not searched."""


def read(ours: "Bluesky", since: datetime) -> list[Seen]:
    """Posts since then, newest first."""
    found = [
        Seen(str(r["uri"]), str(r["value"].get("text", "")), at, ours.page(ours.actor, _name(r)))
        for r in _records(ours, since - LONGEST_WAIT)
        if (at := _time(r)) >= since
    ]
    return sorted(found, key=lambda seen: seen.at, reverse=True)


def _records(ours: "Bluesky", named_since: datetime) -> Iterator[dict[str, Any]]:
    """Our posts, newest name first. Names are given at sealing, so a late post lies further back than its date."""
    params: dict[str, str | int] = {"repo": ours.account.remote_id, "collection": POST, "limit": PER_PAGE}
    for _ in range(PAGES):
        told = ours.read("com.atproto.repo.listRecords", params, signed=False)
        records = things(told.get("records", []), "uri", "value")
        yield from records
        last = tid.time_of(_name(records[-1])) if records else None
        if not told.get("cursor") or last is None or last < named_since:
            return
        params["cursor"] = str(told["cursor"])


def _name(record: Mapping[str, Any]) -> str:
    return str(record["uri"]).rsplit("/", 1)[-1]


def _time(record: Mapping[str, Any]) -> datetime:
    try:
        at = datetime.fromisoformat(str(record["value"].get("createdAt")))
    except ValueError:
        return datetime.now(UTC)  # a post without a time is better looked at than left out
    return at if at.tzinfo else at.replace(tzinfo=UTC)
