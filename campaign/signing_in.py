"""Letting Posko into an account: what the networks ask for, and the way there and back.

Who is on their way stands in their session: for which campaign and member, to which network, with which PKCE secret.
"""

from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from django.contrib.sessions.backends.base import SessionBase, UpdateError
from django.db import IntegrityError, transaction
from django.utils.crypto import get_random_string
from django.utils.translation import gettext as _

from campaign import channels, clock, networks, practice
from campaign.errors import Refused
from campaign.models import Campaign, Channel, Member, ServerApp, WaitingConsent
from platforms import mastodon_sign_in, oauth
from platforms.base import ConnectorError
from platforms.bluesky import Bluesky
from platforms.contents import Account
from platforms.guard import server_address
from platforms.oauth import App
from platforms.registry import SIGN_INS
from platforms.telegram import Telegram

NAME = "Posko"  # how the networks show us to the person who is asked
LASTS = timedelta(minutes=30)
MOST = 5  # journeys at once in one session
CHOOSING = timedelta(minutes=10)
"""How long accounts and their tokens wait for a person to choose among them."""
_KEY = "signing_in"
_BACK = "signed_in"
"""The last ones to come back: of which campaign, by state."""
_NO = "said_no"
"""Networks where a person has just left out what nothing works without."""

FIELDS = {"telegram": "token", "bluesky": "password", "mastodon": "server"}
"""Where on the page a network's no belongs, unless its code says more."""


@dataclass(frozen=True)
class Journey:
    """One person on their way to a network and back. `app` is a server's registration, 0 for the network's one.

    `again` is the channel that they set out to connect again, 0 for none.
    """

    campaign: str
    member: int
    app: int
    verifier: str
    began: str
    platform: str = "mastodon"
    again: int = 0

    @property
    def is_over(self) -> bool:
        return datetime.now(UTC) - datetime.fromisoformat(self.began) > LASTS


@dataclass(frozen=True)
class Arrival:
    """What a person came back with: the accounts, and the permissions they gave or not."""

    accounts: list[Account]
    granted: list[str]
    refused: list[str]


# The way there and back --------------------------------------------------------------------------


def leave(
    session: SessionBase,
    member: Member,
    platform: str,
    server: str = "",
    *,
    anew: bool = False,
    again: Channel | None = None,
) -> str:
    """Where `member` tells the network that they consent. Raises ConnectorError and Refused.

    `anew` registers Posko once more, for a server that has forgotten us. `again` is an account connected before.
    """
    known, row = _app(member.campaign, platform, server, anew=anew)
    journeys = _journeys(session)
    state, verifier = get_random_string(43), oauth.verifier()
    journeys[state] = {
        "campaign": member.campaign.slug,
        "member": member.pk,
        "app": row,
        "verifier": verifier,
        "began": datetime.now(UTC).isoformat(),
        "platform": platform,
        "again": again.pk if again else 0,
    }
    session[_KEY] = dict(list(journeys.items())[-MOST:])
    sign_in = SIGN_INS[platform]
    is_asked_again = bool(again and again.missing) or platform in session.get(_NO, ())
    to = sign_in.ask_again_url if is_asked_again else sign_in.authorize_url
    return to(known, state=state, verifier=verifier)


def arrive(session: SessionBase, platform: str, state: str) -> Journey | None:
    """Whose journey `state` belongs to in this session, once; None when it is nobody's or took too long."""
    journeys = _journeys(session)
    told = journeys.pop(state, None)
    if told is None:
        return None
    journey = Journey(**told)
    session[_KEY] = journeys
    session[_BACK] = dict([*session.get(_BACK, {}).items(), (state, journey.campaign)][-MOST:])
    # At once, before the network is asked: a page that is loaded twice would redeem its code twice, and networks take
    # that for theft and end the sign-in.
    try:
        session.save()
    except UpdateError:  # they have signed out meanwhile, in another tab
        session.flush()
        return None
    return None if journey.is_over or journey.platform != platform else journey


def came_back(session: SessionBase, state: str) -> str:
    """The campaign for which somebody came back with `state` before, "" for none: the page was loaded again."""
    return str(session.get(_BACK, {}).get(state, ""))


def remember_no(session: SessionBase, platform: str, *, is_no: bool) -> None:
    """Whether the network is to be told to ask this person again for what they left out."""
    others = [kind for kind in session.get(_NO, ()) if kind != platform]
    session[_NO] = [*others, platform] if is_no else others


def finish(journey: Journey, member: Member, code: str) -> Arrival:
    """What the person let us into. Raises ConnectorError and Refused."""
    if journey.app:
        row = ServerApp.objects.filter(pk=journey.app).first()
        if row is None:  # somebody has registered Posko anew meanwhile; the code belongs to the registration before
            raise Refused(_("This sign-in is not valid any more. Begin again."))
        known = _plain(row)
    else:
        known, _row = _app(member.campaign, journey.platform, "", anew=False)
    sign_in, door = SIGN_INS[journey.platform], channels.door(member.campaign)
    consent = sign_in.exchange(door, known, code=code, verifier=journey.verifier)
    return Arrival(
        [networks.bound(each, known) for each in consent.accounts],
        [scope for scope in sign_in.wanted(known) if scope not in consent.missing],
        sorted(consent.missing),
    )


def _journeys(session: SessionBase) -> dict[str, Any]:
    found = session.get(_KEY, {})
    return dict(found) if isinstance(found, dict) else {}


def _app(campaign: Campaign, platform: str, server: str, *, anew: bool) -> tuple[App, int]:
    """Posko as the network knows it, and the row of a server that registers by itself."""
    if not networks.needs_app(platform):
        row = _server_app(campaign, platform, server, anew=anew)
        return _plain(row), row.pk
    found = practice.app(campaign, platform) if campaign.is_practice else networks.app(campaign, platform)
    if found is None:
        label = networks.label(platform)
        raise Refused(_("Posko is not registered at %(network)s yet. Do that first.") % {"network": label})
    return found, 0


def _server_app(campaign: Campaign, platform: str, server: str, *, anew: bool) -> ServerApp:
    back, base = networks.back(platform), server_address(server)
    scopes = " ".join(SIGN_INS[platform].scopes)
    old = ServerApp.objects.filter(server=base, redirect_uri=back)
    known = old.first()
    if known and not anew and known.secrets.get("asked", known.secrets.get("scopes")) == scopes:
        return known
    made = mastodon_sign_in.register(channels.door(campaign), server, back, NAME)
    old.delete()  # asked for other permissions than Posko knows today, or forgotten by the server
    granted = made.allowed.get("scopes", scopes)
    told = {"client_id": made.client_id, "client_secret": made.client_secret, "scopes": granted, "asked": scopes}
    try:
        with transaction.atomic():
            return ServerApp.objects.create(server=base, redirect_uri=back, secrets=told)
    except IntegrityError:  # two people at once; either registration will do
        return ServerApp.objects.get(server=base, redirect_uri=back)


def _plain(row: ServerApp) -> App:
    told = row.secrets
    allowed = {"scopes": told["scopes"]} if "scopes" in told else {}
    return App(row.server, told["client_id"], told["client_secret"], row.redirect_uri, allowed)


# Choosing among several --------------------------------------------------------------------------


def needed(platform: str, arrival: Arrival) -> list[str]:
    """The permissions without which nothing works and that did not come along."""
    return [scope for scope in SIGN_INS[platform].scopes if scope in SIGN_INS[platform].needed & set(arrival.refused)]


@transaction.atomic
def wait(journey: Journey, member: Member, arrival: Arrival) -> WaitingConsent:
    """Keep the accounts, encrypted and for minutes, until `member` has chosen."""
    return WaitingConsent.objects.create(
        member=member,
        key=get_random_string(43),
        platform=journey.platform,
        accounts=[asdict(account) for account in arrival.accounts],
        granted=arrival.granted,
        refused=arrival.refused,
        again=journey.again,
        made_at=clock.now(),
    )


def accounts(waiting: WaitingConsent) -> list[Account]:
    """What there is to choose from; empty once it was chosen, or is too old."""
    if waiting.made_at < clock.now() - CHOOSING:
        return []
    return [Account(**each) for each in waiting.accounts or []]


@transaction.atomic
def choose(waiting: WaitingConsent, remote_ids: Collection[str], *, by: Member) -> list[Channel]:
    """Connect the chosen ones and forget the rest. Pressing twice is pressing once."""
    row = WaitingConsent.objects.select_for_update().get(pk=waiting.pk)
    chosen = [account for account in accounts(row) if account.remote_id in remote_ids]
    made = [channels.save(by.campaign, account, by=by, granted=row.granted, refused=row.refused) for account in chosen]
    WaitingConsent.objects.filter(pk=row.pk).update(accounts=None)
    return made


def is_chosen(waiting: WaitingConsent) -> bool:
    """Whether somebody has chosen already, and not merely waited too long."""
    return waiting.accounts is None and waiting.made_at >= clock.now() - CHOOSING


def sweep() -> None:
    """Forget what nobody has chosen in time; the empty rows stay a day, to say so."""
    now = clock.now()
    WaitingConsent.objects.filter(made_at__lt=now - CHOOSING, accounts__isnull=False).update(accounts=None)
    WaitingConsent.objects.filter(made_at__lt=now - timedelta(days=1)).delete()


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
        name = FIELDS.get(platform, "")
    elif code in ("rate_limited", "slow_start"):
        return None
    else:
        name = "server"  # it could not be reached, or is something else
    return name if name in fields else None
