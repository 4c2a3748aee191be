"""How each network will show what is being typed."""

import pytest

from campaign.models import Post, Role
from campaign.previews import parts_of
from platforms.bluesky import Bluesky
from platforms.mastodon import Mastodon
from platforms.telegram import Telegram
from tests import make
from tests.campaign.doors import WRITERS, only, typed, url, words

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]


@pytest.fixture
def preview(client, campaign, sign_in):
    sign_in(Role.STAFF)
    return lambda *on, **fields: words(client.post(url("preview_post", campaign), typed(*on, **fields)))


def test_each_chosen_account_shows_its_own_words(campaign, preview):
    mastodon, telegram = make.channel(of=campaign), make.channel(of=campaign, platform="telegram")
    shown = preview(mastodon, telegram, text="Untuk semua", **{f"own-{telegram.pk}": "Untuk kanal"})
    assert shown.count('class="preview"') == 2
    assert "Untuk semua" in shown and "Untuk kanal" in shown
    assert 'class="preview"' not in preview(text="Tanpa akun")
    assert not Post.objects.exists()


def test_line_breaks_links_and_mentions_stand_as_there(campaign, preview):
    mastodon = make.channel(of=campaign)
    shown = preview(mastodon, text="Lihat https://www.posko.example/program/jalan-desa-sukamaju @ratna@toot.example")
    assert '<span class="mark">posko.example/program/jalan-de…</span>' in shown
    assert '<span class="mark">@ratna</span>' in shown


def test_what_is_typed_is_text_and_no_markup(campaign, preview):
    assert "<b>" not in preview(make.channel(of=campaign), text="<b>tebal</b>")


@pytest.mark.parametrize("number", [1, 2, 3, 4, 6])
def test_pictures_stand_in_a_grid_of_four_at_most(campaign, preview, number):
    telegram = make.channel(of=campaign, platform="telegram")
    shown = preview(telegram, kept=[make.media(of=campaign).sha256 for _ in range(number)], alt=["Pasar"] * number)
    assert f'data-count="{number}"' in shown
    assert shown.count("<img") == min(4, number)
    assert ('data-more="+2"' in shown) is (number == 6)


def test_nothing_typed_is_no_fault(campaign, preview):
    assert "Write something to see how it will look." in preview(make.channel(of=campaign), text="")


def test_a_picture_of_another_campaign_is_not_shown(campaign, preview):
    foreign = make.media(of=make.campaign())
    assert foreign.sha256 not in preview(make.channel(of=campaign), kept=foreign.sha256)


@pytest.mark.parametrize(
    ("network", "text", "marked"),
    [
        (Mastodon, "#Desa maju, #2029", ["#Desa"]),
        (Mastodon, "surel@ratna.id", []),
        (Mastodon, "https://a.id/@ratna@b.id", ["a.id/@ratna@b.id"]),
        (Bluesky, "@ratna.example dan https://a.id/b. #desa", ["@ratna.example", "https://a.id/b", "#desa"]),
        (Bluesky, "a.id @ratna", []),
        (Telegram, "posko.id dan https://a.id/b. @ratna_w #desa", ["posko.id", "https://a.id/b", "@ratna_w", "#desa"]),
        (Telegram, "Rp2.000.000, surel@ratna.id", []),
    ],
)
def test_what_a_network_makes_a_link_is_marked(network, text, marked):
    parts = parts_of(network, text)
    assert [part.shown for part in parts if part.kind] == marked


@pytest.mark.parametrize("network", [Mastodon, Bluesky, Telegram])
def test_nothing_is_lost_between_the_marks(network):
    text = "Satu #dua\n\nhttps://a.id/b, (@ratna.example) 👨‍👩‍👧 akhir"
    assert "".join(part.shown for part in parts_of(network, text)).replace("https://", "") == text.replace(
        "https://", ""
    )


def test_only_writers_may(client, campaign, sign_in):
    only(client, sign_in, url("preview_post", campaign), WRITERS, "post")
