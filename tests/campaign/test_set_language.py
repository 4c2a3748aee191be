"""`/bahasa/`: Bahasa Indonesia unless the person has chosen English."""

import pytest

pytestmark = pytest.mark.django_db


def language(client, **headers):
    return client.get("/", headers=headers).headers["Content-Language"]


def test_indonesian_comes_first_whatever_the_browser_asks_for(client):
    assert language(client, **{"Accept-Language": "en-US,en"}) == "id"


def test_the_choice_is_kept_and_the_page_too(client):
    answer = client.post("/bahasa/", {"language": "en", "next": "/accounts/login/"})
    assert answer.url == "/accounts/login/"
    assert language(client) == "en"
    client.post("/bahasa/", {"language": "id", "next": "/"})
    assert language(client) == "id"


def test_a_language_that_does_not_exist_changes_nothing(client):
    client.post("/bahasa/", {"language": "tlh", "next": "/"})
    client.cookies["django_language"] = "tlh"
    assert language(client) == "id"


def test_it_leads_to_no_other_site(client):
    assert client.post("/bahasa/", {"language": "en", "next": "https://jahat.example/"}).url == "/"


def test_opening_the_address_does_nothing(client):
    assert client.get("/bahasa/").status_code == 405
