"""A post by somebody else's hand, against the sandbox process in each network's own dialect."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from campaign import clock, delivering
from campaign.models import Delivery, Notice, State
from engagement import tasks
from engagement.models import TIMELINE, ForeignPost, ForeignState, Poll, Strange
from tests import make
from tests.analytics.test_with_sandbox import connect
from tests.sandbox.running import Sandbox, start_sandbox

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.server]
READABLE = ["mastodon", "bluesky"]


@pytest.fixture(scope="module")
def process(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    with start_sandbox(tmp_path_factory.mktemp("sandbox")) as sandbox:
        yield sandbox


@pytest.fixture
def box(process: Sandbox, settings: Any) -> Sandbox:
    settings.SANDBOX_URL = process.url
    process.reset()
    return process


def read() -> None:
    """One beat, at which everything is due."""
    Poll.objects.filter(next_at__isnull=False).update(next_at=clock.now() - timedelta(seconds=1))
    tasks.listen()


@pytest.mark.parametrize("platform", READABLE)
def test_a_post_by_somebody_elses_hand_raises_the_alarm_and_ours_do_not(box: Sandbox, platform: str):
    campaign = make.campaign()
    make.team(campaign)
    channel = connect(box, campaign, platform)
    tasks.listen()
    make.post_scheduled(on=[channel])
    delivering.drain(platform)
    assert Delivery.objects.get(channel=channel).state == State.SENT
    read()
    assert not ForeignPost.objects.exists()
    text = "Kirim pulsa ke nomor ini."
    made = box.control("POST", "hand", platform=platform, account="ratna", text=text)
    read()
    row = ForeignPost.objects.get()
    assert (row.strange, row.text, row.remote_id) == (Strange.FOREIGN, text, made["remote_id"])
    assert row.link.startswith(box.url)
    assert Notice.objects.filter(kind="foreign_post").count() == 2


@pytest.mark.parametrize("platform", READABLE)
def test_a_post_deleted_by_somebody_elses_hand_is_told(box: Sandbox, platform: str):
    campaign = make.campaign()
    make.team(campaign)
    channel = connect(box, campaign, platform)
    tasks.listen()
    Poll.objects.filter(place=TIMELINE).update(since=clock.now() - timedelta(hours=1))
    make.post_scheduled(on=[channel])
    delivering.drain(platform)
    sent = Delivery.objects.get(channel=channel)
    Delivery.objects.filter(pk=sent.pk).update(sent_at=clock.now() - timedelta(minutes=10))
    box.control("POST", "hand", platform=platform, remote_id=sent.remote_id, act="delete")
    read()
    ForeignPost.objects.update(found_at=clock.now() - timedelta(minutes=2))
    read()
    row = ForeignPost.objects.get()
    assert (row.strange, row.state, row.delivery) == (Strange.VANISHED, ForeignState.OPEN, sent)
