"""What the phone's gallery shares: it stands in the form, and nothing is sent."""

import pytest
from django.conf import settings
from django.test import Client

from campaign.models import Idea, Media, Role
from tests import make
from tests.campaign.doors import WRITERS, only, url, words

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]


@pytest.fixture
def share(campaign, client):
    def sharing(by=client, **options):
        shared = {"title": "Pasar", "text": "Los pasar bocor.", "picture": make.picture_file()}
        return by.post(url("share_idea", campaign), shared, **options)

    return sharing


def test_it_fills_the_form_without_a_token_and_sends_nothing(campaign, sign_in, share):
    strict = Client(enforce_csrf_checks=True)
    make.sign_in(strict, make.someone(campaign, Role.VOLUNTEER).user)
    strict.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
    answer = share(strict, headers={"Sec-Fetch-Site": "none"})
    assert answer.status_code == 200
    page = words(answer)
    assert "Not sent yet" in page
    assert "Pasar Los pasar bocor." in page
    assert len(answer.context["form"].rows) == 1
    assert not Idea.objects.exists()
    # Sending asks for the token as ever.
    form = answer.context["form"]
    told = {"form_id": form["form_id"].value(), "text": "Bocor.", "kept": [form.rows[0][0]]}
    assert strict.post(url("send_idea", campaign), told).status_code == 403
    token = answer.context["csrf_token"]
    told["csrfmiddlewaretoken"] = str(token)
    assert strict.post(url("send_idea", campaign), told).status_code == 303
    assert Idea.objects.get().pictures.count() == 1


def test_without_a_session_nothing_is_stored(campaign, share):
    answer = share()
    assert answer.status_code == 302
    assert answer["Location"].startswith("/accounts/login/")
    assert not Media.objects.exists()


def test_the_sessions_cookie_stays_out_of_what_other_sites_post(client):
    person = make.user()
    told = {"login": person.email, "password": make.PASSWORD}
    answer = client.post("/accounts/login/", told)
    assert answer.cookies[settings.SESSION_COOKIE_NAME]["samesite"] == "Lax"


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
def test_what_another_site_shares_is_refused_even_with_a_session(sign_in, share, site):
    sign_in(Role.VOLUNTEER)
    assert share(headers={"Sec-Fetch-Site": site}).status_code == 403
    assert not Media.objects.exists()


def test_what_is_no_picture_is_said(client, campaign, sign_in):
    sign_in(Role.VOLUNTEER)
    answer = client.post(url("share_idea", campaign), {"text": "a\0b" * 3000, "picture": make.picture_file(kind="BMP")})
    assert answer.status_code == 422
    assert "not a picture" in words(answer)


def test_coming_back_from_signing_in_leads_to_the_form(client, campaign, sign_in):
    sign_in(Role.VOLUNTEER)
    answer = client.get(url("share_idea", campaign))
    assert (answer.status_code, answer["Location"]) == (302, url("send_idea", campaign))


def test_all_but_treasurers_may(client, campaign, sign_in):
    only(client, sign_in, url("share_idea", campaign), WRITERS | {Role.VOLUNTEER}, "post")
