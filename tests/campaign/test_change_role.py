"""Giving a member another role."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied

from campaign import clock, publishing
from campaign.errors import Refused
from campaign.models import AuditRow, Invitation, Member, Notice, Phone, Role
from campaign.team import membership
from tests import make
from tests.campaign.doors import only, url, words

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]


def change(client, campaign, member, role):
    return client.post(url("change_role", campaign, member.pk), {"role": role})


def role_of(member) -> str:
    return Member.objects.get(pk=member.pk).role


def test_the_member_has_the_new_role_and_pressing_twice_is_pressing_once(client, campaign, team, sign_in):
    sign_in(Role.MANAGER)
    for _ in range(2):
        assert change(client, campaign, team["staff"], "treasurer").status_code == 303
    assert role_of(team["staff"]) == Role.TREASURER
    row = AuditRow.objects.get(verb="member.role")
    assert row.details == {"before": "staff", "role": "treasurer"}


def test_nobody_changes_their_own(client, campaign, team, sign_in):
    make.member(of=campaign, role=Role.MANAGER)
    answer = change(client, campaign, sign_in(Role.MANAGER), "staff")
    assert answer.status_code == 422
    assert "Ask another manager" in words(answer)


def test_a_second_candidate_is_refused(client, campaign, team, sign_in):
    sign_in(Role.MANAGER)
    answer = change(client, campaign, team["staff"], "candidate")
    assert answer.status_code == 422
    assert "there can be only one" in words(answer)
    membership.suspend(team["candidate"], by=team["manager"], reason="Uji")
    assert change(client, campaign, team["staff"], "candidate").status_code == 303


def test_a_manager_whose_access_does_not_end_stays(client, campaign, team, sign_in):
    passing = make.member(of=campaign, role=Role.MANAGER, access_ends_at=clock.now() + timedelta(days=3))
    with pytest.raises(Refused):
        membership.change_role(team["manager"], Role.STAFF, by=passing)
    second = make.member(of=campaign, role=Role.MANAGER)
    membership.change_role(team["manager"], Role.STAFF, by=second)
    assert role_of(team["manager"]) == Role.STAFF


def test_who_signs_in_with_a_pin_stays_a_volunteer(client, campaign, sign_in):
    sign_in(Role.MANAGER)
    agus = make.volunteer_with_pin(of=campaign)
    answer = change(client, campaign, agus, "staff")
    assert answer.status_code == 422
    assert "invite them with a new link" in words(answer)


def test_what_waits_for_one_who_decides_no_more_goes_to_the_managers(campaign, team):
    second = make.member(of=campaign, role=Role.MANAGER)
    make.policy(of=campaign, manager_kinds={"campaign"})
    post = make.post_in_review(of=campaign)
    membership.change_role(second, Role.STAFF, by=team["manager"])
    told = Notice.objects.open().filter(kind="approve", about=f"post:{post.pk}")
    assert {notice.member for notice in told} == {team["manager"], team["candidate"]}


def test_the_candidate_stays_the_candidate(client, campaign, team, sign_in):
    sign_in(Role.MANAGER)
    answer = change(client, campaign, team["candidate"], "staff")
    assert answer.status_code == 422
    assert "The candidate stays the candidate" in words(answer)


def test_the_phone_of_one_who_is_the_candidate_no_more_signs_in_no_more(campaign, team):
    phone = make.phone(team["candidate"])
    membership.suspend(team["candidate"], by=team["manager"], reason="Uji.")
    assert not Phone.objects.valid(clock.now()).filter(pk=phone.pk).exists()


def test_links_of_one_who_invites_no_more_are_taken_back(campaign, team):
    second = make.member(of=campaign, role=Role.MANAGER)
    link = make.link(of=campaign, by=second, role=Role.MANAGER)
    membership.change_role(second, Role.STAFF, by=team["manager"])
    assert Invitation.objects.get(pk=link.invitation.pk).revoked_at is not None


@pytest.mark.parametrize("role", ["", "king", "staff\0"])
def test_no_role_is_refused(client, campaign, team, sign_in, role):
    sign_in(Role.MANAGER)
    assert change(client, campaign, team["staff"], role).status_code == 422


def test_only_managers_do(client, campaign, team, sign_in):
    only(client, sign_in, url("change_role", campaign, team["staff"].pk), {Role.MANAGER}, "post")
    with pytest.raises(PermissionDenied):
        membership.change_role(team["staff"], Role.MANAGER, by=team["candidate"])
    with pytest.raises(PermissionDenied):
        membership.change_role(make.member(), Role.MANAGER, by=team["manager"])


def test_who_becomes_a_volunteer_is_told_nothing_of_unpublished_posts_any_more(client, campaign, team, sign_in):
    post = make.post_in_review(of=campaign, text="Belum boleh diketahui siapa pun.")
    publishing.ask_changes(post, by=team["candidate"], version=1, reason="Perbaiki angkanya.")
    sign_in(Role.STAFF)
    assert "Belum boleh" in words(client.get(url("today", campaign)))
    membership.change_role(team["staff"], Role.VOLUNTEER, by=team["manager"])
    assert "Belum boleh" not in words(client.get(url("today", campaign)))
