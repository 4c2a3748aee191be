"""*Tarik*: the sender takes an idea back, with its pictures."""

import pytest
from django.core.files.storage import default_storage

from campaign.ideas import gathering
from campaign.models import AuditRow, Idea, Media, Role
from tests import make
from tests.campaign.doors import url, words

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]


def sent(by):
    """An idea with a picture of its sender's."""
    return make.idea(by=by, pictures=[gathering.take_in(make.picture_file(), by=by)])


def test_it_is_gone_with_its_picture_and_file(client, campaign, team, sign_in, django_capture_on_commit_callbacks):
    idea = sent(team["volunteer"])
    name = idea.pictures.get().media.file.name
    sign_in(Role.VOLUNTEER)
    with django_capture_on_commit_callbacks(execute=True):
        answer = client.post(url("withdraw_idea", campaign, idea.pk))
    assert answer.status_code == 303
    assert not Idea.objects.exists()
    assert not Media.objects.exists()
    assert not default_storage.exists(name)
    assert AuditRow.objects.get(verb="idea.withdraw").about == f"idea:{idea.pk}"


def test_what_was_made_small_of_its_picture_is_gone_too(
    client, campaign, team, sign_in, django_capture_on_commit_callbacks
):
    idea = sent(team["volunteer"])
    sign_in(Role.VOLUNTEER)
    small = url("small_picture", campaign, idea.pictures.get().media.sha256)
    assert [client.get(small, {"dari": among}).status_code for among in (1, 3)] == [200, 200]
    assert len(default_storage.listdir("pictures/small")[1]) == 2
    with django_capture_on_commit_callbacks(execute=True):
        client.post(url("withdraw_idea", campaign, idea.pk))
    assert default_storage.listdir("pictures/small")[1] == []


def test_a_picture_that_something_else_shows_or_showed_stays(campaign, team):
    volunteer, channel = team["volunteer"], make.channel(of=campaign)
    shown, once, again = (gathering.take_in(make.picture_file(), by=volunteer) for _ in range(3))
    make.post(on=[channel], pictures=[(shown, "")])
    make.edit(make.post(on=[channel], pictures=[(once, "")]))
    make.idea(by=team["staff"], pictures=[again])
    gathering.withdraw(make.idea(by=volunteer, text="Lain", pictures=[shown, once, again]), by=volunteer)
    assert Media.objects.count() == 3


@pytest.mark.parametrize("decide", [gathering.take, gathering.put_aside])
def test_what_the_team_has_worked_on_is_refused(client, campaign, team, sign_in, decide):
    idea = sent(team["volunteer"])
    decide(idea, by=team["staff"])
    sign_in(Role.VOLUNTEER)
    answer = client.post(url("withdraw_idea", campaign, idea.pk))
    assert answer.status_code == 422
    assert "The team has worked on this idea already" in words(answer)
    assert Idea.objects.exists()


def test_nobody_withdraws_anothers(client, campaign, team, sign_in):
    idea = sent(team["staff"])
    sign_in(Role.VOLUNTEER)
    assert client.post(url("withdraw_idea", campaign, idea.pk)).status_code == 404
    sign_in(Role.MANAGER)
    answer = client.post(url("withdraw_idea", campaign, idea.pk))
    assert answer.status_code == 422
    assert "Only who sent an idea can withdraw it" in words(answer)
    sign_in(Role.TREASURER)
    assert client.post(url("withdraw_idea", campaign, idea.pk)).status_code == 403
    assert Idea.objects.exists()
