"""What people say to us on Instagram, and what we answer: comments, tags, direct messages.

Source: developers.facebook.com, "IG Comment", "IG Comment Replies", "IG User Mentions", "Conversations API", "Send
Messages", read 2026-09; field names of nested lists and the message edges of Instagram Login partly unconfirmed.
"""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote

from platforms import graph
from platforms.answers import one, things
from platforms.base import ConnectorError, Rejected, Unknowable
from platforms.containers import CLOCK_MARGIN
from platforms.contents import Account, Draft, Incoming, Page, Place, Problem, Sent, To
from platforms.counting import bare, text_problems
from platforms.graph import Fields, Graph
from platforms.instagram import text
from platforms.newest import new_ones, since

RECENT_POSTS, RECENT_TALKS, DEEP = 25, 25, 50
"""How many of our newest posts and talks are read, and how many entries of each; older ones come by webhook."""
WINDOW, LONG_WINDOW = timedelta(hours=24), timedelta(days=7)
"""How long a message may be answered, and how long by a person where Meta allows the app that (`human_agent`)."""

_COMMENT = "id,text,timestamp,username,from,hidden"


def problems(draft: Draft) -> list[Problem]:
    """Why an answer could not go: answers are text, and messages have their limit in bytes."""
    is_message = draft.to is not None and draft.to.place == Place.MESSAGE
    found = [] if draft.text.strip() else [Problem("empty")]
    if is_message and len(draft.text.encode()) > text.MESSAGE:
        found.append(Problem("too_many_bytes", {"length": len(draft.text.encode()), "limit": text.MESSAGE}))
    if not is_message and draft.text.strip():
        found += text_problems(draft, len(draft.text), text.CAPTION)
    return found + ([Problem("text_only")] if draft.pictures or draft.video else [])


# Answering ---------------------------------------------------------------------------------------


def answer(api: Graph, account: Account, draft: Draft) -> Sent:
    """Say it: a comment below a post of ours, a reply below a comment, an answer to a mention, a message."""
    to = draft.to
    if to is None:
        raise ConnectorError("not_found", words="")
    if to.place == Place.MESSAGE:
        return _send(api, account, draft, to)
    path, fields = _where(account, to)
    made = graph.accept(api.post(path, {**fields, "message": draft.text}), public=True).object()
    return Sent(one(made.get("id"), changes=True, what="comment id"))


def _where(account: Account, to: To) -> tuple[str, Fields]:
    """Path and fields. A mention is answered by its post, or by the comment (`remote_id`) below a post (`root`)."""
    target = quote(to.remote_id, safe="")
    if to.place == Place.MENTION:
        below: Fields = {"media_id": to.root, "comment_id": to.remote_id} if to.root else {"media_id": to.remote_id}
        return f"{account.remote_id}/mentions", below
    return (f"{target}/comments", {}) if to.root in ("", to.remote_id) else (f"{target}/replies", {})


def _send(api: Graph, account: Account, draft: Draft, to: To) -> Sent:
    age = datetime.now(UTC) - to.at if to.at else timedelta(0)
    by_person = bool(account.app.get("human_agent"))
    if age > (LONG_WINDOW if by_person else WINDOW):
        raise Rejected("window_closed", words="24 h")
    fields: dict[str, Any] = {"recipient": {"id": to.person}, "message": {"text": draft.text}}
    if age > WINDOW:
        fields |= {"messaging_type": "MESSAGE_TAG", "tag": "HUMAN_AGENT"}
    url = f"{api.base}/{account.remote_id}/messages"
    told = api.door.call("POST", url, headers=api.signed, json=fields, changes=True)
    made = graph.accept(told, public=True).object()
    return Sent(one(made.get("message_id"), changes=True, what="message id"))


def find(api: Graph, account: Account, draft: Draft, begun: datetime) -> Sent | None:
    """Look for our answer where it would stand. Not finding it proves nothing."""
    to, wanted = draft.to, bare(draft.text)
    if to and to.place == Place.MESSAGE:
        talks = api.read(f"{account.remote_id}/conversations", {**_TALK, "user_id": to.person})
        said = [m for talk in things(talks.get("data"), "id") for m in _inside(talk, "messages")]
    elif to and to.place == Place.COMMENT:
        path, _ = _where(account, to)
        said = list(api.each(path, {"fields": _COMMENT}, pages=2))
    else:
        said = []  # what we wrote below other people's posts is nowhere listed
    for each in said:
        words, at = each.get("text") or each.get("message"), _time(each)
        if _is_ours(account, each) and bare(str(words or "")) == wanted and at >= begun - CLOCK_MARGIN:
            return Sent(str(each["id"]))
    raise Unknowable("look_there", url=account.url)


# Reading -----------------------------------------------------------------------------------------


def read(api: Graph, account: Account, place: Place, cursor: str) -> Page[Incoming]:
    """What is new there."""
    reader = {Place.COMMENT: _comments, Place.MENTION: _mentions, Place.MESSAGE: _messages}[place]
    return new_ones(reader(api, account, since(cursor)), cursor)


def _comments(api: Graph, account: Account, begins: datetime) -> Iterator[Incoming]:
    """Comments and the replies to them below our newest posts, in one call."""
    inside = f"{_COMMENT},replies.limit({DEEP}){{{_COMMENT}}}"
    asked: Fields = {"fields": f"id,permalink,comments.limit({DEEP}){{{inside}}}", "limit": RECENT_POSTS}
    for media in api.each(f"{account.remote_id}/media", asked, pages=1):
        for comment in _inside(media, "comments"):
            every = [(comment, "")] + [(reply, str(comment["id"])) for reply in _inside(comment, "replies")]
            yield from (_comment(one, media, parent) for one, parent in every if not _is_ours(account, one))


def _comment(told: Mapping[str, Any], media: Mapping[str, Any], parent: str) -> Incoming:
    author, name = _author(told)
    is_hidden = told.get("hidden") is True
    return Incoming(
        Place.COMMENT, str(told["id"]), str(told.get("text") or ""), _time(told), author, name, f"@{name}",
        about=str(media["id"]), parent=parent, thread=str(media["id"]), url=str(media.get("permalink") or ""),
        is_hidden=is_hidden, may_answer=not is_hidden,
    )  # fmt: skip


def _mentions(api: Graph, account: Account, begins: datetime) -> Iterator[Incoming]:
    """Posts of others in which we are tagged. Mentions in words alone are told by webhook only."""
    asked: Fields = {"fields": "id,caption,username,timestamp,permalink", "limit": RECENT_POSTS}
    for media in api.each(f"{account.remote_id}/tags", asked, pages=1):
        author, name = _author(media)
        yield Incoming(
            Place.MENTION, str(media["id"]), str(media.get("caption") or ""), _time(media), author, name, f"@{name}",
            thread=str(media["id"]), url=str(media.get("permalink") or ""),
        )  # fmt: skip


_TALK: Fields = {"platform": "instagram", "fields": "id,updated_time,messages.limit(20){id,created_time,from,message}"}
"""Meta tells details of the last 20 messages of a talk only. Source: "Conversations API", 2024-07-31."""


def _messages(api: Graph, account: Account, begins: datetime) -> Iterator[Incoming]:
    for talk in api.each(f"{account.remote_id}/conversations", {**_TALK, "limit": RECENT_TALKS}, pages=1):
        for told in _inside(talk, "messages"):
            author, name = _author(told)
            if not _is_ours(account, told):
                words, at = str(told.get("message") or ""), _time(told)
                yield Incoming(Place.MESSAGE, str(told["id"]), words, at, author, name, f"@{name}", thread=author)


def _inside(thing: Mapping[str, Any], name: str) -> list[dict[str, Any]]:
    """The entries of a list within a thing; none where it is left out, as Graph leaves out empty ones."""
    told = thing.get(name)
    return things(told.get("data"), "id") if isinstance(told, dict) else []


def _author(told: Mapping[str, Any]) -> tuple[str, str]:
    """(id, user name); the id is left out for people who have not let our app know them, then the name stands in."""
    who = told.get("from")
    who = who if isinstance(who, dict) else {}
    name = str(who.get("username") or told.get("username") or "")
    return str(who.get("id") or name), name


def _is_ours(account: Account, told: Mapping[str, Any]) -> bool:
    author, name = _author(told)
    return author == account.remote_id or (bool(name) and f"@{name}" == account.handle)


def _time(told: Mapping[str, Any]) -> datetime:
    return graph.moment(told.get("timestamp") or told.get("created_time")) or datetime.now(UTC)
