"""What became of envelopes whose worker was lost or whose answer never came, and of those that are too late.

Unsure ends in one of three ways: the network shows it, the network honours the same key once more (or proves that it
has nothing), or a named person decides.
"""

import logging
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import BooleanField, F, Func, Q, Value

from campaign import audit, channels, clock, delivering, election, envelopes
from campaign.errors import Refused
from campaign.models import Action, Attempt, Delivery, State
from platforms.base import Connector, ConnectorError, Key, Sent, Unknowable

log = logging.getLogger("posko.settling")

PATIENCE = timedelta(minutes=2)  # how long the network is asked before a person is
LOOK_EVERY = timedelta(seconds=15)
BATCH = 200


# Lost, late and locked ---------------------------------------------------------------------------


@transaction.atomic
def sweep() -> None:
    """Bring back what a lost worker held, and hold what may not leave any more. Harmless to run twice at once."""
    now = clock.now()
    _bring_back(now)
    _hold(now)


def _bring_back(now: datetime) -> None:
    lost = Delivery.objects.filter(state=State.SENDING, lease_until__lt=now).select_for_update(skip_locked=True)
    for delivery in lost.order_by("slot")[:BATCH]:
        if delivery.begun_at is None:
            Delivery.objects.filter(pk=delivery.pk).update(state=State.WAITING, token=None, lease_until=None)
            continue
        # The call may have been made. The token stays: a worker that comes back late may still bring the receipt.
        Delivery.objects.filter(pk=delivery.pk).update(
            state=State.UNSURE, lease_until=None, doubtful=True, look_at=now, problem="worker_lost"
        )
        assert delivery.token
        Attempt.objects.filter(token=delivery.token, ended_at=None).update(
            ended_at=now, outcome=State.UNSURE, problem="worker_lost"
        )
        audit.record("delivery.unsure", delivery, by="settling", problem="worker_lost")
        envelopes.settled(delivery)


def _hold(now: datetime) -> None:
    is_closed = Func(
        F("campaign__closed"), F("kind"), Value(now), function="campaign_is_closed", output_field=BooleanField()
    )
    rows = (
        Delivery.objects.filter(state=State.WAITING, cleared__isnull=False, action=Action.PUBLISH)
        .alias(is_closed=is_closed)
        .filter(Q(not_after__lt=now) | Q(is_closed=True, send_at__lte=now))
        .select_related("campaign")
        .select_for_update(skip_locked=True, of=("self",))
    )
    for delivery in rows.order_by("slot")[:BATCH]:
        reason = "late" if delivery.not_after < now else "phase"
        row = Delivery.objects.filter(pk=delivery.pk)
        if delivery.doubtful:
            # It may be out already, so nobody may call it held: the network or a person has to tell.
            row.update(state=State.UNSURE, look_at=now, problem=reason)
        else:
            row.update(state=State.HELD, problem=reason)
            audit.record("delivery.hold", delivery, by="gate", problem=reason)
        envelopes.settled(delivery)
        delivering.announce(delivery)


# Asking the network ------------------------------------------------------------------------------


def settle() -> int:
    """Ask the networks about every unsure envelope whose time has come; how many were looked at."""
    due = _claim_looks()
    for delivery in due:
        try:
            _look(delivery)
        except Exception:
            log.exception("delivery %s could not be looked up", delivery.pk)
    return len(due)


@transaction.atomic
def _claim_looks() -> list[Delivery]:
    now = clock.now()
    rows = Delivery.objects.filter(state=State.UNSURE, asks_person=False, look_at__lte=now)
    due = list(rows.select_for_update(skip_locked=True, of=("self",)).order_by("look_at")[:BATCH])
    # Whoever pushes the time has the look; if they die, the next one comes when it is due again.
    Delivery.objects.filter(pk__in=[row.pk for row in due]).update(look_at=now + LOOK_EVERY)
    return list(
        Delivery.objects.filter(pk__in=[row.pk for row in due]).select_related("channel__secret", "channel__campaign")
    )


def _look(delivery: Delivery) -> None:
    first = delivery.attempts.order_by("begun_at").values_list("begun_at", flat=True).first() or delivery.made_at
    try:
        connector = channels.ready_connector(delivery.channel)
        sent = _find(delivery, connector, first)
    except Unknowable as error:
        # Looked for first and not found: only then the same key goes once more, so a network that has forgotten
        # the key still does not get a second post.
        if _may_repeat(delivery, first):
            _resolve(delivery, State.WAITING, send_at=clock.now(), doubtful=True)
        else:
            _ask_person(delivery, error)
    except (ConnectorError, Refused) as error:
        if clock.now() - first > PATIENCE:
            _ask_person(delivery, error)
    else:
        if sent:
            _resolve(delivery, State.SENT, remote_id=sent.remote_id, remote_url=sent.url, sent_at=first, doubtful=False)
        else:
            _resolve(delivery, State.WAITING, send_at=clock.now(), doubtful=False)


def _may_repeat(delivery: Delivery, first: datetime) -> bool:
    """Whether the same key, sent once more, cannot make a second post; and the gate would let it pass."""
    now = clock.now()
    if now - first > delivery.channel.connector_class.honours_key - timedelta(seconds=settings.LEASE_SECONDS):
        return False
    campaign = delivery.channel.campaign
    kind_verdict, _phase = election.verdict(campaign, delivery.kind, now)
    is_open = not campaign.is_stopped and kind_verdict != election.Verdict.BLOCK
    return is_open and now < delivery.not_after and delivery.channel.is_ok


def _find(delivery: Delivery, connector: Connector, first: datetime) -> Sent | None:
    return connector.find(
        envelopes.draft_of(delivery.draft),
        key=Key(delivery.key, delivery.made_at),
        handle=delivery.handle,
        since=first,
    )


@transaction.atomic
def _resolve(delivery: Delivery, state: State, **fields: Any) -> None:
    """Guarded by token: a late receipt or a person may have been quicker."""
    resolved = Delivery.objects.filter(pk=delivery.pk, state=State.UNSURE, token=delivery.token).update(
        state=state, token=None, begun_at=None, look_at=None, asks_person=False, problem="", problem_params={}, **fields
    )
    if resolved:
        audit.record("delivery.settle", delivery, by="settling", to=state.value)
        envelopes.settled(delivery)


@transaction.atomic
def _ask_person(delivery: Delivery, error: Exception) -> None:
    problem = error.code if isinstance(error, ConnectorError) else "look_there"
    asked = Delivery.objects.filter(pk=delivery.pk, state=State.UNSURE, asks_person=False).update(
        asks_person=True, problem=problem
    )
    if asked:
        audit.record("delivery.ask_person", delivery, by="settling", problem=problem)
        envelopes.settled(delivery)
        delivering.announce(delivery)
