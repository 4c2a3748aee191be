"""Labels of a campaign's own, made by typing them."""

import pytest
from django.db import DatabaseError, transaction

from campaign.models import AuditRow, Colour, Label, Post, Role
from campaign.registry import Panel, composer_panels
from tests import make
from tests.campaign.doors import typed, url, words

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]


@pytest.fixture
def write(client, campaign, sign_in):
    sign_in(Role.STAFF)
    return lambda **fields: client.post(url("write_post", campaign), typed(**fields))


def names(post):
    return [label.name for label in post.labels.all()]


def test_typing_a_new_one_makes_it_and_the_next_page_offers_it(client, campaign, write):
    write(new_labels=" Jalan desa ,  pasar,, pasar")
    assert names(Post.objects.get()) == ["Jalan desa", "pasar"]
    assert AuditRow.objects.filter(verb="label.make").count() == 2
    assert 'name="labels" value="Jalan desa"' in words(client.get(url("write_post", campaign)))


def test_one_that_exists_is_taken_however_it_is_capitalised(campaign, write):
    Label.objects.create(campaign=campaign, name="Jalan")
    write(labels=["Jalan"], new_labels="JALAN, jalan")
    assert names(Post.objects.get()) == ["Jalan"]
    assert Label.objects.count() == 1


def test_each_new_one_has_the_next_colour(write):
    write(new_labels=", ".join(f"label {number}" for number in range(7)))
    colours = list(Label.objects.order_by("pk").values_list("colour", flat=True))
    assert colours == [*Colour.values, Colour.values[0]]


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"new_labels": "x" * 41}, "A label has 40 characters at most."),
        ({"new_labels": ",".join(map(str, range(13)))}, "A post has 12 labels at most."),
        ({"new_labels": "a\0b"}, "Null characters are not allowed."),
        ({"labels": ["x" * 41]}, "at most 40 characters"),
    ],
)
def test_what_cannot_be_a_label_is_refused_and_stays_in_the_form(write, fields, sentence):
    answer = write(text="Kata yang tetap", **fields)
    assert answer.status_code == 422
    assert sentence in words(answer)
    assert "Kata yang tetap" in words(answer)
    assert not Label.objects.exists()


def test_posts_are_found_by_label(campaign):
    one, _other = make.post(of=campaign, on=[], labels=["Jalan"]), make.post(of=campaign, on=[], labels=["Pasar"])
    member = make.someone(campaign, Role.STAFF)
    assert list(Post.objects.visible_to(member).labelled(one.labels.get().pk)) == [one]


def test_two_campaigns_have_the_same_word_each_for_itself(campaign):
    make.post(of=campaign, on=[], labels=["Jalan"])
    make.post(on=[], labels=["jalan"])
    assert Label.objects.count() == 2


def test_the_database_knows_one_of_a_name_and_no_other_colour(campaign):
    Label.objects.create(campaign=campaign, name="Jalan")
    for fields in ({"name": "JALAN"}, {"name": "Lain", "colour": "emas"}, {"name": ""}):
        with pytest.raises(DatabaseError), transaction.atomic():
            Label.objects.create(campaign=campaign, **fields)


def test_an_upper_app_adds_a_part_to_the_page(client, campaign, sign_in, monkeypatch):
    monkeypatch.setattr(composer_panels, "_entries", [])
    composer_panels.add(Panel("campaign/_refusals.html", lambda post, member: {"is_new": post.pk is None}))
    sign_in(Role.STAFF)
    answer = client.get(url("write_post", campaign))
    assert answer.context["panels"] == [("campaign/_refusals.html", {"is_new": True})]
