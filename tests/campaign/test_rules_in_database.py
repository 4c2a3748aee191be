"""What the database itself holds of changed rules: two people, a day, and a history that stays."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import DatabaseError, transaction
from django.db.models import F
from django.utils import translation

from campaign import clock, election, overriding
from campaign.errors import Refused
from campaign.models import Campaign, Role, RuleOverride
from campaign.rules import KEYS
from tests import make

pytestmark = pytest.mark.django_db

WHY = "Keputusan KPU 12/2028"


@pytest.fixture(autouse=True)
def _in_english():
    with translation.override("en"):
        yield


@pytest.fixture
def manager(team):
    return team["manager"]


@pytest.fixture
def candidate(team):
    return team["candidate"]


def in_force(campaign, key):
    return election.rules_of(Campaign.objects.get(pk=campaign.pk))[key]


def test_what_one_person_loosens_never_takes_effect(campaign, manager, candidate, set_clock):
    override = overriding.ask(campaign, "campaign.quiet_days", 2, by=manager, reason=WHY)
    before = Campaign.objects.get(pk=campaign.pk).closed
    set_clock("interval '30 days'")
    assert overriding.begin_due() == 0
    assert in_force(campaign, "campaign.quiet_days") == 3
    assert Campaign.objects.get(pk=campaign.pk).closed == before
    now = clock.now()
    with pytest.raises(DatabaseError, match="two_and_a_day"), transaction.atomic():
        RuleOverride.objects.filter(pk=override.pk).update(began_at=now)


def test_nobody_agrees_to_what_they_asked_for(campaign, manager, candidate):
    override = make.loosening(of=campaign)
    with pytest.raises(Refused, match="Someone else"):
        overriding.agree(override, by=manager)
    now = clock.now()
    for agreed_as in (Role.MANAGER, Role.CANDIDATE):
        with pytest.raises(DatabaseError, match="agreed_by_the_other"), transaction.atomic():
            RuleOverride.objects.filter(pk=override.pk).update(
                agreed_by=manager, agreed_as=agreed_as, agreed_at=now, takes_effect_at=now + timedelta(days=1)
            )


def test_nobody_agrees_in_the_candidates_name(campaign, team):
    override, now = make.loosening(of=campaign), clock.now()
    second, stranger = make.member(of=campaign, role=Role.MANAGER), make.member(role=Role.CANDIDATE)
    for who in (second, stranger):
        with pytest.raises(DatabaseError, match="nobody of that role"), transaction.atomic():
            RuleOverride.objects.filter(pk=override.pk).update(
                agreed_by=who, agreed_as=Role.CANDIDATE, agreed_at=now, takes_effect_at=now + timedelta(days=1)
            )


def test_two_managers_are_not_manager_and_candidate(campaign, team):
    override = make.loosening(of=campaign)
    second = make.member(of=campaign, role=Role.MANAGER)
    with pytest.raises(Refused, match="needs both"):
        overriding.agree(override, by=second)
    now = clock.now()
    with pytest.raises(DatabaseError, match="agreed_by_the_other"), transaction.atomic():
        RuleOverride.objects.filter(pk=override.pk).update(
            agreed_by=second, agreed_as=Role.MANAGER, agreed_at=now, takes_effect_at=now + timedelta(days=1)
        )


@pytest.mark.parametrize("hours", [0, 23])
def test_the_database_wants_the_whole_day(campaign, candidate, hours, set_clock):
    override = make.loosening(of=campaign)
    now = clock.now()
    RuleOverride.objects.filter(pk=override.pk).update(
        agreed_by=candidate, agreed_as=Role.CANDIDATE, agreed_at=now, takes_effect_at=now + timedelta(hours=hours)
    )
    set_clock("interval '3 days'")
    with pytest.raises(DatabaseError, match="two_and_a_day"), transaction.atomic():
        RuleOverride.objects.filter(pk=override.pk).update(began_at=clock.now())


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"loosens": False}, "does not change"),
        ({"value": 1}, "does not change"),
        ({"reason": "Lain"}, "does not change"),
        ({"began_at": datetime(2099, 1, 1, tzinfo=UTC)}, "clock of a rule"),
    ],
)
def test_what_was_asked_never_changes_and_the_clock_is_the_databases(campaign, candidate, change, says):
    override = make.loosening(of=campaign)
    overriding.agree(override, by=candidate)
    with pytest.raises(DatabaseError, match=says), transaction.atomic():
        RuleOverride.objects.filter(pk=override.pk).update(**change)


def test_a_yes_cannot_be_dated_back_or_moved(campaign, candidate):
    override = make.loosening(of=campaign)
    past = clock.now() - timedelta(days=2)
    yes = {"agreed_by": candidate, "agreed_as": Role.CANDIDATE}
    with pytest.raises(DatabaseError, match="clock of a rule"), transaction.atomic():
        RuleOverride.objects.filter(pk=override.pk).update(
            **yes, agreed_at=past, takes_effect_at=past + timedelta(days=1)
        )
    overriding.agree(override, by=candidate)
    with pytest.raises(DatabaseError, match="does not change"), transaction.atomic():
        RuleOverride.objects.filter(pk=override.pk).update(takes_effect_at=F("agreed_at"))


def test_nothing_is_born_in_force(campaign, manager):
    with pytest.raises(DatabaseError, match="begins as a question"), transaction.atomic():
        RuleOverride.objects.create(
            campaign=campaign,
            key="campaign.quiet_days",
            value=1,
            reason=WHY,
            loosens=False,
            asked_by=manager,
            asked_as=manager.role,
            asked_at=clock.now(),
            began_at=clock.now(),
        )


def test_one_change_of_a_rule_waits_at_a_time(campaign, manager, candidate):
    make.loosening(of=campaign)
    for value in (1, 9):
        with pytest.raises(Refused, match="waiting already"):
            overriding.ask(campaign, "campaign.quiet_days", value, by=candidate, reason=WHY)
    with pytest.raises(DatabaseError, match="override_one_waiting"), transaction.atomic():
        RuleOverride.objects.create(
            campaign=campaign,
            key="campaign.quiet_days",
            value=1,
            reason=WHY,
            loosens=True,
            asked_by=manager,
            asked_as=manager.role,
            asked_at=clock.now(),
        )


def test_one_campaigns_rule_that_cannot_begin_does_not_hold_up_anothers(campaign, set_clock, monkeypatch):
    other = make.campaign(slug="lain")
    make.team(other)
    stuck, good = make.loosening(of=campaign), make.loosening(of=other)
    for override in (stuck, good):
        overriding.agree(override, by=make.someone(override.campaign, Role.CANDIDATE))
    set_clock("interval '25 hours'")
    seal = election.seal_calendar

    def fails(row):
        if row.pk == campaign.pk:
            raise OverflowError
        seal(row)

    monkeypatch.setattr(election, "seal_calendar", fails)
    assert overriding.begin_due() == 1
    assert RuleOverride.objects.get(pk=good.pk).began_at and not RuleOverride.objects.get(pk=stuck.pk).began_at


@pytest.mark.parametrize("day", ["0001-01-01", "1999-12-31", "2101-01-01", "9999-12-31"])
@pytest.mark.parametrize("key", ["calendar.voting_day", "calendar.dct"])
def test_a_day_that_no_election_has_is_refused(key, day):
    with pytest.raises(Refused):
        KEYS[key].check(day)
