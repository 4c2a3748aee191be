"""What people wrote to us, pushed and read: in any order, each thing once, as the network shows it last."""

import random
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from campaign import hook_secrets
from campaign.hook_secrets import Proof
from campaign.models import Channel, Health, Mode, Pace
from engagement import incoming, receiving
from engagement.happening import LATER
from engagement.incoming import Said
from engagement.models import Incoming, Poll, Push, PushState, Told
from platforms.base import Reconnect, Temporary
from platforms.contents import Happened, Place
from tests import make
from tests.engagement.conftest import Shown, body_of, comment, event, listen, signed

NOW = datetime.now(UTC).replace(microsecond=0)
SECOND = timedelta(seconds=1)


@pytest.fixture
def channel(campaign, side):
    return make.channel(of=campaign)


def heard(push, *events):
    for each in events:
        assert push(each).status_code == 200
    receiving.read_all()


# Pushed ------------------------------------------------------------------------------------------


def test_a_pushed_comment_stands_in_the_inbox(push, channel):
    heard(push, comment(channel, NOW))
    row = Incoming.objects.get()
    assert (row.channel, row.campaign, row.text, row.author_name) == (
        channel,
        channel.campaign,
        "Kapan, Bu?",
        "Siti Aminah",
    )
    channel.campaign.refresh_from_db()
    assert incoming.PART in channel.campaign.parts


@pytest.mark.parametrize("turned", [False, True])
def test_an_edit_wins_by_the_networks_time_in_whatever_order_it_comes(push, channel, turned):
    told = [
        comment(channel, NOW, text="Kapan?"),
        comment(channel, NOW + SECOND, text="Kapan, Bu?", written=NOW, happened=Happened.CHANGED),
        comment(channel, NOW + 2 * SECOND, text="Kapan, Bu?", written=NOW, is_hidden=True, happened=Happened.CHANGED),
    ]
    heard(push, *(reversed(told) if turned else told))
    row = Incoming.objects.get()
    assert (row.text, row.is_hidden, row.at) == ("Kapan, Bu?", True, NOW)
    assert row.edited_at == NOW + SECOND + LATER


def test_written_and_changed_within_one_second_is_changed(push, channel):
    heard(push, comment(channel, NOW, text="Baru", happened=Happened.CHANGED), comment(channel, NOW, text="Lama"))
    assert Incoming.objects.get().text == "Baru"


@pytest.mark.parametrize("turned", [False, True])
def test_what_was_removed_is_emptied_and_no_late_push_brings_it_back(push, channel, turned):
    told = [comment(channel, NOW), event(Happened.REMOVED, channel, NOW + SECOND, about="k1")]
    heard(push, *(reversed(told) if turned else told))
    for each in told:
        heard(push, each | {"id": f"lain-{each['id']}"})
    row = Incoming.objects.get()
    assert row.removed_at
    assert (row.text, row.author_id, row.author_name, row.author_handle) == ("", "", "", "")


def test_the_database_keeps_no_words_of_what_was_removed(channel):
    row = make.message(on=channel)
    with pytest.raises(IntegrityError, match="incoming_removed_is_empty"), transaction.atomic():
        Incoming.objects.filter(pk=row.pk).update(removed_at=NOW)


def test_what_we_wrote_ourselves_is_no_message_to_us(push, channel):
    for number, us in enumerate((channel.remote_id, channel.handle)):  # Threads tells the handle alone
        own = comment(channel, NOW, name=f"k{number}")
        own["incoming"]["author_id"] = us
        heard(push, own)
    assert not Incoming.objects.exists()


def test_somebody_of_whom_nothing_is_told_is_not_us(push, channel):
    Channel.objects.update(handle="")
    told = comment(channel, NOW)
    told["incoming"]["author_id"] = ""
    heard(push, told)
    assert Incoming.objects.count() == 1


def test_an_event_about_no_account_of_ours_is_kept_and_does_nothing(push, channel):
    heard(push, comment("akun-lain", NOW))
    assert Told.objects.count() == 1
    assert not Incoming.objects.exists()


def test_a_network_from_the_future_cannot_freeze_a_message(push, channel):
    heard(push, comment(channel, NOW + timedelta(days=900), text="Beku", written=NOW))
    incoming.take([Said(channel, make.written(remote_id="k1", text="Cair"), datetime.now(UTC) + timedelta(minutes=10))])
    assert Incoming.objects.get().text == "Cair"


# Whose it is -------------------------------------------------------------------------------------


def test_a_post_that_names_two_of_our_accounts_is_told_of_each(push, channel):
    """The network tells each of them apart, under the id of the one post."""
    other = make.channel()
    heard(push, comment(channel, NOW, id="sebutan:1"), comment(other, NOW, id="sebutan:1"))
    heard(push, comment(other, NOW, id="sebutan:1"))
    assert {row.channel for row in Incoming.objects.all()} == {channel, other}
    assert Told.objects.count() == 2


def test_an_account_that_two_campaigns_have_by_mistake_is_told_to_both(push, channel):
    other = make.channel(remote_id=channel.remote_id)
    heard(push, comment(channel, NOW))
    assert set(Incoming.objects.values_list("channel", flat=True)) == {channel.pk, other.pk}


def test_the_practice_networks_proof_says_nothing_of_a_real_account(push, channel):
    real = make.channel(of=make.campaign(mode=Mode.LIVE), remote_id=channel.remote_id)
    heard(push, comment(channel, NOW))
    assert not Incoming.objects.filter(channel=real).exists()
    sent = body_of(comment(channel, NOW))
    assert push(body=sent, headers=signed(sent, secret="rahasia-sungguhan")).status_code == 200
    receiving.read_all()
    assert Incoming.objects.filter(channel=real).count() == 1
    assert Incoming.objects.filter(channel=channel).count() == 1


def test_one_campaigns_app_says_nothing_of_anothers_account_and_keeps_no_event_from_it(push, channel, monkeypatch):
    theirs = make.campaign(slug="mereka")
    proof = Proof({"client_secret": "s", "token": "t"}, theirs.pk, is_practice=True)
    monkeypatch.setattr(hook_secrets, "of", lambda *_: [proof])
    push(comment(channel, NOW, text="Palsu"), path="/hooks/mastodon/mereka/", secret="s")
    receiving.read_all()
    assert not Incoming.objects.exists()
    receiving.store("mastodon", Proof({}, None, is_practice=True), body_of(comment(channel, NOW)))
    receiving.read_all()
    assert Incoming.objects.get().text == "Kapan, Bu?"
    assert Told.objects.count() == 2


def test_a_revoked_permission_asks_for_a_new_sign_in_unless_there_was_one_since(push, channel):
    heard(push, event(Happened.REVOKED, channel, channel.connected_at - SECOND))
    assert Channel.objects.get(pk=channel.pk).is_ok
    heard(push, event(Happened.REVOKED, channel, channel.connected_at + SECOND))
    assert Channel.objects.get(pk=channel.pk).health == Health.RECONNECT


# A storm -----------------------------------------------------------------------------------------


def test_what_is_edited_hidden_and_removed_stays_right_in_any_order(pushing, channel):
    """400 comments: a third edited, a tenth hidden, a fifth removed; told up to four times and mixed up."""
    told: list[Any] = []
    expected: dict[str, tuple[str, bool, bool]] = {}
    for number in range(400):
        name, at = f"k{number}", NOW - timedelta(hours=2) + number * SECOND
        told.append(comment(channel, at, name=name, text=f"Tanya {number}"))
        text, is_hidden, is_removed = f"Tanya {number}", number % 10 == 0, number % 5 == 0
        if number % 3 == 0:
            text = f"Tanya {number} ya"
            told.append(comment(channel, at + SECOND, name=name, text=text, written=at, happened=Happened.CHANGED))
        if is_hidden:
            told.append(
                comment(channel, at + 2 * SECOND, name=name, text=text, written=at, is_hidden=True,
                        happened=Happened.CHANGED)
            )  # fmt: skip
        if is_removed:
            told.append(event(Happened.REMOVED, channel, at + 3 * SECOND, about=name))
        expected[name] = ("" if is_removed else text, is_removed, is_hidden and not is_removed)
    chance = random.Random(7)
    single = [body_of(each) for each in told]
    batched = [body_of(*chance.sample(told, 5)) for _ in range(100)]
    bodies = single + batched + chance.choices(single + batched, k=2_000 - len(single) - len(batched))
    chance.shuffle(bodies)
    proof = Proof({}, None, is_practice=True)
    for number, body in enumerate(bodies):
        receiving.store("mastodon", proof, body)
        if number % 500 == 0:
            receiving.read_all()
    receiving.read_all()
    assert Told.objects.count() == len(told)
    assert not Push.objects.exclude(state=PushState.READ).exists()
    found = {
        row.remote_id: (row.text, bool(row.removed_at), row.is_hidden and not row.removed_at)
        for row in Incoming.objects.all()
    }
    assert found == expected


# Read --------------------------------------------------------------------------------------------


def test_what_people_write_is_read_page_by_page_and_goes_on_at_the_cursor(side, channel):
    side.written[Place.COMMENT] = [make.written(text=f"Tanya {number}") for number in range(5)]
    assert all(listen())
    assert Incoming.objects.count() == 5
    side.asked.clear()
    side.written[Place.COMMENT].append(make.written(text="Satu lagi"))
    assert all(listen())
    assert ("comment", "5") in side.asked
    assert Incoming.objects.count() == 6


def test_a_place_that_the_network_does_not_have_is_not_asked_again(side, channel):
    side.has_messages = False
    listen()
    side.asked.clear()
    listen()
    assert {place for place, _cursor in side.asked} == {"timeline", "comment", "mention"}


def test_a_network_in_trouble_is_left_alone_and_nothing_is_lost(side, channel):
    side.written[Place.COMMENT] = [make.written()]
    side.trouble = Temporary("rate_limited", retry_after=timedelta(minutes=7))
    assert not any(listen())
    poll = Poll.objects.get(channel=channel, place="comment")
    assert (poll.problem, poll.fails) == ("rate_limited", 1)
    assert not Poll.objects.filter(next_at__lt=datetime.now(UTC) + timedelta(minutes=6)).exists()
    assert not Pace.objects.filter(channel=channel, rest_until__gt=datetime.now(UTC)).exists(), "publishing goes on"
    side.trouble = None
    assert all(listen())
    assert Incoming.objects.count() == 1
    poll.refresh_from_db()
    assert (poll.problem, poll.fails) == ("", 0)


def test_a_lost_permission_asks_for_a_new_sign_in_and_then_nobody_reads(side, channel):
    side.trouble = Reconnect("signed_out")
    listen()
    assert Channel.objects.get(pk=channel.pk).health == Health.RECONNECT
    side.asked.clear()
    assert listen() == []


def test_each_account_is_read_at_a_moment_of_its_own_and_once_at_a_time(side, campaign):
    for _ in range(10):
        make.channel(of=campaign)
    from engagement import listening

    listening.follow()
    listening.follow()
    times = list(Poll.objects.values_list("next_at", flat=True))
    assert len(times) == 40
    assert len(set(times)) == 40
    Poll.objects.update(next_at=NOW - SECOND)
    assert len(listening.claim()) == 40
    assert listening.claim() == []


def test_a_change_told_without_words_is_read_again_and_what_is_gone_then_was_removed(push, side, channel):
    side.written[Place.COMMENT] = [make.written(remote_id=f"k{n}", at=NOW - timedelta(minutes=9 - n)) for n in range(3)]
    listen()
    later = datetime.now(UTC)
    heard(
        push, event(Happened.CHANGED, channel, later, about="k1"), event(Happened.CHANGED, channel, later, about="k2")
    )
    assert Incoming.objects.filter(doubted_at__isnull=False).count() == 2
    del side.written[Place.COMMENT][1]
    listen()
    assert Incoming.objects.get(remote_id="k1").removed_at
    kept = Incoming.objects.get(remote_id="k2")
    assert kept.removed_at is None
    assert kept.doubted_at is None


@pytest.mark.parametrize("happened", [Happened.REMOVED, Happened.CHANGED])
def test_what_is_told_while_a_reading_is_on_its_way_is_done_after_it(push, side, channel, monkeypatch, happened):
    side.written[Place.COMMENT] = [make.written(remote_id=f"k{n}", at=NOW - timedelta(minutes=n)) for n in (1, 2)]
    show = Shown.messages
    told: list[Any] = []

    def slowly(self, place, cursor):
        page = show(self, place, cursor)
        if page.entries and not told:
            told.append(push(event(happened, channel, datetime.now(UTC), about="k1")))
            receiving.read_all()
        return page

    monkeypatch.setattr(Shown, "messages", slowly)
    assert all(listen())
    row = Incoming.objects.get(remote_id="k1")
    if happened is Happened.REMOVED:
        assert (row.text, bool(row.removed_at)) == ("", True)
    else:
        assert row.doubted_at
        assert Poll.objects.get(channel=channel, place="comment").from_start
    assert Incoming.objects.get(remote_id="k2").text
    assert all(listen())
    assert Incoming.objects.get(remote_id="k1").doubted_at is None


def test_a_message_told_without_words_is_read_at_the_next_beat(push, side, channel):
    listen()
    before = Poll.objects.get(channel=channel, place="mention").next_at
    heard(push, event(Happened.INCOMING, channel, NOW, about="k9"))
    after = Poll.objects.get(channel=channel, place="mention").next_at
    assert before and after
    assert after < before


# Keeping -----------------------------------------------------------------------------------------


def test_what_people_wrote_is_deleted_ninety_days_after_voting_day(channel):
    make.message(on=channel)
    day = channel.campaign.made_at + timedelta(days=40)
    assert incoming.sweep(day + timedelta(days=90)) == 0
    assert incoming.sweep(day + timedelta(days=92)) == 1


HALF = "Halo \ud83d Bu\0"


def test_half_a_sign_and_a_zero_byte_are_borne_where_they_are_pushed(push, channel):
    heard(push, comment(channel, NOW, text=HALF, name="k\ud83d"), comment(channel, NOW, name="k2"))
    assert not Push.objects.exclude(state=PushState.READ).exists()
    assert {(row.remote_id, row.text) for row in Incoming.objects.all()} == {
        ("k?", "Halo ? Bu"),
        ("k2", "Kapan, Bu?"),
    }


def test_half_a_sign_in_one_message_does_not_end_the_reading_of_all(side, channel):
    side.written[Place.COMMENT] = [make.written(text=HALF), make.written(text="Kapan?")]
    assert listen() == [True] * len(Poll.objects.all())
    assert {row.text for row in Incoming.objects.all()} == {"Halo ? Bu", "Kapan?"}
