"""Who an account on X is.

Source: X documentation, x-api/users/lookup, openapi.json 2.167, 2026-08.
"""

from dataclasses import replace
from typing import Any

from platforms.answers import one
from platforms.contents import Account, Profile
from platforms.x import posts
from platforms.x.calling import Calls
from platforms.x.limits import LONG_POST

FIELDS = "name,username,description,entities,profile_image_url,public_metrics,subscription_type"
_LONG_POSTS = frozenset({"Premium", "PremiumPlus"})


def me(calls: Calls) -> dict[str, Any]:
    """The user behind the token. Raises `Reconnect` or `Stale` when it no longer works."""
    found = posts.part(calls.get("/2/users/me", {"user.fields": FIELDS}).object(), "data")
    one(found.get("id"), changes=False, what="account id")
    return found


def account(calls: Calls, site: str) -> Account:
    """The calling account with what X tells of it; `site` is the address of X's pages."""
    found = me(calls)
    username = one(found.get("username"), changes=False, what="name")
    return replace(
        calls.account,
        remote_id=str(found["id"]),
        name=str(found.get("name") or username),
        handle=f"@{username}",
        limits={"max_characters": LONG_POST} if found.get("subscription_type") in _LONG_POSTS else {},
        url=f"{site}/{username}",
    )


def profile(found: dict[str, Any]) -> Profile:
    """What it tells of itself."""
    entities, handle = posts.part(found, "entities"), str(found.get("username") or "")
    link = next(iter(posts.entries(posts.part(entities, "url").get("urls"))), {})
    return Profile(
        name=str(found.get("name") or handle),
        handle=f"@{handle}",
        bio=posts.text_of({"text": found.get("description"), "entities": entities.get("description")}),
        link=str(link.get("expanded_url") or ""),
        picture_url=str(found.get("profile_image_url") or ""),
    )
