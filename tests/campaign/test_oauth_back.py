"""Coming back from a server."""

from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.contrib.sessions.models import Session
from django.urls import reverse

from campaign import signing_in
from campaign.models import Channel, ChannelSecret, Mode, Role, ServerApp
from platforms import mastodon_sign_in, oauth
from platforms.base import Reconnect, Temporary
from platforms.contents import Account
from platforms.mastodon_sign_in import MastodonSignIn
from platforms.oauth import Consent
from tests import make
from tests.campaign.doors import url, words

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]

BACK = "/oauth/mastodon/"


@pytest.fixture
def real(sign_in):
    campaign = make.campaign(mode=Mode.LIVE)
    sign_in(Role.MANAGER, of=campaign)
    return campaign


@pytest.fixture
def server(monkeypatch):
    """A server; `server["outcome"]` is the account it opens, or an error."""
    told: dict[str, Any] = {
        "outcome": Account("mastodon", "https://jejaring.example", "77", "Ratna", "@ratna", {"token": "rahasia"})
    }

    def exchange(cls, door, app, *, code, verifier):
        told["code"], told["verifier"] = code, verifier
        if isinstance(told["outcome"], Exception):
            raise told["outcome"]
        return Consent((told["outcome"],), told.get("missing", frozenset()))

    monkeypatch.setattr(mastodon_sign_in, "register", lambda door, at, back, name: oauth.App(at, "id", "s", back))
    monkeypatch.setattr(MastodonSignIn, "exchange", classmethod(exchange))
    return told


@pytest.fixture
def state(client, real, server):
    """On the way: the state that the server was given."""
    answer = client.post(url("connect_channel", real, "mastodon"), {"server": "jejaring.example"})
    return parse_qs(urlsplit(answer.context["leave_for"]).query)["state"][0]


def test_the_account_is_connected(client, real, server, state):
    answer = client.get(BACK, {"code": "abc", "state": state}, follow=True)
    assert answer.redirect_chain[-1][0] == url("channels", real)
    assert "Mastodon @ratna is connected." in words(answer)
    assert "rahasia" not in words(answer)
    assert server["code"] == "abc"
    assert ChannelSecret.objects.get().secrets == {"token": "rahasia"}


def test_the_address_is_the_one_that_was_registered():
    assert reverse("campaign:oauth_back", args=["mastodon"]) == BACK


def test_a_state_works_once(client, real, server, state):
    client.get(BACK, {"code": "abc", "state": state})
    del server["code"]
    answer = client.get(BACK, {"code": "abc", "state": state}, follow=True)
    assert "code" not in server, "networks take a code that is redeemed twice for theft"
    assert answer.redirect_chain == [(url("channels", real), 302)]
    assert "You came back from there already." in words(answer)
    assert "Nothing was connected" not in words(answer), "it was, the first time"


def test_a_page_that_is_loaded_twice_at_once_redeems_its_code_once(client, real, server, state, monkeypatch):
    """A bad line: the browser asks again while the network is still being asked."""
    seen, exchange = [], MastodonSignIn.exchange

    def slow(cls, door, app, *, code, verifier):
        seen.append(code)
        if len(seen) == 1:
            client.get(BACK, {"code": "abc", "state": state})
        return exchange(door, app, code=code, verifier=verifier)

    monkeypatch.setattr(MastodonSignIn, "exchange", classmethod(slow))
    client.get(BACK, {"code": "abc", "state": state})
    assert seen == ["abc"]
    assert Channel.objects.count() == 1


def test_a_registration_that_was_replaced_meanwhile_is_told_in_words(client, real, server, state):
    ServerApp.objects.all().delete()
    answer = client.get(BACK, {"code": "abc", "state": state})
    assert answer.status_code == 422
    assert "Begin again" in words(answer)
    assert not Channel.objects.exists()


def test_what_the_server_granted_is_kept_and_told(client, real, server, state):
    server["missing"] = frozenset({"read:notifications"})
    shown = words(client.get(BACK, {"code": "abc", "state": state}, follow=True))
    row = Channel.objects.get()
    assert row.granted == sorted(set(MastodonSignIn.scopes) - {"read:notifications"})
    assert row.missing == {"read:notifications"}
    assert "Not everything was allowed" in shown


def test_a_server_that_registers_us_with_less_is_asked_for_that_and_not_registered_at_again(
    client, real, server, monkeypatch
):
    made = []

    def register(door, at, back, name):
        made.append(at)
        return oauth.App(at, "id", "s", back, {"scopes": "read:accounts read:statuses write:statuses write:media"})

    monkeypatch.setattr(mastodon_sign_in, "register", register)
    for _ in range(2):
        answer = client.post(url("connect_channel", real, "mastodon"), {"server": "lain.example"})
        asked = parse_qs(urlsplit(answer.context["leave_for"]).query)
        assert asked["scope"] == ["read:accounts read:statuses write:statuses write:media"]
    assert made == ["https://lain.example"]


@pytest.mark.parametrize("told", [{}, {"code": "abc"}, {"code": "abc", "state": "dari-orang-lain"}])
def test_a_state_of_nobodys_connects_nothing(client, state, told):
    answer = client.get(BACK, told)
    assert answer.status_code == 422
    assert not Channel.objects.exists()


def test_it_takes_too_long(client, state):
    session = client.session
    old = (datetime.now(UTC) - timedelta(hours=1)).isoformat()
    session["signing_in"] = {state: session["signing_in"][state] | {"began": old}}
    session.save()
    assert client.get(BACK, {"code": "abc", "state": state}).status_code == 422
    assert not Channel.objects.exists()


def test_another_person_in_the_same_browser_finishes_nothing(client, real, state):
    session = dict(client.session)
    other = make.member(role=Role.MANAGER, of=real)
    client.force_login(other.user, backend="django.contrib.auth.backends.ModelBackend")
    fresh = client.session
    fresh["signing_in"] = session["signing_in"]
    fresh.save()
    assert client.get(BACK, {"code": "abc", "state": state}).status_code == 422
    assert not Channel.objects.exists()


def test_who_signs_out_in_another_tab_at_that_moment_finishes_nothing(client, state, server, monkeypatch):
    journeys = signing_in._journeys

    def signed_out(session):
        Session.objects.all().delete()
        return journeys(session)

    monkeypatch.setattr(signing_in, "_journeys", signed_out)
    assert client.get(BACK, {"code": "abc", "state": state}).status_code == 422
    assert "code" not in server and not Channel.objects.exists()


def test_who_lost_the_right_meanwhile_finishes_nothing(client, real, state):
    remaining = make.member(of=real, role=Role.MANAGER)
    real.members.filter(role=Role.MANAGER).exclude(pk=remaining.pk).update(role=Role.STAFF)
    assert client.get(BACK, {"code": "abc", "state": state}).status_code == 422
    assert not Channel.objects.exists()


def test_a_no_is_told_in_words(client, real, state):
    answer = client.get(BACK, {"error": "access_denied", "state": state})
    assert answer.status_code == 422
    assert "You said no" in words(answer)
    assert url("connect_channel", real, "mastodon") in words(answer)


def test_a_server_that_does_not_know_us_is_told_in_words(client, state):
    answer = client.get(BACK, {"error": "invalid_client", "error_description": "<b>x</b>", "state": state})
    assert "Register anew" in words(answer)
    assert "<b>x</b>" not in words(answer)


@pytest.mark.parametrize(
    ("error", "sentence"),
    [
        (Reconnect("wrong_login", words="stale"), "Begin again"),
        (Temporary("timed_out", host="jejaring.example"), "did not answer in time"),
    ],
)
def test_what_goes_wrong_at_the_end_is_told_in_words(client, server, state, error, sentence):
    server["outcome"] = error
    answer = client.get(BACK, {"code": "abc", "state": state})
    assert answer.status_code == 422
    assert sentence in words(answer)
    assert not Channel.objects.exists()


def test_only_mastodon_brings_people_back(client, real):
    assert client.get("/oauth/telegram/").status_code == 404
    assert client.post(BACK).status_code == 405


def test_who_is_not_signed_in_signs_in_first(client):
    assert client.get(BACK, {"code": "abc", "state": "x"}).status_code == 302
