"""`/keamanan/`: how one signs in, and where one is signed in."""

import time

import pytest
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.core import mail
from django.test import Client
from django.urls import reverse

from campaign.identity import devices, sessions
from campaign.models import AuditRow, Role
from tests import make
from tests.campaign.doors import words

pytestmark = pytest.mark.django_db
PAGE = "/keamanan/"
ANDROID = "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0 Mobile Safari/537.36"
FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:130.0) Gecko/20100101 Firefox/130.0"


def signed_in(user, agent=FIREFOX, client=None):
    """A browser in which `user` has signed in with the password."""
    browser = client or Client(headers={"user-agent": agent})
    browser.cookies["django_language"] = "en"
    answer = browser.post("/accounts/login/", {"login": user.email, "password": make.PASSWORD})
    assert answer.status_code == 302
    return browser


@pytest.fixture
def person():
    return make.member(role=Role.STAFF).user


def test_it_opens_without_a_campaign_and_only_to_who_is_signed_in(client):
    assert client.get(PAGE).status_code == 302
    make.sign_in(client, make.user())
    assert client.get(PAGE).status_code == 200


def test_sessions_are_listed_in_plain_words_this_one_first(person):
    phone, desk = signed_in(person, ANDROID), signed_in(person)
    places = desk.get(PAGE).context["places"]
    assert [(place.device, place.is_current) for place in places] == [
        ("Firefox, Windows", True),
        ("Chrome, Android", False),
    ]
    assert places[1].is_phone and places[1].address == "127.0.0.1"
    assert phone.get(PAGE).status_code == 200


def test_a_session_is_signed_out_from_another(person):
    phone, desk = signed_in(person, ANDROID), signed_in(person)
    other = desk.get(PAGE).context["places"][1]
    assert desk.post(reverse("campaign:end_session", args=[other.pk])).status_code == 302
    assert phone.get(PAGE).status_code == 302
    assert desk.get(PAGE).status_code == 200
    assert AuditRow.objects.filter(verb="person.end_session").exists()


def test_ending_the_session_one_is_in_signs_out(person):
    desk = signed_in(person)
    mine = desk.get(PAGE).context["places"][0]
    desk.post(reverse("campaign:end_session", args=[mine.pk]))
    assert desk.get(PAGE).status_code == 302


def test_a_session_of_somebody_else_is_not_found(person, client):
    theirs = signed_in(make.user())
    pk = theirs.get(PAGE).context["places"][0].pk
    for number in (pk, 10**30):
        assert signed_in(person).post(reverse("campaign:end_session", args=[number])).status_code == 404
    assert theirs.get(PAGE).status_code == 200


def test_all_others_are_signed_out_at_once(person):
    phone, desk = signed_in(person, ANDROID), signed_in(person)
    desk.post(reverse("campaign:end_other_sessions"))
    assert phone.get(PAGE).status_code == 302
    assert len(desk.get(PAGE).context["places"]) == 1


def test_a_new_password_signs_out_everywhere_else_and_is_told_by_mail(person):
    phone, desk = signed_in(person, ANDROID), signed_in(person)
    mail.outbox.clear()
    new = {"oldpassword": make.PASSWORD, "password1": "sandi-baru-sekali", "password2": "sandi-baru-sekali"}
    answer = desk.post(reverse("account_change_password"), new)
    assert answer["Location"] == PAGE
    assert phone.get(PAGE).status_code == 302
    assert len(desk.get(PAGE).context["places"]) == 1
    assert [message.to for message in mail.outbox] == [[person.email]]


def test_a_wrong_present_password_changes_nothing(person):
    desk = signed_in(person)
    new = {"oldpassword": "salah", "password1": "sandi-baru-sekali", "password2": "sandi-baru-sekali"}
    assert "not your present password" in words(desk.post(reverse("account_change_password"), new))
    person.refresh_from_db()
    assert person.check_password(make.PASSWORD)


def test_a_sign_in_on_a_new_device_is_told_by_mail_and_the_first_and_known_ones_are_not(person):
    desk = signed_in(person)
    assert mail.outbox == [], "nobody is surprised by their first sign-in"
    desk.post("/accounts/logout/")
    signed_in(person, client=desk)
    assert mail.outbox == []
    signed_in(person, ANDROID)
    assert "Chrome, Android" in str(mail.outbox[0].body)
    assert mail.outbox[0].to == [person.email]


def test_a_mail_that_cannot_be_sent_keeps_nobody_out(person, monkeypatch):
    signed_in(person)

    def broken(*_args, **_options):
        raise ConnectionRefusedError

    monkeypatch.setattr("django.core.mail.EmailMessage.send", broken)
    signed_in(person, ANDROID)


def test_last_seen_is_written_every_five_minutes_not_at_every_click(person):
    desk = signed_in(person)
    before = UserSession.objects.get().last_seen_at
    desk.get(PAGE)
    assert UserSession.objects.get().last_seen_at == before
    session = desk.session
    session[sessions.SEEN] = time.time() - 301
    session.save()
    desk.get(PAGE)
    assert UserSession.objects.get().last_seen_at > before


def test_sensitive_changes_ask_again_when_the_sign_in_is_not_fresh(person):
    desk = signed_in(person)
    assert desk.get(reverse("mfa_add_webauthn")).status_code == 200
    session = desk.session
    for record in session["account_authentication_methods"]:
        record["at"] -= 3600
    session.save()
    answer = desk.get(reverse("mfa_add_webauthn"))
    assert answer["Location"].startswith(reverse("account_reauthenticate"))
    page = words(desk.post(answer["Location"], {"password": "salah"}))
    assert "not your password" in page
    back = desk.post(answer["Location"], {"password": make.PASSWORD})
    assert back["Location"] == reverse("mfa_add_webauthn")
    assert desk.get(back["Location"]).status_code == 200


def test_a_volunteer_without_an_address_may_add_a_passkey(client):
    member = make.member(role=Role.VOLUNTEER)
    member.user.email = None
    member.user.set_unusable_password()
    member.user.save()
    make.sign_in(client, member.user, proven=False)
    assert client.get(PAGE).status_code == 200
    options = client.get(reverse("mfa_add_webauthn")).context["js_data"]["creation_options"]["publicKey"]
    assert options["authenticatorSelection"]["userVerification"] == "required"
    assert options["authenticatorSelection"]["residentKey"] == "required"


@pytest.mark.parametrize(
    "sent", ["", "x", "[]", "[1]", "1", "null", '{"id": "x"}', '{"id": 1, "rawId": [], "response": {}, "type": 3}']
)
def test_what_is_no_passkey_is_refused_in_words(client, sent):
    user = make.user()
    for address in ("mfa_login_webauthn",):
        assert client.post(reverse(address), {"credential": sent}).status_code == 302
    make.sign_in(client, user)
    client.get(reverse("mfa_add_webauthn"))
    assert client.post(reverse("mfa_add_webauthn"), {"credential": sent}).status_code == 200
    Authenticator.objects.create(user=user, type="webauthn", data={"name": "Laptop", "credential": {}})
    assert client.post(reverse("mfa_reauthenticate_webauthn"), {"credential": sent}).status_code == 302
    assert Authenticator.objects.count() == 1


def test_a_passkey_is_given_another_name(client):
    user = make.user()
    key = Authenticator.objects.create(user=user, type="webauthn", data={"name": "Laptop", "credential": {}})
    make.sign_in(client, user)
    assert client.post(reverse("mfa_edit_webauthn", args=[key.pk]), {"name": "Ponsel saya"}).status_code == 302
    assert "Ponsel saya" in words(client.get(PAGE))


def test_the_page_costs_the_same_with_many_sessions(client, django_assert_max_num_queries):
    user = make.member(role=Role.CANDIDATE).user
    for _ in range(4):
        signed_in(user)
    make.sign_in(client, user)
    with django_assert_max_num_queries(14):
        client.get(PAGE)


@pytest.mark.parametrize(
    ("agent", "said"),
    [
        (ANDROID, "Chrome, Android"),
        (FIREFOX, "Firefox, Windows"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) Version/17.0 Safari/604.1", "Safari, iPhone"),
        ("Mozilla/5.0 (Windows NT 10.0) AppleWebKit Chrome/130.0 Safari/537.36 Edg/130.0", "Edge, Windows"),
        ("", "Perangkat tidak dikenal"),
    ],
)  # fmt: skip
def test_a_browser_is_named_in_two_words(agent, said):
    assert devices.describe(agent) == said
