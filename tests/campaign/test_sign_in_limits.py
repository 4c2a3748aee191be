"""How often one may try, counted in the database; and signing in while Redis is away."""

import re

import pytest
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.core import mail
from django.core.cache import caches
from django.test import Client
from django.urls import reverse

from campaign.identity import limits
from campaign.models import SignInTry
from tests import make
from tests.campaign.doors import words
from tests.campaign.test_second_step import code

pytestmark = pytest.mark.django_db
LOGIN, CODE = "/accounts/login/", "/accounts/login/code/"
AWAY = {
    "default": {
        "BACKEND": "campaign.identity.cache.ForgivingRedisCache",
        "LOCATION": "redis://127.0.0.1:1/0",
        "OPTIONS": {"socket_timeout": 1, "socket_connect_timeout": 1},
    }
}


@pytest.fixture(params=["with Redis", "without Redis"])
def cache_as_it_is(request, settings):
    """Nothing here may depend on the cache."""
    if request.param == "without Redis":
        settings.CACHES = AWAY


@pytest.fixture
def person():
    return make.user(email="dewi@contoh.test")


@pytest.fixture(autouse=True)
def _in_english(client):
    client.cookies["django_language"] = "en"


def sign_in(client, password=make.PASSWORD, login="dewi@contoh.test"):
    return client.post(LOGIN, {"login": login, "password": password})


@pytest.mark.usefixtures("cache_as_it_is")
def test_after_five_wrong_passwords_even_the_right_one_waits(client, person):
    for _ in range(5):
        assert sign_in(client, "salah").status_code == 200
    answer = sign_in(client)
    assert "Too many attempts" in words(answer)
    assert "_auth_user_id" not in client.session
    assert sign_in(Client(REMOTE_ADDR="192.0.2.7")).status_code == 200, "from another address as well"


def test_five_minutes_later_it_goes_on(client, person, set_clock):
    for _ in range(5):
        sign_in(client, "salah")
    set_clock("interval '6 minutes'")
    assert sign_in(client).status_code == 302


def test_right_passwords_count_for_nothing(client, person):
    for _ in range(7):
        assert sign_in(client).status_code == 302
        client.post("/accounts/logout/")
    assert not SignInTry.objects.exists()


def test_one_address_that_tries_many_accounts_is_stopped_and_others_are_not(client, person):
    for number in range(30):
        sign_in(client, "salah", f"orang-lain-{number}@contoh.test")
    assert "Too many attempts" in words(sign_in(client))
    assert sign_in(Client(REMOTE_ADDR="192.0.2.7")).status_code == 302


def test_no_address_of_a_person_stands_in_the_table(client, person):
    sign_in(client, "salah")
    assert all("dewi" not in row.key for row in SignInTry.objects.all())


@pytest.mark.usefixtures("cache_as_it_is")
def test_wrong_codes_of_the_second_step_are_counted(client, person):
    secret = generate_totp_secret()
    TOTP.activate(person, secret)
    assert sign_in(client)["Location"] == reverse("mfa_authenticate")
    for _ in range(5):
        client.post(reverse("mfa_authenticate"), {"code": "000000"})
    assert "Too many attempts" in words(client.post(reverse("mfa_authenticate"), {"code": code(secret)}))


@pytest.mark.usefixtures("cache_as_it_is")
def test_a_code_of_the_second_step_is_taken_once(client, person):
    secret = generate_totp_secret()
    TOTP.activate(person, secret)
    shown = code(secret)
    sign_in(client)
    assert client.post(reverse("mfa_authenticate"), {"code": shown}).status_code == 302
    assert client.session["_auth_user_id"] == str(person.pk)
    thief = Client()
    sign_in(thief)
    thief.post(reverse("mfa_authenticate"), {"code": shown})
    assert "_auth_user_id" not in thief.session


@pytest.mark.usefixtures("cache_as_it_is")
def test_a_mailed_code_signs_in(client, person):
    assert client.post(CODE, {"email": "dewi@contoh.test"})["Location"] == "/accounts/login/code/confirm/"
    sent = re.findall(r"^\S{4,}$", str(mail.outbox[0].body), re.M)
    answer = client.post("/accounts/login/code/confirm/", {"code": sent[0]})
    assert answer["Location"] == "/"
    assert client.session["_auth_user_id"] == str(person.pk)


def test_a_mailed_code_still_asks_for_the_second_step(client, person):
    TOTP.activate(person, generate_totp_secret())
    client.post(CODE, {"email": "dewi@contoh.test"})
    sent = re.findall(r"^\S{4,}$", str(mail.outbox[0].body), re.M)
    answer = client.post("/accounts/login/code/confirm/", {"code": sent[0]})
    assert answer["Location"] == reverse("mfa_authenticate")
    assert "_auth_user_id" not in client.session


def test_three_wrong_mailed_codes_are_enough(client, person):
    client.post(CODE, {"email": "dewi@contoh.test"})
    for _ in range(3):
        answer = client.post("/accounts/login/code/confirm/", {"code": "salah"})
    assert answer["Location"] == CODE


@pytest.mark.usefixtures("cache_as_it_is")
def test_codes_are_mailed_three_times_in_ten_minutes(client, person):
    for _ in range(3):
        assert Client().post(CODE, {"email": "dewi@contoh.test"}).status_code == 302
    assert "Too many attempts" in words(client.post(CODE, {"email": "dewi@contoh.test"}))
    assert len(mail.outbox) == 3


def test_an_unknown_address_gets_the_same_answer(client):
    assert client.post(CODE, {"email": "bukan@contoh.test"})["Location"] == "/accounts/login/code/confirm/"
    page = words(client.get("/accounts/login/code/confirm/"))
    assert "If somebody here has the address bukan@contoh.test" in page


def test_a_mail_server_that_is_down_is_told_in_words(client, person, monkeypatch):
    def broken(*_args, **_options):
        raise ConnectionRefusedError

    monkeypatch.setattr("django.core.mail.EmailMessage.send", broken)
    answer = client.post(CODE, {"email": "dewi@contoh.test"})
    assert answer.status_code == 422
    assert "Sign in with your password or a passkey" in words(answer)


def test_the_cache_reads_as_empty_while_redis_is_away(settings):
    settings.CACHES = AWAY
    cache = caches["default"]
    assert cache.add("a", 1) is True
    cache.set("a", 1)
    assert cache.get("a", "otherwise") == "otherwise"
    assert cache.get_many(["a"]) == {}
    assert cache.delete("a") is False


@pytest.mark.django_db(transaction=True)
def test_guesses_sent_all_at_once_are_counted_one_after_another():
    from concurrent.futures import ThreadPoolExecutor

    from django.db import connection

    def guess(_number):
        try:
            return limits.take("step", account="1", address=None) is not None
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(guess, range(16))) == 5


def test_the_sign_in_page_offers_every_way(client):
    page = words(client.get(f"{LOGIN}?next=/c/x/"))
    assert 'data-passkey="sign-in"' in page
    assert f"{CODE}?next=/c/x/" in page or f"{CODE}?next=%2Fc%2Fx%2F" in page
    assert "<noscript>" in page


def test_a_browser_asks_for_a_passkey_that_knows_its_holder(client):
    answer = client.get(reverse("mfa_login_webauthn"), headers={"accept": "application/json"})
    assert answer.json()["request_options"]["publicKey"]["userVerification"] == "required"
