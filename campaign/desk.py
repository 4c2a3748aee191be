"""What *Hari ini* answers: what goes out today, what waits for me, what burns, what to do next."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from itertools import groupby

from django.db.models import Exists, OuterRef, QuerySet, Value
from django.db.models.functions import Concat
from django.urls import reverse

from campaign import chaining, election, registry
from campaign.access import may
from campaign.audit import about
from campaign.models import (
    Action,
    Campaign,
    Channel,
    Delivery,
    Health,
    Member,
    Notice,
    Role,
    RuleOverride,
    State,
)
from campaign.registry import Burning

DAY = timedelta(days=1)
NEXT = 3  # things of later days on the first page
MOST = 60  # things of a list on one phone screen's page
MOST_ROWS = 600  # envelopes of those: ten accounts each
FAILED_FOR = timedelta(days=3)  # so long a failed one stands among what burns
ONLY_OUT = (Role.TREASURER, Role.VOLUNTEER)  # they see what is public already


@dataclass(frozen=True)
class Outgoing:
    """One thing that leaves today, with its envelopes."""

    send_at: datetime
    text: str
    url: str
    envelopes: list[Delivery]

    @property
    def fates(self) -> list[tuple[str, str, str]]:
        """State, its name, and the accounts that are in it: one line where all went alike."""
        by_state: dict[str, list[Delivery]] = {}
        for envelope in self.envelopes:
            by_state.setdefault(envelope.state, []).append(envelope)
        return [
            (state, rows[0].get_state_display(), ", ".join(row.channel.called for row in rows))
            for state, rows in by_state.items()
        ]


@dataclass(frozen=True)
class Calendar:
    """Where in the election today is."""

    phase: election.Phase
    days_to_voting: int | None
    quiet_at: datetime | None
    has_voting_day: bool


def outgoing(member: Member, now: datetime) -> list[Outgoing]:
    """What leaves, or has left, on this day of the campaign's own zone, in order of time."""
    begin = _midnight(member.campaign, now)
    rows = _approved(member).filter(send_at__gte=begin, send_at__lt=begin + DAY)
    if member.role in ONLY_OUT:
        removed = Delivery.objects.filter(slot=Concat(OuterRef("slot"), Value("/take_down")), state=State.SENT)
        rows = rows.filter(~Exists(removed), state=State.SENT)
    return list(_by_thing(rows[:MOST_ROWS], member.campaign))[:MOST]


def upcoming(member: Member, now: datetime) -> list[Outgoing]:
    """The next few that leave on later days; nothing for those who see only what is out."""
    if member.role in ONLY_OUT:
        return []
    rows = _approved(member).filter(state=State.WAITING, send_at__gte=_midnight(member.campaign, now) + DAY)
    return list(_by_thing(rows[:MOST_ROWS], member.campaign))[:NEXT]


def _approved(member: Member) -> QuerySet[Delivery]:
    rows = Delivery.objects.visible_to(member).current().firsts().filter(action=Action.PUBLISH, cleared__isnull=False)
    return rows.select_related("channel").order_by("send_at", "slot")


def _midnight(campaign: Campaign, now: datetime) -> datetime:
    local = now.astimezone(campaign.tz)
    return datetime.combine(local.date(), time.min, tzinfo=local.tzinfo)


def _by_thing(rows: Iterable[Delivery], campaign: Campaign) -> Iterable[Outgoing]:
    for thing, group in groupby(rows, key=lambda row: (row.send_at, row.slot.partition("/")[0])):
        envelopes = list(group)
        for row in envelopes:
            row.campaign = campaign
        url = envelopes[0].get_absolute_url()
        if thing[1].startswith("post:"):
            url = reverse("campaign:post_detail", args=[campaign.slug, int(thing[1].removeprefix("post:"))])
        yield Outgoing(thing[0], envelopes[0].text, url, envelopes)


@dataclass(frozen=True)
class Trouble:
    """What burns: envelopes that need a person, accounts that are out of use, and what the apps have to tell."""

    envelopes: list[Delivery]
    channels: list[Channel]
    others: list[Burning]

    @property
    def about(self) -> set[str]:
        """How notices name these things."""
        return {about(thing) for thing in (*self.envelopes, *self.channels)} | {each.about for each in self.others}

    def __bool__(self) -> bool:
        return bool(self.envelopes or self.channels or self.others)


@dataclass(frozen=True)
class Shown:
    """One card of an app, with what its template takes."""

    template: str
    context: dict[str, object]

    @property
    def waits(self) -> bool:
        """Whether it asks its reader to do something: the card's own `waits`."""
        return bool(self.context.get("waits"))


def cards(member: Member, now: datetime) -> list[Shown]:
    """What the apps have to say to this member today."""
    drawn = ((card, card.context(member, now)) for card in sorted(registry.home_cards, key=lambda card: card.order))
    return [Shown(card.template, context) for card, context in drawn if context is not None]


def trouble(member: Member, now: datetime) -> Trouble:
    """For those who can do something about it; nothing for the others."""
    if not may(member, "delivery.decide"):
        return Trouble([], [], [])
    mine = Delivery.objects.visible_to(member).select_related("channel")
    stuck = mine.filter(state__in=[State.UNSURE, State.HELD, State.HANDED]).exclude(problem__in=chaining.REASONS)
    failed = mine.filter(state=State.FAILED, send_at__gte=now - FAILED_FOR)
    envelopes = list((stuck | failed).order_by("send_at")[:MOST])
    channels = list(Channel.objects.visible_to(member).filter(health=Health.RECONNECT))
    for envelope in envelopes:
        envelope.campaign = member.campaign
    for channel in channels:
        channel.campaign = member.campaign
    return Trouble(envelopes, channels, others(member, now))


def others(member: Member, now: datetime) -> list[Burning]:
    """What the apps have to tell that needs somebody now."""
    return [each for ask in registry.burning for each in ask(member, now)]


def open_notices(member: Member) -> list[Notice]:
    """What this member has been told and not yet dealt with, newest first."""
    return list(Notice.objects.visible_to(member).open().order_by("-made_at")[:MOST])


@dataclass(frozen=True)
class VotingDayStep:
    """A live campaign has no voting day; `override` is the one proposed, if any."""

    override: RuleOverride | None


def voting_day_step(member: Member, where: Calendar) -> VotingDayStep | None:
    """The step that opens everything else, for those who see the rules; None where the day is known."""
    if where.has_voting_day or member.campaign.is_practice or not may(member, "rules.see"):
        return None
    waiting = RuleOverride.objects.of(member.campaign).waiting()
    return VotingDayStep(waiting.filter(key="calendar.voting_day").first())


def calendar(campaign: Campaign, now: datetime) -> Calendar:
    """Phase, days until voting day, and when the quiet period begins if that is to come."""
    spans = election.spans(campaign)
    phase = election.phase_in(spans, now)
    begins = {span.phase: span.begin for span in spans}
    voting, quiet = begins.get(election.Phase.VOTING), begins.get(election.Phase.QUIET)
    days = (voting.astimezone(campaign.tz).date() - now.astimezone(campaign.tz).date()).days if voting else None
    to_come = days if days is not None and days >= 0 else None
    return Calendar(phase, to_come, quiet if quiet and quiet > now else None, voting is not None)
