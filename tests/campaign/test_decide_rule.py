"""Agreeing to a change of a rule, refusing it, and going back to the rule as shipped."""

import pytest

from campaign import overriding
from campaign.models import Role, RuleOverride
from tests import make
from tests.campaign.doors import DECIDERS, HTMX, only, url, words

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]


@pytest.fixture
def waiting(campaign, team):
    return make.loosening(of=campaign)


@pytest.fixture
def steady(campaign, team):
    return make.tightening(of=campaign)


def test_the_other_agrees(client, campaign, sign_in, waiting):
    sign_in(Role.CANDIDATE)
    answer = client.post(url("agree_rule", campaign, waiting.pk))
    assert (answer.status_code, answer["Location"]) == (303, url("rules", campaign))
    assert RuleOverride.objects.get().is_agreed


def test_htmx_sees_the_countdown(client, campaign, sign_in, waiting):
    sign_in(Role.CANDIDATE)
    page = words(client.post(url("agree_rule", campaign, waiting.pk), headers=HTMX))
    assert "agreed, not yet in force" in page.lower()
    assert "<html" not in page


def test_whoever_asked_cannot_agree(client, campaign, sign_in, waiting):
    sign_in(Role.MANAGER)
    answer = client.post(url("agree_rule", campaign, waiting.pk))
    assert answer.status_code == 422
    assert "Someone else must agree" in words(answer)


@pytest.mark.parametrize("headers", [{}, HTMX])
def test_it_is_refused_and_moves_to_the_earlier_changes(client, campaign, sign_in, waiting, headers):
    sign_in(Role.CANDIDATE)
    answer = client.post(url("refuse_rule", campaign, waiting.pk), headers=headers, follow=True)
    assert "Refused by Candidate" in words(answer)
    again = client.post(url("refuse_rule", campaign, waiting.pk), headers=headers)
    assert again.status_code == 422
    assert "decided already" in words(again)


def test_going_back_tells_the_reason(client, campaign, sign_in, steady):
    sign_in(Role.MANAGER)
    answer = client.post(url("end_rule", campaign, steady.pk), {"reason": "Salah baca"}, follow=True)
    assert "Salah baca" in words(answer)
    assert "waits for agreement" in words(answer).lower()
    assert RuleOverride.objects.waiting().get().value is None


def test_going_back_is_at_once_where_it_only_closes(client, campaign, team, sign_in, set_clock):
    loose = make.loosening(of=campaign, key="social.max_accounts_per_app", value=25)
    overriding.agree(loose, by=team["candidate"])
    set_clock("interval '25 hours'")
    overriding.begin_due()
    sign_in(Role.MANAGER)
    page = words(client.post(url("end_rule", campaign, loose.pk), {"reason": "Cukup"}, headers=HTMX))
    assert "20 accounts" in page
    assert not RuleOverride.objects.in_force().exists()


@pytest.mark.parametrize("headers", [{}, HTMX])
def test_without_a_reason_it_stays(client, campaign, sign_in, steady, headers):
    sign_in(Role.MANAGER)
    answer = client.post(url("end_rule", campaign, steady.pk), {"reason": " "}, headers=headers)
    assert answer.status_code == 422
    assert "Say in a few words why." in words(answer)
    assert RuleOverride.objects.in_force().exists()


def test_going_back_twice_is_refused_and_the_reason_kept(client, campaign, sign_in, steady):
    sign_in(Role.MANAGER)
    client.post(url("end_rule", campaign, steady.pk), {"reason": "Salah baca"})
    answer = client.post(url("end_rule", campaign, steady.pk), {"reason": "Sekali lagi"})
    assert answer.status_code == 422
    assert "waiting already" in words(answer)
    assert "Sekali lagi" in words(answer)


@pytest.mark.parametrize("name", ["agree_rule", "refuse_rule", "end_rule"])
def test_manager_and_candidate_may_and_only_by_a_post(client, campaign, sign_in, waiting, steady, name):
    row = steady if name == "end_rule" else waiting
    sign_in(Role.MANAGER)
    assert client.get(url(name, campaign, row.pk)).status_code == 405
    only(client, sign_in, url(name, campaign, row.pk), DECIDERS, "post")


@pytest.mark.parametrize("name", ["agree_rule", "refuse_rule", "end_rule"])
def test_another_campaigns_change_is_not_found(client, campaign, sign_in, name):
    theirs = make.loosening(of=make.campaign())
    sign_in(Role.MANAGER)
    assert client.post(url(name, campaign, theirs.pk), {"reason": "x"}).status_code == 404
