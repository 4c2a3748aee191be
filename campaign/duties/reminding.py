"""Who is reminded of what: the owner 14, 7, 3 and 1 days before, on the day, and each day after it until it is done."""

import logging
from datetime import datetime

from django.db import transaction

from campaign import audit, clock, notices
from campaign.duties import deeds, reading
from campaign.duties.reading import Standing
from campaign.models import Campaign, Duty, Notice

log = logging.getLogger("posko.duties")

STEPS = (0, 1, 3, 7, 14)
"""Days before the deadline. A reminder that was missed, because nothing ran on its day, goes out on the next."""


def remind_all() -> int:
    """Remind everybody of every campaign; how many reminders. Harmless to run twice: one that was told is not again."""
    told = 0
    for campaign in Campaign.objects.select_related("ruleset").order_by("pk").iterator():
        try:
            told += remind(campaign, clock.now())
        except Exception:
            log.exception("duties of campaign %s: nobody could be reminded", campaign.pk)  # the others' can
    return told


def remind(campaign: Campaign, now: datetime) -> int:
    """Tell each owner what is due soon or late; close what was told of a day that has moved away."""
    open_ones = Notice.objects.open().filter(campaign=campaign, kind__in=deeds.NOTICES)
    told_of = set(open_ones.values_list("about", flat=True))
    return sum(_remind(each, told_of) for each in reading.of(campaign, now))


def step_of(days_left: int | None) -> int | None:
    """Which reminder it is time for: the nearest of `STEPS`, or the days it is late; None when it is too early."""
    if days_left is None or days_left > STEPS[-1]:
        return None
    return days_left if days_left < 0 else next(step for step in STEPS if days_left <= step)


@transaction.atomic
def _remind(standing: Standing, told_of: set[str]) -> int:
    step = None if standing.is_done else step_of(standing.days_left)
    row = standing.row
    if step is None or standing.owner is None or standing.due is None:
        if row and audit.about(row) in told_of:
            _close(row)
        return 0
    row = deeds.locked(standing.campaign.pk, standing.key)
    if row.done_at is not None:  # meanwhile
        return 0
    params = {"duty": standing.key, "due": standing.due.isoformat(), "step": step}
    kind = "duty_late" if step < 0 else "duty_due"
    mine = Notice.objects.filter(member=standing.owner, about=audit.about(row), kind__in=deeds.NOTICES)
    if mine.filter(made_at__gte=row.changed_at, params=params).exists():
        return 0
    _close(row)
    notices.tell(kind, row, to=[standing.owner], url=standing.get_absolute_url(), **params)
    return 1


def _close(row: Duty) -> None:
    for kind in deeds.NOTICES:
        notices.done(kind, row)
