"""Taking down and trying again, when the network is not sure what it has."""

from datetime import timedelta

import pytest

from campaign import afterwards, clock, delivering, envelopes, settling
from campaign.errors import Refused
from campaign.models import Action, Delivery, Notice, Post, PostState, Role, State
from platforms.base import Rejected, Temporary, Unknowable, Unsure
from platforms.contents import Sent
from platforms.registry import KINDS
from tests import make
from tests.campaign.lives import fails_for, fresh, two_channels
from tests.campaign.test_settling import _clock_back, at, tick  # noqa: F401  # a fixture
from tests.network import FakeConnector, KeyedConnector, Network, raises

pytestmark = pytest.mark.django_db(transaction=True)


def take_down(post: Post) -> None:
    manager = make.someone(post.campaign, Role.MANAGER)
    afterwards.take_down(fresh(post), by=manager, version=post.version, reason="Keliru.")


@pytest.fixture
def half_sure(network: Network) -> Post:
    """On two channels: one has not answered, the other is out."""
    post = make.post_scheduled(on=two_channels())
    fails_for(network, 1, Unsure("timed_out", host="x"))
    delivering.drain("mastodon")
    return post


def unclear() -> Delivery:
    return Delivery.objects.get(state__in=(State.UNSURE, State.WAITING), action=Action.PUBLISH)


@pytest.mark.parametrize("when", ["unsure", "waiting again"])
def test_what_is_taken_down_is_not_published_afterwards(
    network: Network, half_sure: Post, when: str, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setitem(KINDS, "mastodon", KeyedConnector)
    network.find = raises(Unknowable("look_there"))
    at("30 seconds")
    if when == "waiting again":
        settling.settle("mastodon")
    take_down(half_sure)
    for second in (60, 90, 120):
        at(f"{second} seconds")
        tick()
    assert len(network.texts) == len(network.removed) == 1


def test_what_proves_not_to_be_out_is_cancelled(network: Network, half_sure: Post):
    row = unclear()
    take_down(half_sure)
    for second in (30, 60, 90):
        at(f"{second} seconds")
        tick()
    assert Delivery.objects.get(pk=row.pk).state == State.CANCELLED
    assert len(network.texts) == 1 and fresh(half_sure).state == PostState.TAKEN_DOWN


def test_what_proves_to_be_out_after_all_is_taken_down_too(network: Network, half_sure: Post):
    row = unclear()
    take_down(half_sure)
    delivering.drain("mastodon")
    network.find = lambda key: Sent(f"r-{key.uuid}")
    at("30 seconds")
    tick()
    tick()
    assert f"r-{row.key}" in network.removed and fresh(half_sure).state == PostState.TAKEN_DOWN


def test_a_removal_whose_worker_was_lost_is_done_all_the_same(network: Network):
    post = make.post_scheduled()
    delivering.drain("mastodon")
    take_down(post)
    (claimed,) = delivering.claim("mastodon", 50)
    assert delivering._begin(claimed) == "open"  # and here the worker is killed
    at("2 minutes")
    tick()
    tick()
    assert fresh(post).state == PostState.TAKEN_DOWN and len(network.removed) == 1


def test_a_removal_is_never_too_late(network: Network, monkeypatch: pytest.MonkeyPatch):
    post = make.post_scheduled()
    delivering.drain("mastodon")
    take_down(post)
    with monkeypatch.context() as patch:
        patch.setattr(FakeConnector, "take_down", raises(Temporary("rate_limited", retry_after=timedelta(days=8))))
        delivering.drain("mastodon")
    at("9 days")
    delivering.drain("mastodon")
    assert fresh(post).state == PostState.TAKEN_DOWN


def test_a_removal_that_failed_may_be_tried_again_at_any_time(network: Network, monkeypatch: pytest.MonkeyPatch):
    post = make.post_scheduled()
    delivering.drain("mastodon")
    take_down(post)
    with monkeypatch.context() as patch:
        patch.setattr(FakeConnector, "take_down", raises(Rejected("refused", words="no")))
        delivering.drain("mastodon")
    removal = Delivery.objects.get(action=Action.TAKE_DOWN)
    assert Notice.objects.open().filter(about=f"delivery:{removal.pk}").exists()
    at("30 days")
    afterwards.try_again(removal, fresh(post), by=make.someone(post.campaign, Role.MANAGER))
    delivering.drain("mastodon")
    assert fresh(post).state == PostState.TAKEN_DOWN


def failed(network: Network) -> tuple[Post, Delivery]:
    post = make.post_scheduled()
    network.before = raises(Rejected("refused", words="no"))
    delivering.drain("mastodon")
    network.before = lambda draft, keep: None
    return post, Delivery.objects.get()


def test_an_approval_of_long_ago_does_not_cover_a_new_try(network: Network):
    post, row = failed(network)
    at("9 days")
    with pytest.raises(Refused, match="Persetujuan tidak berlaku"):
        afterwards.try_again(row, fresh(post), by=make.someone(post.campaign, Role.MANAGER))
    delivering.drain("mastodon")
    assert network.texts == []


def test_within_its_days_it_does(network: Network):
    post, row = failed(network)
    at("3 days")
    afterwards.try_again(row, fresh(post), by=make.someone(post.campaign, Role.MANAGER))
    delivering.drain("mastodon")
    assert len(network.texts) == 1


def test_a_removal_in_mid_air_stops_what_is_on_the_wire_from_going_again(network: Network):
    """The call under way comes back as "busy, come again" after the post was taken down."""
    post = make.post_scheduled(on=two_channels())
    first, second = delivering.claim("mastodon", 2)
    delivering.send(first)
    assert delivering._begin(second) == "open"
    take_down(post)
    delivering.close(second, State.WAITING, {"problem": "rate_limited", "send_after": 0})
    for _ in range(3):
        tick()
    assert len(network.texts) == 1 and fresh(post).state == PostState.TAKEN_DOWN


def test_nobody_sends_again_what_is_being_taken_down(network: Network, half_sure: Post):
    row = unclear()
    network.find = raises(Unknowable("look_there"))
    take_down(half_sure)
    at("30 seconds")
    tick()
    row = Delivery.objects.get(pk=row.pk)
    assert row.asks_person and row.not_after < clock.now()
    envelopes.decide_is_not_out(row, by=make.someone(row.campaign, Role.STAFF), again=True)
    tick()
    assert Delivery.objects.get(pk=row.pk).state == State.CANCELLED and len(network.texts) == 1
