"""A network that tells numbers as each test wants, and posts that are out on it."""

from collections.abc import Callable, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field
from datetime import timedelta
from typing import ClassVar

import pytest
from django.db import connection

from analytics import pulling
from analytics.models import Pull
from campaign import delivering
from campaign.models import Channel, Delivery, Post, State
from platforms.contents import Figure
from platforms.registry import KINDS
from tests import make
from tests.network import FakeConnector

WORDS = {"likes": "favourites_count", "reposts": "reblogs_count", "replies": "replies_count"}


@dataclass
class Crowd:
    """What voters do with our posts, as the network tells it."""

    likes: int = 3
    silent_of: set[str] = field(default_factory=set)  # metrics that are left out
    gone: set[str] = field(default_factory=set)  # remote ids
    trouble: Exception | None = None
    asked: list[list[str]] = field(default_factory=list)
    asked_of_account: int = 0
    meanwhile: Callable[[], object] = lambda: None


class Telling(FakeConnector):
    """Speaks to `crowd`, which each test sets anew."""

    crowd: ClassVar[Crowd]

    def measure(self, remote_ids: Sequence[str]) -> dict[str, list[Figure]]:
        self.crowd.asked.append(list(remote_ids))
        self.crowd.meanwhile()
        if self.crowd.trouble:
            raise self.crowd.trouble
        return {remote_id: self.figures() for remote_id in remote_ids if remote_id not in self.crowd.gone}

    def figures(self) -> list[Figure]:
        values = {"likes": self.crowd.likes, "reposts": 1, "replies": 0}
        told = {metric: value for metric, value in values.items() if metric not in self.crowd.silent_of}
        return [Figure(metric, value, WORDS[metric]) for metric, value in told.items()]

    def measure_account(self) -> list[Figure]:
        self.crowd.asked_of_account += 1
        if self.crowd.trouble:
            raise self.crowd.trouble
        return [Figure("followers", 1200, "followers_count")]


@pytest.fixture
def crowd(monkeypatch: pytest.MonkeyPatch) -> Crowd:
    """Mastodon, in this process."""
    monkeypatch.setitem(KINDS, "mastodon", Telling)
    monkeypatch.setattr(Telling, "crowd", Crowd(), raising=False)
    return Telling.crowd


def publish(post: Post, *, remote_id: str | None = None) -> list[Delivery]:
    """Let the envelopes of a scheduled post reach their networks, by the engine's own statements."""
    for platform in set(post.channels.values_list("platform", flat=True)):
        for row in delivering.claim(platform, 50):
            with connection.cursor() as cursor:
                cursor.execute("SELECT campaign_begin(%s, %s, interval '1 minute')", [row.pk, row.token])
            name = f"r-{row.pk}" if remote_id is None else remote_id
            delivering.close(row, State.SENT, {"remote_id": name, "remote_url": "https://jejaring.example/1"})
    post.refresh_from_db()
    return list(Delivery.objects.of_post(post.pk).published().order_by("pk"))


def published(*on: Channel) -> Post:
    """A post that is out on all of `on`, a minute and a half ago, so that its first reading is due."""
    post = make.post_scheduled(on=list(on) or None)
    publish(post)
    age(timedelta(seconds=90))
    return post


def age(by: timedelta) -> None:
    """Let all pulls be so much older."""
    for pull in Pull.objects.all():
        pull.since -= by
        pull.next_at = pull.next_at and pull.next_at - by
        pull.asked_at = pull.asked_at and pull.asked_at - by
        pull.save()


def read_due() -> list[bool]:
    """Claim and read in this thread and transaction; how each account went."""
    return [pulling.read(batch, lend=nullcontext) for batch in pulling.batches(pulling.claim())]


def pull_of(post: Post) -> Pull:
    """The one pull of a post on one channel."""
    return Pull.objects.get(delivery__slot__startswith=f"post:{post.pk}/")
