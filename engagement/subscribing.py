"""Having the networks tell us by themselves: asked for where they let programs do it, kept alive, ended at parting.

Whatever goes wrong here stands in nobody's way: the account is connected and publishes, and is read on the clock
meanwhile. Whoever pushes a row's time has it, as with polls; no transaction is open during a call.
"""

import logging
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from random import uniform

from django.db import transaction
from django.db.models import F, Q, QuerySet

from campaign import channels, clock, hook_secrets, practice
from campaign.errors import Refused
from campaign.lending import lender
from campaign.models import Channel, ChannelSecret, Health
from engagement.models import Poll, Subscription
from platforms.base import ConnectorError, Stale, Temporary
from platforms.contents import Account
from platforms.hooks import Ear
from platforms.registry import HOOKS

log = logging.getLogger("posko.hooks")

BATCH = 50  # claimed at once
THREADS = 4  # accounts at the same time by each worker process
LEASE = timedelta(minutes=10)  # after which a claimed row whose worker died is due again
FIRST_WAIT, MOST_WAIT = timedelta(minutes=1), timedelta(hours=6)
PARTING = timedelta(days=1)  # so long a network is told that an account has gone; then its tokens are forgotten anyway
IN_PRACTICE = timedelta(minutes=10)  # the practice networks may be emptied at any time


# When it is due ----------------------------------------------------------------------------------


def subscribe() -> int:
    """Ask for what is due until nothing is; how many were tried. Safe from any number of workers."""
    follow()
    tried = 0
    with ThreadPoolExecutor(THREADS, "subscribe") as pool:
        while claimed := claim():
            tried += len(claimed)
            list(pool.map(settle, claimed))
    return tried


@transaction.atomic
def follow() -> None:
    """Begin with accounts that are new, and anew with those that somebody has connected again. Twice is once."""
    now = clock.now()
    usable = Channel.objects.usable().filter(platform__in=HOOKS)
    new = usable.filter(subscription=None).values_list("pk", flat=True)
    Subscription.objects.bulk_create([Subscription(channel_id=pk, next_at=now) for pk in new], ignore_conflicts=True)
    again = Subscription.objects.filter(channel__in=usable).filter(
        Q(asked_at__lt=F("channel__connected_at"))
        | Q(asked_at=None, failed_at__lt=F("channel__connected_at"))
        | Q(parting__isnull=False)
    )
    pks = list(again.values_list("pk", flat=True))
    if pks:
        Subscription.objects.filter(pk__in=pks).update(**_unasked(now))


def _unasked(now: datetime) -> dict[str, object]:
    return {
        "asked_at": None, "next_at": now, "parting": None, "parted_at": None,
        "failed_at": None, "fails": 0, "problem": "", "problem_params": {},
    }  # fmt: skip


@transaction.atomic
def claim(most: int = BATCH) -> list[Subscription]:
    """Take up to `most` due rows, longest due first."""
    now = clock.now()
    due = Subscription.objects.due(now).order_by("next_at", "pk")
    pks = list(due.select_for_update(skip_locked=True, of=("self",)).values_list("pk", flat=True)[:most])
    Subscription.objects.filter(pk__in=pks).update(next_at=now + LEASE)
    return list(Subscription.objects.filter(pk__in=pks).select_related("channel__secret", "channel__campaign"))


# Asking ------------------------------------------------------------------------------------------


def settle(row: Subscription, *, lend: channels.Lend = lender.lend) -> bool:
    """Have the network tell of one account, or no more; whether all went well."""
    try:
        if row.parting is not None:
            _part(row, lend)
        else:
            _ask(row, lend)
    except ConnectorError as error:
        log.warning("subscription of channel %s: %s", row.pk, error)
        trouble: ConnectorError = error
    except Refused as refusal:
        log.warning("subscription of channel %s: %s", row.pk, refusal)
        trouble = ConnectorError("wrong_side")
    except Exception:
        log.exception("subscription of channel %s", row.pk)
        trouble = ConnectorError("odd_answer", status="")
    else:
        return True
    with lend():
        _fail(row, trouble)
    return False


def _ask(row: Subscription, lend: channels.Lend) -> None:
    channel, hook, anew = row.channel, HOOKS[row.channel.platform], row.asked_at is None
    with lend():
        asked_at = clock.now()
        ear = hook_secrets.ear(channel)
        is_idle = ear is None and not row.url and not (anew and hook.is_only_way)
        connector = None if is_idle else channels.ready_connector(channel)
    if connector is not None:
        if ear is not None and channel.campaign.is_practice:
            practice.enter_address(channel.campaign, channel.platform, ear.url, lend=lend)
        connector.door.permit()
        if ear is not None:
            hook.subscribe(connector.account, connector.door, ear, anew=anew)
        else:
            # What an old address of ours or another program is told does not come to us: we ask ourselves instead.
            hook.unsubscribe(connector.account, connector.door, Ear("" if anew else row.url, ""))
    with lend():
        row.url = ear.url if ear else ""
        is_removed = not _done(row, asked_at) and Channel.objects.filter(pk=row.pk, health=Health.REMOVED).exists()
    if is_removed and ear is not None and connector is not None:
        # While the network was being asked: the parting did not know of this, or came too early.
        with lend():
            others = _others(row, connector.account)
        if not others:
            connector.door.permit()
            hook.unsubscribe(connector.account, connector.door, ear)


@transaction.atomic
def _done(row: Subscription, asked_at: datetime) -> bool:
    """Note where the network tells us now; False where the row is not ours any more."""
    hook = HOOKS[row.channel.platform]
    wait = min(hook.again, IN_PRACTICE) if row.channel.campaign.is_practice else hook.again
    told = {**_unasked(asked_at + wait * uniform(0.9, 1.0)), "asked_at": asked_at, "url": row.url}
    if not _mine(row).update(**told):
        return False
    if hook.is_only_way:
        # Read no more, or again from now on; in neither case are old troubles with reading of any use.
        Poll.objects.filter(channel=row.channel).update(failed_at=None, fails=0, problem="", problem_params={})
    return True


def _mine(row: Subscription) -> QuerySet[Subscription]:
    """The row as long as it is ours: one that took us too long may be with another worker, or have changed."""
    return Subscription.objects.filter(pk=row.pk, next_at=row.next_at)


def _fail(row: Subscription, error: ConnectorError) -> None:
    if isinstance(error, Stale):
        channels.heed(row.channel, error)  # renewed at the next try; of other troubles the account itself will tell
    now = clock.now()
    if row.parted_at is not None and now - row.parted_at > PARTING:
        _mine(row).delete()
        return
    asked = error.retry_after if isinstance(error, Temporary) else None
    wait = max(asked or FIRST_WAIT, min(FIRST_WAIT * (1 << min(row.fails, 10)), MOST_WAIT))
    _mine(row).update(
        next_at=now + wait, failed_at=now, fails=F("fails") + 1, problem=error.code, problem_params=dict(error.params)
    )


# Parting -----------------------------------------------------------------------------------------


def part(channel: Channel) -> None:
    """Keep what it takes to tell the network that an account is no longer ours. In the transaction that removes it."""
    row = Subscription.objects.select_for_update().filter(channel=channel).first()
    if row is None:
        return
    kept = ChannelSecret.objects.filter(channel=channel).first()
    if not row.url or kept is None or not kept.secrets or channel.health != Health.OK:
        row.delete()
        return
    ear, now = hook_secrets.ear(channel), clock.now()
    word = ear.word if ear and ear.url == row.url else ""
    parting = {"secrets": kept.secrets, "app": kept.app_now, "word": word}
    told = {**_unasked(now), "parting": parting, "parted_at": now}
    Subscription.objects.filter(pk=row.pk).update(**told)


def _part(row: Subscription, lend: channels.Lend) -> None:
    channel = row.channel
    account = Account(
        channel.platform, channel.server, channel.remote_id, channel.name, channel.handle, row.parting["secrets"],
        limits=channel.limits, url=channel.url, app=row.parting["app"],
    )  # fmt: skip
    with lend():
        channels.stay_on_side(channel.campaign, channel.server)
        others = _others(row, account)
        door = channels.door(channel.campaign)
    if not others:
        HOOKS[channel.platform].unsubscribe(account, door, Ear(row.url, row.parting["word"]))
    with lend():
        if not _mine(row).delete()[0]:
            # Connected again meanwhile: what was asked for then may have been ended just now.
            others = [row.pk]
        Subscription.objects.filter(pk__in=others, parting=None).update(asked_at=None, next_at=clock.now())


def _others(row: Subscription, account: Account) -> list[int]:
    """Accounts in use that hear by the same subscription, here or in another campaign."""
    hook = HOOKS[account.platform]
    rows = Subscription.objects.filter(url=row.url, parting=None, channel__platform=account.platform)
    rows = rows.filter(channel__health=Health.OK).exclude(pk=row.pk).select_related("channel__secret")
    if hook.names_account:
        rows = rows.filter(channel__remote_id=account.remote_id)
    wanted = hook.shared(account)
    return [each.pk for each in rows if hook.shared(each.channel.account(each.channel.secret.secrets)) == wanted]
