"""Changing a rule for one campaign: what tightens takes effect at once, what loosens needs two people and a day.

Every step takes the campaign's row first, so that two changes never overlap and the gate sees each one whole.
"""

import logging
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from campaign import audit, clock, consequences, election, notices
from campaign.access import require
from campaign.consequences import Consequence
from campaign.errors import Refused
from campaign.models import Campaign, Member, Role, RuleOverride
from campaign.models.overrides import DELAY
from campaign.rules import KEYS

log = logging.getLogger("posko.rules")

EITHER = (Role.MANAGER, Role.CANDIDATE)
"""A loosening is asked by one of them and agreed to by the other."""


def keys(campaign: Campaign, shipped: dict[str, Any]) -> list[str]:
    """The rules this campaign has, in the order of the table; practice counts its days from its beginning."""
    counted = {"calendar.voting_day": "calendar.voting_offset_days", "calendar.dct": "calendar.dct_offset_days"}
    return [key for key in KEYS if key in shipped or (key in counted and counted[key] not in shipped)]


def who_may_agree(campaign: Campaign, role: str) -> list[Member]:
    """Those who can say yes to what somebody of `role` asks."""
    other = [each for each in EITHER if each != role]
    return list(Member.objects.active().filter(campaign=campaign, role__in=other).select_related("user"))


def look(campaign: Campaign, key: str, value: Any, *, by: Member, reason: str) -> Consequence:
    """What `ask` would do, without doing it. Raises Refused where `ask` would."""
    require(by, "rules.change")
    if key not in keys(campaign, election.rules_of(campaign, {})):
        raise Refused(_("This election has no such rule. Go back to the list of rules."))
    value = KEYS[key].check(value)
    if key == "calendar.voting_day" and date.fromisoformat(value) < clock.now().astimezone(campaign.tz).date():
        raise Refused(_("This day is past. Type the coming voting day."))
    if value == election.rules_of(campaign).get(key):
        raise Refused(_("This is the value in force already. Type another one."))
    return _examine(campaign, key, value, by=by, reason=reason)


@transaction.atomic
def ask(campaign: Campaign, key: str, value: Any, *, by: Member, reason: str) -> RuleOverride:
    """Change a rule. A tightening is in force on return; a loosening waits for the other's yes and a day."""
    campaign = _locked(campaign.pk)
    what_follows = look(campaign, key, value, by=by, reason=reason)
    return _propose(campaign, key, KEYS[key].check(value), what_follows, by=by, reason=reason)


@transaction.atomic
def end(override: RuleOverride, *, by: Member, reason: str) -> RuleOverride:
    """Go back to the rule as shipped, which is a change as any other and may be a loosening."""
    require(by, "rules.change")
    campaign = _locked(override.campaign_id)
    if not RuleOverride.objects.in_force().filter(pk=override.pk).exists():
        raise Refused(_("This value is not in force any more. Look again."))
    what_follows = _examine(campaign, override.key, None, by=by, reason=reason)
    return _propose(campaign, override.key, None, what_follows, by=by, reason=reason)


def _examine(campaign: Campaign, key: str, value: Any, *, by: Member, reason: str) -> Consequence:
    if not reason.strip():
        raise Refused(_("Say in a few words why."))
    if RuleOverride.objects.of(campaign).waiting().filter(key=key).exists():
        raise Refused(_("A change of this rule is waiting already. Withdraw or refuse it first."))
    what_follows = consequences.of_change(campaign, key, value, clock.now())
    if what_follows.loosens and not who_may_agree(campaign, by.role):
        raise Refused(nobody_to_agree(by.role))
    return what_follows


def _propose(
    campaign: Campaign, key: str, value: Any, what_follows: Consequence, *, by: Member, reason: str
) -> RuleOverride:
    now = clock.now()
    override = RuleOverride.objects.create(
        campaign=campaign,
        key=key,
        value=value,
        reason=reason.strip()[:300],
        loosens=what_follows.loosens,
        asked_by=by,
        asked_as=by.role,
        asked_at=now,
    )
    audit.record("rules.ask", override, by=by, key=key, value=_told(value), loosens=what_follows.loosens)
    if what_follows.loosens:
        url = reverse("campaign:rules", args=[campaign.slug])
        notices.tell("rules_agree", override, to=who_may_agree(campaign, by.role), url=url, rule=key)
    else:
        _begin(override, campaign, now, by=by)
    return override


def nobody_to_agree(role: str) -> str:
    """Why somebody of `role` cannot loosen anything here yet."""
    if role == Role.MANAGER:
        return _("This opens what was closed, so the candidate has to agree. Add the candidate to the team first.")
    return _("This opens what was closed, so a campaign manager has to agree. Add a manager to the team first.")


@transaction.atomic
def agree(override: RuleOverride, *, by: Member) -> None:
    """The other's yes to a loosening; it takes effect a day later."""
    require(by, "rules.change")
    override = _waiting(override)
    if override.is_agreed:
        raise Refused(_("Somebody has already agreed to this."))
    if by.pk == override.asked_by_id:
        raise Refused(_("Someone else must agree to what you asked for."))
    if by.role == override.asked_as:
        raise Refused(_("This needs both a campaign manager and the candidate; one of your role has asked for it."))
    now = clock.now()
    override.agreed_by, override.agreed_as, override.agreed_at = by, by.role, now
    override.takes_effect_at = now + DELAY
    override.save(update_fields=["agreed_by", "agreed_as", "agreed_at", "takes_effect_at"])
    audit.record("rules.agree", override, by=by, key=override.key)
    notices.done("rules_agree", override)


@transaction.atomic
def refuse(override: RuleOverride, *, by: Member) -> None:
    """Say no to a change that waits, or take one's own back; possible until it takes effect."""
    require(by, "rules.change")
    override = _waiting(override)
    override.ended_at, override.ended_by = clock.now(), by
    override.save(update_fields=["ended_at", "ended_by"])
    is_own = by.pk == override.asked_by_id
    audit.record("rules.withdraw" if is_own else "rules.refuse", override, by=by, key=override.key)
    notices.done("rules_agree", override)
    if not is_own:
        url = reverse("campaign:rules", args=[by.campaign.slug])
        notices.tell("rules_refused", override, to=[override.asked_by], url=url, rule=override.key)


def begin_due() -> int:
    """Put agreed loosenings in force whose day has passed; how many. Harmless to run twice at once."""
    due = RuleOverride.objects.waiting().filter(takes_effect_at__lte=clock.now())
    begun = 0
    for pk in due.values_list("campaign_id", flat=True).distinct().order_by("campaign_id"):
        try:
            begun += _begin_due_of(pk)
        except Exception:
            log.exception("agreed rules of campaign %s could not begin", pk)  # the others' can
    return begun


@transaction.atomic
def _begin_due_of(pk: int) -> int:
    campaign, now = _locked(pk), clock.now()
    # Asked under the lock: another worker may have been quicker, or somebody has refused meanwhile.
    due = list(RuleOverride.objects.of(campaign).waiting().filter(takes_effect_at__lte=now))
    for override in sorted(due, key=lambda row: (row.takes_effect_at, row.pk)):
        _begin(override, campaign, now, by="rules")
    return len(due)


def _locked(pk: int) -> Campaign:
    return Campaign.objects.select_for_update().get(pk=pk)


def _waiting(override: RuleOverride) -> RuleOverride:
    """The row as it stands under its campaign's lock. Raises Refused once it is decided."""
    _locked(override.campaign_id)
    row = RuleOverride.objects.waiting().filter(pk=override.pk).select_related("asked_by").first()
    if row is None:
        raise Refused(_("This change is decided already. Look again."))
    return row


def _begin(override: RuleOverride, campaign: Campaign, now: datetime, *, by: Member | str) -> None:
    person = by if isinstance(by, Member) else override.agreed_by
    RuleOverride.objects.of(campaign).in_force().filter(key=override.key).update(ended_at=now, ended_by=person)
    override.began_at = now
    if override.value is None:
        override.ended_at = now  # back to the shipped rule: nothing of ours stays in force
    override.save(update_fields=["began_at", "ended_at"])
    audit.record("rules.begin", override, by=by, key=override.key, value=_told(override.value))
    election.seal_calendar(campaign)


def _told(value: Any) -> str:
    return "shipped" if value is None else str(value)
