"""Whose yes a post still needs, for each kind of team."""

from collections.abc import Iterator

import pytest
from django.utils.translation import override

from campaign import clock, policy, publishing
from campaign.approving.needs import Need
from campaign.errors import Refused
from campaign.models import AuditRow, Campaign, Delivery, Member, Notice, Post, PostState, Role
from tests import make

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _in_english() -> Iterator[None]:
    with override("en"):
        yield


def people(campaign: Campaign, *roles: str) -> list[Member]:
    return [make.member(role=role, of=campaign) for role in roles]


def submitted(campaign: Campaign, by: Member) -> Post:
    """Written and submitted by `by`, on a channel that brings no further member."""
    post = make.post(of=campaign, by=by, on=[channel_of(campaign)], planned_at=make.in_an_hour())
    publishing.submit(post, by=by, version=post.version)
    post.refresh_from_db()
    return post


def channel_of(campaign: Campaign):
    """`make.channel` needs a manager, who is taken away again where the team has none. One who stays could not be."""
    managers = Member.objects.filter(campaign=campaign, role=Role.MANAGER)
    passing = (
        None if managers.exists() else make.member(role=Role.MANAGER, of=campaign, access_ends_at=make.in_an_hour())
    )
    row = make.channel(of=campaign)
    if passing:
        passing.delete()
    return row


def fresh(post: Post) -> Post:
    return Post.objects.get(pk=post.pk)


def approves(post: Post, by: Member) -> str:
    publishing.approve(post, by=by, version=post.version)
    return fresh(post).state


# Who decides -------------------------------------------------------------------------------------


def test_the_candidate_decides_and_the_managers_yes_is_not_enough(campaign):
    staff, manager, candidate = people(campaign, Role.STAFF, Role.MANAGER, Role.CANDIDATE)
    post = submitted(campaign, staff)
    assert policy.missing(post) == (Need.CANDIDATE,)
    assert policy.deciders(post) == [candidate]
    assert approves(post, manager) == PostState.IN_REVIEW
    assert policy.missing(post) == (Need.CANDIDATE,)
    assert approves(post, candidate) == PostState.SCHEDULED


def test_a_campaign_without_a_candidate_leaves_it_to_its_manager(campaign):
    staff, manager = people(campaign, Role.STAFF, Role.MANAGER)
    post = submitted(campaign, staff)
    assert policy.missing(post) == (Need.MANAGER,)
    assert policy.deciders(post) == [manager]
    assert approves(post, manager) == PostState.SCHEDULED


def test_nobody_decides_in_the_place_of_a_candidate_who_is_suspended(campaign):
    staff, manager, candidate = people(campaign, Role.STAFF, Role.MANAGER, Role.CANDIDATE)
    Member.objects.filter(pk=candidate.pk).update(suspended_at=clock.now())
    post = submitted(campaign, staff)
    assert policy.missing(post) == (Need.CANDIDATE,)
    assert policy.deciders(post) == []
    assert approves(post, manager) == PostState.IN_REVIEW
    Member.objects.filter(pk=candidate.pk).update(suspended_at=None)
    assert policy.deciders(post) == [candidate]


def test_the_yes_of_one_who_was_suspended_since_does_not_count(campaign):
    staff, first, second = people(campaign, Role.STAFF, Role.MANAGER, Role.MANAGER)
    post = submitted(campaign, staff)
    post.approvals.create(version=1, by=first, fingerprint="", made_at=clock.now())
    assert policy.missing(post) == ()
    Member.objects.filter(pk=first.pk).update(suspended_at=clock.now())
    assert policy.missing(post) == (Need.MANAGER,)
    assert approves(post, second) == PostState.SCHEDULED


def test_a_yes_to_an_earlier_version_does_not_count(campaign):
    staff, _manager, candidate = people(campaign, Role.STAFF, Role.MANAGER, Role.CANDIDATE)
    post = submitted(campaign, staff)
    approves(post, candidate)
    make.edit(post, by=staff)
    publishing.submit(post, by=staff, version=2)
    assert policy.missing(fresh(post)) == (Need.CANDIDATE,)


# One's own words ---------------------------------------------------------------------------------


def test_whoever_wrote_it_does_not_approve_it(campaign):
    author, other = people(campaign, Role.MANAGER, Role.MANAGER)
    post = submitted(campaign, author)
    assert fresh(post).state == PostState.IN_REVIEW
    assert policy.deciders(post) == [other]
    with pytest.raises(Refused, match="what you wrote"):
        publishing.approve(post, by=author, version=1)
    assert not post.approvals.exists()
    assert approves(post, other) == PostState.SCHEDULED


def test_whoever_changed_it_does_not_approve_it_either(campaign):
    staff, editor, other = people(campaign, Role.STAFF, Role.MANAGER, Role.MANAGER)
    post = submitted(campaign, staff)
    make.edit(post, by=editor)
    publishing.submit(post, by=staff, version=2)
    with pytest.raises(Refused, match="what you wrote"):
        publishing.approve(post, by=editor, version=2)
    assert approves(fresh(post), other) == PostState.SCHEDULED


def test_a_yes_does_not_count_once_its_giver_has_changed_the_text(campaign):
    staff, manager, other = people(campaign, Role.STAFF, Role.MANAGER, Role.MANAGER)
    post = submitted(campaign, staff)
    post.approvals.create(version=1, by=manager, fingerprint="", made_at=clock.now())
    post.edited_by.add(manager)
    assert policy.missing(post) == (Need.MANAGER,)
    assert policy.deciders(post) == [other]


def test_after_an_approval_the_old_author_may_judge_what_another_changed(campaign):
    author, other = people(campaign, Role.MANAGER, Role.MANAGER)
    post = submitted(campaign, author)
    approves(post, other)
    make.edit(post, by=other)
    assert policy.editors(post) == {other.pk}
    publishing.submit(post, by=other, version=2)
    with pytest.raises(Refused):
        publishing.approve(post, by=other, version=2)
    assert approves(fresh(post), author) == PostState.SCHEDULED


def test_after_a_withdrawal_the_author_still_may_not_approve_it(campaign):
    author, other = people(campaign, Role.MANAGER, Role.MANAGER)
    post = submitted(campaign, author)
    approves(post, other)
    publishing.withdraw(fresh(post), by=other, version=1)
    publishing.submit(fresh(post), by=author, version=1)
    with pytest.raises(Refused, match="Someone else"):
        publishing.approve(fresh(post), by=author, version=1)


def test_the_candidates_own_text_needs_nobody_else(campaign):
    _manager, candidate = people(campaign, Role.MANAGER, Role.CANDIDATE)
    post = submitted(campaign, candidate)
    assert post.state == PostState.SCHEDULED
    assert post.approvals.get().by == candidate
    assert Delivery.objects.get().cleared
    assert not Notice.objects.filter(kind="approve").exists()


def test_a_candidate_who_submits_what_another_wrote_has_not_said_yes(campaign):
    staff, candidate = people(campaign, Role.STAFF, Role.CANDIDATE)
    post = make.post(of=campaign, by=staff, on=[channel_of(campaign)])
    publishing.submit(post, by=candidate, version=1)
    assert fresh(post).state == PostState.IN_REVIEW
    assert Notice.objects.filter(kind="approve", member=candidate).exists()


# A team of one -----------------------------------------------------------------------------------


def test_a_team_of_one_is_allowed_and_recorded(campaign):
    (manager,) = people(campaign, Role.MANAGER)
    people(campaign, Role.VOLUNTEER, Role.TREASURER)  # they can neither write nor approve
    post = submitted(campaign, manager)
    assert post.state == PostState.SCHEDULED
    assert AuditRow.objects.get(verb="post.approve").details["team_of_one"] is True


def test_a_second_writer_ends_the_team_of_one(campaign):
    manager, staff = people(campaign, Role.MANAGER, Role.STAFF)
    post = submitted(campaign, manager)
    assert post.state == PostState.IN_REVIEW
    assert policy.deciders(post) == []
    assert not policy.counts(post, manager)
    Member.objects.filter(pk=staff.pk).update(suspended_at=clock.now())
    assert policy.is_team_of_one(post)
    assert approves(post, manager) == PostState.SCHEDULED


def test_a_yes_among_several_is_recorded_as_such(campaign):
    staff, candidate = people(campaign, Role.STAFF, Role.CANDIDATE)
    approves(submitted(campaign, staff), candidate)
    assert AuditRow.objects.get(verb="post.approve").details["team_of_one"] is False


# A yes that was taken back -----------------------------------------------------------------------


def test_a_withdrawal_takes_the_yes_back(campaign):
    staff, manager, candidate = people(campaign, Role.STAFF, Role.MANAGER, Role.CANDIDATE)
    post = submitted(campaign, staff)
    approves(post, candidate)
    publishing.withdraw(post, by=staff, version=1)
    publishing.submit(post, by=staff, version=1)
    assert policy.missing(fresh(post)) == (Need.CANDIDATE,)
    assert approves(post, manager) == PostState.IN_REVIEW
    assert not Delivery.objects.current().filter(cleared__isnull=False).exists()


@pytest.mark.parametrize("verb", [publishing.ask_changes, publishing.refuse])
def test_a_no_ends_every_yes_to_the_same_version(campaign, verb):
    staff, manager, candidate = people(campaign, Role.STAFF, Role.MANAGER, Role.CANDIDATE)
    post = submitted(campaign, staff)
    approves(post, manager)
    verb(post, by=candidate, version=1, reason="Belum tepat.")
    assert not post.approvals.exists()
