"""*Ide*: what came from the field, to make posts of."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.db.models import Count
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from campaign.access import allow
from campaign.errors import Refused
from campaign.http import Request, answer, row_number
from campaign.ideas import gathering
from campaign.models import Idea, IdeaState, Member

PAGE = "campaign/ideas.html"
PER_PAGE = 20


@allow("idea.see")
@require_safe
def ideas(request: Request) -> HttpResponse:
    """Newest first, of one state or all; further ones by key, so that a new idea shifts nothing."""
    return answer(request, PAGE, "ideas", _context(request))


@allow("idea.decide")
@require_POST
def take_idea(request: Request, pk: int) -> HttpResponse:
    """A draft made of it, opened in the composer; the same draft for whoever comes second."""
    idea = _find(request, pk)
    try:
        post, is_new = gathering.take(idea, by=request.member)
    except Refused as refusal:
        return _refused(request, refusal)
    if is_new:
        messages.success(request, _("The idea is a draft now. Describe its pictures, choose accounts and time."))
    else:
        messages.info(request, _("A post was made of this idea already. Here it is."))
    to = reverse("campaign:edit_post", args=[request.member.campaign.slug, post.pk])
    return answer(request, PAGE, "ideas", {}, to=to)


@allow("idea.decide")
@require_POST
def put_idea_aside(request: Request, pk: int) -> HttpResponse:
    """Not now."""
    return _done(request, pk, gathering.put_aside, _("Put aside. You find it under “Put aside”."))


@allow("idea.decide")
@require_POST
def bring_idea_back(request: Request, pk: int) -> HttpResponse:
    """It is new again."""
    return _done(request, pk, gathering.bring_back, _("The idea is back among the new ones."))


@allow("idea.send")
@require_POST
def withdraw_idea(request: Request, pk: int) -> HttpResponse:
    """Its sender takes it back, with its pictures."""
    return _done(request, pk, gathering.withdraw, _("Withdrawn. The idea and its pictures are deleted."))


# Helpers -----------------------------------------------------------------------------------------


def _find(request: Request, pk: int) -> Idea:
    return get_object_or_404(Idea.objects.visible_to(request.member), pk=pk)


def _done(request: Request, pk: int, verb: Callable[..., None], told: str) -> HttpResponse:
    idea = _find(request, pk)
    try:
        verb(idea, by=request.member)
    except Refused as refusal:
        return _refused(request, refusal)
    messages.success(request, told)
    to = reverse("campaign:ideas", args=[request.member.campaign.slug])
    chosen = request.POST.get("state", "")
    return answer(request, PAGE, "ideas", {}, to=f"{to}?state={chosen}" if chosen in IdeaState.values else to)


def _refused(request: Request, refusal: Refused) -> HttpResponse:
    return answer(request, PAGE, "ideas", _context(request) | {"refused": str(refusal.message)}, status=422)


def _context(request: Request) -> dict[str, Any]:
    asked = request.GET if request.method in ("GET", "HEAD") else request.POST
    return _rows(request.member, asked.get("state", ""), row_number(request.GET.get("before", "")))


def _rows(member: Member, state: str, before: int | None) -> dict[str, Any]:
    mine = Idea.objects.visible_to(member)
    numbers = dict(mine.order_by().values_list("state").annotate(Count("pk")))
    chosen = state if state in IdeaState.values else ""
    rows = mine.filter(state=chosen) if chosen else mine
    if before is not None:
        rows = rows.filter(pk__lt=before)
    page = list(
        rows.order_by("-pk")
        .select_related("by__user", "decided_by__user", "taken_as")
        .prefetch_related("pictures__media")[: PER_PAGE + 1]
    )
    more = len(page) > PER_PAGE
    page = page[:PER_PAGE]
    return {
        "ideas": page,
        "chosen": chosen,
        "total": sum(numbers.values()),
        "tabs": [(value, label, numbers.get(value, 0)) for value, label in IdeaState.choices],
        "older": page[-1].pk if more else None,
    }
