"""Readings lie in a table per month, and none is ever refused for want of one."""

from datetime import UTC, datetime, timedelta

import pytest
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction

from analytics import partitions, tasks
from analytics.models import Pull, Reading
from campaign import clock
from tests import make
from tests.analytics.conftest import Crowd, published, pull_of

FAR = datetime(2041, 3, 31, 23, 59, 59, tzinfo=UTC)


@pytest.fixture
def pull(db: None, crowd: Crowd) -> Pull:
    return pull_of(published(make.channel()))


def table_of(reading: Reading) -> str:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT tableoid::regclass::text FROM analytics_reading WHERE (pull_id, metric, read_at) = (%s, %s, %s)",
            reading.pk,
        )
        return str((cursor.fetchone() or [""])[0])


def write(pull: Pull, at: datetime, value: int = 1) -> Reading:
    return Reading.objects.create(
        pull=pull, metric="likes", read_at=at, value=value, remote_name="favourites_count", complete=True
    )


def test_this_month_and_the_next_three_are_there_from_the_first_migration(db):
    now = clock.now()
    assert [partitions.make(month) for month in partitions.months(now)] == [False] * 4


def test_months_pass_over_the_end_of_the_year():
    found = partitions.months(datetime(2028, 11, 30, 23, 30, tzinfo=UTC))
    assert [(month.year, month.month) for month in found] == [(2028, 11), (2028, 12), (2029, 1), (2029, 2)]


def test_a_reading_of_now_lies_in_its_month(pull):
    now = clock.now()
    assert table_of(write(pull, now)) == f"analytics_reading_{now.astimezone(UTC):y%Ym%m}"


def test_a_month_without_a_table_goes_to_the_rest(pull):
    assert table_of(write(pull, FAR)) == "analytics_reading_rest"


def test_readings_move_from_the_rest_when_their_month_is_made(pull):
    first = datetime(2041, 3, 1, tzinfo=UTC)
    inside = [write(pull, at) for at in (first, FAR)]
    outside = [write(pull, at) for at in (first - timedelta(microseconds=1), first + timedelta(days=31))]
    assert partitions.make(FAR) is True
    assert [table_of(row) for row in inside] == ["analytics_reading_y2041m03"] * 2
    assert [table_of(row) for row in outside] == ["analytics_reading_rest"] * 2
    assert partitions.make(FAR) is False


@pytest.mark.parametrize("table", ["analytics_reading_y2041m03", "analytics_reading_rest"])
@pytest.mark.parametrize("act", ["UPDATE {} SET value = 9", "DELETE FROM {}", "TRUNCATE {}"])
def test_tables_of_months_and_the_rest_are_append_only_after_a_move(pull, table, act):
    for at in (FAR, FAR + timedelta(days=1)):
        write(pull, at)
    partitions.make(FAR)
    with pytest.raises(DatabaseError, match="only ever added"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(act.format(table))


def test_the_task_makes_what_is_missing(db, set_clock):
    set_clock("interval '200 months'")
    tasks.make_partitions()
    assert partitions.make_ahead(clock.now()) == 0


def test_reading_makes_a_month_that_the_task_missed(pull, set_clock, monkeypatch):
    monkeypatch.setattr(partitions, "_made", set())
    set_clock("interval '300 months'")
    partitions.ensure(clock.now())
    assert partitions.make(clock.now()) is False


def test_the_models_and_the_migration_say_the_same(db):
    call_command("makemigrations", "analytics", check=True, dry_run=True, verbosity=0)
