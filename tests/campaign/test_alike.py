"""Accounts that get the same stand in one preview; whatever differs, and whatever would be refused, stands alone."""

from typing import Any

import pytest

from campaign import alike, previews
from campaign.models import Follow, Part
from tests import make
from tests.campaign.doors import words

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]


def cards(post):
    found = alike.gathered(previews.unsealed(post, post.channels.all(), post.pictures.all()))
    return sorted(sorted(each.channel.platform for each in card.everyone) for card in found)


@pytest.fixture
def three(campaign):
    return [make.channel(of=campaign, platform=kind) for kind in ("mastodon", "bluesky", "telegram")]


def test_what_is_alike_is_one(three):
    post = make.post(
        on=three, text="Air bersih untuk Sukamaju.", pictures=[(make.media(of=three[0].campaign), "Sumur")]
    )
    assert cards(post) == [["bluesky", "mastodon", "telegram"]]


def test_own_words_stand_alone(three):
    post = make.post(on=three, text="Air bersih.", own_texts={three[0].pk: "Air bersih!"})
    assert cards(post) == [["bluesky", "telegram"], ["mastodon"]]


def test_what_follows_on_one_only_parts_it_from_the_others(three):
    post = make.post(on=three, text="Air bersih.", follows=[Follow(Part.COMMENT, "Hanya di sini.", three[0].pk)])
    assert cards(post) == [["bluesky", "telegram"], ["mastodon"]]


def test_what_would_be_refused_stands_alone(three):
    post = make.post(on=three, text="Air bersih. " * 30)  # 360: too long for Bluesky
    assert cards(post) == [["bluesky"], ["mastodon", "telegram"]]


def test_the_codes_of_short_links_part_nothing(three):
    on = [three[2], make.channel(of=three[0].campaign, platform="telegram")]
    said: dict[str, Any] = {"text": "Baca {tautan} ya.", "link": "https://ratna.example/jalan"}
    assert cards(make.post(on=on, **said)) == cards(make.post_in_review(on=on, **said)) == [["telegram", "telegram"]]


def test_the_page_counts_for_each_account(client, three, sign_in):
    post = make.post(on=three, text="Air bersih.")
    sign_in("staff")
    shown = words(client.get(post.get_absolute_url()))
    assert "The same on 3 accounts" in shown
    assert shown.count("11 / ") == 3
