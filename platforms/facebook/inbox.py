"""What people write to a Page: comments, mentions, messages.

Source: Graph API reference, Comment; Page tagged; Conversations API; Messenger Platform "Send Messages", read 2026-09.
Field lists partly from memory.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from platforms.answers import things
from platforms.contents import Incoming, Page, Place
from platforms.graph import Fields, Graph, after_of, moment

BACK = timedelta(days=7)
"""How far back the first reading goes."""
MOST = 200
"""Entries of one page."""
POSTS, PER_POST, PER_TALK = 50, 50, 50
WINDOW, HUMAN_WINDOW = timedelta(hours=24), timedelta(days=7)
_COMMENT = "id,from,message,created_time,parent,is_hidden,permalink_url"
_NEWEST_FIRST = "filter(stream).order(reverse_chronological)"


class Cursor:
    """Up to when everything was told, and the ids of that very second, which may still get company."""

    def __init__(self, word: str) -> None:
        seconds, _, told = word.partition(":")
        begin = datetime.now(UTC) - BACK
        self.at = datetime.fromtimestamp(int(seconds), UTC) if seconds.isdigit() else begin.replace(microsecond=0)
        self.told = frozenset(each for each in told.split(",") if each)

    def is_new(self, entry: Incoming) -> bool:
        return entry.at > self.at or (entry.at == self.at and entry.remote_id not in self.told)

    def page(self, newest_first: Sequence[Incoming]) -> Page[Incoming]:
        """The new ones, oldest first, and the word to go on with.

        Times are whole seconds, so within one of them the network's own order stands.
        """
        new = [each for each in reversed(newest_first) if self.is_new(each)]
        entries = sorted(new, key=lambda each: each.at)[:MOST]
        last = entries[-1].at if entries else self.at
        same = {each.remote_id for each in entries if each.at == last} | (self.told if last == self.at else frozenset())
        return Page(tuple(entries), f"{last.timestamp():.0f}:{','.join(sorted(same))}")


def comments(graph: Graph, page: str, cursor: str) -> Page[Incoming]:
    """Below our newest posts. Comments of posts further back come by webhook only."""
    since = Cursor(cursor)
    asked: Fields = {"fields": f"id,comments.{_NEWEST_FIRST}.limit({PER_POST}){{{_COMMENT}}}", "limit": POSTS}
    found: list[Incoming] = []
    for post in graph.each(f"{page}/posts", asked, pages=2):
        name = str(post["id"])
        found += [_comment(each, name) for each in _below(graph, post, since) if _author(each)["id"] != page]
    return since.page(found)


def _below(graph: Graph, post: Mapping[str, Any], since: Cursor) -> Iterator[dict[str, Any]]:
    """The comments of one post back to where we were, over more calls where one page does not reach so far."""
    told = post.get("comments")
    told = told if isinstance(told, dict) else {"data": []}
    for _ in range(10):
        entries = things(told.get("data"), "id")
        yield from entries
        after = after_of(told)
        if not after or not entries or _at(entries[-1]) < since.at:
            return
        more: Fields = {
            "fields": _COMMENT,
            "filter": "stream",
            "order": "reverse_chronological",
            "limit": 100,
            "after": after,
        }
        told = graph.read(f"{post['id']}/comments", more)


def _comment(told: Mapping[str, Any], post: str) -> Incoming:
    by, parent = _author(told), told.get("parent")
    return Incoming(
        place=Place.COMMENT,
        remote_id=str(told["id"]),
        text=str(told.get("message") or ""),
        at=_at(told),
        author_id=by["id"],
        author_name=by["name"],
        about=post,
        parent=str(parent.get("id") or "") if isinstance(parent, dict) else "",
        thread=post,
        url=str(told.get("permalink_url") or ""),
        is_hidden=told.get("is_hidden") is True,
    )


def mentions(graph: Graph, page: str, cursor: str) -> Page[Incoming]:
    """What others wrote of us in posts of their own."""
    since, found = Cursor(cursor), []
    for post in graph.each(f"{page}/tagged", {"fields": "id,from,message,created_time,permalink_url"}):
        if _at(post) < since.at:
            break
        by, name = _author(post), str(post["id"])
        if by["id"] != page:
            found.append(
                Incoming(
                    place=Place.MENTION,
                    remote_id=name,
                    text=str(post.get("message") or ""),
                    at=_at(post),
                    author_id=by["id"],
                    author_name=by["name"],
                    thread=name,
                    url=str(post.get("permalink_url") or ""),
                )
            )
    return since.page(found)


def messages(graph: Graph, page: str, site: str, cursor: str, *, window: timedelta) -> Page[Incoming]:
    """What people wrote to the Page alone. One may answer while less than `window` has passed since they last wrote."""
    since, found = Cursor(cursor), []
    inner = f"messages.limit({PER_TALK}){{id,message,from,created_time}}"
    asked = {"platform": "messenger", "fields": f"id,link,updated_time,{inner}"}
    for talk in graph.each(f"{page}/conversations", asked):
        if (moment(talk.get("updated_time")) or since.at) < since.at:
            break
        theirs = [each for each in _messages(talk) if _author(each)["id"] not in ("", page)]
        last = max((_at(each) for each in theirs), default=since.at)
        may_answer = datetime.now(UTC) - last < window
        link = str(talk.get("link") or "")
        found += [_message(each, f"{site}{link}" if link.startswith("/") else link, may_answer) for each in theirs]
    return since.page(found)


def _messages(talk: Mapping[str, Any]) -> list[dict[str, Any]]:
    told = talk.get("messages")
    return things(told.get("data"), "id") if isinstance(told, dict) else []


def _message(told: Mapping[str, Any], url: str, may_answer: bool) -> Incoming:
    by = _author(told)
    return Incoming(
        place=Place.MESSAGE,
        remote_id=str(told["id"]),
        text=str(told.get("message") or ""),
        at=_at(told),
        author_id=by["id"],
        author_name=by["name"],
        thread=by["id"],  # the webhook knows no other name for the talk
        url=url,
        may_answer=may_answer,
    )


def _author(told: Mapping[str, Any]) -> dict[str, str]:
    """Who wrote it; nameless where Facebook does not let our app know."""
    by = told.get("from")
    by = by if isinstance(by, dict) else {}
    return {"id": str(by.get("id") or ""), "name": str(by.get("name") or "")}


def _at(told: Mapping[str, Any]) -> datetime:
    return moment(told.get("created_time")) or datetime.now(UTC)  # without a time it is better told than left out
