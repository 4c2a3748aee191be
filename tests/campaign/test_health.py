"""`/sehat/`: for monitors."""

from datetime import timedelta
from time import monotonic

import pytest
from django.db import OperationalError, connection

from campaign import pulse
from campaign.models import Pulse

HEALTH = "/sehat/"


@pytest.fixture
def at_work(db):
    for part in pulse.PARTS:
        pulse.beat(part)


@pytest.fixture(autouse=True)
def _no_redis(settings):
    settings.REDIS_URL = "redis://127.0.0.1:1/0"


def test_all_is_well_without_signing_in_and_without_redis(client, at_work):
    answer = client.get(HEALTH)
    assert answer.status_code == 200
    assert answer.json() == {"database": "ok", "redis": "silent", "alarms": []}


@pytest.mark.django_db
def test_a_part_that_never_began_is_an_alarm(client):
    answer = client.get(HEALTH)
    assert answer.status_code == 503
    assert [alarm["part"] for alarm in answer.json()["alarms"]] == list(pulse.PARTS)


def test_a_silent_part_is_an_alarm(client, at_work):
    row = Pulse.objects.get(name="tick")
    Pulse.objects.filter(name="tick").update(at=row.at - timedelta(seconds=90))
    answer = client.get(HEALTH)
    assert answer.status_code == 503
    assert answer.json()["alarms"][0]["seconds"] >= 90


def test_a_clock_that_differs_is_told_but_posko_is_at_work(client, at_work):
    pulse.note_skew(timedelta(seconds=9))
    answer = client.get(HEALTH)
    assert answer.status_code == 200
    assert answer.json()["alarms"][0]["kind"] == "clock"


@pytest.mark.django_db
def test_a_database_that_fails_is_told(client, monkeypatch):
    def failing():
        raise OperationalError("gone")

    monkeypatch.setattr(pulse, "alarms", failing)
    answer = client.get(HEALTH)
    assert answer.status_code == 503
    assert answer.json()["database"] == "silent"


@pytest.mark.django_db
def test_a_database_that_dawdles_is_not_waited_for(client, monkeypatch):
    def slow():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_sleep(30)")

    monkeypatch.setattr(pulse, "alarms", slow)
    began = monotonic()
    assert client.get(HEALTH).status_code == 503
    assert monotonic() - began < 10


def test_it_asks_little(client, at_work, django_assert_max_num_queries):
    with django_assert_max_num_queries(5):
        client.get(HEALTH)


def test_only_reading_is_possible(client, at_work):
    assert client.post(HEALTH).status_code == 405
    assert "no-store" in client.get(HEALTH).headers["Cache-Control"]
