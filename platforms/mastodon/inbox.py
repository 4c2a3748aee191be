"""What people write to a Mastodon account: answers below its posts, mentions, and direct posts.

All of them are notifications of the kind `mention`, walked forward by `min_id` so that none is passed over. Direct
ones from strangers are among those that servers filter by default, and are asked for too: voters are strangers.
Source: Mastodon documentation, methods/notifications (min_id, types, include_filtered), entities/Status,
methods/statuses (context), read 2026-07.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlsplit

from platforms.answers import accept, things, words
from platforms.base import ConnectorError
from platforms.contents import Incoming, Page, Place
from platforms.counting import plain
from platforms.mastodon.text import address, shown, time_of

if TYPE_CHECKING:
    from platforms.mastodon.connector import Mastodon

PER_PAGE, PAGES = 80, 5
BACK = timedelta(days=3)
"""How far the first reading goes back."""


def read(ours: "Mastodon", place: Place, cursor: str) -> Page[Incoming]:
    """One page; the cursor is the id of the newest notification looked at, of whatever place it was."""
    if cursor:
        found = _page(ours, min_id=cursor)
    else:
        found = list(_backwards(ours))
    newest = max((str(each["id"]) for each in found), key=_rank, default=cursor or "0")
    recent = [each for each in found if cursor or time_of(each) >= datetime.now(UTC) - BACK]
    tops: dict[str, str] = {}
    statuses = [each["status"] for each in sorted(recent, key=_order) if _is_for(each, place)]
    entries = [_incoming(ours, status, place, tops) for status in statuses]
    return Page(tuple(entry for entry in entries if entry.place == place), newest)


def _page(ours: "Mastodon", **at: str) -> list[dict[str, Any]]:
    asked: dict[str, str | int | Sequence[str]] = {
        "types[]": ["mention"],
        "limit": PER_PAGE,
        "include_filtered": "true",
        **at,
    }
    answer = ours.get("/api/v1/notifications", asked)
    if answer.status == 403:
        # Tokens from before Posko read anything may publish and no more: no reason to put the account out of use.
        raise ConnectorError("permission_missing", words=words(answer), detail="read:notifications")
    return things(accept(answer).json(), "id")


def _backwards(ours: "Mastodon") -> Iterator[dict[str, Any]]:
    at: dict[str, str] = {}
    for _ in range(PAGES):
        page = _page(ours, **at)
        yield from page
        if not page or time_of(page[-1]) < datetime.now(UTC) - BACK:
            return
        at = {"max_id": str(page[-1]["id"])}


def _rank(remote_id: str) -> tuple[int, str]:
    """Ids are numbers, or texts of equal length that sort by time; "9" comes before "10"."""
    return len(remote_id), remote_id


def _order(notification: Mapping[str, Any]) -> tuple[int, str]:
    return _rank(str(notification["id"]))


def _is_for(notification: Mapping[str, Any], place: Place) -> bool:
    """Whether it may belong there; which of the public ones are comments is only known by what they stand under."""
    status = notification.get("status")
    if notification.get("type") != "mention" or not isinstance(status, dict) or not status.get("id"):
        return False
    return (status.get("visibility") == "direct") == (place == Place.MESSAGE)


def _incoming(ours: "Mastodon", status: Mapping[str, Any], place: Place, tops: dict[str, str]) -> Incoming:
    author = status.get("account") or {}
    name = full_name(ours, str(author.get("acct") or author.get("username") or ""))
    parent = str(status.get("in_reply_to_id") or "")
    about = "" if place == Place.MESSAGE else _about(ours, status, parent, tops)
    if place != Place.MESSAGE:
        place = Place.COMMENT if about else Place.MENTION
    warning = plain(str(status.get("spoiler_text") or "")).strip()
    return Incoming(
        place=place,
        remote_id=str(status["id"]),
        text=f"{warning}\n\n{shown(status)}" if warning else shown(status),
        at=time_of(status),
        author_id=name,
        author_name=str(author.get("display_name") or author.get("username") or name),
        author_handle=f"@{name}",
        about=about,
        parent=parent,
        thread={Place.MESSAGE: f"@{name}", Place.COMMENT: about}.get(place, parent or str(status["id"])),
        url=address(status),
    )


def full_name(ours: "Mastodon", acct: str) -> str:
    """ "name@host" also for people of our own server. Names there never change, and a mention needs exactly this."""
    return acct if "@" in acct else f"{acct}@{urlsplit(ours.account.server).netloc}"


def _about(ours: "Mastodon", status: Mapping[str, Any], parent: str, tops: dict[str, str]) -> str:
    """The first post of ours above it, "" where there is none. Each parent is asked about once."""
    if not parent:
        return ""
    if parent not in tops:
        answer = ours.get(f"/api/v1/statuses/{quote(parent, safe='')}/context")
        gone = answer.status in (404, 410)
        above = [] if gone else things(accept(answer).object().get("ancestors", []), "id")
        mine = [str(each["id"]) for each in above if _author(each) == ours.account.remote_id]
        if str(status.get("in_reply_to_account_id")) == ours.account.remote_id:
            mine.append(parent)
        tops[parent] = next(iter(mine), "")
    return tops[parent]


def _author(status: Mapping[str, Any]) -> str:
    account = status.get("account")
    return str(account.get("id")) if isinstance(account, dict) else ""
