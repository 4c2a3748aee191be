"""`…/operasi/`: whether Posko is at work, for one campaign's people."""

from collections import namedtuple
from datetime import timedelta
from uuid import uuid4

import pytest
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext

from campaign import clock, pulse, stopping
from campaign.models import Attempt, Channel, ChannelSecret, Delivery, Health, Pulse, Role, State
from campaign.operations import VERSION
from platforms.bluesky import Bluesky
from tests import make
from tests.campaign import doors

READERS = {Role.MANAGER, Role.STAFF, Role.CANDIDATE}
pytestmark = pytest.mark.usefixtures("english")


@pytest.fixture(autouse=True)
def _room_enough(monkeypatch):
    monkeypatch.setattr("shutil.disk_usage", lambda _path: Room(100 << 30, 40 << 30, 60 << 30))
    monkeypatch.setattr("redis.Redis.ping", lambda _self: True)


Room = namedtuple("Room", "total used free")


@pytest.fixture
def at_work(db):
    for part in ("tick", "deliver", "measure", "work", "backup"):
        pulse.beat(part)


@pytest.fixture
def page(client, campaign):
    return lambda **headers: client.get(doors.url("operations", campaign), headers=headers)


def state_of(answer, title):
    seen = answer.context["seen"]
    (line,) = [line for line in (*seen.machine, *seen.accounts, *seen.networks) if line.title == title]
    return line.state


def test_only_manager_staff_and_candidate_see_it(client, campaign, sign_in):
    doors.only(client, sign_in, doors.url("operations", campaign), READERS)


def test_when_all_is_well_one_calm_line_says_so(page, sign_in, campaign, at_work):
    sign_in(Role.STAFF)
    make.channel(of=campaign)
    answer = page()
    assert "All is well" in doors.words(answer)
    assert f"Posko {VERSION}" in doors.words(answer)
    assert answer.context["seen"].troubles == 0
    assert "<html" not in doors.words(page(HX_Request="true"))


def test_it_answers_when_redis_is_away_and_every_worker_is_dead(page, sign_in, settings, monkeypatch):
    monkeypatch.undo()
    nowhere = "redis://127.0.0.1:1/0"
    settings.REDIS_URL = settings.CELERY_BROKER_URL = nowhere
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": nowhere}}
    with pytest.raises(Exception, match="refused"):
        cache.get("x")
    sign_in(Role.MANAGER)
    answer = page()
    assert answer.status_code == 200
    for title in ("Alarm clock", "Schedule", "Publishing", "Messenger (Redis)"):
        assert state_of(answer, title) == "block", title
    assert "starts Redis" in doors.words(answer)
    assert "has given no sign yet" in doors.words(answer), "the banner"


def test_silent_parts_are_told_from_one_another(page, sign_in, at_work):
    sign_in(Role.STAFF)
    Pulse.objects.filter(name="tick").update(at=clock.now() - timedelta(seconds=61))
    Pulse.objects.filter(name="measure").update(at=clock.now() - timedelta(minutes=6))
    answer = page()
    assert state_of(answer, "Schedule") == "block"
    assert state_of(answer, "Measuring") == "warn"
    assert state_of(answer, "Alarm clock") == state_of(answer, "Publishing") == "ok"
    Pulse.objects.update(at=clock.now() - timedelta(minutes=10))
    assert state_of(page(), "Alarm clock") == "block"


@pytest.mark.parametrize(
    ("age", "state"), [(timedelta(hours=25), "ok"), (timedelta(hours=40), "warn"), (timedelta(days=8), "block")]
)
def test_an_old_backup_is_told(page, sign_in, at_work, age, state):
    sign_in(Role.STAFF)
    Pulse.objects.filter(name="backup").update(at=clock.now() - age)
    assert state_of(page(), "Backup") == state


def test_no_backup_is_told_but_a_demo_needs_none(page, sign_in, campaign):
    sign_in(Role.STAFF)
    assert state_of(page(), "Backup") == "warn"
    campaign.is_demo = True
    campaign.save()
    assert state_of(page(), "Backup") == "note"


@pytest.mark.parametrize(("free", "state"), [(60, "ok"), (8, "warn"), (2, "block")])
def test_a_full_disk_is_told(page, sign_in, monkeypatch, free, state):
    monkeypatch.setattr("shutil.disk_usage", lambda _path: Room(100 << 30, 0, free << 30))
    sign_in(Role.STAFF)
    assert state_of(page(), "Disk") == state


def test_a_wrong_clock_is_told(page, sign_in, at_work):
    sign_in(Role.STAFF)
    assert state_of(page(), "Clock") == "ok"
    pulse.note_skew(timedelta(seconds=-9))
    assert state_of(page(), "Clock") == "block"


@pytest.mark.parametrize(("late", "state"), [(10, "ok"), (90, "warn"), (400, "block")])
def test_the_oldest_that_is_due_and_has_not_begun_is_told(page, sign_in, campaign, at_work, late, state):
    sign_in(Role.STAFF)
    row = make.delivery(on=make.channel(of=campaign))
    Delivery.objects.filter(pk=row.pk).update(send_at=clock.now() - timedelta(seconds=late))
    assert state_of(page(), "Mastodon") == state
    stopping.stop(campaign, by=make.someone(campaign, Role.MANAGER), reason="Rapat")
    assert state_of(page(), "Mastodon") == "note"


def test_a_network_that_refuses_or_is_slow_is_told(page, sign_in, campaign, at_work):
    sign_in(Role.STAFF)
    row = make.delivery(on=make.channel(of=campaign))
    tried(row, State.SENT, seconds=1)
    assert state_of(page(), "Mastodon") == "ok"
    tried(row, State.SENT, seconds=40)
    assert state_of(page(), "Mastodon") == "warn"
    for _ in range(3):
        tried(row, State.WAITING, seconds=1)
    assert "3 without success" in doors.words(page())


def tried(row, outcome, seconds):
    now = clock.now()
    Attempt.objects.create(
        delivery=row, token=uuid4(), begun_at=now - timedelta(seconds=seconds), ended_at=now, outcome=outcome
    )


def test_a_broken_account_names_who_signs_in_again(page, sign_in, campaign, at_work):
    sign_in(Role.STAFF)
    channel = make.channel(of=campaign)
    Channel.objects.filter(pk=channel.pk).update(health=Health.RECONNECT, problem="signed_out")
    answer = page()
    assert state_of(answer, str(channel)) == "block"
    assert f"{channel.owner} connects it again" in doors.words(answer)


def test_days_left_are_told(page, sign_in, campaign, at_work, monkeypatch):
    sign_in(Role.STAFF)
    channel = make.channel(of=campaign, platform="bluesky")
    until = clock.now() + timedelta(days=3, hours=1)
    monkeypatch.setattr(Bluesky, "signed_in_until", classmethod(lambda _cls, _secrets: until))
    answer = page()
    assert state_of(answer, str(channel)) == "warn"
    assert "Signed in for 3 more days" in doors.words(answer)


def test_keys_that_are_not_here_do_not_close_the_page(page, sign_in, campaign, at_work, settings):
    sign_in(Role.STAFF)
    make.channel(of=campaign)
    settings.FIELD_KEYS = ["b25seS1mb3ItdGhpcy1jaGVjay1hLWZlcm5ldC1rZXk="]
    assert page().status_code == 200
    assert ChannelSecret.objects.count() == 1


def test_what_is_stuck_has_an_owner_and_a_link(page, sign_in, campaign, at_work):
    sign_in(Role.STAFF)
    row = make.delivery(on=make.channel(of=campaign), text="Belum jelas.")
    Delivery.objects.filter(pk=row.pk).update(state=State.UNSURE, problem="timed_out", look_at=clock.now())
    said = doors.words(page())
    assert "Belum jelas." in said and row.get_absolute_url() in said
    assert f"In the hands of {row.owner}" in said


def test_a_delivery_whose_worker_is_lost_is_stuck(page, sign_in, campaign, at_work):
    sign_in(Role.STAFF)
    row = make.delivery(on=make.channel(of=campaign), text="Pengirimnya hilang.")
    lease = {"token": row.key, "begun_at": clock.now()}
    Delivery.objects.filter(pk=row.pk).update(state=State.SENDING, lease_until=make.in_an_hour(), **lease)
    assert page().context["seen"].stuck == []
    Delivery.objects.filter(pk=row.pk).update(lease_until=clock.now() - timedelta(minutes=1))
    assert page().context["seen"].stuck == [row]


def test_the_next_day_is_looked_over_for_risks(page, sign_in, campaign, at_work):
    sign_in(Role.STAFF)
    channel = make.channel(of=campaign)
    row = make.delivery(on=channel, text="Besok pagi.", send_at=clock.now() + timedelta(hours=20))
    assert page().context["seen"].risks == []
    Channel.objects.filter(pk=channel.pk).update(health=Health.RECONNECT)
    (risk,) = page().context["seen"].risks
    assert (risk.delivery, risk.code) == (row, "account")
    assert "connect it before then" in doors.words(page())


def test_nothing_of_another_campaign_shows(page, sign_in, at_work):
    sign_in(Role.MANAGER)
    theirs = make.channel(of=make.campaign(), handle="tetangga")
    Channel.objects.filter(pk=theirs.pk).update(health=Health.RECONNECT)
    for text, state in (("Rahasia satu.", State.UNSURE), ("Rahasia dua.", State.WAITING)):
        row = make.delivery(on=theirs, text=text, send_at=make.in_an_hour())
        Delivery.objects.filter(pk=row.pk).update(state=state)
        tried(row, State.FAILED, seconds=1)
    answer = page()
    assert answer.context["seen"].troubles == 0
    assert not any(secret in doors.words(answer) for secret in ("Rahasia", "tetangga"))


def test_it_asks_the_same_however_much_there_is(page, sign_in, campaign, at_work):
    sign_in(Role.STAFF)
    asked = []
    for number in (1, 4):
        for _ in range(number):
            channel = make.channel(of=campaign)
            stuck = make.delivery(on=channel)
            Delivery.objects.filter(pk=stuck.pk).update(state=State.UNSURE)
            make.post_scheduled(on=[channel], planned_at=clock.now() + timedelta(hours=5))
        with CaptureQueriesContext(connection) as queries:
            page()
        asked.append(len(queries))
    assert asked[0] == asked[1] <= 18


def test_it_only_reads(client, campaign, sign_in):
    sign_in(Role.MANAGER)
    assert client.post(doors.url("operations", campaign)).status_code == 405


def test_a_clock_that_is_slow_is_so_many_seconds_off(page, sign_in, at_work):
    sign_in(Role.STAFF)
    pulse.note_skew(timedelta(seconds=-9))
    told = page().content.decode()
    assert "9 seconds off" in told and "-9 seconds" not in told
