"""Shutting a member out."""

from collections.abc import Callable
from datetime import timedelta
from unittest.mock import Mock

import pytest
from django.contrib.sessions.models import Session
from django.core import mail
from django.core.mail import EmailMessage
from django.test import Client

from campaign import clock, registry
from campaign.approving import agreeing
from campaign.approving.needs import Terms
from campaign.errors import Refused
from campaign.models import AuditRow, Invitation, Member, Notice, Phone, Role
from campaign.team import joining, membership
from tests import make
from tests.campaign.doors import only, url, words

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]


def suspend(client, campaign, member, reason="Akun dipinjamkan"):
    return client.post(url("suspend_member", campaign, member.pk), {"reason": reason})


def test_it_asks_first_and_then_it_is_done_once(client, campaign, team, sign_in):
    manager = sign_in(Role.MANAGER)
    page = words(client.get(url("suspend_member", campaign, team["staff"].pk)))
    assert "out at once, on every device" in page
    for reason in ("Akun dipinjamkan", "Sekali lagi"):
        assert suspend(client, campaign, team["staff"], reason).status_code == 303
    row = Member.objects.get(pk=team["staff"].pk)
    assert row.suspended_at is not None
    assert (row.suspended_by, row.suspended_because) == (manager, "Akun dipinjamkan")
    told = AuditRow.objects.get(verb="member.suspend")
    assert "dipinjamkan" not in str(told.details)


def test_they_are_out_on_every_device_at_once(client, campaign, team):
    phones = [Client(), Client()]
    for phone in phones:
        phone.force_login(team["staff"].user, backend=joining.BACKEND)
        assert phone.get(url("today", campaign)).status_code == 200
    client.force_login(team["candidate"].user, backend=joining.BACKEND)
    membership.suspend(team["staff"], by=team["manager"], reason="Uji")
    for phone in phones:
        assert "/accounts/login/" in phone.get(url("today", campaign))["Location"]
    assert Session.objects.count() == 1
    assert client.get(url("today", campaign)).status_code == 200, "the others go on"


def test_who_is_in_another_campaign_goes_on_there(client, campaign, team):
    other = make.campaign()
    Member.objects.create(campaign=other, user=team["staff"].user, role=Role.STAFF)
    client.force_login(team["staff"].user, backend=joining.BACKEND)
    membership.suspend(team["staff"], by=team["manager"], reason="Uji")
    assert client.get(url("today", campaign)).status_code == 404
    assert client.get(url("today", other)).status_code == 200
    theirs = Member.objects.get(campaign=other)
    membership.suspend(theirs, by=make.someone(other, Role.MANAGER), reason="Uji")
    assert client.get(url("today", other)).status_code == 302


def test_what_they_had_taken_on_is_given_back_in_the_same_transaction(campaign, team, monkeypatch):
    given_back: list[Member] = []
    fresh: registry.Registry[Callable[[Member], None]] = registry.Registry()
    monkeypatch.setattr(registry, "on_suspended", fresh)
    fresh.add(given_back.append)
    membership.suspend(team["volunteer"], by=team["manager"], reason="Uji")
    assert given_back == [team["volunteer"]]
    assert given_back[0].suspended_at is not None

    @fresh.add
    def fails(_member):
        raise RuntimeError("the inbox is broken")

    with pytest.raises(RuntimeError):
        membership.suspend(team["staff"], by=team["manager"], reason="Uji")
    assert Member.objects.get(pk=team["staff"].pk).suspended_at is None


def test_what_waits_for_their_decision_goes_to_the_managers_and_the_rest_stays(campaign, team):
    post = make.post_in_review(of=campaign)
    mine = Notice.objects.create(
        campaign=campaign, member=team["candidate"], kind="refuse", url="/", about="post:9", made_at=post.made_at
    )
    membership.suspend(team["candidate"], by=team["manager"], reason="Uji")
    told = Notice.objects.open().filter(kind="approve")
    assert [(notice.member, notice.about) for notice in told] == [(team["manager"], f"post:{post.pk}")]
    assert Notice.objects.open().filter(pk=mine.pk).exists()


def test_what_needs_the_candidates_own_yes_is_no_managers_to_give_and_is_there_when_they_are_back(campaign, team):
    agreeing.ask(campaign, Terms(manager_kinds=frozenset({"other"})), by=team["manager"])
    membership.suspend(team["candidate"], by=team["manager"], reason="Uji")
    assert not Notice.objects.open().filter(kind="policy_agree").exists()
    membership.resume(team["candidate"], by=team["manager"])
    assert [each.member for each in Notice.objects.open().filter(kind="policy_agree")] == [team["candidate"]]


def test_the_candidate_is_told_by_mail_who_has_done_it(campaign, team, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        membership.suspend(team["staff"], by=team["manager"], reason="Uji")
        membership.suspend(team["candidate"], by=team["manager"], reason="Rahasia tim")
    (sent,) = mail.outbox
    assert sent.to == [team["candidate"].user.email]
    assert "Manager telah menangguhkan akses Anda" in sent.body
    assert team["manager"].user.email in sent.body
    assert "Rahasia" not in sent.body


def test_so_is_one_whose_last_day_is_over(campaign, team, set_clock, django_capture_on_commit_callbacks):
    membership.set_access(team["candidate"], clock.now() + timedelta(hours=1), by=team["manager"])
    set_clock("interval '2 hours'")
    with django_capture_on_commit_callbacks(execute=True):
        assert membership.end_due() == 1
    assert [(sent.to, "hari terakhir" in sent.body) for sent in mail.outbox] == [([team["candidate"].user.email], True)]


def test_a_mail_server_that_is_down_suspends_all_the_same(
    campaign, team, monkeypatch, django_capture_on_commit_callbacks
):
    monkeypatch.setattr(EmailMessage, "send", Mock(side_effect=OSError("down")))
    with django_capture_on_commit_callbacks(execute=True):
        membership.suspend(team["candidate"], by=team["manager"], reason="Uji")
    assert Member.objects.get(pk=team["candidate"].pk).suspended_at is not None


def test_links_they_made_open_nothing_any_more(campaign, team):
    second = make.member(of=campaign, role=Role.MANAGER)
    theirs, other = make.link(of=campaign, by=second), make.link(of=campaign, by=team["manager"])
    membership.suspend(second, by=team["manager"], reason="Uji")
    assert list(Invitation.objects.pending()) == [other.invitation]
    assert Invitation.objects.get(pk=theirs.invitation.pk).revoked_at is not None


def test_their_phone_signs_in_by_itself_no_more_even_once_they_are_back(campaign, team):
    phone = make.phone(team["candidate"])
    membership.suspend(team["candidate"], by=team["manager"], reason="Ponselnya hilang")
    membership.resume(team["candidate"], by=team["manager"])
    assert not Phone.objects.valid(clock.now()).filter(pk=phone.pk).exists()


def test_nobody_suspends_themselves(client, campaign, team, sign_in):
    make.member(of=campaign, role=Role.MANAGER)
    answer = suspend(client, campaign, sign_in(Role.MANAGER))
    assert answer.status_code == 422
    assert "Ask another manager" in words(answer)


def test_the_last_manager_who_stays_is_not_suspended(campaign, team):
    passing = make.member(of=campaign, role=Role.MANAGER, access_ends_at=clock.now() + timedelta(days=2))
    with pytest.raises(Refused):
        membership.suspend(team["manager"], by=passing, reason="Uji")
    second = make.member(of=campaign, role=Role.MANAGER)
    membership.suspend(team["manager"], by=second, reason="Uji")
    assert list(Member.objects.lasting_managers()) == [second]


@pytest.mark.parametrize("reason", ["", "   ", "x" * 301, "a\0"])
def test_it_needs_a_reason(client, campaign, team, sign_in, reason):
    sign_in(Role.MANAGER)
    assert suspend(client, campaign, team["staff"], reason).status_code == 422
    assert Member.objects.get(pk=team["staff"].pk).suspended_at is None


def test_only_managers_do(client, campaign, team, sign_in):
    only(client, sign_in, url("suspend_member", campaign, team["staff"].pk), {Role.MANAGER})
