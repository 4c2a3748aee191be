"""By when an approval is wanted, when people are reminded of it, and when they are left in peace. Pure functions."""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from campaign.approving.needs import Terms
from campaign.models.approval import Step

GRACE = timedelta(minutes=30)
"""So long the candidate always has, however late a post was submitted: else its author would choose the deputy."""

QUIET_FROM, QUIET_UNTIL = time(22), time(6)  # of the campaign's own zone
SHORT = timedelta(minutes=10)  # in less than this nobody is reminded twice


def deadline(terms: Terms, submitted_at: datetime, planned_at: datetime | None) -> datetime:
    """By when the candidate's answer is wanted; from then on the deputy may decide, or the post is held."""
    if planned_at is None:
        return submitted_at + terms.deadline_after
    return max(planned_at - terms.deadline_before, submitted_at + GRACE)


def reminders(terms: Terms, submitted_at: datetime, until: datetime) -> list[tuple[Step, datetime]]:
    """When those whose turn it is are told: at once, after some hours, and at half of the time that remains then."""
    plan = [(Step.ASKED, submitted_at)]
    begin = submitted_at
    if submitted_at + terms.remind_after < until:
        begin = submitted_at + terms.remind_after
        plan.append((Step.REMINDED, begin))
    if until - begin >= SHORT:
        plan.append((Step.HALFWAY, begin + (until - begin) / 2))
    return plan


def waking(moment: datetime, zone: ZoneInfo, until: datetime) -> datetime:
    """When somebody may be disturbed: `moment`, or at night the morning after, unless `until` falls into that night."""
    local = moment.astimezone(zone)
    if QUIET_UNTIL <= local.time() < QUIET_FROM:
        return moment
    day = local.date() + timedelta(days=1) if local.time() >= QUIET_FROM else local.date()
    morning = datetime.combine(day, QUIET_UNTIL, tzinfo=zone)
    return moment if moment <= until < morning else morning
