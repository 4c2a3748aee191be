"""The link from WhatsApp: it shows nothing, uses nothing up, and leads members to the post."""

import re
from urllib.parse import unquote

import pytest
from django.urls import reverse

from campaign.approving import link
from campaign.models import Role, SeenPost
from tests import make
from tests.campaign.doors import url, words

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]


@pytest.fixture
def post(campaign):
    return make.post_in_review(of=campaign, text="Rahasia negara", planned_at=make.in_an_hour())


def address(post) -> str:
    return reverse("campaign:review_link", args=[link.code_of(post)])


def test_a_preview_sees_nothing_and_uses_nothing_up(client, campaign, sign_in, post):
    for ask in (client.get, client.head, client.get):
        answer = ask(address(post), headers={"user-agent": "WhatsApp/2.23 A"})
        assert answer.status_code == 200
        page = words(answer)
        for secret in ("Rahasia", campaign.name, campaign.candidate_name, campaign.slug):
            assert secret not in page
        assert "no-store" in answer["Cache-Control"]
    assert 'og:title" content="Posko"' in words(client.get(address(post)))
    assert not SeenPost.objects.exists()
    sign_in(Role.CANDIDATE)
    assert client.get(address(post))["Location"] == url("review_post", campaign, post.pk)


def test_it_says_the_same_of_a_post_that_never_was(client, post):
    gone = make.post()
    other = address(gone)
    gone.delete()
    pages = [
        re.sub(r'value="\w{64}"', "", words(client.get(each)).replace(each, "")) for each in (other, address(post))
    ]
    assert pages[0] == pages[1]


def test_signing_in_leads_there(client, campaign, post):
    candidate = make.someone(campaign, Role.CANDIDATE)
    page = words(client.get(address(post)))
    assert f'href="{reverse("account_login")}?next={address(post)}"' in page
    form = {"login": candidate.user.email, "password": make.PASSWORD, "next": address(post)}
    answer = client.post(reverse("account_login"), form, follow=True)
    assert answer.redirect_chain[-1][0] == url("review_post", campaign, post.pk)
    assert "Approve" in words(answer)


def test_who_is_not_of_the_team_is_asked_to_sign_out(client, sign_in, post):
    sign_in(Role.MANAGER, of=make.campaign())
    answer = client.get(address(post))
    assert answer.status_code == 200
    page = words(answer)
    assert "not on this team" in page
    assert "Rahasia" not in page


def test_who_only_reads_comes_to_the_post_and_not_to_the_answers(client, sign_in, post):
    sign_in(Role.VOLUNTEER)
    assert client.get(address(post))["Location"] == post.get_absolute_url()


@pytest.mark.parametrize("code", ["1", "1.x", "..", "41.AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", "%00.1", "é"])
def test_a_made_up_code_is_nobodys(client, sign_in, post, code):
    sign_in(Role.CANDIDATE)
    assert client.get(f"/tinjau/{code}/").status_code == 404
    client.logout()
    assert client.get(f"/tinjau/{code}/").status_code == 200


def test_what_whatsapp_is_given(campaign, post, settings):
    settings.BASE_URL = "https://posko.example"
    told = unquote(link.whatsapp(post))
    assert told.startswith("https://wa.me/?text=")
    assert f"https://posko.example{address(post)}" in told
    assert "Rahasia" not in told
    assert "WIB" in told


def test_staff_find_the_button_on_the_post_and_among_what_waits(client, campaign, sign_in, post):
    sign_in(Role.STAFF)
    for page in (post.get_absolute_url(), url("review", campaign), url("review_post", campaign, post.pk)):
        assert "https://wa.me/?text=" in words(client.get(page)), page
    make.approve(post)
    assert "https://wa.me/" not in words(client.get(post.get_absolute_url()))


def test_what_waits_says_for_whom_and_until_when(client, campaign, sign_in, post, django_assert_max_num_queries):
    sign_in(Role.STAFF)
    make.post_in_review(on=list(post.channels.all()), text="Yang lain")
    with django_assert_max_num_queries(20):
        page = words(client.get(url("review", campaign)))
    assert page.count("Waits for Candidate.") == 2
    assert "Wanted by" in page
