"""Letting Posko into an account: what the networks ask for, and the way there and back.

Who is on their way stands in their session: for which campaign and member, to which server, with which PKCE secret.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from django.conf import settings
from django.contrib.sessions.backends.base import SessionBase
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils.crypto import get_random_string

from campaign import channels
from campaign.errors import Refused
from campaign.models import Campaign, Member, ServerApp
from platforms import mastodon_sign_in
from platforms.base import ConnectorError
from platforms.bluesky import Bluesky
from platforms.contents import Account
from platforms.guard import server_address
from platforms.telegram import Telegram

NAME = "Posko"  # how the networks show us to the person who is asked
LASTS = timedelta(minutes=30)
MOST = 5  # journeys at once in one session
_KEY = "signing_in"

FIELDS = {"telegram": "token", "bluesky": "password", "mastodon": "server"}
"""Where on the page a network's no belongs, unless its code says more."""


@dataclass(frozen=True)
class Journey:
    """One person on their way to a server and back."""

    campaign: str
    member: int
    app: int
    verifier: str
    began: str

    @property
    def is_over(self) -> bool:
        return datetime.now(UTC) - datetime.fromisoformat(self.began) > LASTS


# The way there and back --------------------------------------------------------------------------


def leave(session: SessionBase, member: Member, server: str, *, anew: bool = False) -> str:
    """Where `member` tells their Mastodon server that they consent. Raises ConnectorError and Refused.

    `anew` registers Posko once more, for a server that has forgotten us.
    """
    app = _app(member.campaign, server, anew=anew)
    journeys = _journeys(session)
    state, verifier = get_random_string(43), mastodon_sign_in.verifier()
    journeys[state] = {
        "campaign": member.campaign.slug,
        "member": member.pk,
        "app": app.pk,
        "verifier": verifier,
        "began": datetime.now(UTC).isoformat(),
    }
    session[_KEY] = dict(list(journeys.items())[-MOST:])
    return mastodon_sign_in.authorize_url(_plain(app), state=state, verifier=verifier)


def arrive(session: SessionBase, state: str) -> Journey | None:
    """Whose journey `state` belongs to in this session, once; None when it is nobody's or took too long."""
    journeys = _journeys(session)
    told = journeys.pop(state, None)
    session[_KEY] = journeys
    journey = Journey(**told) if told else None
    return None if journey is None or journey.is_over else journey


def finish(journey: Journey, member: Member, code: str) -> Account:
    """The account whose owner consented. Raises ConnectorError."""
    app = ServerApp.objects.get(pk=journey.app)
    door = channels.door(member.campaign)
    return mastodon_sign_in.exchange(door, _plain(app), code=code, verifier=journey.verifier)


def _journeys(session: SessionBase) -> dict[str, Any]:
    found = session.get(_KEY, {})
    return dict(found) if isinstance(found, dict) else {}


def _app(campaign: Campaign, server: str, *, anew: bool) -> ServerApp:
    back = settings.BASE_URL + reverse("campaign:oauth_back", args=["mastodon"])
    base = server_address(server)
    if anew:
        ServerApp.objects.filter(server=base, redirect_uri=back).delete()
    known = ServerApp.objects.filter(server=base, redirect_uri=back).first()
    if known:
        return known
    made = mastodon_sign_in.register(channels.door(campaign), server, back, NAME)
    try:
        with transaction.atomic():
            return ServerApp.objects.create(
                server=base,
                redirect_uri=back,
                secrets={"client_id": made.client_id, "client_secret": made.client_secret},
            )
    except IntegrityError:  # two people at once; either registration will do
        return ServerApp.objects.get(server=base, redirect_uri=back)


def _plain(app: ServerApp) -> mastodon_sign_in.App:
    return mastodon_sign_in.App(app.server, app.secrets["client_id"], app.secrets["client_secret"], app.redirect_uri)


# With a password or a token ----------------------------------------------------------------------


def bluesky(campaign: Campaign, *, server: str, handle: str, password: str) -> Account:
    """The account behind a name and an app password. Raises ConnectorError and Refused."""
    address = channels.server_for(campaign, "bluesky", server)
    return Bluesky.connect(channels.door(campaign), address, handle, password)


def telegram(campaign: Campaign, *, token: str, chat: str) -> Account:
    """The channel as our bot sees it. Raises ConnectorError and Refused."""
    address = channels.server_for(campaign, "telegram", "")
    return Telegram.connect(channels.door(campaign), address, token, chat)


# In words ----------------------------------------------------------------------------------------


def field_of(platform: str, error: Exception, fields: Mapping[str, Any]) -> str | None:
    """The field of the form that can cure it, or None."""
    if isinstance(error, Refused):
        return "server" if "server" in fields else None
    code = error.code if isinstance(error, ConnectorError) else ""
    if code in ("chat_not_found", "no_right_to_post", "chat_moved", "not_allowed") and "chat" in fields:
        return "chat"
    if code in ("wrong_login", "use_app_password", "signed_out", "not_allowed", "bad_header"):
        name = FIELDS[platform]
    elif code in ("rate_limited", "slow_start"):
        return None
    else:
        name = "server"  # it could not be reached, or is something else
    return name if name in fields else None
