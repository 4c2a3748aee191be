"""How a person lets Posko into their professional Instagram account.

Source: developers.facebook.com, "Business Login for Instagram", 2026-03-13; name of the insights scope unconfirmed.
"""

from collections.abc import Mapping
from typing import Any, ClassVar

from platforms.http import Door
from platforms.instagram.connector import Instagram
from platforms.long_lived import LongLivedSignIn
from platforms.oauth import App


class InstagramSignIn(LongLivedSignIn):
    """One account per consent: the one the person is signed in to on instagram.com."""

    connector: ClassVar[type[Instagram]] = Instagram
    kind: ClassVar[str] = Instagram.kind
    home: ClassVar[str] = Instagram.home
    hosts: ClassVar[Mapping[str, str]] = Instagram.hosts
    scopes: ClassVar[tuple[str, ...]] = (
        "instagram_business_basic",
        "instagram_business_content_publish",
        "instagram_business_manage_comments",
        "instagram_business_manage_messages",
        "instagram_business_manage_insights",
    )
    needed: ClassVar[frozenset[str]] = frozenset(scopes[:2])

    @classmethod
    def redeems_at(cls, app: App) -> str:
        return cls.host(app, "login")

    @classmethod
    def granted(cls, door: Door, app: App, told: Mapping[str, Any], token: str) -> frozenset[str]:
        """A list, or names with commas between."""
        found = told.get("permissions")
        if isinstance(found, str):
            found = found.split(",")
        return frozenset(str(each).strip() for each in found) if isinstance(found, list) else frozenset(cls.scopes)
