"""Where only people publish: a status, a group or a channel on WhatsApp, and the one member who sends there.

Added by name, without any sign-in. Posko keeps no telephone numbers and nobody's names but the sender's.
"""

from datetime import timedelta
from typing import Any
from uuid import uuid4

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from campaign import audit, clock, envelopes, handing, notices
from campaign.access import MAY, require
from campaign.errors import Refused
from campaign.models import Campaign, Channel, Delivery, Health, Member, State
from platforms.whatsapp import Sort, WhatsApp, limits_of

OPEN = (State.WAITING, State.SENDING, State.HELD, State.UNSURE, State.HANDED)


def senders(campaign: Campaign) -> list[Member]:
    """Who may be the one that sends."""
    rows = Member.objects.active().filter(campaign=campaign, role__in=MAY["delivery.finish"])
    return list(rows.select_related("user").order_by("user__name", "pk"))


@transaction.atomic
def save(campaign: Campaign, told: dict[str, Any], *, by: Member, again: Channel | None = None) -> Channel:
    """Add a place, or change the name, link and sender of one. `told`: name, sort, url, owner. Raises Refused."""
    require(by, "channel.connect")
    row = again or Channel(
        campaign=campaign,
        platform=WhatsApp.kind,
        server=WhatsApp.home,
        remote_id=f"{told['sort']}:{uuid4().hex}",
        connected_at=clock.now(),
        # A person is no network that wants a pause between two posts.
        pace_burst=100,
        pace_every=timedelta(seconds=1),
    )
    row.name = row.handle = told["name"]
    row.url, row.owner = told["url"], told["owner"]
    row.limits = limits_of(Sort(row.sort), settings.WHATSAPP_LIMITS)
    row.health = Health.OK
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError:
        raise Refused(_("There is one of this name already. Change that one, or choose another name.")) from None
    audit.record("channel.change" if again else "channel.connect", row, by=by, platform=row.platform)
    _give_over(row)
    return row


def _give_over(channel: Channel) -> None:
    """What is open there is the new sender's."""
    theirs = Delivery.objects.filter(channel=channel, state__in=OPEN).exclude(owner=channel.owner)
    for delivery in theirs.select_for_update().order_by("slot"):
        Delivery.objects.filter(pk=delivery.pk).update(owner=channel.owner)
        delivery.owner = channel.owner
        if delivery.state == State.HANDED:
            for kind in ("handed", handing.REMINDER):
                notices.done(kind, delivery)
            envelopes.announce(delivery)
