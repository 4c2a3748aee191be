"""What proves that a network sent what it pushes to us: the one place that knows where our apps' secrets live."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field

from django.conf import settings
from django.utils.crypto import salted_hmac

from campaign.models import Campaign, Mode, ServerApp
from platforms.registry import KINDS


@dataclass(frozen=True)
class Proof:
    """One set of secrets and whose it is: `campaign` is None for Posko's own app, which speaks for all of its side.

    `secrets` holds `client_secret` of the app, and `token`, the word that a network repeats to show whom it means.
    """

    secrets: Mapping[str, str] = field(repr=False)
    campaign: int | None
    is_practice: bool


def of(platform: str, campaign: str = "") -> list[Proof]:
    """All that may prove a push to the address of `campaign`, by its slug, or to Posko's own. One query."""
    if campaign:
        found = Campaign.objects.filter(slug=campaign).values_list("pk", "mode")
        return [_proof(platform, mode, {}, pk) for pk, mode in found]
    servers = {Mode.LIVE: _home(platform), Mode.PRACTICE: f"{settings.SANDBOX_URL}/{platform}"}
    apps = {app.server: app.secrets for app in ServerApp.objects.filter(server__in=filter(None, servers.values()))}
    return [_proof(platform, mode, apps.get(server, {})) for mode, server in servers.items()]


def word(platform: str, mode: str, campaign: int | None = None) -> str:
    """What we tell a network to repeat, such as `hub.verify_token` or Telegram's `secret_token`; the same each time."""
    told = f"{platform}/{mode}/{campaign or ''}"
    return salted_hmac("campaign.hook_secrets", told, algorithm="sha256").hexdigest()


def _proof(platform: str, mode: str, app: Mapping[str, str], campaign: int | None = None) -> Proof:
    # Where no app is registered nothing may prove anything: anybody could sign with an empty secret.
    secret = app.get("client_secret") or secrets.token_hex(32)
    told = {"client_secret": secret, "token": word(platform, mode, campaign)}
    return Proof(told, campaign, mode == Mode.PRACTICE)


def _home(platform: str) -> str:
    return KINDS[platform].home if platform in KINDS else ""
