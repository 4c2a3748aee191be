"""When things run. Celery only wakes; the rows hold the time, the tries and the lock."""

from celery import shared_task
from celery.signals import worker_shutting_down

from campaign import audit, channels, delivering, digest, overriding, pulse, settling
from campaign.team import membership


@worker_shutting_down.connect
def end_cleanly(**_: object) -> None:
    """Let the drains of this process finish what is on the wire and claim no more."""
    delivering.closing.set()


@shared_task(name="campaign.tick", ignore_result=True)
def tick() -> None:
    """Each second: wake the drains, bring back what was lost, hold what is late. A missed tick only delays."""
    for platform in delivering.due_platforms():
        drain.apply_async((platform,), expires=5)
    settling.sweep()
    pulse.beat("tick")


@shared_task(name="campaign.drain", ignore_result=True)
def drain(platform: str) -> None:
    """Send what is due on one platform until nothing is. Harmless to run twice: the claim decides."""
    delivering.drain(platform)


@shared_task(name="campaign.settle", ignore_result=True)
def settle() -> None:
    """Each two seconds: wake those who ask what became of unsure envelopes. Also the senders' sign of life."""
    pulse.beat("deliver")
    for platform in settling.due_platforms():
        look.apply_async((platform,), expires=10)


@shared_task(name="campaign.look", ignore_result=True)
def look(platform: str) -> None:
    """Ask one network what became of its unsure envelopes. Harmless to run twice: the claim decides."""
    settling.settle(platform)


@shared_task(name="campaign.watch", ignore_result=True)
def watch() -> None:
    """Test the accounts that have not been tested for an hour."""
    for channel in channels.untested():
        channels.check(channel)


@shared_task(name="campaign.seal_audit", ignore_result=True)
def seal_audit() -> None:
    """Chain the rows of the record that are final."""
    while audit.seal() == audit.BATCH:
        pass


@shared_task(name="campaign.send_day_seals", ignore_result=True)
def send_day_seals() -> None:
    """Send yesterday's seal to candidates and managers; once a day, however often it is asked."""
    digest.send_day_seals()


@shared_task(name="campaign.begin_rules", ignore_result=True)
def begin_rules() -> None:
    """Put loosened rules in force whose day has passed. A missed run only delays."""
    overriding.begin_due()


@shared_task(name="campaign.end_access", ignore_result=True)
def end_access() -> None:
    """Clear up after those whose access has ended; they are refused from that very moment, with or without this."""
    membership.end_due()
