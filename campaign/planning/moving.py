"""Another day for a post: the time of day stays, and before it happens one sentence tells what it does.

The time is no content. Inside the days an approval covers a post moves and stays approved; a draft, or one that is
being reviewed, only gets another plan, and no yes to it is lost.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from django.db import transaction
from django.utils.translation import gettext as _

from campaign import audit, clock, election, envelopes, publishing
from campaign.access import require
from campaign.approving import telling
from campaign.errors import Refused
from campaign.models import Action, Delivery, Member, Post, PostState, State
from campaign.publishing import STALE
from campaign.writing.content import NOT_AFTER

PLANNED = (PostState.DRAFT, PostState.IN_REVIEW, PostState.CHANGES_ASKED)
SCHEDULED = (PostState.SCHEDULED, PostState.PARTLY)
MAY_MOVE = frozenset({*PLANNED, *SCHEDULED})
FARTHEST = timedelta(days=730)


class What(StrEnum):
    """What a move does."""

    SAME = "same"  # it stands there already
    PLAN = "plan"  # only the plan changes
    STAYS = "stays"  # approved, and it stays so
    WITHDRAWS = "withdraws"  # approved, and it has to be approved anew
    REFUSED = "refused"


@dataclass(frozen=True)
class Effect:
    """What moving would do, in a sentence for the person who is about to."""

    what: What
    sentence: str

    @property
    def may(self) -> bool:
        return self.what in (What.PLAN, What.STAYS, What.WITHDRAWS)


def at_of(post: Post) -> datetime | None:
    """When it leaves as things stand: as planned, else when its next envelope is to go; None while nothing is set."""
    if post.planned_at is not None:
        return post.planned_at
    rows = Delivery.objects.of_post(post.pk).current().filter(action=Action.PUBLISH, cleared__isnull=False)
    return rows.order_by("send_at").values_list("send_at", flat=True).first()


def on_day(post: Post, at: datetime, day: date) -> datetime:
    """`day` at `at`'s time of day, by the campaign's own clock."""
    return datetime.combine(day, at.astimezone(post.campaign.tz).time(), tzinfo=post.campaign.tz)


def effect(post: Post, at: datetime, to: datetime, now: datetime) -> Effect:
    """What moving `post` from `at` to `to` would do. Asks nothing of anybody and changes nothing."""
    if at == to:
        return Effect(What.SAME, _("It stands on that day already. Choose another one."))
    if post.state not in MAY_MOVE:
        return _no(_("What has gone out cannot be moved. Write a new post from it instead."))
    if to < now:
        return _no(_("This time is past. Choose a later day."))
    if to > now + FARTHEST:
        return _no(_("Choose a day within the next two years."))
    verdict, phase = election.verdict(post.campaign, post.kind, to)
    if verdict == election.Verdict.BLOCK:
        told = {"phase": phase.label, "kind": post.get_kind_display()}
        return _no(
            _("Then the calendar is in: %(phase)s. Nothing of this kind may leave: %(kind)s. Choose another day.")
            % told
        )
    if post.state in PLANNED:
        return Effect(What.PLAN, _in_plan(post))
    if _is_covered(post, to):
        return Effect(What.STAYS, _("It stays approved: the approval covers this day. Only the day changes."))
    if post.state == PostState.SCHEDULED:
        return Effect(
            What.WITHDRAWS,
            _("The approval does not cover this day: the post goes back to draft and has to be approved anew."),
        )
    return _no(_("Part of it is out, and the approval does not cover this day. Write a new post from it instead."))


def _no(sentence: str) -> Effect:
    return Effect(What.REFUSED, sentence)


def _in_plan(post: Post) -> str:
    if post.state == PostState.IN_REVIEW:
        return _("Only the plan changes. It stays in review, and no approval is lost.")
    return _("Only the plan changes. It is not approved yet and does not leave before it is.")


def _is_covered(post: Post, to: datetime) -> bool:
    begins, ends = post.movable_from, post.movable_until
    return begins is not None and ends is not None and begins <= to <= ends


@transaction.atomic
def move(post: Post, *, was: datetime, to: datetime, by: Member, version: int, withdraws: bool = False) -> bool:
    """Move `post` from `was`, where `by` saw it, to `to`. False when it stands there already: pressed twice.

    Raises Refused with the sentence of the effect; and when it is not the post, or not the time, that `by` was looking
    at. With `withdraws` an approval that does not cover the new time is given up.
    """
    require(by, "post.write")
    post = publishing.locked(post, version=version)
    at = at_of(post)
    if at is None or post.state not in MAY_MOVE:
        raise Refused(_(STALE))
    if at == to:
        return False
    if at != was:
        raise Refused(_(STALE))
    found = effect(post, at, to, clock.now())
    if found.what == What.WITHDRAWS and withdraws:
        publishing.withdraw(post, by=by, version=version)
        plan(post, to=to, by=by, version=version)
    elif found.what == What.PLAN:
        plan(post, to=to, by=by, version=version)
    elif found.what == What.STAYS:
        publishing.reschedule(post, by=by, version=version, to=to)
    else:
        raise Refused(found.sentence)
    return True


@transaction.atomic
def plan(post: Post, *, to: datetime, by: Member, version: int) -> None:
    """Another planned time for what is not approved yet; its sealed envelopes follow. Neither content nor version.

    Who is asked for approval hears of the new time, and the deadline is counted anew from here: else whoever moves a
    post forward would leave the candidate no time to answer, and the deputy would decide at once.
    """
    require(by, "post.write")
    times = {"not_after": to + NOT_AFTER}
    planned = Post.objects.filter(pk=post.pk, version=version, state__in=PLANNED)
    if planned.update(planned_at=to, **times) != 1:
        raise Refused(_(STALE))
    sealed = Delivery.objects.of_post(post.pk).current().filter(action=Action.PUBLISH, state=State.WAITING)
    envelopes.move(list(sealed.values_list("slot", flat=True)), send_at=to, **times)
    if post.state == PostState.IN_REVIEW:
        telling.moved(post)
    audit.record("post.plan", post, by=by, to=to.isoformat())
