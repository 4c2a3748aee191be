"""The campaign's approval rules: as they are, changing them, and the candidate's yes to what loosens them."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from campaign import policy
from campaign.access import allow
from campaign.approving import agreeing
from campaign.approving.forms import PolicyForm, hours
from campaign.approving.needs import Terms
from campaign.errors import Refused
from campaign.http import Request, answer
from campaign.models import Kind, PolicyChange, Role

PAGE = "campaign/approval_settings.html"
CHANGE_PAGE = "campaign/approval_change.html"


@allow("approval.settings")
@require_safe
def approval_settings(request: Request) -> HttpResponse:
    """How posts are approved here, in sentences, and what waits for the candidate."""
    return answer(request, PAGE, "rules", _context(request))


@allow("approval.change")
@require_http_methods(["GET", "HEAD", "POST"])
def change_approval(request: Request) -> HttpResponse:
    """What tightens holds at once; what loosens waits for the candidate."""
    member = request.member
    house = policy.house(member.campaign_id)
    form = PolicyForm(house, request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            outcome = agreeing.ask(member.campaign, form.terms(), by=member)
        except Refused as refusal:
            form.add_error(None, str(refusal.message))
        else:
            _tell(request, outcome)
            return answer(request, PAGE, "rules", _context(request), to=_home(request))
    context = {"form": form, "has_candidate": house.has_candidate}
    return answer(request, CHANGE_PAGE, "change", context, status=422 if form.errors else 200)


@allow("approval.change")
@require_POST
def agree_approval(request: Request, pk: int) -> HttpResponse:
    """The candidate's yes."""
    return _decided(request, pk, agreeing.agree)


@allow("approval.change")
@require_POST
def refuse_approval(request: Request, pk: int) -> HttpResponse:
    """The candidate's no, or the asker's own withdrawal."""
    return _decided(request, pk, agreeing.refuse)


def _decided(request: Request, pk: int, verb: Callable[..., int | None]) -> HttpResponse:
    change = get_object_or_404(PolicyChange.objects.visible_to(request.member), pk=pk)
    try:
        reopened = verb(change, by=request.member)
    except Refused as refusal:
        return answer(request, PAGE, "rules", _context(request, refusals=[str(refusal.message)]), status=422)
    _tell_reopened(request, reopened or 0)
    return answer(request, PAGE, "rules", _context(request), to=_home(request))


def _tell(request: Request, outcome: agreeing.Outcome) -> None:
    if outcome.began:
        messages.success(request, _("Saved. It holds from now on."))
    if outcome.waits:
        messages.info(request, _("What opens more than before waits for the candidate's agreement."))
    _tell_reopened(request, outcome.reopened)


def _tell_reopened(request: Request, count: int) -> None:
    if count:
        told = ngettext(
            "%(count)d scheduled post waits for approval again.",
            "%(count)d scheduled posts wait for approval again.",
            count,
        )
        messages.info(request, told % {"count": count})


def _home(request: Request) -> str:
    return PolicyChange(campaign=request.member.campaign).get_absolute_url()


def _context(request: Request, **more: Any) -> dict[str, Any]:
    member = request.member
    house = policy.house(member.campaign_id)
    waits = agreeing.waiting(member.campaign)
    return {
        "house": house,
        "lines": _sentences(house, house.terms),
        "waits": waits,
        "changes": _changes(house, waits.terms) if waits else [],
        "is_mine": bool(waits and waits.asked_by_id == member.pk),
        "is_candidate": member.role == Role.CANDIDATE,
    } | more


def _changes(house: policy.House, wanted: Terms) -> list[tuple[str, str, str]]:
    """What would be another way: the heading, as it is, as it would be."""
    now, then = _sentences(house, house.terms), _sentences(house, wanted)
    return [(title, old, new) for (title, old), (_title, new) in zip(now, then, strict=True) if old != new]


def _sentences(house: policy.House, terms: Terms) -> list[tuple[str, str]]:
    """The rules in words: each heading with its sentence."""
    names = {member.pk: member.user.name for member in house.members}
    kinds = [str(Kind(kind).label) for kind in Kind.values if kind in terms.manager_kinds]
    readers = [names[pk] for pk in sorted(terms.readers) if pk in names]
    told = {"kinds": ", ".join(kinds), "readers": ", ".join(readers), "name": names.get(terms.deputy or 0, "–")}
    if not house.has_candidate:
        decides = _("A campaign manager, as there is no candidate on the team.")
    elif kinds:
        decides = _("The candidate. A campaign manager's approval is enough for: %(kinds)s.") % told
    else:
        decides = _("The candidate, for everything.")
    if not terms.four_eyes:
        second = _("No.")
    elif readers:
        second = _("Yes: a campaign manager, or %(readers)s, who has not written it.") % told
    else:
        second = _("Yes: a campaign manager who has not written it.")
    if terms.deputy is None:
        late = _("The post is held until the candidate answers.")
    else:
        late = _("%(name)s decides as deputy, and says why.") % told
    times = {"before": hours(terms.deadline_before), "after": hours(terms.deadline_after)}
    deadline = _("%(before)d h before the planned time; without one, %(after)d h after submitting.") % times
    remind = _("After %(hours)d h, then at half of the time that remains.") % {"hours": hours(terms.remind_after)}
    return [
        (_("Who decides"), decides),
        (_("Second reader"), second),
        (_("If there is no answer in time"), late),
        (_("Deadline"), deadline),
        (_("Reminders"), remind),
    ]
