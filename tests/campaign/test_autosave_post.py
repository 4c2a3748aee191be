"""What is typed in a post that exists, and who else is at it."""

import pytest

from campaign import publishing
from campaign.models import Autosave, Post, Presence, Role
from tests import make
from tests.campaign.doors import WRITERS, only, typed, url, words

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]


@pytest.fixture
def post(campaign):
    return make.post(on=[make.channel(of=campaign)], text="Tersimpan.")


@pytest.fixture
def keep(client, campaign, sign_in, post):
    sign_in(Role.STAFF)

    def send(**fields):
        told = typed(*post.channels.all(), text="Ketikan.", based_on=post.version) | fields
        return client.post(url("autosave_post", campaign, post.pk), told)

    return send


def page(client, campaign, post):
    return words(client.get(url("edit_post", campaign, post.pk)))


def test_it_raises_no_version_and_comes_back(client, campaign, post, keep):
    assert keep().json()["kept"] is True
    assert Post.objects.get().version == 1
    shown = page(client, campaign, post)
    assert "Ketikan.</textarea>" in shown
    assert "Here is what you typed and had not saved" in shown


def test_what_is_saved_already_is_not_brought_back(client, campaign, post, keep):
    keep(text="Tersimpan.")
    assert "Here is what you typed and had not saved" not in page(client, campaign, post)


def test_after_a_save_a_late_one_is_not_kept_and_nothing_comes_back(client, campaign, post, keep):
    keep()
    told = typed(*post.channels.all(), text="Disimpan.", version=1, based_on=1)
    client.post(url("edit_post", campaign, post.pk), told)
    late = keep(text="Terlambat", based_on=1).json()
    assert late["kept"] is False
    assert "You have saved this post on another page" in late["sentence"]
    assert not Autosave.objects.exists()
    assert "Here is what you typed and had not saved" not in page(client, campaign, post)


def test_thrown_away_what_is_saved_stands_there(client, campaign, post, keep):
    keep()
    assert keep(do="discard")["Location"] == url("edit_post", campaign, post.pk)
    assert "Tersimpan.</textarea>" in page(client, campaign, post)


def test_what_somebody_saved_meanwhile_stands_beside_it(client, campaign, post, keep):
    keep()
    make.edit(post, text="Kata rekan.", by=make.someone(campaign, Role.MANAGER))
    shown = page(client, campaign, post)
    assert "Manager saved version 2 while you were writing" in shown
    assert "Ketikan.</textarea>" in shown
    assert "rekan" in shown


def test_two_are_told_of_each_other(client, campaign, post, keep, sign_in):
    assert "others" in keep().json()
    assert "Staff" not in keep().json()["others"]
    sign_in(Role.MANAGER)
    assert "Staff is writing in this post too, since" in page(client, campaign, post)
    told = client.post(url("autosave_post", campaign, post.pk)).json()
    assert "Staff is writing in this post too" in told["others"]
    sign_in(Role.STAFF)
    assert "Manager is writing in this post too" in keep().json()["others"]


def test_looking_is_not_writing(client, campaign, post, sign_in):
    sign_in(Role.STAFF)
    page(client, campaign, post)
    assert not Presence.objects.exists()


def test_who_gave_no_sign_for_a_while_is_gone_and_comes_back_anew(client, campaign, post, keep, sign_in, set_clock):
    keep()
    first = Presence.objects.get().since
    set_clock("interval '2 minutes'")
    sign_in(Role.MANAGER)
    assert "is writing in this post too" not in page(client, campaign, post)
    sign_in(Role.STAFF)
    keep()
    assert Presence.objects.get().since > first


def test_who_saves_or_leaves_is_gone_at_once(client, campaign, post, keep):
    keep()
    keep(do="leave")
    assert not Presence.objects.exists()
    keep()
    client.post(url("edit_post", campaign, post.pk), typed(*post.channels.all(), version=1))
    assert not Presence.objects.exists()


def test_a_sign_alone_keeps_nothing(client, campaign, post, sign_in):
    sign_in(Role.STAFF)
    client.post(url("autosave_post", campaign, post.pk))
    assert Presence.objects.exists()
    assert not Autosave.objects.exists()


def test_in_a_post_that_is_out_nothing_is_kept(campaign, post, keep):
    publishing.submit(post, by=make.someone(campaign, Role.STAFF), version=1)
    publishing.refuse(post, by=make.someone(campaign, Role.CANDIDATE), version=1, reason="Tidak.")
    assert keep().json()["kept"] is False
    assert not Presence.objects.exists()


def test_only_writers_may(client, campaign, post, sign_in):
    only(client, sign_in, url("autosave_post", campaign, post.pk), WRITERS, "post")
    sign_in(Role.STAFF)
    assert client.post(url("autosave_post", campaign, make.post().pk)).status_code == 404
