"""The list of posts."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from campaign.models import Post, Role
from campaign.views import posts as view
from tests import make
from tests.campaign.doors import HTMX, only, url, words

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]


def test_it_lists_the_newest_first(client, campaign, sign_in):
    sign_in(Role.STAFF)
    on = [make.channel(of=campaign)]
    for text in ("Pertama", "Kedua"):
        make.post(on=on, text=text)
    page = words(client.get(url("posts", campaign)))
    assert page.index("Kedua") < page.index("Pertama")
    assert "As soon as approved" in page


def test_a_state_narrows_it(client, campaign, sign_in):
    sign_in(Role.STAFF)
    on = [make.channel(of=campaign)]
    make.post(on=on, text="Masih konsep")
    make.post_in_review(on=on, text="Sudah diajukan")
    page = words(client.get(url("posts", campaign), {"state": "in_review"}))
    assert "Sudah diajukan" in page
    assert "Masih konsep" not in page


def test_a_state_of_nobodys_shows_all(client, campaign, sign_in):
    sign_in(Role.STAFF)
    make.post(of=campaign, text="Ada")
    assert "Ada" in words(client.get(url("posts", campaign), {"state": "'; drop"}))


def test_empty_it_says_what_to_do(client, campaign, sign_in):
    sign_in(Role.STAFF)
    make.channel(of=campaign)
    assert "Write the first one" in words(client.get(url("posts", campaign)))


def test_a_volunteer_sees_only_what_is_public(client, campaign, sign_in):
    sign_in(Role.VOLUNTEER)
    make.post(of=campaign, text="Rahasia dulu")
    page = words(client.get(url("posts", campaign)))
    assert "Rahasia dulu" not in page
    assert "Nothing has been published yet" in page


def test_another_campaigns_posts_are_not_there(client, campaign, sign_in):
    sign_in(Role.STAFF)
    make.post(text="Milik orang lain")
    assert "Milik orang lain" not in words(client.get(url("posts", campaign)))


def test_older_ones_follow_by_key(client, campaign, sign_in, monkeypatch):
    monkeypatch.setattr(view, "PER_PAGE", 2)
    sign_in(Role.STAFF)
    on = [make.channel(of=campaign)]
    rows = [make.post(on=on, text=f"Konten {number}") for number in range(3)]
    Post.objects.update(changed_at=rows[0].changed_at)  # all in the same moment
    first = client.get(url("posts", campaign))
    assert "Konten 2" in words(first)
    assert "Konten 0" not in words(first)
    second = words(client.get(url("posts", campaign), {"before": first.context["older"]}))
    assert "Konten 0" in second
    assert "Konten 1" not in second


@pytest.mark.parametrize(
    "key",
    [
        "x",
        "2026-01-01_1",
        "2026-01-01T00:00:00+00:00_x",
        "2026-01-01T00:00:00+00:00_" + "9" * 40,
        "2026-01-01T00:00:00+00:00_" + "9" * 5000,
        "2026-01-01T00:00:00+00:00_-1",
        "2026-01-01T00:00:00+23:00_1",
        "2026-01-01T00:00:00+05:30:15.5_1",
        "0001-01-01T00:00:00+14:00_1",
        "_",
    ],
    ids=lambda key: key[:40],
)
def test_a_key_of_nobodys_shows_the_first_page(client, campaign, sign_in, key):
    sign_in(Role.STAFF)
    make.post(of=campaign, text="Ada")
    assert "Ada" in words(client.get(url("posts", campaign), {"before": key}))


def test_more_posts_ask_no_more_of_the_database(client, campaign, sign_in):
    sign_in(Role.STAFF)
    on = [make.channel(of=campaign), make.channel(of=campaign, platform="bluesky")]
    asked = []
    for _ in range(2):
        for _ in range(5):
            media = make.media(of=campaign)
            make.post(on=on, planned_at=make.in_an_hour() + timedelta(days=1), pictures=[(media, "")])
        with CaptureQueriesContext(
            connection,
        ) as queries:
            client.get(url("posts", campaign))
        asked.append(len(queries))
    assert asked[0] == asked[1] <= 14


def test_htmx_gets_the_list_alone(client, campaign, sign_in):
    sign_in(Role.STAFF)
    answer = client.get(url("posts", campaign), headers=HTMX)
    assert "<html" not in words(answer)
    assert "HX-Request" in answer["Vary"]


def test_every_member_may_and_nobody_else(client, campaign, sign_in):
    only(client, sign_in, url("posts", campaign), set(Role))
    sign_in(Role.STAFF)
    assert client.post(url("posts", campaign)).status_code == 405


def test_words_narrow_it_and_the_counts_follow(client, campaign, sign_in):
    sign_in(Role.STAFF)
    on = [make.channel(of=campaign)]
    make.post(on=on, text="Air bersih untuk desa")
    make.post_in_review(on=on, text="Jalan desa")
    answer = client.get(url("posts", campaign), {"find": "AIR"})
    assert "Air bersih" in words(answer)
    assert "Jalan desa" not in words(answer)
    assert [(value, number) for value, _label, number in answer.context["tabs"]] == [("draft", 1)]
    assert "?state=draft&amp;find=AIR" in words(answer)


def test_a_filter_stays_while_one_looks_at_older_ones(client, campaign, sign_in, monkeypatch):
    monkeypatch.setattr(view, "PER_PAGE", 1)
    sign_in(Role.STAFF)
    for number in range(2):
        make.post(of=campaign, text=f"Air {number}")
    page = words(client.get(url("posts", campaign), {"find": "air", "state": "draft"}))
    assert '&amp;find=air"' in page
    assert 'name="state" value="draft"' in page


def test_nothing_found_says_how_to_go_on(client, campaign, sign_in):
    sign_in(Role.STAFF)
    make.post(of=campaign)
    page = words(client.get(url("posts", campaign), {"find": "tidak ada\0"}))
    assert "remove the filter" in page
