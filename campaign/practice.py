"""Practice accounts: opened in the sandbox and connected in one press, for practice campaigns alone."""

from collections.abc import Collection
from contextlib import nullcontext
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from django.conf import settings
from django.utils.translation import gettext as _

from campaign import channels, networks
from campaign.access import require
from campaign.errors import Refused
from campaign.models import Campaign, Channel, Member, ServerApp
from platforms import oauth
from platforms.base import ConnectorError
from platforms.bluesky import Bluesky
from platforms.contents import Account
from platforms.http import Answer, Door
from platforms.mastodon import Mastodon
from platforms.oauth import App
from platforms.registry import HOOKS, KINDS, SIGN_INS
from platforms.telegram import Telegram

BY_TOKEN = ("mastodon", "bluesky", "telegram")
"""Where the sandbox hands out what connects an account; on the others it gives its consent."""


def platforms() -> tuple[str, ...]:
    """The networks on which one press opens an account, the quickest to understand first."""
    return (*BY_TOKEN, *(kind for kind in networks.ORDER if kind in KINDS and networks.needs_app(kind)))


PLATFORMS = platforms()


def is_offered(campaign: Campaign) -> bool:
    """Whether one press opens a practice account here."""
    return campaign.is_practice and bool(settings.SANDBOX_URL)


def connect(campaign: Campaign, platform: str, *, by: Member) -> Channel:
    """Open a practice account for the candidate and connect it; pressing again gives the same one. Raises Refused."""
    require(by, "channel.connect")
    if not is_offered(campaign) or platform not in platforms():
        raise Refused(_("Practice accounts are only for practice campaigns, on a Posko that has practice networks."))
    handle = f"{campaign.slug.replace('-', '_')[:18].strip('_')}_{campaign.pk}"
    try:
        account = open_account(campaign, platform, handle, campaign.candidate_name)
    except ConnectorError as error:
        raise Refused(_("The practice networks do not answer. Wait a moment and try again.")) from error
    return channels.save(campaign, account, by=by, granted=granted(platform))


def connect_all(campaign: Campaign, *, by: Member) -> list[Channel]:
    """A practice account on every network where the campaign has none. Raises Refused."""
    require(by, "channel.connect")
    have = set(Channel.objects.filter(campaign=campaign).kept().values_list("platform", flat=True))
    return [connect(campaign, kind, by=by) for kind in platforms() if kind not in have]


def granted(platform: str) -> Collection[str] | None:
    """All that Posko asks for: in practice nobody says no unless they go by the network's page."""
    return SIGN_INS[platform].scopes if platform in SIGN_INS else None


def open_account(campaign: Campaign, platform: str, handle: str, name: str) -> Account:
    """The account of that handle, opened in the sandbox where there is none, and signed in. Raises ConnectorError."""
    door = channels.door(campaign)
    told = _ask(door, "POST", "accounts", {"platform": platform, "name": name, "handle": handle})
    if platform in BY_TOKEN:
        return _sign_in(platform, door, channels.server_for(campaign, platform, ""), told["secrets"])
    return _consent(platform, door, app(campaign, platform), told)


def app(campaign: Campaign, platform: str) -> App:
    """Posko as the sandbox knows it at that network. Raises ConnectorError."""
    sandbox = settings.SANDBOX_URL
    if platform not in _apps.get(sandbox, {}):
        _apps[sandbox] = _ask(channels.door(campaign), "GET", "apps", None)
    known = _apps[sandbox].get(platform)
    if not known:
        raise ConnectorError("odd_answer", status=404, detail=f"no app on {platform}")
    server = channels.server_for(campaign, platform, "")
    return App(server, known["client_id"], known["client_secret"], networks.back(platform))


def enter_address(campaign: Campaign, platform: str, url: str, *, lend: channels.Lend = nullcontext) -> None:
    """What a person does at a real network: note the app's secret here, and enter our address there.

    Raises ConnectorError.
    """
    hook = HOOKS[platform]
    if hook.needs_app:
        known = app(campaign, platform)
        told = {"client_id": known.client_id, "client_secret": known.client_secret}
        with lend():
            ServerApp.objects.update_or_create(
                server=known.server, redirect_uri=known.redirect_uri, defaults={"secrets": told}
            )
    if hook.by_hand:
        _ask(channels.door(campaign), "POST", "hooks", {"platform": platform, "url": url})


_apps: dict[str, dict[str, Any]] = {}
"""What each sandbox has told of its apps. They never change."""


def _ask(door: Door, method: str, what: str, body: dict[str, Any] | None) -> dict[str, Any]:
    url = f"{settings.SANDBOX_URL}/_control/{what}"
    answer: Answer = door.call(method, url, json=body, changes=False)
    if not answer.ok:
        raise ConnectorError("odd_answer", status=answer.status, detail=answer.text[:200])
    return answer.object()


def _sign_in(platform: str, door: Door, server: str, keys: dict[str, Any]) -> Account:
    if platform == "mastodon":
        return Mastodon.connect(door, server, keys["token"])
    if platform == "bluesky":
        return Bluesky.connect(door, server, keys["identifier"], keys["app_password"])
    return Telegram.connect(door, server, keys["token"], keys["chat"])


def _consent(platform: str, door: Door, known: App, opened: dict[str, Any]) -> Account:
    """As if a person had said yes to everything on the network's page."""
    sign_in, verifier = SIGN_INS[platform], oauth.verifier()
    page = dict(parse_qsl(urlsplit(sign_in.authorize_url(known, state="practice", verifier=verifier)).query))
    asked = {
        "platform": platform,
        "account": opened["handle"],
        "scopes": list(sign_in.wanted(known)),
        "redirect_uri": known.redirect_uri,
        "challenge": page.get("code_challenge", ""),
        "asked": page.get("scope", ""),
    }
    code = str(_ask(door, "POST", "consents", asked)["code"])
    found = sign_in.exchange(door, known, code=code, verifier=verifier).accounts
    mine = [each for each in found if each.remote_id == opened["remote_id"]] or list(found)
    if not mine:
        raise ConnectorError("odd_answer", status=200, detail="no account")
    return networks.bound(mine[0], known)
