"""When to read: often while a post is young, daily later. Pure arithmetic."""

from datetime import datetime, timedelta

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
LAST = 90 * DAY

OF_POST = (
    MINUTE,
    5 * MINUTE,
    15 * MINUTE,
    60 * MINUTE,
    *(6 * HOUR * n for n in range(1, 13)),  # to the end of the third day
    *(DAY * n for n in range(4, 91)),
)
"""After these times a post is read."""


def next_of_post(since: datetime, after: datetime) -> datetime | None:
    """The first planned time later than `after` for a post published at `since`; None past the ninetieth day.

    Times that were missed, while nothing ran or a network was down, are not made up for: one reading tells all.
    """
    return next((since + offset for offset in OF_POST if since + offset > after), None)


def next_of_channel(since: datetime, after: datetime) -> datetime:
    """Once a minute after `since`, then daily at that time of day, for ever."""
    first = since + MINUTE
    if first > after:
        return first
    return first + DAY * ((after - first) // DAY + 1)


def wait_time(fails: int, asked: timedelta | None) -> timedelta:
    """How long to leave a network alone: what it asked, else 1, 2, 4 … minutes, an hour at most.

    `fails` counts failures in a row before this one. Never under 15 seconds, for networks that ask for none.
    """
    if asked is not None:
        return max(asked, timedelta(seconds=15))
    return min(MINUTE * (1 << min(fails, 6)), HOUR)
