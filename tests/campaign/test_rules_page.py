"""`…/aturan/`: the calendar, what may leave when, and each rule with its source and its changes."""

import pytest

from campaign import overriding
from campaign.models import Mode, Role
from tests import make
from tests.campaign.doors import HTMX, only, url, words

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]


@pytest.fixture
def address(campaign):
    return url("rules", campaign)


def test_it_shows_the_calendar_and_every_rule_with_its_source(client, campaign, sign_in, address):
    sign_in(Role.STAFF)
    answer = client.get(address)
    assert answer.status_code == 200
    page = words(answer)
    assert "UU 7/2017 Ps. 278(1) · reported by others" in page
    assert "Posko: jam platform berbeda · read in the rule itself" in page
    book = answer.context["book"]
    assert [part.label for part in book.parts if part.is_now] == ["campaign"]
    assert [part.is_past for part in book.parts] == [True, True, False, False, False, False, False]
    assert dict(book.phase_words)["paid advertisement"][0] == "block"
    assert book.columns == [
        "preparation, before the campaign, after the election",
        "campaign",
        "campaign, advertisements allowed",
        "quiet period, voting day",
    ]
    assert "KPU has not issued" not in page


def test_a_draft_says_so_and_asks_for_the_voting_day(client):
    campaign = make.campaign(mode=Mode.LIVE, ruleset="PEMILU_2029")
    team = make.team(campaign)
    make.sign_in(client, team["manager"].user)
    page = words(client.get(url("rules", campaign)))
    assert "KPU has not issued the rules of this election" in page
    assert "Unconfirmed" in page
    assert url("change_rule", campaign, "calendar.voting_day") in page
    make.sign_in(client, team["staff"].user)
    assert url("change_rule", campaign, "calendar.voting_day") not in words(client.get(url("rules", campaign)))


def test_a_proposal_shows_what_it_opens_who_asked_and_the_buttons_of_its_reader(
    client, campaign, team, sign_in, address
):
    override = make.loosening(of=campaign)
    agree, refuse = (url(name, campaign, override.pk) for name in ("agree_rule", "refuse_rule"))
    sign_in(Role.CANDIDATE)
    page = words(client.get(address))
    for text in (agree, refuse, "2 days", "Keputusan KPU 12/2028", "Needs the candidate", "may leave then"):
        assert text in page
    sign_in(Role.MANAGER)
    page = words(client.get(address))
    assert agree not in page
    assert "Withdraw it" in page
    sign_in(Role.TREASURER)
    page = words(client.get(address))
    assert "Keputusan KPU 12/2028" in page
    assert refuse not in page


def test_an_agreed_one_counts_down(client, campaign, team, sign_in, address, set_clock):
    override = make.loosening(of=campaign)
    overriding.agree(override, by=team["candidate"])
    set_clock("interval '4 hours'")
    sign_in(Role.STAFF)
    assert "in 19\xa0hours, 59\xa0minutes" in client.get(address).content.decode()
    set_clock("interval '25 hours'")
    assert "Takes effect within a minute" in words(client.get(address))


def test_a_rule_of_our_own_names_who_changed_it_and_why(client, campaign, team, sign_in, address):
    override = make.tightening(of=campaign)
    sign_in(Role.STAFF)
    page = words(client.get(address))
    for text in ("Changed by the team", "10 accounts", "As shipped: 20 accounts", "Kesepakatan tim", "Manager"):
        assert text in page
    assert url("end_rule", campaign, override.pk) not in page
    overriding.refuse(make.loosening(of=campaign), by=team["candidate"])
    assert "Refused by Candidate" in words(client.get(address))


def test_all_but_volunteers_see_it(client, sign_in, address):
    only(client, sign_in, address, set(Role) - {Role.VOLUNTEER})


def test_htmx_gets_the_part_and_a_post_is_no_way_in(client, sign_in, address):
    sign_in(Role.MANAGER)
    answer = client.get(address, headers=HTMX)
    assert "<html" not in words(answer)
    assert 'id="rules"' in words(answer)
    assert client.post(address).status_code == 405


def test_it_asks_the_database_the_same_number_of_times_whatever_there_is(
    client, campaign, team, sign_in, address, django_assert_max_num_queries, django_assert_num_queries
):
    sign_in(Role.CANDIDATE)
    client.get(address)
    with django_assert_max_num_queries(12) as plain:
        client.get(address)
    make.tightening(of=campaign)
    make.loosening(of=campaign)
    make.loosening(of=campaign, key="ads.window_days", value=30)
    make.tightening(of=campaign, key="campaign.quiet_early_minutes", value=60)
    with django_assert_num_queries(len(plain)):
        client.get(address)


def test_today_leads_there_and_asks_for_the_voting_day(client):
    campaign = make.campaign(mode=Mode.LIVE, ruleset="PEMILU_2029")
    team = make.team(campaign)

    def today(role):
        make.sign_in(client, team[role].user)
        return words(client.get(campaign.get_absolute_url()))

    step = url("change_rule", campaign, "calendar.voting_day")
    assert step in today("manager")
    assert step not in today("staff")
    assert "Set the voting day" in today("staff")
    assert url("rules", campaign) not in today("volunteer")
    make.loosening(of=campaign, key="calendar.voting_day", value="2029-02-14")
    page = today("candidate")
    assert "See the proposal" in page
    assert "A rule is to be loosened and needs your agreement: Voting day" in page


def test_practice_is_asked_for_no_voting_day(client, campaign, sign_in):
    sign_in(Role.MANAGER)
    page = words(client.get(campaign.get_absolute_url()))
    assert "Set the voting day" not in page
    assert url("rules", campaign) in page
