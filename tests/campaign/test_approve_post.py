"""The candidate's yes."""

import re
from datetime import timedelta

import pytest

from campaign import publishing
from campaign.models import Approval, Delivery, Mode, PostState, Role
from campaign.planning import moving
from tests import make
from tests.campaign.doors import DECIDERS, HTMX, only, url, words

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]


@pytest.fixture
def post(campaign):
    return make.post_in_review(of=campaign, text="Naskah semula", planned_at=make.in_an_hour())


@pytest.fixture
def approve(client, campaign):
    def send(post, **fields):
        options = {"headers": fields.pop("headers", {})}
        return client.post(url("approve_post", campaign, post.pk), {"version": 1} | fields, **options)

    return send


def test_it_schedules(approve, sign_in, post):
    sign_in(Role.CANDIDATE)
    answer = approve(post)
    assert (answer.status_code, answer["Location"]) == (303, post.get_absolute_url())
    post.refresh_from_db()
    assert post.state == PostState.SCHEDULED
    assert Delivery.objects.get().cleared


def test_from_the_review_it_goes_on_to_the_next(approve, client, campaign, sign_in, post):
    sign_in(Role.CANDIDATE)
    answer = approve(post, then="review")
    assert answer["Location"] == f"{url('review', campaign)}?dari={post.pk}&ke=2"
    page = words(client.get(answer["Location"]))
    assert "<strong> Approved. </strong> “Naskah semula” Leaves:" in page
    assert "Undo" in page
    assert "All is answered." in page
    assert "What leaves next" in page


def test_pressing_twice_is_pressing_once(approve, client, sign_in, post):
    sign_in(Role.CANDIDATE)
    answers = [approve(post, then="review") for _ in range(2)]
    assert [answer.status_code for answer in answers] == [303, 303]
    assert Approval.objects.count() == 1
    assert "Already approved." in words(client.get(answers[1]["Location"]))


def test_a_post_moved_since_they_read_it_does_not_leave_on_a_day_they_never_read(
    approve, client, campaign, sign_in, team, post
):
    sign_in(Role.CANDIDATE)
    page = client.get(url("review_post", campaign, post.pk)).content.decode()
    read = re.findall(r'name="planned" value="([^"]+)"', page)
    assert read == [publishing.plan_of(post)]
    assert "{#" not in page
    was = post.planned_at
    moving.move(post, was=was, to=was - timedelta(minutes=50), by=team["staff"], version=1)
    answer = approve(post, then="review", planned=read[0])
    assert answer.status_code == 422
    assert "The planned time changed while you were reading." in words(answer)
    assert not Approval.objects.exists()
    moving.move(post, was=was - timedelta(minutes=50), to=was, by=team["staff"], version=1)
    assert approve(post, then="review", planned=read[0]).status_code == 303


def test_an_edit_since_they_read_it_is_refused_and_shown(approve, sign_in, campaign, post):
    sign_in(Role.CANDIDATE)
    make.edit(post, text="Coblos hari Minggu!")
    staff = make.someone(campaign, Role.STAFF)
    publishing.submit(post, by=staff, version=2)
    answer = approve(post, then="review")
    assert answer.status_code == 422
    page = words(answer)
    assert "Look again" in page
    assert "Coblos hari Minggu!" in page
    assert 'name="version" value="2"' in page
    assert not Approval.objects.exists()
    assert approve(post, then="review", version=2).status_code == 303


def test_one_that_was_withdrawn_meanwhile_is_refused(approve, sign_in, campaign, post):
    sign_in(Role.CANDIDATE)
    publishing.withdraw(post, by=make.someone(campaign, Role.STAFF), version=1)
    answer = approve(post, then="review")
    assert answer.status_code == 422
    assert "does not wait for approval now" in words(answer)


def test_who_wrote_it_is_told_why_not(approve, client, campaign, sign_in):
    manager = sign_in(Role.MANAGER)
    make.someone(campaign, Role.CANDIDATE)
    post = make.post(of=campaign, by=manager)
    publishing.submit(post, by=manager, version=1)
    page = words(client.get(url("review_post", campaign, post.pk)))
    assert "somebody else must approve it" in page
    assert url("approve_post", campaign, post.pk) not in page
    answer = approve(post, then="review")
    assert answer.status_code == 422
    assert "Someone else must approve what you wrote." in words(answer)


@pytest.mark.parametrize("version", [2, "", "x"])
def test_a_version_nobody_read_is_refused(approve, sign_in, post, version):
    sign_in(Role.CANDIDATE)
    assert approve(post, version=version).status_code == 422
    assert not Approval.objects.exists()


def test_what_a_check_blocks_by_now_is_refused(approve, sign_in, post, set_clock):
    sign_in(Role.CANDIDATE)
    set_clock("interval '38 days'")
    type(post).objects.update(planned_at=None)
    answer = approve(post, then="review")
    assert answer.status_code == 422
    assert "quiet period" in words(answer)
    assert not Approval.objects.exists()


def test_htmx_gets_the_part_or_goes_on(approve, sign_in, campaign, post):
    sign_in(Role.CANDIDATE)
    refused = approve(post, version=9, then="review", headers=HTMX)
    assert refused.status_code == 422
    assert "<html" not in words(refused)
    assert approve(post, then="review", headers=HTMX)["HX-Redirect"].startswith(url("review", campaign))


def test_only_those_who_decide_may_and_only_by_post(client, campaign, sign_in, post):
    only(client, sign_in, url("approve_post", campaign, post.pk), DECIDERS, "post")
    sign_in(Role.CANDIDATE)
    assert client.get(url("approve_post", campaign, post.pk)).status_code == 405
    assert client.post(url("approve_post", campaign, make.post().pk)).status_code == 404


def test_a_yes_sent_by_the_page_where_the_second_step_is_owed_leads_out_of_the_campaign(client, db):
    """By this the page knows that its answer was not taken, and keeps it."""
    live = make.campaign(mode=Mode.LIVE)
    candidate = make.someone(live, Role.CANDIDATE)
    row = make.post_in_review(of=live)
    make.sign_in(client, candidate.user, proven=False)
    answer = client.post(url("approve_post", live, row.pk), {"version": 1}, headers=HTMX)
    assert answer["HX-Redirect"].startswith("/keamanan/langkah-kedua/")
    make.sign_in(client, candidate.user)
    answer = client.post(url("approve_post", live, row.pk), {"version": 1, "then": "review"}, headers=HTMX)
    assert answer["HX-Redirect"].startswith(f"/c/{live.slug}/")
