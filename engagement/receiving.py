"""What networks push: proven on its raw bytes, kept as it came, and read afterwards.

Storing asks nothing of anybody and makes nothing of what it stores. Reading is safe from any number of workers, and
reading the same thing twice changes nothing: each event has its row once.
"""

import hashlib
import logging
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime

from django.core.cache import cache
from django.db import OperationalError, connection, transaction
from django.db.models import QuerySet

from campaign import hook_secrets
from campaign.hook_secrets import Proof
from campaign.models import Channel
from engagement import happening
from engagement.models import Push, PushState, Refusal
from platforms.contents import Event
from platforms.counting import storable
from platforms.hooks import Forged, Hook, Unreadable
from platforms.registry import HOOKS

log = logging.getLogger("posko.hooks")

BATCH = 200  # pushes read in one transaction
PER_ADDRESS = 30  # refusals an hour from one address that are counted one by one, and answered 403
IN_BULK = 100  # beyond that they are counted by so many, and answered 429

STORE = """
    INSERT INTO engagement_push (platform, campaign_id, channel_id, is_practice, body, digest, received_at, state,
                                 problem)
    VALUES (%s, %s, %s, %s, %s, %s, campaign_now(), 'new', '') ON CONFLICT DO NOTHING
"""
COUNT = """
    INSERT INTO engagement_refusal (platform, hour, number) VALUES (%s, date_trunc('hour', campaign_now()), %s)
    ON CONFLICT (platform, hour) DO UPDATE SET number = engagement_refusal.number + excluded.number
"""


# Taking in ---------------------------------------------------------------------------------------


def shake(hook: type[Hook], campaign: str, query: Mapping[str, str]) -> tuple[str, str] | None:
    """The answer to a handshake and its content type; None where it is none. Raises `Forged`."""
    refused: Forged | None = None
    for proof in hook_secrets.of(hook.kind, campaign):
        try:
            return hook.shake(query, proof.secrets)
        except Forged as forged:
            refused = forged
    if refused:
        raise refused
    return None


def prove(hook: type[Hook], campaign: str, headers: Mapping[str, str], body: bytes) -> Proof:
    """Whose app proves that the network sent exactly these bytes. Raises `Forged`."""
    now = datetime.now(UTC)  # the network's time is compared with it, and a query saved
    for proof in hook_secrets.of(hook.kind, campaign):
        try:
            hook.verify(headers, body, proof.secrets, now)
        except Forged:
            continue
        return proof
    raise Forged("no proof")


def store(platform: str, proof: Proof, body: bytes) -> bool:
    """Keep one body; False where the same bytes are kept already. One query."""
    digest = hashlib.sha256(body).hexdigest()
    with connection.cursor() as cursor:
        cursor.execute(STORE, [platform, proof.campaign, proof.channel, proof.is_practice, body, digest])
        return bool(cursor.rowcount == 1)


def refuse(platform: str, address: str | None) -> bool:
    """Count a request that proved nothing; False where there are so many from there that it is told to slow down.

    Nothing is refused before it was looked at: what a network signed is never turned away for others' noise.
    """
    number = _nth(f"hooks:{platform}:{address}")
    if number <= PER_ADDRESS or number % IN_BULK == 0:
        with connection.cursor() as cursor:
            cursor.execute(COUNT, [platform, 1 if number <= PER_ADDRESS else IN_BULK])
    return number <= PER_ADDRESS


def _nth(key: str) -> int:
    """The how-manieth it is within the hour, as far as the cache remembers."""
    cache.add(key, 0, 3600)
    try:
        return int(cache.incr(key))
    except Exception:  # noqa: BLE001  # Redis is away, or has just forgotten: then each is the first
        return 1


# Reading -----------------------------------------------------------------------------------------


def read_all() -> int:
    """Read what is new until nothing is; how many pushes."""
    number = 0
    while some := _read_some():
        number += some
    return number


def _read_some() -> int:
    try:
        return _read(_oldest())
    except Exception:
        log.exception("pushes could not be read together")  # one of them spoils it for the others
    one = _oldest().first()
    if one is None:
        return 0
    try:
        return _read(_oldest().filter(pk=one.pk))
    except OperationalError:
        raise  # the database's trouble, not this push's: the next beat tries again
    except Exception as error:
        log.exception("push %s could not be read", one.pk)
        return _set_aside(one, error)


@transaction.atomic
def _read(rows: QuerySet[Push]) -> int:
    """Make events of the first of these pushes, and of those what they mean; in one transaction."""
    free = rows.select_related("channel").select_for_update(skip_locked=True, of=("self",))
    pushes = list(free[:BATCH])
    read: list[tuple[Push, Sequence[Event]]] = []
    odd: set[int] = set()
    for push in pushes:
        try:
            read.append((push, _events(push)))
        except Unreadable as error:
            log.warning("push %s of %s is odd: %s", push.pk, push.platform, error)
            _mark_odd(push, str(error))
            odd.add(push.pk)
            read.append((push, error.events))
    happening.take(read)
    Push.objects.filter(pk__in=[push.pk for push in pushes if push.pk not in odd]).update(state=PushState.READ)
    return len(pushes)


def _mark_odd(push: Push, why: str) -> None:
    Push.objects.filter(pk=push.pk).update(state=PushState.ODD, problem=storable(why)[:200])


def _oldest() -> QuerySet[Push]:
    return Push.objects.filter(state=PushState.NEW).order_by("pk")


def _events(push: Push) -> Sequence[Event]:
    """What it tells. Whatever a parser cannot bear is odd, not an error of ours that stops the others."""
    hook = HOOKS.get(push.platform)
    if hook is None:
        raise Unreadable("nobody here reads this network")
    try:
        return _of_account(push.channel, hook.events(bytes(push.body)))
    except Unreadable as odd:
        raise Unreadable(str(odd), _of_account(push.channel, odd.events)) from None
    except Exception as error:
        log.exception("push %s of %s", push.pk, push.platform)
        raise Unreadable(f"{type(error).__name__}: {error}") from error


def _of_account(channel: Channel | None, events: Sequence[Event]) -> Sequence[Event]:
    """Those of a push that one account's own word proved: numbers are unique there, and its name is left out."""
    if channel is None:
        return events
    name = channel.remote_id
    return [replace(each, id=f"{channel.pk}:{each.id}", account=each.account or name) for each in events]


@transaction.atomic
def _set_aside(push: Push, error: Exception) -> int:
    """Mark it as odd: it alone could not be taken in. Another worker may have read it meanwhile."""
    still = _oldest().filter(pk=push.pk).select_for_update(skip_locked=True).first()
    if still is None:
        return 0
    _mark_odd(still, f"{type(error).__name__}: {error}")
    return 1


# Sweeping ----------------------------------------------------------------------------------------


def read_odd_again(since: datetime) -> int:
    """Have what could not be read since then read once more: Posko may have learned it meanwhile."""
    return Push.objects.filter(state=PushState.ODD, received_at__gte=since).update(state=PushState.NEW)


def sweep(before: datetime) -> int:
    """Delete pushes with their events, and counted refusals, from before then; how many pushes."""
    Refusal.objects.filter(hour__lt=before).delete()
    number = 0
    while pks := list(Push.objects.filter(received_at__lt=before).values_list("pk", flat=True)[:5_000]):
        Push.objects.filter(pk__in=pks).delete()
        number += len(pks)
    return number
