"""*Setor dari lapangan*: the form, and what it makes."""

import io
from threading import Barrier, Thread
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from PIL import Image

from campaign.errors import Refused
from campaign.ideas import gathering
from campaign.ideas.gathering import Found
from campaign.models import AuditRow, Idea, IdeaMedia, Media, Role
from tests import make
from tests.campaign.doors import WRITERS, only, url, words

WHERE = {1: "N", 2: (6.0, 12.0, 27.0), 3: "E", 4: (106.0, 49.0, 38.0)}


@pytest.fixture(autouse=True)
def _in_english(english):
    """The pages are read in English."""


@pytest.fixture
def send(client, campaign):
    def sending(**fields):
        return client.post(url("send_idea", campaign), {"form_id": str(uuid4()), "text": "Los pasar bocor."} | fields)

    return sending


def phone_picture(kind):
    """As a phone takes it: with its maker and its position; the bytes say so before it is sent."""
    exif = Image.Exif()
    exif[0x010F] = "PabrikPonsel"
    exif[0x8825] = WHERE
    out = io.BytesIO()
    Image.new("RGB", (120, 80), "#7fa08a").save(out, kind, exif=exif)
    assert b"PabrikPonsel" in out.getvalue()
    return SimpleUploadedFile(f"IMG_0412.{kind.lower()}", out.getvalue(), content_type="application/octet-stream")


def test_it_becomes_an_idea_and_says_thanks(client, campaign, sign_in, send):
    volunteer = sign_in(Role.VOLUNTEER)
    answer = send(place="Pasar Sukamaju", picture=[make.picture_file(), make.picture_file()], people_agree="on")
    assert (answer.status_code, answer["Location"]) == (303, url("idea_sent", campaign))
    idea = Idea.objects.get()
    assert (idea.text, idea.place, idea.by) == ("Los pasar bocor.", "Pasar Sukamaju", volunteer)
    assert (idea.people_agree, idea.parents_agree, idea.pictures.count()) == (True, False, 2)
    row = AuditRow.objects.get(verb="idea.send")
    assert row.details == {"pictures": 2, "people_agree": True, "parents_agree": False}


def test_consent_is_recorded_only_where_there_are_pictures(sign_in, send):
    sign_in(Role.VOLUNTEER)
    send(people_agree="on", parents_agree="on")
    idea = Idea.objects.get()
    assert not idea.people_agree
    assert not idea.parents_agree


@pytest.mark.parametrize("kind", ["JPEG", "HEIF"])
def test_a_picture_keeps_nothing_of_where_and_with_what_it_was_taken(sign_in, send, kind):
    sign_in(Role.VOLUNTEER)
    assert send(picture=phone_picture(kind)).status_code == 303
    media = IdeaMedia.objects.get().media
    content = media.file.read()
    kept = Image.open(io.BytesIO(content))
    assert media.mime == "image/jpeg"
    assert not kept.getexif()
    assert b"PabrikPonsel" not in content


def test_sent_twice_it_arrives_once(client, sign_in, send):
    sign_in(Role.VOLUNTEER)
    form_id = str(uuid4())
    answers = [send(form_id=form_id), send(form_id=form_id)]
    assert [answer.status_code for answer in answers] == [303, 303]
    assert Idea.objects.count() == AuditRow.objects.filter(verb="idea.send").count() == 1


def test_sent_again_with_other_words_nothing_is_lost_and_the_next_press_sends_them(sign_in, send):
    sign_in(Role.VOLUNTEER)
    form_id = str(uuid4())
    send(form_id=form_id)
    answer = send(form_id=form_id, text="Los pasar bocor di sisi timur.")
    assert answer.status_code == 422
    assert "with other words" in words(answer)
    assert "di sisi timur" in words(answer)
    fresh = str(answer.context["form"]["form_id"].value())
    assert fresh != form_id
    assert send(form_id=fresh, text="Los pasar bocor di sisi timur.").status_code == 303
    assert Idea.objects.count() == 2


def test_a_form_that_another_has_sent_is_refused(campaign, team):
    form_id = uuid4()
    gathering.send(Found("Satu."), by=team["staff"], form_id=form_id)
    with pytest.raises(Refused, match="lain sudah"):
        gathering.send(Found("Satu."), by=team["volunteer"], form_id=form_id)


def test_the_same_form_in_another_campaign_is_another_idea(team):
    form_id = uuid4()
    for by in (team["staff"], make.member()):
        gathering.send(Found("Satu."), by=by, form_id=form_id)
    assert Idea.objects.count() == 2


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"text": " "}, "Write one sentence"),
        ({"text": "x" * 2001}, "2000"),
        ({"text": "a\0b"}, "Null"),
        ({"place": "x" * 121}, "120"),
        ({"form_id": "satu"}, "This page is incomplete"),
        ({"form_id": ""}, "This page is incomplete"),
    ],
)
@pytest.mark.django_db
def test_what_cannot_be_sent_is_said_and_the_pictures_stay(sign_in, send, fields, told):
    sign_in(Role.VOLUNTEER)
    answer = send(picture=make.picture_file(), place=fields.get("place", "Pasar Sukamaju"), **{
        name: value for name, value in fields.items() if name != "place"
    })  # fmt: skip
    assert answer.status_code == 422
    assert told in words(answer)
    assert not Idea.objects.exists()
    form = answer.context["form"]
    ((kept, _media),) = form.rows
    assert kept in words(answer)
    again = send(kept=[kept], form_id=str(uuid4()))
    assert again.status_code == 303
    assert Idea.objects.get().pictures.count() == 1


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        b"<script>alert(1)</script>",
        b"MZ\x90\x00",
        b"\xff\xd8\xff\xe0",
    ],
    ids=["empty", "svg", "script", "program", "stub"],
)
@pytest.mark.django_db
def test_a_file_that_is_no_picture_is_refused_and_the_sound_one_stays(sign_in, send, content):
    sign_in(Role.VOLUNTEER)
    hostile = SimpleUploadedFile("foto.jpg", content, content_type="image/jpeg")
    answer = send(picture=[hostile, make.picture_file()])
    assert answer.status_code == 422
    assert "foto.jpg: This file is not a picture" in words(answer)
    assert "Los pasar bocor." in words(answer)
    assert len(answer.context["form"].rows) == 1
    assert not Idea.objects.exists()


@pytest.mark.django_db
def test_four_pictures_are_the_most(sign_in, send):
    sign_in(Role.VOLUNTEER)
    answer = send(picture=[make.picture_file() for _ in range(5)])
    assert answer.status_code == 422
    assert "Four pictures at most" in words(answer)
    assert len(answer.context["form"].rows) == 4


@pytest.mark.django_db
def test_a_picture_is_left_out_and_nothing_is_sent(sign_in, send):
    sign_in(Role.VOLUNTEER)
    form = send(text="", picture=[make.picture_file(), make.picture_file()]).context["form"]
    kept = [name for name, _media in form.rows]
    answer = send(kept=kept, do="remove-0", people_agree="on")
    assert answer.status_code == 200
    assert [name for name, _media in answer.context["form"].rows] == kept[1:]
    assert "Los pasar bocor." in words(answer)
    assert answer.context["form"]["people_agree"].value()
    assert send(kept=kept, do="remove-9").status_code == 200
    assert not Idea.objects.exists()


@pytest.mark.django_db
def test_nobody_names_a_picture_that_posko_has_not_given_them(campaign, team, sign_in, send):
    theirs = make.media(of=make.campaign())
    ours = make.media(of=campaign)
    sign_in(Role.STAFF)
    staffs = send(text="", picture=make.picture_file()).context["form"].rows[0][0]
    sign_in(Role.VOLUNTEER)
    for name in (theirs.sha256, ours.sha256, f"{ours.sha256}:x", staffs, "x" * 150):
        assert send(kept=[name]).status_code == 303
    assert not IdeaMedia.objects.exists()


@pytest.mark.django_db
def test_the_form_works_without_javascript(client, campaign, sign_in):
    sign_in(Role.VOLUNTEER)
    page = words(client.get(url("send_idea", campaign)))
    for part in ('enctype="multipart/form-data"', 'accept="image/*"', "multiple", 'name="form_id"', "Send to the team"):
        assert part in page


@pytest.mark.django_db
def test_all_but_treasurers_may(client, campaign, sign_in):
    for method in ("get", "post"):
        only(client, sign_in, url("send_idea", campaign), WRITERS | {Role.VOLUNTEER}, method)
    assert not Media.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_arriving_twice_at_once_it_is_one_idea():
    by, form_id, start, made = make.member(), uuid4(), Barrier(2), []

    def arrive():
        start.wait()
        made.append(gathering.send(Found("Satu."), by=by, form_id=form_id).pk)
        connection.close()

    threads = [Thread(target=arrive) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(made) == 2
    assert set(made) == set(Idea.objects.values_list("pk", flat=True))
