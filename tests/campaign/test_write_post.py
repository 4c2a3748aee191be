"""Writing a post."""

import io
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from threading import Barrier
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from PIL import Image

from campaign import clock
from campaign.models import Media, Post, PostState, Role
from tests import make
from tests.campaign.doors import HTMX, WRITERS, only, typed, url, words

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]


@pytest.fixture
def channel(campaign):
    return make.channel(of=campaign)


@pytest.fixture
def write(client, campaign, sign_in):
    sign_in(Role.STAFF)
    make.someone(campaign, Role.CANDIDATE)

    def send(*on, **fields):
        return client.post(url("write_post", campaign), typed(*on, **fields))

    return send


def local(moment, campaign):
    here = moment.astimezone(campaign.tz)
    return {"date": here.strftime("%Y-%m-%d"), "time": here.strftime("%H:%M")}


def test_the_page_asks_text_picture_accounts_and_time(client, campaign, sign_in, channel):
    sign_in(Role.STAFF)
    page = words(client.get(url("write_post", campaign)))
    assert "Time (WIB)" in page
    assert f'value="{channel.pk}" checked' in page
    assert 'data-limit-text="500"' in page


def test_the_zone_is_the_campaigns_own(client, campaign, sign_in):
    campaign.zone = "Asia/Jayapura"
    campaign.save()
    sign_in(Role.STAFF)
    assert "Time (WIT)" in words(client.get(url("write_post", campaign)))


def test_without_an_account_it_says_what_to_do(client, campaign, sign_in):
    sign_in(Role.STAFF)
    assert "ask your campaign manager to connect an account" in words(client.get(url("write_post", campaign)))


def test_it_begins_with_the_words_of_another(client, campaign, sign_in):
    sign_in(Role.STAFF)
    like = make.post(of=campaign, text="Yang lama, ditulis lagi.")
    assert "Yang lama, ditulis lagi." in words(client.get(url("write_post", campaign), {"from": like.pk}))
    foreign = make.post(text="Milik orang lain")
    assert "Milik orang lain" not in words(client.get(url("write_post", campaign), {"from": foreign.pk}))


@pytest.mark.parametrize("number", ["x", "0", "9" * 30, "9" * 5000], ids=["x", "zero", "30 digits", "5000 digits"])
def test_a_number_of_no_post_begins_with_nothing(client, campaign, sign_in, number):
    sign_in(Role.STAFF)
    assert client.get(url("write_post", campaign), {"from": number}).status_code == 200


def test_a_draft_is_saved(write, campaign, channel):
    at = clock.now() + timedelta(days=2)
    answer = write(channel, text="Satu\r\ndua  ", title="Judul", theme="vision", **local(at, campaign))
    post = Post.objects.get()
    assert answer.status_code == 303
    assert answer["Location"] == post.get_absolute_url()
    assert (post.text, post.title, post.theme, post.state) == ("Satu\ndua", "Judul", "vision", PostState.DRAFT)
    assert post.planned_at == at.replace(second=0, microsecond=0)
    assert list(post.channels.all()) == [channel]


def test_submitting_asks_for_approval(write, channel):
    write(channel, do="submit")
    assert Post.objects.get().state == PostState.IN_REVIEW


def test_a_picture_goes_along_with_its_description(write, channel):
    write(channel, picture=make.picture_file(), alt="Ratna di pasar")
    picture = Post.objects.get().pictures.get()
    assert picture.alt == "Ratna di pasar"


def test_a_draft_may_be_unfinished(write):
    assert write(text="x" * 900).status_code == 303


def test_pressed_twice_it_is_one_post(write, channel):
    form_id = str(uuid4())
    answers = [write(channel, form_id=form_id, do="submit") for _ in range(2)]
    assert [answer.status_code for answer in answers] == [303, 303]
    assert answers[0]["Location"] == answers[1]["Location"]
    assert Post.objects.get().version == 1


@pytest.mark.django_db(transaction=True)
def test_pressed_twice_at_once_it_is_one_post_and_one_picture(campaign, sign_in, channel):
    staff = sign_in(Role.STAFF)
    make.someone(campaign, Role.CANDIDATE)
    form_id, content = str(uuid4()), make.picture_file().read()
    together = Barrier(3)

    def press(_number):
        browser = Client()
        browser.force_login(staff.user, backend="django.contrib.auth.backends.ModelBackend")
        file = SimpleUploadedFile("foto.jpg", content, content_type="image/jpeg")
        together.wait()
        try:
            told = typed(channel, form_id=form_id, do="submit", picture=file)
            return browser.post(url("write_post", campaign), told).status_code
        finally:
            connection.close()

    with ThreadPoolExecutor(3) as pool:
        assert list(pool.map(press, range(3))) == [303, 303, 303]
    post = Post.objects.get()
    assert (post.state, post.version) == (PostState.IN_REVIEW, 1)
    assert Media.objects.get() == post.pictures.get().media
    assert len(list(Path(Media.objects.get().file.path).parent.iterdir())) == 1


def test_saved_and_then_submitted_from_the_same_form_is_one_post(write, channel):
    form_id = str(uuid4())
    write(channel, form_id=form_id)
    write(channel, form_id=form_id, do="submit")
    assert Post.objects.get().state == PostState.IN_REVIEW


def test_other_words_from_the_same_form_become_a_change(client, write, channel, campaign):
    form_id = str(uuid4())
    write(channel, form_id=form_id, text="Dulu")
    answer = write(channel, form_id=form_id, text="Sekarang")
    post = Post.objects.get()
    assert answer.status_code == 422
    assert "saved this before" in words(answer)
    assert "Sekarang" in words(answer)
    assert url("edit_post", campaign, post.pk) in words(answer)
    again = client.post(url("edit_post", campaign, post.pk), typed(channel, text="Sekarang", version=post.version))
    assert again.status_code == 303
    post.refresh_from_db()
    assert post.text == "Sekarang"


def test_a_form_that_somebody_else_has_sent_is_refused_with_what_to_do(client, campaign, sign_in, channel):
    told = typed(channel)
    sign_in(Role.STAFF)
    client.post(url("write_post", campaign), told)
    sign_in(Role.MANAGER)  # at the same computer, one page back
    answer = client.post(url("write_post", campaign), told | {"text": "Punya ketua tim"})
    assert answer.status_code == 422
    assert "Copy your text into a new post" in words(answer)
    assert "Punya ketua tim" in words(answer)
    assert Post.objects.get().text != "Punya ketua tim"


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"text": "  "}, "Write a text or add a picture."),
        ({"date": "2020-01-01", "time": "10:00"}, "The time you chose is past"),
        ({"date": "9999-12-31", "time": "23:59"}, "within the next two years"),
        ({"date": "0001-01-01", "time": "00:00"}, "The time you chose is past"),
        ({"date": "2027-01-01"}, "Choose the time too."),
        ({"time": "10:00"}, "Choose the day too."),
        ({"date": "besok", "time": "10:00"}, "Enter a valid date."),
        ({"text": "a\0b"}, "Null characters are not allowed."),
        ({"kind": "lain"}, "Select a valid choice"),
        ({"form_id": ""}, "Load it again"),
        ({"channels": ["999999"]}, "not here any more"),
        ({"channels": ["x"]}, "not a valid value"),
        ({"kept": "0" * 64}, "A picture is not here any more"),
        ({"kept": "a\0b"}, "Null characters are not allowed."),
        ({"text": "x" * 20_001}, "at most 20000 characters"),
    ],
)
def test_what_cannot_be_is_refused_at_its_field(write, channel, fields, sentence):
    answer = write(channel, **fields)
    assert answer.status_code == 422
    assert sentence in words(answer)
    assert not Post.objects.exists()


def test_a_time_that_has_just_passed_is_refused(write, channel, campaign):
    answer = write(channel, **local(clock.now() - timedelta(minutes=5), campaign))
    assert answer.status_code == 422
    assert "The time you chose is past" in words(answer)


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"text": "x" * 501}, "The text has 501 characters; 500 are allowed here."),
        ({"channels": []}, "Choose at least one channel."),
    ],
)
def test_what_is_submitted_must_be_finished(write, channel, fields, sentence):
    answer = write(channel, do="submit", **fields)
    assert answer.status_code == 422
    assert sentence in words(answer)
    assert not Post.objects.exists()


def test_a_time_in_the_quiet_period_is_refused(write, channel, campaign):
    answer = write(channel, do="submit", **local(clock.now() + timedelta(days=38), campaign))
    assert answer.status_code == 422
    assert "quiet period" in words(answer)
    assert not Post.objects.exists()


def bomb():
    out = io.BytesIO()
    Image.new("1", (12_000, 12_000)).save(out, "PNG")
    return SimpleUploadedFile("bom.png", out.getvalue(), content_type="image/png")


@pytest.mark.parametrize(
    ("file", "sentence"),
    [
        (lambda: SimpleUploadedFile("foto.jpg", b"<html>no", content_type="image/jpeg"), "not a picture"),
        (lambda: SimpleUploadedFile("foto.jpg", b"", content_type="image/jpeg"), "not a picture"),
        (lambda: SimpleUploadedFile("foto.jpg", b"\xff" * 16 * 1024 * 1024), "larger than 15 MB"),
        (bomb, "too many pixels"),
    ],
)
def test_a_bad_picture_is_refused_and_the_words_stay(write, channel, file, sentence):
    answer = write(channel, text="Kata yang tetap", picture=file())
    assert answer.status_code == 422
    assert sentence in words(answer)
    assert "Kata yang tetap" in words(answer)
    assert not Media.objects.exists()


def test_an_accepted_picture_stays_when_something_else_is_wrong(write, channel):
    answer = write(channel, text="x" * 501, do="submit", picture=make.picture_file(), alt="Pasar")
    media = Media.objects.get()
    assert f'name="kept" value="{media.sha256}"' in words(answer)
    assert media.get_absolute_url() in words(answer)
    write(channel, text="Pendek", do="submit", kept=media.sha256, alt="Pasar")
    assert Post.objects.get().pictures.get().media == media


def test_what_belongs_to_another_campaign_is_refused(write, channel):
    elsewhere = make.campaign()
    foreign, picture = make.channel(of=elsewhere), make.media(of=elsewhere)
    assert write(foreign).status_code == 422
    assert write(channel, kept=picture.sha256).status_code == 422
    assert not Post.objects.exists()


def test_the_counter_counts_as_the_network_does(write, campaign):
    telegram = make.channel(of=campaign, platform="telegram")
    answer = write(telegram, text="👨‍👩‍👧", date="besok")
    assert "8 / 4096</output>" in words(answer)


def test_htmx_goes_to_the_post_or_gets_the_form(client, campaign, sign_in, channel):
    sign_in(Role.STAFF)
    address = url("write_post", campaign)
    answer = client.post(address, typed(channel), headers=HTMX)
    assert answer["HX-Redirect"] == Post.objects.get().get_absolute_url()
    answer = client.post(address, typed(channel, text=""), headers=HTMX)
    assert answer.status_code == 422
    assert "<html" not in words(answer)


@pytest.mark.parametrize("method", ["get", "post"])
def test_only_writers_may(client, campaign, sign_in, method):
    only(client, sign_in, url("write_post", campaign), WRITERS, method)
