"""The record as the page shows it: searched, by pages, each row in words; and how far it is sealed."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db.models import QuerySet

from campaign import record_words
from campaign.forms_record import POSKO, Asked
from campaign.models import AuditRow, Campaign, DaySeal, Member, Seal

PER_PAGE = 50
LONGEST = timedelta(hours=1)
"""No transaction of ours runs as long: a row's number and its time are in the same order but for so much."""


@dataclass(frozen=True)
class Line:
    """One row of the record in words."""

    row: AuditRow
    sentence: str
    thing: str
    url: str

    @property
    def has_history(self) -> bool:
        """Whether it can be searched for by its name."""
        return self.thing != self.row.about


@dataclass(frozen=True)
class Page:
    """One page of what was found; `older` names the row after which the next one begins."""

    lines: list[Line]
    older: int | None


@dataclass(frozen=True)
class SealState:
    """How far the record is sealed, and when somebody last had it checked."""

    sealed_until: datetime | None
    day: date | None
    checked: AuditRow | None

    @property
    def was_unbroken(self) -> bool:
        return self.checked is not None and not self.checked.details.get("flaws")


def rows(campaign: Campaign, asked: Asked) -> "QuerySet[AuditRow]":
    """The campaign's rows that were asked for, the newest first."""
    found = AuditRow.objects.filter(campaign_id=campaign.pk)
    if asked.who == POSKO:
        found = found.filter(member_id=None)
    elif asked.who:
        found = found.filter(member_id=int(asked.who))
    if asked.kind:
        found = found.filter(verb__in=record_words.verbs_of(asked.kind))
    if asked.about:
        found = found.filter(about=asked.about)
    return _between(found, campaign, asked).order_by("-pk")


def _between(found: "QuerySet[AuditRow]", campaign: Campaign, asked: Asked) -> "QuerySet[AuditRow]":
    """Rows of a period. Their numbers are bounded too, so that old ones are found without reading the newer."""
    ours = AuditRow.objects.filter(campaign_id=campaign.pk)
    if asked.since:
        begin = _midnight(campaign, asked.since)
        before = ours.filter(at__lt=begin - LONGEST).order_by("-at").values_list("pk", flat=True).first()
        found = found.filter(at__gte=begin)
        found = found.filter(pk__gt=before) if before else found
    if asked.until:
        end = _midnight(campaign, asked.until + timedelta(days=1))
        after = ours.filter(at__gte=end + LONGEST).order_by("at").values_list("pk", flat=True).first()
        found = found.filter(at__lt=end)
        found = found.filter(pk__lt=after) if after else found
    return found


def _midnight(campaign: Campaign, day: date) -> datetime:
    return datetime.combine(day, time.min, tzinfo=campaign.tz)


def page(member: Member, asked: Asked, before: int | None) -> Page:
    """What was asked for, from the row after `before` on."""
    found = rows(member.campaign, asked)
    if before is not None:
        found = found.filter(pk__lt=before)
    taken = list(found[: PER_PAGE + 1])
    shown = taken[:PER_PAGE]
    urls = record_words.addresses(member, shown)
    return Page(list(in_words(shown, urls)), shown[-1].pk if len(taken) > PER_PAGE else None)


def in_words(found: Iterable[AuditRow], urls: dict[str, str] | None = None) -> Iterator[Line]:
    """Rows as lines; the tables of words are read once."""
    sentences, things = record_words.sentences(), record_words.things()
    for row in found:
        thing = record_words.name_of(row.about, things)
        yield Line(row, record_words.sentence(row, sentences), thing, (urls or {}).get(row.about, ""))


def seal_state(campaign: Campaign) -> SealState:
    """How far the chain reaches, the newest day's seal, and this campaign's last check."""
    end = Seal.objects.order_by("-position").first()
    row = AuditRow.objects.filter(pk=end.row).first() if end else None
    day = DaySeal.objects.order_by("-day").values_list("day", flat=True).first()
    checks = AuditRow.objects.filter(campaign_id=campaign.pk, verb="record.verify")
    return SealState(row.at if row else None, day, checks.order_by("-pk").first())
