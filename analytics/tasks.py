"""When things run. Celery only wakes; the rows hold the time, the tries and the lock."""

from celery import shared_task

from analytics import partitions, pulling
from campaign import clock


@shared_task(name="analytics.pull", ignore_result=True)
def pull() -> None:
    """Read what is due until nothing is. Harmless to run twice: the claim decides."""
    pulling.pull()


@shared_task(name="analytics.make_partitions", ignore_result=True)
def make_partitions() -> None:
    """Make the partitions of this month and the next three, where they are missing."""
    partitions.make_ahead(clock.now())
