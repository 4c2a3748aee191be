"""From the engine to the numbers and back, against the sandbox process in each network's own dialect."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from analytics import metrics, tasks
from analytics.models import Pull, Reading
from campaign import channels, delivering
from campaign.models import Campaign, Channel, Delivery, State
from platforms.bluesky import Bluesky
from platforms.contents import Account
from platforms.mastodon import Mastodon
from platforms.telegram import Telegram
from tests import make
from tests.analytics.conftest import age
from tests.sandbox.running import Sandbox, start_sandbox

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.server]
MEASURED = ["mastodon", "bluesky"]


@pytest.fixture(scope="module")
def process(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    with start_sandbox(tmp_path_factory.mktemp("sandbox")) as sandbox:
        yield sandbox


@pytest.fixture
def box(process: Sandbox, settings: Any) -> Sandbox:
    settings.SANDBOX_URL = process.url
    process.reset()
    return process


def connect(box: Sandbox, campaign: Campaign, platform: str) -> Channel:
    keys = box.account(platform)["secrets"]
    door, server = channels.door(campaign), channels.server_for(campaign, platform, "")
    account: Account
    if platform == "mastodon":
        account = Mastodon.connect(door, server, keys["token"])
    elif platform == "bluesky":
        account = Bluesky.connect(door, server, keys["identifier"], keys["app_password"])
    else:
        account = Telegram.connect(door, server, keys["token"], keys["chat"])
    return channels.save(campaign, account, by=make.someone(campaign, "manager"))


def publish(channel: Channel) -> Delivery:
    make.post_scheduled(on=[channel])
    delivering.drain(channel.platform)
    return Delivery.objects.get(channel=channel, state=State.SENT)


def read_after(minutes: int) -> None:
    age(timedelta(minutes=minutes))
    tasks.pull()


def act(box: Sandbox, delivery: Delivery, act: str, number: int = 1) -> None:
    body = {"platform": delivery.channel.platform, "remote_id": delivery.remote_id, "act": act, "number": number}
    box.control("POST", "voters", **body)


@pytest.mark.parametrize("platform", MEASURED)
def test_what_voters_do_comes_back_as_numbers(box: Sandbox, platform: str):
    delivery = publish(connect(box, make.campaign(), platform))
    read_after(minutes=2)
    act(box, delivery, "like", 41)
    act(box, delivery, "repost", 7)
    act(box, delivery, "reply")
    read_after(minutes=5)
    pull = Pull.objects.get(delivery=delivery)
    series = {
        metric: [row.value for row in Reading.objects.series(pull, metric)]
        for metric in ("likes", "reposts", "replies")
    }
    assert series == {"likes": [0, 41], "reposts": [0, 7], "replies": [0, 1]}


@pytest.mark.parametrize("platform", [*MEASURED, "telegram"])
def test_the_account_itself_is_read_and_every_metric_has_a_word(box: Sandbox, platform: str):
    channel = connect(box, make.campaign(), platform)
    publish(channel)
    tasks.pull()  # begins to follow the account
    read_after(minutes=2)
    told = set(Reading.objects.values_list("metric", flat=True))
    assert "followers" in set(Reading.objects.filter(pull__delivery=None).values_list("metric", flat=True))
    assert told <= metrics.METRICS.keys()
    assert not Pull.objects.filter(failed_at__isnull=False).exists()


@pytest.mark.parametrize("platform", MEASURED)
def test_a_post_deleted_on_the_network_is_gone_and_not_zero(box: Sandbox, platform: str):
    delivery = publish(connect(box, make.campaign(), platform))
    read_after(minutes=2)
    box.control("POST", "hand", platform=platform, remote_id=delivery.remote_id, act="delete")
    read_after(minutes=5)
    pull = Pull.objects.get(delivery=delivery)
    assert pull.gone_at
    assert Reading.objects.series(pull, "likes").count() == 1


@pytest.mark.parametrize("platform", MEASURED)
def test_a_network_in_trouble_leaves_a_gap_and_then_goes_on(box: Sandbox, platform: str):
    delivery = publish(connect(box, make.campaign(), platform))
    box.fault("status", code=503, platform=platform, times=None)
    read_after(minutes=2)
    pull = Pull.objects.get(delivery=delivery)
    assert pull.problem == "server_error"
    assert not Reading.objects.filter(pull=pull).exists()
    box.control("DELETE", "faults")
    read_after(minutes=2)
    pull.refresh_from_db()
    assert pull.read_at
    assert not pull.problem
