"""A post's copy."""

from threading import Barrier, Thread
from uuid import uuid4

import pytest
from django.db import connection

from campaign import channels
from campaign.models import AuditRow, Post, PostState, Role
from campaign.writing import versions
from tests import make
from tests.campaign.doors import WRITERS, only, url, words

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]


@pytest.fixture
def copy(client, campaign, sign_in):
    sign_in(Role.STAFF)

    def send(post, form_id=None):
        told = {"form_id": form_id or str(uuid4())}
        return client.post(url("copy_post", campaign, post.pk), told)

    return send


@pytest.fixture
def post(campaign):
    mastodon = make.channel(of=campaign)
    return make.post_scheduled(
        on=[mastodon], text="Isi.", planned_at=make.in_an_hour(), pictures=[(make.media(of=campaign), "Pasar")],
        own_texts={mastodon.pk: "Lain."}, labels=["Jalan"], source="BPS", theme="vision",
    )  # fmt: skip


def test_it_is_a_draft_with_the_same_content_and_no_time(client, campaign, copy, post):
    answer = copy(post)
    made = Post.objects.exclude(pk=post.pk).get()
    assert answer["Location"] == url("edit_post", campaign, made.pk)
    assert (made.state, made.version, made.planned_at) == (PostState.DRAFT, 1, None)
    assert (made.text, made.source, made.theme) == ("Isi.", "BPS", "vision")
    assert list(made.own_texts.values()) == ["Lain."]
    assert [row.alt for row in made.pictures.all()] == ["Pasar"]
    assert [label.name for label in made.labels.all()] == ["Jalan"]
    assert made.author == make.someone(campaign, Role.STAFF)
    assert AuditRow.objects.filter(verb="post.copy", about=f"post:{made.pk}").exists()
    assert "This is a copy" in words(client.get(answer["Location"]))


def test_pressed_twice_it_is_one(copy, post):
    form_id = str(uuid4())
    assert copy(post, form_id)["Location"] == copy(post, form_id)["Location"]
    assert Post.objects.count() == 2


def test_an_account_that_was_let_go_is_left_out(copy, campaign, post):
    channels.remove(post.channels.get(), by=make.someone(campaign, Role.MANAGER))
    copy(post)
    assert not Post.objects.exclude(pk=post.pk).get().channels.exists()


def test_the_posts_page_offers_it_to_writers_only(client, campaign, post, sign_in):
    sign_in(Role.STAFF)
    assert url("copy_post", campaign, post.pk) in words(client.get(url("post_detail", campaign, post.pk)))
    Post.objects.update(state=PostState.PUBLISHED)
    sign_in(Role.VOLUNTEER)
    assert url("copy_post", campaign, post.pk) not in words(client.get(url("post_detail", campaign, post.pk)))


def test_only_writers_may(client, campaign, post, sign_in):
    only(client, sign_in, url("copy_post", campaign, post.pk), WRITERS, "post")
    sign_in(Role.STAFF)
    assert client.post(url("copy_post", campaign, make.post().pk)).status_code == 404


@pytest.mark.django_db(transaction=True)
def test_two_presses_at_the_same_moment_make_one():
    post, together, form_id = make.post(text="Isi."), Barrier(4), uuid4()
    staff, made = make.someone(post.campaign, Role.STAFF), []

    def press() -> None:
        try:
            together.wait(10)
            made.append(versions.copy(post, by=staff, form_id=form_id).pk)
        finally:
            connection.close()

    threads = [Thread(target=press) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert made == [Post.objects.exclude(pk=post.pk).get().pk] * 4
