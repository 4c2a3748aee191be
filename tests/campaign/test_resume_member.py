"""Letting a member in again."""

from datetime import timedelta

import pytest

from campaign import clock
from campaign.models import AuditRow, Member, Role
from campaign.team import joining, membership
from tests import make
from tests.campaign.doors import only, url, words

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]


def test_they_are_back_with_the_same_role_and_pressing_twice_is_pressing_once(client, campaign, team, sign_in):
    manager = sign_in(Role.MANAGER)
    membership.suspend(team["staff"], by=manager, reason="Uji")
    assert "back on the team?" in words(client.get(url("resume_member", campaign, team["staff"].pk)))
    for _ in range(2):
        assert client.post(url("resume_member", campaign, team["staff"].pk), {"ends": ""}).status_code == 303
    row = Member.objects.get(pk=team["staff"].pk)
    assert (row.role, row.suspended_at, row.suspended_by, row.suspended_because) == (Role.STAFF, None, None, "")
    assert AuditRow.objects.filter(verb="member.resume").count() == 1
    client.force_login(row.user, backend=joining.BACKEND)
    assert client.get(url("today", campaign)).status_code == 200


def test_one_whose_access_had_ended_is_back_until_another_day(client, campaign, team, sign_in, set_clock):
    manager = sign_in(Role.MANAGER)
    membership.set_access(team["staff"], clock.now() + timedelta(hours=1), by=manager)
    set_clock("interval '2 hours'")
    membership.end_due()
    day = clock.now().astimezone(campaign.tz).date() + timedelta(days=2)
    client.post(url("resume_member", campaign, team["staff"].pk), {"ends": day.isoformat()})
    row = Member.objects.active().get(pk=team["staff"].pk)
    assert row.access_ends_at is not None


def test_a_candidate_does_not_come_back_beside_another(client, campaign, team, sign_in):
    manager = sign_in(Role.MANAGER)
    membership.suspend(team["candidate"], by=manager, reason="Uji")
    make.member(of=campaign, role=Role.CANDIDATE)
    answer = client.post(url("resume_member", campaign, team["candidate"].pk), {"ends": ""})
    assert answer.status_code == 422
    assert "there can be only one" in words(answer)


def test_a_day_that_is_over_is_refused(client, campaign, team, sign_in):
    membership.suspend(team["staff"], by=sign_in(Role.MANAGER), reason="Uji")
    assert client.post(url("resume_member", campaign, team["staff"].pk), {"ends": "2001-01-01"}).status_code == 422


def test_only_managers_do(client, campaign, team, sign_in):
    only(client, sign_in, url("resume_member", campaign, team["staff"].pk), {Role.MANAGER})
