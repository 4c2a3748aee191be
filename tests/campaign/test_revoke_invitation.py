"""Taking a link back."""

from urllib.parse import urlsplit

import pytest

from campaign.models import AuditRow, Invitation, Role
from campaign.team import joining
from campaign.team.joining import Newcomer
from tests import make
from tests.campaign.doors import leave, only, url, words

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]


def test_the_link_opens_nothing_any_more_and_pressing_twice_is_pressing_once(client, campaign, sign_in):
    manager = sign_in(Role.MANAGER)
    link = make.link(of=campaign, by=manager)
    for _ in range(2):
        assert client.post(url("revoke_invitation", campaign, link.invitation.pk)).status_code == 303
    assert AuditRow.objects.filter(verb="invitation.revoke").count() == 1
    leave(client)
    answer = client.get(urlsplit(link.url).path)
    assert answer.status_code == 410
    assert "taken back" in words(answer)


def test_one_that_was_used_meanwhile_is_told_and_stays(client, campaign, sign_in):
    manager = sign_in(Role.MANAGER)
    link = make.link(of=campaign, by=manager)
    joining.join(link.invitation, Newcomer(name="Agus", pin=make.PIN))
    answer = client.post(url("revoke_invitation", campaign, link.invitation.pk))
    assert answer.status_code == 422
    assert Invitation.objects.get().revoked_at is None


def test_only_managers_do_and_by_pressing(client, campaign, sign_in):
    address = url("revoke_invitation", campaign, make.link(of=campaign).invitation.pk)
    only(client, sign_in, address, {Role.MANAGER}, "post")
    sign_in(Role.MANAGER)
    assert client.get(address).status_code == 405
