"""`…/catatan/periksa/`: whether this campaign's record is as it was written, within a time that a person waits."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from django.utils import translation

from campaign import audit, clock, record_check
from campaign.errors import Refused
from campaign.models import AuditRow, DaySeal, Role, Seal
from tests import make
from tests.campaign.doors import DECIDERS, only, url, words
from tests.campaign.test_audit import a_thief

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("english")]


@pytest.fixture
def address(campaign):
    return url("verify_record", campaign)


@pytest.fixture
def rows(campaign):
    """Ten sealed rows of ours among ten of another campaign."""
    other = make.campaign()
    for number in range(10):
        for row in (campaign, other):
            audit.record("post.write", f"post:{number}", by="uji", campaign_id=row.pk)
    audit.seal()
    return list(AuditRow.objects.filter(campaign_id=campaign.pk).order_by("pk"))


@contextmanager
def another() -> Iterator[Any]:
    """Another process, in a transaction of its own."""
    other = connection.copy()
    try:
        with other.cursor() as cursor:
            cursor.execute("BEGIN")
            yield cursor
            cursor.execute("ROLLBACK")
    finally:
        other.close()


def sql(statement: str) -> None:
    with a_thief(), connection.cursor() as cursor:
        cursor.execute(statement)


def test_an_unbroken_record_is_told_and_the_check_noted(client, campaign, rows, sign_in, address):
    audit.seal_day()
    manager = sign_in(Role.MANAGER)
    answer = client.post(address)
    assert answer.status_code == 303 and answer["Location"] == url("record", campaign)
    page = words(client.get(answer["Location"]))
    assert f"Unbroken: all {len(rows)} sealed lines" in page
    assert "Sealed and unbroken" in page and f"Last checked by {manager}" in page and "The seal of" in page
    note = AuditRow.objects.get(verb="record.verify")
    assert (note.member_id, note.details) == (manager.pk, {"rows": len(rows), "flaws": 0})


@pytest.mark.parametrize(
    ("theft", "what"),
    [
        ("UPDATE campaign_auditrow SET actor = 'x' WHERE id = {ours}", "changed"),
        ("UPDATE campaign_auditrow SET at = at - interval '1 day' WHERE id = {ours}", "changed"),
        ("DELETE FROM campaign_auditrow WHERE id = {ours}", "missing"),
        ("DELETE FROM campaign_seal WHERE row = {ours}", "missing"),
        ("UPDATE campaign_dayseal SET hash = repeat('0', 64)", "rewritten"),
    ],
)
def test_whatever_was_touched_shows(client, campaign, rows, sign_in, address, theft, what):
    audit.seal_day()
    sql(theft.format(ours=rows[4].pk))
    assert what in {flaw.what for flaw in record_check.look(campaign).flaws}
    sign_in(Role.CANDIDATE)
    page = words(client.post(address, follow=True))
    assert "Something is wrong" in page and "The last check found something wrong" in page


def test_an_old_row_outside_the_chains_end_is_compared_too(campaign, rows, monkeypatch):
    monkeypatch.setattr(record_check, "LINKS", 2)
    sql(f"UPDATE campaign_auditrow SET verb = 'post.edit' WHERE id = {rows[0].pk}")
    assert [(flaw.position, flaw.what) for flaw in record_check.look(campaign).flaws] == [
        (Seal.objects.get(row=rows[0].pk).position, "changed")
    ]


def test_it_ends_when_the_time_is_up_and_says_how_far_it_came(client, campaign, rows, sign_in, address, monkeypatch):
    monkeypatch.setattr(record_check, "BATCH", 3)
    monkeypatch.setattr(record_check, "SECONDS", -1.0)
    result = record_check.look(campaign)
    assert (result.rows, result.is_all, result.flaws) == (3, False, [])
    assert result.since == rows[-3].at
    sign_in(Role.MANAGER)
    assert "Unbroken so far: the newest 3 lines" in words(client.post(address, follow=True))


def test_rows_that_nobody_sealed_for_hours_are_told(campaign, rows):
    old = AuditRow.objects.create(
        campaign_id=campaign.pk, at=clock.now() - timedelta(hours=3), actor="x", verb="post.write", about="post:1"
    )
    assert [flaw.what for flaw in record_check.look(campaign).flaws] == ["unsealed"]
    assert old.pk and not DaySeal.objects.exists()


def test_before_anything_is_sealed_there_is_nothing_to_compare(client, sign_in, address):
    sign_in(Role.MANAGER)
    page = words(client.post(address, follow=True))
    assert "nothing to compare" in page and "Not sealed yet" in page


def test_a_second_press_within_a_minute_is_refused(client, campaign, sign_in, address):
    sign_in(Role.MANAGER)
    client.post(address)
    assert "checked a moment ago" in words(client.post(address, follow=True))
    assert AuditRow.objects.filter(verb="record.verify").count() == 1


def test_two_at_once_are_one_and_publishing_does_not_wait_for_it(campaign, team, monkeypatch):
    def meanwhile(row):
        with another() as cursor:
            cursor.execute("SELECT id FROM campaign_campaign WHERE id = %s FOR UPDATE NOWAIT", [row.pk])
            cursor.execute("SELECT pg_try_advisory_xact_lock(71003, %s)", [row.pk])
            assert cursor.fetchone() == (False,)
        return record_check.Result(0, None, True, [])

    with another() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(71003, %s)", [campaign.pk])
        with translation.override("en"), pytest.raises(Refused, match="just now"):
            record_check.check(campaign, by=team["candidate"])
    monkeypatch.setattr(record_check, "look", meanwhile)
    record_check.check(campaign, by=team["manager"])


def test_no_two_advisory_locks_are_the_same():
    code = [file.read_text() for app in ("campaign", "analytics") for file in (settings.BASE_DIR / app).rglob("*.py")]
    numbers = [number for text in code for number in re.findall(r"^_[A-Z]+ = (71_\d+)", text, re.MULTILINE)]
    assert len(numbers) >= 5
    assert len(numbers) == len(set(numbers))


def test_only_manager_and_candidate_check_and_only_by_post(client, sign_in, address):
    only(client, sign_in, address, DECIDERS, "post")
    sign_in(Role.MANAGER)
    assert client.get(address).status_code == 405
