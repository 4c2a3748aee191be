"""The stop switch: nothing public leaves from the moment its commit is done, until someone lifts it.

Neither stopping nor going on asks anything of Redis: both are one change of the campaign's row, which every begin
reads under lock.
"""

import logging
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from smtplib import SMTPRecipientsRefused, SMTPResponseException

from django.core.mail import EmailMessage
from django.db import transaction
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import override

from campaign import audit, clock, envelopes, notices
from campaign.access import require
from campaign.errors import Refused
from campaign.models import Action, Campaign, Delivery, Member, Role, State
from campaign.models.delivery import DeliveryQuerySet

RESTORED = "restored:"
"""How the reason begins where nobody stopped it, but a backup was restored; its time follows, then the old reason."""
log = logging.getLogger("posko.stopping")


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
    others = [member for member in _told(campaign) if member.pk != by.pk]
    url = reverse("campaign:operations", args=[campaign.slug])
    notices.tell("stopped", campaign, to=others, url=url, by=str(by), reason=reason.strip()[:120])


@transaction.atomic
def resume(
    campaign: Campaign, *, by: Member, not_out: Collection[int] = (), stopped_at: datetime | None = None
) -> None:
    """Go on. What fell due meanwhile is held, never flushed: each waits for someone to give it a new time.

    `stopped_at`: the stop that `by` has read about; one that somebody pressed since is not lifted unread.
    `not_out`: the envelopes in doubt since a backup was restored that `by` has looked up and not found; those leave at
    their time, and the others are asked for, one by one.
    """
    require(by, "campaign.stop")
    stopped = Campaign.objects.filter(pk=campaign.pk, stopped_at__isnull=False)
    read = stopped.filter(stopped_at=stopped_at) if stopped_at else stopped
    if not read.update(stopped_at=None, stopped_by=None, stop_reason=""):
        if stopped.exists():
            raise Refused(_("Somebody has stopped this campaign anew while you were reading. Read why, then decide."))
        raise Refused(_("This campaign is not stopped."))
    _end_doubt(campaign, by=by, not_out=not_out)
    unsure = Delivery.objects.filter(campaign=campaign, action=Action.PUBLISH, state=State.UNSURE, asks_person=False)
    for delivery in (overdue(campaign) | unsure).select_for_update().order_by("slot"):
        envelopes.hold(delivery, problem="stopped", by=by)
    audit.record("campaign.resume", campaign, by=by)
    for kind in ("stopped", "restored", "resumed"):
        notices.done(kind, campaign)
    told = _told(campaign)
    others = [member for member in told if member.pk != by.pk]
    notices.tell("resumed", campaign, to=others, url=campaign.get_absolute_url(), by=str(by))
    transaction.on_commit(lambda: _mail(campaign, told, by))


def _end_doubt(campaign: Campaign, *, by: Member, not_out: Collection[int]) -> None:
    for delivery in in_doubt(campaign).select_for_update().order_by("slot"):
        if delivery.pk in not_out:
            Delivery.objects.filter(pk=delivery.pk).update(
                doubtful=False, repeat_until=None, problem="", problem_params={}
            )
            audit.record("delivery.decide", delivery, by=by, to=State.WAITING.value)
        else:
            envelopes.hold(delivery, problem="restored", by=by)


# What a stop leaves behind -----------------------------------------------------------------------


def overdue(campaign: Campaign) -> DeliveryQuerySet:
    """What fell due while the campaign was stopped, and will be held when it goes on."""
    return Delivery.objects.filter(
        campaign=campaign, action=Action.PUBLISH, state=State.WAITING, cleared__isnull=False
    ).filter(send_at__lt=clock.now())


def planned(campaign: Campaign) -> DeliveryQuerySet:
    """What leaves at its time once the campaign goes on."""
    rows = Delivery.objects.filter(campaign=campaign, action=Action.PUBLISH, state=State.WAITING)
    return rows.filter(cleared=F("fingerprint"), send_at__gte=clock.now())


def in_doubt(campaign: Campaign) -> DeliveryQuerySet:
    """What is planned for later and may be out already: it is from a backup, and its time may have been moved since."""
    return planned(campaign).filter(doubtful=True, repeat_until__lt=clock.now())


def on_the_wire(campaign: Campaign) -> list[Delivery]:
    """Calls that had begun before the stop and have not settled: under way, or unanswered and being asked for."""
    begun = Q(state=State.SENDING, begun_at__isnull=False) | Q(state=State.UNSURE, asks_person=False)
    rows = Delivery.objects.filter(begun, campaign=campaign)
    return list(rows.select_related("channel").order_by("begun_at", "pk"))


@dataclass(frozen=True)
class Reason:
    """Why publishing is stopped: people's words, and the time of the backup where one was restored."""

    words: str
    backup_at: datetime | None = None


def reason(campaign: Campaign) -> Reason:
    """The reason of a stopped campaign, taken apart."""
    text = campaign.stop_reason
    if not text.startswith(RESTORED):
        return Reason(text)
    taken, _space, before = text.removeprefix(RESTORED).partition(" ")
    try:
        return Reason(before, datetime.fromisoformat(taken))
    except ValueError:
        return Reason(text)


# Telling -----------------------------------------------------------------------------------------


def _told(campaign: Campaign) -> list[Member]:
    people = Member.objects.active().filter(campaign=campaign, role__in=(Role.MANAGER, Role.CANDIDATE))
    return list(people.select_related("user"))


def _mail(campaign: Campaign, people: list[Member], by: Member) -> None:
    """After the commit: publishing goes on whether or not a mail can be sent."""
    with override("id"):
        for member in people:
            if not member.user.email:
                continue
            mail = EmailMessage(
                _("Publishing goes on: %(campaign)s") % {"campaign": campaign.name},
                _(
                    "%(name)s lifted the stop. What fell due meanwhile is held and was not published: "
                    "open Posko and give each a new time, or publish it now.\n"
                )
                % {"name": by},
                to=[str(member.user.email)],
            )
            try:
                mail.send()
            except OSError as error:  # smtplib's errors are such; the notice stands in Posko all the same
                log.exception("member %s could not be told by mail", member.pk)
                if not isinstance(error, SMTPRecipientsRefused | SMTPResponseException):
                    return  # nobody answers there, and each who waits for that waits twenty seconds
