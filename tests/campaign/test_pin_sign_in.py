"""Signing in with name and PIN."""

from datetime import timedelta

import pytest
from django.contrib.auth import hashers
from django.urls import reverse

from campaign import clock
from campaign.models import AuditRow, Member, PinGuess
from campaign.team import inviting, joining, membership, pins
from campaign.team.joining import Newcomer
from tests import make
from tests.campaign.doors import words

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]


@pytest.fixture
def agus(campaign) -> Member:
    return make.volunteer_with_pin(of=campaign)


def enter(client, campaign, *, name="Agus Pratama", pin=make.PIN):
    return client.post(f"/masuk/{campaign.slug}/", {"name": name, "pin": pin})


def test_name_and_pin_let_in_however_the_name_is_written(client, campaign, agus):
    for name in ("Agus Pratama", "  agus   PRATAMA "):
        answer = enter(client, campaign, name=name)
        assert answer.status_code == 302
        assert answer["Location"] == campaign.get_absolute_url()
        assert client.session["signed_in_by"] == "pin"
        assert client.get(answer["Location"]).status_code == 200
        client.logout()


def test_a_wrong_pin_and_an_unknown_name_get_the_same_answer(client, campaign, agus):
    wrong, unknown = enter(client, campaign, pin="915284"), enter(client, campaign, name="Siapa Saja", pin="915284")
    assert wrong.status_code == unknown.status_code == 422
    assert "do not belong together" in words(wrong)
    plain = [words(answer).partition('<form class="card stack" method="post"')[2] for answer in (wrong, unknown)]
    tails = [page.partition('name="name"')[2].partition("autocomplete")[2] for page in plain]
    assert tails[0]
    assert tails[0] == tails[1]
    assert make.PIN not in words(wrong)


def test_an_unknown_name_costs_as_many_hashes_as_a_known_one(client, campaign, agus, monkeypatch):
    counted: list[str] = []
    hasher = hashers.get_hasher()
    encode = type(hasher).encode

    def counting(self, password, salt, *args):
        counted.append(password)
        return encode(self, password, salt, *args)

    monkeypatch.setattr(type(hasher), "encode", counting)
    enter(client, campaign, pin="915284")
    known = len(counted)
    enter(client, campaign, name="Siapa Saja", pin="915284")
    assert known == 1
    assert len(counted) == 2


@pytest.mark.parametrize("name", ["Agus Pratama", "Siapa Saja"])
def test_after_five_wrong_ones_the_name_is_locked_for_fifteen_minutes(client, campaign, agus, set_clock, name):
    for _ in range(4):
        assert "do not belong together" in words(enter(client, campaign, name=name, pin="915284"))
    assert "Too many wrong tries. Wait until" in words(enter(client, campaign, name=name, pin="915284"))
    assert "Too many wrong tries" in words(enter(client, campaign, name=name)), "not even the right one"
    assert AuditRow.objects.filter(verb="pin.lock", campaign_id=campaign.pk).count() == 1
    set_clock("interval '14 minutes'")
    assert enter(client, campaign, name=name).status_code == 422
    set_clock("interval '16 minutes'")
    assert enter(client, campaign, name=name).status_code == (302 if name == "Agus Pratama" else 422)


def test_wrong_ones_are_forgotten_after_a_quarter_of_an_hour_and_by_the_right_one(client, campaign, agus, set_clock):
    for _ in range(4):
        enter(client, campaign, pin="915284")
    set_clock("interval '16 minutes'")
    enter(client, campaign, pin="915284")
    assert enter(client, campaign).status_code == 302
    client.logout()
    for _ in range(4):
        enter(client, campaign, pin="915284")
    assert enter(client, campaign).status_code == 302
    assert not PinGuess.objects.exists()


def test_what_others_guess_at_does_not_lock_me(client, campaign, agus):
    make.volunteer_with_pin(of=campaign, name="Bayu")
    for _ in range(6):
        enter(client, campaign, name="Bayu", pin="915284")
    assert enter(client, campaign).status_code == 302


def test_it_counts_without_redis(client, campaign, agus, settings):
    settings.CACHES = {
        "default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": "redis://127.0.0.1:1"}
    }
    for _ in range(5):
        enter(client, campaign, pin="915284")
    assert PinGuess.objects.get().locked_until is not None


def test_names_that_were_tried_long_ago_are_not_kept(campaign, set_clock):
    pins._try(campaign, "siapa", "915284")
    set_clock("interval '20 minutes'")
    pins._try(campaign, "lain", "915284")
    assert PinGuess.objects.count() == 1


def test_who_is_suspended_reads_so_only_with_the_right_pin(client, campaign, agus):
    membership.suspend(agus, by=make.someone(campaign, "manager"), reason="Uji")
    assert "suspended" not in words(enter(client, campaign, pin="915284"))
    assert "is suspended or has ended" in words(enter(client, campaign))


def test_a_membership_that_has_ended_lets_nobody_in(client, campaign, agus):
    Member.objects.filter(pk=agus.pk).update(access_ends_at=clock.now() - timedelta(seconds=1))
    assert enter(client, campaign).status_code == 422


def test_a_pin_is_of_one_campaign(client, campaign, agus):
    assert enter(client, make.campaign()).status_code == 422


def test_one_pin_tried_on_many_names_is_counted_by_address(client, campaign, agus):
    for number in range(30):
        assert "do not belong together" in words(enter(client, campaign, name=f"Orang {number}", pin="915284"))
    assert "from your network" in words(enter(client, campaign)), "not even the right one"
    elsewhere = {"REMOTE_ADDR": "203.0.113.7"}
    answer = client.post(f"/masuk/{campaign.slug}/", {"name": "Agus Pratama", "pin": make.PIN}, **elsewhere)
    assert answer.status_code == 302


def test_right_ones_are_not_counted_against_an_address_that_many_share(client, campaign, agus):
    for _ in range(31):
        assert enter(client, campaign).status_code == 302
        client.logout()


@pytest.fixture
def other(agus):
    """Another campaign that Agus has joined."""
    other = make.campaign()
    link = make.link(of=other)
    joining.join(link.invitation, Newcomer(user=agus.user, pin="915284"))
    return other


def test_the_manager_of_one_campaign_does_not_come_into_another_with_a_new_pin(client, campaign, agus, other):
    theirs = Member.objects.get(campaign=other, user=agus.user)
    link = inviting.give_pin(theirs, by=make.someone(other, "manager"))
    client.post(f"/masuk/undangan/{link.token}/", {"pin": "364719"})
    assert client.get(other.get_absolute_url()).status_code == 200
    answer = client.get(campaign.get_absolute_url(), follow=True)
    assert answer.redirect_chain == [(f"/masuk/{campaign.slug}/", 302)]
    assert "asks for its own PIN" in words(answer)
    assert client.get(campaign.get_absolute_url(), headers={"Sec-Fetch-Mode": "cors"}).status_code == 403
    for name in ("mfa_add_webauthn", "account_set_password"):
        answer = client.get(reverse(name), follow=True)
        assert "Sign in with the PIN of each" in words(answer)


def test_who_types_both_pins_goes_back_and_forth(client, campaign, agus, other):
    enter(client, campaign)
    enter(client, other, pin="915284")
    for each in (campaign, other):
        assert client.get(each.get_absolute_url()).status_code == 200
    assert client.get(reverse("account_set_password")).status_code == 200


def test_who_joins_another_campaign_is_let_into_both(client, campaign, agus):
    other = make.campaign()
    enter(client, campaign)
    link = make.link(of=other)
    client.post(f"/masuk/undangan/{link.token}/", {"pin": "915284", "declared": "on"})
    for each in (campaign, other):
        assert client.get(each.get_absolute_url()).status_code == 200


@pytest.mark.parametrize("wrong", [{"name": ""}, {"pin": ""}, {"pin": "1"}, {"name": "A\0"}, {"name": "x" * 999}])
def test_what_makes_no_sense_is_no_try(client, campaign, agus, wrong):
    assert enter(client, campaign, **wrong).status_code == 422
    assert not PinGuess.objects.exists()


def test_an_address_without_a_campaign_is_not_found(client, db):
    assert client.get("/masuk/tidak-ada/").status_code == 404


def test_the_phone_remembers_where_it_signs_in(client, campaign, agus):
    enter(client, campaign)
    cookie = client.cookies["posko_masuk"]
    client.logout()
    assert cookie["httponly"]
    client.cookies["posko_masuk"] = cookie.value
    assert f'value="{campaign.slug}"' in words(client.get("/masuk/"))


# Easy ones ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "pin",
    ["000000", "111222", "121212", "123123", "123321", "123456", "654321", "901234", "246802", "112233", "147258",
     "170845", "081799", "990817", "199805", "311299"],
)  # fmt: skip
def test_easy_pins_are_refused_with_a_sentence(pin):
    assert pins.why_weak(pin).endswith(".")


def test_most_pins_will_do():
    will_do = sum(not pins.why_weak(f"{number:06}") for number in range(0, 1_000_000, 997))
    assert will_do > 0.85 * 1003
    assert pins.why_weak(make.PIN) == ""
