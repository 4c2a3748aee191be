"""`/accounts/…`: signing in and out, and a password that was forgotten."""

import re

import pytest
from django.core import mail

from tests import make

pytestmark = pytest.mark.django_db
LOGIN, LOGOUT, FORGOTTEN = "/accounts/login/", "/accounts/logout/", "/accounts/password/reset/"


@pytest.fixture(autouse=True)
def _in_english(client):
    client.cookies["django_language"] = "en"


@pytest.fixture
def person():
    return make.user(email="dewi@contoh.test")


def test_a_person_signs_in_with_address_and_password(client, person):
    answer = client.post(LOGIN, {"login": "Dewi@Contoh.test", "password": make.PASSWORD})
    assert answer.status_code == 302
    assert answer.url == "/"
    assert client.session["_auth_user_id"] == str(person.pk)


def test_a_wrong_password_is_refused_without_saying_which_was_wrong(client, person):
    one = client.post(LOGIN, {"login": "dewi@contoh.test", "password": "salah"}).content.decode()
    other = client.post(LOGIN, {"login": "bukan@contoh.test", "password": "salah"}).content.decode()
    errors = [re.findall(r'class="errorlist[^>]*>.*?</ul>', page, re.S) for page in (one, other)]
    assert errors[0]
    assert errors[0] == errors[1]


def test_signing_out_asks_when_opened_and_does_it_when_pressed(client, person):
    client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
    assert client.get(LOGOUT).status_code == 200
    assert "_auth_user_id" in client.session
    client.post(LOGOUT)
    assert "_auth_user_id" not in client.session


def test_a_forgotten_password_is_replaced_through_the_mailed_link(client, person):
    assert client.post(FORGOTTEN, {"email": "dewi@contoh.test"}).url == "/accounts/password/reset/done/"
    (link,) = re.findall(r"https?://[^/]+(/accounts/\S+)", str(mail.outbox[0].body))
    page = client.get(link, follow=True)
    address = page.request["PATH_INFO"]
    answer = client.post(address, {"password1": "sandi-baru-sekali", "password2": "sandi-baru-sekali"}, follow=True)
    assert answer.status_code == 200
    person.refresh_from_db()
    assert person.check_password("sandi-baru-sekali")
    assert client.get(link, follow=True).status_code == 200


def test_an_unknown_address_gets_the_same_answer(client):
    assert client.post(FORGOTTEN, {"email": "bukan@contoh.test"}).url == "/accounts/password/reset/done/"
    assert client.get("/accounts/password/reset/done/").status_code == 200


def test_nobody_signs_up(client):
    assert client.get("/accounts/signup/").status_code == 302
    assert client.get("/accounts/email/").status_code in (302, 404)
