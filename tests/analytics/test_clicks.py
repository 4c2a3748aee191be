"""How often a post's links were followed stands among its numbers: counted by us, for WhatsApp's groups too."""

import pytest
from django.template.loader import render_to_string
from django.test import Client, override_settings
from django.utils import translation

from analytics import panel
from campaign import delivering, handing
from campaign.access import May
from campaign.models import Campaign, Delivery, Member, Post, ShortLink
from tests import make

pytestmark = pytest.mark.django_db(transaction=True)
PERSON = {"User-Agent": "Mozilla/5.0 (Linux; Android 13) Chrome/130.0 Mobile Safari/537.36"}
LINK = "https://ratna.example/jalan"


@pytest.fixture
def staff(campaign: Campaign) -> Member:
    return make.someone(campaign, "staff")


def shown(post: Post, member: Member) -> str:
    with translation.override("en"):
        context = {"panel": panel.context(post, member), "may": May(member)}
        return " ".join(render_to_string("analytics/_numbers_panel.html", context).split())


def sent_by_hand(campaign: Campaign, staff: Member, link: str = LINK) -> Post:
    """Sent to two groups."""
    places = [make.place(of=campaign, name="Relawan Karang"), make.place(of=campaign, name="Relawan Hulu")]
    post = make.post_scheduled(on=places, link=link)
    delivering.drain("whatsapp")
    for row in Delivery.objects.of_post(post.pk):
        handing.finish(row, by=staff, link="")
    post.refresh_from_db()
    return post


def test_each_group_is_counted_by_itself_and_a_zero_is_a_zero(campaign: Campaign, staff: Member):
    post = sent_by_hand(campaign, staff)
    link = ShortLink.objects.get(post=post, channel__name="Relawan Karang")
    for _time in range(3):
        Client().get(f"/s/{link.code}", headers=PERSON)
    told = panel.context(post, staff)["numbers"]
    assert isinstance(told, panel.Numbers)
    by_name = {account.name: account.clicks for account in told.accounts}
    assert {name: clicks and clicks.shown for name, clicks in by_name.items()} == {
        "WhatsApp Relawan Karang": "3",
        "WhatsApp Relawan Hulu": "0",
    }
    assert told.clicks == "3"
    page = shown(post, staff)
    assert "Counted by Posko itself until" in page
    assert f"/s/{link.code}" in page
    assert "Link followed from all accounts together: 3" in page


def test_before_it_is_out_nothing_is_counted_yet(campaign: Campaign, staff: Member):
    post = make.post_scheduled(on=[make.place(of=campaign)], link=LINK, planned_at=make.in_an_hour())
    page = shown(post, staff)
    assert "Nobody can have followed the link yet" in page
    assert "data-clicks" not in page


def test_without_a_public_address_it_says_that_nobody_counts():
    live = make.campaign(mode="live")
    staff = make.someone(live, "staff")
    with override_settings(BASE_URL="http://localhost:8000"):
        post = sent_by_hand(live, staff)
    page = shown(post, staff)
    assert "is not counted: this Posko had no public address" in page
    assert "data-clicks" not in page


def test_a_post_without_a_link_says_nothing_of_it(campaign: Campaign, staff: Member):
    page = shown(sent_by_hand(campaign, staff, link=""), staff)
    assert "followed" not in page
    assert "This network tells no numbers of posts." in page


def test_who_only_reads_is_offered_no_closing(campaign: Campaign, staff: Member):
    post = sent_by_hand(campaign, staff)
    assert "Close its short links" in shown(post, staff)
    assert "Close its short links" not in shown(post, make.someone(campaign, "volunteer"))
