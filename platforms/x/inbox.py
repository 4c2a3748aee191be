"""What people write to us on X: mentions and comments, which stand in one list, and direct messages.

Source: X documentation, x-api/posts/timelines and direct-messages/lookup, openapi.json 2.167, 2026-08.
"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote

from platforms.contents import Incoming, Page, Place
from platforms.x import posts
from platforms.x.calling import Calls

BEGINS = timedelta(days=7)
"""How far back the first reading goes."""
PAGES = 8
"""X keeps the newest 800 mentions."""
MESSAGE_PAGES = 5
"""Of the 15 readings in 15 minutes that X bears."""
PER_PAGE = 100
MESSAGE_FIELDS = "id,text,event_type,created_at,sender_id,dm_conversation_id,participant_ids,entities,attachments"


def mentions(calls: Calls, cursor: str, site: str, *, by_reply: bool) -> Page[Incoming]:
    """Mentions and comments since the id `cursor`, oldest first; those that only name us above their words too."""
    asked: dict[str, str | int] = {
        "max_results": PER_PAGE,
        posts.FIELDS_OF_POSTS: posts.FIELDS,
        "expansions": "author_id",
        "user.fields": "name,username",
    }
    asked |= {"since_id": cursor} if cursor else {"start_time": _written(datetime.now(UTC) - BEGINS)}
    us = posts.Us(calls.account.remote_id, calls.account.handle.removeprefix("@"), by_reply)
    found: list[Incoming] = []
    for told in calls.pages(f"/2/users/{us.remote_id}/mentions", asked, PAGES):
        people = posts.by_id(told, "users")
        written = [post for post in told["data"] if str(post.get("author_id")) != us.remote_id]
        found += [posts.incoming(post, us, people, site) for post in written]
    return _page(found, cursor)


def messages(calls: Calls, cursor: str, site: str) -> Page[Incoming]:
    """Direct messages since the id `cursor`, oldest first."""
    us, found = calls.account.remote_id, []
    since = datetime.now(UTC) - BEGINS
    for event, people in _events(calls, "/2/dm_events"):
        if not _is_newer(event, cursor, since):
            break
        if str(event.get("sender_id")) != us:
            found.append(_message(event, people, site))
    return _page(found, cursor)


def sent_to(calls: Calls, person: str, since: datetime) -> Iterator[dict[str, Any]]:
    """What we wrote to a person since then, newest first."""
    for event, _people in _events(calls, f"/2/dm_conversations/with/{quote(person, safe='')}/dm_events"):
        if posts.made_at(event) < since:
            return
        if str(event.get("sender_id")) == calls.account.remote_id:
            yield event


def _events(calls: Calls, path: str) -> Iterator[tuple[dict[str, Any], dict[str, dict[str, Any]]]]:
    """Messages newest first, each with the people of its page."""
    asked: dict[str, str | int] = {
        "max_results": PER_PAGE,
        "event_types": "MessageCreate",
        "dm_event.fields": MESSAGE_FIELDS,
        "expansions": "sender_id",
        "user.fields": "name,username",
    }
    for told in calls.pages(path, asked, MESSAGE_PAGES):
        people = posts.by_id(told, "users")
        for event in told["data"]:
            yield event, people


def _is_newer(event: dict[str, Any], cursor: str, since: datetime) -> bool:
    if not cursor.isdigit():
        return posts.made_at(event) >= since
    return str(event["id"]).isdigit() and int(event["id"]) > int(cursor)


def _message(event: dict[str, Any], people: dict[str, dict[str, Any]], site: str) -> Incoming:
    sender, talk = str(event.get("sender_id") or ""), str(event.get("dm_conversation_id") or "")
    who = people.get(sender, {})
    handle = str(who.get("username") or "")
    is_private = not talk or "-" in talk  # ids of two people; a group has a number of its own
    return Incoming(
        place=Place.MESSAGE,
        remote_id=str(event["id"]),
        text=posts.text_of(event),
        at=posts.made_at(event),
        author_id=sender,
        author_name=str(who.get("name") or handle or sender),
        author_handle=f"@{handle}" if handle else "",
        thread=sender if is_private else talk,
        url=page_of(site, talk),
        may_answer=is_private,
    )


def page_of(site: str, talk: str) -> str:
    """Where a person reads a talk."""
    return f"{site}/messages/{talk}" if talk else f"{site}/messages"


def _page(found: list[Incoming], cursor: str) -> Page[Incoming]:
    in_order = sorted(found, key=lambda each: int(each.remote_id) if each.remote_id.isdigit() else 0)
    return Page(tuple(in_order), in_order[-1].remote_id if in_order else cursor)


def _written(at: datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%SZ")
