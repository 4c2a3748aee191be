"""How the duties of a campaign stand: when each is due, how many days are left, who looks after it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from campaign import election, rules
from campaign.access import may
from campaign.duties import kinds
from campaign.duties.kinds import MISSING, Days, DutyKind
from campaign.models import Campaign, Duty, Member, Role, Rule

COUNTED = {"calendar.voting_day": "calendar.voting_offset_days", "calendar.dct": "calendar.dct_offset_days"}
SOON = 14
"""Days before a deadline from which on it is soon; the first reminder goes out then."""


class Stage(StrEnum):
    """Where a duty is in its life; the template styles from it."""

    OVERDUE = "overdue"
    TODAY = "due_today"
    SOON = "soon"
    LATER = "later"
    UNKNOWN = "unknown"
    DONE = "done"


@dataclass(frozen=True)
class Ground:
    """One rule that a deadline follows from: what it says, and how sure that is."""

    label: str
    value: str
    source: str
    confidence: str
    is_unconfirmed: bool
    is_ours: bool
    key: str


@dataclass(frozen=True)
class Standing:
    """One duty of one campaign at one moment."""

    kind: DutyKind
    campaign: Campaign
    row: Duty | None
    owner: Member | None
    due: date | None
    begins: date | None
    days_left: int | None
    missing: str
    grounds: list[Ground]

    @property
    def key(self) -> str:
        return self.kind.key

    @property
    def name(self) -> str:
        return str(self.kind.name)

    @property
    def what(self) -> str:
        return self.kind.what(self.campaign)

    @property
    def who(self) -> str:
        return self.kind.who(self.campaign)

    @property
    def is_done(self) -> bool:
        return self.row is not None and self.row.done_at is not None

    @property
    def is_daily(self) -> bool:
        """Whether it is one of every day by now."""
        return self.begins is not None and self.due is not None and not self.is_done

    @property
    def stage(self) -> Stage:
        if self.is_done:
            return Stage.DONE
        if self.days_left is None:
            return Stage.UNKNOWN
        if self.days_left < 0:
            return Stage.OVERDUE
        if self.days_left == 0:
            return Stage.TODAY
        return Stage.SOON if self.days_left <= SOON else Stage.LATER

    @property
    def words(self) -> str:
        """The countdown: 7 days left, today, 2 days late, done."""
        if self.is_done:
            return _("done")
        if self.days_left is None:
            return _("no date yet")
        return countdown(self.days_left)

    @property
    def missing_label(self) -> str:
        return rules.label(self.missing) if self.missing else ""

    @property
    def is_unconfirmed(self) -> bool:
        return any(ground.is_unconfirmed for ground in self.grounds)

    def get_absolute_url(self) -> str:
        return reverse("campaign:duty", args=[self.campaign.slug, self.key])


def countdown(days: int) -> str:
    """So many days from today, in words; negative is past."""
    if days == 0:
        return _("today")
    if days == 1:
        return _("tomorrow")
    if days > 0:
        return ngettext("%(n)s day left", "%(n)s days left", days) % {"n": days}
    return ngettext("%(n)s day late", "%(n)s days late", -days) % {"n": -days}


def of(campaign: Campaign, now: datetime) -> list[Standing]:
    """Every duty of the campaign: by date, those without one last. Three queries, whatever stands there."""
    rows = {row.key: row for row in Duty.objects.of(campaign).select_related("owner__user", "done_by__user", "proof")}
    for row in rows.values():
        row.campaign = campaign
        if row.proof:
            row.proof.campaign = campaign
    return _standings(campaign, now, kinds.of(campaign), rows)


def one(campaign: Campaign, kind: DutyKind, now: datetime) -> Standing:
    """The same of one duty."""
    return next(each for each in of(campaign, now) if each.kind == kind)


def _standings(
    campaign: Campaign, now: datetime, wanted: Iterable[DutyKind], rows: Mapping[str, Duty]
) -> list[Standing]:
    law = {rule.key: rule for rule in election.shipped_rules(campaign)}
    in_force = {key: rule.value for key, rule in law.items()}
    if campaign.voting_day:
        in_force["calendar.voting_day"] = campaign.voting_day.isoformat()
    in_force |= campaign.own_rules
    days = kinds.days_of(campaign, in_force)
    today = now.astimezone(campaign.tz).date()
    people = defaults(campaign)
    found = []
    for kind in wanted:
        row, due = rows.get(kind.key), days.due(kind)
        found.append(
            Standing(
                kind=kind,
                campaign=campaign,
                row=row,
                owner=_owner(row, kind, people),
                due=due,
                begins=days.known[kind.is_daily_from] if kind.is_daily_from else None,
                days_left=None if due is None else (due - today).days,
                missing=_missing(kind, days),
                grounds=_grounds(campaign, kind, law, in_force),
            )
        )
    return sorted(found, key=lambda each: (each.due is None, each.due or date.max))


def defaults(campaign: Campaign) -> dict[str, Member]:
    """The first active manager and treasurer: who looks after what nobody was chosen for."""
    roles = (Role.MANAGER, Role.TREASURER)
    rows = Member.objects.active().filter(campaign=campaign, role__in=roles).select_related("user").order_by("-pk")
    return {row.role: row for row in rows}


def _owner(row: Duty | None, kind: DutyKind, people: dict[str, Member]) -> Member | None:
    chosen = row.owner if row else None
    if chosen and chosen.suspended_at is None and chosen.user.is_active:
        return chosen
    return (people.get(Role.TREASURER) if kind.is_money else None) or people.get(Role.MANAGER)


def _missing(kind: DutyKind, days: Days) -> str:
    return MISSING[kind.anchor] if days.known[kind.anchor] is None else ""


def _grounds(
    campaign: Campaign, kind: DutyKind, law: Mapping[str, Rule], in_force: Mapping[str, object]
) -> list[Ground]:
    """The rules it stands on, as far as they are known; practice counts its days from its own beginning."""
    keys = (key if key in in_force else COUNTED.get(key, key) for key in kind.rules)
    return [ground(campaign, key, law.get(key), in_force[key]) for key in keys if key in in_force]


def ground(campaign: Campaign, key: str, rule: Rule | None, value: object) -> Ground:
    """One rule as it holds for `campaign`, with its source; `rule` is the row as shipped, if there is one."""
    is_ours = key in campaign.own_rules
    return Ground(
        label=rules.label(key),
        value=rules.in_words(key, value),
        source=_("changed by the team") if is_ours else rule.source if rule else _("told when this campaign was made"),
        confidence=str(rule.get_confidence_display()) if rule and not is_ours else "",
        is_unconfirmed=rule is not None and rule.confidence == "U" and not is_ours,
        is_ours=is_ours,
        key=key,
    )


# For other pages ---------------------------------------------------------------------------------


def open_of(campaign: Campaign, now: datetime) -> list[Standing]:
    """Those with a date that are not done, the most urgent first."""
    return [each for each in of(campaign, now) if each.due and not each.is_done]


def next_for(member: Member, now: datetime) -> Standing | None:
    """The duty that is due next, or late longest; None where there is none or `member` does not see duties.

    On a page: `{{ duty.name }}`, `{{ duty.words }}`, `{{ duty.stage }}`, `{{ duty.get_absolute_url }}`.
    """
    if not may(member, "duty.see"):
        return None
    return next(iter(open_of(member.campaign, now)), None)


def may_change(member: Member, kind: DutyKind) -> bool:
    """Whether `member` confirms this duty: a manager each, a treasurer those of money."""
    return may(member, "duty.change_any") or (may(member, "duty.change") and kind.is_money)
