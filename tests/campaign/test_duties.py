"""`…/tenggat/`: every deadline of the law, computed from the rules, with today between."""

from datetime import UTC, date, datetime

import pytest

from campaign import overriding
from campaign.duties import kinds, next_for, reading
from campaign.models import Campaign, Level, Mode, Role
from tests import make
from tests.campaign.doors import HTMX, only, url, words

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]

OF_2024 = {
    "accounts-register": date(2023, 11, 25),
    "rkdk": date(2023, 11, 27),
    "ladk": date(2024, 1, 7),
    "ladk-fix": date(2024, 1, 12),
    "accounts-close": date(2024, 2, 10),
    "lpsdk": date(2024, 2, 11),
    "treasury": date(2024, 2, 24),
    "lppdk": date(2024, 2, 29),
}
"""As KPU had them for Pemilu 2024."""
FROM_START = {"accounts-register", "rkdk"}


def live(ruleset: str, **fields) -> Campaign:
    return make.campaign(mode=Mode.LIVE, ruleset=ruleset, **fields)


def dates(campaign: Campaign, now: datetime = datetime(2024, 1, 1, tzinfo=UTC)) -> dict[str, date | None]:
    return {each.key: each.due for each in reading.of(campaign, now)}


# The table of dates ------------------------------------------------------------------------------


@pytest.mark.parametrize("level", Level)
def test_the_dates_of_2024_are_those_of_kpu_for_every_seat(level):
    campaign = live("PEMILU_2024")
    Campaign.objects.filter(pk=campaign.pk).update(level=level)
    campaign.refresh_from_db()
    assert dates(campaign) == OF_2024


def test_without_a_voting_day_nothing_has_a_date_and_each_says_what_is_missing():
    campaign = live("PEMILU_2029")
    standings = reading.of(campaign, datetime(2028, 1, 1, tzinfo=UTC))
    assert {each.key: each.missing for each in standings} == {
        key: "calendar.dct" if key in FROM_START else "calendar.voting_day" for key in OF_2024
    }
    assert {each.stage for each in standings} == {reading.Stage.UNKNOWN}
    assert all(each.is_unconfirmed for each in standings)


def test_the_start_is_never_guessed_where_the_final_list_is_unknown():
    campaign = live("PEMILU_2029", voting_day=date(2029, 2, 14))
    found = dates(campaign)
    assert {key for key, due in found.items() if due is None} == FROM_START
    assert found["ladk"] == date(2029, 1, 7)
    assert found["lppdk"] == date(2029, 3, 1)


def test_in_practice_they_are_counted_from_its_beginning(campaign):
    made = campaign.made_at.astimezone(campaign.tz).date()
    assert (dates(campaign)["ladk"] - made).days == 40 - 38
    assert (dates(campaign)["rkdk"] - made).days == -30 + 25 - 1


@pytest.mark.parametrize(
    ("key", "value", "moved"),
    [
        ("campaign.quiet_days", 5, {"accounts-close": date(2024, 2, 8), "lpsdk": date(2024, 2, 9),
                                    "treasury": date(2024, 2, 22)}),
        ("report.ladk_before_voting_days", 40, {"ladk": date(2024, 1, 5), "ladk-fix": date(2024, 1, 10)}),
        ("social.register_before_start_days", 7, {"accounts-register": date(2023, 11, 21)}),
        ("social.close_before_end_days", 2, {"accounts-close": date(2024, 2, 8)}),
        ("report.lppdk_after_voting_days", 10, {"lppdk": date(2024, 2, 24)}),
    ],
)  # fmt: skip
def test_a_rule_that_the_team_changes_moves_what_hangs_on_it_and_nothing_else(key, value, moved):
    campaign = live("PEMILU_2024")
    override = make.tightening(of=campaign, key=key, value=value)
    assert override.began_at
    campaign.refresh_from_db()
    assert dates(campaign) == OF_2024 | moved
    ours = [ground for each in reading.of(campaign, override.began_at) for ground in each.grounds if ground.is_ours]
    assert {ground.key for ground in ours} == {key}


@pytest.mark.parametrize(
    ("key", "later"),
    [
        ("rkdk.open_before_start_days", 0),
        ("report.ladk_before_voting_days", 30),
        ("report.ladk_fix_days", 10),
        ("report.lpsdk_entry_days", 3),
        ("report.lppdk_after_voting_days", 20),
        ("fund.treasury_days_after_campaign", 30),
    ],
)
def test_a_later_deadline_is_a_loosening_that_one_person_cannot_make(campaign, team, key, later):
    assert overriding.ask(campaign, key, later, by=team["manager"], reason="Uji").loosens


# Boundaries --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("zone", "moment", "stage"),
    [
        ("Asia/Jakarta", "2024-01-07T16:59:59+00:00", "due_today"),
        ("Asia/Jakarta", "2024-01-07T17:00:00+00:00", "overdue"),
        ("Asia/Makassar", "2024-01-07T15:59:59+00:00", "due_today"),
        ("Asia/Makassar", "2024-01-07T16:00:00+00:00", "overdue"),
        ("Asia/Jayapura", "2024-01-07T14:59:59+00:00", "due_today"),
        ("Asia/Jayapura", "2024-01-07T15:00:00+00:00", "overdue"),
        ("Asia/Jakarta", "2023-12-24T00:00:00+00:00", "soon"),
        ("Asia/Jakarta", "2023-12-23T16:59:59+00:00", "later"),
    ],
)
def test_a_day_ends_at_the_campaigns_own_midnight(zone, moment, stage):
    campaign = live("PEMILU_2024", zone=zone)
    found = reading.of(campaign, datetime.fromisoformat(moment))
    assert next(each.stage for each in found if each.key == "ladk") == stage


@pytest.mark.parametrize(
    ("days", "told"),
    [(7, "7 hari lagi"), (1, "besok"), (0, "hari ini"), (-1, "lewat 1 hari"), (-2, "lewat 2 hari")],
)
def test_the_countdown_is_in_words(days, told):
    assert reading.countdown(days) == told


# Who ---------------------------------------------------------------------------------------------


def test_money_is_the_treasurers_and_all_else_the_managers_unless_somebody_was_chosen(campaign, team):
    owners = {each.key: each.owner for each in reading.of(campaign, campaign.made_at)}
    assert owners["ladk"] == team["treasurer"]
    assert owners["accounts-register"] == team["manager"]
    team["treasurer"].suspended_at = campaign.made_at
    team["treasurer"].save()
    assert {each.owner for each in reading.of(campaign, campaign.made_at)} == {team["manager"]}


@pytest.mark.parametrize("level", Level)
def test_who_must_by_law_and_to_which_office_follows_from_the_seat(level):
    campaign = live("PEMILU_2024")
    campaign.level = level
    register = next(each for each in reading.of(campaign, campaign.made_at) if each.key == "accounts-register")
    assert register.who == ("Caleg" if level == Level.DPD else "Partai di tingkat kursi ini, bersama para calegnya")
    office = {Level.DPR: "kepada KPU dengan", Level.DPRD_REGENCY: "KPU Kabupaten/Kota"}.get(level, "KPU Provinsi")
    assert office in register.what


def test_every_duty_stands_on_rules_that_are_shipped():
    for ruleset in ("PEMILU_2024", "PEMILU_2029", "LATIHAN"):
        campaign = make.campaign(ruleset=ruleset)
        for each in reading.of(campaign, campaign.made_at):
            known = {ground.key for ground in each.grounds if not ground.key.startswith("calendar.")}
            assert known == {key for key in each.kind.rules if not key.startswith("calendar.")}, (ruleset, each.key)
            assert (len(each.grounds) > len(known)) is (each.due is not None)


def test_next_is_the_one_that_is_late_longest_or_due_first_and_volunteers_get_none(campaign, team):
    found = next_for(team["staff"], campaign.made_at)
    assert found and found.key == "accounts-register" and found.stage == "overdue"
    for key in ("accounts-register", "rkdk"):
        make.duty_done(of=campaign, key=key)
    found = next_for(team["treasurer"], campaign.made_at)
    assert found and found.key == "ladk" and found.days_left == 2
    assert next_for(team["volunteer"], campaign.made_at) is None
    for kind in kinds.of(campaign):
        make.duty_done(of=campaign, key=kind.key)
    assert next_for(team["staff"], campaign.made_at) is None


# The page ----------------------------------------------------------------------------------------


def test_it_shows_late_ones_before_today_and_the_calendar_among_what_comes(client, campaign, sign_in):
    sign_in(Role.STAFF)
    make.duty_done(of=campaign, key="rkdk")
    page = words(client.get(url("duties", campaign)))
    places = [
        page.index(text)
        for text in (
            "Register the official accounts", "8 days late", "<strong>Today</strong>", "(LADK)", "Quiet period",
            "Voting day", "(LPPDK)", "1 is done", "RKDK", "confirmed by Manager",
        )
    ]  # fmt: skip
    assert places == sorted(places)
    assert "UU 7/2017 Ps. 335 · reported by others" in page


def test_a_draft_says_so_and_leads_to_the_rules(client):
    campaign = live("PEMILU_2029")
    make.sign_in(client, make.someone(campaign, Role.MANAGER).user)
    page = words(client.get(url("duties", campaign)))
    assert "No deadline has a date yet" in page
    assert "Missing: Voting day" in page
    assert f"{url('rules', campaign)}#calendarvoting_day" in page
    rules = words(client.get(url("rules", campaign)))
    assert 'id="calendarvoting_day"' in rules
    assert "First report of the campaign fund (LADK)" in rules


def test_all_but_volunteers_see_it(client, sign_in, campaign):
    only(client, sign_in, url("duties", campaign), set(Role) - {Role.VOLUNTEER})
    only(client, sign_in, url("duty", campaign, "ladk"), set(Role) - {Role.VOLUNTEER})


def test_htmx_gets_the_part_and_the_questions_stay_the_same_number(
    client, campaign, team, sign_in, django_assert_max_num_queries, django_assert_num_queries
):
    sign_in(Role.MANAGER)
    assert "<html" not in words(client.get(url("duties", campaign), headers=HTMX))
    with django_assert_max_num_queries(14) as plain:
        client.get(url("duties", campaign))
    for kind in kinds.of(campaign):
        make.duty_done(of=campaign, key=kind.key, file=make.picture_file(size=(20, 20)))
    with django_assert_num_queries(len(plain)):
        client.get(url("duties", campaign))
