"""Inviting somebody: the form, and the one time the link is shown."""

import hashlib
import re
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit
from uuid import uuid4

import pytest
from django.core.exceptions import PermissionDenied

from campaign import clock
from campaign.errors import Refused
from campaign.models import AuditRow, Invitation, Role
from campaign.team import inviting
from tests import make
from tests.campaign.doors import leave, only, url, words

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]


def typed(**fields):
    return {"form_id": str(uuid4()), "for_whom": "Bayu Kurnia", "role": "volunteer", "holds": "7"} | fields


def link_in(answer) -> str:
    found = re.search(r'id="the-link"[^>]*value="([^"]+)"', words(answer))
    assert found
    return found[1]


def test_it_shows_a_link_that_works_with_whatsapp_and_a_code_for_cameras(client, campaign, sign_in):
    sign_in(Role.MANAGER)
    answer = client.post(url("invite", campaign), typed())
    link = link_in(answer)
    page = words(answer)
    assert client.get(urlsplit(link).path).status_code == 409  # the manager is on the team already
    leave(client)
    assert "Bayu" not in words(client.get(urlsplit(link).path))
    whatsapp = re.search(r'href="(https://wa\.me/[^"]+)"', page)
    assert whatsapp
    assert link in parse_qs(urlsplit(whatsapp[1].replace("&amp;", "&")).query)["text"][0]
    assert 'src="data:image/svg+xml' in page
    assert answer["Cache-Control"].count("no-store") == 1


def test_only_a_hash_of_the_secret_is_kept(client, campaign, sign_in):
    sign_in(Role.MANAGER)
    token = urlsplit(link_in(client.post(url("invite", campaign), typed()))).path.rstrip("/").rpartition("/")[2]
    row = Invitation.objects.get()
    assert row.token_hash == hashlib.sha256(token.encode()).hexdigest()
    assert len(token) == 32
    assert token not in str(list(Invitation.objects.values())) + str(list(AuditRow.objects.values()))


def test_the_link_holds_seven_days_unless_chosen_otherwise(client, campaign, sign_in):
    sign_in(Role.MANAGER)
    client.post(url("invite", campaign), typed())
    client.post(url("invite", campaign), typed(holds="30"))
    lasts = [row.expires_at - row.made_at for row in Invitation.objects.order_by("pk")]
    assert lasts == [timedelta(days=7), timedelta(days=30)]
    assert 'value="7" selected' in words(client.get(url("invite", campaign)))


def test_the_last_day_lasts_until_midnight_of_the_campaigns_zone(client, campaign, sign_in):
    sign_in(Role.MANAGER)
    day = clock.now().astimezone(campaign.tz).date() + timedelta(days=3)
    client.post(url("invite", campaign), typed(ends=day.isoformat()))
    ends_at = Invitation.objects.get().access_ends_at
    assert ends_at is not None
    local = ends_at.astimezone(campaign.tz)
    assert (local.date(), local.hour, local.minute) == (day + timedelta(days=1), 0, 0)


def test_pressing_twice_is_pressing_once(client, campaign, sign_in):
    sign_in(Role.MANAGER)
    form = typed()
    first, second = (link_in(client.post(url("invite", campaign), form)) for _ in range(2))
    assert first == second
    assert Invitation.objects.count() == 1
    assert AuditRow.objects.filter(verb="invitation.make").count() == 1
    other = link_in(client.post(url("invite", campaign), form | {"for_whom": "Citra"}))
    assert other != first, "another person is another link, even from the same form"


def test_the_form_of_a_link_that_was_taken_back_gives_no_new_one(client, campaign, sign_in):
    manager = sign_in(Role.MANAGER)
    form = typed()
    client.post(url("invite", campaign), form)
    inviting.revoke(Invitation.objects.get(), by=manager)
    answer = client.post(url("invite", campaign), form)
    assert answer.status_code == 422
    assert "Begin a new invitation" in words(answer)


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"for_whom": ""}, "required"),
        ({"for_whom": "12 34"}, "Type the name with letters"),
        ({"for_whom": "Ba\0yu"}, "Null characters"),
        ({"for_whom": "Ba\u202eyu"}, "Type the name with letters"),
        ({"for_whom": "B" * 101}, "100"),
        ({"role": "king"}, "valid choice"),
        ({"role": ""}, "required"),
        ({"holds": "900"}, "valid choice"),
        ({"ends": "2001-01-01"}, "This day is over"),
        ({"ends": "9999-12-31"}, "too far off"),
        ({"ends": "kemarin"}, "valid date"),
        ({"form_id": "x"}, ""),
    ],
)
def test_what_cannot_be_is_refused_and_nothing_typed_is_lost(client, campaign, sign_in, wrong, told):
    sign_in(Role.MANAGER)
    answer = client.post(url("invite", campaign), typed() | wrong)
    assert answer.status_code == 422
    assert told in words(answer)
    if "for_whom" not in wrong:
        assert "Bayu Kurnia" in words(answer)
    assert not Invitation.objects.exists()


def test_a_second_candidate_is_not_even_invited(client, campaign, sign_in):
    sign_in(Role.MANAGER)
    make.someone(campaign, Role.CANDIDATE)
    answer = client.post(url("invite", campaign), typed(role="candidate"))
    assert answer.status_code == 422
    assert "there can be only one" in words(answer)


def test_only_managers_invite(client, campaign, sign_in):
    only(client, sign_in, url("invite", campaign), {Role.MANAGER})
    with pytest.raises(PermissionDenied):
        inviting.invite(by=make.someone(campaign, Role.STAFF), role=Role.VOLUNTEER, for_whom="Bayu")


def test_there_is_an_end_to_links_that_wait(campaign, monkeypatch):
    monkeypatch.setattr(inviting, "MOST", 2)
    first = make.link(of=campaign)
    make.link(of=campaign)
    with pytest.raises(Refused, match="Tarik dahulu sebagian"):
        make.link(of=campaign)
    manager = make.someone(campaign, Role.MANAGER)
    inviting.revoke(first.invitation, by=manager)
    make.link(of=campaign)


def test_a_membership_that_would_be_over_before_it_begins_is_refused(campaign):
    with pytest.raises(Refused):
        make.link(of=campaign, access_ends_at=clock.now() - timedelta(days=1))
    assert not Invitation.objects.exists()
