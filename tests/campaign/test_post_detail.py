"""A post's page."""

from datetime import datetime
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from campaign import clock, envelopes, publishing, registry
from campaign.ideas import gathering
from campaign.models import Attempt, Delivery, Post, PostState, Role, State
from campaign.planning import moving
from tests import make
from tests.campaign.doors import HTMX, only, url, words
from tests.routes import ended

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]


@pytest.fixture
def channel(campaign):
    return make.channel(of=campaign)


def test_it_shows_the_post_as_its_networks_do(client, campaign, sign_in, channel):
    sign_in(Role.STAFF)
    telegram = make.channel(of=campaign, platform="telegram")
    media = make.media(of=campaign)
    post = make.post(on=[channel, telegram], text="👋 halo", pictures=[(media, "Pasar")])
    page = words(client.get(url("post_detail", campaign, post.pk)))
    assert "6 / 500" in page
    assert "7 / 1024" in page
    assert media.get_absolute_url() in page
    assert 'alt="Pasar"' in page


def test_once_sealed_it_shows_the_envelope(client, campaign, sign_in, channel):
    sign_in(Role.STAFF)
    post = make.post_scheduled(on=[channel], text="Seperti disetujui", planned_at=make.in_an_hour())
    type(post).objects.filter(pk=post.pk).update(text="Diubah di belakang")
    page = words(client.get(url("post_detail", campaign, post.pk)))
    assert '<p class="words">Seperti disetujui</p>' in page


def test_the_checks_stand_beside_it(client, campaign, sign_in, channel):
    sign_in(Role.STAFF)
    post = make.post(on=[channel], text="x" * 501)
    page = words(client.get(url("post_detail", campaign, post.pk)))
    assert "Blocks:" in page
    assert "501 characters" in page


def test_it_names_who_must_approve(client, campaign, sign_in, channel):
    sign_in(Role.STAFF)
    post = make.post_in_review(on=[channel])
    assert "Waits for the approval of Candidate" in words(client.get(url("post_detail", campaign, post.pk)))


def test_it_says_so_when_nobody_can_approve(client, campaign, sign_in, channel):
    manager = sign_in(Role.MANAGER)
    make.someone(campaign, Role.STAFF)
    post = make.post(on=[channel], by=manager)
    publishing.submit(post, by=manager, version=1)
    assert "Nobody on the team can approve this" in words(client.get(url("post_detail", campaign, post.pk)))


def test_the_history_is_told_in_words(client, campaign, sign_in, channel):
    sign_in(Role.STAFF)
    post = make.post_scheduled(on=[channel])
    page = words(client.get(url("post_detail", campaign, post.pk)))
    assert "Staff asked for approval of version 1" in page
    assert "Candidate approved version 1" in page


def test_the_reason_stands_there(client, campaign, sign_in, channel):
    sign_in(Role.STAFF)
    post = make.post_in_review(on=[channel])
    publishing.ask_changes(post, by=make.someone(campaign, Role.CANDIDATE), version=1, reason="Lebih pendek, ya.")
    assert "Lebih pendek, ya." in words(client.get(url("post_detail", campaign, post.pk)))


def test_apps_above_add_their_panels(client, campaign, sign_in, channel, monkeypatch):
    panels: registry.Registry[registry.Panel] = registry.Registry()
    panels.add(registry.Panel("campaign/_refusals.html", lambda post, member: {}))
    monkeypatch.setattr(registry, "post_panels", panels)
    sign_in(Role.STAFF)
    post = make.post(on=[channel])
    assert len(client.get(url("post_detail", campaign, post.pk)).context["panels"]) == 1


def test_a_removed_account_leaves_the_page_whole(client, campaign, sign_in, channel):
    from campaign import channels

    sign_in(Role.STAFF)
    post = make.post_in_review(on=[channel])
    channels.remove(channel, by=make.someone(campaign, Role.MANAGER))
    assert client.get(url("post_detail", campaign, post.pk)).status_code == 200


def test_more_accounts_ask_no_more_of_the_database(client, campaign, sign_in, channel):
    sign_in(Role.STAFF)
    asked = []
    for on in ([channel], [channel, *(make.channel(of=campaign, platform="bluesky") for _ in range(5))]):
        post = make.post_scheduled(on=on, planned_at=make.in_an_hour())
        with CaptureQueriesContext(connection) as queries:
            client.get(url("post_detail", campaign, post.pk))
        asked.append(len(queries))
    assert asked[0] == asked[1]


def test_htmx_gets_the_part(client, campaign, sign_in, channel):
    sign_in(Role.STAFF)
    post = make.post(on=[channel])
    assert "<html" not in words(client.get(url("post_detail", campaign, post.pk), headers=HTMX))


def test_drafts_are_hidden_from_those_who_only_see_what_is_public(client, campaign, sign_in, channel):
    post = make.post(on=[channel])
    for role in (Role.VOLUNTEER, Role.TREASURER):
        sign_in(role)
        assert client.get(url("post_detail", campaign, post.pk)).status_code == 404


def test_a_stranger_finds_nothing(client, campaign, sign_in, channel):
    post = make.post(on=[channel])
    type(post).objects.update(state="published")
    only(client, sign_in, url("post_detail", campaign, post.pk), set(Role))
    sign_in(Role.STAFF)
    assert client.get(url("post_detail", campaign, make.post().pk)).status_code == 404
    assert client.post(url("post_detail", campaign, post.pk)).status_code == 405


def standing(client, campaign, post):
    return client.get(url("post_detail", campaign, post.pk)).context["standing"]


def test_one_next_step_stands_on_top(client, campaign, sign_in, channel):
    sign_in(Role.STAFF)
    draft = make.post(on=[channel])
    assert standing(client, campaign, draft).step == "submit"
    assert standing(client, campaign, make.post(on=[channel], text="x" * 501)).step == "edit"
    review = make.post_in_review(on=[channel])
    assert standing(client, campaign, review).step == ""
    sign_in(Role.CANDIDATE)
    assert standing(client, campaign, review).step == "review"
    sign_in(Role.STAFF)
    publishing.ask_changes(review, by=make.someone(campaign, Role.CANDIDATE), version=1, reason="Lebih pendek.")
    assert standing(client, campaign, review).step == "edit"
    scheduled = make.post_scheduled(on=[channel], planned_at=make.in_an_hour())
    shown = standing(client, campaign, scheduled)
    assert (shown.step, shown.at) == ("", scheduled.planned_at)


def test_what_needs_a_person_comes_before_all_else(client, campaign, sign_in, channel):
    sign_in(Role.STAFF)
    post = make.post_scheduled(on=[channel])
    row = ended(post, State.FAILED)
    page = words(client.get(url("post_detail", campaign, post.pk)))
    assert "Not everything went as planned on Mastodon" in page
    assert f'class="button primary big" href="{row.get_absolute_url()}"' in page
    sign_in(Role.VOLUNTEER)
    type(post).objects.filter(pk=post.pk).update(state="partly")
    assert "Not everything went as planned" not in words(client.get(url("post_detail", campaign, post.pk)))


def test_attempts_are_folded_and_in_words(client, campaign, sign_in, channel):
    sign_in(Role.STAFF)
    post = make.post_scheduled(on=[channel])
    row = Delivery.objects.get()
    for _ in range(2):
        Attempt.objects.create(
            delivery=row,
            token=uuid4(),
            begun_at=clock.now(),
            ended_at=clock.now(),
            outcome="failed",
            problem="rate_limited",
        )
    page = words(client.get(url("post_detail", campaign, post.pk)))
    assert "2 attempts" in page
    assert "Failed: The network asks us to wait." in page


def test_where_posko_cannot_take_it_down_it_says_so(client, campaign, sign_in, channel):
    sign_in(Role.MANAGER)
    post = make.post_scheduled(on=[channel])
    row = ended(post, State.UNSURE)
    envelopes.decide_is_out(row, by=make.someone(campaign, Role.STAFF), link="")
    page = words(client.get(url("post_detail", campaign, post.pk)))
    assert "Posko does not know its address there" in page
    assert "Delete it on the account by hand:" in page
    assert "Take down …" not in page


def test_the_history_is_folded_after_five(client, campaign, sign_in, channel):
    sign_in(Role.STAFF)
    post = make.post(on=[channel])
    for number in range(6):
        make.edit(post, text=f"Teks {number}.")
    answer = client.get(url("post_detail", campaign, post.pk))
    assert [len(answer.context[name]) for name in ("history", "earlier")] == [5, 2]
    assert "2 things before that" in words(answer)
    assert words(answer).index("version 7") < words(answer).index("Staff wrote it")


def test_a_move_is_told_with_its_new_time(client, campaign, sign_in, channel):
    sign_in(Role.STAFF)
    at = datetime(2026, 12, 1, 19, tzinfo=campaign.tz)
    post = make.post(on=[channel])
    moving.plan(post, to=at, by=make.someone(campaign, Role.STAFF), version=1)
    assert "Staff planned it for 1 December 2026 19:00 WIB" in words(client.get(url("post_detail", campaign, post.pk)))


def test_it_names_the_idea_it_came_from_to_those_who_may_see_that(client, campaign, team, sign_in, channel):
    idea = make.idea(by=team["volunteer"], text="Los pasar bocor.")
    post, _is_new = gathering.take(idea, by=team["staff"])
    for number in range(25):
        make.idea(by=team["staff"], text=f"Ide lain {number}")
    address = url("post_detail", campaign, post.pk)
    sign_in(Role.STAFF)
    assert idea.get_absolute_url() in words(client.get(address))
    assert "Los pasar bocor." in words(client.get(idea.get_absolute_url())), "the link leads to it, however old it is"
    Post.objects.update(state=PostState.PUBLISHED)
    for role in (Role.VOLUNTEER, Role.TREASURER):
        client.force_login(team[role].user, backend="django.contrib.auth.backends.ModelBackend")
        assert (idea.get_absolute_url() in words(client.get(address))) is (role == Role.VOLUNTEER)
    client.force_login(make.member(role=Role.VOLUNTEER, of=campaign).user,
                       backend="django.contrib.auth.backends.ModelBackend")  # fmt: skip
    assert idea.get_absolute_url() not in words(client.get(address))


@pytest.mark.parametrize("role", [Role.VOLUNTEER, Role.TREASURER])
def test_of_a_post_that_is_half_out_they_see_only_what_is_public(client, campaign, sign_in, channel, role):
    telegram = make.channel(of=campaign, platform="telegram")
    post = make.post_scheduled(on=[channel, telegram], text="Sudah keluar.", own_texts={telegram.pk: "Belum keluar."})
    out = Delivery.objects.filter(channel=channel)
    out.update(state=State.SENDING, token=uuid4(), lease_until=clock.now(), begun_at=clock.now(), tries=1)
    out.update(state=State.SENT, remote_id="r-1")
    envelopes.settled(out.get())
    assert Post.objects.get().state == PostState.PARTLY
    sign_in(role)
    page = words(client.get(url("post_detail", campaign, post.pk)))
    assert "Sudah keluar." in page
    assert "Belum keluar." not in page
