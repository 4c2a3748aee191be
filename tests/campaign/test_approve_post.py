"""The candidate's yes."""

import pytest

from campaign import publishing
from campaign.models import Approval, Delivery, PostState, Role
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
