"""What people write to a Bluesky account in public: answers, mentions, quotes.

Notifications come newest first and know no "since": they are walked back to the last ones seen, some minutes further,
because each is sorted in by the time its author's clock told. What was given already is left out.
Source: lexicon app.bsky.notification.listNotifications, read 2026-08.
"""

import hashlib
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from platforms.answers import packed, saved, things
from platforms.contents import Incoming, Page, Place

if TYPE_CHECKING:
    from platforms.bluesky.connector import Bluesky

PER_PAGE, PAGES = 100, 5
BACK, OVERLAP = timedelta(days=3), timedelta(minutes=10)
REASONS: dict[Place, tuple[str, ...]] = {Place.COMMENT: ("reply",), Place.MENTION: ("mention", "quote")}


def read(ours: "Bluesky", place: Place, cursor: str) -> Page[Incoming]:
    """What came since. A walk too long for one reading goes on in the next: the cursor then holds where (`go`).

    `until` is the newest time seen when the last walk ended, `seen` stands for what was given of the minutes before;
    `newest` and `new` are the same for the walk under way.
    """
    state = saved(cursor)
    until = _moment(state.get("until")) if state.get("until") else None
    floor = until - OVERLAP if until else datetime.now(UTC) - BACK
    found, go = _walk(ours, place, str(state.get("go", "")), floor)
    times = [_moment(each["indexedAt"]) for each in found]
    newest = _moment(state["newest"]) if state.get("newest") else max([*times, until or floor])
    new = [
        *state.get("new", []),
        *(_short(each) for each, at in zip(found, times, strict=True) if at > newest - OVERLAP),
    ]
    known = set(state.get("seen", []))
    fresh = [each for each, at in zip(found, times, strict=True) if at >= floor and _short(each) not in known]
    entries = [_incoming(ours, each, place) for each in sorted(fresh, key=lambda each: _moment(each["indexedAt"]))]
    if go:
        state = {**state, "go": go, "newest": newest.isoformat(), "new": new}
    else:
        state = {"until": newest.isoformat(), "seen": new}
    return Page(tuple(entries), packed(state))


def _walk(ours: "Bluesky", place: Place, go: str, floor: datetime) -> tuple[list[dict[str, Any]], str]:
    """Notifications back to `floor`, newest first, and where to go on, "" at the end."""
    reasons = REASONS[place]
    asked: dict[str, str | int | Sequence[str]] = {"limit": PER_PAGE, "reasons": reasons}
    found: list[dict[str, Any]] = []
    for _ in range(PAGES):
        told = ours.read("app.bsky.notification.listNotifications", {**asked, **({"cursor": go} if go else {})})
        page = things(told.get("notifications", []), "uri", "indexedAt")
        found += [each for each in page if each.get("reason") in reasons]
        go = str(told.get("cursor") or "")
        if not go or not page or _moment(page[-1]["indexedAt"]) < floor:
            return found, ""
    return found, go


def _moment(text: Any) -> datetime:
    try:
        at = datetime.fromisoformat(str(text))
    except ValueError:
        return datetime.now(UTC)  # one without a time is better looked at than left out
    return at if at.tzinfo else at.replace(tzinfo=UTC)


def _short(notification: Mapping[str, Any]) -> str:
    return hashlib.sha256(str(notification["uri"]).encode()).hexdigest()[:10]


def _incoming(ours: "Bluesky", told: Mapping[str, Any], place: Place) -> Incoming:
    record = told["record"] if isinstance(told.get("record"), dict) else {}
    reply = record["reply"] if isinstance(record.get("reply"), dict) else {}
    root, parent = (_uri(reply.get(name)) for name in ("root", "parent"))
    author = told["author"] if isinstance(told.get("author"), dict) else {}
    did, handle = str(author.get("did") or ""), str(author.get("handle") or "")
    uri = str(told["uri"])
    ours_here = (each for each in (root, str(told.get("reasonSubject") or "")) if _is_ours(ours, each))
    return Incoming(
        place=place,
        remote_id=uri,
        text=str(record.get("text") or ""),
        at=_moment(told["indexedAt"]),
        author_id=did,
        author_name=str(author.get("displayName") or handle or did),
        author_handle=f"@{handle}" if handle else "",
        about=next(ours_here, ""),
        parent=parent,
        thread=root or uri,
        url=ours.page(handle or did, uri.rsplit("/", 1)[-1]),
    )


def _uri(ref: Any) -> str:
    return str(ref.get("uri") or "") if isinstance(ref, dict) else ""


def _is_ours(ours: "Bluesky", uri: str) -> bool:
    return uri.startswith(f"at://{ours.account.remote_id}/")
