"""Who is told, and when: those whose yes is needed, the deputy at the deadline, author and managers when it is late.

Each minute `run` writes down what is due, one row per submission, member and step, and `send` mails what is written.
A row is claimed before its mail is sent: a worker that dies in between loses a mail, and never sends one twice.
"""

import logging
from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import transaction
from django.urls import reverse

from campaign import clock, notices, policy
from campaign.approving import deadlines, mailing, submissions
from campaign.approving.needs import Standing
from campaign.models import Member, PostState, Reminder, Role, Step, Submission

log = logging.getLogger("posko.approval")

BATCH = 200
NAGGING = (Step.ASKED, Step.REMINDED, Step.HALFWAY)
TOO_OLD = timedelta(hours=6)  # what could not be sent for so long is told by the pages alone


def run() -> int:
    """Write down and mail what is due; how many mails. Harmless to run twice at once."""
    now = clock.now()
    submissions.adopt(now)
    for pk in Submission.objects.due(now).order_by("next_at").values_list("pk", flat=True)[:BATCH]:
        try:
            _turn(pk, now)
        except Exception:
            log.exception("submission %s could not be looked at", pk)  # the others can
    return send(now)


# What is due -------------------------------------------------------------------------------------


@transaction.atomic
def _turn(pk: int, now: datetime) -> None:
    rows = Submission.objects.due(now).select_for_update(skip_locked=True, of=("self",))
    row = rows.select_related("post__campaign", "post__author").filter(pk=pk).first()
    if row is None:
        return  # another worker has it
    post = row.post
    if post.state != PostState.IN_REVIEW or post.version != row.version:
        Submission.objects.filter(pk=pk).update(closed_at=now)
        return
    house = policy.house(post.campaign_id)
    found = policy.standing(post, house, now)
    until = deadlines.deadline(house.terms, row.submitted_at, post.planned_at)
    next_at = _nag(row, house.among(found.askable - found.deputies), house, until, now)
    later = _at_deadline(row, house, found, now) if until <= now else until
    times = [moment for moment in (next_at, later) if moment]
    Submission.objects.filter(pk=pk).update(next_at=min(times, default=None))


def _nag(
    row: Submission, whose_turn: Iterable[Member], house: policy.House, until: datetime, now: datetime
) -> datetime | None:
    """Tell those whose turn it is once for the latest time that has come; when the next one comes."""
    plan = deadlines.reminders(house.terms, row.submitted_at, until)
    due = [step for step, moment in plan if moment <= now]
    ahead = [moment for _, moment in plan if moment > now]
    sent = set(row.reminders.filter(step__in=NAGGING).values_list("member_id", "step"))
    unsent = [member for member in whose_turn if (member.pk, due[-1].value) not in sent]
    if unsent:
        wakes_at = deadlines.waking(now, row.post.campaign.tz, until)
        if wakes_at > now:
            return min([wakes_at, *ahead])
        submissions.write(row, unsent, due[-1], now)
        notices.tell("approve", row.post, to=unsent, url=row.post.get_absolute_url(), text=str(row.post)[:80])
    return min(ahead, default=None)


def _at_deadline(row: Submission, house: policy.House, found: Standing, now: datetime) -> datetime | None:
    """The deputy's turn, or the news that it does not leave in time; when there is more to tell."""
    post, deputies = row.post, house.among(found.deputies)
    if not deputies:
        _tell_unapproved(row, house, Step.UNAPPROVED, now)
        return None
    url = reverse("campaign:review_post", args=[post.campaign.slug, post.pk])
    notices.tell("deputy", post, to=deputies, url=url, text=str(post)[:80])
    submissions.write(row, deputies, Step.DEPUTY, now)
    if post.planned_at is None:
        return None
    if post.planned_at > now:
        return post.planned_at
    _tell_unapproved(row, house, Step.LATE, now)
    return None


def _tell_unapproved(row: Submission, house: policy.House, step: Step, now: datetime) -> None:
    post = row.post
    managers = [member for member in house.members if member.role == Role.MANAGER]
    authors = [member for member in house.members if member.pk == post.author_id and member not in managers]
    notices.tell("unapproved", post, to=authors + managers, url=post.get_absolute_url(), text=str(post)[:80])
    submissions.write(row, authors + managers, step, now)


# Mailing -----------------------------------------------------------------------------------------


def send(now: datetime) -> int:
    """Mail what is written down and nobody has claimed; how many went out."""
    waiting = Reminder.objects.filter(claimed_at=None, made_at__gt=now - TOO_OLD).order_by("pk")
    return sum(_send(pk, now) for pk in waiting.values_list("pk", flat=True)[:BATCH])


def _send(pk: int, now: datetime) -> int:
    if not Reminder.objects.filter(pk=pk, claimed_at=None).update(claimed_at=now):
        return 0  # another worker was quicker
    related = ("submission__post__campaign", "submission__post__author__user", "member__user")
    row = Reminder.objects.select_related(*related).get(pk=pk)
    try:
        return mailing.send(row)
    except Exception:
        log.exception("mail %s (%s) could not be sent", pk, row.step)
        Reminder.objects.filter(pk=pk).update(failed=True)
        return 0
