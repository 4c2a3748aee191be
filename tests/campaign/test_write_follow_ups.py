"""Threads and first comments in the composer: rows added and removed, counted, refused, shown, kept."""

import re

import pytest

from campaign import publishing
from campaign.checks import findings, subject_of
from campaign.models import Delivery, Follow, FollowUp, Part, Post, PostState, PostVersion, Role
from campaign.writing import content as writing
from tests import make
from tests.campaign.doors import HTMX, typed, url, words

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]

THREAD = {"follow": ["Kedua."], "follow_part": ["thread"], "follow_on": [""]}


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


def rows(answer):
    """The texts of the page's rows."""
    found = re.findall(r'<textarea id="id_follow_\d+".*?>(.*?)</textarea>', words(answer), re.DOTALL)
    return [text.strip() for text in found]


def test_nobody_sees_rows_before_asking_for_one(client, campaign, channel, sign_in):
    sign_in(Role.STAFF)
    page = client.get(url("write_post", campaign))
    assert rows(page) == [] and "Add a part of a thread" in words(page) and "Add a first comment" in words(page)


def test_a_row_is_added_without_javascript_and_nothing_is_lost(send, channel):
    answer = send(channel, do="follow-thread", text="Baru separuh", **THREAD)
    assert answer.status_code == 200 and rows(answer) == ["Kedua.", ""]
    assert "Baru separuh</textarea>" in words(answer) and not Post.objects.exists()


def test_htmx_gets_the_rows_alone(send, channel):
    answer = send(channel, htmx=True, do="follow-comment", text="Kata")
    assert rows(answer) == [""] and "Kata" not in words(answer)


def test_a_row_is_removed_and_the_others_keep_their_words(send, channel):
    told = {"follow": ["Satu.", "Dua."], "follow_part": ["thread", "thread"], "follow_on": ["", ""]}
    assert rows(send(channel, do="unfollow-0", **told)) == ["Dua."]


def test_a_first_comment_stays_below_the_thread(send, channel):
    told = {"follow": ["Komentar."], "follow_part": ["comment"], "follow_on": [""]}
    assert rows(send(channel, do="follow-thread", **told)) == ["", "Komentar."]


def test_ten_rows_are_the_most(send, channel):
    told = {"follow": [""] * 10, "follow_part": ["thread"] * 10, "follow_on": [""] * 10}
    answer = send(channel, do="follow-thread", **told)
    assert len(rows(answer)) == 10 and "Add a part" not in words(answer)


def test_what_is_typed_is_saved_and_empty_rows_are_not(send, channel):
    told = {"follow": ["Kedua.", " ", "Komentar."], "follow_part": ["thread", "thread", "comment"]}
    send(channel, follow_on=["", "", str(channel.pk)], **told)
    assert list(Post.objects.get().follows) == [
        Follow("thread", "Kedua."),
        Follow("comment", "Komentar.", channel.pk),
    ]


def test_it_is_kept_with_its_version_and_brought_back(send, campaign, channel):
    send(channel, **THREAD)
    post = Post.objects.get()
    kept = PostVersion.objects.get(post=post).content
    assert kept["follows"] == [{"part": "thread", "text": "Kedua.", "channel": None}]
    assert writing.from_json(kept, campaign).follows == [Follow("thread", "Kedua.")]
    assert writing.from_json({name: kept[name] for name in kept if name != "follows"}, campaign).follows == []


def test_saving_the_same_again_makes_no_version(client, send, campaign, channel):
    send(channel, **THREAD)
    post = Post.objects.get()
    again = typed(channel, version=1, **THREAD)
    client.post(url("edit_post", campaign, post.pk), again | {"text": post.text})
    post.refresh_from_db()
    assert post.version == 1
    client.post(url("edit_post", campaign, post.pk), again | {"text": post.text, "follow": ["Lain."]})
    post.refresh_from_db()
    assert post.version == 2 and post.follows[0].text == "Lain."


def test_submitting_seals_it(send, channel):
    send(channel, do="submit", **THREAD)
    slot = Post.objects.get().slot(channel)
    row = Delivery.objects.get(slot=f"{slot}/then:2")
    assert (row.after, row.text, row.draft["root"]) == (slot, "Kedua.", slot)


def test_what_a_network_would_refuse_is_told_at_its_row(send, channel):
    answer = send(channel, do="submit", follow=["x" * 501], follow_part=["thread"], follow_on=[""])
    assert answer.status_code == 422 and "501 characters; 500 are allowed" in words(answer)
    assert rows(answer) == ["x" * 501] and 'aria-invalid="true"' in words(answer)


def test_the_link_that_stands_in_it_is_counted_in_its_place(send, campaign, settings):
    settings.BASE_URL = "https://posko.example"
    place = make.channel(of=campaign, platform="facebook")
    answer = send(
        place, do="follow-comment", link="https://ratna.example/" + "a" * 80,
        follow=["Baca {tautan}"], follow_part=["comment"], follow_on=[""],
    )  # fmt: skip
    short = "https://posko.example/s/xxxxxxxx"
    assert f">{len('Baca ') + len(short)} / " in words(answer)


def test_what_no_chosen_account_carries_is_not_lost_in_silence(send, campaign):
    telegram = make.channel(of=campaign, platform="telegram")
    answer = send(telegram, do="submit", **THREAD)
    assert answer.status_code == 422 and "None of the accounts you chose carries this." in words(answer)


def test_two_first_comments_for_the_same_accounts_are_refused(send, channel):
    told = {"follow": ["A.", "B."], "follow_part": ["comment", "comment"], "follow_on": ["", ""]}
    answer = send(channel, **told)
    assert answer.status_code == 422 and "There is a first comment already." in words(answer)
    assert not Post.objects.exists()


def test_an_account_of_another_campaign_is_refused(send, channel):
    answer = send(channel, follow=["A."], follow_part=["thread"], follow_on=[str(make.channel().pk)])
    assert answer.status_code == 422 and not FollowUp.objects.exists()


@pytest.mark.parametrize("odd", [{"follow_part": ["x"]}, {"follow_part": []}, {"follow_on": ["-"]}, {"follow": ["\0"]}])
def test_odd_rows_are_told_and_never_break(send, channel, odd):
    assert send(channel, **(THREAD | odd)).status_code in (200, 302, 303, 422)
    assert send(channel, do="follow-thread", **(THREAD | odd)).status_code == 200


def test_previews_show_what_follows_below_the_post(client, campaign, channel, sign_in):
    sign_in(Role.STAFF)
    page = words(client.post(url("preview_post", campaign), typed(channel, text="Utama", **THREAD)))
    assert page.index("Utama") < page.index("Part 2 of the thread") < page.index("Kedua.")


def test_checks_read_what_follows(send, channel):
    send(channel, follow=["Anggaran naik 12 persen."], follow_part=["thread"], follow_on=[""])
    found = findings(subject_of(Post.objects.get()))
    assert any(each.text == "Anggaran naik 12 persen." for each in found)


def test_a_finding_in_what_follows_blocks_the_post(send, channel):
    send(channel, do="submit", follow=["Pilih saya, dapat sembako gratis!"], follow_part=["comment"], follow_on=[""])
    assert Post.objects.get().state == PostState.DRAFT if Post.objects.exists() else True
    assert not Delivery.objects.exists()


def test_a_donation_link_reaches_tiktok_neither_way(campaign):
    tiktok = make.channel(of=campaign, platform="tiktok")
    post = make.post(on=[tiktok], follows=[Follow(Part.COMMENT, "Donasi di sini: https://posko.example/sumbangan")])
    assert [text for text, _channel in subject_of(post).texts] == [post.text]


def test_what_was_typed_comes_back(client, campaign, channel, sign_in):
    sign_in(Role.STAFF)
    form = typed(channel, **THREAD)
    client.post(url("autosave_new", campaign), form)
    assert rows(client.get(url("write_post", campaign) + f"?form={form['form_id']}")) == ["Kedua."]


def test_the_page_of_the_post_and_the_review_show_it(client, campaign, channel, sign_in):
    post = make.post_in_review(on=[channel], text="Utama.", follows=[Follow(Part.COMMENT, "Komentar saya.")])
    sign_in(Role.CANDIDATE)
    for name in ("post_detail", "review_post"):
        page = words(client.get(url(name, campaign, post.pk)))
        assert page.count("Komentar saya.") == 1 and "First comment" in page


def test_the_review_tells_what_changed_in_it(client, campaign, channel, sign_in):
    post = make.post_in_review(on=[channel], text="Utama.", follows=[Follow(Part.COMMENT, "Komentar lama.")])
    sign_in(Role.CANDIDATE)
    client.get(url("review_post", campaign, post.pk))
    staff = make.someone(campaign, Role.STAFF)
    new = make.content(on=[channel], text="Utama.", follows=[Follow(Part.COMMENT, "Komentar baru.")])
    publishing.edit(post, new, by=staff, version=1)
    publishing.submit(Post.objects.get(), by=staff, version=2)
    page = words(client.get(url("review_post", campaign, post.pk)))
    changed = page[page.index("Changed since you last saw it") :]
    assert "Thread and first comment" in changed and "<del><s" in changed


def test_the_versions_tell_what_changed_in_it(client, campaign, channel, sign_in):
    sign_in(Role.STAFF)
    post = make.post(on=[channel], follows=[Follow(Part.THREAD, "Kedua.")])
    make.edit(post)
    page = words(client.get(url("post_versions", campaign, post.pk)))
    assert "Thread and first comment" in page
