"""`…/akun/percakapan/`: the link with which voters begin a talk on WhatsApp, offered where a post's link is typed."""

import pytest
from django.db import IntegrityError

from campaign import talking
from campaign.errors import Refused
from campaign.linking import making
from campaign.models import AuditRow, Campaign, Role
from tests.campaign.doors import url, words

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]
LINK = "https://wa.me/6281234567890?text=Halo%2C%20saya%20%26%20keluarga"


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("0812 3456 7890", "6281234567890"),
        ("+62 812-3456-7890", "6281234567890"),
        ("62 (812) 3456.7890", "6281234567890"),
        ("+1 202 555 0125", "12025550125"),
        ("  ", ""),
    ],
)
def test_a_number_is_taken_as_people_write_it(typed, number):
    assert talking.checked(typed) == number


@pytest.mark.parametrize(
    "typed", ["0812", "812 3456 7890", "tanya Budi", "0812/3456/7890", "+0812 3456 7890", "8" * 16, "٠٨١٢٣٤٥٦٧٨٩٠", "0"]
)
def test_what_is_no_number_is_refused_with_an_example(typed):
    with pytest.raises(Refused, match="0812 3456 7890"):
        talking.checked(typed)


def test_the_manager_enters_it_and_staff_find_link_code_and_offer(client, campaign, sign_in):
    sign_in(Role.MANAGER)
    told = {"number": "0812 3456 7890", "words": " Halo, saya & keluarga "}
    assert "There is no number yet." in words(client.get(url("talk", campaign)))
    answer = client.post(url("change_talk", campaign), told, follow=True)
    assert answer.status_code == 200 and "Saved." in words(answer)
    assert AuditRow.objects.get(verb="channel.talk").details == {"is_open": True}
    sign_in(Role.STAFF)
    page = client.get(url("talk", campaign))
    assert (
        f'value="{LINK.replace("&", "&amp;")}"' in page.content.decode() and "data:image/svg" in page.content.decode()
    )
    assert '<form class="card stack"' not in page.content.decode()
    composer = client.get(url("write_post", campaign)).content.decode()
    assert f'<option value="{LINK}">' in composer and 'list="links"' in composer


def test_a_post_may_lead_there():
    assert making.checked(LINK) == LINK


def test_what_is_no_number_keeps_what_was_typed(client, campaign, sign_in):
    sign_in(Role.MANAGER)
    answer = client.post(url("change_talk", campaign), {"number": "tanya Budi", "words": "Halo"})
    assert answer.status_code == 422 and "tanya Budi" in words(answer) and 'value="Halo"' in answer.content.decode()
    assert Campaign.objects.get().talk_number == ""


def test_an_empty_one_takes_the_link_away(client, campaign, sign_in):
    Campaign.objects.update(talk_number="6281234567890")
    sign_in(Role.MANAGER)
    answer = client.post(url("change_talk", campaign), {"number": "", "words": ""}, follow=True)
    assert "The link is offered no more." in words(answer)
    assert "wa.me" not in client.get(url("write_post", campaign)).content.decode()


def test_staff_change_nothing(client, campaign, sign_in):
    sign_in(Role.STAFF)
    assert client.post(url("change_talk", campaign), {"number": "0812 3456 7890"}).status_code == 403


@pytest.mark.parametrize("number", ["0812", "+6281234567890", "62x1234567890"])
def test_the_database_takes_dialled_numbers_only(campaign, number):
    with pytest.raises(IntegrityError, match="campaign_talk_number_dialled"):
        Campaign.objects.update(talk_number=number)
