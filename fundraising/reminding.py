"""Who is reminded of a receipt that is missing: the treasurers, else the managers; until it is there."""

import logging
from datetime import datetime

from django.db import transaction

from campaign import audit, clock, notices
from campaign.models import Campaign, Member, Notice, Role
from fundraising import wording
from fundraising.recording import NOTICE, PART
from fundraising.register import Entry, Register

log = logging.getLogger("posko.fundraising")


def remind_all() -> int:
    """Remind the people of every campaign; how many ads it was about. Harmless to run twice."""
    told = 0
    for campaign in Campaign.objects.filter(parts__contains=[PART]).select_related("ruleset").order_by("pk").iterator():
        try:
            told += remind(campaign, clock.now())
        except Exception:
            log.exception("ads of campaign %s: nobody could be reminded", campaign.pk)  # the others' can
    return told


@transaction.atomic
def remind(campaign: Campaign, now: datetime) -> int:
    """Tell of each receipt that is late; close what was told of others."""
    late = [entry for entry in Register(campaign, now).entries if entry.lacks_receipt]
    about = [audit.about(entry.ad) for entry in late]
    old = Notice.objects.open().filter(campaign=campaign, kind=NOTICE).exclude(about__in=about)
    old.update(done_at=now)
    people = _people(campaign)
    for entry in late:
        _tell(entry, people)
    return len(late)


def _tell(entry: Entry, people: list[Member]) -> None:
    ad = entry.ad
    told = {"where": ad.where, "until": ad.last_day.isoformat(), "spend": wording.rupiah(ad.spend or 0)}
    notices.tell(NOTICE, ad, to=people, url=ad.get_absolute_url(), **told)


def _people(campaign: Campaign) -> list[Member]:
    team = Member.objects.active().filter(campaign=campaign)
    return list(team.filter(role=Role.TREASURER)) or list(team.filter(role=Role.MANAGER))
