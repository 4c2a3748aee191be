"""What must never be true of an ad is refused by the database, whoever writes."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, connection, transaction

from campaign.models import Campaign
from fundraising import recording
from fundraising.models import Ad, AdChange
from tests import make

pytestmark = pytest.mark.django_db


@pytest.fixture
def row(campaign):
    return make.ad(of=campaign)


def refuses(name):
    return pytest.raises(DatabaseError, match=name)


@pytest.mark.parametrize(
    ("changed", "name"),
    [
        ({"spend": -1}, "spend"),
        ({"spend": None}, "ad_ran_has_spend"),
        ({"state": "bought"}, "ad_state_known"),
        ({"medium": "myspace"}, "ad_medium_known"),
        ({"medium": "print"}, "ad_outlet_named"),
        ({"per_day": 0}, "ad_per_day_at_least_one"),
        ({"disclaimer": ""}, "ad_disclaimer_shown_has_words"),
        ({"state": "cancelled"}, "ad_cancelled_for_a_reason"),
        ({"cancelled_because": "Salah"}, "ad_cancelled_for_a_reason"),
    ],
)
def test_a_column_holds_nothing_impossible(row, changed, name):
    with refuses(name), transaction.atomic():
        Ad.objects.filter(pk=row.pk).update(**changed)


def test_the_last_day_is_never_before_the_first(row):
    with refuses("ad_days_in_order"), transaction.atomic():
        Ad.objects.filter(pk=row.pk).update(last_day=row.first_day - timedelta(days=1))


@pytest.mark.parametrize("name", ["channel", "post", "receipt", "entered_by"])
def test_it_names_nothing_of_another_campaign(row, name):
    other = make.campaign()
    things = {
        "channel": lambda: make.channel(of=other),
        "post": lambda: make.post(of=other),
        "receipt": lambda: make.proof(of=other),
        "entered_by": lambda: make.member(of=other),
    }
    thing = things[name]()
    with refuses("another campaign"), transaction.atomic():
        Ad.objects.filter(pk=row.pk).update(**{name: thing})


def now_checked():
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def test_it_is_never_deleted_and_goes_with_its_campaign_alone(campaign, row, treasurer):
    recording.correct(row, make.ad_facts(of=campaign, spend=1), by=treasurer, version=1)
    with refuses("never deleted"), transaction.atomic():
        Ad.objects.all().delete()
        now_checked()
    with transaction.atomic():
        Campaign.objects.get(pk=campaign.pk).delete()
        now_checked()
    assert not Ad.objects.exists() and not AdChange.objects.exists()


def test_it_does_not_move_to_another_campaign(row):
    with refuses("another campaign"), transaction.atomic():
        Ad.objects.filter(pk=row.pk).update(campaign=make.campaign())
        now_checked()


@pytest.mark.parametrize("deed", ["update", "delete"])
def test_a_correction_stays_as_it_was_written(campaign, row, treasurer, deed):
    recording.correct(row, make.ad_facts(of=campaign, spend=1), by=treasurer, version=1)
    with refuses("does not change"), transaction.atomic():
        changes = AdChange.objects.all()
        changes.update(before={}) if deed == "update" else changes.delete()
        now_checked()
