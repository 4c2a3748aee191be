"""What Posko asks a Mastodon server for, and what it makes of narrower answers."""

from urllib.parse import parse_qs, urlsplit

import pytest

from platforms import mastodon_sign_in, oauth
from platforms.base import Reconnect
from platforms.http import Door
from platforms.mastodon_sign_in import SCOPES, MastodonSignIn
from platforms.oauth import App
from tests.platforms.make import payload
from tests.platforms.servers import routes, says, serving

BACK = "https://posko.example/oauth/mastodon/"
ACCOUNT = {
    "verify_credentials": says(payload("mastodon", "account")),
    "v2_instance": says(payload("mastodon", "instance")),
}


def exchanged(told, app_scopes=None):
    with serving(routes(oauth_token=says({"access_token": "t", **told}), **ACCOUNT)) as server:
        app = App(server.url, "id", "secret", BACK, {"scopes": app_scopes} if app_scopes else {})
        consent = MastodonSignIn.exchange(Door(3, 1.0, frozenset({server.place})), app, code="c", verifier="v")
    return consent, server


def test_the_person_is_asked_for_what_is_used_and_no_more():
    app = App("https://mastodon.example", "id", "secret", BACK)
    address = urlsplit(MastodonSignIn.authorize_url(app, state="s", verifier="v"))
    asked = {name: values[0] for name, values in parse_qs(address.query).items()}
    assert asked["scope"] == SCOPES
    assert set(SCOPES.split()) == {
        "read:accounts", "read:statuses", "read:notifications", "write:statuses", "write:media",
    }  # fmt: skip
    assert asked["code_challenge"] == oauth.challenge("v")["code_challenge"]
    assert (asked["state"], asked["redirect_uri"], address.path) == ("s", BACK, "/oauth/authorize")


def test_an_app_registered_with_less_asks_for_no_more_than_that():
    app = App("https://mastodon.example", "id", "secret", BACK, {"scopes": "read:accounts write:statuses"})
    address = urlsplit(mastodon_sign_in.authorize_url(app, state="s", verifier="v"))
    assert parse_qs(address.query)["scope"] == ["read:accounts write:statuses"]


@pytest.mark.parametrize(
    ("granted", "missing"),
    [
        (SCOPES, set()),
        ("read write", set()),
        ("read:accounts read:statuses write:statuses write:media", {"read:notifications"}),
        ("write", {"read:accounts", "read:statuses", "read:notifications"}),
    ],
)
def test_what_was_not_granted_is_told(granted, missing):
    consent, _ = exchanged({"scope": granted})
    assert consent.missing == missing
    assert consent.accounts[0].secrets == {"token": "t", "scopes": granted}
    assert consent.accounts[0].name == "Ratna Caleg"


def test_a_server_that_names_no_scopes_gave_what_was_asked():
    consent, server = exchanged({}, "read:accounts write:statuses")
    assert consent.missing == {"read:statuses", "read:notifications", "write:media"}
    assert consent.missing & MastodonSignIn.needed == {"read:statuses", "write:media"}
    assert b"scope=read%3Aaccounts+write%3Astatuses" in server.asked[0].body


def test_a_stale_code_is_a_wrong_login_and_a_registration_remembers_its_scopes():
    stale = says({"error": "invalid_grant", "error_description": "stale"}, 400)
    registered = says({"client_id": "i", "client_secret": "s"})
    with serving(routes(oauth_token=stale, v1_apps=registered)) as server:
        door = Door(3, 1.0, frozenset({server.place}))
        app = mastodon_sign_in.register(door, server.url, BACK, "Posko")
        assert (app.client_id, app.allowed) == ("i", {"scopes": SCOPES})
        with pytest.raises(Reconnect, match="wrong_login"):
            mastodon_sign_in.exchange(door, app, code="c", verifier="v")


@pytest.mark.parametrize(
    ("told", "kept"),
    [
        ({}, SCOPES),
        ({"scopes": SCOPES.split()}, SCOPES),
        ({"scopes": ["read", "write:statuses"]}, "read:accounts read:statuses read:notifications write:statuses"),
        ({"scopes": "read:accounts write:media"}, "read:accounts write:media"),
        ({"scopes": []}, SCOPES),
    ],
)
def test_what_a_server_says_it_registered_us_with_is_what_is_asked_for(told, kept):
    with serving(routes(v1_apps=says({"client_id": "i", "client_secret": "s", **told}))) as server:
        app = mastodon_sign_in.register(Door(3, 1.0, frozenset({server.place})), server.url, BACK, "Posko")
    assert app.allowed == {"scopes": kept}
