"""The engine: claims due envelopes, begins, sends and closes each at most once.

The guards are statements in the database (`migrations/sql/delivery.sql`); here they are called in order. A worker may
be stopped or killed between any two lines.
"""

import json
import logging
import threading
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import timedelta
from queue import Empty, SimpleQueue
from typing import Any

from django.conf import settings
from django.db import connection, transaction

from campaign import audit, chaining, channels, clock, drafting, envelopes, handing, lent_files, outcomes, pulse
from campaign.lending import lender, renewing
from campaign.models import Action, Channel, Delivery, State
from campaign.together import Together
from platforms.base import Connector, ConnectorError, Halted, Later
from platforms.contents import Key, Sent

log = logging.getLogger("posko.delivering")

BATCH = 50
SOON = timedelta(seconds=1.2)  # a drain waits this long for the next envelope rather than for the next tick
COMPANY, GATHER = 4, 0.01  # so many tries are closed in one commit if they end within so many seconds
OPEN, LOST, BUSY = "open", "lost", "busy"
closing = threading.Event()
"""Set when this process is asked to end: drains claim no more and wait for the calls on the wire."""
_draining: dict[str, threading.Lock] = {}


# Claiming ----------------------------------------------------------------------------------------


def claim(platform: str, most: int) -> list[Delivery]:
    """Take up to `most` due envelopes, oldest first, four on their way per channel. Any number of workers may ask."""
    claimed = list(Delivery.objects.raw("SELECT * FROM campaign_claim(%s, %s, %s)", [platform, most, _lease()]))
    found = Channel.objects.select_related("secret", "campaign").in_bulk({row.channel_id for row in claimed})
    for row in claimed:
        row.channel = found[row.channel_id]
    chaining.address(claimed)
    return claimed


def due_platforms(ahead: timedelta = SOON) -> list[str]:
    """The platforms that have something to send by now + `ahead`."""
    due = Delivery.objects.filter(state=State.WAITING, cleared__isnull=False, send_at__lte=clock.now() + ahead).ready()
    usable = Channel.objects.usable().filter(pk__in=due.values("channel"))
    return list(usable.values_list("platform", flat=True).distinct())


def drain(platform: str) -> int:
    """Send what is due on one platform until nothing is; how many were tried. One drain per platform and process.

    Platforms have threads of their own: one that hangs does not slow the others.
    """
    lock = _draining.setdefault(platform, threading.Lock())
    if not lock.acquire(blocking=False):
        return 0
    try:
        with ThreadPoolExecutor(settings.DELIVER_THREADS, f"deliver-{platform}") as pool:
            return sum(_rounds(platform, pool))
    finally:
        lock.release()


def _rounds(platform: str, pool: ThreadPoolExecutor) -> Iterator[int]:
    tried: SimpleQueue[Future[Tried | None]] = SimpleQueue()
    in_hand, enough = 0, max(BATCH, 2 * settings.DELIVER_THREADS)
    try:
        while True:
            # Claim the next batch while the last of this one are still out: one slow call holds up nobody.
            claimed = claim(platform, BATCH) if in_hand <= enough and not closing.is_set() else []
            for delivery in claimed:
                pool.submit(_try_safely, delivery).add_done_callback(tried.put)
            in_hand += len(claimed)
            yield len(claimed)
            if in_hand and (len(claimed) < BATCH or in_hand > enough):
                in_hand -= _settle_some(tried, pool)
            elif closing.is_set() or (not claimed and not _wait_for_next(platform)):
                return
    finally:
        while in_hand:  # a claim failed: what is on the wire is heard out all the same
            in_hand -= _settle_some(tried, pool)


def _settle_some(tried: "SimpleQueue[Future[Tried | None]]", pool: ThreadPoolExecutor) -> int:
    """Close the tries that have ended, in one commit; half a second is waited for the first. How many ended."""
    try:
        ended = [tried.get(timeout=0.5)]
    except Empty:
        return 0
    until = time.monotonic() + GATHER
    with suppress(Empty):
        while len(ended) < COMPANY or not tried.empty():
            ended.append(tried.get(timeout=max(0, until - time.monotonic())))
    over = [one for future in ended if (one := future.result())]
    try:
        if over:
            _settle(over)
    except Exception:
        # One of them waits for a lock, or a listener fails on it: the others do not wait with it.
        log.exception("%d deliveries could not be closed together", len(over))
        for one in over:
            pool.submit(_settle_safely, one)
    return len(ended)


def _wait_for_next(platform: str) -> bool:
    """Sleep until the next envelope is due if that is soon; whether it is."""
    now = clock.now()
    following = (
        Delivery.objects.filter(state=State.WAITING, cleared__isnull=False, send_at__gt=now, send_at__lt=now + SOON)
        .filter(channel__platform=platform)
        .order_by("send_at")
        .values_list("send_at", flat=True)
        .first()
    )
    if following is None:
        return False
    threading.Event().wait((following - now).total_seconds())
    return True


# Sending -----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Tried:
    """A try that has ended, to be closed. `error` and `skew` tell of the channel and of the network's clock."""

    delivery: Delivery
    outcome: outcomes.Outcome
    error: ConnectorError | None = None
    skew: timedelta | None = None


def send(delivery: Delivery) -> None:
    """Send one claimed envelope at most once: begin, call, close. No transaction is open during the call."""
    if tried := _try(delivery):
        _settle([tried])


def _try_safely(delivery: Delivery) -> Tried | None:
    try:
        return _try(delivery)
    except Exception:
        # The row says where it stands: begun is unsure once the lease ends, and not begun goes back to waiting.
        log.exception("delivery %s broke off", delivery.pk)
        return None


def _try(delivery: Delivery) -> Tried | None:
    """Begin and call; None where another worker has it."""
    connector = channels.ready_connector(delivery.channel, lend=renewing.lend)
    connector.door.permit()  # before the gate is asked: a pause after its yes must not look fresh
    verdict = _begin(delivery)
    if verdict != OPEN:
        return None if verdict == LOST else Tried(delivery, outcomes.held_back(verdict))
    error: ConnectorError | None = None
    try:
        sent = _call(delivery, connector)
    except Halted as halt:
        outcome = outcomes.held_back(str(halt))
    except Later as later:
        outcome = outcomes.of_wait(later)
    except ConnectorError as raised:
        log.warning("delivery %s: %s", delivery.pk, raised)
        error, outcome = raised, outcomes.of_error(delivery, raised)
    else:
        outcome = outcomes.of_receipt(sent)
    return Tried(delivery, outcome, error, connector.door.skew)


def _begin(delivery: Delivery) -> str:
    """Commit that from here on the network may have it: `open`; or why not, in the gate's words."""
    verdict = _begin_in_company(delivery)
    return verdict if verdict != BUSY else _begin_all([delivery])[0]


def _begin_all(deliveries: Sequence[Delivery]) -> list[str]:
    """The verdict on each, in one commit. Locks are taken campaign by campaign, in the same order by every worker."""
    in_order = sorted(deliveries, key=lambda row: (row.campaign_id, row.channel_id, row.pk))
    ids, tokens = [row.pk for row in in_order], [row.token for row in in_order]
    asked: list[Any] = [_lease(), len(deliveries) == 1, ids, tokens]
    sql = "SELECT id, campaign_begin(id, token, %s, %s) FROM unnest(%s::bigint[], %s::uuid[]) AS asked(id, token)"
    with lender.lend(), connection.cursor() as cursor:
        cursor.execute(sql, asked)
        verdicts = dict(cursor.fetchall())
    return [verdicts[row.pk] for row in deliveries]


_begin_in_company = Together(_begin_all)


def _call(delivery: Delivery, connector: Connector) -> Sent:
    if delivery.action == Action.TAKE_DOWN:
        connector.take_down(delivery.draft["remote_id"])
        return Sent(delivery.draft["remote_id"])

    def keep(handle: str) -> None:
        connector.door.permit()
        verdict = _keep(delivery, handle)
        if verdict != OPEN:
            raise Halted(verdict)

    draft = drafting.draft_of(delivery.draft, delivery.channel.campaign)
    if delivery.after:
        if delivery.to is None:
            return Sent("", waits_for=chaining.BY_HAND)
        draft = replace(draft, to=delivery.to)
    if reason := handing.instead_of_sending(connector, draft):
        return Sent("", waits_for=reason)
    if connector.fetches and not delivery.handle:
        drafting.require_files(draft)
        lent_files.lay_out(delivery.channel.campaign, drafting.files_of(delivery.draft))
    return connector.publish(draft, key=Key(delivery.key, delivery.made_at), handle=delivery.handle, keep=keep)


def _keep(delivery: Delivery, handle: str) -> str:
    known: list[Any] = [delivery.pk, delivery.token, handle, _lease()]
    with lender.lend(), connection.cursor() as cursor:
        cursor.execute("SELECT campaign_keep(%s, %s, %s, %s)", known)
        (verdict,) = cursor.fetchone() or (LOST,)
    return str(verdict)


def close(delivery: Delivery, state: State, fields: dict[str, Any]) -> None:
    """Settle the try under way with its token, and tell everybody whom it concerns.

    `fields`: remote_id, remote_url, handle, problem, problem_params; send_after and look_after in seconds.
    """
    _close([Tried(delivery, (state, fields))])


def _settle(tried: Sequence[Tried]) -> None:
    """Close these tries in one commit, and heed what they say of their channels."""
    with lender.lend():
        _close(tried)
    for one in tried:
        if one.error or pulse.is_off(one.skew):
            _heed(one)


def _heed(tried: Tried) -> None:
    try:
        with lender.lend():
            if tried.error:
                channels.heed(tried.delivery.channel, tried.error)
            pulse.note_skew(tried.skew)
    except Exception:
        log.exception("channel %s: its error could not be noted", tried.delivery.channel_id)  # the try is closed


def _settle_safely(tried: Tried) -> None:
    try:
        _settle([tried])
    except Exception:
        log.exception("delivery %s could not be closed", tried.delivery.pk)


def _close(tried: Sequence[Tried]) -> None:
    in_order = sorted(tried, key=lambda one: one.delivery.slot)  # listeners lock what slots name: one order for all
    channel_of = {one.delivery.pk: one.delivery.channel for one in tried}
    sql = """SELECT closed.*
        FROM unnest(%s::bigint[], %s::uuid[], %s::text[], %s::jsonb[]) AS asked(id, token, state, fields),
        campaign_close(asked.id, asked.token, asked.state, asked.fields) AS closed"""
    asked = [
        [one.delivery.pk for one in in_order],
        [one.delivery.token for one in in_order],
        [one.outcome[0].value for one in in_order],
        [json.dumps(one.outcome[1]) for one in in_order],
    ]
    with transaction.atomic():
        closed = [row for row in Delivery.objects.raw(sql, asked) if row.state != State.WAITING]
        for row in closed:
            row.channel = channel_of[row.pk]
        envelopes.tell(closed)
        audit.record_fates(closed)
        for row in closed:
            envelopes.announce(row)


def _lease() -> timedelta:
    return timedelta(seconds=settings.LEASE_SECONDS)
