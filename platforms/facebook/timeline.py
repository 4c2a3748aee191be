"""What a Page has said: its own posts, comments and messages, to show them or to look for one.

Source: Page feed, Comment, Conversations API, read 2026-09.
"""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

from platforms.contents import Draft, Place, To
from platforms.counting import bare
from platforms.graph import Fields, Graph, moment

_POST = "id,message,created_time,permalink_url,attachments{media_type,subattachments}"
_COMMENT = "id,message,created_time,from,permalink_url"
_MESSAGES = "id,messages.limit(50){id,message,from,created_time}"


def posts(graph: Graph, page: str, since: datetime) -> Iterator[dict[str, Any]]:
    """The Page's posts since then, newest first, films too."""
    asked: Fields = {"fields": _POST, "since": int(since.timestamp()), "limit": 25}
    for told in graph.each(f"{page}/posts", asked, pages=20):
        if at(told) >= since:
            yield told


def alike(graph: Graph, page: str, draft: Draft, since: datetime) -> Iterator[dict[str, Any]]:
    """What is out there since then with the words of `draft`, at the place it goes to."""
    wanted = bare(draft.text)
    if draft.to is not None and draft.to.place == Place.MESSAGE:
        found = _messages(graph, page, draft.to, since)
    elif draft.to is not None:
        found = _comments(graph, page, draft.to, since)
    else:
        found = posts(graph, page, since)
    for told in found:
        same = bare(str(told.get("message") or "")) == wanted
        # Pictures may come to light later than words: only where there are no words are they counted.
        if same and (wanted or draft.to is not None or _pictures(told) == len(draft.pictures)):
            yield told


def _comments(graph: Graph, page: str, to: To, since: datetime) -> Iterator[dict[str, Any]]:
    """Our own ones below a post or comment."""
    asked: Fields = {"fields": _COMMENT, "filter": "stream", "order": "reverse_chronological", "limit": 100}
    for told in graph.each(f"{quote(to.remote_id, safe='')}/comments", asked):
        if at(told) < since:
            return
        if _author(told) in ("", page):
            yield told


def _messages(graph: Graph, page: str, to: To, since: datetime) -> Iterator[dict[str, Any]]:
    """Our own ones to one person."""
    asked: Fields = {"platform": "messenger", "user_id": to.person, "fields": _MESSAGES}
    for talk in graph.each(f"{page}/conversations", asked, pages=1):
        told = talk.get("messages")
        entries = told.get("data") if isinstance(told, dict) else None
        for each in entries if isinstance(entries, list) else []:
            if isinstance(each, dict) and each.get("id") and _author(each) == page and at(each) >= since:
                yield each


def at(told: Mapping[str, Any]) -> datetime:
    """When it was said; without a time it is better looked at than left out."""
    return moment(told.get("created_time")) or datetime.now(UTC)


def _author(told: Mapping[str, Any]) -> str:
    by = told.get("from")
    return str(by.get("id") or "") if isinstance(by, dict) else ""


def _pictures(told: Mapping[str, Any]) -> int:
    """How many pictures a post shows."""
    try:
        first = told["attachments"]["data"][0]
        return len(first["subattachments"]["data"]) if "subattachments" in first else 1
    except (KeyError, IndexError, TypeError):
        return 0
