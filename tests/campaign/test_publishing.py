"""The window of an approval, taking down, and what envelopes tell a post."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.utils.translation import override

from campaign import afterwards, channels, clock, delivering, election, envelopes, publishing, settling
from campaign.errors import Refused
from campaign.models import Action, AuditRow, Campaign, Delivery, Notice, Pace, Post, PostState, Role, State
from platforms.base import Rejected, Temporary
from tests import make
from tests.campaign.lives import everything, failed, fails_for, fresh, partly, two_channels
from tests.network import Network

pytestmark = pytest.mark.django_db
sends = pytest.mark.django_db(transaction=True)
"""Marks the tests in which workers send: their threads see only what is committed."""


@pytest.fixture(autouse=True)
def _in_english() -> Iterator[None]:
    with override("en"):
        yield


# The time an approval reaches --------------------------------------------------------------------


def reschedule(post: Post, to: Any) -> None:
    publishing.reschedule(post, by=make.someone(post.campaign, Role.STAFF), version=post.version, to=to)


def test_an_approval_lets_the_time_move_by_seven_days_and_no_more():
    planned = make.in_an_hour()
    post = make.post_scheduled(planned_at=planned)
    assert post.movable_until == planned + timedelta(days=7)
    with pytest.raises(Refused, match="does not reach"):
        reschedule(post, planned + timedelta(days=7, seconds=1))
    reschedule(post, planned + timedelta(days=7))
    row = Delivery.objects.get()
    assert (row.send_at, row.not_after) == (planned + timedelta(days=7), planned + timedelta(days=7, hours=2))
    assert row.cleared == row.fingerprint


def test_what_was_approved_for_a_day_does_not_leave_before_it():
    planned = clock.now() + timedelta(days=3)
    post = make.post_scheduled(planned_at=planned)
    day = election.day_begins(post.campaign, planned)
    for early in (None, day - timedelta(seconds=1)):
        with pytest.raises(Refused, match="for a later day"):
            reschedule(post, early)
    reschedule(post, day)


def test_nothing_is_approved_onto_an_account_that_was_let_go():
    post = make.post_in_review()
    channels.remove(post.channels.get(), by=make.someone(post.campaign, Role.MANAGER))
    with pytest.raises(Refused, match="not connected any more"):
        make.approve(post)


def test_no_approval_reaches_into_the_quiet_period():
    campaign = make.campaign()
    quiet = election.quiet_begins(campaign)
    assert quiet
    post = make.post_scheduled(of=campaign, planned_at=quiet - timedelta(days=2))
    assert post.movable_until == quiet
    with pytest.raises(Refused, match="does not reach"):
        reschedule(post, quiet + timedelta(seconds=1))
    with pytest.raises(Refused, match="calendar"):
        reschedule(post, quiet)
    reschedule(post, quiet - timedelta(seconds=1))


def test_a_calendar_that_moved_closer_is_asked_again():
    post = make.post_scheduled(planned_at=make.in_an_hour())
    Campaign.objects.filter(pk=post.campaign_id).update(voting_day=(clock.now() + timedelta(days=4)).date())
    with pytest.raises(Refused, match="calendar"):
        reschedule(fresh(post), clock.now() + timedelta(days=3))


def test_no_post_moves_into_the_past():
    post = make.post_scheduled(planned_at=make.in_an_hour())
    with pytest.raises(Refused, match="past"):
        reschedule(post, clock.now() - timedelta(minutes=1))


def test_what_is_on_the_wire_cannot_be_moved(network: Network):
    post = make.post_scheduled()
    delivering.claim("mastodon", 1)
    before = everything()
    with pytest.raises(Refused, match="on its way"):
        reschedule(post, None)
    assert everything() == before


@sends
def test_approved_too_late_is_held_by_the_next_sweep_and_leaves_when_moved(network: Network):
    post = make.post_in_review(planned_at=make.in_an_hour())
    past = clock.now() - timedelta(hours=3)
    Post.objects.filter(pk=post.pk).update(planned_at=past, not_after=past + timedelta(hours=2))
    make.approve(fresh(post))
    settling.sweep()
    delivering.drain("mastodon")
    row = Delivery.objects.get()
    assert (row.state, row.problem, network.texts) == (State.HELD, "late", [])
    assert Notice.objects.open().filter(kind="held").exists()
    reschedule(fresh(post), None)
    assert not Notice.objects.open().filter(kind="held").exists()
    delivering.drain("mastodon")
    assert (fresh(post).state, len(network.texts)) == (PostState.PUBLISHED, 1)


# Taking down -------------------------------------------------------------------------------------


def take_down(post: Post) -> None:
    afterwards.take_down(fresh(post), by=make.someone(post.campaign, Role.CANDIDATE), version=1, reason="Keliru.")


@sends
def test_taking_down_twice_makes_one_envelope_per_channel(network: Network):
    post = make.post_scheduled(on=two_channels())
    delivering.drain("mastodon")
    take_down(post)
    take_down(post)
    removals = Delivery.objects.filter(action=Action.TAKE_DOWN)
    assert removals.count() == 2
    assert fresh(post).state == PostState.PUBLISHED
    delivering.drain("mastodon")
    assert sorted(network.removed) == sorted(Delivery.objects.published().values_list("remote_id", flat=True))
    assert fresh(post).state == PostState.TAKEN_DOWN


@sends
def test_what_has_not_left_yet_does_not_follow_what_is_taken_down(network: Network):
    post = partly(network)
    take_down(post)
    Delivery.objects.filter(state=State.WAITING).update(send_at=clock.now())
    Pace.objects.update(rest_until=clock.now())
    delivering.drain("mastodon")
    assert len(network.texts) == len(network.removed) == 1
    assert fresh(post).state == PostState.TAKEN_DOWN


@sends
def test_what_failed_cannot_leave_after_the_rest_was_taken_down(network: Network):
    post = make.post_scheduled(on=two_channels())
    fails_for(network, 1, Rejected("refused", words="no"))
    delivering.drain("mastodon")
    row = Delivery.objects.get(state=State.FAILED)
    take_down(post)
    with pytest.raises(Refused):
        envelopes.try_again(row, by=make.someone(post.campaign, Role.CANDIDATE), not_after=make.in_an_hour())


# What envelopes tell -----------------------------------------------------------------------------


@sends
@pytest.mark.parametrize(
    ("failures", "error", "state"),
    [
        (0, Rejected("refused"), PostState.PUBLISHED),
        (1, Rejected("refused"), PostState.PARTLY),
        (2, Rejected("refused"), PostState.FAILED),
        (1, Temporary("rate_limited", retry_after=timedelta(hours=1)), PostState.PARTLY),
        (2, Temporary("rate_limited", retry_after=timedelta(hours=1)), PostState.SCHEDULED),
    ],
)
def test_a_posts_state_follows_from_its_envelopes(network: Network, failures: int, error: Exception, state: PostState):
    post = make.post_scheduled(on=two_channels())
    fails_for(network, failures, error)
    delivering.drain("mastodon")
    assert fresh(post).state == state
    assert AuditRow.objects.filter(verb="post.settle", about=f"post:{post.pk}").exists() == (state != post.state)


@sends
def test_what_failed_and_then_went_out_is_published(network: Network):
    post = failed(network)
    network.before = lambda draft, keep: None
    row = Delivery.objects.get()
    envelopes.try_again(row, by=make.someone(post.campaign, Role.CANDIDATE), not_after=make.in_an_hour())
    assert fresh(post).state == PostState.SCHEDULED
    delivering.drain("mastodon")
    assert fresh(post).state == PostState.PUBLISHED
