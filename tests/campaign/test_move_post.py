"""Another day for a post: the page that asks, and the press that does it."""

import re
from datetime import date, datetime, time, timedelta

import pytest

from campaign import clock, publishing
from campaign.approving import reminding
from campaign.models import Approval, AuditRow, Campaign, Delivery, Post, PostState, Role, State, Submission, Zone
from campaign.planning import moving
from campaign.writing.content import NOT_AFTER
from tests import make
from tests.campaign.doors import HTMX, WRITERS, only, url, words

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]


@pytest.fixture
def today(campaign):
    return clock.now().astimezone(campaign.tz).date()


def noon(campaign, day):
    return datetime.combine(day, time(12), tzinfo=campaign.tz)


def days(number):
    return timedelta(days=number)


@pytest.fixture
def draft(campaign, today):
    return make.post(of=campaign, planned_at=noon(campaign, today + days(2)))


@pytest.fixture
def scheduled(campaign, today):
    return make.post_scheduled(of=campaign, planned_at=noon(campaign, today + days(2)))


def ask(client, campaign, post, day, **more):
    return client.get(url("move_post", campaign, post.pk), {"date": str(day)} | more)


def press(client, campaign, post, day, **more):
    """The press that follows what the page showed."""
    told = {"version": post.version, "was": post.planned_at.isoformat(), "date": str(day)}
    return client.post(url("move_post", campaign, post.pk), told | more)


def planned(post):
    return Post.objects.get(pk=post.pk).planned_at


# What it tells before ----------------------------------------------------------------------------


def test_without_a_day_it_asks_for_one(client, campaign, sign_in, draft):
    sign_in(Role.STAFF)
    page = words(client.get(url("move_post", campaign, draft.pk)))
    assert "New day" in page
    assert "The time of day stays." in page
    assert 'name="was"' not in page, "nothing can be pressed yet"


@pytest.mark.parametrize(
    ("made", "number", "sentence"),
    [
        (make.post, 4, "Only the plan changes. It is not approved yet"),
        (make.post_in_review, 4, "It stays in review, and no approval is lost."),
        (make.post_scheduled, 4, "It stays approved: the approval covers this day."),
        (make.post_scheduled, 12, "has to be approved anew"),
        (make.post_scheduled, 1, "has to be approved anew"),
        (make.post, 38, "Then the calendar is in: quiet period"),
        (make.post, 40, "Then the calendar is in: voting day"),
        (make.post, 50, "Then the calendar is in: after the election"),
        (make.post, 2, "It stands on that day already."),
        (make.post, -1, "This time is past."),
        (make.post_scheduled, -400, "This time is past."),
        (make.post, 800, "Choose a day within the next two years."),
    ],
)
def test_one_sentence_tells_what_it_does_and_nothing_is_done(client, campaign, sign_in, today, made, number, sentence):
    sign_in(Role.STAFF)
    post = made(of=campaign, planned_at=noon(campaign, today + days(2)))
    rows = AuditRow.objects.count()
    assert sentence in words(ask(client, campaign, post, today + days(number)))
    assert planned(post) == noon(campaign, today + days(2))
    assert AuditRow.objects.count() == rows


def test_what_is_out_cannot_be_moved(client, campaign, sign_in, scheduled, today):
    sign_in(Role.STAFF)
    Post.objects.update(state=PostState.PUBLISHED)
    answer = ask(client, campaign, scheduled, today + days(3))
    assert answer.status_code == 422
    assert press(client, campaign, scheduled, today + days(3)).status_code == 422


@pytest.mark.parametrize("day", ["x", "", "2027-02-30", "0001-01-01", "9999-12-31", "\0", "9" * 5000])
def test_no_day_at_all_is_a_sentence(client, campaign, sign_in, draft, day):
    sign_in(Role.STAFF)
    assert ask(client, campaign, draft, day).status_code == 422
    assert press(client, campaign, draft, day).status_code == 422
    assert planned(draft) == draft.planned_at


# What it does ------------------------------------------------------------------------------------


def test_a_draft_gets_another_day_and_keeps_its_time_version_and_words(client, campaign, sign_in, draft, today):
    sign_in(Role.STAFF)
    answer = press(client, campaign, draft, today + days(9), back="lihat=minggu&tanggal=2027-01-01")
    assert answer.status_code == 303
    assert answer["Location"] == f"{url('calendar', campaign)}?lihat=minggu&tanggal=2027-01-01"
    now = Post.objects.get()
    assert now.planned_at == noon(campaign, today + days(9))
    assert now.not_after == now.planned_at + NOT_AFTER
    assert now.version == draft.version
    assert AuditRow.objects.filter(verb="post.plan", about=f"post:{draft.pk}").count() == 1


def test_in_review_the_sealed_envelope_follows_and_what_was_approved_stays_so(client, campaign, sign_in, today):
    sign_in(Role.STAFF)
    post = make.post_in_review(of=campaign, planned_at=noon(campaign, today + days(2)))
    before = publishing.fingerprint_of(post)
    press(client, campaign, post, today + days(5))
    row = Delivery.objects.get()
    assert (row.send_at, row.state, row.cleared) == (noon(campaign, today + days(5)), State.WAITING, None)
    assert publishing.fingerprint_of(post) == before
    make.approve(Post.objects.get())  # the version that was read is still the one that is approved
    assert Delivery.objects.get().send_at == noon(campaign, today + days(5))


def test_inside_its_window_an_approved_post_moves_and_stays_approved(client, campaign, sign_in, scheduled, today):
    sign_in(Role.STAFF)
    press(client, campaign, scheduled, today + days(5))
    row = Delivery.objects.get()
    assert row.send_at == planned(scheduled) == noon(campaign, today + days(5))
    assert row.cleared
    assert Approval.objects.count() == 1
    assert Post.objects.get().state == PostState.SCHEDULED


def test_outside_its_window_it_goes_back_to_draft_only_when_that_was_read(client, campaign, sign_in, scheduled, today):
    sign_in(Role.STAFF)
    refused = press(client, campaign, scheduled, today + days(12))
    assert refused.status_code == 422
    assert "has to be approved anew" in words(refused)
    assert Post.objects.get().state == PostState.SCHEDULED
    for _twice in range(2):
        answer = press(client, campaign, scheduled, today + days(12), withdraws="1")
        assert answer.status_code == 303
    assert Post.objects.get().state == PostState.DRAFT
    assert planned(scheduled) == noon(campaign, today + days(12))
    assert not Approval.objects.exists()
    assert Delivery.objects.get().state == State.CANCELLED
    assert AuditRow.objects.filter(verb="post.plan").count() == 1


@pytest.mark.parametrize("number", [38, 40, 50, -1])
def test_into_a_closed_phase_or_the_past_nothing_moves(client, campaign, sign_in, draft, scheduled, today, number):
    sign_in(Role.STAFF)
    for post in (draft, scheduled):
        assert press(client, campaign, post, today + days(number), withdraws="1").status_code == 422
        assert planned(post) == post.planned_at


def test_dropped_where_it_stood_or_pressed_twice_it_moves_once(client, campaign, sign_in, draft, today):
    sign_in(Role.STAFF)
    assert press(client, campaign, draft, today + days(2)).status_code == 303
    assert not AuditRow.objects.filter(verb="post.plan").exists()
    for _twice in range(2):
        assert press(client, campaign, draft, today + days(4)).status_code == 303
    assert AuditRow.objects.filter(verb="post.plan").count() == 1


@pytest.mark.parametrize(
    ("zone", "hour", "utc"),
    [
        ("Asia/Jakarta", 6, "2027-03-31T23:00:00+00:00"),
        ("Asia/Makassar", 6, "2027-03-31T22:00:00+00:00"),
        ("Asia/Jayapura", 6, "2027-03-31T21:00:00+00:00"),
        ("Asia/Jakarta", 23, "2027-04-01T16:00:00+00:00"),
        ("Asia/Jayapura", 0, "2027-03-31T15:00:00+00:00"),
    ],
)
def test_the_time_of_day_stays_in_every_zone_and_over_the_border_of_a_month(zone, hour, utc):
    post = Post(campaign=make.campaign(zone=zone))
    at = datetime(2027, 3, 15, hour, tzinfo=post.campaign.tz)
    moved = moving.on_day(post, at, date(2027, 4, 1))
    assert moved == datetime.fromisoformat(utc)
    assert moved.astimezone(post.campaign.tz).hour == hour


# Somebody was quicker ----------------------------------------------------------------------------


def test_a_card_that_shows_what_is_no_longer_so_is_refused_and_never_moves(client, campaign, sign_in, draft, today):
    sign_in(Role.STAFF)
    seen = {"version": draft.version, "was": draft.planned_at.astimezone(campaign.tz).isoformat()}
    assert ask(client, campaign, draft, today + days(5), **seen).status_code == 200
    moving.move(
        draft,
        was=draft.planned_at,
        to=noon(campaign, today + days(3)),
        by=make.someone(campaign, Role.MANAGER),
        version=1,
    )
    for answer in (
        ask(client, campaign, draft, today + days(5), **seen),
        press(client, campaign, draft, today + days(5)),
    ):
        assert answer.status_code == 422
        assert "Look again." in words(answer)
    assert planned(draft) == noon(campaign, today + days(3))


def test_so_is_one_that_was_edited(client, campaign, sign_in, draft, today):
    sign_in(Role.STAFF)
    make.edit(Post.objects.get())
    assert ask(client, campaign, draft, today + days(5), version=1).status_code == 422
    assert press(client, campaign, draft, today + days(5)).status_code == 422
    assert planned(draft) == draft.planned_at


@pytest.mark.parametrize(
    "bad",
    [
        {"version": ""},
        {"version": "9" * 40},
        {"was": ""},
        {"was": "x"},
        {"was": "0001-01-01T00:00:00+14:00"},
        {"was": "9999-12-31T23:59:59-12:00"},
        {"was": "\0"},
    ],
)
def test_a_form_of_nobodys_moves_nothing(client, campaign, sign_in, draft, today, bad):
    sign_in(Role.STAFF)
    assert press(client, campaign, draft, today + days(5), **bad).status_code == 422
    assert planned(draft) == draft.planned_at


def test_it_leads_back_to_the_calendar_and_nowhere_else(client, campaign, sign_in, draft, today):
    sign_in(Role.STAFF)
    answer = press(client, campaign, draft, today + days(5), back="//jahat.example/?a=1")
    assert answer["Location"].startswith(f"{url('calendar', campaign)}?")
    page = words(ask(client, campaign, draft, today + days(4), back='"><script>'))
    assert "<script>" not in page


def test_what_has_never_been_planned_has_no_day_to_move(client, campaign, sign_in):
    sign_in(Role.STAFF)
    post = make.post(of=campaign)
    assert "no day that could be changed" in words(client.get(url("move_post", campaign, post.pk)))


def test_htmx_gets_the_part(client, campaign, sign_in, draft, today):
    sign_in(Role.STAFF)
    address = url("move_post", campaign, draft.pk)
    assert "<html" not in words(client.get(address, {"date": str(today + days(4))}, headers=HTMX))


def test_only_writers_may_and_only_their_own(client, campaign, sign_in, draft):
    only(client, sign_in, url("move_post", campaign, draft.pk), WRITERS)
    only(client, sign_in, url("move_post", campaign, draft.pk), WRITERS, "post")
    sign_in(Role.STAFF)
    assert client.get(url("move_post", campaign, make.post().pk)).status_code == 404


@pytest.mark.parametrize("zone", ["WIB", "WITA", "WIT"])
@pytest.mark.parametrize("clock_time", [time(0, 5), time(1, 30), time(23, 50)])
def test_what_the_page_offers_is_the_day_it_shows_in_every_zone(client, campaign, sign_in, today, zone, clock_time):
    Campaign.objects.filter(pk=campaign.pk).update(zone=Zone[zone])
    campaign.refresh_from_db()
    at = datetime.combine(today + days(2), clock_time, tzinfo=campaign.tz)
    post, to = make.post(of=campaign, planned_at=at), at + days(3)
    sign_in(Role.STAFF)
    page = words(ask(client, campaign, post, to.date()))
    told = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', page))
    assert client.post(url("move_post", campaign, post.pk), told).status_code == 303
    assert planned(post) == to


def test_what_is_moved_forward_while_it_waits_is_reminded_of_by_its_new_day(client, campaign, sign_in, today):
    post = make.post_in_review(of=campaign, planned_at=noon(campaign, today + days(12)))
    reminding.run()
    due = Submission.objects.due
    assert not due(clock.now()).exists()
    sign_in(Role.STAFF)
    assert press(client, campaign, post, today + days(2)).status_code == 303
    assert due(clock.now()).exists(), "the next minute counts from the new day"
