"""Changing the approval rules on their page."""

from datetime import timedelta

import pytest

from campaign import policy
from campaign.approving import agreeing
from campaign.approving.needs import Terms
from campaign.models import PolicyChange, Role
from tests import make
from tests.campaign.doors import DECIDERS, only, url, words

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]
USUAL = {"before": 2, "after": 12, "remind": 2}


@pytest.fixture
def save(client, campaign):
    return lambda **fields: client.post(url("change_approval", campaign), USUAL | fields)


def test_the_form_shows_what_is_in_force(client, campaign, sign_in, team):
    make.policy(of=campaign, deputy=team["manager"].pk, deadline_before=timedelta(hours=5))
    sign_in(Role.MANAGER)
    page = words(client.get(url("change_approval", campaign)))
    assert f'<option value="{team["manager"].pk}" selected>' in page
    assert 'name="before" value="5"' in page


def test_the_candidates_change_holds_at_once(save, client, campaign, sign_in, team):
    sign_in(Role.CANDIDATE)
    fields = {"manager_kinds": ["other", "survey"], "four_eyes": "on", "readers": [team["staff"].pk], "before": 4}
    answer = save(deputy=team["manager"].pk, **fields)
    assert (answer.status_code, answer["Location"]) == (303, url("approval_settings", campaign))
    assert policy.house(campaign.pk).terms == Terms(
        frozenset({"other", "survey"}), True, frozenset({team["staff"].pk}), team["manager"].pk, timedelta(hours=4)
    )
    assert "Saved." in words(client.get(answer["Location"]))


def test_the_managers_loosening_waits(save, client, campaign, sign_in, team):
    sign_in(Role.MANAGER)
    answer = save(deputy=team["manager"].pk)
    page = words(client.get(answer["Location"]))
    assert "waits for the candidate" in page
    assert policy.house(campaign.pk).terms == Terms()


@pytest.mark.parametrize(
    "fields",
    [
        {"before": 0}, {"before": 10**30}, {"after": ""}, {"remind": "x"}, {"manager_kinds": ["x"]},
        {"manager_kinds": ["\0"]}, {"deputy": "7"}, {"deputy": "\0"}, {"readers": ["1"]},
        {"four_eyes": "on", "readers": "z"}, {},
    ],
)  # fmt: skip
def test_what_makes_no_sense_is_refused_and_nothing_typed_is_lost(save, campaign, sign_in, team, fields):
    sign_in(Role.MANAGER)
    answer = save(**({"before": 2} | fields))
    assert answer.status_code == 422
    assert not PolicyChange.objects.exists()
    if "after" in fields:
        assert 'name="before" value="2"' in words(answer)


def test_somebody_of_another_campaign_is_no_deputy(save, sign_in, team):
    sign_in(Role.CANDIDATE)
    assert save(deputy=make.member(role=Role.MANAGER).pk).status_code == 422


def test_only_those_who_decide_may(client, campaign, sign_in):
    only(client, sign_in, url("change_approval", campaign), DECIDERS)


# The candidate's answer ---------------------------------------------------------------------------


@pytest.fixture
def waits(campaign, team):
    return agreeing.ask(campaign, Terms(deputy=team["manager"].pk), by=team["manager"]).waits


def test_the_candidate_agrees(client, campaign, sign_in, team, waits):
    sign_in(Role.CANDIDATE)
    address = url("agree_approval", campaign, waits.pk)
    assert [client.post(address).status_code for _ in range(2)] == [303, 422]
    assert policy.house(campaign.pk).terms.deputy == team["manager"].pk


def test_the_manager_cannot_agree_for_the_candidate(client, campaign, sign_in, waits):
    sign_in(Role.MANAGER)
    answer = client.post(url("agree_approval", campaign, waits.pk))
    assert answer.status_code == 422
    assert "Only the candidate can agree" in words(answer)


def test_the_candidate_leaves_it_as_it_is(client, campaign, sign_in, waits):
    sign_in(Role.CANDIDATE)
    assert client.post(url("refuse_approval", campaign, waits.pk)).status_code == 303
    assert policy.house(campaign.pk).terms == Terms()


def test_a_change_of_another_campaign_is_not_found(client, sign_in, waits):
    other = make.campaign()
    sign_in(Role.CANDIDATE, of=other)
    for name in ("agree_approval", "refuse_approval"):
        assert client.post(url(name, other, waits.pk)).status_code == 404
