"""How long a member is on the team."""

from datetime import timedelta

import pytest

from campaign import clock
from campaign.errors import Refused
from campaign.models import AuditRow, Member, Role
from campaign.tasks import end_access
from campaign.team import membership
from tests import make
from tests.campaign.doors import only, url, words

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]


def save(client, campaign, member, day):
    return client.post(url("set_access", campaign, member.pk), {"ends": day})


def test_a_day_is_set_and_lifted(client, campaign, team, sign_in):
    sign_in(Role.MANAGER)
    day = clock.now().astimezone(campaign.tz).date() + timedelta(days=5)
    assert save(client, campaign, team["staff"], day.isoformat()).status_code == 303
    row = Member.objects.get(pk=team["staff"].pk)
    assert row.access_ends_at is not None
    assert row.access_ends_at.astimezone(campaign.tz).date() == day + timedelta(days=1)
    assert f'value="{day.isoformat()}"' in words(client.get(url("team_member", campaign, row.pk)))
    assert save(client, campaign, team["staff"], "").status_code == 303
    assert Member.objects.get(pk=row.pk).access_ends_at is None
    assert AuditRow.objects.filter(verb="member.access").count() == 2


def test_access_ends_at_the_very_moment_and_in_one_query(
    client, campaign, team, sign_in, set_clock, django_assert_num_queries
):
    staff = sign_in(Role.STAFF)
    membership.set_access(staff, clock.now() + timedelta(hours=1), by=team["manager"])
    set_clock("interval '59 minutes'")
    assert client.get(url("today", campaign)).status_code == 200
    set_clock("interval '61 minutes'")
    assert client.get(url("today", campaign)).status_code == 404
    with django_assert_num_queries(1):
        assert not Member.objects.of(staff.user).active().exists()


def test_afterwards_sessions_and_what_waits_are_cleared_up_once(client, campaign, team, sign_in, set_clock):
    staff = sign_in(Role.STAFF)
    membership.set_access(staff, clock.now() + timedelta(hours=1), by=team["manager"])
    end_access()
    assert Member.objects.get(pk=staff.pk).suspended_at is None
    set_clock("interval '61 minutes'")
    end_access()
    end_access()
    row = Member.objects.get(pk=staff.pk)
    assert row.suspended_at is not None
    assert AuditRow.objects.filter(verb="member.end").count() == 1
    assert client.get(url("today", campaign)).status_code == 302, "no session is left"
    sign_in(Role.MANAGER)
    assert "Access has ended" in words(client.get(url("team", campaign)))


def test_the_last_manager_who_stays_cannot_be_made_to_leave(campaign, team):
    second = make.member(of=campaign, role=Role.MANAGER)
    membership.set_access(second, clock.now() + timedelta(days=1), by=team["manager"])
    with pytest.raises(Refused):
        membership.set_access(team["manager"], clock.now() + timedelta(days=1), by=second)


@pytest.mark.parametrize("day", ["2001-01-01", "besok", "99999-01-01", "2026-13-01", "9999-12-31"])
def test_a_day_that_cannot_be_is_refused(client, campaign, team, sign_in, day):
    sign_in(Role.MANAGER)
    assert save(client, campaign, team["staff"], day).status_code == 422


def test_nobody_does_it_to_themselves_and_only_managers_do(client, campaign, team, sign_in):
    answer = save(client, campaign, sign_in(Role.MANAGER), "2028-01-01")
    assert answer.status_code == 422
    only(client, sign_in, url("set_access", campaign, team["staff"].pk), {Role.MANAGER}, "post")
