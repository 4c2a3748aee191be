"""Reading the networks on a clock: what people write to us, and what stands on our own timelines.

Whoever pushes a poll's time has it: `next_at` is then their token, and when they die it is due again. No transaction is
open during a call.
"""

import logging
import random
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import F, QuerySet

from campaign import channels, clock
from campaign.errors import Refused
from campaign.lending import lender
from campaign.models import Channel, Pace
from engagement import foreign, happening, incoming
from engagement.incoming import Said
from engagement.models import TIMELINE, Poll, Subscription
from platforms.base import Ability, Connector, ConnectorError, Reconnect, Stale, Temporary
from platforms.contents import Incoming, Place
from platforms.counting import storable

log = logging.getLogger("posko.listening")

BATCH = 100  # claimed at once
THREADS = 8  # accounts asked at the same time by each worker process
PAGES = 20  # of one place in one turn; what is left is read at the next
LEASE = timedelta(minutes=10)  # after which a claimed poll whose worker died is due again
MOST_WAIT = timedelta(hours=1)


# When it is due ----------------------------------------------------------------------------------


def listen() -> int:
    """Read what is due until nothing is; how many were tried. Safe from any number of workers."""
    follow()
    tried = 0
    with ThreadPoolExecutor(THREADS, "listen") as pool:
        while claimed := claim():
            tried += len(claimed)
            list(pool.map(read, claimed))
    return tried


def follow() -> None:
    """Begin to read the places of accounts that are new, each at a moment of its own. Twice is once."""
    known = set(Poll.objects.values_list("channel", "place"))
    now = clock.now()
    wanted = [
        Poll(channel=channel, place=place, since=now, next_at=now + every(channel.platform) * random.random())
        for channel in Channel.objects.usable()
        for place in places(channel)
        if (channel.pk, place) not in known
    ]
    Poll.objects.bulk_create(wanted, ignore_conflicts=True)


def places(channel: Channel) -> list[str]:
    """What can be read of an account, as far as its connector says."""
    can = channel.connector_class.can
    found = [TIMELINE] if Ability.TIMELINE in can else []
    return [*found, *(place.value for place in Place)] if Ability.CONVERSE in can else found


def every(platform: str) -> timedelta:
    """How long lies between two readings of one place."""
    spans: dict[str, timedelta] = settings.LISTEN_EVERY
    return spans.get(platform, spans[""])


@transaction.atomic
def claim(most: int = BATCH) -> list[Poll]:
    """Take up to `most` due polls, longest due first, none of an account that its network asked to rest."""
    now = clock.now()
    resting = Pace.objects.filter(rest_until__gt=now).values("channel")
    told = Subscription.objects.only_way().values("channel")
    due = Poll.objects.due(now).exclude(channel__in=resting).exclude(channel__in=told).order_by("next_at", "pk")
    pks = list(due.select_for_update(skip_locked=True, of=("self",)).values_list("pk", flat=True)[:most])
    Poll.objects.filter(pk__in=pks).update(next_at=now + LEASE)
    rows = Poll.objects.filter(pk__in=pks).select_related("channel__secret", "channel__campaign")
    return list(rows.order_by("channel_id", "pk"))


# Asking ------------------------------------------------------------------------------------------


def read(poll: Poll, *, lend: channels.Lend = lender.lend) -> bool:
    """Read one place of one account and take over what it shows; whether all went well."""
    try:
        with lend():
            connector = channels.ready_connector(poll.channel)
            asked_at = clock.now()
        if poll.place == TIMELINE:
            _read_timeline(poll, connector, asked_at, lend)
        else:
            _read_place(poll, connector, asked_at, lend)
    except NotImplementedError:
        with lend():
            _mine(poll).update(next_at=None)  # this network has no such place
        return True
    except ConnectorError as error:
        log.warning("poll %s: not read: %s", poll.pk, error)
        trouble: ConnectorError = error
    except Refused as refusal:
        log.warning("poll %s: not read: %s", poll.pk, refusal)
        trouble = ConnectorError("wrong_side")
    except Exception:
        log.exception("poll %s: not read", poll.pk)
        trouble = ConnectorError("odd_answer")
    else:
        return True
    with lend():
        fail(poll, trouble)
    return False


def _read_timeline(poll: Poll, connector: Connector, asked_at: datetime, lend: channels.Lend) -> None:
    """A whole day each time, so that what has gone is noticed; longer after a break."""
    since = max(poll.since, min(asked_at - foreign.WINDOW, poll.read_at or asked_at))
    seen = connector.timeline(since)
    with lend(), transaction.atomic():
        foreign.judge(poll.channel, seen, since=since, baseline=poll.since, asked_at=asked_at)
        _done(poll, asked_at)


def _read_place(poll: Poll, connector: Connector, asked_at: datetime, lend: channels.Lend) -> None:
    """Page after page until one brings nothing new; the cursor is saved with each page's entries."""
    place, cursor = Place(poll.place), "" if poll.from_start else poll.cursor
    oldest: datetime | None = None
    for _ in range(PAGES):
        page = connector.messages(place, cursor)
        oldest = min([entry.at for entry in page.entries] + ([oldest] if oldest else []), default=None)
        is_last = not page.entries or page.cursor in ("", cursor)
        cursor = page.cursor
        with lend(), transaction.atomic():
            _keep(poll, page.entries, cursor, asked_at)
            if is_last:
                if poll.from_start:
                    incoming.settle_doubts(poll.channel, place, shown_since=oldest, as_of=asked_at)
                _done(poll, asked_at)
        if is_last:
            return
    with lend():
        _done(poll, asked_at, soon=True)


def _keep(poll: Poll, entries: Sequence[Incoming], cursor: str, asked_at: datetime) -> None:
    channel = poll.channel
    happening.alone([(channel.platform, channel.remote_id)])
    incoming.take(Said(channel, entry, asked_at) for entry in entries)
    _mine(poll).update(cursor=storable(cursor))
    happening.told_before(channel, (entry.remote_id for entry in entries))


def _done(poll: Poll, asked_at: datetime, *, soon: bool = False) -> None:
    wait = timedelta(seconds=1) if soon else every(poll.channel.platform) * random.uniform(0.9, 1.1)
    _mine(poll).update(
        next_at=asked_at + wait, read_at=asked_at, failed_at=None, fails=0, problem="", problem_params={},
        from_start=False,
    )  # fmt: skip


def _mine(poll: Poll) -> QuerySet[Poll]:
    """The row as long as it is ours: one that took us too long may be with another worker."""
    return Poll.objects.filter(pk=poll.pk, next_at=poll.next_at)


def fail(poll: Poll, error: ConnectorError) -> None:
    """Note that it could not be read, and why; when the network is in trouble, leave the whole account alone a while.

    How often we may ask is no reason not to publish, so a wait concerns the readings alone.
    """
    if isinstance(error, Reconnect | Stale):
        channels.heed(poll.channel, error)
    now = clock.now()
    wait = _wait(poll, error)
    if isinstance(error, Temporary) and not isinstance(error, Stale):
        others = Poll.objects.filter(channel=poll.channel, next_at__lt=now + wait).exclude(pk=poll.pk)
        others.update(next_at=now + wait)
    _mine(poll).update(
        next_at=now + wait, failed_at=now, fails=F("fails") + 1, problem=error.code, problem_params=dict(error.params)
    )


def _wait(poll: Poll, error: ConnectorError) -> timedelta:
    match error:
        case Stale():
            return timedelta(seconds=1)  # renewed at the next try
        case Temporary() if error.retry_after is not None:
            return max(error.retry_after, timedelta(seconds=5))
        case _:
            return min(every(poll.channel.platform) * (1 << min(poll.fails, 5)), MOST_WAIT)
