"""Two workers at once, on connections of their own: nothing is asked for twice."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from django.db import connection

from analytics import pulling, tasks
from analytics.models import Pull, Reading
from campaign import clock
from tests import make
from tests.analytics.conftest import Crowd, published

pytestmark = pytest.mark.django_db(transaction=True)
POSTS = 40


@pytest.fixture
def posts(crowd: Crowd) -> None:
    channels = [make.channel(pace=(100, timedelta(seconds=1))) for _ in range(4)]
    for number in range(POSTS):
        published(channels[number % 4])
    Pull.objects.update(next_at=clock.now() - timedelta(seconds=1))


def test_two_workers_that_claim_at_once_never_take_the_same(posts):
    barrier = Barrier(2)

    def claim_all() -> list[int]:
        barrier.wait()
        taken = []
        try:
            while claimed := pulling.claim(most=3):
                taken += [pull.pk for pull in claimed]
        finally:
            connection.close()
        return taken

    with ThreadPoolExecutor(2) as pool:
        one, two = pool.submit(claim_all), pool.submit(claim_all)
    counts = Counter(one.result() + two.result())
    assert len(counts) == POSTS
    assert set(counts.values()) == {1}


def test_the_task_run_twice_at_once_reads_everything_once(posts, crowd: Crowd):
    barrier = Barrier(2)

    def run() -> None:
        barrier.wait()
        try:
            tasks.pull()
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        for done in [pool.submit(run), pool.submit(run)]:
            done.result()
    asked = Counter(remote_id for call in crowd.asked for remote_id in call)
    assert len(asked) == POSTS
    assert set(asked.values()) == {1}
    assert Reading.objects.values("pull").distinct().count() == POSTS
