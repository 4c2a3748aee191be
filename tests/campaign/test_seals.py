"""Seals under load, the mails they go out in, and the command that compares."""

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend
from django.core.management import CommandError, call_command
from django.db import connection, transaction

from campaign import audit, clock, digest, publishing
from campaign.duties import reading
from campaign.models import AuditRow, Campaign, DaySeal, Member, Phone, Role, Seal
from tests import make

pytestmark = pytest.mark.django_db(transaction=True)
THREADS = 16


@pytest.fixture
def campaign() -> Campaign:
    return make.campaign(slug="ratna")


def sealed(many: int) -> None:
    for number in range(many):
        audit.record("uji.act", f"uji:{number}", by="uji")
    assert audit.seal() == many


# Many at once ------------------------------------------------------------------------------------


def test_sixteen_write_and_seal_at_once_and_every_row_is_sealed_once(campaign):
    channel = make.channel(of=campaign)
    staff, together = make.someone(campaign, Role.STAFF), Barrier(THREADS)

    def work(number: int) -> int:
        together.wait(20)
        try:
            done = 0
            for _ in range(4):
                post = publishing.write(campaign, make.content(on=[channel], text=f"Teks {number}."), by=staff)
                done += audit.seal()
                with transaction.atomic():
                    audit.record("uji.never", post, by=staff)
                    transaction.set_rollback(True)
                publishing.submit(post, by=staff, version=1)
                done += audit.seal()
            return done
        finally:
            connection.close()

    with ThreadPoolExecutor(THREADS) as pool:
        sealed_meanwhile = sum(pool.map(work, range(THREADS)))
    sealed_meanwhile += audit.seal()
    rows = set(AuditRow.objects.values_list("pk", flat=True))
    assert AuditRow.objects.filter(verb__in=["post.write", "post.submit"]).count() == THREADS * 8
    assert sealed_meanwhile == len(rows) == Seal.objects.count()
    assert set(Seal.objects.values_list("row", flat=True)) == rows
    assert audit.verify() == []


# The mail ----------------------------------------------------------------------------------------


def recipients() -> list[str]:
    return sorted(address for message in mail.outbox for address in message.to)


def test_the_days_seal_goes_to_candidate_and_manager_once(campaign):
    team = make.team(campaign)
    gone = make.member(role=Role.MANAGER, of=campaign)
    Member.objects.filter(pk=gone.pk).update(suspended_at=clock.now())
    sealed(3)
    assert digest.send_day_seals() == 2
    assert digest.send_day_seals() == 0
    assert recipients() == sorted(str(team[role].user.email) for role in ("candidate", "manager"))


def test_the_mail_holds_what_is_needed_to_compare(campaign, capsys):
    make.member(role=Role.MANAGER, of=campaign)
    sealed(3)
    digest.send_day_seals()
    command = re.search(r"verify_audit --seal (\S+)", str(mail.outbox[0].body))
    assert command
    call_command("verify_audit", seal=[command[1]])
    assert "All 3 rows are as they were written." in capsys.readouterr().out


def test_the_mail_names_the_duties_that_are_late_and_comes_without_them_too(campaign, monkeypatch):
    make.member(role=Role.MANAGER, of=campaign)
    sealed(3)
    make.duty_done(of=campaign, key="rkdk")
    digest.send_day_seals()
    body = mail.outbox[0].body
    assert "Tenggat yang sudah lewat:\n- Daftarkan akun resmi: lewat 8 hari" in body
    assert "RKDK" not in body and "LADK" not in body
    tomorrow = clock.now() + timedelta(days=1)
    monkeypatch.setattr(clock, "now", lambda: tomorrow)
    monkeypatch.setattr(reading, "of", lambda *_args: 1 / 0)
    assert digest.send_day_seals() == 1
    assert "Tenggat" not in mail.outbox[1].body


def test_the_mail_names_the_phones_enrolled_that_day_and_no_others(campaign):
    team = make.team(campaign)
    yesterday = clock.now() - timedelta(days=1)
    for name, at in (("Ponsel kemarin", yesterday), ("Ponsel lama", yesterday - timedelta(days=2))):
        phone = make.phone(team["candidate"], name=name)
        Phone.objects.filter(pk=phone.pk).update(made_at=at, valid_until=at)
    elsewhere = make.phone(make.member(role=Role.CANDIDATE), name="Ponsel orang lain")
    Phone.objects.filter(pk=elsewhere.pk).update(made_at=yesterday, valid_until=yesterday)
    sealed(1)
    digest.send_day_seals()
    ours = [message for message in mail.outbox if elsewhere.user.email not in message.to]
    assert len(ours) == 2
    for message in ours:
        assert "Ponsel kemarin" in str(message.body)
        assert "Ponsel lama" not in str(message.body)
        assert "Ponsel orang lain" not in str(message.body)


def test_before_anything_is_sealed_nothing_is_mailed(campaign):
    make.team(campaign)
    assert digest.send_day_seals() == 0
    assert mail.outbox == []


def test_the_next_day_has_a_seal_of_its_own(campaign, monkeypatch):
    make.member(role=Role.MANAGER, of=campaign)
    sealed(3)
    digest.send_day_seals()
    tomorrow = clock.now() + timedelta(days=1)
    monkeypatch.setattr(clock, "now", lambda: tomorrow)
    assert digest.send_day_seals() == 1
    assert DaySeal.objects.count() == 2


def test_two_who_send_at_once_send_once(campaign, monkeypatch):
    make.team(campaign)
    sealed(3)
    seal_day = audit.seal_day

    def overtaken(*args):
        monkeypatch.setattr(audit, "seal_day", seal_day)
        digest.send_day_seals()
        return seal_day(*args)

    monkeypatch.setattr(audit, "seal_day", overtaken)
    digest.send_day_seals()
    assert len(mail.outbox) == 2


def test_one_mailbox_that_refuses_does_not_keep_the_seal_from_the_others(campaign, monkeypatch):
    team = make.team(campaign)
    sealed(3)
    send = EmailBackend.send_messages

    def picky(self, messages):
        if str(team["manager"].user.email) in messages[0].to:
            raise OSError("mailbox full")
        return send(self, messages)

    monkeypatch.setattr(EmailBackend, "send_messages", picky)
    assert digest.send_day_seals() == 1
    assert recipients() == [team["candidate"].user.email]


# The command -------------------------------------------------------------------------------------


def tamper(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        cursor.execute(statement)
        cursor.execute("SET session_replication_role = DEFAULT")


def test_the_command_says_that_all_is_well(capsys):
    sealed(2)
    call_command("verify_audit")
    assert capsys.readouterr().out == "All 2 rows are as they were written.\n"


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        ("UPDATE campaign_auditrow SET actor = 'x' WHERE about = 'uji:1'", "Row 2 of the chain was changed"),
        ("DELETE FROM campaign_auditrow WHERE about = 'uji:1'", "Row 2 of the chain is missing"),
        ("UPDATE campaign_dayseal SET hash = repeat('0', 64)", "The seal of row 3 is not the one that was kept"),
        ("DELETE FROM campaign_seal WHERE position = 3", "Row 3 of the chain was sealed once and is gone"),
        ("UPDATE campaign_auditrow SET at = at - interval '3 hours'", "Row 3 of the chain was changed"),
    ],
)
def test_the_command_names_each_flaw_and_fails(statement: str, said: str):
    sealed(3)
    audit.seal_day()
    tamper(statement)
    with pytest.raises(CommandError, match=said) as failure:
        call_command("verify_audit")
    assert failure.value.returncode == 1


def test_the_command_names_rows_that_nobody_sealed():
    audit.record("uji.act", "uji:1", by="uji")
    tamper("UPDATE campaign_auditrow SET at = at - interval '3 hours'")
    with pytest.raises(CommandError, match="nobody sealed for two hours"):
        call_command("verify_audit")


def test_a_seal_from_a_mail_that_does_not_fit_is_told():
    sealed(3)
    for given, said in ((f"2:{'0' * 64}", "rewritten"), (f"9:{'0' * 64}", "cut off")):
        with pytest.raises(CommandError, match=said) as failure:
            call_command("verify_audit", seal=[given])
        assert failure.value.returncode == 1


@pytest.mark.parametrize("given", ["", "3", "3:abc", f"drei:{'0' * 64}"])
def test_what_is_no_seal_is_told_too(given: str):
    with pytest.raises(CommandError, match="is no seal") as failure:
        call_command("verify_audit", seal=[given])
    assert failure.value.returncode == 2
