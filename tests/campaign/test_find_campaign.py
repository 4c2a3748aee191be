"""`/masuk/`: which campaign?"""

import pytest

from tests.campaign.doors import words

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]


@pytest.mark.parametrize(
    "typed",
    [
        "ratna",
        " RATNA ",
        "https://posko.example/masuk/ratna/",
        "posko.example/c/ratna/konten/",
        "https://x.test/c/ratna/?a=b",
    ],
)
def test_a_name_or_a_whole_address_leads_to_its_sign_in(client, campaign, typed):
    assert client.get("/masuk/", {"address": typed})["Location"] == "/masuk/ratna/"


@pytest.mark.parametrize("typed", ["", "tidak-ada", "https://posko.example/", "r\0", "x" * 400, "c/"])
def test_what_leads_nowhere_is_told(client, campaign, typed):
    answer = client.get("/masuk/", {"address": typed})
    assert answer.status_code == 422


def test_the_page_asks_for_it(client, db):
    assert "Address of the campaign" in words(client.get("/masuk/"))


def test_the_normal_sign_in_page_leads_here(client, db):
    assert 'href="/masuk/"' in words(client.get("/accounts/login/"))
