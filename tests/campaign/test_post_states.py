"""Every verb from every state of a post: it leads on, or changes nothing."""

from collections.abc import Iterator

import pytest
from django.db import transaction
from django.utils.translation import override

from campaign import delivering, publishing
from campaign.errors import Refused
from campaign.models import AuditRow, Post, PostState, Role
from campaign.states import MOVES
from tests import make
from tests.campaign.lives import REACH, act, everything, fresh, two_channels
from tests.network import Network

pytestmark = pytest.mark.django_db
sends = pytest.mark.django_db(transaction=True)
"""Marks the tests in which workers send: their threads see only what is committed."""


@pytest.fixture(autouse=True)
def _in_english() -> Iterator[None]:
    with override("en"):
        yield


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
    assert set(MOVES) - set(named) == {"schedule", "reopen"}
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
        act(verb, post, reason=" ")
    assert everything()[:4] == before[:4]


@sends
@pytest.mark.parametrize("state", sorted(set(PostState) - ALLOWED["approve"]))
def test_a_yes_of_one_who_does_not_decide_is_not_kept_for_later(network: Network, state: PostState):
    post = REACH[state](network)
    make.someone(post.campaign, Role.CANDIDATE)
    manager = make.someone(post.campaign, Role.MANAGER)
    before = everything()
    with pytest.raises(Refused):
        publishing.approve(post, by=manager, version=1)
    assert everything() == before


def test_the_window_of_an_approval_that_was_taken_back_opens_nothing():
    post = make.post_scheduled(planned_at=make.in_an_hour())
    act("withdraw", post)
    act("submit", fresh(post))
    before = everything()
    with pytest.raises(Refused, match="Look again"):
        act("reschedule", fresh(post))
    assert everything() == before


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


@pytest.mark.parametrize("verb", ["edit", "withdraw"])
def test_nothing_is_changed_once_part_of_it_is_on_its_way(network: Network, verb: str):
    post = make.post_scheduled(on=two_channels())
    delivering.claim("mastodon", 1)
    before = everything()
    with pytest.raises(Refused, match="on its way"):
        act(verb, post)
    assert everything() == before
