"""Several pictures in one post: added, described, moved, removed, and made to fit a network."""

import io
import re
from typing import Any, ClassVar

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image
from pillow_heif import from_pillow

from campaign.models import Delivery, Media, PictureVariant, Post, Role
from campaign.writing import variants
from campaign.writing.fields import MOST_PICTURES
from platforms.contents import Shape
from platforms.mastodon import Mastodon
from platforms.registry import KINDS
from tests import make
from tests.campaign.doors import HTMX, typed, url, words

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]


@pytest.fixture
def channel(campaign):
    return make.channel(of=campaign)


@pytest.fixture
def send(client, campaign, sign_in):
    sign_in(Role.STAFF)
    make.someone(campaign, Role.CANDIDATE)
    return lambda *on, htmx=False, **fields: client.post(
        url("write_post", campaign), typed(*on, **fields), headers=HTMX if htmx else {}
    )


def shown(answer):
    """The pictures of a page, in order."""
    return re.findall(r'name="kept" value="([0-9a-f]{64})"', words(answer))


def test_several_are_added_at_once_each_with_its_words(send, channel):
    files = [make.picture_file() for _ in range(3)]
    send(channel, picture=files, alt=["Satu", "Dua"])
    assert [row.alt for row in Post.objects.get().pictures.all()] == ["Satu", "Dua", ""]


def test_adding_saves_no_post_and_loses_no_word(send, channel):
    answer = send(channel, do="pictures", text="Baru separuh kali", picture=[make.picture_file(), make.picture_file()])
    assert answer.status_code == 200
    assert len(shown(answer)) == 2
    assert "Baru separuh kali</textarea>" in words(answer)
    assert not Post.objects.exists()


def test_htmx_gets_the_pictures_alone(send, channel):
    answer = send(channel, htmx=True, do="pictures", text="Kata", picture=make.picture_file())
    assert "Kata" not in words(answer)
    assert len(shown(answer)) == 1


@pytest.mark.parametrize(
    ("do", "order"),
    [("up-1", [1, 0, 2]), ("down-1", [0, 2, 1]), ("remove-1", [0, 2]), ("up-0", [0, 1, 2]), ("down-9", [0, 1, 2])],
)
def test_a_picture_is_moved_or_removed_with_its_words(send, campaign, channel, do, order):
    kept = [make.media(of=campaign).sha256 for _ in range(3)]
    answer = send(channel, do=do, kept=kept, alt=["nol", "satu", "dua"])
    assert shown(answer) == [kept[place] for place in order]
    alts = re.findall(r"<textarea id=\"id_alt_\d\".*?>(.*?)</textarea>", words(answer))
    assert alts == [["nol", "satu", "dua"][place] for place in order]


def test_their_order_is_the_order_of_the_envelope(send, campaign, channel):
    kept = [make.media(of=campaign).sha256 for _ in range(2)]
    send(channel, do="submit", kept=kept[::-1], alt=["b", "a"])
    assert [(item["sha256"], item["alt"]) for item in Delivery.objects.get().draft["pictures"]] == [
        (kept[1], "b"), (kept[0], "a"),
    ]  # fmt: skip


def test_more_than_the_strictest_network_takes_is_told_before_it_leaves(send, campaign, channel):
    kept = [make.media(of=campaign).sha256 for _ in range(5)]
    answer = send(channel, do="submit", kept=kept)
    assert answer.status_code == 422
    assert "There are 5 pictures; 4 are allowed here." in words(answer)
    telegram = make.channel(of=campaign, platform="telegram")
    assert send(telegram, do="submit", kept=kept).status_code == 303


def test_more_than_a_post_holds_is_refused_and_the_first_stay(send, campaign, channel):
    kept = [make.media(of=campaign).sha256 for _ in range(MOST_PICTURES)]
    answer = send(channel, do="pictures", kept=kept, picture=make.picture_file())
    assert answer.status_code == 422
    assert "A post holds 10 pictures at most." in words(answer)
    assert shown(answer) == kept


def test_one_bad_file_among_good_ones_is_named_and_the_good_ones_stay(send, channel):
    bad = SimpleUploadedFile("surat.pdf", b"%PDF-1.4", content_type="application/pdf")
    answer = send(channel, do="pictures", picture=[make.picture_file(), bad])
    assert answer.status_code == 422
    assert "surat.pdf: This file is not a picture" in words(answer)
    assert len(shown(answer)) == 1


def test_words_that_are_too_long_are_refused_at_their_picture(send, campaign, channel):
    answer = send(channel, kept=make.media(of=campaign).sha256, alt="x" * 1001)
    assert answer.status_code == 422
    assert "at most 1000 characters" in words(answer)


def test_a_picture_from_an_iphone_is_kept_as_jpeg_without_its_position(send, channel):
    out, exif = io.BytesIO(), Image.Exif()
    exif[0x010F] = "Kamera Ratna"
    from_pillow(Image.new("RGB", (120, 90), "teal")).save(out, quality=60, exif=exif.tobytes())
    send(channel, picture=SimpleUploadedFile("IMG_1.HEIC", out.getvalue(), content_type="image/heic"))
    media = Post.objects.get().pictures.get().media
    assert (media.mime, media.width, media.height) == ("image/jpeg", 120, 90)
    assert b"Kamera" not in default_storage.open(str(media.file.name)).read()


def test_a_heic_that_is_cut_off_is_refused(send, channel):
    out = io.BytesIO()
    from_pillow(Image.effect_noise((200, 150), 60).convert("RGB")).save(out, quality=60)
    for share in (0.1, 0.5, 0.9):
        part = out.getvalue()[: int(len(out.getvalue()) * share)]
        answer = send(channel, picture=SimpleUploadedFile("a.heic", part, content_type="image/heic"))
        assert answer.status_code == 422
    assert not Post.objects.exists()


# Made to fit -------------------------------------------------------------------------------------


class Square(Mastodon):
    """A network that shows nothing wider than a square and a quarter, nor taller than 4 by 5."""

    demands: ClassVar[Shape] = Shape(count=4, widest=1.25, tallest=1.25, pixels=90_000)

    @classmethod
    def shape(cls, limits):
        return cls.demands


@pytest.fixture
def square(monkeypatch, channel):
    monkeypatch.setitem(KINDS, "mastodon", Square)
    return channel


def test_a_picture_that_fits_is_left_as_it_is(campaign, square):
    media = make.media(of=campaign, size=(250, 200))
    assert variants.fitting(media, square) == media


@pytest.mark.parametrize(("size", "made"), [((320, 160), (320, 256)), ((100, 300), (240, 300))])
def test_one_that_would_be_cut_stands_whole_on_a_neutral_ground(campaign, square, size, made):
    variant = variants.fitting(make.media(of=campaign, size=size), square)
    assert (variant.width, variant.height) == made
    image = Image.open(default_storage.open(str(variant.file.name)))
    corner: Any = image.getpixel((1, 1))
    assert all(abs(have - want) < 6 for have, want in zip(corner, (236, 235, 232), strict=True))
    middle: Any = image.getpixel((made[0] // 2, made[1] // 2))
    assert abs(middle[1] - 80) < 12


def test_one_with_too_many_pixels_is_made_smaller(campaign, square):
    variant = variants.fitting(make.media(of=campaign, size=(600, 500)), square)
    assert variant.width * variant.height <= 90_000


def test_it_is_made_once_and_told_apart_by_what_the_network_demands(campaign, square, monkeypatch):
    media = make.media(of=campaign, size=(320, 160))
    assert variants.fitting(media, square) == variants.fitting(media, square)
    assert PictureVariant.objects.count() == 1
    monkeypatch.setattr(Square, "demands", Shape(widest=1.5))
    assert variants.fitting(media, square).width == 320
    assert PictureVariant.objects.count() == 2


def test_the_envelope_and_the_preview_hold_the_variant_and_others_the_picture(client, campaign, square, sign_in):
    telegram = make.channel(of=campaign, platform="telegram")
    media = make.media(of=campaign, size=(320, 160))
    post = make.post_in_review(on=[square, telegram], pictures=[(media, "Pasar")])
    variant = PictureVariant.objects.get().made
    sealed = Delivery.objects.get(channel=square).draft["pictures"]
    assert [(item["sha256"], item["alt"]) for item in sealed] == [(variant.sha256, "Pasar")]
    assert Delivery.objects.get(channel=telegram).draft["pictures"][0]["sha256"] == media.sha256
    sign_in(Role.CANDIDATE)
    assert variant.sha256 in words(client.get(url("review_post", campaign, post.pk)))


def test_telegram_gets_a_long_and_narrow_picture_whole(campaign):
    telegram = make.channel(of=campaign, platform="telegram")
    media = make.media(of=campaign, size=(2000, 60))
    make.post_in_review(on=[telegram], pictures=[(media, "")])
    sealed = Delivery.objects.get().draft["pictures"][0]
    assert (sealed["width"], sealed["height"]) == (2000, 100)


def test_a_picture_whose_file_is_gone_is_not_hidden_by_a_variant(campaign, square):
    media = make.media(of=campaign, size=(320, 160))
    default_storage.delete(str(media.file.name))
    assert variants.fitting(media, square) == media
    assert Media.objects.count() == 1
