"""The record: the database refuses to change it, each act writes its row, and tampering shows."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from typing import Any
from uuid import uuid4

import pytest
from django.db import DatabaseError, connection, transaction

from campaign import afterwards, audit, clock, envelopes, publishing, stopping
from campaign.audit import FIRST, Flaw, link, record, seal, seal_day, verify
from campaign.http import client_ip
from campaign.models import AuditRow, Campaign, DaySeal, Delivery, Post, Role, Seal, State
from tests import make

pytestmark = pytest.mark.django_db
commits = pytest.mark.django_db(transaction=True)
"""Marks the tests in which rows are sealed: within the test's own transaction none is final."""
TABLES = ("campaign_auditrow", "campaign_seal", "campaign_dayseal")


def sql(statement: str, *args: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, args)


def write(many: int) -> None:
    for number in range(many):
        record("uji.act", f"uji:{number}", by="uji")


def sealed(many: int) -> None:
    write(many)
    assert seal() == many


@contextmanager
def a_thief() -> Iterator[None]:
    """Somebody with the database's own password, whom no trigger stops."""
    sql("SET session_replication_role = replica")
    yield
    sql("SET session_replication_role = DEFAULT")


# What the database refuses -----------------------------------------------------------------------


@commits
@pytest.mark.parametrize("table", TABLES)
def test_the_database_refuses_to_change_or_empty_the_record(table: str):
    sealed(2)
    seal_day()
    for statement in (f"UPDATE {table} SET id = id", f"DELETE FROM {table}", f"TRUNCATE {table}"):
        statement = statement.replace("id = id", {"campaign_auditrow": "actor = 'x'"}.get(table, "hash = 'x'"))
        with pytest.raises(DatabaseError, match="only ever added to"):
            sql(statement)
    assert (AuditRow.objects.count(), Seal.objects.count(), DaySeal.objects.count()) == (2, 2, 1)


# Each act writes its row, in its own transaction -------------------------------------------------

IN_REVIEW: dict[str, Callable[[Post], None]] = {
    "post.schedule": lambda post: make.approve(post),
    "post.approve": lambda post: make.approve(post),
    "post.edit": lambda post: make.edit(post),
    "post.withdraw": lambda post: publishing.withdraw(post, by=make.someone(post.campaign, Role.STAFF), version=1),
    "post.refuse": lambda post: publishing.refuse(post, by=candidate(post), version=1, reason="Tidak."),
    "post.ask_changes": lambda post: publishing.ask_changes(post, by=candidate(post), version=1, reason="Lain."),
    "campaign.stop": lambda post: stopping.stop(post.campaign, by=candidate(post), reason="uji"),
}
SCHEDULED: dict[str, Callable[[Post], None]] = {
    "post.reschedule": lambda post: publishing.reschedule(
        post, by=make.someone(post.campaign, Role.STAFF), version=1, to=make.in_an_hour()
    ),
    "post.take_down": lambda post: afterwards.take_down(post, by=candidate(post), version=1, reason="Keliru."),
    "delivery.try_again": lambda post: envelopes.try_again(
        Delivery.objects.get(), by=candidate(post), not_after=make.in_an_hour()
    ),
    "delivery.decide": lambda post: envelopes.decide_is_out(Delivery.objects.get(), by=candidate(post), link=""),
}
STANDS: dict[str, dict[str, Any]] = {
    "post.take_down": {"state": State.SENT, "remote_id": "r-1"},
    "delivery.try_again": {"state": State.FAILED},
    "delivery.decide": {"state": State.UNSURE, "asks_person": True},
}


def candidate(post: Post) -> Any:
    return make.someone(post.campaign, Role.CANDIDATE)


def writes_its_row(verb: str, act: Callable[[], object]) -> None:
    """Do it in a transaction that is rolled back: the row is there with that transaction's number, then gone."""
    before = AuditRow.objects.filter(verb=verb).count()
    with transaction.atomic():
        act()
        row = AuditRow.objects.filter(verb=verb).latest("pk")
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_current_xact_id()::text::bigint")
            assert cursor.fetchone() == (row.xid,)
        assert row.campaign_id
        assert row.member_id
        transaction.set_rollback(True)
    assert AuditRow.objects.filter(verb=verb).count() == before


@pytest.mark.parametrize("verb", [*IN_REVIEW, *SCHEDULED])
def test_each_verb_is_recorded_with_what_it_did_or_not_at_all(verb: str):
    if verb in IN_REVIEW:
        post = make.post_in_review()
        act = IN_REVIEW[verb]
    else:
        post, act = make.post_scheduled(), SCHEDULED[verb]
        if verb in STANDS:
            Delivery.objects.update(state=State.SENDING, token=uuid4(), lease_until=clock.now())
            Delivery.objects.update(**STANDS[verb])
    writes_its_row(verb, lambda: act(post))


def test_writing_and_submitting_are_recorded():
    channel = make.channel()
    staff = make.someone(channel.campaign, Role.STAFF)
    writes_its_row("post.write", lambda: make.post(on=[channel]))
    post = make.post(on=[channel])
    writes_its_row("post.submit", lambda: publishing.submit(post, by=staff, version=1))


def test_the_record_never_holds_what_was_written(campaign: Campaign):
    post = make.post_in_review(of=campaign, text="Kalimat yang tidak boleh tercatat.")
    make.edit(post, text="Kalimat kedua.")
    assert "Kalimat" not in repr(list(AuditRow.objects.values()))


def test_it_says_where_an_act_came_from(client, campaign, sign_in):
    sign_in(Role.MANAGER)
    client.post(f"/c/{campaign.slug}/berhenti/", {"reason": "uji"}, REMOTE_ADDR="203.0.113.7")
    assert AuditRow.objects.get(verb="campaign.stop").ip == "203.0.113.7"
    record("uji.act", "uji:1", by="uji")
    assert AuditRow.objects.latest("pk").ip is None


OURS, REAL, FORGED = "10.0.0.9", "203.0.113.7", "198.51.100.66"


@pytest.mark.parametrize(
    ("proxies", "told", "kept"),
    [
        (0, REAL, OURS),
        (1, REAL, REAL),
        (1, f"{FORGED}, {REAL}", REAL),
        (1, f"{FORGED},, 1.2.3.4 ,{REAL} ", REAL),
        (2, f"{FORGED}, {REAL}, 10.0.0.8", REAL),
        (2, REAL, OURS),
        (1, "", OURS),
        (1, f"{FORGED}, unknown", OURS),
        (1, f"{FORGED}, {REAL}:4711", OURS),
        (1, f"{FORGED}, ", OURS),
        (1, "2001:DB8::7", "2001:db8::7"),
        (1, "fe80::1%eth0", OURS),
    ],
)
def test_behind_proxies_an_address_is_the_one_that_the_farthest_of_ours_saw(settings, rf, proxies, told, kept):
    settings.PROXIES = proxies
    assert client_ip(rf.get("/", REMOTE_ADDR=OURS, headers={"X-Forwarded-For": told})) == kept


def test_what_came_by_no_address_has_none(settings, rf):
    settings.PROXIES = 1
    for said in ("", "unix:"):
        assert client_ip(rf.get("/", REMOTE_ADDR=said)) is None


def test_the_record_keeps_the_address_that_our_proxy_saw(client, campaign, sign_in, settings):
    settings.PROXIES = 1
    sign_in(Role.MANAGER)
    told = {"X-Forwarded-For": f"{FORGED}, {REAL}"}
    client.post(f"/c/{campaign.slug}/berhenti/", {"reason": "uji"}, REMOTE_ADDR=OURS, headers=told)
    assert AuditRow.objects.get(verb="campaign.stop").ip == REAL


# Sealing -----------------------------------------------------------------------------------------


def test_a_seal_covers_exactly_this():
    row = AuditRow(
        pk=7,
        at=datetime(2026, 1, 2, 3, 4, 5, 6, tzinfo=UTC),
        campaign_id=1,
        member_id=2,
        actor="Dewi",
        verb="post.approve",
        about="post:41",
        details={"version": 3, "a": [1]},
        ip="203.0.113.7",
        xid=99,
    )
    # Were this to change, every seal that was ever mailed would be worth nothing.
    assert link(FIRST, row) == "638cd990aaf6b27f2b556ac0c50d901297535611f15881f4c3c62e6089d542b6"


@commits
def test_every_row_is_sealed_once_and_in_a_chain(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(audit, "BATCH", 3)
    write(7)
    assert [seal() for _ in range(4)] == [3, 3, 1, 0]
    rows, before = AuditRow.objects.in_bulk(), FIRST
    for number, one in enumerate(Seal.objects.order_by("position"), 1):
        before = link(before, rows[one.row])
        assert (one.position, one.hash) == (number, before)
    assert verify() == []


@commits
def test_what_a_running_transaction_wrote_waits_and_so_does_all_that_came_after():
    sealed(1)
    other = connection.copy()
    other.set_autocommit(False)
    try:
        with other.cursor() as cursor:
            cursor.execute(
                "INSERT INTO campaign_auditrow (actor, verb, about, details) VALUES ('lain', 'uji.slow', 'uji:0', '{}')"
            )
        write(2)
        assert seal() == 0
        other.commit()
        assert seal() == 3
    finally:
        other.close()
    assert verify() == []


@commits
def test_what_was_rolled_back_leaves_no_gap_that_shows():
    with transaction.atomic():
        write(2)
        transaction.set_rollback(True)
    sealed(2)
    assert verify() == []


@commits
def test_rows_of_a_restored_backup_are_sealed_though_their_numbers_lie_ahead():
    write(1)
    with a_thief():
        sql("UPDATE campaign_auditrow SET xid = xid + 1000000000, at = at - interval '61 minutes'")
    assert seal() == 1


# Verifying ---------------------------------------------------------------------------------------


@commits
@pytest.mark.parametrize(
    "change",
    [
        "at = at + interval '1 second'",
        "campaign_id = 9",
        "member_id = 9",
        "actor = 'orang lain'",
        "verb = 'post.refuse'",
        "about = 'uji:99'",
        """details = '{"version": 2}'""",
        "ip = '198.51.100.1'",
        "xid = xid + 1",
    ],
)
def test_a_changed_row_shows(change: str):
    sealed(5)
    with a_thief():
        sql(f"UPDATE campaign_auditrow SET {change} WHERE about = 'uji:2'")  # from the list above
    assert verify() == [Flaw(3, "changed")]


@commits
@pytest.mark.parametrize("table", ["campaign_auditrow WHERE id = {row}", "campaign_seal WHERE position = 3"])
def test_a_missing_row_or_seal_shows(table: str):
    sealed(5)
    row = Seal.objects.get(position=3).row
    with a_thief():
        sql(f"DELETE FROM {table.format(row=row)}")  # from the list above
    assert verify() == [Flaw(3, "missing")]


@commits
def test_rows_in_another_order_show():
    sealed(5)
    first, second = (Seal.objects.get(position=number).row for number in (2, 3))
    with a_thief():
        sql("UPDATE campaign_seal SET row = -row WHERE position IN (2, 3)")
        sql("UPDATE campaign_seal SET row = %s WHERE position = 2", second)
        sql("UPDATE campaign_seal SET row = %s WHERE position = 3", first)
    assert verify() == [Flaw(2, "changed"), Flaw(3, "changed")]


def rewrite_everything() -> None:
    """Change a row and forge every seal after it, as somebody would who knows the program."""
    with a_thief():
        sql("UPDATE campaign_auditrow SET actor = 'orang lain' WHERE about = 'uji:1'")
        before = FIRST
        for one in Seal.objects.order_by("position"):
            before = link(before, AuditRow.objects.get(pk=one.row))
            sql("UPDATE campaign_seal SET hash = %s WHERE position = %s", before, one.position)


@commits
def test_a_forged_chain_shows_against_the_days_seal():
    sealed(5)
    kept = seal_day()
    assert kept
    rewrite_everything()
    assert verify() == [Flaw(5, "rewritten")]
    with a_thief():
        sql("UPDATE campaign_dayseal SET hash = (SELECT hash FROM campaign_seal WHERE position = 5)")
    assert verify() == []  # whoever has the whole database can forge it whole …
    assert verify({5: kept.hash}) == [Flaw(5, "rewritten")]  # … but not the mails that went out


@commits
def test_a_quiet_days_seal_counts_beside_that_of_the_next():
    sealed(2)
    for day in ("2026-01-01", "2026-01-02"):
        seal_day(date.fromisoformat(day))
    rewrite_everything()
    with a_thief():
        newest = Seal.objects.get(position=2).hash
        sql("UPDATE campaign_dayseal SET hash = %s WHERE day = '2026-01-02'", newest)
    assert verify() == [Flaw(2, "rewritten")]


@commits
@pytest.mark.parametrize("kept_outside", [True, False])
def test_a_tail_that_was_cut_off_shows(kept_outside: bool):
    sealed(5)
    kept = seal_day()
    assert kept
    with a_thief():
        sql("DELETE FROM campaign_auditrow WHERE id IN (SELECT row FROM campaign_seal WHERE position > 3)")
        sql("DELETE FROM campaign_seal WHERE position > 3")
        if kept_outside:
            sql("DELETE FROM campaign_dayseal")
    assert verify({5: kept.hash} if kept_outside else None) == [Flaw(5, "cut")]


@commits
def test_a_row_slipped_in_without_a_seal_shows():
    sealed(2)
    write(1)
    assert verify() == []  # the sealer comes each minute
    with a_thief():
        newest = AuditRow.objects.latest("pk").pk
        sql("UPDATE campaign_auditrow SET at = at - interval '2 hours 1 minute' WHERE id = %s", newest)
    assert verify() == [Flaw(2, "unsealed")]
