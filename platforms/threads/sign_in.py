"""How a person lets Posko into their Threads profile.

Source: developers.facebook.com, Threads API "Get Access Tokens and Permissions", "Long-Lived Tokens", read 2026-09.
"""

from collections.abc import Mapping
from typing import Any, ClassVar

from platforms.http import Door
from platforms.long_lived import LongLivedSignIn
from platforms.oauth import App
from platforms.threads.connector import VERSION, Threads


class ThreadsSignIn(LongLivedSignIn):
    """One profile per consent. The app is one of its own, apart from Facebook's and Instagram's."""

    connector: ClassVar[type[Threads]] = Threads
    kind: ClassVar[str] = Threads.kind
    home: ClassVar[str] = Threads.home
    hosts: ClassVar[Mapping[str, str]] = Threads.hosts
    scopes: ClassVar[tuple[str, ...]] = (
        "threads_basic",
        "threads_content_publish",
        "threads_manage_insights",
        "threads_read_replies",
        "threads_manage_replies",
        "threads_manage_mentions",
        "threads_delete",
    )
    needed: ClassVar[frozenset[str]] = frozenset(scopes[:2])

    @classmethod
    def granted(cls, door: Door, app: App, told: Mapping[str, Any], token: str) -> frozenset[str]:
        """By `debug_token` (unconfirmed)."""
        asked = {"access_token": token, "input_token": token}
        answer = door.call("GET", f"{app.server}/{VERSION}/debug_token", params=asked, changes=False)
        data = answer.object().get("data") if answer.ok else None
        found = data.get("scopes") if isinstance(data, dict) else None
        return frozenset(str(each) for each in found) if isinstance(found, list) else frozenset(cls.scopes)
