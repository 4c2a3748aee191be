"""When things run. Celery only wakes; the rows hold the time, the tries and the lock."""

import logging

from celery import shared_task
from celery.signals import worker_shutting_down
from django.conf import settings

from campaign import (
    audit,
    bucket,
    channels,
    clock,
    delivering,
    digest,
    expiring,
    handing,
    overriding,
    pulse,
    settling,
    signing_in,
    sweeping,
)
from campaign.approving import reminding
from campaign.duties import reminding as duty_reminding
from campaign.operations import at_risk, backing_up
from campaign.operations.programs import Unfit
from campaign.team import membership

log = logging.getLogger("posko.tasks")


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


@shared_task(name="campaign.look_after_handed", ignore_result=True)
def look_after_handed() -> None:
    """Each minute: ask whether what waits for a person at a network is public by now, and remind who sends by hand."""
    handing.look()
    handing.remind()


@shared_task(name="campaign.watch", ignore_result=True)
def watch() -> None:
    """Test the accounts that have not been tested for an hour. Also a sign of life of those who measure."""
    pulse.beat("measure")
    signing_in.sweep()
    for channel in channels.untested():
        channels.check(channel)


@shared_task(name="campaign.seal_audit", ignore_result=True)
def seal_audit() -> None:
    """Chain the rows of the record that are final. Also a sign of life of those who do the rest."""
    pulse.beat("work")
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


@shared_task(name="campaign.remind_duties", ignore_result=True)
def remind_duties() -> None:
    """Remind owners of what is due soon or late; once a day each, however often it is asked."""
    duty_reminding.remind_all()


@shared_task(name="campaign.remind_sign_ins", ignore_result=True)
def remind_sign_ins() -> None:
    """Remind owners of sign-ins that end soon; once each, however often it is asked."""
    expiring.remind_all()


@shared_task(name="campaign.examine_risks", ignore_result=True)
def examine_risks() -> None:
    """Each five minutes: tell the owners of what might not leave within the hour. Telling twice changes nothing."""
    at_risk.tell_owners()


@shared_task(name="campaign.back_up", ignore_result=True)
def back_up() -> None:
    """Each quarter of an hour: the daily backup, where Posko makes it itself and it is time."""
    if settings.BACKUP_DAILY:
        try:
            backing_up.take_if_old()
        except Unfit as problem:
            log.error("no backup: %s", problem.message)


@shared_task(name="campaign.remind", ignore_result=True)
def remind() -> None:
    """Each minute: tell those whose approval is needed, the deputy at the deadline, and whoever it is too late for."""
    reminding.run()


@shared_task(name="campaign.end_access", ignore_result=True)
def end_access() -> None:
    """Clear up after those whose access has ended; they are refused from that very moment, with or without this."""
    membership.end_due()


@shared_task(name="campaign.sweep_pictures", ignore_result=True)
def sweep_pictures() -> None:
    """Each night: delete the pictures that nothing shows. A missed run only delays."""
    log.info("%d unused pictures deleted", sweeping.sweep(clock.now()))
    log.info("%d files taken from the bucket", bucket.sweep(clock.now()))
