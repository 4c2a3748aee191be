"""Comments below our films: reading what people wrote, answering, and finding what we wrote.

Source: YouTube Data API v3 reference (commentThreads, comments; discovery document of 2026-11-04), read 2026-11.
"""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

from platforms.contents import Incoming, Page, Place, To
from platforms.http import Params
from platforms.youtube import shapes

PER_PAGE, PAGES = 100, 10
BEGIN = timedelta(days=7)
OVERLAP = timedelta(hours=1)
"""Read again each time: comments may be shown later than they were written."""

type Read = Callable[[str, Params], dict[str, Any]]
"""Reads a path below the API's base."""


# Writing -----------------------------------------------------------------------------------------


def is_first(to: To) -> bool:
    """Whether it goes below the film itself, and not below what somebody wrote."""
    return shapes.is_video(to.remote_id)


def video_of(to: To) -> str:
    return to.remote_id if is_first(to) else to.root


def above(to: To) -> str:
    """The comment that begins the talk: answers to answers hang there too. Their ids begin with its id."""
    return to.remote_id.partition(".")[0]


def request(to: To, text: str, channel: str) -> tuple[str, dict[str, Any]]:
    """The path and the body that write `text` below a film, or as an answer."""
    said = {"textOriginal": text}
    if is_first(to):
        snippet = {"channelId": channel, "videoId": to.remote_id, "topLevelComment": {"snippet": said}}
        return "commentThreads", {"snippet": snippet}
    return "comments", {"snippet": {"parentId": above(to), **said}}


def ours(read: Read, to: To, channel: str, since: datetime) -> Iterator[tuple[str, str]]:
    """(id, words) of what our channel wrote in that place since then."""
    found: Iterator[dict[str, Any]]
    if is_first(to):
        found = (_top(thread) for thread in _threads(read, {"videoId": to.remote_id, "order": "time"}, since))
    else:
        found = iter(_replies(read, above(to)))
    for comment in found:
        snippet = comment["snippet"]
        if _author(snippet) == channel and shapes.at(comment) >= since:
            yield str(comment["id"]), str(snippet.get("textOriginal") or snippet.get("textDisplay") or "")


# Reading -----------------------------------------------------------------------------------------


def incoming(read: Read, channel: str, cursor: str, watch: Callable[..., str], now: datetime) -> Page[Incoming]:
    """What people wrote below the channel's films, held comments too. The cursor is the time of the newest one."""
    newest = shapes.moment(cursor)
    since = newest - OVERLAP if newest else now - BEGIN
    found: dict[str, Incoming] = {}
    for status in ("published", "heldForReview"):
        params = {"allThreadsRelatedToChannelId": channel, "order": "time", "moderationStatus": status}
        for thread in _threads(read, params, since):
            for comment in _all_of(read, thread, since):
                if _author(comment["snippet"]) != channel and shapes.at(comment) >= since:
                    entry = _entry(comment, thread, watch, is_hidden=status != "published")
                    found.setdefault(entry.remote_id, entry)
    entries = sorted(found.values(), key=lambda entry: entry.at)
    until = max([*(entry.at for entry in entries), newest or since])
    return Page(tuple(entries), until.isoformat())


def _threads(read: Read, params: dict[str, str], since: datetime) -> Iterator[dict[str, Any]]:
    """Talks, newest first, until they began before `since`; the first page whole, for answers in older ones."""
    asked: dict[str, str | int] = {**params, "part": "snippet,replies", "textFormat": "plainText"}
    asked["maxResults"] = PER_PAGE
    for _ in range(PAGES):
        told = read("commentThreads", asked)
        page = [each for each in shapes.listed(told, "id", "snippet") if _has_top(each)]
        yield from page
        if not told.get("nextPageToken") or any(shapes.at(_top(each)) < since for each in page):
            return
        asked["pageToken"] = str(told["nextPageToken"])


def _all_of(read: Read, thread: dict[str, Any], since: datetime) -> list[dict[str, Any]]:
    """The talk's first comment and its answers. A thread carries some of them; of one that goes on we ask for all."""
    held = (thread.get("replies") or {}).get("comments")
    replies = [each for each in held if isinstance(each, dict) and _is_comment(each)] if isinstance(held, list) else []
    total = thread["snippet"].get("totalReplyCount")
    is_alive = any(shapes.at(each) >= since for each in (_top(thread), *replies))
    if isinstance(total, int) and total > len(replies) and is_alive:
        replies = _replies(read, str(thread["id"]))
    return [_top(thread), *replies]


def _replies(read: Read, parent: str) -> list[dict[str, Any]]:
    asked: dict[str, str | int] = {"part": "snippet", "parentId": parent, "textFormat": "plainText"}
    asked["maxResults"] = PER_PAGE
    found: list[dict[str, Any]] = []
    for _ in range(PAGES):
        told = read("comments", asked)
        found += shapes.listed(told, "id", "snippet")
        if not told.get("nextPageToken"):
            break
        asked["pageToken"] = str(told["nextPageToken"])
    return found


def _entry(comment: dict[str, Any], thread: dict[str, Any], watch: Callable[..., str], *, is_hidden: bool) -> Incoming:
    snippet, remote_id = comment["snippet"], str(comment["id"])
    video = str(thread["snippet"].get("videoId") or snippet.get("videoId") or "")
    name = str(snippet.get("authorDisplayName") or "")
    return Incoming(
        place=Place.COMMENT,
        remote_id=remote_id,
        text=str(snippet.get("textDisplay") or ""),
        at=shapes.at(comment),
        author_id=_author(snippet),
        author_name=name.removeprefix("@"),
        author_handle=name if name.startswith("@") else "",
        about=video,
        parent=str(snippet.get("parentId") or ""),
        thread=str(thread["id"]),
        url=watch(video, remote_id) if video else "",
        is_hidden=is_hidden,
        may_answer=not is_hidden and thread["snippet"].get("canReply") is not False,
    )


def _author(snippet: dict[str, Any]) -> str:
    found = snippet.get("authorChannelId")
    return str(found.get("value") or "") if isinstance(found, dict) else ""


def _top(thread: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = thread["snippet"]["topLevelComment"]
    return found


def _has_top(thread: dict[str, Any]) -> bool:
    snippet = thread["snippet"]
    return isinstance(snippet, dict) and _is_comment(snippet.get("topLevelComment"))


def _is_comment(value: Any) -> bool:
    return isinstance(value, dict) and bool(value.get("id")) and isinstance(value.get("snippet"), dict)
