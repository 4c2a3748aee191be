"""Changing a campaign's approval rules: what tightens holds at once, what loosens needs the candidate's own yes.

Each step keeps out every approval that is under way (`policy.hold`), so that none counts by rules that are over.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from campaign import audit, clock, notices, policy
from campaign.access import require
from campaign.approving import submissions, taking_back
from campaign.approving.needs import Terms, loosened
from campaign.errors import Refused
from campaign.models import ApprovalPolicy, Campaign, Member, PolicyChange, Role

WHO = ("manager_kinds", "four_eyes", "readers", "deputy")
"""What decides who is needed; the rest is about time."""


@dataclass(frozen=True)
class Outcome:
    """What came of asking: which parts hold now, which wait for the candidate, how many posts wait again."""

    began: bool
    waits: PolicyChange | None
    reopened: int


@transaction.atomic
def ask(campaign: Campaign, wanted: Terms, *, by: Member) -> Outcome:
    """Change the rules. What tightens holds on return; what loosens waits for the candidate, unless `by` is it."""
    require(by, "approval.change")
    policy.hold(campaign.pk, to_change=True)
    house, now = policy.house(campaign.pk), clock.now()
    _examine(house, wanted)
    waiting = PolicyChange.objects.waiting().filter(campaign=campaign).first()
    if waiting and waiting.terms == wanted:
        return Outcome(False, waiting, 0)  # pressed twice
    if wanted == house.terms:
        raise Refused(_("This is how it stands already. Change something first."))
    if waiting:
        _end(waiting, by=by, now=now)
    if by.role == Role.CANDIDATE or not house.has_candidate:
        return Outcome(True, None, _begin(_written(campaign, wanted, by, now), by=by, now=now))
    reopened, opens = 0, loosened(house.terms, wanted)
    strict = replace(wanted, **{name: getattr(house.terms, name) for name in opens})
    strict = strict if not loosened(house.terms, strict) else house.terms
    if strict != house.terms:
        reopened = _begin(_written(campaign, strict, by, now), by=by, now=now)
    if not opens:
        return Outcome(True, None, reopened)
    change = _written(campaign, wanted, by, now)
    candidates = [member for member in house.members if member.role == Role.CANDIDATE]
    notices.tell("policy_agree", change, to=candidates, url=_url(campaign))
    return Outcome(strict != house.terms, change, reopened)


@transaction.atomic
def agree(change: PolicyChange, *, by: Member) -> int:
    """The candidate's yes: it holds from now on; how many posts wait for approval again."""
    require(by, "approval.change")
    if by.role != Role.CANDIDATE:
        raise Refused(_("Only the candidate can agree to this."))
    policy.hold(change.campaign_id, to_change=True)
    change = _waiting(change)
    now = clock.now()
    _examine(policy.house(change.campaign_id), change.terms)
    PolicyChange.objects.filter(pk=change.pk).update(agreed_by=by, agreed_as=by.role, agreed_at=now)
    change.refresh_from_db()
    return _begin(change, by=by, now=now)


@transaction.atomic
def refuse(change: PolicyChange, *, by: Member) -> None:
    """Say no to a change that waits, or take one's own back."""
    require(by, "approval.change")
    policy.hold(change.campaign_id, to_change=True)
    change = _waiting(change)
    if by.role != Role.CANDIDATE and by.pk != change.asked_by_id:
        raise Refused(_("Only the candidate, or whoever asked for it, can end this."))
    _end(change, by=by, now=clock.now())


def waiting(campaign: Campaign) -> PolicyChange | None:
    """The change that waits for the candidate, if any."""
    return PolicyChange.objects.waiting().filter(campaign=campaign).select_related("asked_by__user", "deputy").first()


# Helpers -----------------------------------------------------------------------------------------


def _examine(house: policy.House, wanted: Terms) -> None:
    managers = {member.pk for member in house.members if member.role == Role.MANAGER}
    staff = {member.pk for member in house.members if member.role == Role.STAFF}
    if wanted.deputy is not None and wanted.deputy not in managers:
        raise Refused(_("The deputy must be a campaign manager who is active on the team. Choose again."))
    if not wanted.readers <= staff:
        raise Refused(_("A second reader must be active staff of the team. Choose again."))
    if wanted.four_eyes and not managers and not wanted.readers:
        raise Refused(_("Nobody could be the second reader. Add a manager to the team, or name staff as readers."))


def _written(campaign: Campaign, terms: Terms, by: Member, now: datetime) -> PolicyChange:
    own_yes = {"agreed_by": by, "agreed_as": by.role, "agreed_at": now} if by.role == Role.CANDIDATE else {}
    change = PolicyChange.objects.create(campaign=campaign, asked_by=by, asked_at=now, **_columns(terms), **own_yes)
    audit.record("approval.ask", change, by=by, **_told(terms))
    return change


def _begin(change: PolicyChange, *, by: Member, now: datetime) -> int:
    before, campaign = policy.house(change.campaign_id).terms, change.campaign
    ApprovalPolicy.objects.update_or_create(campaign=campaign, defaults={"change": change, **_columns(change.terms)})
    PolicyChange.objects.filter(pk=change.pk).update(began_at=now)
    audit.record("approval.begin", change, by=by, **_told(change.terms))
    notices.done("policy_agree", change)
    submissions.look_again(now, post__campaign_id=campaign.pk)
    if all(getattr(before, name) == getattr(change.terms, name) for name in WHO):
        return 0
    return taking_back.recheck(campaign, by=by)


def _end(change: PolicyChange, *, by: Member, now: datetime) -> None:
    PolicyChange.objects.filter(pk=change.pk).update(ended_at=now, ended_by=by)
    is_own = by.pk == change.asked_by_id
    audit.record("approval.withdraw" if is_own else "approval.refuse", change, by=by)
    notices.done("policy_agree", change)
    if not is_own:
        notices.tell("policy_refused", change, to=[change.asked_by], url=_url(change.campaign))


def _waiting(change: PolicyChange) -> PolicyChange:
    row = PolicyChange.objects.waiting().filter(pk=change.pk).select_related("asked_by", "campaign").first()
    if row is None:
        raise Refused(_("This change is decided already. Look again."))
    return row


def _columns(terms: Terms) -> dict[str, Any]:
    return {
        "manager_kinds": sorted(terms.manager_kinds),
        "four_eyes": terms.four_eyes,
        "readers": sorted(terms.readers),
        "deputy_id": terms.deputy,
        "deadline_before": terms.deadline_before,
        "deadline_after": terms.deadline_after,
        "remind_after": terms.remind_after,
    }


def _told(terms: Terms) -> dict[str, Any]:
    """For the record: names of kinds, ids and numbers."""
    hours = {name: int(getattr(terms, name).total_seconds()) for name in ("deadline_before", "deadline_after")}
    who = {"manager_kinds": sorted(terms.manager_kinds), "four_eyes": terms.four_eyes, "readers": sorted(terms.readers)}
    return who | hours | {"deputy": terms.deputy}


def _url(campaign: Campaign) -> str:
    return reverse("campaign:approval_settings", args=[campaign.slug])
