"""A post's life: each verb from each state, the window of an approval, taking down, and what envelopes tell."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.db import models, transaction
from django.utils.translation import override

from campaign import clock, delivering, election, envelopes, publishing, settling
from campaign.errors import Refused
from campaign.models import (
    Action,
    Approval,
    AuditRow,
    Campaign,
    Channel,
    Delivery,
    Notice,
    Pace,
    Post,
    PostState,
    Role,
    State,
)
from campaign.states import MOVES
from platforms.base import Draft, Rejected, Temporary
from tests import make
from tests.network import Network

pytestmark = pytest.mark.django_db
sends = pytest.mark.django_db(transaction=True)
"""Marks the tests in which workers send: their threads see only what is committed."""

TABLES: tuple[type[models.Model], ...] = (Post, Delivery, Approval, AuditRow, Notice)


@pytest.fixture(autouse=True)
def _in_english() -> Iterator[None]:
    with override("en"):
        yield


def everything() -> list[Any]:
    """Every row that a verb could touch, as it stands."""
    return [list(table._default_manager.order_by("pk").values()) for table in TABLES]


def fresh(post: Post) -> Post:
    return Post.objects.get(pk=post.pk)


def two_channels() -> list[Channel]:
    first = make.channel()
    return [first, make.channel(of=first.campaign)]


def fails_for(network: Network, times: int, error: Exception) -> None:
    """The network takes the first posts, then answers `error` to the next `times`."""
    seen: list[Draft] = []

    def before(draft: Draft, _keep: object) -> None:
        seen.append(draft)
        if len(seen) <= times:
            raise error

    network.before = before


# Reaching each state -----------------------------------------------------------------------------


def changes_asked(_network: Network) -> Post:
    post = make.post_in_review()
    publishing.ask_changes(post, by=make.someone(post.campaign, Role.CANDIDATE), version=1, reason="Kurang jelas.")
    return fresh(post)


def refused(_network: Network) -> Post:
    post = make.post_in_review()
    publishing.refuse(post, by=make.someone(post.campaign, Role.CANDIDATE), version=1, reason="Tidak.")
    return fresh(post)


def published(_network: Network) -> Post:
    post = make.post_scheduled()
    delivering.drain("mastodon")
    return fresh(post)


def partly(network: Network) -> Post:
    post = make.post_scheduled(on=two_channels())
    fails_for(network, 1, Temporary("rate_limited", retry_after=timedelta(minutes=10)))
    delivering.drain("mastodon")
    return fresh(post)


def failed(network: Network) -> Post:
    fails_for(network, 9, Rejected("refused", words="no"))
    return published(network)


def taken_down(network: Network) -> Post:
    post = published(network)
    publishing.take_down(post, by=make.someone(post.campaign, Role.MANAGER), version=1, reason="Keliru.")
    delivering.drain("mastodon")
    return fresh(post)


REACH: dict[PostState, Callable[[Network], Post]] = {
    PostState.DRAFT: lambda _network: make.post(),
    PostState.IN_REVIEW: lambda _network: make.post_in_review(),
    PostState.CHANGES_ASKED: changes_asked,
    PostState.REFUSED: refused,
    PostState.SCHEDULED: lambda _network: make.post_scheduled(planned_at=make.in_an_hour()),
    PostState.PUBLISHED: published,
    PostState.PARTLY: partly,
    PostState.FAILED: failed,
    PostState.TAKEN_DOWN: taken_down,
}

# Every verb from every state ---------------------------------------------------------------------


def act(verb: str, post: Post, *, version: int | None = None) -> None:
    """Do `verb` as the member who may, with sound arguments."""
    manager, candidate = (make.someone(post.campaign, role) for role in (Role.MANAGER, Role.CANDIDATE))
    seen = post.version if version is None else version
    match verb:
        case "edit":
            new = make.content(on=list(post.channels.all()), text="Lain.")
            publishing.edit(post, new, by=manager, version=seen)
        case "submit" | "withdraw":
            getattr(publishing, verb)(post, by=manager, version=seen)
        case "approve":
            publishing.approve(post, by=candidate, version=seen)
        case "reschedule":
            publishing.reschedule(post, by=manager, version=seen, to=clock.now() + timedelta(hours=3))
        case "ask_changes" | "refuse" | "take_down":
            getattr(publishing, verb)(post, by=candidate, version=seen, reason="Alasan.")


S = PostState
ALLOWED: dict[str, set[PostState]] = {
    "edit": {S.DRAFT, S.IN_REVIEW, S.CHANGES_ASKED, S.SCHEDULED},
    "submit": {S.DRAFT, S.CHANGES_ASKED},
    "approve": {S.IN_REVIEW},
    "ask_changes": {S.IN_REVIEW},
    "refuse": {S.IN_REVIEW},
    "withdraw": {S.IN_REVIEW, S.SCHEDULED},
    "reschedule": {S.SCHEDULED, S.PARTLY},
    "take_down": {S.PUBLISHED, S.PARTLY, S.TAKEN_DOWN},  # pressing twice is pressing once
}


def test_the_table_here_is_the_table_of_moves():
    assert set(REACH) == set(PostState)
    named = {verb: set(move.sources) for verb, move in MOVES.items() if verb in ALLOWED}
    assert named == {verb: ALLOWED[verb] for verb in named}
    assert set(MOVES) - set(named) == {"schedule"}
    assert set(MOVES["schedule"].sources) == ALLOWED["approve"]


@sends
@pytest.mark.parametrize("state", PostState)
def test_from_each_state_a_verb_leads_on_or_changes_nothing(network: Network, state: PostState):
    post = REACH[state](network)
    assert post.state == state
    for role in Role:
        make.someone(post.campaign, role)
    before = everything()
    for verb, sources in ALLOWED.items():
        with transaction.atomic():
            if state in sources:
                act(verb, fresh(post))
                assert AuditRow.objects.filter(verb=f"post.{verb}").count() > 0, verb
                assert fresh(post).state == after(verb, state), verb
            else:
                with pytest.raises(Refused):
                    act(verb, fresh(post))
                assert everything() == before, verb
            transaction.set_rollback(True)


def after(verb: str, state: PostState) -> PostState:
    """The state that `verb` leads to."""
    if verb == "edit":
        return PostState.DRAFT
    if verb == "approve":
        return MOVES["schedule"].target
    return MOVES[verb].target if verb in MOVES else state


@sends
@pytest.mark.parametrize("verb", ALLOWED)
def test_no_verb_acts_on_a_version_that_its_caller_has_not_read(network: Network, verb: str):
    post = REACH[min(ALLOWED[verb])](network)
    Post.objects.filter(pk=post.pk).update(version=2)
    make.someone(post.campaign, Role.CANDIDATE)
    before = everything()
    with pytest.raises(Refused, match="Look again"):
        act(verb, fresh(post), version=1)
    assert everything() == before


@sends
@pytest.mark.parametrize("verb", ["ask_changes", "refuse", "take_down"])
def test_a_no_wants_a_reason(network: Network, verb: str):
    post = REACH[min(ALLOWED[verb])](network)
    before = everything()
    with pytest.raises(Refused, match="why"):
        getattr(publishing, verb)(post, by=make.someone(post.campaign, Role.CANDIDATE), version=1, reason=" ")
    assert everything()[:4] == before[:4]


def test_approving_twice_is_approving_once():
    post = make.post_scheduled(planned_at=make.in_an_hour())
    before = everything()
    with pytest.raises(Refused):
        make.approve(post)
    assert everything() == before


def test_a_second_yes_of_the_same_member_while_another_is_missing_changes_nothing():
    post = make.post_in_review()
    manager = make.someone(post.campaign, Role.MANAGER)
    for _ in range(2):
        publishing.approve(post, by=manager, version=1)
    assert (post.approvals.count(), fresh(post).state) == (1, PostState.IN_REVIEW)


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
    publishing.take_down(fresh(post), by=make.someone(post.campaign, Role.CANDIDATE), version=1, reason="Keliru.")


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


@pytest.mark.parametrize("verb", ["edit", "withdraw"])
def test_nothing_is_changed_once_part_of_it_is_on_its_way(network: Network, verb: str):
    post = make.post_scheduled(on=two_channels())
    delivering.claim("mastodon", 1)
    before = everything()
    with pytest.raises(Refused, match="on its way"):
        act(verb, post)
    assert everything() == before
