"""Tokens that rotate: renewed under their row's lock, however long the network takes."""

import threading
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from typing import ClassVar

import pytest
from django.db import connection

from campaign import channels
from campaign.models import Channel, ChannelSecret, Health, Notice
from platforms.base import Reconnect, Temporary
from platforms.registry import KINDS
from tests import make
from tests.network import FakeConnector, Network

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_network_that_answers_late_does_not_cost_us_the_account(network: Network, monkeypatch: pytest.MonkeyPatch):
    channel = make.channel()
    ChannelSecret.objects.update(secrets={"token": "lama", "refresh": "1", channels.STALE: "1"})

    def slowly(_self: FakeConnector) -> dict[str, str]:
        threading.Event().wait(0.6)
        return {"token": "baru", "refresh": "2"}  # from here on the network knows only these

    monkeypatch.setattr(FakeConnector, "renew", slowly)
    with connection.cursor() as cursor:
        cursor.execute("SET idle_in_transaction_session_timeout = 300")  # milliseconds; 5 seconds in earnest
    try:
        made = channels.ready_connector(Channel.objects.select_related("secret", "campaign").get(pk=channel.pk))
        assert made.account.secrets == {"token": "baru", "refresh": "2"}
    finally:
        connection.close()
    assert ChannelSecret.objects.get().secrets == {"token": "baru", "refresh": "2"}


class SingleUse(FakeConnector):
    """A network whose refresh token works once: a second use ends the account for good."""

    uses: ClassVar[list[str]] = []
    pause: ClassVar[float] = 0.2

    def is_stale(self, now: datetime) -> bool:
        return self.account.secrets["token"] == "lama"

    def renew(self) -> Mapping[str, str]:
        refresh = self.account.secrets["refresh"]
        if refresh in self.uses:
            raise Reconnect("signed_out", words="used twice")
        self.uses.append(refresh)
        threading.Event().wait(self.pause)
        return {"token": "baru", "refresh": f"{int(refresh) + 1}"}


@pytest.fixture
def single(network: Network, monkeypatch: pytest.MonkeyPatch) -> Channel:
    """An account there, with an expired token."""
    monkeypatch.setitem(KINDS, "mastodon", SingleUse)
    monkeypatch.setattr(SingleUse, "uses", [])
    channel = make.channel()
    ChannelSecret.objects.update(secrets={"token": "lama", "refresh": "1"})
    return channel


def at_once(*works: Callable[[], object]) -> list[object]:
    """What each brings, begun in the same moment in threads of their own."""
    meet = threading.Barrier(len(works))

    def one(work: Callable[[], object]) -> object:
        try:
            meet.wait()
            return work()
        finally:
            connection.close()

    with ThreadPoolExecutor(len(works)) as pool:
        return [done.result() for done in [pool.submit(one, work) for work in works]]


def test_workers_at_once_use_a_refresh_token_once_and_all_go_on(single: Channel):
    def work() -> object:
        row = Channel.objects.select_related("secret", "campaign").get(pk=single.pk)
        return channels.ready_connector(row).account.secrets

    assert at_once(*[work] * 4) == [{"token": "baru", "refresh": "2"}] * 4
    assert SingleUse.uses == ["1"]
    assert ChannelSecret.objects.get().secrets == {"token": "baru", "refresh": "2"}
    assert Channel.objects.get().is_ok


def test_a_renewal_is_made_with_the_app_that_the_account_lives_by(single: Channel, monkeypatch: pytest.MonkeyPatch):
    ChannelSecret.objects.update(app={"client_id": "app", "client_secret": "rahasia"})
    seen: list[object] = []

    def renew(self: SingleUse) -> Mapping[str, str]:
        seen.append(dict(self.account.app))
        return {"token": "baru"}

    monkeypatch.setattr(SingleUse, "renew", renew)
    channels.ready_connector(Channel.objects.select_related("secret", "campaign").get(pk=single.pk))
    assert seen == [{"client_id": "app", "client_secret": "rahasia"}]


def test_who_signs_in_again_during_a_renewal_loses_neither(single: Channel):
    manager = single.campaign.members.get(role="manager")

    def renew() -> object:
        row = Channel.objects.select_related("secret", "campaign").get(pk=single.pk)
        return channels.ready_connector(row)

    def sign_in() -> object:
        threading.Event().wait(0.1)  # the renewal is on its way
        return channels.save(single.campaign, single.account({"token": "masuk lagi"}), by=manager)

    at_once(renew, sign_in)
    assert ChannelSecret.objects.get().secrets == {"token": "masuk lagi", "refresh": "2"}


def test_who_signs_in_again_while_the_old_sign_in_is_found_dead_is_connected(single: Channel):
    """The renewal holds the tokens and then marks the account; signing in must not hold the account meanwhile."""
    SingleUse.uses.append("1")
    manager = single.campaign.members.get(role="manager")
    asked = threading.Event()

    class Dead(SingleUse):
        def renew(self) -> Mapping[str, str]:
            asked.set()
            threading.Event().wait(0.3)
            return super().renew()

    KINDS["mastodon"] = Dead

    def renew() -> object:
        row = Channel.objects.select_related("secret", "campaign").get(pk=single.pk)
        return channels.ready_connector(row)

    def sign_in() -> object:
        asked.wait(5)
        return channels.save(single.campaign, single.account({"token": "masuk lagi"}), by=manager)

    at_once(renew, sign_in)
    assert Channel.objects.get().is_ok
    assert ChannelSecret.objects.get().secrets == {"token": "masuk lagi", "refresh": "1"}


class Losing(SingleUse):
    """The network has renewed, and its answer never arrives."""

    forgives: ClassVar[bool] = True
    pause: ClassVar[float] = 0

    def renew(self) -> Mapping[str, str]:
        if self.forgives and self.uses == ["1"]:
            return {"token": "baru", "refresh": "2"}  # the same answer to the same token once more
        super().renew()
        raise Temporary("timed_out", host="jejaring.example")


@pytest.mark.parametrize("forgives", [True, False])
def test_a_renewal_whose_answer_is_lost_keeps_the_old_tokens_and_is_asked_for_again(
    single: Channel, monkeypatch: pytest.MonkeyPatch, forgives: bool
):
    """Where the network takes the old token no more, its owner is asked at once to sign in, and nothing is lost."""
    monkeypatch.setitem(KINDS, "mastodon", Losing)
    monkeypatch.setattr(Losing, "forgives", forgives)

    def again() -> Mapping[str, str]:
        row = Channel.objects.select_related("secret", "campaign").get(pk=single.pk)
        return channels.ready_connector(row).account.secrets

    assert again() == {"token": "lama", "refresh": "1"}
    assert Channel.objects.get().is_ok, "one lost answer says nothing of the account"
    assert ChannelSecret.objects.get().secrets == {"token": "lama", "refresh": "1"}
    if forgives:
        assert again() == {"token": "baru", "refresh": "2"}
        assert ChannelSecret.objects.get().secrets == {"token": "baru", "refresh": "2"}
    else:
        assert again() == {"token": "lama", "refresh": "1"}
        assert Channel.objects.get().health == Health.RECONNECT
        assert Notice.objects.filter(kind="reconnect").count() == 1
