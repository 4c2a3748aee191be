"""`…/berhenti/`: the stop switch."""

import pytest

from campaign import clock, stopping
from campaign.models import Delivery, Notice, Role, State
from tests import make


@pytest.fixture(autouse=True)
def _in_english(client):
    client.cookies["django_language"] = "en"


def words(answer):
    return " ".join(answer.content.decode().split())


@pytest.fixture
def address(campaign):
    return f"/c/{campaign.slug}/berhenti/"


def under_way(campaign, text="Sedang berangkat."):
    row = make.delivery(on=make.channel(of=campaign), text=text)
    Delivery.objects.filter(pk=row.pk).update(
        state=State.SENDING, token=row.key, lease_until=clock.now(), begun_at=clock.now()
    )
    return row


def test_opening_the_page_asks_and_stops_nothing(client, campaign, sign_in, address):
    sign_in(Role.MANAGER)
    answer = client.get(address)
    assert answer.status_code == 200
    assert "Stop everything now" in words(answer)
    campaign.refresh_from_db()
    assert not campaign.is_stopped


@pytest.mark.parametrize("role", [Role.MANAGER, Role.CANDIDATE])
def test_it_stops_and_every_page_says_so(client, campaign, sign_in, address, role):
    member = sign_in(role)
    answer = client.post(address, {"reason": "Akun diretas"}, follow=True)
    campaign.refresh_from_db()
    assert (campaign.is_stopped, campaign.stopped_by) == (True, member)
    assert "Everything is stopped" in words(answer)
    today = words(client.get(campaign.get_absolute_url()))
    assert "Akun diretas" in today
    assert member.user.name in today
    assert f"/c/{campaign.slug}/lanjut/" in today


def test_those_who_may_not_resume_see_the_banner_without_the_button(client, campaign, team, sign_in):
    stopping.stop(campaign, by=team["manager"], reason="Rapat")
    sign_in(Role.STAFF)
    today = words(client.get(campaign.get_absolute_url()))
    assert "Rapat" in today
    assert "/lanjut/" not in today


@pytest.mark.parametrize("role", [Role.STAFF, Role.TREASURER, Role.VOLUNTEER])
def test_others_may_not(client, campaign, sign_in, address, role):
    sign_in(role)
    assert client.post(address, {"reason": "x"}).status_code == 403
    campaign.refresh_from_db()
    assert not campaign.is_stopped


def test_a_reason_is_wanted(client, campaign, sign_in, address):
    sign_in(Role.MANAGER)
    answer = client.post(address, {"reason": " "})
    assert answer.status_code == 422
    assert "Say in a few words why." in words(answer)
    campaign.refresh_from_db()
    assert not campaign.is_stopped


def test_whoever_comes_second_is_told(client, campaign, team, sign_in, address):
    stopping.stop(campaign, by=team["manager"], reason="Rapat")
    sign_in(Role.CANDIDATE)
    answer = client.post(address, {"reason": "Juga"})
    assert answer.status_code == 422
    campaign.refresh_from_db()
    assert campaign.stop_reason == "Rapat"


def test_calls_on_the_wire_are_named_until_they_settle(client, campaign, team, sign_in, address):
    row = under_way(campaign)
    stopping.stop(campaign, by=team["manager"], reason="Rapat")
    sign_in(Role.MANAGER)
    assert "Sedang berangkat." in words(client.get(address))
    part = client.get(address, headers={"HX-Request": "true"})
    assert "Sedang berangkat." in words(part)
    assert "<html" not in words(part)
    Delivery.objects.filter(pk=row.pk).update(state=State.SENT)
    assert "Nothing is on the wire" in words(client.get(address))


def test_strangers_find_nothing(client, sign_in, address):
    sign_in(Role.MANAGER, of=make.campaign(slug="lain"))
    assert client.get(address).status_code == 404


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ({"why": "hijacked"}, "An account was hijacked"),
        ({"why": "wrong", "reason": "Salah tanggal"}, "Something wrong went out: Salah tanggal"),
        ({"why": "other", "reason": "Rapat"}, "Rapat"),
    ],
)
def test_one_tap_is_reason_enough(client, campaign, sign_in, address, sent, kept):
    sign_in(Role.CANDIDATE)
    client.post(address, sent)
    campaign.refresh_from_db()
    assert campaign.stop_reason == kept


@pytest.mark.parametrize("sent", [{"why": "other"}, {"why": "tidak ada"}, {"reason": "x\0y"}, {"reason": "x" * 400}])
def test_what_is_no_reason_is_refused_and_nothing_typed_is_lost(client, campaign, sign_in, address, sent):
    sign_in(Role.MANAGER)
    answer = client.post(address, sent)
    assert answer.status_code == 422
    campaign.refresh_from_db()
    assert not campaign.is_stopped
    assert f'value="{sent.get("why", "")}"' in words(answer) or sent.get("why") != "other"
    assert sent.get("reason", "x")[:1] in words(answer)


def test_what_is_due_is_listed_as_kept_back_and_what_comes_later_is_counted(client, campaign, team, sign_in, address):
    make.delivery(on=make.channel(of=campaign), text="Sudah waktunya.")
    make.delivery(on=make.channel(of=campaign), text="Untuk nanti.", send_at=make.in_an_hour())
    stopping.stop(campaign, by=team["manager"], reason="Rapat")
    sign_in(Role.MANAGER)
    said = words(client.get(address))
    assert "Sudah waktunya." in said and "Untuk nanti." not in said
    assert "1 delivery is planned for later" in said


def test_the_others_who_lead_are_told(campaign, team):
    stopping.stop(campaign, by=team["manager"], reason="Rapat")
    (notice,) = Notice.objects.open().filter(kind="stopped")
    assert notice.member == team["candidate"] and "Rapat" in notice.params["reason"]


def test_it_stops_while_redis_is_away(client, campaign, sign_in, address, settings):
    nowhere = "redis://127.0.0.1:1/0"
    settings.REDIS_URL = settings.CELERY_BROKER_URL = nowhere
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": nowhere}}
    sign_in(Role.MANAGER)
    assert client.post(address, {"why": "hijacked"}, follow=True).status_code == 200
    campaign.refresh_from_db()
    assert campaign.is_stopped
    assert client.post(f"/c/{campaign.slug}/lanjut/").status_code == 302
    campaign.refresh_from_db()
    assert not campaign.is_stopped
