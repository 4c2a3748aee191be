"""Every version of a post, and what changed in it."""

import pytest
from django.db import DatabaseError, transaction

from campaign import publishing
from campaign.models import PostVersion, Role
from tests import make
from tests.campaign.doors import WRITERS, only, url, words

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]


@pytest.fixture
def post(campaign):
    return make.post(on=[make.channel(of=campaign)], text="Jalan desa rusak.")


def page(client, campaign, post, **query):
    return words(client.get(url("post_versions", campaign, post.pk), query))


def test_each_save_is_kept_with_who_and_when(post, campaign):
    make.edit(post, text="Jalan kota rusak.", by=make.someone(campaign, Role.MANAGER))
    kept = list(PostVersion.objects.order_by("version").values_list("version", "content__text", "by__role"))
    assert kept == [(1, "Jalan desa rusak.", "staff"), (2, "Jalan kota rusak.", "manager")]


def test_the_page_tells_what_changed_word_by_word(client, campaign, post, sign_in):
    make.edit(post, text="Jalan kota rusak.")
    sign_in(Role.STAFF)
    shown = page(client, campaign, post)
    assert '<del><span class="visually-hidden">[removed: </span>desa <span' in shown
    assert '<ins><span class="visually-hidden">[added: </span>kota <span' in shown
    assert "Version 2" in shown and "current" in shown


def test_what_is_not_the_text_is_told_too(client, campaign, post, sign_in):
    telegram, media = make.channel(of=campaign, platform="telegram"), make.media(of=campaign)
    new = make.content(
        on=[telegram], text=post.text, title="Judul", theme="vision", source="BPS", labels=["Jalan"],
        planned_at=make.in_an_hour(), pictures=[(media, "Pasar")], own_texts={telegram.pk: "Lain."},
    )  # fmt: skip
    publishing.edit(post, new, by=make.someone(campaign, Role.STAFF), version=1)
    sign_in(Role.STAFF)
    shown = page(client, campaign, post)
    for heading in ("Title", "Sources", "Accounts", "Time", "Theme", "Labels", "Pictures", f"Text for {telegram}"):
        assert f"<h3>{heading}</h3>" in shown, heading
    assert "1, of which 1 new" in shown


def test_many_versions_come_in_pages(client, campaign, post, sign_in, django_assert_max_num_queries):
    for number in range(17):
        make.edit(post, text=f"Teks {number}.")
    sign_in(Role.STAFF)
    with django_assert_max_num_queries(20):
        shown = page(client, campaign, post)
    assert "Version 4" in shown and "Version 3<" not in shown.replace(" <", "<")
    assert "?before=4" in shown
    assert "Version 1" in page(client, campaign, post, before="4")


@pytest.mark.parametrize("before", ["x", "9" * 40, "-1", ""])
def test_an_odd_place_to_go_on_from_is_no_fault(client, campaign, post, sign_in, before):
    sign_in(Role.STAFF)
    assert client.get(url("post_versions", campaign, post.pk), {"before": before}).status_code == 200


def test_a_post_from_before_says_so_and_its_next_change_keeps_it(client, campaign, post, sign_in):
    PostVersion.objects.all().delete()
    sign_in(Role.STAFF)
    assert "written before versions were kept" in page(client, campaign, post)
    make.edit(post, text="Baru.")
    assert list(PostVersion.objects.order_by("version").values_list("version", "content__text")) == [
        (1, "Jalan desa rusak."), (2, "Baru."),
    ]  # fmt: skip


def test_the_database_refuses_to_change_a_version(post):
    with pytest.raises(DatabaseError, match="stays as it is"), transaction.atomic():
        PostVersion.objects.update(content={"text": "Palsu."})
    with pytest.raises(DatabaseError, match="stays as it is"), transaction.atomic():
        PostVersion.objects.update(version=7)


def test_only_writers_may(client, campaign, post, sign_in):
    only(client, sign_in, url("post_versions", campaign, post.pk), WRITERS)
    sign_in(Role.STAFF)
    assert client.get(url("post_versions", campaign, make.post().pk)).status_code == 404
