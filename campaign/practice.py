"""Practice accounts: opened in the sandbox and connected in one press, for practice campaigns alone."""

from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from campaign import channels
from campaign.access import require
from campaign.errors import Refused
from campaign.models import Campaign, Channel, Member
from platforms.base import ConnectorError
from platforms.bluesky import Bluesky
from platforms.contents import Account
from platforms.http import Door
from platforms.mastodon import Mastodon
from platforms.telegram import Telegram

PLATFORMS = ("mastodon", "bluesky", "telegram")


def is_offered(campaign: Campaign) -> bool:
    """Whether one press opens a practice account here."""
    return campaign.is_practice and bool(settings.SANDBOX_URL)


def connect(campaign: Campaign, platform: str, *, by: Member) -> Channel:
    """Open a practice account for the candidate and connect it; pressing again gives the same one. Raises Refused."""
    require(by, "channel.connect")
    if not is_offered(campaign) or platform not in PLATFORMS:
        raise Refused(_("Practice accounts are only for practice campaigns, on a Posko that has practice networks."))
    handle = f"{campaign.slug.replace('-', '_')[:18].strip('_')}_{campaign.pk}"
    try:
        account = open_account(campaign, platform, handle, campaign.candidate_name)
    except ConnectorError as error:
        raise Refused(_("The practice networks do not answer. Wait a moment and try again.")) from error
    return channels.save(campaign, account, by=by)


def open_account(campaign: Campaign, platform: str, handle: str, name: str) -> Account:
    """The account of that handle, opened in the sandbox where there is none, and signed in. Raises ConnectorError."""
    door = channels.door(campaign)
    answer = door.call(
        "POST",
        f"{settings.SANDBOX_URL}/_control/accounts",
        json={"platform": platform, "name": name, "handle": handle},
        changes=False,
    )
    if not answer.ok:
        raise ConnectorError("odd_answer", status=answer.status, detail=answer.text[:200])
    return _sign_in(platform, door, channels.server_for(campaign, platform, ""), answer.object()["secrets"])


def _sign_in(platform: str, door: Door, server: str, keys: dict[str, Any]) -> Account:
    if platform == "mastodon":
        return Mastodon.connect(door, server, keys["token"])
    if platform == "bluesky":
        return Bluesky.connect(door, server, keys["identifier"], keys["app_password"])
    return Telegram.connect(door, server, keys["token"], keys["chat"])
