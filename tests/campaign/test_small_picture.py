"""Pictures for a phone on a bad line."""

import io

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from campaign import pictures
from campaign.approving import small_pictures
from campaign.models import Role
from tests import make
from tests.campaign.doors import url

pytestmark = pytest.mark.django_db


def photo(width: int, height: int) -> bytes:
    out = io.BytesIO()
    Image.effect_noise((width, height), 60).convert("RGB").save(out, "JPEG", quality=90)
    return out.getvalue()


def test_a_picture_is_small_in_pixels_and_bytes(client, campaign, sign_in):
    sign_in(Role.CANDIDATE)
    media = make.media(of=campaign, size=(1600, 1200))
    answer = client.get(url("small_picture", campaign, media.sha256))
    assert (answer.status_code, answer["Content-Type"]) == (200, "image/webp")
    assert "private" in answer["Cache-Control"] and "immutable" in answer["Cache-Control"]
    with Image.open(io.BytesIO(answer.content)) as image:
        assert image.width == 640
    assert len(answer.content) <= small_pictures.TARGET_BYTES


@pytest.mark.parametrize("size", [(640, 480), (900, 1200)])
def test_the_noisiest_photo_becomes_light(size):
    assert len(small_pictures.shrink(photo(*size))) <= small_pictures.TARGET_BYTES


def test_holes_stay_holes():
    out = io.BytesIO()
    Image.new("RGBA", (50, 50), (0, 0, 0, 0)).save(out, "PNG")
    with Image.open(io.BytesIO(small_pictures.shrink(out.getvalue()))) as image:
        assert image.has_transparency_data


def test_it_is_made_once(campaign, monkeypatch):
    media = make.media(of=campaign)
    first = small_pictures.of(media)
    monkeypatch.setattr(small_pictures, "shrink", lambda original: pytest.fail("made twice"))
    assert small_pictures.of(media) == first


def test_a_browser_that_has_it_gets_nothing_more(client, campaign, sign_in):
    sign_in(Role.CANDIDATE)
    address = url("small_picture", campaign, make.media(of=campaign).sha256)
    etag = client.get(address)["ETag"]
    assert client.get(address, headers={"if-none-match": etag}).status_code == 304


def test_a_picture_whose_file_is_gone_is_not_found(client, campaign, sign_in):
    sign_in(Role.CANDIDATE)
    media = make.media(of=campaign)
    default_storage.delete(str(media.file.name))
    assert client.get(url("small_picture", campaign, media.sha256)).status_code == 404


def test_who_only_reads_sees_only_what_is_public(client, campaign, sign_in):
    media = make.media(of=campaign)
    make.post_in_review(of=campaign, pictures=[(media, "")])
    sign_in(Role.VOLUNTEER)
    assert client.get(url("small_picture", campaign, media.sha256)).status_code == 404


@pytest.mark.parametrize(("among", "most"), [("1", 9_000), ("4", 2_250), ("99", 2_250), ("x", 9_000), ("0", 9_000)])
def test_the_pictures_of_one_post_share_the_weight(client, campaign, sign_in, among, most):
    sign_in(Role.CANDIDATE)
    upload = SimpleUploadedFile("foto.jpg", photo(900, 700))
    media = pictures.take_in(upload, campaign, by=make.someone(campaign, Role.STAFF))
    answer = client.get(f"{url('small_picture', campaign, media.sha256)}?dari={among}")
    assert most / 4 < len(answer.content) <= most
