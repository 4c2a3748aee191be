"""`/c/<campaign>/`: what goes out, what waits for me, what burns."""

from datetime import timedelta
from uuid import uuid4

import pytest

from campaign import afterwards, clock, desk, envelopes, notices
from campaign.models import Action, Channel, Delivery, Health, Post, PostState, Role, State
from tests import make
from tests.routes import ended


@pytest.fixture(autouse=True)
def _in_english(client):
    client.cookies["django_language"] = "en"


@pytest.fixture
def today(client, campaign):
    return lambda **headers: client.get(campaign.get_absolute_url(), headers=headers)


def words(answer):
    return " ".join(answer.content.decode().split())


def test_an_empty_campaign_is_told_the_first_steps(today, sign_in):
    sign_in(Role.MANAGER)
    answer = today()
    assert answer.status_code == 200
    assert [step.is_done for step in answer.context["beginning"].steps] == [False] * 4
    assert "/akun/" in words(answer)


def test_the_steps_are_ticked_off_and_disappear(today, sign_in, campaign, team):
    sign_in(Role.MANAGER)
    post = make.post_in_review(of=campaign)
    assert [step.is_done for step in today().context["beginning"].steps] == [True, True, False, False]
    make.approve(post)
    assert [step.is_done for step in today().context["beginning"].steps] == [True, True, True, False]
    Delivery.objects.filter(campaign=campaign).update(state=State.SENDING, token=uuid4(), lease_until=clock.now())
    Delivery.objects.filter(campaign=campaign).update(state=State.SENT, sent_at=clock.now())
    assert today().context["beginning"].steps == []


def test_what_leaves_today_is_listed_once_for_all_its_accounts(today, sign_in, campaign, team):
    sign_in(Role.STAFF)
    two = [make.channel(of=campaign), make.channel(of=campaign)]
    make.post_scheduled(on=two, text="Sampai jumpa besok pagi.")
    answer = today()
    (thing,) = answer.context["outgoing"]
    assert len(thing.envelopes) == 2
    assert words(answer).count("Sampai jumpa besok pagi.") == 1


def test_what_leaves_another_day_and_what_nobody_approved_is_not(today, sign_in, campaign, team):
    sign_in(Role.STAFF)
    make.post_scheduled(of=campaign, planned_at=clock.now() + timedelta(days=2))
    make.post_in_review(of=campaign)
    assert today().context["outgoing"] == []


def test_the_day_is_the_campaigns_own(campaign, team):
    campaign.zone = "Asia/Jayapura"
    late = clock.now().replace(hour=15, minute=30)  # 00:30 of the next day there
    make.delivery(on=make.channel(of=campaign), send_at=late)
    member = team["staff"]
    member.campaign = campaign
    assert desk.outgoing(member, late - timedelta(hours=1)) == []
    assert len(desk.outgoing(member, late + timedelta(hours=1))) == 1


@pytest.mark.parametrize("role", [Role.TREASURER, Role.VOLUNTEER])
def test_those_who_only_read_see_nothing_before_it_is_public(today, sign_in, campaign, team, role):
    sign_in(role)
    row = make.delivery(on=make.channel(of=campaign), text="Belum waktunya.")
    assert "Belum waktunya." not in words(today())
    Delivery.objects.filter(pk=row.pk).update(state=State.SENDING, token=row.key, lease_until=clock.now())
    Delivery.objects.filter(pk=row.pk).update(state=State.SENT)
    assert "Belum waktunya." in words(today())


def test_the_candidate_is_led_to_what_waits_for_their_yes(today, sign_in, campaign, team):
    sign_in(Role.CANDIDATE)
    make.post_in_review(of=campaign, text="Jembatan untuk Sukamaju.")
    answer = today()
    assert "1 post waits for your approval" in words(answer)
    assert "Jembatan untuk Sukamaju." in words(answer)
    assert f'href="/c/{campaign.slug}/tinjau/"' in words(answer)


def test_staff_are_not_asked_to_approve(today, sign_in, campaign, team):
    sign_in(Role.STAFF)
    make.post_in_review(of=campaign)
    assert today().context["to_review"] == []


@pytest.mark.parametrize("state", [State.HELD, State.UNSURE, State.FAILED])
def test_what_burns_is_named_with_its_reason(today, sign_in, campaign, team, state):
    sign_in(Role.STAFF)
    row = make.delivery(on=make.channel(of=campaign), text="Terhambat.")
    steps = [State.HELD] if state == State.HELD else [State.SENDING, state]
    for step in steps:
        Delivery.objects.filter(pk=row.pk).update(
            state=step, token=row.key, lease_until=clock.now(), problem="late", look_at=clock.now()
        )
    answer = today()
    assert "Terhambat." in words(answer)
    assert "It was too late to publish it as planned." in words(answer)
    assert row.get_absolute_url() in words(answer)


def test_an_account_that_is_signed_out_burns(today, sign_in, campaign, team):
    sign_in(Role.MANAGER)
    channel = make.channel(of=campaign)
    Channel.objects.filter(pk=channel.pk).update(health=Health.RECONNECT, problem="signed_out")
    assert "Connect the account again" in words(today())


def test_what_burns_is_not_told_twice(today, sign_in, campaign, team):
    member = sign_in(Role.MANAGER)
    row = make.delivery(on=make.channel(of=campaign))
    Delivery.objects.filter(pk=row.pk).update(state=State.HELD)
    notices.tell("held", row, to=[member], url=row.get_absolute_url(), channel="x", text="y")
    assert today().context["told"] == []


def test_nothing_of_another_campaign_is_shown(today, sign_in, team):
    sign_in(Role.MANAGER)
    make.delivery(text="Rahasia orang lain.")
    assert "Rahasia orang lain." not in words(today())


def test_a_stranger_does_not_learn_that_the_campaign_exists(today, sign_in, campaign):
    sign_in(Role.MANAGER, of=make.campaign(slug="lain"))
    assert today().status_code == 404


def test_nobody_signed_in_is_asked_to(today, campaign):
    assert "/accounts/login/" in today().url


def test_htmx_gets_the_part(today, sign_in):
    sign_in(Role.MANAGER)
    answer = today(**{"HX-Request": "true"})
    assert "<html" not in words(answer)
    assert 'id="desk"' in words(answer)
    assert "HX-Request" in answer.headers["Vary"]


def test_only_reading_is_possible(client, campaign, sign_in):
    sign_in(Role.MANAGER)
    assert client.post(campaign.get_absolute_url()).status_code == 405


def test_a_full_day_costs_no_more_questions_than_a_quiet_one(today, sign_in, campaign, team, django_assert_num_queries):
    member = sign_in(Role.MANAGER)
    channels = [make.channel(of=campaign) for _ in range(3)]
    make.post_scheduled(on=channels)

    def fill():
        make.post_scheduled(on=channels)
        make.post_in_review(on=channels)
        row = make.delivery(on=channels[0])
        Delivery.objects.filter(pk=row.pk).update(state=State.HELD)
        notices.tell("refuse", row, to=[member], url="/", text="…")

    fill()
    with django_assert_num_queries(20):
        today()
    for _ in range(4):
        fill()
    with django_assert_num_queries(20):
        today()


def test_many_accounts_push_no_post_off_the_page(campaign, team, monkeypatch):
    monkeypatch.setattr(desk, "MOST", 2)
    channels = [make.channel(of=campaign) for _ in range(3)]
    now = clock.now()
    for text in ("Pagi.", "Siang."):
        make.post_scheduled(on=channels, text=text)
    found = desk.outgoing(team["staff"], now)
    assert [(thing.text, len(thing.envelopes)) for thing in found] == [("Pagi.", 3), ("Siang.", 3)]


def test_what_leaves_on_later_days_follows_for_those_who_plan(today, sign_in, campaign, team):
    for days in (4, 2, 3, 5):
        make.post_scheduled(of=campaign, text=f"Dalam {days} hari.", planned_at=clock.now() + timedelta(days=days))
    sign_in(Role.STAFF)
    assert [thing.text for thing in today().context["upcoming"]] == [f"Dalam {days} hari." for days in (2, 3, 4)]
    sign_in(Role.VOLUNTEER)
    assert today().context["upcoming"] == []


def test_who_will_need_a_second_step_is_told_in_practice(client, campaign, sign_in):
    for role, is_told in ((Role.MANAGER, True), (Role.TREASURER, True), (Role.STAFF, False), (Role.VOLUNTEER, False)):
        sign_in(role)
        assert ("/keamanan/" in client.get(f"/c/{campaign.slug}/").content.decode().partition("<main")[2]) is is_told


def test_what_was_taken_down_again_is_shown_to_nobody_who_may_not_open_it(today, sign_in, campaign):
    post = make.post_scheduled(of=campaign, text="Keliru.")
    ended(post, State.SENT)
    sign_in(Role.VOLUNTEER)
    assert "Keliru." in words(today())
    post.refresh_from_db()
    afterwards.take_down(post, by=make.someone(campaign, Role.MANAGER), version=1, reason="Keliru.")
    removal = Delivery.objects.filter(action=Action.TAKE_DOWN)
    removal.update(state=State.SENDING, token=uuid4(), lease_until=clock.now(), begun_at=clock.now(), tries=1)
    removal.update(state=State.SENT, remote_id="r-1")
    envelopes.settled(removal.get())
    assert Post.objects.get().state == PostState.TAKEN_DOWN
    assert "Keliru." not in words(today())
