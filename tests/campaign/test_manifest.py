"""What makes Posko an app on a member's phone."""

import pytest
from django.conf import settings
from django.templatetags.static import static
from PIL import Image

from campaign.models import Role
from tests.campaign.doors import only, url, words

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]


def test_it_names_the_campaign_and_takes_what_the_gallery_shares(client, campaign, sign_in):
    sign_in(Role.VOLUNTEER)
    answer = client.get(url("manifest", campaign))
    assert answer["Content-Type"] == "application/manifest+json"
    assert "private" in answer["Cache-Control"]
    told = answer.json()
    assert (told["name"], told["display"], told["start_url"]) == (
        "Posko Ratna Wijayanti",
        "standalone",
        campaign.get_absolute_url(),
    )
    assert told["share_target"]["action"] == url("share_idea", campaign)
    assert told["share_target"]["params"]["files"] == [{"name": "picture", "accept": ["image/*"]}]


def test_who_may_send_nothing_is_offered_nothing_to_share_with(client, campaign, sign_in):
    sign_in(Role.TREASURER)
    assert "share_target" not in client.get(url("manifest", campaign)).json()


@pytest.mark.parametrize("side", [192, 512])
def test_its_pictures_are_there_in_their_size(client, campaign, sign_in, side):
    sign_in(Role.STAFF)
    icons = client.get(url("manifest", campaign)).json()["icons"]
    assert static(f"img/posko-{side}.png") in [icon["src"] for icon in icons]
    with Image.open(settings.BASE_DIR / "static" / "img" / f"posko-{side}.png") as image:
        assert image.size == (side, side)


def test_members_pages_link_it_with_their_session_and_public_ones_do_not(client, campaign, sign_in):
    link = f'<link rel="manifest" href="{url("manifest", campaign)}" crossorigin="use-credentials">'
    assert "manifest" not in words(client.get("/accounts/login/"))
    sign_in(Role.CANDIDATE)
    assert words(client.get(campaign.get_absolute_url())).count(link) == 1
    assert words(client.get(url("review", campaign))).count(link) == 1


def test_members_only(client, campaign, sign_in):
    only(client, sign_in, url("manifest", campaign), set(Role))
