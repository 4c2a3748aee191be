"""One member as a manager sees them."""

import pytest

from campaign.models import Role
from campaign.team import membership
from tests import make
from tests.campaign.doors import only, url, words

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]


def test_it_shows_how_they_came_and_what_can_be_changed(client, campaign, sign_in):
    sign_in(Role.MANAGER)
    agus = make.volunteer_with_pin(of=campaign)
    page = words(client.get(url("team_member", campaign, agus.pk)))
    for shown in ("Agus Pratama", "name and PIN", "Invited by", "wording", "Make a link for a new PIN", "Suspend …"):
        assert shown in page
    staff = make.someone(campaign, Role.STAFF)
    page = words(client.get(url("team_member", campaign, staff.pk)))
    assert str(staff.user.email) in page
    assert "did not come by invitation" in page
    assert "new PIN" not in page


def test_one_changes_nothing_about_oneself(client, campaign, sign_in):
    manager = sign_in(Role.MANAGER)
    page = words(client.get(url("team_member", campaign, manager.pk)))
    assert "This is you" in page
    assert 'action="/c/' not in page.partition('id="member"')[2]


def test_of_one_who_is_suspended_it_tells_why_and_offers_the_way_back(client, campaign, team, sign_in):
    manager = sign_in(Role.MANAGER)
    membership.suspend(team["staff"], by=manager, reason="Akun dipinjamkan")
    page = words(client.get(url("team_member", campaign, team["staff"].pk)))
    assert "Akun dipinjamkan" in page
    assert url("resume_member", campaign, team["staff"].pk) in page
    assert url("change_role", campaign, team["staff"].pk) not in page


def test_only_managers_see_it(client, campaign, sign_in):
    staff = make.someone(campaign, Role.STAFF)
    only(client, sign_in, url("team_member", campaign, staff.pk), {Role.MANAGER})
