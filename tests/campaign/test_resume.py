"""`…/lanjut/`: going on after a stop."""

from smtplib import SMTPRecipientsRefused

import pytest
from django.core.mail import EmailMessage

from campaign import clock, stopping
from campaign.models import Campaign, Delivery, Notice, Role, State
from tests import make


@pytest.fixture(autouse=True)
def _in_english(client):
    client.cookies["django_language"] = "en"


@pytest.fixture
def address(campaign):
    return f"/c/{campaign.slug}/lanjut/"


@pytest.fixture
def stopped(campaign, team):
    stopping.stop(campaign, by=team["manager"], reason="Rapat")
    campaign.refresh_from_db()
    return campaign


def test_it_says_how_many_will_be_held(client, stopped, sign_in, address):
    make.delivery(on=make.channel(of=stopped))
    make.delivery(on=make.channel(of=stopped), send_at=make.in_an_hour())
    sign_in(Role.MANAGER)
    answer = client.get(address)
    assert answer.context["overdue"] == 1
    assert "1 delivery fell due" in " ".join(answer.content.decode().split())
    stopped.refresh_from_db()
    assert stopped.is_stopped


def test_it_goes_on_and_what_fell_due_is_held(client, stopped, sign_in, address):
    late = make.delivery(on=make.channel(of=stopped))
    later = make.delivery(on=make.channel(of=stopped), send_at=make.in_an_hour())
    sign_in(Role.CANDIDATE)
    answer = client.post(address)
    assert answer.url == stopped.get_absolute_url()
    stopped.refresh_from_db()
    assert not stopped.is_stopped
    assert Delivery.objects.get(pk=late.pk).state == State.HELD
    assert Delivery.objects.get(pk=later.pk).state == State.WAITING


@pytest.mark.parametrize("role", [Role.STAFF, Role.TREASURER, Role.VOLUNTEER])
def test_others_may_not(client, stopped, sign_in, address, role):
    sign_in(role)
    assert client.post(address).status_code == 403
    stopped.refresh_from_db()
    assert stopped.is_stopped


def test_a_campaign_that_runs_has_nothing_to_resume(client, campaign, sign_in, address):
    sign_in(Role.MANAGER)
    assert client.get(address).url == campaign.get_absolute_url()
    answer = client.post(address)
    assert answer.status_code == 422
    assert "not stopped" in answer.content.decode()


def test_what_will_be_held_is_named_with_its_two_ways_out(client, stopped, sign_in, address):
    make.delivery(on=make.channel(of=stopped), text="Terlambat sekarang.")
    sign_in(Role.MANAGER)
    said = " ".join(client.get(address).content.decode().split())
    assert "Terlambat sekarang." in said
    assert "publish now, or a new time" in said


def test_manager_and_candidate_are_told_here_and_by_mail(
    client, stopped, team, sign_in, address, mailoutbox, django_capture_on_commit_callbacks
):
    sign_in(Role.CANDIDATE)
    with django_capture_on_commit_callbacks(execute=True):
        client.post(address)
    assert {mail.to[0] for mail in mailoutbox} == {team["manager"].user.email, team["candidate"].user.email}
    told = Notice.objects.open().filter(campaign=stopped)
    assert [(notice.kind, notice.member) for notice in told] == [("resumed", team["manager"])]


def test_a_mail_that_fails_keeps_nothing_stopped(
    client, stopped, sign_in, address, monkeypatch, django_capture_on_commit_callbacks
):
    def fails(_self):
        raise OSError("no mail server")

    monkeypatch.setattr(EmailMessage, "send", fails)
    sign_in(Role.MANAGER)
    with django_capture_on_commit_callbacks(execute=True):
        assert client.post(address).status_code == 302
    stopped.refresh_from_db()
    assert not stopped.is_stopped


@pytest.fixture
def restored(stopped):
    """As after a backup was restored, with two deliveries planned for later that may be out already."""
    Campaign.objects.filter(pk=stopped.pk).update(
        stop_reason="restored:2029-01-05T12:00:00+00:00 Rapat", stopped_by=None
    )
    rows = [make.delivery(on=make.channel(of=stopped), send_at=make.in_an_hour()) for _ in range(2)]
    Delivery.objects.update(doubtful=True, repeat_until=clock.now(), problem="restored")
    return rows


def test_after_a_restore_it_says_what_to_look_at_first(client, stopped, restored, sign_in, address):
    sign_in(Role.MANAGER)
    said = " ".join(client.get(address).content.decode().split())
    assert "restored from the backup of" in said
    assert "It was stopped before as well: “Rapat”" in said
    assert said.count('name="not_out"') == 2
    assert "Restored from the backup of" in client.get(stopped.get_absolute_url()).content.decode()


def test_what_was_looked_up_leaves_at_its_time_and_the_rest_is_asked_for(client, stopped, restored, sign_in, address):
    looked, other = restored
    theirs = make.delivery(send_at=make.in_an_hour())
    Delivery.objects.filter(pk=theirs.pk).update(doubtful=True, repeat_until=clock.now())
    sign_in(Role.MANAGER)
    client.post(address, {"not_out": [looked.pk, theirs.pk, "x", "9" * 40, "\0"]})
    looked.refresh_from_db()
    other.refresh_from_db()
    theirs.refresh_from_db()
    assert (looked.state, looked.doubtful, looked.problem) == (State.WAITING, False, "")
    assert (other.state, other.doubtful) == (State.UNSURE, True)
    assert theirs.doubtful


@pytest.mark.parametrize("reason", ["restored:kapan", "restored:", "Rapat"])
def test_a_reason_that_only_looks_so_is_shown_as_it_is(reason):
    assert stopping.reason(Campaign(stop_reason=reason)) == stopping.Reason(reason)


def test_a_page_from_before_does_not_lift_a_stop_made_since(client, stopped, sign_in, address, team):
    sign_in(Role.MANAGER)
    page = client.get(address).content.decode()
    read = page.partition('name="stopped_at" value="')[2].partition('"')[0]
    stopping.resume(stopped, by=team["candidate"])
    stopping.stop(stopped, by=team["candidate"], reason="Akun dibajak")
    answer = client.post(address, {"stopped_at": read})
    assert answer.status_code == 422
    assert "stopped this campaign anew" in answer.content.decode()
    stopped.refresh_from_db()
    assert stopped.stop_reason == "Akun dibajak"
    read = answer.content.decode().partition('name="stopped_at" value="')[2].partition('"')[0]
    assert client.post(address, {"stopped_at": read}).status_code == 302


@pytest.mark.django_db(transaction=True)
def test_an_address_that_is_refused_keeps_the_mail_from_nobody_else(client, stopped, sign_in, address, monkeypatch):
    asked = []

    def send(mail, **_options):
        asked.append(mail.to)
        raise SMTPRecipientsRefused({})

    monkeypatch.setattr(EmailMessage, "send", send)
    sign_in(Role.MANAGER)
    assert client.post(address).status_code == 302
    assert len(asked) == 2
