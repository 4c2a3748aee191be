"""The networks in one order for every page, and Posko's own app at each: the campaign's, or one for all."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as lazy

from campaign import audit, clock
from campaign.access import require
from campaign.channel_locks import patient
from campaign.models import Campaign, ChannelSecret, Member, NetworkApp
from platforms.contents import Account
from platforms.oauth import App
from platforms.registry import KINDS, SIGN_INS


@dataclass(frozen=True)
class Network:
    """One network, and in a sentence what to know of it before connecting an account there."""

    kind: str
    label: str
    about: Promise


NETWORKS: tuple[Network, ...] = (
    Network("facebook", "Facebook", lazy("Pages only: personal profiles and groups are closed to apps.")),
    Network("instagram", "Instagram", lazy("Professional accounts; each post needs a picture or a film.")),
    Network("threads", "Threads", lazy("Texts of up to 500 characters, pictures and films.")),
    Network("x", "X", lazy("X asks money for each post, and more for one with a link.")),
    Network(
        "tiktok", "TikTok", lazy("Films and photos arrive as drafts in the TikTok app, where a person publishes them.")
    ),
    Network(
        "youtube", "YouTube", lazy("Films stay private until YouTube has audited Posko, or a person makes them public.")
    ),
    Network("telegram", "Telegram", lazy("A channel or group, by way of a bot of yours. Takes two minutes.")),
    Network("mastodon", "Mastodon", lazy("An account on any server. Takes one minute.")),
    Network("bluesky", "Bluesky", lazy("With an app password. Takes one minute.")),
    Network(
        "whatsapp",
        "WhatsApp",
        lazy("Status, groups and channels: a person of the team sends by hand what was approved."),
    ),
)
ORDER = {network.kind: number for number, network in enumerate(NETWORKS)}
ALLOWED: dict[str, dict[str, Promise]] = {
    "tiktok": {
        "audited": lazy("TikTok has audited this app: films may be published directly."),
        "direct": lazy("Not audited: publish directly all the same, seen by nobody but the account itself."),
    },
    "youtube": {
        "audited": lazy("YouTube has audited this project: films may be public at once."),
        "testing": lazy("The consent screen is still in testing: each sign-in ends after seven days."),
    },
}
"""What a network may grant an app beyond its registration, and what that means."""
MORE = {"x": ("consumer_key", "consumer_secret")}
"""What else a network gives an app: without it X proves nothing and lets nobody subscribe."""


def label(kind: str) -> str:
    """The network's name, also of one that Posko cannot speak to yet."""
    return KINDS[kind].label if kind in KINDS else next((each.label for each in NETWORKS if each.kind == kind), kind)


def needs_app(kind: str) -> bool:
    """Whether somebody has to register Posko there by hand."""
    return kind in SIGN_INS and bool(SIGN_INS[kind].home)


def back(kind: str) -> str:
    """Where the network brings people back to: it must be told to the letter."""
    return settings.BASE_URL + reverse("campaign:oauth_back", args=[kind])


# Posko's own app ---------------------------------------------------------------------------------


def app(campaign: Campaign, kind: str) -> App | None:
    """Posko as a network knows it: the campaign's own registration, else the one for all; None without either."""
    row = NetworkApp.objects.filter(campaign=campaign, platform=kind).first()
    if row:
        return _made(kind, {**row.allowed, "client_id": row.client_id, **row.secrets})
    ours = settings.NETWORK_APPS.get(kind)
    return _made(kind, ours) if ours else None


def _made(kind: str, told: Mapping[str, str]) -> App:
    allowed = {name: value for name, value in told.items() if name not in ("client_id", "client_secret")}
    return App(KINDS[kind].home, told["client_id"], told["client_secret"], back(kind), allowed)


def bound(account: Account, known: App) -> Account:
    """The account with the app it was let in by."""
    return account if account.app else replace(account, app=known.for_account)


def ready(campaign: Campaign) -> set[str]:
    """The networks at which Posko is registered for this campaign."""
    mine = NetworkApp.objects.filter(campaign=campaign).values_list("platform", flat=True)
    return {*mine, *settings.NETWORK_APPS}


@transaction.atomic
def register(
    campaign: Campaign,
    kind: str,
    *,
    client_id: str,
    client_secret: str,
    allowed: Mapping[str, str],
    by: Member,
    more: Mapping[str, str] | None = None,
) -> None:
    """Keep Posko's id and secret at a network; without a secret the known one stays.

    `more` is what the network gives an app besides, by our names (`MORE`); what is empty stays as it is known.
    Accounts that were connected with the same app go on with its new secret and what it is allowed now.
    """
    require(by, "network.set_up")
    old = NetworkApp.objects.select_for_update().filter(campaign=campaign, platform=kind).first()
    known = dict(old.secrets) if old and old.client_id == client_id else {}
    secrets = known | {name: value for name, value in (more or {}).items() if value}
    secrets["client_secret"] = client_secret or known.get("client_secret", "")
    told = {"client_id": client_id, "secrets": secrets, "allowed": dict(allowed)}
    NetworkApp.objects.update_or_create(campaign=campaign, platform=kind, defaults={**told, "saved_at": clock.now()})
    patient()
    held = ChannelSecret.objects.select_for_update(of=("self",))
    for row in held.filter(channel__campaign=campaign, channel__platform=kind).order_by("pk"):
        if row.app and row.app["client_id"] == client_id:
            row.app = {**allowed, "client_id": client_id, **secrets}
            row.save(update_fields=["app"])
    audit.record("network.register", campaign, by=by, platform=kind)


@transaction.atomic
def forget(campaign: Campaign, kind: str, *, by: Member) -> None:
    """Connect no more accounts with the campaign's own app; those that are connected go on."""
    require(by, "network.set_up")
    if NetworkApp.objects.filter(campaign=campaign, platform=kind).delete()[0]:
        audit.record("network.forget", campaign, by=by, platform=kind)
