"""*Jadikan konten*: an idea becomes a draft."""

from threading import Barrier, Thread

import pytest
from django.db import connection

from campaign.errors import Refused
from campaign.ideas import gathering
from campaign.models import AuditRow, Idea, IdeaState, Post, PostState, Role
from tests import make
from tests.campaign.doors import WRITERS, only, url, words


@pytest.fixture
def idea(db, campaign, team):
    picture = make.media(of=campaign)
    return make.idea(by=team["volunteer"], text="Los pasar bocor.", place="Pasar Sukamaju", pictures=[picture])


def test_it_becomes_a_draft_with_its_words_and_pictures_open_in_the_composer(client, campaign, idea, sign_in):
    channel = make.channel(of=campaign)
    staff = sign_in(Role.STAFF)
    answer = client.post(url("take_idea", campaign, idea.pk))
    post = Post.objects.get()
    assert (answer.status_code, answer["Location"]) == (303, url("edit_post", campaign, post.pk))
    assert (post.state, post.author, post.text, post.title) == (
        PostState.DRAFT,
        staff,
        "Los pasar bocor.",
        "Pasar Sukamaju",
    )
    assert [(row.media, row.alt) for row in post.pictures.all()] == [(idea.pictures.get().media, "")]
    assert list(post.channels.all()) == [channel]
    idea.refresh_from_db()
    assert (idea.state, idea.taken_as, idea.decided_by) == (IdeaState.TAKEN, post, staff)
    row = AuditRow.objects.get(verb="idea.take")
    assert (row.about, row.details) == (f"idea:{idea.pk}", {"post": post.pk})
    assert client.get(answer["Location"]).status_code == 200


def test_pressed_twice_or_by_another_it_stays_one_post(client, campaign, idea, sign_in, english):
    sign_in(Role.STAFF)
    first = client.post(url("take_idea", campaign, idea.pk))
    sign_in(Role.MANAGER)
    second = client.post(url("take_idea", campaign, idea.pk))
    assert first["Location"] == second["Location"]
    assert Post.objects.count() == 1
    assert "A post was made of this idea already" in words(client.get(second["Location"]))


def test_one_that_was_put_aside_can_be_taken(client, campaign, team, idea, sign_in):
    gathering.put_aside(idea, by=team["staff"])
    sign_in(Role.CANDIDATE)
    assert client.post(url("take_idea", campaign, idea.pk)).status_code == 303


def test_one_whose_post_is_gone_is_refused(client, campaign, team, idea, sign_in, english):
    gathering.take(idea, by=team["staff"])
    Post.objects.all().delete()
    sign_in(Role.STAFF)
    answer = client.post(url("take_idea", campaign, idea.pk))
    assert answer.status_code == 422
    assert "not here any more" in words(answer)


def test_one_that_is_withdrawn_meanwhile_is_refused(campaign, team, idea):
    seen = Idea.objects.get(pk=idea.pk)
    gathering.withdraw(idea, by=team["volunteer"])
    with pytest.raises(Refused):
        gathering.take(seen, by=team["staff"])


def test_another_campaigns_idea_is_not_found(client, campaign, sign_in):
    foreign = make.idea(by=make.member())
    sign_in(Role.MANAGER)
    assert client.post(url("take_idea", campaign, foreign.pk)).status_code == 404
    assert not Post.objects.exists()


def test_only_those_who_write_may(client, campaign, team, sign_in):
    mine = make.idea(by=team["volunteer"])
    only(client, sign_in, url("take_idea", campaign, mine.pk), WRITERS, "post")


def test_asking_does_nothing(client, campaign, idea, sign_in):
    sign_in(Role.STAFF)
    assert client.get(url("take_idea", campaign, idea.pk)).status_code == 405


@pytest.mark.django_db(transaction=True)
def test_of_two_who_press_at_once_one_makes_the_post():
    campaign = make.campaign()
    team = make.team(campaign)
    idea = make.idea(by=team["volunteer"])
    start, made = Barrier(2), []

    def press(by):
        start.wait()
        made.append(gathering.take(idea, by=by))
        connection.close()

    threads = [Thread(target=press, args=[team[role]]) for role in ("staff", "manager")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len({post.pk for post, _is_new in made}) == Post.objects.count() == 1
    assert sorted(is_new for _post, is_new in made) == [False, True]
