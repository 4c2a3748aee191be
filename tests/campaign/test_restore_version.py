"""An old version brought back as a new one."""

import pytest

from campaign import channels
from campaign.models import AuditRow, Delivery, Post, PostState, PostVersion, Role, State
from campaign.writing import versions
from tests import make
from tests.campaign.doors import WRITERS, only, url, words

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]


@pytest.fixture
def restore(client, campaign, sign_in):
    sign_in(Role.STAFF)

    def send(post, number=1, **fields):
        told = {"version": post.version, "number": number} | fields
        return client.post(url("restore_version", campaign, post.pk), told)

    return send


@pytest.fixture
def post(campaign):
    mastodon = make.channel(of=campaign)
    media = make.media(of=campaign)
    return make.post(on=[mastodon], text="Dulu.", pictures=[(media, "Pasar")], own_texts={mastodon.pk: "Dulu di sini."},
                     labels=["Jalan"], title="Judul")  # fmt: skip


def test_all_it_said_is_back_as_a_new_version(restore, post):
    make.edit(post, text="Sekarang.")
    assert restore(post).status_code == 303
    back = Post.objects.get()
    assert (back.version, back.text, back.title) == (3, "Dulu.", "Judul")
    assert list(back.own_texts.values()) == ["Dulu di sini."]
    assert [row.alt for row in back.pictures.all()] == ["Pasar"]
    assert [label.name for label in back.labels.all()] == ["Jalan"]
    assert PostVersion.objects.count() == 3
    assert AuditRow.objects.get(verb="post.restore").details["restored"] == 1


def test_its_time_stays(restore, campaign, post):
    at = make.in_an_hour()
    make.edit(post, text="Sekarang.")
    Post.objects.update(planned_at=at)
    restore(post)
    assert Post.objects.get().planned_at == at


def test_a_scheduled_post_needs_its_approval_anew(restore, campaign):
    post = make.post(on=[make.channel(of=campaign)], text="Dulu.", planned_at=make.in_an_hour())
    make.edit(post, text="Sekarang.")
    make.someone(campaign, Role.CANDIDATE)
    from campaign import publishing

    publishing.submit(post, by=make.someone(campaign, Role.STAFF), version=2)
    make.approve(post)
    restore(post)
    assert Post.objects.get().state == PostState.DRAFT
    assert Delivery.objects.get().state == State.CANCELLED


def test_an_account_that_was_let_go_does_not_come_back(restore, campaign, post):
    mastodon = post.channels.get()
    make.edit(post, text="Sekarang.")
    channels.remove(mastodon, by=make.someone(campaign, Role.MANAGER))
    restore(post)
    assert not Post.objects.get().channels.exists()


def test_pressed_twice_it_comes_back_once(restore, post):
    make.edit(post, text="Sekarang.")
    restore(post)
    answer = restore(post)
    assert answer.status_code == 422
    assert "Look again" in words(answer)
    assert Post.objects.get().version == 3


def test_what_it_says_already_is_not_brought_back(restore, post):
    make.edit(post, text="Sekarang.")
    answer = restore(post, number=2)
    assert answer.status_code == 422
    assert "says exactly this already" in words(answer)


@pytest.mark.parametrize("number", ["0", "9", "x", "9" * 40, ""])
def test_a_version_of_nothing_is_refused(restore, post, number):
    answer = restore(post, number=number)
    assert answer.status_code == 422
    assert "This version is not here" in words(answer)


def test_only_writers_may(client, campaign, post, sign_in):
    only(client, sign_in, url("restore_version", campaign, post.pk), WRITERS, "post")
    sign_in(Role.STAFF)
    assert client.post(url("restore_version", campaign, make.post().pk)).status_code == 404


def test_a_move_in_the_calendar_meanwhile_is_not_undone(post):
    make.edit(post, text="Sekarang.")
    staff, seen = make.someone(post.campaign, Role.STAFF), Post.objects.get()
    to = make.in_an_hour()
    Post.objects.update(planned_at=to)
    versions.restore(seen, version=1, by=staff, seen=2)
    assert Post.objects.get().planned_at == to
