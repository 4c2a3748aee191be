"""A line of the operations page: one thing looked at, in words."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.utils.timesince import timesince
from django.utils.translation import ngettext

OK, NOTE, WARN, BLOCK = "ok", "note", "warn", "block"
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@dataclass(frozen=True)
class Line:
    """One thing looked at: how it is, what that means and, where it is not well, what to do."""

    state: str
    title: str
    told: str
    do: str = ""
    url: str = ""

    @property
    def is_well(self) -> bool:
        return self.state in (OK, NOTE)


def ago(span: timedelta) -> str:
    """A stretch of time in words: seconds below two minutes."""
    seconds = max(int(span.total_seconds()), 0)
    if seconds < 120:
        return ngettext("%(seconds)d second", "%(seconds)d seconds", seconds) % {"seconds": seconds}
    moment = datetime(2000, 1, 1, tzinfo=UTC)
    return timesince(moment, moment + span, depth=1)
