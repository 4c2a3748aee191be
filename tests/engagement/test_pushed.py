"""What happens on a network arrives by itself: the practice networks push over HTTP, signed as each network signs."""

import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest

from campaign import channels, clock, practice
from campaign.models import Campaign, Channel
from engagement import tasks
from engagement.models import ForeignPost, Incoming, Poll, Push, Refusal, Strange, Subscription, Told
from platforms.base import Later
from platforms.contents import Draft, Happened
from platforms.telegram import Telegram, queue
from tests import make
from tests.platforms.make import KEY, long_film
from tests.sandbox.running import Sandbox, start_sandbox

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.server]


@pytest.fixture(scope="module")
def process(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    with start_sandbox(tmp_path_factory.mktemp("sandbox")) as sandbox:
        yield sandbox


@pytest.fixture
def box(process: Sandbox, settings: Any, live_server: Any) -> Sandbox:
    settings.SANDBOX_URL, settings.BASE_URL = process.url, live_server.url
    process.reset()
    return process


@pytest.fixture
def ours(campaign: Campaign, team: Any) -> Campaign:
    return campaign


def hub_knows(box: Sandbox, channel: Channel, *, wanted: bool = True) -> None:
    """YouTube's hub asks back before it believes us: wait until it does."""
    until = time.monotonic() + 8
    while channel.platform == "youtube" and time.monotonic() < until:
        topics = box.control("GET", "hooks?platform=youtube").get("topics", {})
        if (channel.remote_id in topics) == wanted:
            return
        time.sleep(0.02)
    assert channel.platform != "youtube", "the hub did not believe us"


def opened(box: Sandbox, campaign: Campaign, platform: str) -> Channel:
    """A practice account that is connected, and told of."""
    channel = practice.connect(campaign, platform, by=make.someone(campaign, "manager"))
    tasks.subscribe()
    row = Subscription.objects.get(channel=channel)
    assert (row.problem, bool(row.url), bool(row.asked_at)) == ("", True, True)
    hub_knows(box, channel)
    return channel


def heard(found: Callable[[], Any], seconds: float = 8) -> Any:
    """What is there once the network has pushed and Posko has read it."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        tasks.read_pushes()
        if answer := found():
            return answer
        time.sleep(0.05)
    raise AssertionError(f"nothing came; {list(Push.objects.values('platform', 'state', 'problem'))}, {refused()}")


def refused() -> list[Any]:
    return list(Refusal.objects.values_list("platform", "number"))


def began() -> None:
    """Read once, as if Posko had begun a minute ago: networks tell whole seconds."""
    tasks.listen()
    now = clock.now()
    Poll.objects.update(since=now - timedelta(minutes=1))
    Poll.objects.filter(next_at__isnull=False).update(next_at=now - timedelta(seconds=1))
    tasks.listen()


def by_voter(box: Sandbox, channel: Channel, act: str, text: str, **more: Any) -> str:
    handle = channel.handle.removeprefix("@") or channel.name
    told = box.control("POST", "voters", platform=channel.platform, account=handle, act=act, text=text, **more)
    return str(told["remote_id"])


def by_hand(box: Sandbox, channel: Channel, text: str) -> str:
    handle = channel.handle.removeprefix("@")
    return str(box.control("POST", "hand", platform=channel.platform, account=handle, text=text)["remote_id"])


# Each network ------------------------------------------------------------------------------------


@pytest.mark.parametrize("platform", ["facebook", "instagram", "x", "telegram"])
def test_a_voters_message_arrives_by_itself_and_once(box, ours, platform):
    channel = opened(box, ours, platform)
    box.fault("duplicate_webhook", platform=platform, times=None)
    by_voter(box, channel, "message", "Kapan ke desa kami, Bu?")
    row = heard(Incoming.objects.first)
    assert (row.channel, row.place, row.text) == (channel, "message", "Kapan ke desa kami, Bu?")
    tasks.read_pushes()
    assert Incoming.objects.count() == 1
    assert not refused()


@pytest.mark.parametrize("platform", ["facebook", "threads", "x"])
def test_a_voters_mention_arrives_by_itself(box, ours, platform):
    channel = opened(box, ours, platform)
    by_voter(box, channel, "mention", "jalan kami rusak")
    row = heard(Incoming.objects.first)
    assert (row.channel, row.place) == (channel, "mention")
    assert "jalan kami rusak" in row.text


@pytest.mark.parametrize("platform", ["facebook", "instagram", "threads"])
def test_a_voters_comment_below_somebody_elses_post_on_our_account_arrives(box, ours, platform):
    channel = opened(box, ours, platform)
    post = by_hand(box, channel, "Selamat pagi")
    box.control("POST", "voters", platform=platform, remote_id=post, act="reply", text="Kapan, Bu?")
    row = heard(Incoming.objects.first)
    assert (row.channel, row.place, row.text, row.about) == (channel, "comment", "Kapan, Bu?", post)


@pytest.mark.parametrize("platform", ["facebook", "threads", "youtube"])
def test_a_post_by_somebody_else_has_the_timeline_read_at_once(box, ours, platform):
    channel = opened(box, ours, platform)
    began()
    assert not ForeignPost.objects.exists()
    name = by_hand(box, channel, "Kirim pulsa ke nomor ini.")
    heard(lambda: Told.objects.filter(happened=Happened.PUBLISHED.value).exists())
    tasks.listen()  # nothing else is due
    row = ForeignPost.objects.get()
    assert (row.channel, row.strange, row.remote_id) == (channel, Strange.FOREIGN, name)


def test_a_post_by_somebody_else_on_telegram_is_told_by_the_push_alone(box, ours):
    channel = opened(box, ours, "telegram")
    began()
    name = by_hand(box, channel, "Kirim pulsa ke nomor ini.")
    row = heard(ForeignPost.objects.first)
    assert (row.channel, row.strange) == (channel, Strange.FOREIGN)
    assert row.remote_id.endswith(f":{name}") or row.remote_id == name


def test_a_film_that_went_public_on_tiktok_without_a_delivery_is_found_at_once(box, ours):
    channel = opened(box, ours, "tiktok")
    began()
    tiktok, handle = channels.connector(channel), ""
    sent, until = None, time.monotonic() + 8
    while sent is None and time.monotonic() < until:
        try:
            sent = tiktok.publish(Draft("", video=long_film(1000)), key=KEY, handle=handle, keep=lambda _handle: None)
        except Later as later:
            handle = later.handle
            time.sleep(0.05)
    assert sent is not None
    assert not ForeignPost.objects.exists()
    told = {"account": channel.handle.removeprefix("@"), "act": "finish", "remote_id": sent.remote_id, "text": "Halo"}
    name = box.control("POST", "hand", platform="tiktok", **told)["remote_id"]
    heard(lambda: Told.objects.filter(happened=Happened.PUBLISHED.value).exists())
    tasks.listen()
    assert ForeignPost.objects.get().remote_id == name


# On and off --------------------------------------------------------------------------------------


@pytest.mark.parametrize("platform", ["facebook", "instagram", "x", "telegram", "youtube"])
def test_a_removed_account_is_told_of_no_more_and_its_tokens_are_forgotten(box, ours, platform):
    channel = opened(box, ours, platform)
    make.remove(channel)
    row = Subscription.objects.get()
    assert row.parting["secrets"]
    tasks.subscribe()
    assert not Subscription.objects.exists()
    hub_knows(box, channel, wanted=False)
    act_on(box, channel)
    time.sleep(0.7)
    assert not Push.objects.exists()
    assert not refused()


def act_on(box: Sandbox, channel: Channel) -> None:
    """Something of which the network would tell."""
    if channel.platform == "youtube":
        by_hand(box, channel, "Film baru")
    else:
        by_voter(box, channel, "message", "Halo")


def test_an_account_that_another_campaign_has_too_is_still_told_of(box, ours):
    mine = opened(box, ours, "facebook")
    other = make.campaign()
    manager = make.someone(other, "manager")
    account = channels.connector(mine).account
    theirs = channels.save(other, account, by=manager)
    tasks.subscribe()
    make.remove(mine)
    tasks.subscribe()
    by_voter(box, theirs, "message", "Halo")
    assert heard(Incoming.objects.first).channel == theirs


def test_telegram_is_not_asked_while_it_tells_and_is_asked_again_where_it_cannot_reach_us(box, ours, settings):
    channel = opened(box, ours, "telegram")
    asked = lambda: [each for each in box.requests() if "getUpdates" in str(each)]  # noqa: E731
    began()
    assert not asked()
    settings.BASE_URL = "http://posko.internal"
    Subscription.objects.update(next_at=clock.now())
    tasks.subscribe()
    assert Subscription.objects.get().url == ""
    by_voter(box, channel, "message", "Halo lagi")
    Poll.objects.filter(next_at__isnull=False).update(next_at=clock.now() - timedelta(seconds=1))
    tasks.listen()
    assert asked()
    assert Incoming.objects.get().text == "Halo lagi"
    assert not Push.objects.exists()


def test_a_bot_that_another_program_takes_is_told_in_words_and_taken_back_by_connecting_again(box, ours):
    channel = opened(box, ours, "telegram")
    bot = channels.connector(channel)
    assert isinstance(bot, Telegram)
    bot.listen(f"{box.url}/lain/", "kata")
    Subscription.objects.update(next_at=clock.now())
    tasks.subscribe()
    row = Subscription.objects.get()
    assert (row.problem, row.fails) == ("telegram_hooked", 1)
    channels.save(ours, bot.account, by=make.someone(ours, "manager"))
    tasks.subscribe()
    row.refresh_from_db()
    assert (row.problem, row.fails) == ("", 0)
    by_voter(box, channel, "message", "Halo")
    assert heard(Incoming.objects.first).channel == channel


def test_what_telegram_could_not_bring_is_told_and_comes_once_it_can(box, ours):
    channel = opened(box, ours, "telegram")
    bot = channels.connector(channel)
    assert isinstance(bot, Telegram)
    bot.listen(Subscription.objects.get().url, "kata-yang-lain")  # so that Posko refuses what comes
    by_voter(box, channel, "message", "Halo")
    until = time.monotonic() + 8
    while not queue.hooked(bot).trouble and time.monotonic() < until:
        time.sleep(0.05)
    Subscription.objects.update(next_at=clock.now())
    tasks.subscribe()
    row = Subscription.objects.get()
    assert (row.problem, row.fails) == ("hook_failing", 1) and "403" in row.problem_params["words"]
    assert heard(Incoming.objects.first).text == "Halo"
    Subscription.objects.update(next_at=clock.now())
    tasks.subscribe()
    row.refresh_from_db()
    assert (row.problem, row.fails) == ("", 0), "an error of before is none once nothing waits any more"


@pytest.mark.parametrize("platform", ["facebook", "x", "telegram", "youtube"])
def test_a_network_in_trouble_is_tried_again_and_the_account_stays_connected(box, ours, platform):
    channel = practice.connect(ours, platform, by=make.someone(ours, "manager"))
    box.fault("status", code=503, platform=platform, times=None)
    tasks.subscribe()
    row = Subscription.objects.get(channel=channel)
    assert row.problem
    assert (row.fails, row.url) == (1, "")
    assert timedelta(0) < row.next_at - clock.now() <= timedelta(hours=1)
    channel.refresh_from_db()
    assert channel.is_ok
    box.control("DELETE", "faults")
    Subscription.objects.update(next_at=clock.now())
    tasks.subscribe()
    row.refresh_from_db()
    assert (row.problem, row.fails, bool(row.url)) == ("", 0, True)
    hub_knows(box, channel)
    act_on(box, channel)
    heard(Push.objects.exists)


@pytest.mark.parametrize("platform", ["facebook", "x", "telegram", "youtube", "instagram"])
def test_asking_again_is_asking_once(box, ours, platform):
    channel = opened(box, ours, platform)
    Subscription.objects.update(next_at=clock.now())
    tasks.subscribe()
    act_on(box, channel)
    heard(Told.objects.exists)
    time.sleep(0.5)
    tasks.read_pushes()
    assert Push.objects.count() == 1
