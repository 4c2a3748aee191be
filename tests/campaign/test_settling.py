"""Whatever goes wrong for minutes or hours: nothing goes twice, and somebody is told within five minutes."""

import threading
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import ClassVar

import pytest
from django.db import connection

from campaign import channels, clock, delivering, envelopes, publishing, registry, settling, stopping
from campaign.models import AuditRow, ChannelSecret, Delivery, Notice, Post, Role, State
from platforms.base import Keep, Rejected, Temporary, Unknowable, Unsure
from platforms.contents import Draft, Sent
from platforms.registry import KINDS
from tests import make
from tests.network import FakeConnector, KeyedConnector, Network, raises

pytestmark = pytest.mark.django_db(transaction=True)


def at(by: str) -> None:
    """Posko's clock, moved by that much."""
    make.clock_moved(f"interval '{by}'")


@pytest.fixture(autouse=True)
def _clock_back() -> Iterator[None]:
    yield
    at("0")


@pytest.fixture
def keyed(network: Network, monkeypatch: pytest.MonkeyPatch) -> Network:
    """A network that honours a key for an hour, and lets nobody look up what is there."""
    monkeypatch.setitem(KINDS, "mastodon", KeyedConnector)
    network.keys_are_honoured = True
    network.find = raises(Unknowable("look_there"))
    return network


def fresh(row: Delivery) -> Delivery:
    return Delivery.objects.get(pk=row.pk)


def told(row: Delivery) -> bool:
    return Notice.objects.open().filter(about=f"delivery:{row.pk}").exists()


def tick() -> None:
    settling.sweep()
    for platform in delivering.due_platforms():
        delivering.drain(platform)
    for platform in settling.due_platforms():
        settling.settle(platform)


def out_but_unanswered(network: Network) -> Delivery:
    """It is public, the answer was lost, and the network is to get the same key once more."""
    row = Delivery.objects.get()
    network.after = raises(Unsure("timed_out", host="x"))
    delivering.drain("mastodon")
    network.after = lambda draft: None
    at("30 seconds")
    settling.settle("mastodon")
    assert fresh(row).state == State.WAITING and fresh(row).doubtful
    return row


# A key that the network has forgotten ------------------------------------------------------------


def the_network_asks_to_wait(network: Network, post: Post) -> None:
    network.before = raises(Temporary("rate_limited", retry_after=timedelta(minutes=65)))
    delivering.drain("mastodon")
    network.before = lambda draft, keep: None


def it_is_moved_to_tomorrow(network: Network, post: Post) -> None:
    staff = make.someone(post.campaign, Role.STAFF)
    publishing.reschedule(Post.objects.get(pk=post.pk), by=staff, version=1, to=clock.now() + timedelta(days=1))


def the_server_is_down(network: Network, post: Post) -> None:
    network.before = raises(Temporary("connect_failed"))
    delivering.drain("mastodon")
    network.before = lambda draft, keep: None


@pytest.mark.parametrize("meanwhile", [the_network_asks_to_wait, it_is_moved_to_tomorrow, the_server_is_down])
def test_a_key_that_the_network_has_forgotten_is_not_used_again(
    keyed: Network, meanwhile: Callable[[Network, Post], None]
):
    post = make.post_scheduled()
    row = out_but_unanswered(keyed)
    meanwhile(keyed, post)
    keyed.keys_are_honoured = False
    at("1 day 5 minutes" if meanwhile is it_is_moved_to_tomorrow else "70 minutes")
    for _ in range(2):
        tick()
    assert len(keyed.accepted) == 1
    assert fresh(row).asks_person and told(row)


def test_what_may_be_out_is_not_repeated_by_itself_after_a_stop(keyed: Network):
    post = make.post_scheduled()
    row = out_but_unanswered(keyed)
    manager = make.someone(post.campaign, Role.MANAGER)
    stopping.stop(post.campaign, by=manager, reason="akun diretas")
    stopping.resume(post.campaign, by=manager)
    tries = fresh(row).tries
    for second in (40, 60, 80):
        at(f"{second} seconds")
        tick()
    assert fresh(row).tries == tries and told(row)


def test_what_proves_absent_after_a_stop_is_held_and_not_flushed(network: Network):
    row = make.delivery()
    network.before = raises(Unsure("timed_out", host="x"))
    delivering.drain("mastodon")
    network.before = lambda draft, keep: None
    manager = make.someone(row.campaign, Role.MANAGER)
    stopping.stop(row.campaign, by=manager, reason="akun diretas")
    stopping.resume(row.campaign, by=manager)
    for second in (30, 60, 90):
        at(f"{second} seconds")
        tick()
    assert fresh(row).state == State.HELD and told(row) and network.accepted == []


# Told within five minutes ------------------------------------------------------------------------


def test_a_network_that_stays_unclear_is_told_of(keyed: Network):
    row = make.delivery()
    keyed.before = raises(Unsure("server_error", status=503))
    for second in range(0, 300, 15):
        at(f"{second} seconds")
        tick()
    assert told(row)


def test_an_envelope_that_breaks_every_try_is_told_of(network: Network):
    row = make.delivery()
    network.before = raises(ZeroDivisionError())
    network.find = lambda key: None
    for second in range(0, 300, 15):
        at(f"{second} seconds")
        tick()
    assert told(row) and fresh(row).state == State.HELD


def test_what_is_unsure_on_an_account_that_was_let_go_is_told_of():
    row = make.delivery()  # on the real connector, which then has no token
    (claimed,) = delivering.claim("mastodon", 50)
    assert delivering._begin(claimed) == "open"
    delivering.close(claimed, State.UNSURE, {"problem": "timed_out"})
    channels.remove(row.channel, by=make.someone(row.campaign, Role.MANAGER))
    for minute in range(1, 4):
        at(f"{minute} minutes")
        tick()
    assert fresh(row).asks_person and told(row)


def test_what_waits_on_an_account_that_is_let_go_is_held_and_told_of(network: Network):
    row = make.delivery(send_at=make.in_an_hour())
    channels.remove(row.channel, by=make.someone(row.campaign, Role.MANAGER))
    assert (fresh(row).state, fresh(row).problem) == (State.HELD, "account_removed") and told(row)


def test_what_a_resume_holds_is_told_of_and_on_the_record(network: Network):
    row = make.delivery()
    manager = make.someone(row.campaign, Role.MANAGER)
    stopping.stop(row.campaign, by=manager, reason="Rapat")
    stopping.resume(row.campaign, by=manager)
    assert fresh(row).state == State.HELD and told(row)
    assert AuditRow.objects.filter(about=f"delivery:{row.pk}", verb="delivery.held", actor=str(manager)).exists()


@pytest.mark.parametrize("fate", [State.SENT, State.FAILED])
def test_every_fate_of_an_envelope_is_on_the_record(network: Network, fate: State):
    row = make.delivery()
    if fate == State.FAILED:
        network.before = raises(Rejected("refused", words="no"))
    delivering.drain("mastodon")
    assert AuditRow.objects.filter(about=f"delivery:{row.pk}", verb=f"delivery.{fate}").exists()


def test_a_question_that_a_late_receipt_has_answered_is_closed(network: Network):
    row = make.delivery()
    network.find = raises(Unknowable("look_there"))
    (claimed,) = delivering.claim("mastodon", 50)
    assert delivering._begin(claimed) == "open"
    at("61 seconds")
    tick()
    assert told(row)
    delivering.close(claimed, State.SENT, {"remote_id": "1", "remote_url": ""})
    assert fresh(row).state == State.SENT and not told(row)


def test_another_envelopes_post_of_the_same_words_is_not_taken_for_ours(network: Network):
    first = make.delivery(text="Selamat pagi.")
    delivering.drain("mastodon")
    second = make.delivery(on=first.channel, text="Selamat pagi.")
    network.before = raises(Unsure("timed_out", host="x"))
    delivering.drain("mastodon")
    Delivery.objects.filter(pk=second.pk).update(look_at=clock.now())
    network.find = lambda key: Sent(fresh(first).remote_id)
    settling.settle("mastodon")
    assert fresh(second).state == State.UNSURE and fresh(second).asks_person


# One does not hold up the others -----------------------------------------------------------------


def test_a_row_that_cannot_be_swept_does_not_hold_up_the_others(monkeypatch: pytest.MonkeyPatch):
    good, bad = make.delivery(), make.delivery()
    long_ago = clock.now() - timedelta(hours=1)
    Delivery.objects.update(send_at=long_ago, not_after=long_ago)

    def fails(rows: list[Delivery]) -> None:
        assert all(row.pk != bad.pk for row in rows)

    monkeypatch.setattr(registry.on_settled, "_entries", [*registry.on_settled._entries, fails])
    settling.sweep()
    assert (fresh(good).state, fresh(bad).state) == (State.HELD, State.WAITING)


def beside(work: Callable[[str], int], platform: str) -> threading.Thread:
    """`work` in a thread of its own, as Celery runs it."""

    def run() -> None:
        try:
            work(platform)
        finally:
            connection.close()

    thread = threading.Thread(target=run)
    thread.start()
    return thread


def waits_for(signal: threading.Event | threading.Barrier) -> Callable[[object], None]:
    """A look-up that hangs until then, and shows that nothing is there."""

    def find(_key: object) -> None:
        signal.wait(10)

    return find


class Other(FakeConnector):
    """A second network, with a log of its own."""

    kind, label = "bluesky", "Bluesky"
    network: ClassVar[Network]

    def renew(self) -> dict[str, str]:
        time.sleep(3)
        return {"token": "baru"}


@pytest.fixture
def other(monkeypatch: pytest.MonkeyPatch) -> Network:
    Other.network = Network()
    monkeypatch.setitem(KINDS, "bluesky", Other)
    return Other.network


def test_a_renewal_that_hangs_holds_up_no_other_network(network: Network, other: Network):
    campaign = make.campaign()
    for channel in [make.channel(of=campaign, platform="bluesky") for _ in range(4)]:
        ChannelSecret.objects.filter(channel=channel).update(secrets={"token": "lama", channels.STALE: "1"})
        make.delivery(on=channel)
    make.delivery(on=make.channel(of=campaign))
    hanging = beside(delivering.drain, "bluesky")
    time.sleep(0.5)
    delivering.drain("mastodon")
    assert len(network.accepted) == 1 and other.accepted == []
    hanging.join()
    assert len(other.accepted) == 4


def test_a_network_that_hangs_while_it_is_asked_holds_up_no_other(network: Network, other: Network):
    campaign = make.campaign()
    make.delivery(on=make.channel(of=campaign))
    quick = make.delivery(on=make.channel(of=campaign, platform="bluesky"))
    for platform in ("mastodon", "bluesky"):
        for claimed in delivering.claim(platform, 50):
            assert delivering._begin(claimed) == "open"
            delivering.close(claimed, State.UNSURE, {"problem": "timed_out"})
    let_go = threading.Event()
    network.find = waits_for(let_go)
    turns = []
    for _ in range(3):
        turns.append(beside(settling.settle, "mastodon"))
        time.sleep(0.2)
    assert sum(turn.is_alive() for turn in turns) == 1
    settling.settle("bluesky")
    assert fresh(quick).state == State.WAITING
    let_go.set()
    for turn in turns:
        turn.join()


def test_many_that_are_asked_at_once_hold_no_connection_meanwhile(network: Network):
    campaign = make.campaign()
    for _ in range(settling.LOOKERS):
        make.delivery(on=make.channel(of=campaign))
    for claimed in delivering.claim("mastodon", 50):
        assert delivering._begin(claimed) == "open"
        delivering.close(claimed, State.UNSURE, {"problem": "timed_out"})
    together = threading.Barrier(settling.LOOKERS + 1)
    network.find = waits_for(together)
    asking = beside(settling.settle, "mastodon")
    row = make.delivery(on=make.channel(of=campaign))
    delivering.drain("mastodon")  # borrows of the same lender
    assert fresh(row).state == State.SENT
    together.wait(10)
    asking.join()


# A flow of many steps ----------------------------------------------------------------------------


def piece(number: int) -> Callable[[Draft, Keep], None]:
    """One more piece of a film has arrived, and the answer to it is lost."""

    def script(draft: Draft, keep: Keep) -> None:
        keep(f"sent {number}")
        raise Unsure("timed_out", host="x")

    return script


def test_a_film_whose_pieces_arrive_goes_on_for_as_long_as_they_do(network: Network):
    row = make.delivery()
    for number in range(6):  # each piece two minutes, and its answer lost
        at(f"{2 * number} minutes")
        network.before = piece(number)
        delivering.drain("mastodon")
        assert fresh(row).state == State.UNSURE
        at(f"{2 * number} minutes 30 seconds")
        settling.settle("mastodon")  # the network proves that it is not out
        assert fresh(row).state == State.WAITING and not told(row)
    network.before = lambda draft, keep: None
    delivering.drain("mastodon")
    assert fresh(row).state == State.SENT and len(network.accepted) == 1


def test_a_film_that_no_longer_moves_is_somebodys_within_five_minutes_of_its_last_piece(network: Network):
    row = make.delivery()
    for number in range(4):
        at(f"{2 * number} minutes")
        network.before = piece(number)
        delivering.drain("mastodon")
        at(f"{2 * number} minutes 30 seconds")
        settling.settle("mastodon")
    network.before = piece(3)  # the same handle again and again: no sign of life
    for seconds in range(30, 300, 15):
        at(f"6 minutes {seconds} seconds")
        tick()
    assert fresh(row).state == State.HELD and told(row)
    assert network.accepted == []


def test_a_network_that_cannot_be_asked_about_a_film_is_waited_for_from_its_last_piece(network: Network):
    row = make.delivery()
    network.before = piece(0)
    delivering.drain("mastodon")
    at("30 seconds")
    settling.settle("mastodon")
    at("3 minutes")
    network.before = piece(1)
    delivering.drain("mastodon")
    network.find = raises(Temporary("server_error", status=503))
    at("3 minutes 30 seconds")
    settling.settle("mastodon")
    assert not fresh(row).asks_person, "half a minute after the last sign of life nobody is asked yet"
    for minute in (4, 5, 6, 7):
        at(f"{minute} minutes 45 seconds")
        settling.settle("mastodon")
    assert fresh(row).asks_person and told(row)


def test_only_another_handle_is_a_sign_of_life(network: Network):
    row = make.delivery()
    network.before = piece(1)
    delivering.drain("mastodon")
    first = fresh(row).kept_at
    assert first is not None
    at("1 minutes")
    settling.settle("mastodon")
    delivering.drain("mastodon")
    assert (fresh(row).tries, fresh(row).kept_at) == (2, first)


# Pictures ----------------------------------------------------------------------------------------


def test_no_picture_leaves_but_the_one_that_was_approved(network: Network):
    channel = make.channel()
    media = make.media(of=channel.campaign)
    make.post_scheduled(of=media.campaign, on=[channel], pictures=[(media, "Jalan")])
    read: list[bytes] = []
    network.before = lambda draft, keep: read.append(draft.pictures[0].read())
    Path(media.file.path).write_bytes(b"another one, or half of it")
    delivering.drain("mastodon")
    row = Delivery.objects.get()
    assert read == [] and (row.state, row.problem) == (State.FAILED, "picture_changed")


def test_a_person_may_say_not_there_and_again(network: Network):
    row = make.delivery()
    network.before = raises(Unsure("timed_out", host="x"))
    delivering.drain("mastodon")
    network.before = lambda draft, keep: None
    network.find = raises(Unknowable("look_there"))
    at("30 seconds")
    tick()
    envelopes.decide_is_not_out(fresh(row), by=make.someone(row.campaign, Role.STAFF), again=True)
    delivering.drain("mastodon")
    assert fresh(row).state == State.SENT
