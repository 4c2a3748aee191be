"""Connecting our accounts, keeping their tokens, and noticing when one is out of order."""

import logging
from collections.abc import Callable, Collection
from contextlib import AbstractContextManager, nullcontext
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from campaign import audit, clock, envelopes, expiring, notices, registry
from campaign.access import require
from campaign.channel_locks import patient
from campaign.errors import Refused
from campaign.models import Campaign, Channel, ChannelSecret, Delivery, Health, Member, Pace, State
from platforms.base import Connector, ConnectorError, Reconnect, Stale, Temporary
from platforms.contents import Account
from platforms.counting import storable
from platforms.http import Door
from platforms.registry import KINDS

STALE = "stale"  # beside the tokens: the network called them expired before their time
log = logging.getLogger("posko.channels")

type Lend = Callable[[], AbstractContextManager[None]]
"""Gives this thread a database connection for a moment."""


def door(campaign: Campaign) -> Door:
    """A door to the network for one piece of work; only a practice campaign's opens to the sandbox."""
    sandbox = {urlsplit(settings.SANDBOX_URL).netloc}
    internal = sandbox if campaign.is_practice else settings.INTERNAL_HOSTS - sandbox
    return Door(settings.CALL_SECONDS, internal=frozenset(internal))


def stay_on_side(campaign: Campaign, server: str) -> None:
    """Practice reaches nothing but the sandbox, and live never reaches it. Raises Refused."""
    is_sandbox = bool(settings.SANDBOX_URL) and urlsplit(server).netloc == urlsplit(settings.SANDBOX_URL).netloc
    if is_sandbox != campaign.is_practice:
        raise Refused(_("A practice campaign reaches only the practice networks, and a real one never does."))


def connector(channel: Channel) -> Connector:
    """The connector that speaks for `channel`, with the tokens as they are."""
    if channel.is_by_hand:  # there are none, and no network on either side
        return channel.connector_class(channel.account({}), door(channel.campaign))
    stay_on_side(channel.campaign, channel.server)
    return channel.connector_class(channel.account(channel.secret.secrets), door(channel.campaign))


def ready_connector(channel: Channel, *, lend: Lend = nullcontext) -> Connector:
    """The connector with tokens that are good now; `lend` gives the connection when they must be renewed first."""
    made = connector(channel)
    if not _is_stale(channel, made):
        return made
    with lend():
        return renewed(channel)


def renewed(channel: Channel) -> Connector:
    """Renew the tokens under their row's lock and save them in the same transaction.

    Tokens rotate: two workers that renew at once lose the account. Whoever comes second finds them fresh. A network
    that cannot be reached leaves the old tokens; the call that follows then tells why.
    """
    with transaction.atomic():
        with connection.cursor() as cursor:
            # This one transaction stays open during a call; were it ended, the new tokens would be lost with it.
            cursor.execute(f"SET LOCAL idle_in_transaction_session_timeout = '{int(settings.CALL_SECONDS * 2)}s'")
        patient()
        row = ChannelSecret.objects.select_for_update().get(pk=channel.pk)
        channel.secret = row
        made = connector(channel)
        if not _is_stale(channel, made):
            return made
        try:
            row.secrets = {name: value for name, value in made.renew().items() if name != STALE}
        except ConnectorError as error:
            log.warning("channel %s: tokens not renewed: %s", channel.pk, error)
            heed(channel, error)
            return made
        row.save(update_fields=["secrets", "saved_at"])
        return connector(channel)


def _is_stale(channel: Channel, made: Connector) -> bool:
    if channel.is_by_hand:
        return False
    return STALE in channel.secret.secrets or made.is_stale(datetime.now(UTC))


def heed(channel: Channel, error: ConnectorError) -> None:
    """Do what an error says about the account rather than about the message."""
    if channel.is_by_hand:
        return
    if isinstance(error, Reconnect):
        now = ChannelSecret.objects.filter(pk=channel.pk).first()
        if now is None or now.secrets == channel.secret.secrets:  # else somebody has signed in meanwhile
            ask_to_reconnect(channel, error)
    elif isinstance(error, Stale):
        # The network found the token expired before we did; make it look so, and the next call renews it.
        with transaction.atomic():
            row = ChannelSecret.objects.select_for_update().get(pk=channel.pk)
            if row.secrets == channel.secret.secrets:
                row.secrets = {**row.secrets, STALE: "1"}
                row.save(update_fields=["secrets", "saved_at"])
    elif isinstance(error, Temporary) and error.retry_after is not None:
        rest_until = clock.now() + error.retry_after
        Pace.objects.update_or_create(channel=channel, defaults={"rest_until": rest_until})


@transaction.atomic
def ask_to_reconnect(channel: Channel, error: ConnectorError) -> None:
    """Put the channel out of use until a person signs in again, and tell its owner."""
    changed = Channel.objects.filter(pk=channel.pk, health=Health.OK).update(
        health=Health.RECONNECT, health_at=clock.now(), problem=error.code, problem_params=dict(error.params)
    )
    if not changed:
        return
    audit.record("channel.reconnect_needed", channel, by="channels", problem=error.code)
    notices.tell(
        "reconnect",
        channel,
        to=notices.responsible(channel.campaign_id, channel.owner),
        url=channel.get_absolute_url(),
        channel=str(channel),
    )


# Connecting --------------------------------------------------------------------------------------


def server_for(campaign: Campaign, platform: str, typed: str) -> str:
    """The base address to use: the sandbox for a practice campaign, else what was typed or the network's own."""
    if campaign.is_practice:
        return f"{settings.SANDBOX_URL}/{platform}"
    server = typed.strip().rstrip("/") or KINDS[platform].home
    if not server:
        raise Refused(_("Type the address of the server, such as mastodon.social."))
    return server if "://" in server else f"https://{server}"


@transaction.atomic
def save(
    campaign: Campaign,
    account: Account,
    *,
    by: Member,
    granted: Collection[str] | None = None,
    refused: Collection[str] = (),
) -> Channel:
    """Keep a connected account; connecting it again keeps its row and so its history.

    `granted` and `refused` name the permissions that the person gave or not, where the network has such names.
    """
    require(by, "channel.connect")
    stay_on_side(campaign, account.server)
    # What the new sign-in does not bring, such as a refresh token, stays from the old one; a worker that renews the
    # old one just now is waited for, else the token it is given would be lost. First, for it changes the channel's row
    # after that of its tokens: the other way round each would wait for the other.
    patient()
    same = Channel.objects.filter(
        campaign=campaign, platform=account.platform, server=account.server, remote_id=account.remote_id
    )
    old = ChannelSecret.objects.select_for_update(of=("self",)).filter(channel__in=same).first()
    burst, period = KINDS[account.platform].pace
    channel, made = Channel.objects.update_or_create(
        campaign=campaign,
        platform=account.platform,
        server=account.server,
        remote_id=account.remote_id,
        defaults={
            **_told(account),
            "limits": dict(account.limits),
            "health": Health.OK,
            "health_at": clock.now(),
            "problem": "",
            "problem_params": {},
            "granted": None if granted is None else sorted(granted),
            "refused": sorted(refused),
            "pace_burst": burst,
            "pace_every": period / burst,
            "connected_at": clock.now(),
        },
    )
    if channel.owner is None:
        channel.owner = by
        channel.save(update_fields=["owner"])
    secrets = {**(old.secrets if old else {}), **account.secrets}
    secrets.pop(STALE, None)
    app = dict(account.app) or (old.app if old else None)
    ChannelSecret.objects.update_or_create(channel=channel, defaults={"secrets": secrets, "app": app})
    audit.record("channel.connect" if made else "channel.connect_again", channel, by=by, platform=account.platform)
    for kind in ("reconnect", *expiring.KINDS):
        notices.done(kind, channel)
    return channel


@transaction.atomic
def remove(channel: Channel, *, by: Member) -> None:
    """Forget the tokens and use the channel no more; what was published through it stays on record."""
    require(by, "channel.connect")
    patient()
    for told in registry.on_removing:
        told(channel)
    ChannelSecret.objects.filter(channel=channel).update(secrets={}, app=None)
    Channel.objects.filter(pk=channel.pk).update(health=Health.REMOVED, health_at=clock.now())
    audit.record("channel.remove", channel, by=by)
    for kind in ("reconnect", *expiring.KINDS):
        notices.done(kind, channel)
    waiting = Delivery.objects.filter(channel=channel, state=State.WAITING, cleared__isnull=False)
    for delivery in waiting.select_for_update().order_by("slot"):
        envelopes.hold(delivery, problem="account_removed", by=by)


def check(channel: Channel) -> None:
    """Ask the network whether it still knows us; keep what it says of name and limits."""
    try:
        account = ready_connector(channel).check()
    except ConnectorError as error:
        heed(channel, error)
        return
    Channel.objects.filter(pk=channel.pk).update(
        **_told(account), limits=dict(account.limits) or channel.limits, health_at=clock.now()
    )


def _told(account: Account) -> dict[str, str]:
    """What the network says of an account, as far as our columns hold it."""
    told = {"name": account.name[:200], "handle": account.handle[:200]}
    if 0 < len(account.url) <= 300:  # cut off, it would lead nowhere
        told["url"] = account.url
    return {name: storable(value) for name, value in told.items()}


def untested() -> list[Channel]:
    """Accounts in use whose last test is an hour old."""
    old = clock.now() - timedelta(hours=1)
    rows = Channel.objects.usable().with_network().filter(Q(health_at__lt=old) | Q(health_at=None))
    return list(rows.select_related("secret", "campaign")[:100])
