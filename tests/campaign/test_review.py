"""The next post that waits for me."""

from datetime import timedelta

import pytest

from campaign import clock, publishing
from campaign.models import Role
from tests import make
from tests.campaign.doors import HTMX, WRITERS, only, url, words

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]


def test_what_leaves_first_comes_first(client, campaign, sign_in):
    sign_in(Role.CANDIDATE)
    on = [make.channel(of=campaign)]
    make.post_in_review(on=on, text="Lusa", planned_at=clock.now() + timedelta(days=2))
    make.post_in_review(on=on, text="Besok", planned_at=clock.now() + timedelta(days=1))
    page = words(client.get(url("review", campaign)))
    assert "Besok" in page
    assert "Lusa" not in page
    assert "1 of 2" in page
    make.post_in_review(on=on, text="Segera")
    page = words(client.get(url("review", campaign)))
    assert "Segera" in page
    assert "As soon as you approve" in page


def test_nothing_waits(client, campaign, sign_in):
    sign_in(Role.CANDIDATE)
    make.post(of=campaign)
    assert "Nothing waits for you." in words(client.get(url("review", campaign)))


def test_a_manager_is_not_asked_where_the_candidate_decides(client, campaign, sign_in):
    sign_in(Role.MANAGER)
    make.post_in_review(of=campaign)
    assert "Nothing waits for you." in words(client.get(url("review", campaign)))


def test_without_a_candidate_the_manager_is_asked_but_not_for_their_own(client, campaign, sign_in):
    manager, staff = sign_in(Role.MANAGER), make.someone(campaign, Role.STAFF)
    on = [make.channel(of=campaign)]
    for by, text in ((manager, "Tulisan ketua"), (staff, "Tulisan staf")):
        post = make.post(on=on, by=by, text=text)
        publishing.submit(post, by=by, version=1)
    page = words(client.get(url("review", campaign)))
    assert "Tulisan staf" in page
    assert "1 of 1" in page


def test_one_withdrawn_and_submitted_again_waits_again(client, campaign, sign_in):
    sign_in(Role.CANDIDATE)
    post = make.post_scheduled(of=campaign, text="Dua kali", planned_at=make.in_an_hour())
    staff = make.someone(campaign, Role.STAFF)
    publishing.withdraw(post, by=staff, version=1)
    publishing.submit(post, by=staff, version=1)
    assert "Dua kali" in words(client.get(url("review", campaign)))
    answer = client.post(url("approve_post", campaign, post.pk), {"version": 1})
    assert answer.status_code == 303
    post.refresh_from_db()
    assert post.state == "scheduled"


def test_it_is_light(client, campaign, sign_in):
    sign_in(Role.CANDIDATE)
    on = [make.channel(of=campaign, platform=platform) for platform in ("mastodon", "bluesky", "telegram")]
    make.post_in_review(on=on, text="x" * 300, pictures=[(make.media(of=campaign), "Pasar")])
    answer = client.get(url("review", campaign))
    assert len(answer.content) < 15_000
    assert b"htmx.min.js" not in answer.content


def test_htmx_gets_the_part(client, campaign, sign_in):
    sign_in(Role.CANDIDATE)
    assert "<html" not in words(client.get(url("review", campaign), headers=HTMX))


def test_only_those_who_decide_may(client, campaign, sign_in):
    only(client, sign_in, url("review", campaign), WRITERS)
    sign_in(Role.CANDIDATE)
    assert client.post(url("review", campaign)).status_code == 405
