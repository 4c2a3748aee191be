"""What stands on which day: a month, a week, a list or one day of posts, light enough to draw at once."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta, tzinfo
from enum import StrEnum
from itertools import groupby
from typing import Any

from django.db.models import BigIntegerField, CharField, F, Func, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Cast, Coalesce, Concat, Left

from campaign import election
from campaign.models import Action, Channel, Delivery, Member, Post
from campaign.planning import holidays
from campaign.planning.filters import Filters
from campaign.planning.moving import MAY_MOVE

FIRST, LAST = date(2000, 1, 1), date(2099, 12, 31)  # what a calendar of ours may be asked for
LIST_DAYS = 31
WORDS = 90  # characters of a post that a calendar shows


class View(StrEnum):
    """How the calendar is drawn; the values stand in the address."""

    MONTH = "bulan"
    WEEK = "minggu"
    LIST = "daftar"
    DAY = "hari"


MOST = {View.MONTH: 4, View.WEEK: 12, View.LIST: 8, View.DAY: 100}
"""Posts drawn of each day; the rest is counted, and its day leads to it."""


@dataclass(frozen=True)
class Span:
    """The days a view shows, with the first day of the one before and the one after."""

    view: View
    chosen: date
    first: date
    last: date
    before: date
    after: date


@dataclass(frozen=True)
class Entry:
    """One post on its day."""

    pk: int
    words: str
    at: datetime  # in the campaign's own zone
    state: str
    version: int
    may_move: bool
    channels: list[Channel] = field(default_factory=list)


@dataclass(frozen=True)
class Day:
    """One day with what is known of it. `run`: for how many days of its row the same phase goes on from here."""

    date: date
    entries: list[Entry]
    total: int
    phase: election.Phase
    run: int
    begins: bool  # where a list tells the phase: on its first day here, and today
    holidays: tuple[holidays.Holiday, ...]
    is_today: bool
    is_past: bool
    is_outside: bool
    is_closed: bool  # nothing may leave, whatever its kind

    @property
    def iso(self) -> str:
        return self.date.isoformat()

    @property
    def more(self) -> int:
        return self.total - len(self.entries)

    @property
    def is_told(self) -> bool:
        """Whether a list has something to say of it."""
        return bool(self.entries or self.holidays or self.begins or self.is_closed)


def span(view: View, chosen: date) -> Span:
    """Which days `view` shows when `chosen` is asked for; weeks begin on Monday."""
    chosen = min(max(chosen, FIRST), LAST)
    if view == View.MONTH:
        first = chosen.replace(day=1)
        after = (first + timedelta(days=32)).replace(day=1)
        last = after - timedelta(days=1)
        before = (first - timedelta(days=1)).replace(day=1)
        return Span(view, chosen, _monday(first), _monday(last) + timedelta(days=6), before, after)
    days = {View.WEEK: 7, View.LIST: LIST_DAYS, View.DAY: 1}[view]
    first = _monday(chosen) if view == View.WEEK else chosen
    step = timedelta(days=days)
    return Span(view, chosen, first, first + step - timedelta(days=1), first - step, first + step)


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


def days(
    member: Member, filters: Filters, shown: Span, *, now: datetime, language: str, after: tuple[datetime, int] | None
) -> list[Day]:
    """Every day of `shown` in order. Two queries on posts, however many there are."""
    tz = member.campaign.tz
    begin = datetime.combine(shown.first, time.min, tzinfo=tz)
    end = datetime.combine(shown.last + timedelta(days=1), time.min, tzinfo=tz)
    rows = planned(member, filters.narrow(Post.objects.visible_to(member)), begin, end)
    if after:
        rows = rows.filter(Q(at__gt=after[0]) | Q(at=after[0], pk__gt=after[1]))
    by_day = _by_day(rows, tz)
    most = MOST[shown.view]
    drawn = _entries([moment for moments in by_day.values() for moment in moments[:most]], filters.channels)
    phases = _phases(member, shown)
    today = now.astimezone(tz).date()
    made = []
    for place, (day, phase) in enumerate(phases):
        moments = by_day.get(day, [])
        made.append(
            Day(
                date=day,
                entries=[drawn[pk] for _at, pk in moments[:most] if pk in drawn],
                total=len(moments),
                phase=phase,
                run=_run(phases, place),
                begins=day == today or place == 0 or phases[place - 1][1] != phase,
                holidays=holidays.of_day(day, language),
                is_today=day == today,
                is_past=day < today,
                is_outside=shown.view == View.MONTH and day.month != shown.chosen.month,
                is_closed=phase in (election.Phase.QUIET, election.Phase.VOTING),
            )
        )
    return made


def planned(member: Member, rows: QuerySet[Post], begin: datetime, end: datetime) -> QuerySet[Any]:
    """Those of `rows` that leave, or have left, from `begin` until before `end`, with the moment as `at`.

    A post without a planned time stands where its first envelope was released.
    """
    released = Delivery.objects.current().firsts().filter(action=Action.PUBLISH, cleared__isnull=False)
    # A slot is post:41/channel:7, and 0 follows the slash. Asking for the slot alone leaves the planner one index only:
    # offered the campaign's as well it has joined all of the campaign's envelopes for each post.
    own = released.filter(slot__gte=_slot(OuterRef("pk"), "/"), slot__lt=_slot(OuterRef("pk"), "0"))
    at = Coalesce("planned_at", Subquery(own.order_by("send_at").values("send_at")[:1]))
    number = Func(F("slot"), Value("^post:([0-9]+)/"), function="substring", output_field=CharField())
    nearby = released.filter(campaign_id=member.campaign_id, send_at__gte=begin, send_at__lt=end)
    unplanned = nearby.values_list(Cast(number, BigIntegerField()), flat=True)
    chosen = Q(planned_at__gte=begin, planned_at__lt=end) | Q(planned_at=None, pk__in=unplanned)
    # Of a post whose envelopes went on both sides of `begin` the moment lies before it: no day here draws that.
    return rows.filter(chosen).annotate(at=at)


def _slot(pk: Any, ending: str) -> Concat:
    return Concat(Value("post:"), Cast(pk, CharField()), Value(ending), output_field=CharField())


def _by_day(rows: QuerySet[Any], tz: tzinfo) -> dict[date, list[tuple[datetime, int]]]:
    """When and which, by day and in order: two small values of each post, however many there are."""
    moments = sorted((at.astimezone(tz), pk) for pk, at in rows.values_list("pk", "at"))
    return {day: list(group) for day, group in groupby(moments, key=lambda moment: moment[0].date())}


def _entries(moments: list[tuple[datetime, int]], known: list[Channel]) -> dict[int, Entry]:
    """What is drawn of each post, without its whole text; its accounts in the order of `known`."""
    at = {pk: moment for moment, pk in moments}
    rows = Post.objects.filter(pk__in=at).annotate(words=Left("text", WORDS))
    found: dict[int, Entry] = {}
    on: dict[int, set[int | None]] = {}
    for pk, title, words, state, version, channel in rows.values_list(
        "pk", "title", "words", "state", "version", "channels"
    ):
        on.setdefault(pk, set()).add(channel)  # one row for each account, and one for a post without any
        found[pk] = Entry(pk, title or " ".join(words.split()), at[pk], state, version, state in MAY_MOVE)
    return {pk: replace(row, channels=[each for each in known if each.pk in on[pk]]) for pk, row in found.items()}


def _phases(member: Member, shown: Span) -> list[tuple[date, election.Phase]]:
    """Each day with the phase that its noon lies in: the quiet period begins some minutes before its first day."""
    spans = election.spans(member.campaign)
    return [
        (day, election.phase_in(spans, datetime.combine(day, time(12), tzinfo=member.campaign.tz)))
        for day in _each(shown.first, shown.last)
    ]


def _run(phases: list[tuple[date, election.Phase]], place: int) -> int:
    """How many days of the same week have this phase from here on; 0 where it has begun before."""
    day, phase = phases[place]
    if day.weekday() and place and phases[place - 1][1] == phase:
        return 0
    week = phases[place : place + 7 - day.weekday()]
    return next((number for number, (_day, other) in enumerate(week) if other != phase), len(week))


def _each(first: date, last: date) -> Iterator[date]:
    for number in range((last - first).days + 1):
        yield first + timedelta(days=number)
