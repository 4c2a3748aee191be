"""Who gets through which door: asked the same way of every view."""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

from django.conf import settings
from django.test import Client
from django.urls import reverse

from campaign.models import Campaign, Channel, Member, Role
from tests import make

HTMX = {"HX-Request": "true"}
WRITERS = {Role.MANAGER, Role.STAFF, Role.CANDIDATE}
DECIDERS = {Role.MANAGER, Role.CANDIDATE}


def url(name: str, campaign: Campaign, *args: Any) -> str:
    return reverse(f"campaign:{name}", args=[campaign.slug, *args])


def only(client: Client, sign_in: Callable[..., Member], address: str, roles: set[Role], method: str = "get") -> None:
    """Members of other roles get 403, another campaign's manager 404, and who is not signed in the sign-in page."""
    ask = getattr(client, method)
    for role in Role:
        sign_in(role)
        answer = ask(address)
        assert (answer.status_code == 403) is (role not in roles), role
    stranger = make.member(role=Role.MANAGER)
    client.force_login(stranger.user, backend="django.contrib.auth.backends.ModelBackend")
    assert ask(address).status_code == 404
    client.logout()
    answer = ask(address)
    assert answer.status_code == 302
    assert "next=" in answer["Location"]


def leave(client: Client) -> None:
    """Sign out, and go on reading in the same language."""
    language = client.cookies.get(settings.LANGUAGE_COOKIE_NAME)
    client.logout()
    if language:
        client.cookies[settings.LANGUAGE_COOKIE_NAME] = language.value


def typed(*on: Channel, **fields: Any) -> dict[str, Any]:
    """What the form of a post sends; a draft unless `do="submit"`."""
    return {
        "form_id": str(uuid4()),
        "text": "Jalan desa harus bisa dilalui.",
        "channels": [channel.pk for channel in on],
        "kind": "campaign",
        "do": "draft",
    } | fields


def words(answer: Any) -> str:
    """What a person reads."""
    return " ".join(answer.content.decode().split())
