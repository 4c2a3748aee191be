"""A new link in the place of one that is lost."""

import re
from datetime import timedelta
from urllib.parse import urlsplit

import pytest

from campaign.models import Invitation, Role
from campaign.team import joining
from campaign.team.joining import Newcomer
from tests import make
from tests.campaign.doors import leave, only, url, words

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]


def test_the_new_link_works_and_the_old_one_does_not(client, campaign, sign_in, set_clock):
    manager = sign_in(Role.MANAGER)
    old = make.link(of=campaign, by=manager, role=Role.STAFF, for_whom="Bayu", holds=timedelta(days=1))
    set_clock("interval '2 days'")
    answer = client.post(url("renew_invitation", campaign, old.invitation.pk))
    found = re.search(r'id="the-link"[^>]*value="([^"]+)"', words(answer))
    assert found
    new = Invitation.objects.open().get()
    assert (new.role, new.for_whom, new.expires_at - new.made_at) == (Role.STAFF, "Bayu", timedelta(days=1))
    leave(client)
    assert client.get(urlsplit(found[1]).path).status_code == 200
    assert client.get(urlsplit(old.url).path).status_code == 410


def test_of_one_that_was_used_there_is_no_new_one(client, campaign, sign_in):
    manager = sign_in(Role.MANAGER)
    link = make.link(of=campaign, by=manager)
    joining.join(link.invitation, Newcomer(name="Agus", pin=make.PIN))
    answer = client.post(url("renew_invitation", campaign, link.invitation.pk))
    assert answer.status_code == 422
    assert "Somebody has joined with this link" in words(answer)
    assert Invitation.objects.count() == 1


def test_only_managers_do(client, campaign, sign_in):
    link = make.link(of=campaign)
    only(client, sign_in, url("renew_invitation", campaign, link.invitation.pk), {Role.MANAGER}, "post")
