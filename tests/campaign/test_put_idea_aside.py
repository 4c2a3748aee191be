"""*Sisihkan*: not now."""

import pytest

from campaign.ideas import gathering
from campaign.models import AuditRow, IdeaState, Role
from tests import make
from tests.campaign.doors import WRITERS, only, url, words

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]


@pytest.fixture
def idea(campaign, team):
    return make.idea(by=team["volunteer"])


def test_it_is_put_aside_and_one_stays_where_one_was(client, campaign, idea, sign_in):
    staff = sign_in(Role.STAFF)
    answer = client.post(url("put_idea_aside", campaign, idea.pk), {"state": "new"})
    assert (answer.status_code, answer["Location"]) == (303, f"{url('ideas', campaign)}?state=new")
    idea.refresh_from_db()
    assert (idea.state, idea.decided_by) == (IdeaState.ASIDE, staff)
    assert "Staff put it aside" in words(client.get(url("ideas", campaign)))


def test_pressed_twice_it_is_on_the_record_once(client, campaign, idea, sign_in):
    sign_in(Role.STAFF)
    for _ in range(2):
        assert client.post(url("put_idea_aside", campaign, idea.pk)).status_code == 303
    assert AuditRow.objects.filter(verb="idea.put_aside").count() == 1


def test_one_that_is_a_post_already_is_refused(client, campaign, team, idea, sign_in):
    gathering.take(idea, by=team["manager"])
    sign_in(Role.STAFF)
    answer = client.post(url("put_idea_aside", campaign, idea.pk))
    assert answer.status_code == 422
    assert "Somebody has made a post of it" in words(answer)
    idea.refresh_from_db()
    assert idea.state == IdeaState.TAKEN


def test_only_those_who_write_may(client, campaign, idea, sign_in):
    only(client, sign_in, url("put_idea_aside", campaign, idea.pk), WRITERS, "post")
