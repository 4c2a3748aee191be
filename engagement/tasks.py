"""When things run. Celery only wakes; the rows hold the time, the tries and the lock."""

import logging
from datetime import timedelta

from celery import shared_task
from django.conf import settings

from campaign import clock
from engagement import happening, incoming, listening, receiving, subscribing

log = logging.getLogger("posko.hooks")
ODD_FOR = timedelta(days=3)


@shared_task(name="engagement.read_pushes", ignore_result=True)
def read_pushes() -> None:
    """Each two seconds: make of the pushes what they say. Harmless to run twice at once."""
    receiving.read_all()
    happening.look_again()


@shared_task(name="engagement.listen", ignore_result=True)
def listen() -> None:
    """Read what is due of timelines, comments, mentions and messages. Harmless to run twice: the claim decides."""
    listening.listen()


@shared_task(name="engagement.subscribe", ignore_result=True)
def subscribe() -> None:
    """Have the networks tell us by themselves, and go on doing so. Harmless to run twice: the claim decides."""
    subscribing.subscribe()


@shared_task(name="engagement.sweep", ignore_result=True)
def sweep() -> None:
    """Each night: delete old pushes, and what people wrote to campaigns long over. A missed run only delays."""
    now = clock.now()
    receiving.read_odd_again(now - ODD_FOR)
    log.info("%d old pushes deleted", receiving.sweep(now - settings.PUSHES_KEPT))
    log.info("%d old messages deleted", incoming.sweep(now))
