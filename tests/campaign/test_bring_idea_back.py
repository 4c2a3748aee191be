"""*Kembalikan*: what was put aside is new again."""

import pytest

from campaign.ideas import gathering
from campaign.models import AuditRow, IdeaState, Role
from tests import make
from tests.campaign.doors import WRITERS, only, url, words

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]


@pytest.fixture
def idea(campaign, team):
    row = make.idea(by=team["volunteer"])
    gathering.put_aside(row, by=team["staff"])
    return row


def test_it_is_new_again_once_however_often_it_is_pressed(client, campaign, idea, sign_in):
    sign_in(Role.STAFF)
    for _ in range(2):
        assert client.post(url("bring_idea_back", campaign, idea.pk)).status_code == 303
    idea.refresh_from_db()
    assert idea.state == IdeaState.NEW
    assert AuditRow.objects.filter(verb="idea.bring_back").count() == 1


def test_one_that_is_a_post_already_is_refused(client, campaign, team, idea, sign_in):
    gathering.take(idea, by=team["manager"])
    sign_in(Role.STAFF)
    answer = client.post(url("bring_idea_back", campaign, idea.pk))
    assert answer.status_code == 422
    assert "Somebody has made a post of it" in words(answer)


def test_only_those_who_write_may(client, campaign, idea, sign_in):
    only(client, sign_in, url("bring_idea_back", campaign, idea.pk), WRITERS, "post")
