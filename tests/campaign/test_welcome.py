"""The first page of somebody new."""

import pytest

from campaign.models import Role
from tests import make
from tests.campaign.doors import only, url, words

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]


@pytest.mark.parametrize("role", list(Role))
def test_each_role_reads_three_sentences_and_its_button_leads_somewhere(client, campaign, sign_in, role):
    sign_in(role)
    answer = client.get(url("welcome", campaign))
    assert words(answer).count("<li> <p>") == 3
    assert client.get(answer.context["welcome"].url).status_code == 200


def test_only_who_has_a_pin_is_told_where_to_sign_in(client, campaign, sign_in):
    sign_in(Role.VOLUNTEER)
    assert "Save this address" not in words(client.get(url("welcome", campaign)))
    agus = make.volunteer_with_pin(of=campaign)
    client.force_login(agus.user, backend="django.contrib.auth.backends.ModelBackend")
    assert "http://localhost:8000/masuk/ratna/" in words(client.get(url("welcome", campaign)))


def test_it_is_for_the_team(client, campaign, sign_in):
    only(client, sign_in, url("welcome", campaign), set(Role))
