"""What changed since one last looked."""

import re

import pytest

from campaign import previews, publishing
from campaign.approving import seen
from campaign.approving.seen import compare
from campaign.models import Role, SeenPost
from campaign.writing.differences import Piece
from tests import make
from tests.campaign.doors import url, words

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]


@pytest.mark.parametrize(
    ("old", "new", "parts"),
    [
        ("sama", "sama", [("same", "sama")]),
        ("Jalan desa rusak.", "Jalan kota rusak.",
         [("same", "Jalan "), ("gone", "desa "), ("new", "kota "), ("same", "rusak.")]),
        ("", "Baru", [("new", "Baru")]),
        ("Lama", "", [("gone", "Lama")]),
        ("Rp5 juta", "Rp50 juta", [("gone", "Rp5 "), ("new", "Rp50 "), ("same", "juta")]),
    ],
)  # fmt: skip
def test_word_by_word(old, new, parts):
    assert compare(old, new) == [Piece(*part) for part in parts]


def test_a_long_stretch_that_stayed_is_folded_around_the_change():
    long = " ".join(f"kata{number}" for number in range(200))
    parts = compare(f"{long} akhir", f"{long} penutup")
    assert [part.change for part in parts] == ["folded", "same", "gone", "new"]
    assert "".join(part.text for part in parts if part.change != "gone") == f"{long} penutup"
    middle = compare(f"awal {long} akhir", f"mula {long} penutup")
    assert [part.change for part in middle] == ["gone", "new", "same", "folded", "same", "gone", "new"]


def test_a_text_as_long_as_a_book_takes_no_time():
    parts = compare("a b " * 5000, "b a " * 5000)
    assert [part.change for part in parts] == ["gone", "new"]


@pytest.fixture
def read_then_changed(client, campaign, sign_in):
    """The candidate has seen version 1; staff has submitted version 2."""
    sign_in(Role.CANDIDATE)
    post = make.post_in_review(of=campaign, text="Kami bangun 5 jembatan.", planned_at=make.in_an_hour())
    client.get(url("review_post", campaign, post.pk))
    make.edit(post, text="Kami bangun 50 jembatan <b>.")
    publishing.submit(post, by=make.someone(campaign, Role.STAFF), version=2)
    return post


def test_the_page_shows_what_changed_first_and_keeps_showing_it(client, campaign, read_then_changed):
    for _ in range(2):
        page = words(client.get(url("review_post", campaign, read_then_changed.pk)))
        assert "Changed since you last saw it" in page
        assert re.search(r"<del>.{0,60}5 .{0,60}</del><ins>.{0,60}50 ", page)
        assert "&lt;b&gt;" in page and "<b>." not in page
        assert page.index("Changed since") < page.index('class="preview"')
    assert sorted(SeenPost.objects.values_list("version", flat=True)) == [1, 2]


def test_who_sees_it_for_the_first_time_sees_no_difference(client, campaign, sign_in, read_then_changed):
    sign_in(Role.MANAGER)
    assert "Changed since" not in words(client.get(url("review_post", campaign, read_then_changed.pk)))


def test_an_answer_to_what_they_read_before_leads_to_the_new_version(client, campaign, read_then_changed):
    answer = client.post(url("approve_post", campaign, read_then_changed.pk), {"version": 1, "then": "review"})
    assert answer.status_code == 422
    page = words(answer)
    assert "Look again" in page
    assert re.search(r"<del>.{0,60}5 .{0,60}</del><ins>.{0,60}50 ", page)
    assert 'name="version" value="2"' in page


def test_pictures_accounts_and_time_are_told_too(campaign):
    post = make.post_in_review(of=campaign, planned_at=make.in_an_hour())
    member = make.someone(campaign, Role.CANDIDATE)

    def look():
        post.refresh_from_db()
        return seen.look(post, member, previews.of_post(post, []))

    post.campaign = campaign
    assert look() is None
    other = make.channel(of=campaign, platform="telegram")
    media = make.media(of=campaign)
    new = make.content(on=[other], text=post.text, pictures=[(media, "Pasar")])
    publishing.edit(post, new, by=make.someone(campaign, Role.STAFF), version=1)
    found = look()
    assert found
    assert (found.texts, found.pictures_changed, found.time_changed) == ([], True, True)
    assert (found.added_to, len(found.removed_from)) == ([str(other)], 1)
    same = make.content(on=[other], text=post.text, pictures=[(media, "Pasar lama")])
    publishing.edit(post, same, by=make.someone(campaign, Role.STAFF), version=2)
    found = look()
    assert found and found.descriptions_changed and not found.pictures_changed


def test_accounts_whose_text_changed_alike_are_told_together():
    before = {"texts": {"1": "a", "2": "a", "3": "x"}, "names": {"1": "A", "2": "B", "3": "C"},
              "pictures": [], "planned_at": ""}  # fmt: skip
    after = before | {"texts": {"1": "b", "2": "b", "3": "x"}}
    found = seen.difference(1, before, after)
    assert found and [change.names for change in found.texts] == ["A, B"]
    assert seen.difference(1, before, before) is None
