"""Changing the approval rules: at once, or with the candidate's yes; and what becomes of posts that were approved."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.utils import translation

from campaign import clock, delivering, policy, publishing
from campaign.approving import agreeing
from campaign.approving.needs import Need, Terms
from campaign.errors import Refused
from campaign.models import ApprovalPolicy, AuditRow, Delivery, Member, Notice, PolicyChange, Post, PostState, Role
from tests import make

pytestmark = pytest.mark.django_db
OTHER = Terms(manager_kinds=frozenset({"other"}))


@pytest.fixture(autouse=True)
def _in_english():
    with translation.override("en"):
        yield


def in_force(campaign) -> Terms:
    return policy.house(campaign.pk).terms


def test_without_a_row_the_candidate_decides_everything(campaign):
    assert in_force(campaign) == Terms()


def test_what_a_manager_loosens_waits_for_the_candidate(campaign, team):
    outcome = agreeing.ask(campaign, OTHER, by=team["manager"])
    assert (outcome.began, outcome.waits is not None, in_force(campaign)) == (False, True, Terms())
    assert Notice.objects.filter(kind="policy_agree", member=team["candidate"], done_at=None).exists()
    assert outcome.waits
    with pytest.raises(Refused, match="Only the candidate"):
        agreeing.agree(outcome.waits, by=team["manager"])
    agreeing.agree(outcome.waits, by=team["candidate"])
    assert in_force(campaign) == OTHER
    assert not Notice.objects.filter(kind="policy_agree", done_at=None).exists()
    assert AuditRow.objects.filter(verb="approval.begin").count() == 1
    with pytest.raises(Refused, match="decided already"):
        agreeing.agree(outcome.waits, by=team["candidate"])


def test_what_tightens_holds_at_once_and_only_the_rest_waits(campaign, team):
    make.policy(of=campaign, manager_kinds={"other", "survey"})
    wanted = Terms(manager_kinds=frozenset({"other"}), four_eyes=True, deputy=team["manager"].pk)
    outcome = agreeing.ask(campaign, wanted, by=team["manager"])
    assert in_force(campaign) == replace(wanted, deputy=None)
    assert outcome.began and outcome.waits and outcome.waits.terms == wanted


def test_asking_twice_is_asking_once(campaign, team):
    first, second = (agreeing.ask(campaign, OTHER, by=team["manager"]).waits for _ in range(2))
    assert first == second
    assert PolicyChange.objects.count() == 1


def test_what_is_in_force_already_is_refused(campaign, team):
    with pytest.raises(Refused, match="stands already"):
        agreeing.ask(campaign, Terms(), by=team["manager"])


def test_a_later_change_replaces_the_one_that_waits(campaign, team):
    first = agreeing.ask(campaign, OTHER, by=team["manager"]).waits
    agreeing.ask(campaign, Terms(four_eyes=True), by=team["candidate"])
    assert first and in_force(campaign) == Terms(four_eyes=True)
    with pytest.raises(Refused):
        agreeing.agree(first, by=team["candidate"])
    assert Notice.objects.filter(kind="policy_refused", member=team["manager"]).exists()


def test_the_candidate_says_no_and_the_asker_may_withdraw(campaign, team):
    for by in ("candidate", "manager"):
        change = agreeing.ask(campaign, OTHER, by=team["manager"]).waits
        assert change
        agreeing.refuse(change, by=team[by])
        assert in_force(campaign) == Terms()
    change = agreeing.ask(campaign, OTHER, by=team["manager"]).waits
    assert change
    with pytest.raises(Refused, match="whoever asked"):
        agreeing.refuse(change, by=make.member(role=Role.MANAGER, of=campaign))


def test_where_there_is_no_candidate_the_manager_decides_alone(campaign):
    manager = make.member(role=Role.MANAGER, of=campaign)
    agreeing.ask(campaign, OTHER, by=manager)
    assert in_force(campaign) == OTHER


@pytest.mark.parametrize(
    ("terms", "words"),
    [
        (lambda team: Terms(deputy=team["staff"].pk), "must be a campaign manager"),
        (lambda team: Terms(deputy=10**9), "must be a campaign manager"),
        (lambda team: Terms(four_eyes=True, readers=frozenset({team["volunteer"].pk})), "active staff"),
    ],
)
def test_who_cannot_do_it_is_not_named(campaign, team, terms: Any, words: str):
    with pytest.raises(Refused, match=words):
        agreeing.ask(campaign, terms(team), by=team["candidate"])


def test_a_second_reader_must_exist(campaign):
    candidate, _staff = (make.member(role=role, of=campaign) for role in (Role.CANDIDATE, Role.STAFF))
    with pytest.raises(Refused, match="Nobody could be"):
        agreeing.ask(campaign, Terms(four_eyes=True), by=candidate)


# Posts that were approved by rules that are over ------------------------------------------------------


def test_tightening_brings_back_what_the_new_rules_would_not_let_leave(campaign, team):
    make.policy(of=campaign, manager_kinds={"other"})
    on = [make.channel(of=campaign)]
    by_manager, by_both = (
        make.post_in_review(on=on, text=text, kind="other", planned_at=make.in_an_hour()) for text in ("Satu", "Dua")
    )
    make.approve(by_manager, by=team["manager"])
    make.approve(by_both)
    assert Delivery.objects.filter(cleared__isnull=False).count() == 2
    outcome = agreeing.ask(campaign, Terms(), by=team["manager"])
    assert outcome.reopened == 1
    states = dict(Post.objects.values_list("text", "state"))
    assert states == {"Satu": PostState.IN_REVIEW, "Dua": PostState.SCHEDULED}
    assert Delivery.objects.current().get(slot__startswith=f"post:{by_manager.pk}/").cleared is None
    by_manager.refresh_from_db()
    assert policy.missing(by_manager) == (Need.CANDIDATE,)
    make.approve(by_manager)
    assert by_manager.state == PostState.SCHEDULED


def test_what_is_on_its_way_is_left_alone(campaign, team, network):
    make.policy(of=campaign, manager_kinds={"other"})
    post = make.post_in_review(of=campaign, kind="other")
    make.approve(post, by=team["manager"])
    delivering.claim("mastodon", 1)
    assert agreeing.ask(campaign, Terms(), by=team["manager"]).reopened == 0


def test_a_post_in_review_follows_the_rules_as_they_are_now(campaign, team):
    post = make.post_in_review(of=campaign, kind="other", planned_at=make.in_an_hour())
    make.policy(of=campaign, manager_kinds={"other"})
    assert policy.missing(post) == (Need.MANAGER,)
    make.policy(of=campaign, four_eyes=True)
    assert policy.missing(post) == (Need.SECOND, Need.CANDIDATE)


# What the database itself holds -------------------------------------------------------------------


def refused_by_the_database(change: Any) -> None:
    with pytest.raises(DatabaseError, match=r"approval rules|of that role|history"), transaction.atomic():
        change()


def test_the_database_loosens_nothing_without_the_candidate(campaign, team):
    change = agreeing.ask(campaign, OTHER, by=team["manager"]).waits
    assert change
    refused_by_the_database(
        lambda: ApprovalPolicy.objects.create(campaign=campaign, change=change, manager_kinds=["other"])
    )
    make.policy(of=campaign, four_eyes=True, deputy=team["manager"].pk, readers={team["staff"].pk})
    row = ApprovalPolicy.objects.filter(campaign=campaign)
    other = make.member(role=Role.STAFF, of=campaign)
    for loose in (
        {"manager_kinds": ["campaign"]},
        {"four_eyes": False},
        {"readers": [team["staff"].pk, other.pk]},
        {"deputy": make.member(role=Role.MANAGER, of=campaign)},
        {"deadline_before": timedelta(hours=3)},
        {"deadline_after": timedelta(hours=1)},
    ):
        refused_by_the_database(lambda loose=loose: row.update(**loose))
    row.update(deputy=None, readers=[])  # tightening is nobody's secret


def test_an_old_agreement_cannot_be_used_again(campaign, team):
    change = agreeing.ask(campaign, OTHER, by=team["manager"]).waits
    assert change
    agreeing.agree(change, by=team["candidate"])
    make.policy(of=campaign, four_eyes=True)
    row = ApprovalPolicy.objects.filter(campaign=campaign)
    refused_by_the_database(lambda: row.update(change=change, manager_kinds=["other"], four_eyes=False))


def test_deleting_the_rules_or_moving_them_away_loosens_nothing(campaign, team):
    make.policy(of=campaign, four_eyes=True)
    row, elsewhere = ApprovalPolicy.objects.filter(campaign=campaign), make.campaign()
    for loose in (row.delete, lambda: row.update(campaign=elsewhere)):
        refused_by_the_database(lambda loose=loose: at_commit(loose))
    with pytest.raises(DatabaseError, match="approval rules"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE; TRUNCATE campaign_approvalpolicy")
    assert in_force(campaign).four_eyes


def at_commit(act: Callable[[], object]) -> None:
    act()
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def test_nobody_takes_the_candidate_away_from_a_campaign(campaign, team):
    rows = Member.objects.filter(pk=team["candidate"].pk)
    other = make.user()
    for act in (lambda: rows.update(role="staff"), lambda: rows.update(user=other), rows.delete):
        with pytest.raises(DatabaseError, match="the candidate stays"), transaction.atomic():
            at_commit(act)
    rows.update(suspended_at=clock.now())


def test_nobody_agrees_in_the_candidates_name(campaign, team):
    change = agreeing.ask(campaign, OTHER, by=team["manager"]).waits
    assert change
    row, now = PolicyChange.objects.filter(pk=change.pk), clock.now()
    refused_by_the_database(lambda: row.update(agreed_by=team["manager"], agreed_as="candidate", agreed_at=now))
    stranger = make.member(role=Role.CANDIDATE)
    refused_by_the_database(lambda: row.update(agreed_by=stranger, agreed_as="candidate", agreed_at=now))
    refused_by_the_database(lambda: row.update(manager_kinds=["campaign"]))


def test_a_campaign_with_rules_of_its_own_can_be_removed(campaign, team):
    make.policy(of=campaign, deputy=team["manager"].pk, four_eyes=True)
    publishing.submit(make.post(of=campaign), by=team["staff"], version=1)
    Delivery.objects.all().delete()
    Post.objects.all().delete()
    campaign.delete()
    assert not Member.objects.exists()
