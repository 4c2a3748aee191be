"""The engine: what is due and cleared leaves once; what the gate forbids does not; every outcome has its state."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import DatabaseError, OperationalError, connection, transaction

from campaign import channels, clock, delivering, envelopes, settling, stopping
from campaign.models import Attempt, Campaign, Channel, Delivery, Health, Notice, Pace, Role, State
from platforms.base import Later, Reconnect, Rejected, Stale, Temporary, Unknowable, Unsure
from platforms.contents import Sent
from platforms.registry import KINDS
from tests import make
from tests.network import FakeConnector, KeyedConnector, Network, raises

pytestmark = pytest.mark.django_db(transaction=True)


def fresh(row: Delivery) -> Delivery:
    return Delivery.objects.get(pk=row.pk)


def test_a_cleared_envelope_that_is_due_leaves_once(network: Network):
    row = make.delivery(text="Selamat pagi.")
    assert delivering.drain("mastodon") == 1
    assert delivering.drain("mastodon") == 0
    assert network.texts == ["Selamat pagi."]
    row = fresh(row)
    assert (row.state, row.remote_id, row.token) == (State.SENT, f"r-{row.key}", None)
    assert row.sent_at and row.attempts.get().outcome == State.SENT


def test_what_nobody_cleared_stays(network: Network):
    make.delivery(cleared=False)
    delivering.drain("mastodon")
    assert network.texts == []


def test_what_is_not_due_stays(network: Network):
    make.delivery(send_at=make.in_an_hour())
    delivering.drain("mastodon")
    assert network.texts == []


def test_what_is_due_in_a_moment_is_waited_for(network: Network):
    make.delivery(send_at=clock.now() + timedelta(milliseconds=300))
    delivering.drain("mastodon")
    assert len(network.texts) == 1


def test_at_most_four_of_a_channel_are_claimed_at_once(network: Network):
    channel = make.channel(pace=(100, timedelta(seconds=1)))
    for _ in range(6):
        make.delivery(on=channel)
    assert len(delivering.claim("mastodon", 50)) == 4
    assert delivering.claim("mastodon", 50) == []


def test_the_token_bucket_lets_no_more_leave_than_the_network_bears(network: Network):
    channel = make.channel(pace=(3, timedelta(hours=1)))
    for _ in range(5):
        make.delivery(on=channel)
    delivering.drain("mastodon")
    assert len(network.texts) == 3


def test_a_channel_that_rests_does_not_hold_up_another(network: Network):
    resting, other = make.channel(), make.channel()
    Pace.objects.create(channel=resting, rest_until=make.in_an_hour())
    make.delivery(on=resting, text="diam")
    make.delivery(on=other, text="jalan")
    delivering.drain("mastodon")
    assert network.texts == ["jalan"]


def test_the_oldest_leaves_first(network: Network):
    channel = make.channel()
    now = clock.now()
    for minutes in (1, 3, 2):
        make.delivery(on=channel, text=str(minutes), send_at=now - timedelta(minutes=minutes))
    assert [row.text for row in delivering.claim("mastodon", 50)] == ["3", "2", "1"]


def test_a_claim_reads_little_also_where_the_server_last_counted_while_nothing_waited(campaign: Campaign):
    on = [make.channel(of=campaign) for _ in range(20)]
    for _ in range(30):
        for channel in on:
            make.delivery(on=channel)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE campaign_delivery SET state = 'held', problem = 'late'")
        cursor.execute("ANALYZE campaign_delivery, campaign_channel, campaign_campaign, campaign_pace")
        for _ in range(10):
            for channel in on:
                make.delivery(on=channel)
        read = "SELECT idx_tup_fetch FROM pg_stat_xact_user_tables WHERE relname = 'campaign_delivery'"
        cursor.execute(read)
        (before,) = cursor.fetchone() or (0,)
        assert len(delivering.claim("mastodon", 50)) == 50
        cursor.execute(read)
        (after,) = cursor.fetchone() or (0,)
    assert after - before < 500, "not what is due on every account, for each of them"


def test_a_claim_that_fails_leaves_no_answer_of_the_network_unheard(network: Network, monkeypatch: pytest.MonkeyPatch):
    rows = [make.delivery(text=f"kabar {number}") for number in range(3)]
    claims = iter([delivering.claim("mastodon", 3)])

    def claim(platform: str, most: int) -> list[Delivery]:
        if first := next(claims, None):
            return first
        raise OperationalError("the server closed the connection")

    monkeypatch.setattr(delivering, "BATCH", 3)
    monkeypatch.setattr(delivering, "claim", claim)
    with pytest.raises(OperationalError):
        delivering.drain("mastodon")
    assert {fresh(row).state for row in rows} == {State.SENT}


# The gate ----------------------------------------------------------------------------------------


def claimed(**options: Any) -> Delivery:
    make.delivery(**options)
    return delivering.claim("mastodon", 1)[0]


def test_a_stop_after_the_claim_lets_nothing_leave(network: Network):
    row = claimed()
    stopping.stop(row.campaign, by=make.someone(row.campaign, Role.MANAGER), reason="akun diretas")
    delivering.send(row)
    assert network.texts == [] and fresh(row).state == State.WAITING


def test_a_stopped_campaign_is_not_claimed(network: Network):
    row = make.delivery()
    stopping.stop(row.campaign, by=make.someone(row.campaign, Role.MANAGER), reason="akun diretas")
    assert delivering.claim("mastodon", 1) == []


def test_nothing_leaves_in_the_quiet_period(network: Network):
    row = claimed()
    Campaign.objects.filter(pk=row.campaign_id).update(closed={"campaign": [["-infinity", "infinity"]]})
    delivering.send(row)
    assert network.texts == []
    assert (fresh(row).state, fresh(row).problem) == (State.HELD, "phase")


def test_a_kind_that_the_calendar_does_not_name_is_closed(network: Network):
    row = claimed()
    Campaign.objects.filter(pk=row.campaign_id).update(closed={})
    delivering.send(row)
    assert network.texts == []


def test_what_is_past_its_time_is_held_and_told(network: Network):
    row = make.delivery(send_at=clock.now() - timedelta(hours=3), not_after=clock.now() - timedelta(hours=1))
    settling.sweep()
    delivering.drain("mastodon")
    assert network.texts == []
    assert (fresh(row).state, fresh(row).problem) == (State.HELD, "late")
    assert Notice.objects.filter(kind="held", member=row.owner).exists()


def test_a_channel_out_of_order_keeps_its_envelopes_waiting(network: Network):
    row = claimed()
    Channel.objects.filter(pk=row.channel_id).update(health=Health.RECONNECT)
    delivering.send(row)
    assert network.texts == [] and fresh(row).state == State.WAITING


def test_the_gate_is_asked_between_two_steps(network: Network):
    row = claimed()
    manager = make.someone(row.campaign, Role.MANAGER)

    def stop_in_between(_draft: object, keep: Any) -> None:
        stopping.stop(Campaign.objects.get(pk=row.campaign_id), by=manager, reason="berhenti")
        keep("media-1")

    network.before = stop_in_between
    delivering.send(row)
    assert network.texts == []
    assert (fresh(row).state, fresh(row).handle) == (State.WAITING, "media-1")


def test_resuming_flushes_nothing(network: Network):
    row = make.delivery()
    manager = make.someone(row.campaign, Role.MANAGER)
    stopping.stop(row.campaign, by=manager, reason="berhenti")
    stopping.resume(row.campaign, by=manager)
    delivering.drain("mastodon")
    assert network.texts == []
    assert (fresh(row).state, fresh(row).problem) == (State.HELD, "stopped")


# Outcomes ----------------------------------------------------------------------------------------


def test_temporary_waits_for_as_long_as_the_network_asks(network: Network):
    row = make.delivery()
    network.before = raises(Temporary("rate_limited", retry_after=timedelta(minutes=7)))
    delivering.drain("mastodon")
    row = fresh(row)
    assert row.state == State.WAITING and row.problem == "rate_limited"
    assert timedelta(minutes=6) < row.send_at - clock.now() < timedelta(minutes=8)
    assert Pace.objects.get(channel=row.channel).rest_until > clock.now() + timedelta(minutes=6)


def test_later_keeps_the_handle_and_no_worker_waits(network: Network):
    row = make.delivery()
    network.before = raises(Later("wadah-7", timedelta(seconds=30)))
    delivering.drain("mastodon")
    assert (fresh(row).state, fresh(row).handle) == (State.WAITING, "wadah-7")


def test_rejected_fails_with_the_networks_words_and_tells_the_owner(network: Network):
    row = make.delivery()
    network.before = raises(Rejected("refused", words="Text too long"))
    delivering.drain("mastodon")
    assert (fresh(row).state, fresh(row).problem_params) == (State.FAILED, {"words": "Text too long"})
    assert Notice.objects.filter(kind="failed", member=row.owner).exists()


def test_reconnect_fails_and_takes_the_channel_out_of_use(network: Network):
    row = make.delivery()
    network.before = raises(Reconnect("signed_out", words="revoked"))
    delivering.drain("mastodon")
    assert fresh(row).state == State.FAILED
    assert Channel.objects.get(pk=row.channel_id).health == Health.RECONNECT
    assert Notice.objects.filter(kind="reconnect").exists()


def test_an_expired_token_is_renewed_and_the_envelope_goes_again(network: Network, monkeypatch: pytest.MonkeyPatch):
    row = make.delivery()
    network.before = raises(Stale("token_expired"))
    delivering.send(delivering.claim("mastodon", 1)[0])
    assert fresh(row).state == State.WAITING
    monkeypatch.setattr(FakeConnector, "renew", lambda self: {"token": "baru"}, raising=False)
    network.before = lambda draft, keep: None
    delivering.drain("mastodon")
    assert fresh(row).state == State.SENT
    assert channels.connector(Channel.objects.get(pk=row.channel_id)).account.secrets == {"token": "baru"}


def test_an_unclear_answer_is_unsure_and_not_sent_again(network: Network):
    row = make.delivery()
    network.after = raises(Unsure("timed_out", host="x"))
    delivering.drain("mastodon")
    delivering.drain("mastodon")
    assert fresh(row).state == State.UNSURE and len(network.accepted) == 1


# Settling what is unsure -------------------------------------------------------------------------


def unsure(network: Network, **options: Any) -> Delivery:
    row = make.delivery(**options)
    network.after = raises(Unsure("timed_out", host="x"))
    delivering.drain("mastodon")
    network.after = lambda draft: None
    Delivery.objects.filter(pk=row.pk).update(look_at=clock.now())
    return fresh(row)


def test_the_network_shows_it(network: Network):
    row = unsure(network)
    network.find = lambda key: Sent("r-9", "https://jejaring.example/9")
    settling.settle("mastodon")
    assert (fresh(row).state, fresh(row).remote_id) == (State.SENT, "r-9")


def test_proven_absence_sends_it_again(network: Network):
    row = unsure(network)
    network.accepted.clear()
    network.find = lambda key: None
    settling.settle("mastodon")
    delivering.drain("mastodon")
    assert fresh(row).state == State.SENT and len(network.accepted) == 1


def test_a_network_that_honours_the_key_gets_it_again_and_has_it_once(
    network: Network, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setitem(KINDS, "mastodon", KeyedConnector)
    network.keys_are_honoured = True
    network.find = raises(Unknowable("look_there"))
    row = unsure(network)
    settling.settle("mastodon")
    assert fresh(row).state == State.WAITING and fresh(row).doubtful
    delivering.drain("mastodon")
    assert fresh(row).state == State.SENT and not fresh(row).doubtful and len(network.accepted) == 1


def test_what_may_be_out_is_never_called_late_or_failed(network: Network, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setitem(KINDS, "mastodon", KeyedConnector)
    network.find = raises(Unknowable("look_there"))
    row = unsure(network)
    settling.settle("mastodon")
    Delivery.objects.filter(pk=row.pk).update(not_after=clock.now() - timedelta(minutes=1))
    settling.sweep()
    assert fresh(row).state == State.UNSURE
    with pytest.raises(DatabaseError), transaction.atomic():
        Delivery.objects.filter(pk=row.pk).update(state=State.FAILED)


def test_a_refusal_after_a_doubtful_try_leaves_it_unsure(network: Network, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setitem(KINDS, "mastodon", KeyedConnector)
    network.find = raises(Unknowable("look_there"))
    row = unsure(network)
    settling.settle("mastodon")
    network.before = raises(Rejected("refused", words="duplicate"))
    delivering.drain("mastodon")
    assert fresh(row).state == State.UNSURE and fresh(row).asks_person


def test_what_nobody_can_look_up_is_a_named_persons_decision(network: Network):
    row = unsure(network)
    network.find = raises(Unknowable("telegram_blind"))
    settling.settle("mastodon")
    row = fresh(row)
    assert row.asks_person and Notice.objects.filter(kind="unsure", member=row.owner, done_at=None).exists()
    envelopes.decide_is_not_out(row, by=make.someone(row.campaign, Role.STAFF), again=True)
    assert fresh(row).state == State.WAITING
    assert not Notice.objects.open().filter(kind="unsure").exists()
    delivering.drain("mastodon")
    assert fresh(row).state == State.SENT


def test_a_person_says_that_it_is_out(network: Network):
    row = unsure(network)
    envelopes.decide_is_out(row, by=make.someone(row.campaign, Role.STAFF), link="https://t.me/ratna/5")
    assert (fresh(row).state, fresh(row).remote_url) == (State.SENT, "https://t.me/ratna/5")


# Lost workers ------------------------------------------------------------------------------------


def lose_the_lease(row: Delivery) -> None:
    Delivery.objects.filter(pk=row.pk).update(lease_until=clock.now() - timedelta(seconds=1))
    settling.sweep()


def test_a_claim_that_was_never_begun_goes_back(network: Network):
    row = claimed()
    lose_the_lease(row)
    assert fresh(row).state == State.WAITING
    delivering.send(row)  # the worker wakes up with the old token
    assert network.texts == []


def test_a_worker_lost_after_begin_leaves_it_unsure(network: Network):
    row = claimed()
    assert delivering._begin(row) == "open"
    lose_the_lease(row)
    assert (fresh(row).state, fresh(row).problem) == (State.UNSURE, "worker_lost")


def test_a_receipt_that_comes_late_is_still_proof(network: Network):
    row = claimed()
    assert delivering._begin(row) == "open"
    lose_the_lease(row)
    delivering.close(row, State.SENT, {"remote_id": "r-1", "remote_url": ""})
    assert fresh(row).state == State.SENT


def test_a_late_failure_changes_nothing(network: Network):
    row = claimed()
    assert delivering._begin(row) == "open"
    lose_the_lease(row)
    delivering.close(row, State.FAILED, {"problem": "refused"})
    assert fresh(row).state == State.UNSURE
    assert row.token
    assert Attempt.objects.get(token=row.token).outcome == "lost"


# What the database refuses -----------------------------------------------------------------------


@pytest.mark.parametrize(
    "change",
    [
        {"draft": {"text": "lain", "pictures": [], "language": "id"}},
        {"slot": "lain"},
        {"cleared": "0" * 64},
        {"state": State.SENT},
        {"state": State.SENDING},
        {"key": "00000000-0000-0000-0000-000000000000"},
    ],
)
def test_the_database_refuses_to_bend_an_envelope(network: Network, change: dict[str, Any]):
    row = make.delivery()
    with pytest.raises(DatabaseError), transaction.atomic():
        Delivery.objects.filter(pk=row.pk).update(**change)


def test_a_slot_has_one_live_envelope(network: Network):
    row = make.delivery()
    with pytest.raises(DatabaseError), transaction.atomic():
        make.delivery(on=row.channel, slot=row.slot)


def test_live_or_practice_is_for_life():
    campaign = make.campaign()
    with pytest.raises(DatabaseError), transaction.atomic():
        Campaign.objects.filter(pk=campaign.pk).update(mode="live")
