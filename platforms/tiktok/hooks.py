"""What TikTok pushes to us: one address per app, no handshake, each event signed together with its time.

Source: developers.tiktok.com, "Webhooks Overview", "Webhooks Verification" and "Webhook Events", undated copies.
"""

import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar

from platforms.contents import Event, Happened
from platforms.hooks import Forged, Hook, Unreadable, same, signature

AGE = timedelta(minutes=5)
"""How old a signature may be, and how far ahead our clocks may differ. TikTok says to check, and gives no number."""

_HAPPENED = {
    "authorization.removed": Happened.REVOKED,
    "post.publish.publicly_available": Happened.PUBLISHED,
    "post.publish.publicaly_available": Happened.PUBLISHED,
    "post.publish.no_longer_publicly_available": Happened.REMOVED,
    "post.publish.no_longer_publicaly_available": Happened.REMOVED,
    "post.publish.failed": Happened.OTHER,
    "post.publish.complete": Happened.OTHER,
    "post.publish.inbox_delivered": Happened.OTHER,
    "video.upload.failed": Happened.OTHER,
    "video.publish.completed": Happened.OTHER,
}
"""Complete does not mean public: review is still to come, and the person may have kept it private."""


class TikTokHook(Hook):
    """`secrets` needs `client_secret`."""

    kind: ClassVar[str] = "tiktok"
    by_hand: ClassVar[bool] = True

    @classmethod
    def verify(cls, headers: Mapping[str, str], body: bytes, secrets: Mapping[str, str], now: datetime) -> None:
        parts = [part.strip().partition("=") for part in headers.get("tiktok-signature", "").split(",")]
        at = next((value for name, _, value in parts if name == "t"), "")
        if not (at.isascii() and at.isdigit() and len(at) <= 12):
            raise Forged("no time")
        made = signature(secrets.get("client_secret", ""), at.encode() + b"." + body)
        if not secrets.get("client_secret") or not any(name == "s" and same(value, made) for name, _, value in parts):
            raise Forged("signature")
        if abs(now - datetime.fromtimestamp(int(at), UTC)) > AGE:
            raise Forged("age")

    @classmethod
    def events(cls, body: bytes) -> list[Event]:
        """One event. `about` is the publish id, or the post's where it is no longer public; see `Event.id` for repeats.

        A share id, of what was sent from a phone, stands in the same place.
        """
        told = _object(body)
        name, account = str(told.get("event") or ""), str(told.get("user_openid") or "")
        happened = _HAPPENED.get(name)
        if happened is None or not account:
            raise Unreadable(name[:80] or "no event")
        content = _object(told.get("content") or "{}")
        publish = str(content.get("publish_id") or content.get("share_id") or "")
        post = str(content.get("post_id") or "")
        if name.startswith("post.") and not publish:
            raise Unreadable(f"{name} without a publish id")
        seconds = told.get("create_time")
        if not isinstance(seconds, int) or not 0 < seconds < 10**11:
            raise Unreadable("no time")
        known_by = [account, name, publish, post] if publish else [account, name, str(seconds)]
        about = post if happened is Happened.REMOVED and post else publish
        return [Event(":".join(known_by), happened, account, datetime.fromtimestamp(seconds, UTC), about=about)]


def _object(text: Any) -> dict[str, Any]:
    """`content` is JSON in a string; an object is taken as well."""
    try:
        found = json.loads(text) if isinstance(text, str | bytes) else text
    except (ValueError, RecursionError):
        raise Unreadable("not JSON") from None
    if not isinstance(found, dict):
        raise Unreadable("not an object")
    return found
