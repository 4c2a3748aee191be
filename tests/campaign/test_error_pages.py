"""What people see when a page cannot be shown."""

import pytest
from django.template.loader import render_to_string
from django.test import Client
from django.urls import reverse

from campaign.models import Role

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _in_english(client):
    client.cookies["django_language"] = "en"


def test_nothing_there(client, sign_in):
    sign_in(Role.STAFF)
    answer = client.get("/tidak-ada/")
    assert answer.status_code == 404
    assert "There is nothing here" in answer.content.decode()


def test_not_for_this_role(client, campaign, sign_in):
    sign_in(Role.VOLUNTEER)
    answer = client.get(reverse("campaign:stop", args=[campaign.slug]))
    assert answer.status_code == 403
    assert "This is not for your role" in answer.content.decode()


def test_an_old_form(db):
    answer = Client(enforce_csrf_checks=True).post("/bahasa/", {"language": "en"})
    assert answer.status_code == 403
    assert reverse("campaign:start") in answer.content.decode()


@pytest.mark.parametrize("name", ["400.html", "404.html", "429.html", "500.html"])
def test_they_need_no_database_and_no_request(name, django_assert_num_queries):
    with django_assert_num_queries(0):
        assert "<h1>" in render_to_string(name)
