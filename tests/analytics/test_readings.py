"""A reading is written once, and goes only with what it was read of."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from analytics import following
from analytics.models import Pull, Reading, Row
from campaign import clock, demo
from campaign.models import Campaign
from tests import make
from tests.analytics.conftest import Crowd, age, published, pull_of, read_due


@pytest.fixture
def pull(db: None, crowd: Crowd) -> Pull:
    pull = pull_of(published(make.channel()))
    read_due()
    return pull


@pytest.mark.parametrize(
    "act",
    ["UPDATE analytics_reading SET value = 0", "DELETE FROM analytics_reading", "TRUNCATE analytics_reading"],
)
def test_the_database_refuses_to_change_or_delete_a_reading(pull, act):
    with pytest.raises(DatabaseError, match="only ever added"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(act)
    assert Reading.objects.filter(pull=pull).count() == 3


def test_what_readings_hang_on_is_not_deleted_by_itself(pull):
    with pytest.raises(DatabaseError, match="go only with the campaign"), transaction.atomic():
        pull.delete()


def test_readings_go_with_the_campaign_they_belong_to(pull):
    Campaign.objects.filter(pk=pull.campaign_id).update(is_demo=True)
    other = pull_of(published(make.channel()))
    following.follow_channels()
    age(timedelta(minutes=2))
    read_due()
    assert Reading.objects.filter(pull__campaign=pull.campaign_id).count() == 7  # 3 twice, and the followers
    demo.remove(pull.campaign, by=make.someone(pull.campaign, "manager"))
    assert not Pull.objects.filter(campaign_id=pull.campaign_id).exists()
    assert set(Reading.objects.values_list("pull__campaign", flat=True)) == {other.campaign_id}


def test_the_latest_readings_come_by_metric_newest_first(pull):
    now = clock.now()
    Reading.objects.write(
        Row(pull.pk, "likes", now + timedelta(minutes=minute), 10 + minute, "favourites_count", True)
        for minute in range(5)
    )
    pull.refresh_from_db()
    found = Reading.objects.latest([pull])
    assert [row.value for row in found if row.metric == "likes"] == [14, 13]
    assert {row.metric for row in found} == {"likes", "reposts", "replies"}
    assert [row.value for row in Reading.objects.series(pull, "likes")] == [3, 10, 11, 12, 13, 14]


def test_readings_are_written_all_or_none(pull):
    now = clock.now()
    row = Row(pull.pk, "views", now, 1, "views", True)
    with pytest.raises(IntegrityError), transaction.atomic():
        Reading.objects.write([row, row._replace(metric="clicks"), row])
    Reading.objects.write([row._replace(remote_name="it's “%s” {odd}, \\ and ünïcode")])
    assert Reading.objects.get(pull=pull, metric="views").remote_name == "it's “%s” {odd}, \\ and ünïcode"
    assert not Reading.objects.filter(metric="clicks").exists()


def test_without_anything_read_nothing_is_asked_of_the_database(db, django_assert_num_queries):
    with django_assert_num_queries(0):
        assert Reading.objects.latest([]) == []
        Reading.objects.write([])
