"""What became of envelopes whose worker was lost or whose answer never came, and of those that are too late.

Unsure ends in one of three ways: the network shows it, the network honours the same key once more (or proves that it
has nothing), or a named person decides.
"""

import logging
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import BooleanField, F, Func, Q, Value

from campaign import audit, chaining, channels, clock, drafting, election, envelopes
from campaign.lending import lender, renewing
from campaign.models import Action, Attempt, Delivery, State
from campaign.models.delivery import DeliveryQuerySet
from platforms.base import ConnectorError, Unknowable
from platforms.contents import Key, Sent

log = logging.getLogger("posko.settling")

PATIENCE = timedelta(minutes=2)  # how long the network is asked before a person is
REPEAT_FOR = timedelta(minutes=4)  # how long it is sent again by itself; then somebody is told
# Both are counted from the last sign of life: a film's flow of many steps may rightly take longer than that.
LOOK_EVERY = timedelta(seconds=15)
LOOKERS = 4  # asked at the same time on one platform: its servers need not all be the same
BATCH = 200
_looking: dict[str, threading.Lock] = {}


# Lost, late and locked ---------------------------------------------------------------------------


@transaction.atomic
def sweep() -> None:
    """Bring back what a lost worker held, and hold what may not leave any more. Harmless to run twice at once."""
    now = clock.now()
    lost = Delivery.objects.filter(state=State.SENDING, lease_until__lt=now).select_for_update(skip_locked=True)
    for delivery in lost.order_by("slot")[:BATCH]:
        with _apart(delivery):
            _bring_back(delivery, now)
    for delivery in _overdue(now).order_by("slot")[:BATCH]:
        with _apart(delivery):
            envelopes.hold(delivery, problem="late" if delivery.not_after < now else "phase", by="gate")
    with _apart():
        envelopes.follow_up()


@contextmanager
def _apart(delivery: Delivery | None = None) -> Iterator[None]:
    """One that cannot be swept, as where a listener fails on it, does not hold up the others."""
    try:
        with transaction.atomic():
            yield
    except Exception:
        log.exception("delivery %s could not be swept", delivery.pk if delivery else "that follows")


def _bring_back(delivery: Delivery, now: datetime) -> None:
    row = Delivery.objects.filter(pk=delivery.pk)
    assert delivery.token
    tried = Attempt.objects.filter(token=delivery.token, ended_at=None)
    if delivery.begun_at is None:
        row.update(state=State.WAITING, token=None, lease_until=None)
    elif delivery.action == Action.TAKE_DOWN:  # which does no harm twice
        row.update(state=State.WAITING, token=None, lease_until=None, begun_at=None)
        tried.update(ended_at=now, outcome=State.WAITING, problem="worker_lost")
    else:
        # The call may have been made. The token stays: a worker that comes back late may still bring the receipt.
        row.update(state=State.UNSURE, lease_until=None, doubtful=True, look_at=now, problem="worker_lost")
        tried.update(ended_at=now, outcome=State.UNSURE, problem="worker_lost")
        audit.record("delivery.unsure", delivery, by="settling", problem="worker_lost")
        envelopes.settled(delivery)


def _overdue(now: datetime) -> DeliveryQuerySet:
    is_closed = Func(
        F("campaign__closed"), F("kind"), Value(now), function="campaign_is_closed", output_field=BooleanField()
    )
    return (
        Delivery.objects.filter(state=State.WAITING, cleared__isnull=False, action=Action.PUBLISH)
        .alias(is_closed=is_closed)
        .filter(Q(not_after__lt=now) | Q(is_closed=True, send_at__lte=now))
        .select_related("campaign")
        .select_for_update(skip_locked=True, of=("self",))
    )


# Asking the network ------------------------------------------------------------------------------


def due_platforms() -> list[str]:
    """The platforms that have something to be asked for now."""
    due = Delivery.objects.filter(state=State.UNSURE, asks_person=False, look_at__lte=clock.now())
    return list(due.values_list("channel__platform", flat=True).distinct())


def settle(platform: str) -> int:
    """Ask `platform` about every unsure envelope whose time has come; how many. One turn per platform and process.

    So one that hangs takes none of the threads that others need.
    """
    lock = _looking.setdefault(platform, threading.Lock())
    if not lock.acquire(blocking=False):
        return 0
    try:
        due = _claim_looks(platform)
        with ThreadPoolExecutor(LOOKERS, f"look-{platform}") as pool:
            list(pool.map(_look_safely, due))
        return len(due)
    finally:
        lock.release()


@transaction.atomic
def _claim_looks(platform: str) -> list[Delivery]:
    now = clock.now()
    rows = Delivery.objects.filter(state=State.UNSURE, asks_person=False, look_at__lte=now, channel__platform=platform)
    due = [row.pk for row in rows.select_for_update(skip_locked=True, of=("self",)).order_by("look_at")[:BATCH]]
    # Whoever pushes the time has the look; if they die, the next one comes when it is due again.
    Delivery.objects.filter(pk__in=due).update(look_at=now + LOOK_EVERY)
    found = list(Delivery.objects.filter(pk__in=due).select_related("channel__secret", "channel__campaign"))
    chaining.address(found)
    return found


def _look_safely(delivery: Delivery) -> None:
    try:
        _look(delivery)
    except Exception:
        log.exception("delivery %s could not be settled", delivery.pk)  # the next look comes by itself


def _look(delivery: Delivery) -> None:
    """Ask, holding no connection meanwhile, and settle it where the answer is clear."""
    with lender.lend():
        tries = delivery.attempts.order_by("begun_at").values_list("begun_at", flat=True)
        first = tries.first() or delivery.made_at
    found, key_until = _ask_network(delivery, first)
    with lender.lend():
        now, lived = clock.now(), max(first, delivery.kept_at or first)
        if isinstance(found, Sent) and _is_anothers(found, delivery):
            found = Unknowable("look_there", url=found.url)
        may_repeat = now - lived < REPEAT_FOR and not (delivery.repeat_until and delivery.repeat_until < now)
        match found:
            case Sent(remote_id, url) if found.waits_for:
                told = {"remote_id": remote_id, "remote_url": url, "problem": found.waits_for}
                _resolve(delivery, State.HANDED, doubtful=False, **told)
            case Sent(remote_id, url):
                _resolve(delivery, State.SENT, doubtful=False, remote_id=remote_id, remote_url=url, sent_at=first)
            case None if may_repeat:
                _resolve(delivery, State.WAITING, doubtful=False, send_at=now)
            case None:
                _resolve(delivery, State.HELD, doubtful=False, problem="not_there")
            case Unknowable() if may_repeat and now < key_until and _is_open(delivery, now):
                # Looked for first and not found: only then the same key goes once more, so a network that has
                # forgotten the key still does not get a second post.
                _resolve(delivery, State.WAITING, doubtful=True, send_at=now, repeat_until=key_until)
            case Unknowable():
                _ask_person(delivery, found)
            case _ if now - lived > PATIENCE:
                _ask_person(delivery, found)


def _ask_network(delivery: Delivery, first: datetime) -> tuple[Sent | Exception | None, datetime]:
    """Its receipt, None where absence is proven, or why neither; and until when the same key does no harm."""
    key_until = first
    try:
        connector = channels.ready_connector(delivery.channel, lend=renewing.lend)
        key_until += connector.key_life() - timedelta(seconds=settings.LEASE_SECONDS)
        draft, key = drafting.draft_of(delivery.draft, delivery.channel.campaign), Key(delivery.key, delivery.made_at)
        draft = replace(draft, to=delivery.to) if delivery.after else draft
        return connector.find(draft, key=key, handle=delivery.handle, since=first), key_until
    except Exception as error:
        if not isinstance(error, ConnectorError):
            log.exception("delivery %s could not be looked up", delivery.pk)
        return error, key_until


def _is_anothers(found: Sent, delivery: Delivery) -> bool:
    """Whether the receipt is that of another envelope with the same words."""
    others = Delivery.objects.filter(channel=delivery.channel, action=Action.PUBLISH).exclude(pk=delivery.pk)
    return others.filter(remote_id=found.remote_id).exists()


def _is_open(delivery: Delivery, now: datetime) -> bool:
    """Whether the gate would let it pass."""
    campaign = delivery.channel.campaign
    verdict, _phase = election.verdict(campaign, delivery.kind, now)
    is_open = not campaign.is_stopped and verdict != election.Verdict.BLOCK
    return is_open and now < delivery.not_after and delivery.channel.is_ok


@transaction.atomic
def _resolve(delivery: Delivery, state: State, *, problem: str = "", **fields: Any) -> None:
    if envelopes.end_doubt(delivery, state, problem=problem, **fields):
        audit.record("delivery.settle", delivery, by="settling", to=state.value)
        envelopes.settled(delivery)
        envelopes.announce(delivery)


@transaction.atomic
def _ask_person(delivery: Delivery, error: Exception) -> None:
    problem = error.code if isinstance(error, ConnectorError) else "look_there"
    asked = Delivery.objects.filter(pk=delivery.pk, state=State.UNSURE, asks_person=False).update(
        asks_person=True, problem=problem
    )
    if asked:
        audit.record("delivery.ask_person", delivery, by="settling", problem=problem)
        envelopes.settled(delivery)
        envelopes.announce(delivery)
