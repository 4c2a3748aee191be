"""YouTube's answers taken apart.

Source: YouTube Data API v3 reference (resources videos, channels, playlistItems), read 2026-11.
"""

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from platforms.answers import things
from platforms.base import Temporary
from platforms.contents import Figure, Profile

_VIDEO = re.compile(r"[\w-]{11}")
"""Not promised anywhere, but so since 2005; the ids of comments have 26 characters and more."""


def is_video(remote_id: str) -> bool:
    """Whether this is a film's id, and not a comment's."""
    return _VIDEO.fullmatch(remote_id) is not None


def listed(told: Mapping[str, Any], *needed: str) -> list[dict[str, Any]]:
    """The `items` of a list that was read. An empty list may go without; any other answer is a broken one."""
    if "items" not in told and "kind" not in told and "pageInfo" not in told:
        raise Temporary("odd_answer", status=200, detail="no list")
    return things(told.get("items", []), *needed)


def moment(text: Any) -> datetime | None:
    """An ISO time, or None."""
    try:
        at = datetime.fromisoformat(str(text))
    except ValueError:
        return None
    return at if at.tzinfo else at.replace(tzinfo=UTC)


def at(item: Mapping[str, Any]) -> datetime:
    """When an entry was made; one without a time is better looked at than left out."""
    return moment(item["snippet"].get("publishedAt")) or datetime.now(UTC)


def video_id(item: Mapping[str, Any]) -> str:
    """Which film an entry of a playlist stands for, "" for none."""
    details = item.get("contentDetails")
    resource = item["snippet"].get("resourceId")
    found = (details or {}).get("videoId") or (resource or {}).get("videoId")
    return str(found or "")


def uploads_of(channels: Sequence[Mapping[str, Any]]) -> str:
    """The playlist of all a channel's uploads, "" where it has none yet."""
    for channel in channels:
        details = channel.get("contentDetails") or {}
        return str((details.get("relatedPlaylists") or {}).get("uploads") or "")
    return ""


def words(snippet: Mapping[str, Any]) -> str:
    """What people read of a film: its title, and below it the description."""
    return f"{snippet.get('title') or ''}\n\n{snippet.get('description') or ''}".strip()


def figures(statistics: Any, which: Mapping[str, str]) -> list[Figure]:
    """The numbers that were told; YouTube writes them as text, and leaves out what a channel hides."""
    told = statistics if isinstance(statistics, dict) else {}
    return [Figure(m, int(value), name) for m, name in which.items() if (value := str(told.get(name, ""))).isdecimal()]


def profile(snippet: Mapping[str, Any]) -> Profile:
    """What a channel tells of itself."""
    sizes = snippet.get("thumbnails")
    pictures = [each for each in sizes.values() if isinstance(each, dict)] if isinstance(sizes, dict) else []
    largest = max(pictures, key=lambda each: each.get("width") or 0, default={})
    return Profile(
        name=str(snippet.get("title") or ""),
        handle=str(snippet.get("customUrl") or ""),
        bio=str(snippet.get("description") or ""),
        picture_url=str(largest.get("url") or ""),
    )
