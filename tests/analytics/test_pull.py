"""Reading the networks: what is due, once; a failure is a gap; what is gone is told."""

from datetime import timedelta

import pytest

from analytics import following, pulling, schedule
from analytics.models import Pull, Reading
from campaign import clock
from campaign.models import Channel, Health, Notice, Pace
from platforms.base import ConnectorError, Reconnect, Rejected, Stale, Temporary
from tests import make
from tests.analytics.conftest import Crowd, age, published, pull_of, read_due

pytestmark = pytest.mark.django_db


# What is read ------------------------------------------------------------------------------------


def test_what_is_due_is_read_with_its_time_and_the_networks_own_word(crowd: Crowd):
    pull = pull_of(published(make.channel()))
    assert read_due() == [True]
    rows = {row.metric: row for row in Reading.objects.filter(pull=pull)}
    assert {metric: row.value for metric, row in rows.items()} == {"likes": 3, "reposts": 1, "replies": 0}
    assert rows["likes"].remote_name == "favourites_count"
    pull.refresh_from_db()
    assert {row.read_at for row in rows.values()} == {pull.read_at}
    assert all(row.complete for row in rows.values())


def test_the_next_reading_follows_the_schedule(crowd: Crowd):
    pull = pull_of(published(make.channel()))
    read_due()
    pull.refresh_from_db()
    assert pull.next_at == pull.since + timedelta(minutes=5)
    assert read_due() == []


def test_on_the_ninetieth_day_it_is_read_for_the_last_time(crowd: Crowd):
    pull = pull_of(published(make.channel()))
    age(schedule.LAST)
    read_due()
    pull.refresh_from_db()
    assert pull.read_at
    assert pull.next_at is None


def test_twenty_posts_of_an_account_are_asked_for_in_one_call(crowd: Crowd):
    channel = make.channel(pace=(100, timedelta(seconds=1)))
    for _ in range(21):
        published(channel)
    Pull.objects.update(next_at=clock.now())
    assert read_due() == [True]
    assert [len(call) for call in crowd.asked] == [20, 1]
    assert Reading.objects.count() == 63


def test_an_account_is_read_too(crowd: Crowd):
    channel = make.channel()
    following.follow_channels()
    age(timedelta(minutes=2))
    assert read_due() == [True]
    pull = Pull.objects.of_channels().get(channel=channel)
    assert Reading.objects.get(pull=pull).value == 1200
    assert pull.next_at == pull.since + timedelta(days=1, minutes=1)


def test_a_reading_that_lacks_a_number_told_before_says_so(crowd: Crowd):
    pull = pull_of(published(make.channel()))
    read_due()
    crowd.silent_of = {"reposts"}
    age(timedelta(minutes=5))
    read_due()
    pull.refresh_from_db()
    assert pull.metrics == ["likes", "replies", "reposts"]
    newest = [row for row in Reading.objects.filter(pull=pull) if row.read_at == pull.read_at]
    assert {row.metric: row.complete for row in newest} == {"likes": False, "replies": False}


# What fails --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "trouble", [Temporary("connect_failed"), Rejected("refused"), ConnectorError("not_found"), ValueError("a bug")]
)
def test_a_failed_reading_is_a_gap_and_never_a_zero(crowd: Crowd, trouble):
    pull = pull_of(published(make.channel()))
    crowd.trouble = trouble
    assert read_due() == [False]
    pull.refresh_from_db()
    assert not Reading.objects.exists()
    assert pull.failed_at
    assert pull.read_at is None
    assert pull.problem
    assert pull.next_at
    assert pull.next_at > clock.now()


def test_the_next_success_ends_the_failure_and_the_gap_stays(crowd: Crowd):
    pull = pull_of(published(make.channel()))
    read_due()
    crowd.trouble = Temporary("server_error", status=503)
    age(timedelta(minutes=5))
    read_due()
    crowd.trouble = None
    age(timedelta(minutes=5))
    read_due()
    pull.refresh_from_db()
    assert (pull.failed_at, pull.fails, pull.problem) == (None, 0, "")
    assert Reading.objects.series(pull, "likes").count() == 2


def test_a_network_that_asks_us_to_wait_is_left_alone_with_all_of_that_account(crowd: Crowd):
    channel = make.channel()
    due, later = pull_of(published(channel)), pull_of(published(channel))
    elsewhere = pull_of(published(make.channel()))
    Pull.objects.exclude(pk=due.pk).update(next_at=clock.now() + timedelta(minutes=10))
    crowd.trouble = Temporary("rate_limited", retry_after=timedelta(hours=1))
    read_due()
    for pull in (due, later, elsewhere):
        pull.refresh_from_db()
    assert due.next_at == later.next_at
    assert due.next_at
    assert due.next_at > clock.now() + timedelta(minutes=59)
    assert elsewhere.next_at
    assert elsewhere.next_at < clock.now() + timedelta(minutes=11)
    assert later.failed_at is None


def test_the_wait_grows_with_each_failure(crowd: Crowd):
    pull = pull_of(published(make.channel()))
    crowd.trouble = Temporary("connect_failed")
    waits = []
    for _ in range(3):
        Pull.objects.update(next_at=clock.now())
        read_due()
        pull.refresh_from_db()
        assert pull.next_at
        assert pull.failed_at
        waits.append((pull.next_at - pull.failed_at).total_seconds() / 60)
    assert waits == pytest.approx([1, 2, 4], abs=0.02)


def test_an_account_whose_sign_in_is_gone_asks_to_be_connected_again(crowd: Crowd):
    post = published(make.channel())
    crowd.trouble = Reconnect("signed_out", words="invalid token")
    read_due()
    channel = Channel.objects.get(pk=pull_of(post).channel_id)
    assert channel.health == Health.RECONNECT
    assert Notice.objects.filter(kind="reconnect").exists()
    assert pull_of(post).problem == "signed_out"


def test_an_expired_token_is_renewed_before_the_next_try(crowd: Crowd):
    post = published(make.channel())
    crowd.trouble = Stale("token_expired")
    read_due()
    channel = Channel.objects.get(pk=pull_of(post).channel_id)
    assert "stale" in channel.secret.secrets
    assert Pull.objects.due(clock.now() + timedelta(seconds=5)).exists()


def test_while_a_network_asked_for_rest_nothing_is_claimed(crowd: Crowd):
    post = published(make.channel())
    rest_until = clock.now() + timedelta(minutes=1)
    Pace.objects.update_or_create(channel_id=pull_of(post).channel_id, defaults={"rest_until": rest_until})
    assert pulling.claim() == []


def test_after_a_trouble_in_the_middle_what_was_read_before_stays(crowd: Crowd):
    channel = make.channel(pace=(100, timedelta(seconds=1)))
    for _ in range(21):
        published(channel)
    Pull.objects.update(next_at=clock.now())

    def second_call_fails() -> None:
        if len(crowd.asked) == 2:
            crowd.trouble = Temporary("timed_out")

    crowd.meanwhile = second_call_fails
    assert read_due() == [False]
    assert Pull.objects.filter(read_at__isnull=False, failed_at=None).count() == 20
    assert Pull.objects.filter(read_at=None, failed_at__isnull=False).count() == 1


def test_a_post_that_is_shown_without_numbers_is_a_gap_too(crowd: Crowd):
    pull = pull_of(published(make.channel()))
    crowd.silent_of = {"likes", "reposts", "replies"}
    read_due()
    pull.refresh_from_db()
    assert (pull.problem, pull.read_at, pull.gone_at) == ("no_numbers", None, None)


# What is gone ------------------------------------------------------------------------------------


def test_a_post_that_the_network_no_longer_shows_is_marked_and_not_zero(crowd: Crowd):
    channel = make.channel()
    there, gone = pull_of(published(channel)), pull_of(published(channel))
    Pull.objects.update(next_at=clock.now())
    crowd.gone = {f"r-{gone.delivery_id}"}
    read_due()
    there.refresh_from_db()
    gone.refresh_from_db()
    assert there.gone_at is None
    assert there.read_at
    assert gone.gone_at
    assert gone.read_at is None
    assert gone.failed_at is None
    assert not Reading.objects.filter(pull=gone).exists()


def test_a_post_that_comes_back_is_no_longer_gone(crowd: Crowd):
    pull = pull_of(published(make.channel()))
    crowd.gone = {f"r-{pull.delivery_id}"}
    read_due()
    crowd.gone = set()
    age(timedelta(minutes=5))
    read_due()
    pull.refresh_from_db()
    assert pull.gone_at is None
    assert pull.read_at


# Claims ------------------------------------------------------------------------------------------


def test_a_claim_pushes_the_time_so_that_nobody_else_takes_it(crowd: Crowd):
    published(make.channel())
    [pull] = pulling.claim()
    assert pull.next_at
    assert pull.next_at > clock.now() + pulling.LEASE / 2
    assert pulling.claim() == []


def test_what_a_dead_worker_had_claimed_is_due_again_after_the_lease(crowd: Crowd, set_clock):
    published(make.channel())
    pulling.claim()
    set_clock("interval '11 minutes'")
    assert len(pulling.claim()) == 1


def test_one_claim_takes_the_longest_due_first(crowd: Crowd):
    old, new = pull_of(published(make.channel())), pull_of(published(make.channel()))
    Pull.objects.filter(pk=new.pk).update(next_at=clock.now())
    Pull.objects.filter(pk=old.pk).update(next_at=clock.now() - timedelta(hours=1))
    assert [pull.pk for pull in pulling.claim(most=1)] == [old.pk]
