"""The page of all deadlines: late ones, today, what is to come among the days of the calendar, and what is done."""

from dataclasses import dataclass
from datetime import date, datetime

from campaign import election
from campaign.duties import reading
from campaign.duties.reading import Standing
from campaign.election import Phase
from campaign.models import Campaign

MARKS = (Phase.CAMPAIGN, Phase.ADS, Phase.QUIET, Phase.VOTING)


@dataclass(frozen=True)
class Mark:
    """A day of the calendar on which nothing is due, shown for orientation."""

    due: date
    days_left: int
    name: str

    @property
    def words(self) -> str:
        return reading.countdown(self.days_left)


@dataclass(frozen=True)
class Line:
    """What the page shows, in its order."""

    late: list[Standing]
    coming: list[Standing | Mark]
    undated: list[Standing]
    done: list[Standing]
    is_unconfirmed: bool

    @property
    def next(self) -> Standing | None:
        """The most urgent one."""
        return next((each for each in (*self.late, *self.coming) if isinstance(each, Standing)), None)


def read(campaign: Campaign, now: datetime) -> Line:
    """The duties as they stand, with the calendar's days from today on."""
    standings = reading.of(campaign, now)
    left = [each for each in standings if not each.is_done]
    late = [each for each in left if each.days_left is not None and each.days_left < 0]
    ahead = [each for each in left if each.days_left is not None and each.days_left >= 0]
    coming: list[Standing | Mark] = [*ahead, *_marks(campaign, now)]
    coming.sort(key=lambda each: (each.due or date.max, isinstance(each, Mark)))
    done = [each for each in standings if each.is_done]
    return Line(
        late=late,
        coming=coming,
        undated=[each for each in left if each.days_left is None],
        done=sorted(done, key=lambda each: each.row.done_at if each.row and each.row.done_at else now, reverse=True),
        is_unconfirmed=any(each.is_unconfirmed for each in left),
    )


def _marks(campaign: Campaign, now: datetime) -> list[Mark]:
    today = now.astimezone(campaign.tz).date()
    found = []
    for span in election.spans(campaign):
        if span.phase not in MARKS or span.begin is None or span.begin == span.end:
            continue
        # The quiet period begins some minutes early; the day that people know is the one after those minutes.
        day = span.begin.astimezone(campaign.tz).date()
        if span.phase == Phase.QUIET and span.end is not None:
            day = _first_quiet_day(campaign, span)
        if day >= today:
            found.append(Mark(day, (day - today).days, str(span.phase.label)))
    return found


def _first_quiet_day(campaign: Campaign, span: election.Span) -> date:
    assert span.begin
    local = span.begin.astimezone(campaign.tz)
    return local.date() if local.time() == datetime.min.time() else date.fromordinal(local.date().toordinal() + 1)
