"""What Threads pushes to us: replies, mentions, and what became public or was deleted.

Source: developers.facebook.com, "Webhooks for Threads", 2026-06-30. The envelope is not that of other Graph webhooks.
"""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, ClassVar

from platforms.contents import Event, Happened, Incoming, Place
from platforms.graph import GraphHook, moment
from platforms.hooks import Unreadable, read_each


class ThreadsHook(GraphHook):
    """Handshake and signature are those of all Graph webhooks."""

    kind: ClassVar[str] = "threads"
    object: ClassVar[str] = "threads"
    by_hand: ClassVar[bool] = True

    @classmethod
    def events(cls, body: bytes) -> list[Event]:
        try:
            told = json.loads(body)
        except (ValueError, RecursionError):
            raise Unreadable("no JSON") from None
        if not isinstance(told, dict) or not isinstance(told.get("values"), dict | list):
            raise Unreadable("no values")
        values = told["values"] if isinstance(told["values"], list) else [told["values"]]
        return read_each(values, lambda each: _events(told, each))


def _events(told: Mapping[str, Any], change: Any) -> list[Event]:
    """One, or none where it does not concern us."""
    value = change.get("value") if isinstance(change, dict) else None
    if not isinstance(value, dict) or not value.get("id"):
        raise Unreadable("a value without its id")
    name, thing = str(change.get("field") or ""), str(value["id"])
    at = moment(value.get("timestamp")) or moment(told.get("time")) or datetime.now(UTC)
    root = value.get("root_post")
    owner = root.get("owner_id") if isinstance(root, dict) and name == "replies" else None
    account = str(owner or told.get("target_id") or "")
    match name:
        case "replies" | "mentions":
            said = _incoming(Place.COMMENT if name == "replies" else Place.MENTION, value, root, at)
            return [Event(f"{name}:{thing}:add", Happened.INCOMING, account, at, about=said.about, incoming=said)]
        case "publish":
            return [Event(f"publish:{thing}", Happened.PUBLISHED, account, at, about=thing)]
        case "delete":
            return [Event(f"delete:{thing}", Happened.REMOVED, account, at, about=thing)]
        case _:
            return []


def _incoming(place: Place, value: Mapping[str, Any], root: Any, at: datetime) -> Incoming:
    name, above = str(value.get("username") or ""), value.get("replied_to")
    about = str(root.get("id") or "") if isinstance(root, dict) and place == Place.COMMENT else ""
    parent = str(above.get("id") or "") if isinstance(above, dict) else ""
    return Incoming(
        place, str(value["id"]), str(value.get("text") or ""), at, name, name, f"@{name}", about=about,
        parent=parent if parent != about else "", thread=about or str(value["id"]),
        url=str(value.get("permalink") or ""),
    )  # fmt: skip
