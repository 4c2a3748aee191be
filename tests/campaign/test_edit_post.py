"""Changing a post."""

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from time import sleep

import pytest
from django.db import connection, transaction

from campaign import policy, publishing
from campaign.errors import Refused
from campaign.models import Delivery, Post, PostState, Role, State
from campaign.planning import moving
from campaign.writing import composing
from tests import make
from tests.campaign.doors import HTMX, WRITERS, only, typed, url, words

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]


@pytest.fixture
def channel(campaign):
    return make.channel(of=campaign)


def local(post):
    """The post's time as its form shows it."""
    assert post.planned_at
    here = post.planned_at.astimezone(post.campaign.tz)
    return {"date": f"{here:%Y-%m-%d}", "time": f"{here:%H:%M}"}


@pytest.fixture
def edit(client, campaign, sign_in):
    sign_in(Role.STAFF)

    def send(post, **fields):
        fields = {"version": post.version, "text": post.text} | fields
        return client.post(url("edit_post", campaign, post.pk), typed(*post.channels.all(), **fields))

    return send


def test_the_page_shows_what_is_saved(client, campaign, sign_in, channel):
    sign_in(Role.STAFF)
    media = make.media(of=campaign)
    post = make.post(on=[channel], text="Isi", planned_at=make.in_an_hour(), pictures=[(media, "Pasar")])
    page = words(client.get(url("edit_post", campaign, post.pk)))
    assert "Isi</textarea>" in page
    assert "Pasar</textarea>" in page
    assert f'value="{media.sha256}"' in page
    assert f'value="{local(post)["time"]}"' in page


def test_a_change_is_a_new_version(edit, channel):
    post = make.post(on=[channel])
    assert edit(post, text="Lebih baik").status_code == 303
    post.refresh_from_db()
    assert (post.text, post.version) == ("Lebih baik", 2)


def test_a_change_takes_it_off_the_schedule(edit, channel):
    post = make.post_scheduled(on=[channel], planned_at=make.in_an_hour())
    edit(post, text="Lain", **local(post))
    post.refresh_from_db()
    assert post.state == PostState.DRAFT
    assert Delivery.objects.get().state == State.CANCELLED


def test_saving_what_is_saved_changes_nothing(edit, channel):
    post = make.post_scheduled(on=[channel], planned_at=make.in_an_hour())
    answer = edit(post, **local(post))
    assert answer.status_code == 303
    post.refresh_from_db()
    assert (post.state, post.version) == (PostState.SCHEDULED, 1)


def test_pressed_twice_it_is_changed_once(edit, channel):
    post = make.post(on=[channel])
    assert [edit(post, text="Baru", do="submit").status_code for _ in range(2)] == [303, 303]
    fresh = Post.objects.get()
    assert (fresh.version, fresh.state) == (2, PostState.IN_REVIEW)


def test_a_stale_page_keeps_what_was_typed_and_shows_what_is_saved(edit, channel):
    post = make.post(on=[channel])
    make.edit(Post.objects.get(pk=post.pk), text="Kata rekan")
    answer = edit(post, text="Kataku")
    assert answer.status_code == 422
    page = words(answer)
    assert "You saved version 2 on another page" in page
    assert "Kataku</textarea>" in page
    assert "Kata rekan" in page
    assert Post.objects.get().text == "Kata rekan"
    assert edit(Post.objects.get(), text="Kataku").status_code == 303
    assert Post.objects.get().text == "Kataku"


def test_two_texts_stand_side_by_side_with_what_differs(edit, campaign, channel):
    post = make.post(on=[channel], text="Jalan desa rusak.")
    make.edit(Post.objects.get(pk=post.pk), text="Jalan kota rusak.", by=make.someone(campaign, Role.MANAGER))
    page = words(edit(post, text="Jalan desa bagus.", title="Judulku"))
    assert "Manager saved version 2 while you were writing" in page
    assert "What is saved" in page and "What you typed" in page
    assert "</span>kota rusak<span" in page
    assert "</span>desa bagus<span" in page
    assert "Also different: Title" in page
    assert 'name="version" value="2"' in page
    assert 'name="based_on" value="1"' in page


def test_both_are_put_together_and_saved_by_nobody_yet(edit, campaign, channel):
    other = make.channel(of=campaign, platform="telegram")
    post = make.post(on=[channel], text="Jalan desa rusak.")
    theirs = make.content(on=[channel, other], text="Jalan kota rusak.", labels=["Pasar"])
    publishing.edit(post, theirs, by=make.someone(campaign, Role.MANAGER), version=1)
    media = make.media(of=campaign)
    answer = edit(post, do="merge", text="Jalan desa bagus.", title="Judulku", version=2, based_on=1,
                  channels=[channel.pk], kept=media.sha256, alt="Pasar")  # fmt: skip
    page = words(answer)
    assert answer.status_code == 200
    assert "Jalan kota bagus.</textarea>" in page
    assert "not saved yet" in page
    assert 'value="Judulku"' in page
    assert f'value="{other.pk}" checked' in page
    assert 'value="Pasar" checked' in page
    assert media.sha256 in page
    assert Post.objects.get().text == "Jalan kota rusak."


def test_what_began_from_nobody_knows_what_is_not_put_together(edit, channel):
    post = make.post(on=[channel])
    answer = edit(post, do="merge", text="Ketikanku", based_on=77)
    assert answer.status_code == 422
    assert "Ketikanku</textarea>" in words(answer)


def test_enter_in_a_field_saves_and_throws_nothing_away(client, campaign, sign_in, channel):
    post = make.post(on=[channel])
    told = typed(channel, text="Ketikan.", based_on=1)
    sign_in(Role.STAFF)
    client.post(url("autosave_post", campaign, post.pk), told)
    page = words(client.get(url("edit_post", campaign, post.pk))).partition('id="write"')[2]
    first = page[page.index("<button") :]
    assert 'value="draft"' in first[: first.index(">")]
    assert 'value="discard"' in page


def test_without_a_version_nothing_is_overwritten(edit, channel):
    post = make.post(on=[channel])
    assert edit(post, version="", text="Lain").status_code == 422
    assert Post.objects.get().text == post.text


def test_a_refused_post_is_not_editable(client, edit, campaign, channel):
    post = make.post_in_review(on=[channel])
    publishing.refuse(post, by=make.someone(campaign, Role.CANDIDATE), version=1, reason="Tidak.")
    assert edit(post, text="Lain").status_code == 422
    answer = client.get(url("edit_post", campaign, post.pk), follow=True)
    assert "This post was refused" in words(answer)


def test_a_picture_of_another_campaign_is_refused(edit, channel):
    foreign = make.media(of=make.campaign())
    assert edit(make.post(on=[channel]), kept=foreign.sha256).status_code == 422


def test_htmx_gets_the_form_again(client, campaign, sign_in, channel):
    sign_in(Role.STAFF)
    post = make.post(on=[channel])
    answer = client.post(url("edit_post", campaign, post.pk), typed(text="", version=1), headers=HTMX)
    assert answer.status_code == 422
    assert "<html" not in words(answer)


@pytest.mark.parametrize("method", ["get", "post"])
def test_only_writers_may(client, campaign, sign_in, channel, method):
    post = make.post(on=[channel])
    only(client, sign_in, url("edit_post", campaign, post.pk), WRITERS, method)
    sign_in(Role.STAFF)
    foreign = make.post()
    assert getattr(client, method)(url("edit_post", campaign, foreign.pk)).status_code == 404


# A time that somebody has changed in the calendar meanwhile ---------------------------------------


def moved(post, *, days=1):
    """A colleague moves it in the calendar; what another page shows is older."""
    to = post.planned_at + timedelta(days=days)
    moving.move(Post.objects.get(pk=post.pk), was=post.planned_at, to=to, by=make.someone(post.campaign, Role.MANAGER),
                version=post.version)  # fmt: skip
    return to


def was(client, campaign, post):
    """The time that the page was opened with, as its form sends it back."""
    found = re.search(r'name="was" value="([^"]*)"', words(client.get(url("edit_post", campaign, post.pk))))
    assert found
    return found[1]


@pytest.mark.parametrize("made", [make.post, make.post_in_review, make.post_scheduled])
def test_a_page_opened_before_the_post_was_moved_does_not_move_it_back(edit, client, campaign, channel, made):
    post = made(on=[channel], planned_at=make.in_an_hour())
    told = local(post) | {"was": was(client, campaign, post)}
    to = moved(post)
    assert edit(post, text="Lebih baik.", **told).status_code == 303
    fresh = Post.objects.get()
    assert (fresh.text, fresh.planned_at) == ("Lebih baik.", to)


def test_saving_nothing_new_after_a_move_costs_no_approval(edit, client, campaign, channel):
    post = make.post_scheduled(on=[channel], planned_at=make.in_an_hour())
    told = local(post) | {"was": was(client, campaign, post)}
    to = moved(post)
    assert edit(post, **told).status_code == 303
    fresh = Post.objects.get()
    assert (fresh.state, fresh.version, fresh.planned_at) == (PostState.SCHEDULED, 1, to)


def test_two_who_both_choose_a_time_are_told_before_the_second_one_holds(edit, client, campaign, channel):
    post = make.post(on=[channel], planned_at=make.in_an_hour())
    told = {"was": was(client, campaign, post), "time": "00:00"}
    to = moved(post, days=2)
    told["date"] = f"{to + timedelta(days=3):%Y-%m-%d}"
    answer = edit(post, **told)
    assert answer.status_code == 422
    page = words(answer)
    assert "Somebody has set the time of this post" in page
    assert Post.objects.get().planned_at == to
    told["was"] = f"{to.astimezone(campaign.tz):%Y-%m-%dT%H:%M}"
    assert told["was"] in page
    assert edit(post, **told).status_code == 303
    assert local(Post.objects.get())["time"] == "00:00"


def test_a_move_between_reading_and_saving_is_not_undone(campaign, channel):
    post = make.post(on=[channel], planned_at=make.in_an_hour())
    to = moved(post)
    with pytest.raises(Refused):
        composing.edit(post, make.content(on=[channel], text="Baru.", planned_at=post.planned_at),
                       by=make.someone(campaign, Role.STAFF), version=1, submits=False)  # fmt: skip
    assert Post.objects.get().planned_at == to


def test_what_was_typed_before_a_move_comes_back_with_the_new_time(edit, client, campaign, channel):
    post = make.post(on=[channel], planned_at=make.in_an_hour())
    told = typed(channel, based_on=1, was=was(client, campaign, post), **local(post))
    client.post(url("autosave_post", campaign, post.pk), told | {"text": "Ketikan."})
    to = moved(post)
    page = words(client.get(url("edit_post", campaign, post.pk)))
    assert "Ketikan.</textarea>" in page
    assert f'value="{to.astimezone(campaign.tz):%Y-%m-%d}"' in page
    assert f'value="{local(post)["date"]}"' not in page


def test_a_move_alone_is_nothing_to_bring_back(edit, client, campaign, channel):
    post = make.post(on=[channel], planned_at=make.in_an_hour())
    told = typed(channel, based_on=1, was=was(client, campaign, post), **local(post))
    client.post(url("autosave_post", campaign, post.pk), told | {"text": post.text})
    moved(post)
    page = words(client.get(url("edit_post", campaign, post.pk)))
    assert "Here is what you typed and had not saved" not in page


def test_put_together_it_keeps_the_time_of_the_calendar(edit, client, campaign, channel):
    post = make.post(on=[channel], text="Jalan desa rusak.", planned_at=make.in_an_hour())
    told = local(post) | {"was": was(client, campaign, post)}
    to = moved(post)
    theirs = make.content(on=[channel], text="Jalan kota rusak.", planned_at=to)
    publishing.edit(post, theirs, by=make.someone(campaign, Role.MANAGER), version=1)
    page = words(edit(post, do="merge", text="Jalan desa bagus.", version=2, based_on=1, **told))
    assert "Jalan kota bagus." in page
    assert f'value="{to.astimezone(campaign.tz):%Y-%m-%d}"' in page


@pytest.mark.django_db(transaction=True)
def test_who_submits_a_change_and_who_changes_the_rules_do_not_wait_for_each_other(campaign, channel):
    """The rules are held before any post is locked; else the database ends one of the two with an error."""
    post, staff = make.post(on=[channel]), make.someone(campaign, Role.STAFF)

    def submit():
        try:
            content = make.content(on=[channel], text="Baru.")
            composing.edit(Post.objects.get(pk=post.pk), content, by=staff, version=1, submits=True)
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            policy.hold(campaign.pk, to_change=True)
            begun = pool.submit(submit)
            wait_for_the_rules()
            Post.objects.select_for_update(nowait=True).get(pk=post.pk)
        begun.result(timeout=20)
    assert Post.objects.get().state == PostState.IN_REVIEW


def wait_for_the_rules():
    """Until somebody waits for them."""
    for _ in range(400):
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted")
            if cursor.fetchone()[0]:
                return
        sleep(0.02)
    pytest.fail("nobody came")


@pytest.mark.parametrize(
    ("state", "sentence"),
    [
        (PostState.PUBLISHED, "This post is out already."),
        (PostState.PARTLY, "This post is out already."),
        (PostState.FAILED, "This post did not get out."),
        (PostState.REFUSED, "This post was refused."),
        (PostState.TAKEN_DOWN, "This post was taken down."),
    ],
)
def test_what_cannot_be_changed_any_more_says_what_became_of_it(client, campaign, sign_in, channel, state, sentence):
    post = make.post(on=[channel])
    Post.objects.filter(pk=post.pk).update(state=state)
    post.refresh_from_db()
    with pytest.raises(Refused):
        publishing.edit(post, make.content(on=[channel]), by=make.someone(campaign, Role.STAFF), version=post.version)
    sign_in(Role.STAFF)
    assert sentence in words(client.get(url("edit_post", campaign, post.pk), follow=True))
