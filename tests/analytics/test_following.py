"""What is read: posts that are out, until they are taken down, and accounts in use."""

from datetime import timedelta

import pytest

from analytics import following
from analytics.models import Pull
from campaign import afterwards, channels
from campaign.models import Channel, Delivery, Health
from tests import make
from tests.analytics.conftest import Crowd, publish, published, pull_of, read_due

pytestmark = pytest.mark.usefixtures("db", "crowd")


def test_a_post_that_went_out_is_first_read_a_minute_later():
    post = make.post_scheduled()
    [delivery] = publish(post)
    pull = pull_of(post)
    assert pull.since == delivery.sent_at
    assert pull.next_at == delivery.sent_at + timedelta(minutes=1)


def test_hearing_of_it_twice_changes_nothing():
    [delivery] = publish(make.post_scheduled())
    following.on_settled([delivery])
    assert Pull.objects.of_posts().count() == 1


def test_a_network_without_numbers_of_posts_is_not_asked_for_them():
    publish(make.post_scheduled(on=[make.channel(platform="telegram")]))
    assert not Pull.objects.of_posts().exists()


def test_a_post_whose_name_we_do_not_know_cannot_be_read():
    publish(make.post_scheduled(), remote_id="")
    assert not Pull.objects.exists()


def test_a_post_that_was_taken_down_is_read_no_more():
    one, two = make.channel(), make.channel()
    kept, removed = published(one), published(two)
    afterwards.take_down(
        removed, by=make.someone(removed.campaign, "manager"), version=removed.version, reason="Salah ketik."
    )
    assert pull_of(removed).ended_at is None
    publish(removed, remote_id="")
    assert pull_of(removed).ended_at
    assert pull_of(removed).next_at is None
    assert pull_of(kept).next_at


def test_a_post_taken_down_while_it_is_being_read_stays_so(crowd: Crowd):
    post = published(make.channel())
    crowd.meanwhile = lambda: following.let_go(
        Delivery(channel_id=pull_of(post).channel_id, draft={"remote_id": f"r-{pull_of(post).delivery_id}"})
    )
    assert read_due() == [True]
    assert pull_of(post).ended_at
    assert pull_of(post).next_at is None


def test_each_account_in_use_is_read_and_only_once():
    used, removed = make.channel(), make.channel()
    telegram = make.channel(platform="telegram")
    channels.remove(removed, by=make.someone(removed.campaign, "manager"))
    following.follow_channels()
    following.follow_channels()
    assert sorted(Pull.objects.of_channels().values_list("channel", flat=True)) == sorted([used.pk, telegram.pk])


def test_an_account_that_must_be_connected_again_waits():
    post = published(make.channel())
    Channel.objects.update(health=Health.RECONNECT)
    assert read_due() == []
    Channel.objects.update(health=Health.OK)
    assert read_due() == [True]
    assert pull_of(post).read_at
