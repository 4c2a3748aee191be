"""*Ide*: the list, and what it adds to *Hari ini* and the navigation."""

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from campaign.ideas import gathering
from campaign.models import Idea, Role
from campaign.views import ideas as view
from tests import make
from tests.campaign.doors import WRITERS, only, url, words

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]


def test_it_lists_the_newest_first_with_who_where_and_pictures(client, campaign, team, sign_in):
    picture = make.media(of=campaign)
    make.idea(by=team["volunteer"], text="Pertama", place="Pasar Sukamaju", pictures=[picture])
    make.idea(by=team["candidate"], text="Kedua")
    sign_in(Role.STAFF)
    page = words(client.get(url("ideas", campaign)))
    assert page.index("Kedua") < page.index("Pertama")
    for told in ("Pasar Sukamaju", "Volunteer", "Candidate", url("small_picture", campaign, picture.sha256)):
        assert told in page


def test_a_state_narrows_it_and_a_state_of_nobodys_shows_all(client, campaign, team, sign_in):
    make.idea(by=team["volunteer"], text="Masih baru")
    gathering.put_aside(make.idea(by=team["volunteer"], text="Sudah disisihkan"), by=team["staff"])
    sign_in(Role.STAFF)
    aside = words(client.get(url("ideas", campaign), {"state": "aside"}))
    assert "Sudah disisihkan" in aside
    assert "Masih baru" not in aside
    assert "No idea stands so" in words(client.get(url("ideas", campaign), {"state": "taken"}))
    for odd in ("'; drop", "\0"):
        assert "Masih baru" in words(client.get(url("ideas", campaign), {"state": odd}))


def test_empty_it_says_what_to_do(client, campaign, sign_in):
    for role, told in ((Role.STAFF, "There is no idea yet"), (Role.VOLUNTEER, "You have sent nothing yet")):
        sign_in(role)
        page = words(client.get(url("ideas", campaign)))
        assert told in page
        assert url("send_idea", campaign) in page


def test_older_ones_follow_by_key(client, campaign, team, sign_in, monkeypatch):
    monkeypatch.setattr(view, "PER_PAGE", 2)
    rows = [make.idea(by=team["staff"], text=f"Ide ke-{number}") for number in range(3)]
    sign_in(Role.STAFF)
    first = client.get(url("ideas", campaign))
    assert first.context["older"] == rows[1].pk
    assert "Ide ke-0" not in words(first)
    second = words(client.get(url("ideas", campaign), {"before": rows[1].pk}))
    assert "Ide ke-0" in second
    assert "Ide ke-1" not in second
    for odd in ("x", "9" * 40, "-1"):
        assert client.get(url("ideas", campaign), {"before": odd}).status_code == 200


def test_a_volunteer_sees_only_their_own_and_no_button_of_the_team(client, campaign, team, sign_in):
    make.idea(by=team["staff"], text="Milik staf")
    mine = make.idea(by=team["volunteer"], text="Milik saya")
    sign_in(Role.VOLUNTEER)
    page = words(client.get(url("ideas", campaign)))
    assert "Milik saya" in page
    assert "Milik staf" not in page
    assert url("withdraw_idea", campaign, mine.pk) in page
    assert url("take_idea", campaign, mine.pk) not in page


def test_another_campaigns_ideas_are_not_there(client, campaign, sign_in):
    make.idea(by=make.member(), text="Milik orang lain")
    sign_in(Role.STAFF)
    assert "Milik orang lain" not in words(client.get(url("ideas", campaign)))


def test_it_says_whether_the_people_in_the_pictures_agree(client, campaign, team, sign_in):
    make.idea(by=team["staff"], pictures=[make.media(of=campaign)])
    sign_in(Role.STAFF)
    assert "Nobody has said that the people" in words(client.get(url("ideas", campaign)))
    Idea.objects.update(people_agree=True, parents_agree=True)
    page = words(client.get(url("ideas", campaign)))
    assert "The people in the pictures have agreed" in page
    assert "their parents have agreed" in page
    assert "Nobody has said" not in page


def test_it_asks_the_same_however_many_there_are(client, campaign, team, sign_in, django_assert_num_queries):
    sign_in(Role.STAFF)
    make.idea(by=team["volunteer"], pictures=[make.media(of=campaign)])
    client.get(url("ideas", campaign))
    with CaptureQueriesContext(
        connection,
    ) as few:
        client.get(url("ideas", campaign))
    for _ in range(5):
        idea = make.idea(by=make.member(of=campaign), pictures=[make.media(of=campaign), make.media(of=campaign)])
        gathering.take(idea, by=team["staff"])
    assert len(few) <= 14
    with django_assert_num_queries(len(few)):
        client.get(url("ideas", campaign))


def test_only_the_desk_and_volunteers_may_look(client, campaign, sign_in):
    only(client, sign_in, url("ideas", campaign), WRITERS | {Role.VOLUNTEER})


def test_a_volunteer_may_look_at_the_pictures_of_their_own_ideas_only(client, campaign, team, sign_in):
    mine, other = make.media(of=campaign), make.media(of=campaign)
    make.idea(by=team["volunteer"], pictures=[mine])
    make.idea(by=team["staff"], pictures=[other])
    sign_in(Role.VOLUNTEER)
    for view_name in ("picture", "small_picture"):
        assert client.get(url(view_name, campaign, mine.sha256)).status_code == 200
        assert client.get(url(view_name, campaign, other.sha256)).status_code == 404


def test_the_first_idea_brings_the_page_into_the_navigation(client, campaign, team, sign_in):
    sign_in(Role.STAFF)
    link = f'href="{url("ideas", campaign)}"'
    assert link not in words(client.get(campaign.get_absolute_url()))
    make.idea(by=team["volunteer"])
    assert link in words(client.get(campaign.get_absolute_url()))


def test_today_tells_staff_how_many_are_new_and_invites_those_outside(client, campaign, team, sign_in):
    sign_in(Role.STAFF)
    assert "new idea" not in words(client.get(campaign.get_absolute_url()))
    ideas = [make.idea(by=team["volunteer"], text=text) for text in ("Satu", "Dua")]
    assert "2 new ideas" in words(client.get(campaign.get_absolute_url()))
    for idea in ideas:
        gathering.put_aside(idea, by=team["staff"])
    assert "new idea" not in words(client.get(campaign.get_absolute_url()))
    for role, invited in ((Role.CANDIDATE, True), (Role.VOLUNTEER, True), (Role.STAFF, False), (Role.TREASURER, False)):
        sign_in(role)
        page = words(client.get(campaign.get_absolute_url()))
        assert ("Out among people?" in page) is invited, role
        assert "new idea" not in page


def test_sending_stands_in_the_navigation_of_volunteers_only(client, campaign, sign_in):
    for role in Role:
        sign_in(role)
        pages = client.get(url("menu", campaign)).context["navigation"]
        assert ("campaign:send_idea" in [page.view for page in pages]) is (role == Role.VOLUNTEER)


@pytest.mark.parametrize("wrong", [{"state": "lost"}, {"text": ""}])
def test_the_database_refuses_what_cannot_be(campaign, team, wrong):
    make.idea(by=team["staff"])
    with pytest.raises(IntegrityError), transaction.atomic():
        Idea.objects.update(**wrong)


def test_the_database_refuses_a_post_of_an_idea_that_is_not_taken(campaign, team):
    idea = make.idea(by=team["staff"])
    gathering.take(idea, by=team["staff"])
    with pytest.raises(IntegrityError, match="idea_post_means_taken"), transaction.atomic():
        Idea.objects.update(state="new")
