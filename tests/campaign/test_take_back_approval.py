"""Undoing one's yes."""

import pytest

from campaign import delivering, publishing
from campaign.models import Approval, AuditRow, Delivery, Notice, PostState, Role
from tests import make
from tests.campaign.doors import url, words

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]


@pytest.fixture
def undo(client, campaign):
    def send(post, version=1, **fields):
        return client.post(url("take_back_approval", campaign, post.pk), {"version": version} | fields)

    return send


def test_it_waits_again_and_can_be_approved_again(undo, client, campaign, sign_in):
    candidate = sign_in(Role.CANDIDATE)
    post = make.post_scheduled(of=campaign, planned_at=make.in_an_hour())
    answer = undo(post, ke=3)
    assert (answer.status_code, answer["Location"]) == (303, f"{url('review_post', campaign, post.pk)}?ke=2")
    assert "Approve" in words(client.get(answer["Location"]))
    post.refresh_from_db()
    assert post.state == PostState.IN_REVIEW
    assert Delivery.objects.current().get().cleared is None
    assert AuditRow.objects.filter(verb="post.take_back").exists()
    assert Notice.objects.open().filter(kind="approve", member=candidate).exists()
    make.approve(post)
    assert post.state == PostState.SCHEDULED


def test_pressing_twice_is_refused_kindly(undo, campaign, sign_in):
    sign_in(Role.CANDIDATE)
    post = make.post_scheduled(of=campaign, planned_at=make.in_an_hour())
    assert [undo(post).status_code for _ in range(2)] == [303, 422]


def test_a_yes_that_was_not_the_last_can_be_taken_back_too(undo, campaign, sign_in):
    make.someone(campaign, Role.MANAGER)
    make.policy(of=campaign, four_eyes=True)
    sign_in(Role.CANDIDATE)
    post = make.post_scheduled(of=campaign)
    assert post.state == PostState.IN_REVIEW
    assert undo(post).status_code == 303
    assert not Approval.objects.exists()


def test_who_has_not_approved_has_nothing_to_take_back(undo, campaign, sign_in):
    sign_in(Role.MANAGER)
    post = make.post_scheduled(of=campaign, planned_at=make.in_an_hour())
    answer = undo(post)
    assert answer.status_code == 422
    assert "no approval of yours" in words(answer)
    assert Approval.objects.exists()


def test_what_is_on_its_way_stays(undo, campaign, sign_in, network):
    sign_in(Role.CANDIDATE)
    post = make.post_scheduled(of=campaign)
    delivering.claim("mastodon", 1)
    answer = undo(post)
    assert answer.status_code == 422
    assert "on its way" in words(answer)
    assert Approval.objects.exists()


@pytest.mark.parametrize("version", [2, "", "x", 10**20])
def test_a_version_nobody_approved_is_refused(undo, campaign, sign_in, version):
    sign_in(Role.CANDIDATE)
    assert undo(make.post_scheduled(of=campaign, planned_at=make.in_an_hour()), version).status_code == 422


def test_an_edit_ends_it(undo, campaign, sign_in):
    sign_in(Role.CANDIDATE)
    post = make.post_scheduled(of=campaign, planned_at=make.in_an_hour())
    make.edit(post)
    publishing.submit(post, by=make.someone(campaign, Role.STAFF), version=2)
    assert undo(post, version=2).status_code == 422
