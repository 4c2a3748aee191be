"""The stop switch: nothing public leaves from the moment its commit is done, until someone lifts it."""

from django.db import transaction
from django.utils.translation import gettext as _

from campaign import audit, clock, envelopes
from campaign.access import require
from campaign.errors import Refused
from campaign.models import Action, Campaign, Delivery, Member, State
from campaign.models.delivery import DeliveryQuerySet


@transaction.atomic
def stop(campaign: Campaign, *, by: Member, reason: str) -> None:
    """Stop. Every begin asks the campaign's row under lock, so none follows this commit."""
    require(by, "campaign.stop")
    if not reason.strip():
        raise Refused(_("Say in a few words why."))
    stopped = Campaign.objects.filter(pk=campaign.pk, stopped_at=None).update(
        stopped_at=clock.now(), stopped_by=by, stop_reason=reason.strip()[:300]
    )
    if not stopped:
        raise Refused(_("Someone has already stopped this campaign."))
    audit.record("campaign.stop", campaign, by=by, reason=reason.strip()[:300])


@transaction.atomic
def resume(campaign: Campaign, *, by: Member) -> None:
    """Go on. What fell due meanwhile is held, never flushed: each waits for someone to give it a new time."""
    require(by, "campaign.stop")
    resumed = Campaign.objects.filter(pk=campaign.pk, stopped_at__isnull=False).update(
        stopped_at=None, stopped_by=None, stop_reason=""
    )
    if not resumed:
        raise Refused(_("This campaign is not stopped."))
    unsure = Delivery.objects.filter(campaign=campaign, action=Action.PUBLISH, state=State.UNSURE, asks_person=False)
    for delivery in (overdue(campaign) | unsure).select_for_update().order_by("slot"):
        envelopes.hold(delivery, problem="stopped", by=by)
    audit.record("campaign.resume", campaign, by=by)


def overdue(campaign: Campaign) -> DeliveryQuerySet:
    """What fell due while the campaign was stopped, and will be held when it goes on."""
    return Delivery.objects.filter(
        campaign=campaign, action=Action.PUBLISH, state=State.WAITING, cleared__isnull=False
    ).filter(send_at__lt=clock.now())


def on_the_wire(campaign: Campaign) -> list[Delivery]:
    """Calls that had begun before the stop and have not settled."""
    rows = Delivery.objects.filter(campaign=campaign, state=State.SENDING, begun_at__isnull=False)
    return list(rows.select_related("channel").order_by("begun_at"))
