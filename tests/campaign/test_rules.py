"""Law is data: shipped read-only, overridden per campaign, loosened only by two people and a day's delay."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import translation

from campaign import clock, election, overriding, rules, rulesets, settling, tasks, wording
from campaign.election import Phase
from campaign.errors import Refused
from campaign.models import AuditRow, Campaign, Delivery, Kind, Mode, Notice, Role, RuleOverride, State
from tests import make
from tests.campaign.test_election import closed_in_row

pytestmark = pytest.mark.django_db

WHY = "Keputusan KPU 12/2028"
EARLY = "campaign.quiet_early_minutes"  # 5 as shipped; more of them only closes


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


def of_2029(**fields):
    """A live campaign of the draft, without a voting day, with its team."""
    campaign = make.campaign(mode=Mode.LIVE, ruleset="PEMILU_2029", **fields)
    return campaign, make.team(campaign)


def in_force(campaign, key):
    return election.rules_of(Campaign.objects.get(pk=campaign.pk))[key]


def verbs():
    return list(AuditRow.objects.filter(verb__startswith="rules.").order_by("pk").values_list("verb", flat=True))


# The table of rules ------------------------------------------------------------------------------


def test_every_shipped_rule_is_in_the_table_and_within_its_bounds():
    for _name, _is_draft, shipped in rulesets.SHIPPED.values():
        for key, value, _source, _confidence in shipped:
            assert rules.KEYS[key].check(value) == value


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("campaign.quiet_days", 0),
        ("campaign.quiet_days", 31),
        ("campaign.quiet_days", True),
        ("campaign.quiet_days", "3"),
        ("campaign.quiet_days", None),
        ("calendar.voting_day", "besok"),
        ("calendar.voting_day", 7),
        ("voting.close_local", "25:00"),
    ],
)
def test_an_impossible_value_is_refused(key, value):
    with pytest.raises(Refused):
        rules.KEYS[key].check(value)


# Tightening --------------------------------------------------------------------------------------


@pytest.mark.parametrize("role", [Role.MANAGER, Role.CANDIDATE])
def test_what_tightens_is_in_force_at_once(campaign, team, role):
    override = overriding.ask(campaign, EARLY, 60, by=team[role], reason=WHY)
    assert not override.loosens
    assert in_force(campaign, EARLY) == 60
    assert verbs() == ["rules.ask", "rules.begin"]
    assert not Notice.objects.exists()


def test_what_tightens_closes_the_gate_and_holds_what_is_due(campaign, manager):
    row = make.delivery(on=make.channel(of=campaign))
    other = make.delivery(on=make.channel(of=make.campaign()))
    overriding.ask(campaign, "campaign.start_after_dct_days", 60, by=manager, reason=WHY)
    campaign.refresh_from_db()
    assert closed_in_row(campaign.closed, "campaign", clock.now())
    settling.sweep()
    row.refresh_from_db()
    other.refresh_from_db()
    assert (row.state, row.problem) == (State.HELD, "phase")
    assert other.state == State.WAITING


def test_what_is_planned_into_the_closed_time_is_held_when_it_falls_due(campaign, manager, set_clock):
    quiet = election.quiet_begins(campaign)
    assert quiet
    planned = quiet - timedelta(hours=2)
    row = make.delivery(on=make.channel(of=campaign), send_at=planned)
    overriding.ask(campaign, EARLY, 240, by=manager, reason=WHY)
    settling.sweep()
    assert Delivery.objects.get(pk=row.pk).state == State.WAITING
    minutes = (planned - clock.now()) // timedelta(minutes=1) + 2
    set_clock(f"interval '{minutes} minutes'")
    settling.sweep()
    assert Delivery.objects.get(pk=row.pk).state == State.HELD


# Loosening ---------------------------------------------------------------------------------------


def test_after_the_others_yes_it_takes_a_day_and_no_second_less(campaign, manager, candidate, set_clock):
    override = overriding.ask(campaign, "campaign.quiet_days", 2, by=manager, reason=WHY)
    overriding.agree(override, by=candidate)
    set_clock("interval '23 hours 59 minutes'")
    tasks.begin_rules()
    assert in_force(campaign, "campaign.quiet_days") == 3
    set_clock("interval '24 hours 1 minute'")
    tasks.begin_rules()
    tasks.begin_rules()
    assert in_force(campaign, "campaign.quiet_days") == 2
    assert verbs() == ["rules.ask", "rules.agree", "rules.begin"]
    row = Campaign.objects.get(pk=campaign.pk)
    assert row.closed == election.closed(row) != campaign.closed


@pytest.mark.parametrize(("asks", "agrees"), [("manager", "candidate"), ("candidate", "manager")])
def test_each_of_the_two_may_ask_and_the_other_agrees(campaign, team, asks, agrees):
    override = make.loosening(of=campaign, by=asks)
    (told,) = Notice.objects.open()
    assert (told.kind, told.member) == ("rules_agree", team[agrees])
    overriding.agree(override, by=team[agrees])
    assert not Notice.objects.open().exists()


def test_without_a_candidate_nothing_is_loosened_and_the_sentence_says_whom_to_add(campaign):
    alone = make.member(of=campaign, role=Role.MANAGER)
    make.member(of=campaign, role=Role.CANDIDATE, suspended_at=clock.now())
    with pytest.raises(Refused, match="Add the candidate"):
        overriding.ask(campaign, "campaign.quiet_days", 2, by=alone, reason=WHY)
    assert not RuleOverride.objects.exists()
    overriding.ask(campaign, EARLY, 10, by=alone, reason=WHY)


def test_a_longer_quiet_period_moves_the_window_of_advertisements_and_so_loosens_too(campaign, manager, candidate):
    told = overriding.look(campaign, "campaign.quiet_days", 5, by=manager, reason=WHY)
    assert told.loosens
    assert {kind for stretch in told.opens for kind in stretch.kinds} == {Kind.AD}
    assert {kind for stretch in told.closes for kind in stretch.kinds} == set(Kind)


@pytest.mark.parametrize("role", [Role.STAFF, Role.TREASURER, Role.VOLUNTEER])
def test_nobody_else_asks_agrees_or_refuses(campaign, team, role):
    override = make.loosening(of=campaign)
    steady = make.tightening(of=campaign)
    for attempt in (
        lambda: overriding.ask(campaign, "ads.window_days", 3, by=team[role], reason=WHY),
        lambda: overriding.agree(override, by=team[role]),
        lambda: overriding.refuse(override, by=team[role]),
        lambda: overriding.end(steady, by=team[role], reason=WHY),
    ):
        with pytest.raises(PermissionDenied):
            attempt()


@pytest.mark.parametrize(
    ("key", "value", "reason", "says"),
    [
        ("campaign.quiet_days", 3, WHY, "in force already"),
        (EARLY, 60, "  ", "why"),
        ("campaign.quiet_days", 99, WHY, "from 1 to 30"),
        ("tidak.ada", 1, WHY, "no such rule"),
        ("calendar.voting_day", "2029-02-14", WHY, "no such rule"),  # practice counts days instead
    ],
)
def test_what_makes_no_sense_is_refused(campaign, manager, candidate, key, value, reason, says):
    with pytest.raises(Refused, match=says):
        overriding.ask(campaign, key, value, by=manager, reason=reason)


# Refusing, withdrawing, ending -------------------------------------------------------------------


@pytest.mark.parametrize("after_yes", [False, True])
def test_until_it_takes_effect_it_can_be_refused(campaign, manager, candidate, set_clock, after_yes):
    override = make.loosening(of=campaign)
    if after_yes:
        overriding.agree(override, by=candidate)
    overriding.refuse(override, by=candidate)
    (told,) = Notice.objects.open()
    assert (told.kind, told.member) == ("rules_refused", manager)
    assert "Quiet period" in wording.notice(told.kind, told.params)
    set_clock("interval '3 days'")
    assert overriding.begin_due() == 0
    with pytest.raises(Refused, match="decided already"):
        overriding.agree(override, by=candidate)
    assert verbs()[-1] == "rules.refuse"
    make.loosening(of=campaign)  # and may be asked again


def test_whoever_asked_may_take_it_back(campaign, manager, candidate):
    override = make.loosening(of=campaign)
    overriding.refuse(override, by=manager)
    assert not Notice.objects.open().exists()
    assert verbs()[-1] == "rules.withdraw"


def test_going_back_to_the_shipped_rule_is_a_change_as_any_other(campaign, manager, candidate, set_clock):
    tight = overriding.ask(campaign, EARLY, 60, by=manager, reason=WHY)
    back = overriding.end(tight, by=manager, reason="Salah baca")
    assert back.loosens
    assert in_force(campaign, EARLY) == 60
    overriding.agree(back, by=candidate)
    set_clock("interval '25 hours'")
    assert overriding.begin_due() == 1
    assert in_force(campaign, EARLY) == 5
    assert not RuleOverride.objects.in_force().exists()
    with pytest.raises(Refused, match="not in force"):
        overriding.end(tight, by=manager, reason="Lagi")


def test_going_back_from_a_looser_rule_is_done_at_once(campaign, manager, candidate, set_clock):
    loose = make.loosening(of=campaign, key=EARLY, value=1)
    overriding.agree(loose, by=candidate)
    set_clock("interval '25 hours'")
    overriding.begin_due()
    loose.refresh_from_db()
    overriding.end(loose, by=candidate, reason="Terlalu longgar")
    assert in_force(campaign, EARLY) == 5


def test_a_new_value_takes_the_place_of_the_old(campaign, manager):
    for value in (50, 70):
        overriding.ask(campaign, EARLY, value, by=manager, reason=WHY)
    (row,) = RuleOverride.objects.in_force()
    assert (row.value, in_force(campaign, EARLY)) == (70, 70)


def test_a_rule_outside_the_calendar_has_a_direction_of_its_own(campaign, manager, candidate):
    assert make.loosening(of=campaign, key="social.max_accounts_per_app", value=21).loosens
    assert not overriding.ask(campaign, "quickcount.after_close_hours", 3, by=manager, reason=WHY).loosens
    assert overriding.ask(campaign, "voting.close_local", "12:00", by=manager, reason=WHY).loosens


def test_no_campaign_changes_anothers_rules(campaign, manager):
    other = make.campaign()
    overriding.ask(campaign, EARLY, 60, by=manager, reason=WHY)
    assert in_force(other, EARLY) == 5


# The voting day of the draft ---------------------------------------------------------------------


def test_the_voting_day_of_the_draft_is_set_by_two_and_a_day(set_clock):
    campaign, team = of_2029()
    override = overriding.ask(campaign, "calendar.voting_day", date(2029, 2, 14), by=team["manager"], reason=WHY)
    assert override.loosens, "it opens the campaign period"
    assert (
        election.phase_at(Campaign.objects.get(pk=campaign.pk), datetime(2029, 2, 1, tzinfo=UTC)) == Phase.PREPARATION
    )
    overriding.agree(override, by=team["candidate"])
    set_clock("interval '25 hours'")
    overriding.begin_due()
    row = Campaign.objects.get(pk=campaign.pk)
    assert election.phase_at(row, datetime(2029, 2, 1, tzinfo=UTC)) == Phase.ADS
    assert not closed_in_row(row.closed, "campaign", datetime(2029, 2, 1, tzinfo=UTC))
    assert closed_in_row(row.closed, "campaign", datetime(2029, 2, 13, tzinfo=UTC))


def test_an_override_goes_before_what_the_campaign_began_with(set_clock):
    campaign, team = of_2029(voting_day=date(2029, 2, 14))
    override = overriding.ask(campaign, "calendar.voting_day", "2029-02-21", by=team["manager"], reason=WHY)
    overriding.agree(override, by=team["candidate"])
    set_clock("interval '25 hours'")
    overriding.begin_due()
    assert in_force(campaign, "calendar.voting_day") == "2029-02-21"


def test_a_voting_day_in_the_past_is_refused():
    campaign, team = of_2029()
    with pytest.raises(Refused, match="past"):
        overriding.ask(campaign, "calendar.voting_day", "2024-02-14", by=team["manager"], reason=WHY)
