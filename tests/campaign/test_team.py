"""The team's page."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from campaign import clock
from campaign.models import Member, Role
from campaign.team import membership
from tests import make
from tests.campaign.doors import only, url, words

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]


def test_it_shows_everybody_by_role_with_their_state(client, campaign, team, sign_in):
    leaves = make.member(of=campaign, role=Role.VOLUNTEER, access_ends_at=clock.now() + timedelta(days=40))
    membership.suspend(team["staff"], by=team["manager"], reason="Akun dipinjamkan")
    sign_in(Role.MANAGER)
    page = words(client.get(url("team", campaign)))
    order = [page.index(f'id="role-{role}"') for role in ("candidate", "manager", "staff", "treasurer", "volunteer")]
    assert order == sorted(order)
    assert "Suspended" in page
    assert "Until" in page
    assert url("team_member", campaign, leaves.pk) in page
    assert "Akun dipinjamkan" not in page


def test_staff_and_candidate_see_names_and_roles_and_nothing_to_press(client, campaign, team, sign_in):
    link = make.link(of=campaign, for_whom="Bayu")
    for role in (Role.STAFF, Role.CANDIDATE):
        sign_in(role)
        page = words(client.get(url("team", campaign)))
        assert "Treasurer" in page
        for hidden in ("Bayu", "/tim/undang", "Last signed in", str(team["manager"].user.email), link.token):
            assert hidden not in page


def test_treasurer_volunteers_and_strangers_do_not_see_it(client, campaign, sign_in):
    only(client, sign_in, url("team", campaign), {Role.MANAGER, Role.STAFF, Role.CANDIDATE})


def test_it_lists_the_links_that_wait_and_those_that_ran_out_but_no_secret(client, campaign, sign_in, set_clock):
    manager = sign_in(Role.MANAGER)
    waits = make.link(of=campaign, by=manager, for_whom="Bayu", holds=timedelta(days=30))
    make.link(of=campaign, by=manager, for_whom="Citra", holds=timedelta(days=1))
    set_clock("interval '2 days'")
    page = words(client.get(url("team", campaign)))
    assert "Bayu" in page
    assert "Citra" in page
    assert page.count("Link has run out") == 1
    assert waits.token not in page
    set_clock("interval '40 days'")
    assert "Citra" not in words(client.get(url("team", campaign)))


def test_alone_one_reads_what_to_do_next(client, campaign, sign_in):
    sign_in(Role.MANAGER)
    assert "Invite the candidate first" in words(client.get(url("team", campaign)))
    make.someone(campaign, Role.STAFF)
    assert "Invite the candidate first" not in words(client.get(url("team", campaign)))


def test_it_asks_the_database_as_often_for_many_as_for_few(client, campaign, sign_in):
    manager = sign_in(Role.MANAGER)

    def asked() -> int:
        with CaptureQueriesContext(
            connection,
        ) as queries:
            client.get(url("team", campaign))
        return len(queries)

    make.volunteer_with_pin(of=campaign)
    make.link(of=campaign, by=manager)
    few = asked()
    for number in range(4):
        make.volunteer_with_pin(of=campaign, name=f"Relawan {'abcd'[number]}")
        make.link(of=campaign, by=manager, for_whom=f"Tamu {number}")
        make.member(of=campaign, role=Role.STAFF)
    assert asked() == few


def test_nobody_of_another_campaign_is_on_it(client, campaign, sign_in):
    sign_in(Role.MANAGER)
    other = make.campaign()
    Member.objects.create(campaign=other, user=make.user(name="Orang Lain"), role=Role.STAFF)
    make.link(of=other, for_whom="Tamu Lain")
    page = words(client.get(url("team", campaign)))
    assert "Orang Lain" not in page
    assert "Tamu Lain" not in page
