"""A deputy after the deadline: with a reason, told to the candidate, and taken back until it leaves."""

from datetime import timedelta

import pytest
from django.core import mail
from django.utils.timezone import localtime

from campaign import clock, delivering, policy, publishing
from campaign.approving import reminding, taking_back
from campaign.errors import Refused
from campaign.models import Approval, AuditRow, Delivery, Notice, Post, PostState, Role
from campaign.planning import moving
from tests import make
from tests.campaign.doors import url, words

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]


@pytest.fixture
def go_to(campaign, set_clock):
    """`go_to(3)`: three hours after the next eight in the morning, for nobody is reminded at night."""
    now = localtime(clock.now(), campaign.tz)
    wait = (now.replace(hour=8, minute=0, second=0, microsecond=0) - now) % timedelta(days=1)
    return lambda hours: set_clock(f"interval '{(wait + timedelta(hours=hours)).total_seconds()} seconds'")


@pytest.fixture
def late(campaign, team, go_to):
    """A post in review whose deadline has passed, while its time has not."""
    go_to(0)
    make.policy(of=campaign, deputy=team["manager"].pk)
    post = make.post_in_review(of=campaign, planned_at=clock.now() + timedelta(hours=4))
    go_to(3)
    return post


def test_before_the_deadline_the_deputys_yes_is_an_ordinary_one(campaign, team):
    make.policy(of=campaign, deputy=team["manager"].pk)
    post = make.post_in_review(of=campaign, planned_at=clock.now() + timedelta(hours=4))
    make.approve(post, by=team["manager"])
    assert (post.state, Approval.objects.get().as_deputy) == (PostState.IN_REVIEW, False)


def test_without_a_reason_the_deputy_decides_nothing(team, late):
    with pytest.raises(Refused):
        publishing.approve(late, by=team["manager"], version=1)
    assert not Approval.objects.exists()


def test_with_a_reason_it_is_scheduled_recorded_and_told(team, late):
    publishing.approve(late, by=team["manager"], version=1, reason="Caleg di laut.")
    late.refresh_from_db()
    assert late.state == PostState.SCHEDULED
    approval = Approval.objects.get()
    assert (approval.as_deputy, approval.reason) == (True, "Caleg di laut.")
    row = AuditRow.objects.get(verb="post.approve")
    assert (row.details["as_deputy"], row.details["reason"]) == (True, "Caleg di laut.")
    assert Notice.objects.open().filter(kind="deputy_said", member=team["candidate"]).exists()
    reminding.run()
    assert [sent.to for sent in mail.outbox] == [[team["candidate"].user.email]]


def test_an_ordinary_yes_from_before_becomes_the_deputys(campaign, team, set_clock):
    make.policy(of=campaign, deputy=team["manager"].pk)
    post = make.post_in_review(of=campaign, planned_at=clock.now() + timedelta(hours=4))
    make.approve(post, by=team["manager"])
    set_clock("interval '3 hours'")
    publishing.approve(post, by=team["manager"], version=1, reason="Mendesak.")
    assert Approval.objects.get().as_deputy
    post.refresh_from_db()
    assert post.state == PostState.SCHEDULED


def test_the_candidate_takes_it_back_until_it_leaves(team, late):
    publishing.approve(late, by=team["manager"], version=1, reason="Mendesak.")
    taking_back.take_back(late, by=team["candidate"], version=1)
    late.refresh_from_db()
    assert late.state == PostState.IN_REVIEW
    assert not Approval.objects.exists()
    assert not Delivery.objects.current().filter(cleared__isnull=False).exists()


def test_what_is_on_its_way_cannot_be_taken_back(campaign, team, network, set_clock):
    make.policy(of=campaign, deputy=team["manager"].pk)
    post = make.post_in_review(of=campaign)
    set_clock("interval '13 hours'")
    publishing.approve(post, by=team["manager"], version=1, reason="Mendesak.")
    delivering.claim("mastodon", 1)
    with pytest.raises(Refused):
        taking_back.take_back(post, by=team["candidate"], version=1)


def test_who_wrote_it_is_no_deputy(campaign, team, set_clock):
    make.policy(of=campaign, deputy=team["manager"].pk)
    post = make.post_in_review(of=campaign, by=team["manager"], planned_at=clock.now() + timedelta(hours=4))
    set_clock("interval '3 hours'")
    with pytest.raises(Refused):
        publishing.approve(post, by=team["manager"], version=1, reason="Mendesak.")


def test_the_page_asks_the_deputy_why(client, campaign, sign_in, team, late):
    sign_in(Role.MANAGER)
    page = words(client.get(url("review_post", campaign, late.pk)))
    assert "You may decide in the candidate&#x27;s place" in page or "You may decide in the candidate's place" in page
    address = url("approve_post", campaign, late.pk)
    answer = client.post(address, {"version": 1, "then": "review"})
    assert answer.status_code == 422
    answer = client.post(address, {"version": 1, "then": "review", "quick": "The candidate cannot be reached."})
    assert answer.status_code == 303
    sign_in(Role.CANDIDATE)
    page = words(client.get(url("review_post", campaign, late.pk)))
    assert "has approved this as deputy: “The candidate cannot be reached.”" in page
    assert "Take back" in page


def test_the_candidate_still_may_answer_first(team, late):
    make.approve(late)
    assert late.state == PostState.SCHEDULED


def test_a_deputy_who_moves_the_post_forward_still_leaves_the_candidate_half_an_hour(campaign, team, set_clock):
    make.policy(of=campaign, deputy=team["manager"].pk)
    was = clock.now() + timedelta(days=1)
    post = make.post_in_review(of=campaign, planned_at=was)
    set_clock("interval '40 minutes'")
    to = clock.now() + timedelta(minutes=5)
    moving.move(post, was=was, to=to, by=team["manager"], version=1)
    publishing.approve(post, by=team["manager"], version=1, reason="Mendesak.")
    assert (Approval.objects.get().as_deputy, policy.deciders(fresh(post))) == (False, [team["candidate"]])
    set_clock("interval '71 minutes'")
    assert team["manager"] in policy.deciders(fresh(post))


def test_moved_to_another_day_it_is_told_anew_at_the_new_deadline(campaign, team, late, go_to):
    reminding.run()
    assert Notice.objects.open().filter(kind="deputy", member=team["manager"]).exists()
    moving.move(late, was=late.planned_at, to=late.planned_at + timedelta(days=1), by=team["staff"], version=1)
    assert not Notice.objects.open().filter(kind="deputy").exists(), "it is the candidate's turn again"
    mail.outbox.clear()
    reminding.run()
    assert [sent.to for sent in mail.outbox] == [[team["candidate"].user.email]]
    mail.outbox.clear()
    go_to(27)
    reminding.run()
    assert [team["manager"].user.email] in [sent.to for sent in mail.outbox]
    assert Notice.objects.open().filter(kind="deputy", member=team["manager"]).exists()


def fresh(post: Post) -> Post:
    return Post.objects.get(pk=post.pk)
