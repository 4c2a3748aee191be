"""What proves that a network sent what it pushes to us, and where it is to push: the one place that knows our secrets.

A live campaign's own app pushes to the campaign's address and is proven by its row in `NetworkApp`; Posko's own app
pushes to the network's address here and is proven by the settings. Where a word alone proves (Telegram, YouTube) each
campaign has its address and word. The practice networks know one Posko, and reach it on this machine only.
"""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from django.conf import settings
from django.db.models import F, FilteredRelation, Q
from django.urls import reverse
from django.utils.crypto import salted_hmac

from campaign.lent_files import is_public
from campaign.models import Campaign, Channel, Health, Mode, NetworkApp, ServerApp
from platforms.hooks import Ear
from platforms.registry import HOOKS, KINDS, SIGN_INS

LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})


@dataclass(frozen=True)
class Proof:
    """One set of secrets and whose it is: `campaign` is None for Posko's own app, which speaks for all of its side.

    `secrets` holds what the app was registered with, such as `client_secret`, and `token`, the word that a network
    repeats to show whom it means. `channel` is the account whose word it is, where each has its own.
    """

    secrets: Mapping[str, str] = field(repr=False)
    campaign: int | None
    is_practice: bool
    channel: int | None = None


# Proving -----------------------------------------------------------------------------------------


def of(platform: str, campaign: str = "") -> list[Proof]:
    """All that may prove a push to the address of `campaign`, by its slug, or to Posko's own. One query."""
    return _of_campaign(platform, campaign) if campaign else _of_ours(platform)


def _of_ours(platform: str) -> list[Proof]:
    """The practice networks' secrets are known to everybody, so they prove nothing where those cannot reach us."""
    practice = f"{settings.SANDBOX_URL}/{platform}" if settings.SANDBOX_URL and reaches(Mode.PRACTICE) else ""
    live = "" if _is_registered_by_hand(platform) else _home(platform)
    known = {app.server: app.secrets for app in ServerApp.objects.filter(server__in={practice, live} - {""})}
    ours = settings.NETWORK_APPS.get(platform) or known.get(live, {})
    found = [_proof(platform, Mode.LIVE, ours)]
    # First, for X's handshake does not tell whom it means: who is reached from this machine is not reached from X.
    return [_proof(platform, Mode.PRACTICE, known.get(practice, {})), *found] if practice else found


def _of_campaign(platform: str, slug: str) -> list[Proof]:
    if platform in HOOKS and not HOOKS[platform].names_account:
        kept = Channel.objects.kept().filter(campaign__slug=slug, platform=platform)
        told = kept.values_list("pk", "campaign", "campaign__mode").order_by("pk")
        return [_proof(platform, mode, {}, owner, pk) for pk, owner, mode in told]
    registered = FilteredRelation("network_apps", condition=Q(network_apps__platform=platform))
    rows = Campaign.objects.filter(slug=slug).annotate(registered=registered, app=F("registered__secrets"))
    return [
        _proof(platform, mode, (app or {}) if mode == Mode.LIVE else {}, pk)
        for pk, mode, app in rows.values_list("pk", "mode", "app")
    ]


def _proof(
    platform: str, mode: str, app: Mapping[str, str], campaign: int | None = None, channel: int | None = None
) -> Proof:
    # Where no app is registered nothing may prove anything: anybody could sign with an empty secret.
    known = {name: value for name, value in app.items() if name.endswith("_secret") and value}
    told = {"client_secret": secrets.token_hex(32), **known, "token": word(platform, mode, campaign, channel)}
    return Proof(told, campaign, mode == Mode.PRACTICE, channel)


def word(platform: str, mode: str, campaign: int | None = None, channel: int | None = None) -> str:
    """What we tell a network to repeat, such as `hub.verify_token` or Telegram's `secret_token`; the same each time."""
    told = f"{platform}/{mode}/{campaign or ''}" + (f"/{channel}" if channel else "")
    return salted_hmac("campaign.hook_secrets", told, algorithm="sha256").hexdigest()


def _home(platform: str) -> str:
    return KINDS[platform].home if platform in KINDS else ""


def _is_registered_by_hand(platform: str) -> bool:
    """Servers that Posko registers at by itself have a row of their own; where people do it, only theirs counts."""
    return platform in SIGN_INS and bool(SIGN_INS[platform].home)


# Where to push -----------------------------------------------------------------------------------


def reaches(mode: str) -> bool:
    """Whether the networks of that side reach us: the practice ones on this machine, the real ones at a public name."""
    if mode == Mode.PRACTICE:
        return urlsplit(settings.BASE_URL).hostname in LOOPBACK
    return is_public()


def address(platform: str, slug: str = "") -> str:
    """What a network is told to push to: that of a campaign's own app, or of Posko's."""
    if slug:
        return settings.BASE_URL + reverse("engagement:campaign_hook", args=[platform, slug])
    return settings.BASE_URL + reverse("engagement:hook", args=[platform])


def entered(campaign: Campaign, platform: str) -> Ear:
    """What a person enters at the network for the campaign's own app."""
    return Ear(address(platform, campaign.slug), word(platform, campaign.mode, campaign.pk))


def ear(channel: Channel) -> Ear | None:
    """Where the network is to tell of this account; None where it tells nothing, cannot reach us or knows no app."""
    campaign, kind = channel.campaign, channel.platform
    if kind not in HOOKS or channel.health == Health.REMOVED or not reaches(campaign.mode):
        return None
    hook = HOOKS[kind]
    if not hook.names_account:
        return Ear(address(kind, campaign.slug), word(kind, campaign.mode, campaign.pk, channel.pk))
    if campaign.is_practice:
        return Ear(address(kind), word(kind, Mode.PRACTICE))
    if not hook.needs_app:
        return entered(campaign, kind)
    # A sign-in lives by the app it was made with, and only that app hears of it.
    mine = channel.secret.app_now.get("client_id")
    ours = settings.NETWORK_APPS.get(kind, {}).get("client_id")
    if mine and NetworkApp.objects.filter(campaign=campaign, platform=kind, client_id=mine).exists():
        return entered(campaign, kind)
    return Ear(address(kind), word(kind, Mode.LIVE)) if mine and mine == ours else None
