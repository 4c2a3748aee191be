"""How posts are approved here, in sentences."""

import pytest

from campaign.approving import agreeing
from campaign.approving.needs import Terms
from campaign.models import Role
from tests import make
from tests.campaign.doors import HTMX, WRITERS, only, url, words

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]


def test_the_rules_in_words(client, campaign, sign_in, team):
    make.policy(of=campaign, manager_kinds={"other"}, four_eyes=True, readers={team["staff"].pk},
                deputy=team["manager"].pk)  # fmt: skip
    sign_in(Role.STAFF)
    page = words(client.get(url("approval_settings", campaign)))
    assert "manager&#x27;s approval is enough for: other than campaigning" in page
    assert "or Staff, who has not written it" in page
    assert "Manager decides as deputy" in page
    assert "2 h before the planned time" in page
    assert url("change_approval", campaign) not in page


def test_what_waits_is_shown_to_the_candidate_with_both_answers(client, campaign, sign_in, team):
    agreeing.ask(campaign, Terms(deputy=team["manager"].pk), by=team["manager"])
    sign_in(Role.CANDIDATE)
    page = words(client.get(url("approval_settings", campaign)))
    assert "A change waits for your agreement" in page
    assert "<del>The post is held until the candidate answers.</del>" in page
    assert "Agree to the change" in page
    sign_in(Role.STAFF)
    assert "Agree to the change" not in words(client.get(url("approval_settings", campaign)))


def test_a_campaign_without_a_candidate_reads_who_decides(client, campaign, sign_in):
    sign_in(Role.MANAGER)
    assert "as there is no candidate" in words(client.get(url("approval_settings", campaign)))


def test_who_may_see_it(client, campaign, sign_in):
    only(client, sign_in, url("approval_settings", campaign), WRITERS)
    sign_in(Role.STAFF)
    assert "<html" not in words(client.get(url("approval_settings", campaign), headers=HTMX))
