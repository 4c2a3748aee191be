"""Having the networks tell us: where they are told to push, when they are asked, and what people read of it."""

from contextlib import nullcontext
from datetime import timedelta
from io import StringIO
from typing import Any, ClassVar

import pytest
from django.core.management import call_command
from django.utils import translation

from campaign import channels, clock, hook_secrets, networks
from campaign.models import Channel, ChannelSecret, Health, Mode, NetworkApp, Role
from engagement import listening, showing_subscriptions, subscribing
from engagement.models import Poll, Subscription
from platforms.base import Reconnect, Temporary
from platforms.contents import Account
from platforms.hooks import Ear, Hook
from platforms.registry import HOOKS
from tests import make
from tests.campaign.doors import url, words

pytestmark = pytest.mark.django_db
APP = {"client_id": "777", "client_secret": "s"}


class Asked(Hook):
    """Notes what it is asked, and does as each test wants."""

    kind: ClassVar[str] = "mastodon"
    needs_app: ClassVar[bool] = False
    calls: ClassVar[list[tuple[str, str, bool]]] = []
    trouble: ClassVar[Exception | None] = None

    @classmethod
    def verify(cls, *_: Any) -> None:
        """Nothing is pushed here."""

    @classmethod
    def events(cls, body: bytes) -> list[Any]:
        return []

    @classmethod
    def subscribe(cls, account: Account, door: Any, ear: Ear, *, anew: bool) -> None:
        cls.calls.append(("subscribe", ear.url, anew))
        if cls.trouble:
            raise cls.trouble

    @classmethod
    def unsubscribe(cls, account: Account, door: Any, ear: Ear) -> None:
        cls.calls.append((f"end {account.secrets['token']}", ear.url, False))
        if cls.trouble:
            raise cls.trouble


@pytest.fixture
def hook(monkeypatch: pytest.MonkeyPatch, settings: Any) -> type[Asked]:
    monkeypatch.setitem(HOOKS, "mastodon", Asked)
    monkeypatch.setattr(Asked, "calls", [])
    monkeypatch.setattr(Asked, "trouble", None)
    settings.BASE_URL = "https://posko.example"
    return Asked


@pytest.fixture
def live(hook: Any) -> Any:
    return make.campaign(slug="nyata", mode=Mode.LIVE)


@pytest.fixture
def channel(live: Any) -> Any:
    return make.channel(of=live)


def turn() -> None:
    """One beat, in this thread and transaction."""
    subscribing.follow()
    for row in subscribing.claim():
        subscribing.settle(row, lend=nullcontext)


def told_at(channel: Channel) -> Ear:
    ear = hook_secrets.ear(channel)
    assert ear is not None
    return ear


def due() -> None:
    Subscription.objects.update(next_at=clock.now() - timedelta(seconds=1))


ADDRESS = "https://posko.example/hooks/mastodon/nyata/"


# When --------------------------------------------------------------------------------------------


def test_a_new_account_is_asked_for_at_once_and_again_before_it_ends(hook, channel):
    turn()
    turn()
    assert hook.calls == [("subscribe", ADDRESS, True)]
    row = Subscription.objects.get()
    assert row.url == ADDRESS
    assert timedelta(hours=10) < row.next_at - clock.now() <= hook.again
    due()
    turn()
    assert hook.calls[1:] == [("subscribe", ADDRESS, False)]


def test_connecting_again_asks_anew_whatever_the_clock_says(hook, channel):
    turn()
    channels.save(channel.campaign, channel.account({"token": "baru"}), by=make.someone(channel.campaign, "manager"))
    turn()
    assert [anew for _what, _url, anew in hook.calls] == [True, True]
    hook.trouble = Temporary("server_error", status=503)
    due()
    turn()
    Subscription.objects.update(next_at=clock.now() + timedelta(hours=5), asked_at=None)
    hook.trouble = None
    channels.save(channel.campaign, channel.account({"token": "lagi"}), by=make.someone(channel.campaign, "manager"))
    turn()
    assert Subscription.objects.get().problem == ""


def test_an_account_that_asks_for_a_new_sign_in_is_left_alone(hook, channel):
    channels.ask_to_reconnect(channel, Reconnect("signed_out"))
    turn()
    assert hook.calls == []


@pytest.mark.parametrize("trouble", [Reconnect("not_allowed", words="x"), ValueError("boom"), Temporary("timed_out")])
def test_whatever_goes_wrong_the_account_stays_connected_and_it_is_tried_later_and_later(hook, channel, trouble):
    hook.trouble, waits = trouble, []
    for _ in range(14):
        due()
        turn()
        waits.append(Subscription.objects.get().next_at - clock.now())
    row = Subscription.objects.get()
    assert row.problem
    assert row.fails == 14
    assert waits[0] < timedelta(minutes=2) < waits[-1] <= subscribing.MOST_WAIT
    channel.refresh_from_db()
    assert channel.health == Health.OK


def test_a_claimed_row_is_with_one_worker_until_its_lease_ends(hook, channel):
    subscribing.follow()
    assert len(subscribing.claim()) == 1
    assert subscribing.claim() == []


def test_asked_twice_at_once_the_later_answer_of_a_lost_lease_changes_nothing(hook, channel):
    subscribing.follow()
    [row] = subscribing.claim()
    Subscription.objects.update(next_at=clock.now() + timedelta(hours=1))
    subscribing.settle(row, lend=nullcontext)
    assert Subscription.objects.get().url == ""


# Where -------------------------------------------------------------------------------------------


def test_nothing_is_asked_where_the_network_could_not_reach_us(hook, channel, settings):
    for base in ("http://localhost:8000", "https://localhost", "https://10.0.0.7", "http://posko.example"):
        settings.BASE_URL = base
        due()
        turn()
    assert hook.calls == []
    assert Subscription.objects.get().url == ""


def test_what_an_old_address_was_told_is_ended(hook, channel, settings):
    turn()
    settings.BASE_URL = "http://localhost:8000"
    due()
    turn()
    assert hook.calls[1:] == [("end t", ADDRESS, False)]


def test_the_practice_networks_reach_us_on_this_machine_alone(settings):
    campaign = make.campaign(slug="latihan-kami")
    channel = make.channel(of=campaign, platform="x")
    bot = make.channel(of=campaign, platform="telegram")
    assert told_at(channel).url == f"{settings.BASE_URL}/hooks/x/"
    assert told_at(bot).url == f"{settings.BASE_URL}/hooks/telegram/latihan-kami/"
    settings.BASE_URL = "https://posko.example"
    assert hook_secrets.ear(channel) is None


def test_an_account_is_told_of_at_the_address_of_the_app_that_let_us_in(live, settings):
    channel = make.channel(of=live, platform="facebook")
    by = make.someone(live, "manager")

    def signed_in_by(client_id: str) -> str:
        ChannelSecret.objects.filter(channel=channel).update(app={"client_id": client_id, "client_secret": "s"})
        channel.secret.refresh_from_db()
        ear = hook_secrets.ear(channel)
        return ear.url.removeprefix("https://posko.example") if ear else ""

    assert signed_in_by("777") == ""
    settings.NETWORK_APPS = {"facebook": APP}
    assert signed_in_by("777") == "/hooks/facebook/"
    networks.register(live, "facebook", client_id="9", client_secret="s", allowed={}, by=by)
    assert signed_in_by("777") == "/hooks/facebook/", "the sign-in goes on with the app it was made with"
    assert signed_in_by("9") == "/hooks/facebook/nyata/"
    NetworkApp.objects.all().delete()
    assert signed_in_by("9") == ""


def test_where_a_word_alone_proves_each_campaign_has_its_own_address(live):
    for platform in ("youtube", "telegram"):
        ear = told_at(make.channel(of=live, platform=platform))
        assert ear.url == f"https://posko.example/hooks/{platform}/nyata/"
        assert ear.word != hook_secrets.word(platform, Mode.LIVE)


# Parting -----------------------------------------------------------------------------------------


def test_removing_an_account_has_its_subscription_ended_with_tokens_kept_for_that_alone(hook, channel):
    turn()
    make.remove(channel)
    assert ChannelSecret.objects.get(channel=channel).secrets == {}
    turn()
    assert hook.calls[1:] == [("end t", ADDRESS, False)]
    assert not Subscription.objects.exists()


def test_tokens_of_a_removed_account_are_gone_after_a_day_at_most(hook, channel):
    turn()
    make.remove(channel)
    hook.trouble = Temporary("server_error", status=503)
    turn()
    row = Subscription.objects.get()
    assert row.parting["secrets"] == {"token": "t", "chat": "@ratna"}
    Subscription.objects.update(parted_at=clock.now() - subscribing.PARTING - timedelta(minutes=1))
    due()
    turn()
    assert not Subscription.objects.exists()


@pytest.mark.parametrize("before", [0, 1])
def test_an_account_that_is_removed_while_the_network_is_asked_is_told_of_no_more(hook, channel, monkeypatch, before):
    for _ in range(before):
        turn()
    subscribe = hook.subscribe

    def meanwhile(account, door, ear, *, anew):
        subscribe(account, door, ear, anew=anew)
        channels.remove(channel, by=make.someone(channel.campaign, "manager"))

    monkeypatch.setattr(hook, "subscribe", meanwhile)
    Subscription.objects.update(next_at=clock.now() - timedelta(seconds=1))
    turn()
    assert hook.calls[-2:] == [("subscribe", ADDRESS, not before), ("end t", ADDRESS, False)]


def test_an_account_that_was_never_told_of_leaves_nothing_behind(hook, channel, settings):
    settings.BASE_URL = "http://localhost:8000"
    turn()
    make.remove(channel)
    assert not Subscription.objects.exists()


def test_connecting_again_before_the_network_was_told_forgets_the_parting(hook, channel):
    turn()
    make.remove(channel)
    channels.save(channel.campaign, channel.account({"token": "baru"}), by=make.someone(channel.campaign, "manager"))
    turn()
    row = Subscription.objects.get()
    assert (row.parting, row.parted_at, row.url) == (None, None, ADDRESS)
    assert hook.calls[1:] == [("subscribe", ADDRESS, True)]


# Reading meanwhile -------------------------------------------------------------------------------


def test_what_only_comes_pushed_is_not_asked_for(hook, channel, monkeypatch):
    bot = make.channel(of=channel.campaign, platform="telegram")
    listening.follow()
    Poll.objects.update(next_at=clock.now() - timedelta(seconds=1), failed_at=clock.now(), problem="telegram_hooked")
    monkeypatch.setattr(HOOKS["telegram"], "subscribe", classmethod(lambda *_args, **_more: None))
    turn()
    assert bot.pk not in {poll.channel_id for poll in listening.claim()}
    assert set(Poll.objects.filter(channel=bot).values_list("problem", flat=True)) == {""}


# In words ----------------------------------------------------------------------------------------


def test_the_page_of_accounts_says_how_posko_hears_of_each(client, live, channel, sign_in, hook):
    sign_in(Role.MANAGER, of=live)
    make.channel(of=live, platform="bluesky")
    group = make.channel(of=live, platform="whatsapp", remote_id="group:1")
    threads = make.channel(of=live, platform="threads")
    later = clock.now() + timedelta(hours=1)
    Subscription.objects.create(channel=threads, url="https://posko.example/hooks/threads/", next_at=later)
    turn()
    with translation.override("en"):
        told = showing_subscriptions.words(live, list(live.channels.select_related("campaign")))
    assert set(told) == {row.pk for row in live.channels.exclude(pk=group.pk)}, "where only people go, nobody asks"
    assert "tells Posko at once what happens here" in told[channel.pk]
    assert "once Posko's address is entered there" in told[threads.pk]
    assert "asks there by itself" in " ".join(told.values())
    hook.trouble = Reconnect("not_allowed", words="Kurang izin")
    for _ in range(2):
        due()
        turn()
    with translation.override("en"):
        told = showing_subscriptions.words(live, list(live.channels.select_related("campaign")))
        lines = list(showing_subscriptions.lines(live, list(live.channels.all()), clock.now()))
    assert "does not tell Posko by itself yet" in told[channel.pk]
    assert "Kurang izin" in told[channel.pk]
    assert [line.is_well for line in lines] == [True]
    assert "Publishing is not touched" in lines[0].do
    page = words(client.get(url("channels", live)))
    assert "Kurang izin" in page


def test_whoever_runs_posko_reads_what_to_enter_for_the_apps_that_all_share(settings):
    settings.BASE_URL = "https://posko.example"
    settings.NETWORK_APPS = {"facebook": APP, "x": APP, "tiktok": APP}
    told = StringIO()
    call_command("network_addresses", stdout=told)
    assert "facebook: https://posko.example/hooks/facebook/\n" in told.getvalue()
    assert hook_secrets.word("facebook", Mode.LIVE) in told.getvalue()
    assert "tiktok: https://posko.example/hooks/tiktok/\n" in told.getvalue()
    assert "x: nothing to enter" in told.getvalue()
