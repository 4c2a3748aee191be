"""Asking for another value: first what follows, then the question."""

from datetime import timedelta

import pytest

from campaign import clock
from campaign.models import Mode, Role, RuleOverride
from tests import make
from tests.campaign.doors import DECIDERS, HTMX, only, url, words

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]
TIGHT = {"value": "60", "reason": "Jam kita meleset"}
LOOSE = {"value": "1", "reason": "Jam kita tepat"}


@pytest.fixture
def address(campaign):
    return url("change_rule", campaign, "campaign.quiet_early_minutes")


def test_the_form_shows_what_holds_and_where_it_comes_from(client, campaign, sign_in, address):
    sign_in(Role.MANAGER)
    page = words(client.get(address))
    for text in ("5 minutes", "Posko: jam platform berbeda", 'value="5"', "See what follows"):
        assert text in page
    assert "seen" not in client.get(address).context


def test_the_first_press_shows_what_it_closes_and_saves_nothing(client, campaign, sign_in, address):
    sign_in(Role.MANAGER)
    answer = client.post(address, TIGHT)
    assert answer.status_code == 200
    page = words(answer)
    for text in ("This tightens the rule.", "closes", "Jam kita meleset", 'value="60"'):
        assert text in page
    assert not RuleOverride.objects.exists()


def test_the_second_press_changes_it(client, campaign, sign_in, address):
    sign_in(Role.MANAGER)
    seen = client.post(address, TIGHT).context["seen"]
    answer = client.post(address, TIGHT | {"seen": seen})
    assert (answer.status_code, answer["Location"]) == (303, url("rules", campaign))
    campaign.refresh_from_db()
    assert campaign.own_rules == {"campaign.quiet_early_minutes": 60}


def test_htmx_goes_back_to_the_rules(client, campaign, sign_in, address):
    sign_in(Role.MANAGER)
    first = client.post(address, TIGHT, headers=HTMX)
    assert "<html" not in words(first)
    answer = client.post(address, TIGHT | {"seen": first.context["seen"]}, headers=HTMX)
    assert answer["HX-Redirect"] == url("rules", campaign)


def test_a_loosening_names_who_must_agree_and_then_waits(client, campaign, team, sign_in, address):
    sign_in(Role.CANDIDATE)
    first = client.post(address, LOOSE)
    page = words(first)
    assert "This loosens the rule." in page
    assert "Manager must agree" in page
    client.post(address, LOOSE | {"seen": first.context["seen"]})
    row = RuleOverride.objects.get()
    assert (row.loosens, row.began_at, row.asked_by) == (True, None, team["candidate"])
    assert "Withdraw it" in words(client.get(address))


def test_another_value_than_the_one_seen_is_shown_anew(client, campaign, team, sign_in, address):
    sign_in(Role.MANAGER)
    seen = client.post(address, TIGHT).context["seen"]
    answer = client.post(address, LOOSE | {"seen": seen})
    assert answer.status_code == 200
    assert "This loosens the rule." in words(answer)
    assert not RuleOverride.objects.exists()


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ({"value": "60", "reason": ""}, "Say in a few words why."),
        ({"value": "9999", "reason": "Alasan kami"}, "720"),
        ({"value": "-1", "reason": "Alasan kami"}, "0"),
        ({"value": "lima", "reason": "Alasan kami"}, "whole number"),
        ({"value": "5", "reason": "Alasan kami"}, "in force already"),
        ({}, "This field is required"),
    ],
)
def test_what_cannot_be_is_refused_and_nothing_typed_is_lost(client, campaign, sign_in, address, typed, says):
    sign_in(Role.MANAGER)
    answer = client.post(address, typed | {"csrf": "x"})
    assert answer.status_code == 422
    page = words(answer)
    assert says in page
    for text in filter(None, typed.values()):
        assert f'value="{text}"' in page
    assert not RuleOverride.objects.exists()


def test_without_a_candidate_the_page_says_whom_to_add(client, campaign, sign_in, address):
    sign_in(Role.MANAGER)
    answer = client.post(address, LOOSE)
    assert answer.status_code == 422
    assert "Add the candidate to the team first" in words(answer)


def test_a_date_is_typed_as_a_date(client):
    campaign = make.campaign(mode=Mode.LIVE, ruleset="PEMILU_2029")
    team = make.team(campaign)
    make.sign_in(client, team["manager"].user)
    address = url("change_rule", campaign, "calendar.voting_day")
    assert 'type="date"' in words(client.get(address))
    past = (clock.now() - timedelta(days=2)).date().isoformat()
    assert "This day is past" in words(client.post(address, {"value": past, "reason": "KPU"}))
    typed = {"value": "2029-02-14", "reason": "KPU"}
    first = client.post(address, typed)
    assert "Wednesday, 14 February 2029" in words(first)
    assert client.post(address, typed | {"seen": first.context["seen"]}).status_code == 303
    clock_page = words(client.get(url("change_rule", campaign, "voting.close_local")))
    assert 'type="time"' in clock_page
    assert 'value="13:00"' in clock_page


def test_a_rule_this_election_does_not_have_is_not_found(client, campaign, sign_in):
    sign_in(Role.MANAGER)
    for key in ("tidak.ada", "calendar.voting_day"):  # practice counts days instead
        assert client.get(url("change_rule", campaign, key)).status_code == 404


def test_manager_and_candidate_may(client, sign_in, address):
    only(client, sign_in, address, DECIDERS)
    only(client, sign_in, address, DECIDERS, "post")
