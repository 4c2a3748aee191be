"""The election calendar: each boundary as the law and KPU set it, and what each part of it allows."""

import json
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest
from django.apps import apps
from django.db import DatabaseError, connection, transaction
from django.db.models.signals import post_migrate
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from campaign import clock, election, rulesets
from campaign.election import TABLE, Phase, Verdict
from campaign.models import Campaign, Kind, Mode, Rule, Ruleset, Zone
from tests import make

pytestmark = pytest.mark.django_db

# The offset is written out: the test must not lean on the same table of zones as the code.
OFFSETS = {Zone.WIB: "+07:00", Zone.WITA: "+08:00", Zone.WIT: "+09:00"}
# KPU's calendar of 2024: final list 3 November, campaign from 28 November, ads and rallies from 21 January, quiet
# days 11 to 13 February, voting on 14 February. The quiet period begins 5 minutes early, for clocks differ.
BOUNDARIES = [
    ("2023-11-03T00:00:00", Phase.PREPARATION, Phase.BEFORE),
    ("2023-11-28T00:00:00", Phase.BEFORE, Phase.CAMPAIGN),
    ("2024-01-21T00:00:00", Phase.CAMPAIGN, Phase.ADS),
    ("2024-02-10T23:55:00", Phase.ADS, Phase.QUIET),
    ("2024-02-14T00:00:00", Phase.QUIET, Phase.VOTING),
    ("2024-02-15T00:00:00", Phase.VOTING, Phase.AFTER),
]
MOMENT = timedelta(microseconds=1)


def of_2024(zone: str = Zone.WIB) -> Campaign:
    return make.campaign(mode=Mode.LIVE, ruleset="PEMILU_2024", zone=zone)


def at(local: str, zone: str) -> datetime:
    return datetime.fromisoformat(local + OFFSETS[Zone(zone)])


@pytest.mark.parametrize("zone", Zone)
@pytest.mark.parametrize(("local", "before", "since"), BOUNDARIES)
def test_each_phase_of_2024_begins_to_the_moment(zone: str, local: str, before: Phase, since: Phase):
    campaign, boundary = of_2024(zone), at(local, zone)
    assert election.phase_at(campaign, boundary - MOMENT) == before
    assert election.phase_at(campaign, boundary) == since


@pytest.mark.parametrize("zone", Zone)
def test_the_quiet_period_begins_five_minutes_before_its_first_day(zone: str):
    assert election.quiet_begins(of_2024(zone)) == at("2024-02-11T00:00:00", zone) - timedelta(minutes=5)


def test_the_campaign_of_2024_had_75_days_and_21_of_them_for_ads():
    campaign = of_2024()
    noons = [at("2023-11-01T12:00:00", Zone.WIB) + timedelta(days=number) for number in range(120)]
    days = [election.phase_at(campaign, noon) for noon in noons]
    assert days.count(Phase.ADS) == 21
    assert days.count(Phase.CAMPAIGN) + days.count(Phase.ADS) == 75
    assert (days.count(Phase.QUIET), days.count(Phase.VOTING)) == (3, 1)


# An election whose day nobody has fixed ----------------------------------------------------------


def test_without_a_voting_day_no_campaigning_may_leave_and_other_posts_may():
    campaign = make.campaign(mode=Mode.LIVE, ruleset="PEMILU_2029")
    for year in (2026, 2029, 2040):
        moment = datetime(year, 2, 14, tzinfo=UTC)
        assert election.verdict(campaign, Kind.CAMPAIGN, moment) == (Verdict.BLOCK, Phase.PREPARATION)
        assert election.verdict(campaign, Kind.OTHER, moment) == (Verdict.ALLOW, Phase.PREPARATION)
    assert election.quiet_begins(campaign) is None
    assert campaign.closed["campaign"] == [["-infinity", "infinity"]]
    assert campaign.closed["other"] == []


def test_without_a_final_list_the_campaign_begins_with_the_ads_and_no_earlier():
    campaign = make.campaign(mode=Mode.LIVE, ruleset="PEMILU_2029", voting_day=date(2029, 2, 14))
    ads = at("2029-01-21T00:00:00", Zone.WIB)
    assert election.phase_at(campaign, ads - MOMENT) == Phase.BEFORE
    assert election.phase_at(campaign, ads) == Phase.ADS
    assert election.verdict(campaign, Kind.CAMPAIGN, at("2029-02-12T12:00:00", Zone.WIB))[0] == Verdict.BLOCK


def test_the_draft_of_2029_admits_that_nobody_has_confirmed_it():
    rulesets.ship()
    ruleset = Ruleset.objects.get(code="PEMILU_2029")
    assert ruleset.is_draft
    law = ruleset.rules.exclude(key__in=[key for key, *_rest in rulesets.STANDING])
    assert set(law.values_list("confidence", flat=True)) == {"U"}


# Practice ----------------------------------------------------------------------------------------


def test_practice_is_in_its_campaign_and_votes_in_forty_days():
    campaign, now = make.campaign(), clock.now()
    assert election.phase_at(campaign, now) == Phase.CAMPAIGN
    assert election.verdict(campaign, Kind.CAMPAIGN, now)[0] == Verdict.ALLOW
    today = now.astimezone(campaign.tz).date()
    voting = next(span.begin for span in election.spans(campaign) if span.phase == Phase.VOTING)
    assert voting
    assert voting.astimezone(campaign.tz).date() == today + timedelta(days=40)


# The table ---------------------------------------------------------------------------------------


def test_the_table_names_every_kind_in_every_phase():
    assert set(TABLE) == set(Phase)
    assert all(set(row) == set(Kind) for row in TABLE.values())


@pytest.mark.parametrize("kind", Kind)
def test_nothing_at_all_leaves_in_the_quiet_period_and_on_voting_day(kind: Kind):
    assert TABLE[Phase.QUIET][kind] == TABLE[Phase.VOTING][kind] == Verdict.BLOCK


def test_campaigning_is_for_the_campaign_and_ads_for_their_window():
    may = {kind: {phase for phase in Phase if TABLE[phase][kind] != Verdict.BLOCK} for kind in Kind}
    assert may[Kind.CAMPAIGN] == may[Kind.FUNDRAISING] == {Phase.CAMPAIGN, Phase.ADS}
    assert may[Kind.AD] == {Phase.ADS}
    assert may[Kind.OTHER] == may[Kind.NOTICE] == set(Phase) - {Phase.QUIET, Phase.VOTING}


# What the gate reads -----------------------------------------------------------------------------


def closed_in_row(closed: dict[str, list[list[str]]], kind: str, moment: datetime) -> bool:
    def edge(text: str) -> datetime:
        far = {"-infinity": datetime.min, "infinity": datetime.max}  # noqa: DTZ901
        return far[text].replace(tzinfo=UTC) if text in far else datetime.fromisoformat(text)

    return any(edge(begin) <= moment < edge(end) for begin, end in closed[kind])


def closed_in_database(closed: dict[str, list[list[str]]], kind: str, moment: datetime) -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT campaign_is_closed(%s::jsonb, %s, %s)", [json.dumps(closed), kind, moment])
        row = cursor.fetchone()
    assert row
    return bool(row[0])


# Voting days around everything that a ruleset fixes by date, and none at all.
days = st.none() | st.dates(date(2023, 9, 1), date(2024, 6, 30))
moments = st.datetimes(datetime(2023, 8, 1), datetime(2024, 8, 1), timezones=st.just(UTC))  # noqa: DTZ001


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    code=st.sampled_from(["PEMILU_2024", "PEMILU_2029", "LATIHAN"]),
    zone=st.sampled_from(list(Zone)),
    day=days,
    kind=st.sampled_from(list(Kind)),
    picked=st.lists(moments, min_size=3, max_size=3),
    nudge=st.sampled_from([-MOMENT, timedelta(0), MOMENT]),
)
def test_what_is_sealed_into_the_row_is_what_the_calendar_says(code, zone, day, kind, picked, nudge):
    if not Ruleset.objects.exists():
        rulesets.ship()
    made_at = datetime(2023, 12, 1, 3, tzinfo=UTC)
    campaign = Campaign(ruleset=Ruleset.objects.get(code=code), zone=zone, voting_day=day, made_at=made_at)
    spans = election.spans(campaign)
    assert spans[0].begin is None
    assert spans[-1].end is None
    for span, following in pairwise(spans):
        assert span.end == following.begin, "no gap and no overlap"
        assert span.end is not None
        assert span.begin is None or span.begin <= span.end, "in order"
    closed = election.closed(campaign)
    for moment in (*picked, *(span.end + nudge for span in spans if span.end)):
        blocked = election.verdict(campaign, kind, moment)[0] == Verdict.BLOCK
        assert blocked == closed_in_row(closed, kind, moment) == closed_in_database(closed, kind, moment)


def test_a_kind_that_the_row_does_not_name_is_closed():
    assert closed_in_database({}, "campaign", clock.now())


def test_a_change_of_dates_is_sealed_into_the_row():
    campaign = make.campaign()
    campaign.voting_day = (clock.now() + timedelta(days=2)).date()
    campaign.save()
    assert not closed_in_row(campaign.closed, "campaign", clock.now())
    election.seal_calendar(campaign)
    campaign.refresh_from_db()
    assert closed_in_row(campaign.closed, "campaign", clock.now())


# The law as shipped ------------------------------------------------------------------------------


def test_the_shipped_law_is_that_of_the_books():
    rulesets.ship()
    values = rulesets.values(Ruleset.objects.get(code="PEMILU_2024"), date(2024, 1, 1))
    wanted = {
        "campaign.start_after_dct_days": 25,
        "campaign.quiet_days": 3,
        "ads.window_days": 21,
        "social.max_accounts_per_app": 20,
        "social.register_before_start_days": 3,
        "voting.close_local": "13:00",
        "quickcount.after_close_hours": 2,
        "calendar.voting_day": "2024-02-14",
    }
    assert {key: values[key] for key in wanted} == wanted
    assert not Rule.objects.filter(source="").exists()


@pytest.mark.parametrize(
    "statement", ["UPDATE campaign_rule SET value = '1'", "DELETE FROM campaign_rule", "TRUNCATE campaign_rule"]
)
def test_the_database_refuses_to_change_the_law(statement: str):
    rulesets.ship()
    with pytest.raises(DatabaseError, match="the law is shipped"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


def test_shipping_twice_changes_nothing():
    rulesets.ship()
    before = [list(table.objects.order_by("pk").values()) for table in (Ruleset, Rule)]
    rulesets.ship()
    assert [list(table.objects.order_by("pk").values()) for table in (Ruleset, Rule)] == before


def test_of_two_values_the_newest_that_has_begun_is_in_force():
    rulesets.ship()
    ruleset = Ruleset.objects.get(code="PEMILU_2029")
    ruleset.rules.create(key="campaign.quiet_days", value=5, valid_from=date(2028, 1, 1), source="uji", confidence="U")
    assert rulesets.values(ruleset, date(2027, 12, 31))["campaign.quiet_days"] == 3
    assert rulesets.values(ruleset, date(2028, 1, 1))["campaign.quiet_days"] == 5


def test_a_voting_day_that_ships_with_a_new_version_closes_the_gate(monkeypatch):
    campaign = make.campaign(mode=Mode.LIVE, ruleset="PEMILU_2029")
    assert not campaign.closed["other"]  # nobody knows the day yet
    name, is_final, rules = rulesets.SHIPPED["PEMILU_2029"]
    day = (clock.now().astimezone(campaign.tz) + timedelta(days=1)).date()
    told = [*rules, ("calendar.voting_day", day.isoformat(), "KPU", "A")]
    monkeypatch.setitem(rulesets.SHIPPED, "PEMILU_2029", (name, is_final, told))
    config = apps.get_app_config("campaign")
    post_migrate.send(sender=config, app_config=config, verbosity=0, interactive=False, using="default")
    campaign.refresh_from_db()
    assert election.phase_at(campaign, clock.now()) == Phase.QUIET
    assert campaign.closed == election.closed(campaign) and campaign.closed["other"]
