"""The monthly partitions of the readings, made ahead.

A month without one does no harm: its readings go to the rest partition, and move when the month's own is made.
"""

import logging
from datetime import UTC, datetime

from django.db import OperationalError, connection, transaction

log = logging.getLogger("posko.analytics")
AHEAD = 3  # months made beside the current one
_made: set[tuple[int, int]] = set()


def make(moment: datetime) -> bool:
    """Make the partition of `moment`'s month (UTC); whether it was missing.

    Raises OperationalError when others hold the table for more than three seconds; nothing is changed then.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT analytics_make_partition(%s)", [moment])
        return any(cursor.fetchone() or ())


def make_ahead(now: datetime) -> int:
    """This month's partition and those of the next three; how many were missing."""
    return sum(make(month) for month in months(now))


def months(now: datetime) -> list[datetime]:
    """The first moment of this month and the next three, in UTC."""
    now = now.astimezone(UTC)
    first = now.year * 12 + now.month - 1
    return [datetime(number // 12, number % 12 + 1, 1, tzinfo=UTC) for number in range(first, first + AHEAD + 1)]


def ensure(now: datetime) -> None:
    """Make this month's partition if the nightly task has not; asks the database once a month and process."""
    first = months(now)[0]
    month = (first.year, first.month)
    if month in _made:
        return
    try:
        make(first)
    except OperationalError as error:
        log.warning("no partition for %s-%02d yet; readings go to the rest: %s", *month, error)
        return
    _made.add(month)
