"""The rules of the election: what holds, from where, and changing it for this campaign."""

from collections.abc import Callable
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from campaign import clock, overriding, rulebook
from campaign.access import allow
from campaign.consequences import Consequence
from campaign.errors import Refused
from campaign.forms_rules import ChangeRuleForm, EndRuleForm
from campaign.http import Request, answer
from campaign.models import RuleOverride
from campaign.rules import in_words

PAGE = "campaign/rules.html"
CHANGE_PAGE = "campaign/rule_change.html"


@allow("rules.see")
@require_safe
def rules(request: Request) -> HttpResponse:
    """The calendar, what may be said when, and every rule with its source."""
    return answer(request, PAGE, "rules", _context(request))


@allow("rules.change")
@require_http_methods(["GET", "HEAD", "POST"])
def change_rule(request: Request, key: str) -> HttpResponse:
    """Ask for another value: the first press shows what it opens and closes, the second asks."""
    campaign, now = request.member.campaign, clock.now()
    entry = rulebook.read(request.member, now).entry(key)
    if entry is None:
        raise Http404("no such rule in this election")
    form = ChangeRuleForm(request.POST or None, key=key, initial={"value": entry.raw})
    context: dict[str, Any] = {"now": now, "entry": entry, "form": form}
    if request.method == "POST" and form.is_valid():
        value, reason = form.cleaned_data["value"], form.cleaned_data["reason"]
        try:
            what_follows = overriding.look(campaign, key, value, by=request.member, reason=reason)
            if request.POST.get("seen") == _mark(value, what_follows):
                overriding.ask(campaign, key, value, by=request.member, reason=reason)
                return answer(
                    request, CHANGE_PAGE, "change", context, to=reverse("campaign:rules", args=[campaign.slug])
                )
        except Refused as refusal:
            form.add_error(None, str(refusal.message))
        else:
            # Nothing has changed yet. What was shown comes back with the second press.
            context |= {
                "what_follows": what_follows,
                "seen": _mark(value, what_follows),
                "new_value": in_words(key, value),
                "others": overriding.who_may_agree(campaign, request.member.role) if what_follows.loosens else [],
            }
    return answer(request, CHANGE_PAGE, "change", context, status=422 if form.errors else 200)


@allow("rules.change")
@require_POST
def agree_rule(request: Request, pk: int) -> HttpResponse:
    """The second yes to a loosening."""
    return _decided(request, pk, overriding.agree)


@allow("rules.change")
@require_POST
def refuse_rule(request: Request, pk: int) -> HttpResponse:
    """Say no to a change that waits, or take one's own back."""
    return _decided(request, pk, overriding.refuse)


@allow("rules.change")
@require_POST
def end_rule(request: Request, pk: int) -> HttpResponse:
    """Ask to go back to the rule as shipped."""
    override = get_object_or_404(RuleOverride.objects.visible_to(request.member), pk=pk)
    form = EndRuleForm(request.POST)
    if form.is_valid():
        try:
            overriding.end(override, by=request.member, reason=form.cleaned_data["reason"])
        except Refused as refusal:
            form.add_error(None, str(refusal.message))
    if form.errors:
        return answer(request, PAGE, "rules", _context(request, ending=override.pk, end_form=form), status=422)
    return answer(request, PAGE, "rules", _context(request), to=_here(request, override))


def _context(request: Request, **more: Any) -> dict[str, Any]:
    request.member.campaign.refresh_from_db(fields=["own_rules", "closed"])  # a verb may just have changed them
    now = clock.now()
    return {"now": now, "book": rulebook.read(request.member, now), "end_form": EndRuleForm()} | more


def _decided(request: Request, pk: int, verb: Callable[..., None]) -> HttpResponse:
    override = get_object_or_404(RuleOverride.objects.visible_to(request.member), pk=pk)
    try:
        verb(override, by=request.member)
    except Refused as refusal:
        return answer(request, PAGE, "rules", _context(request, refused=str(refusal.message)), status=422)
    return answer(request, PAGE, "rules", _context(request), to=_here(request, override))


def _here(request: Request, override: RuleOverride) -> RuleOverride:
    override.campaign = request.member.campaign
    return override


def _mark(value: int | str, what_follows: Consequence) -> str:
    return f"{value}/{'opens' if what_follows.loosens else 'closes'}"
