"""Reading the networks: claims what is due, asks in batches per account, writes down what they told.

No transaction is open during a call. Whatever fails leaves a gap: a row in `Pull` says so, and no reading is written.
"""

import logging
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import batched, groupby

from django.db import models, transaction
from django.db.models import Case, F, Q, Value, When

from analytics import following, partitions, schedule
from analytics.models import Pull, Reading, Row
from campaign import channels, clock
from campaign.errors import Refused
from campaign.lending import lender
from campaign.models import Channel, Pace
from platforms.base import Connector, ConnectorError, Reconnect, Stale, Temporary
from platforms.contents import Figure

log = logging.getLogger("posko.analytics")

BATCH = 200  # claimed at once
PER_CALL = 20  # posts asked for at once; no network's batch is smaller
THREADS = 8  # accounts asked at the same time by each worker process
LEASE = timedelta(minutes=10)  # after which a claimed pull whose worker died is due again


@dataclass(frozen=True)
class Batch:
    """What is asked of one account in one go: its own numbers, its posts' or both."""

    channel: Channel
    pulls: list[Pull]

    def calls(self) -> Iterator[list[Pull]]:
        """What one call to the connector answers: the account alone, its posts by twenty."""
        yield from ([pull] for pull in self.pulls if not pull.is_of_post)
        yield from (list(some) for some in batched((p for p in self.pulls if p.is_of_post), PER_CALL))


# When it is due ----------------------------------------------------------------------------------


def pull() -> int:
    """Read what is due until nothing is; how many were tried. Safe from any number of workers."""
    partitions.ensure(clock.now())
    following.follow_channels()
    tried = 0
    with ThreadPoolExecutor(THREADS, "measure") as pool:
        while claimed := claim():
            tried += len(claimed)
            list(pool.map(read, batches(claimed)))
    return tried


@transaction.atomic
def claim(most: int = BATCH) -> list[Pull]:
    """Take up to `most` due pulls, longest due first, none of an account that its network asked to rest.

    Whoever pushes the time has the pull: `next_at` is then their token, and when they die it is due again.
    """
    now = clock.now()
    resting = Pace.objects.filter(rest_until__gt=now).values("channel")
    due = Pull.objects.due(now).exclude(channel__in=resting)
    due = due.select_for_update(skip_locked=True, of=("self",)).order_by("next_at", "pk")
    return take(due.values_list("pk", flat=True)[:most], now)


def take(pks: Iterable[int], now: datetime) -> list[Pull]:
    """Push the times of pulls that the caller has locked, and give them with all that reading them needs."""
    rows = Pull.objects.filter(pk__in=list(pks))
    rows.update(next_at=now + LEASE)
    rows = rows.select_related("channel__secret", "channel__campaign", "delivery").defer("delivery__draft")
    return list(rows.order_by("channel_id", "pk"))


def batches(pulls: Iterable[Pull]) -> list[Batch]:
    """Pulls, ordered by channel, as one batch per channel."""
    found = []
    for _channel_id, group in groupby(pulls, key=lambda pull: pull.channel_id):
        some = list(group)
        found.append(Batch(some[0].channel, some))
    return found


# Asking ------------------------------------------------------------------------------------------


def read(batch: Batch, *, lend: channels.Lend = lender.lend, seconds: float | None = None) -> bool:
    """Ask one account's network and write down what it tells; whether all went well.

    `lend` gives a database connection for a moment; `seconds` bounds each call, when shorter than usual.
    """
    unread = list(batch.pulls)
    try:
        with lend():
            connector = channels.ready_connector(batch.channel)
        if seconds is not None:
            connector.door.call_seconds = min(seconds, connector.door.call_seconds)
        for some in batch.calls():
            told = ask(connector, some)
            with lend():
                keep(some, told)
            unread = [pull for pull in unread if pull not in some]
    except ConnectorError as error:
        log.warning("channel %s: numbers not read: %s", batch.channel.pk, error)
        trouble: ConnectorError = error
    except Refused as refusal:
        log.warning("channel %s: numbers not read: %s", batch.channel.pk, refusal)
        trouble = ConnectorError("wrong_side")
    except Exception:
        log.exception("channel %s: numbers not read", batch.channel.pk)
        trouble = ConnectorError("odd_answer")
    else:
        return True
    with lend():
        fail(batch.channel, unread, trouble)
    return False


type Told = dict[int, list[Figure]]
"""What a network told, by the pull's id. A pull without an entry is one whose post it no longer shows."""


def ask(connector: Connector, pulls: list[Pull]) -> Told:
    """One call for the account's own numbers, or for those of up to twenty posts."""
    if not pulls[0].is_of_post:
        return {pulls[0].pk: connector.measure_account()}
    by_remote_id = {pull.delivery.remote_id: pull.pk for pull in pulls if pull.delivery}
    found = connector.measure(list(by_remote_id))
    return {pk: found[remote_id] for remote_id, pk in by_remote_id.items() if remote_id in found}


# Writing down ------------------------------------------------------------------------------------


@transaction.atomic
def keep(pulls: list[Pull], told: Told) -> None:
    """Write one reading per number told, all with one time, and say when to read next."""
    lock(Pull.objects.filter(pk__in=[pull.pk for pull in pulls]))
    now = clock.now()  # after the lock: times of one pull then rise in the order they are written
    rows: list[Row] = []
    for pull in pulls:
        figures = {figure.metric: figure for figure in told.get(pull.pk, ())}
        is_complete = figures.keys() >= set(pull.metrics)
        rows += (
            Row(pull.pk, figure.metric, now, figure.value, figure.remote_name[:60], is_complete)
            for figure in figures.values()
        )
        _note(pull, now, figures=figures, is_shown=pull.pk in told)
    Reading.objects.write(rows)
    Pull.objects.bulk_update(
        pulls, ["metrics", "read_at", "failed_at", "fails", "problem", "problem_params", "gone_at"]
    )
    _set_next(pulls, {pull.pk: _next(pull, now) for pull in pulls})


def _note(pull: Pull, now: datetime, *, figures: dict[str, Figure], is_shown: bool) -> None:
    pull.failed_at, pull.fails, pull.problem, pull.problem_params = None, 0, "", {}
    if not is_shown:
        pull.gone_at = pull.gone_at or now
    elif figures:
        pull.gone_at, pull.read_at = None, now
        pull.metrics = sorted(figures.keys() | set(pull.metrics))
    else:
        # Shown, yet without a number: that is a gap, not a reading.
        pull.gone_at, pull.failed_at, pull.fails, pull.problem = None, now, 1, "no_numbers"


@transaction.atomic
def fail(channel: Channel, pulls: list[Pull], error: ConnectorError) -> None:
    """Note that these could not be read, and why; when the network is in trouble, leave the account alone a while."""
    if isinstance(error, Reconnect | Stale):
        channels.heed(channel, error)
    now = clock.now()
    rest = _rest(pulls, error)
    ours = Q(pk__in=[pull.pk for pull in pulls])
    # The account rests as a whole: what else is due of it would fail as well.
    resting = ours | Q(channel=channel, next_at__lt=now + rest) if rest else ours
    lock(Pull.objects.filter(resting))
    Pull.objects.filter(ours).update(
        failed_at=now, fails=F("fails") + 1, problem=error.code, problem_params=dict(error.params)
    )
    if rest:
        Pull.objects.filter(resting, next_at__isnull=False).update(next_at=now + rest)
    else:
        _set_next(pulls, {pull.pk: _next(pull, now) for pull in pulls})


def _rest(pulls: list[Pull], error: ConnectorError) -> timedelta | None:
    """How long the account is left alone; None where that would not help, and the schedule goes on."""
    match error:
        case Stale():
            return timedelta(seconds=1)  # renewed at the next try
        case Temporary():
            return schedule.wait_time(max((pull.fails for pull in pulls), default=0), error.retry_after)
        case Reconnect():
            return schedule.MINUTE  # nobody asks before a person has signed in, and then at once
        case _:
            return None


def _next(pull: Pull, now: datetime) -> datetime | None:
    if pull.is_of_post:
        return schedule.next_of_post(pull.since, now)
    return schedule.next_of_channel(pull.since, now)


def _set_next(pulls: list[Pull], times: dict[int, datetime | None]) -> None:
    """Give the claimed their next time; who was taken from us, or ended meanwhile, keeps what is there."""
    moment = models.DateTimeField()
    whens = [When(pk=pull.pk, next_at=pull.next_at, then=Value(times[pull.pk], moment)) for pull in pulls]
    Pull.objects.filter(pk__in=list(times)).update(next_at=Case(*whens, default=F("next_at"), output_field=moment))


def lock(pulls: models.QuerySet[Pull]) -> None:
    """Lock the rows in one order, so that two who write about the same ones wait instead of failing."""
    list(pulls.order_by("pk").select_for_update().values_list("pk"))
