"""A post that stands on our account without Posko, or has gone from it: what it is, and the two ways out."""

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from campaign.access import allow, may
from campaign.errors import Refused
from campaign.http import Request, answer
from engagement import foreign
from engagement.forms import OursForm
from engagement.models import ForeignPost

PAGE = "engagement/foreign_post.html"


@allow("foreign.see")
@require_safe
def foreign_post(request: Request, pk: int) -> HttpResponse:
    """Its words, its link, and what can be said of it."""
    return _drawn(request, _find(request, pk))


@allow("foreign.decide")
@require_POST
def claim_post(request: Request, pk: int) -> HttpResponse:
    """Ini dari kami: who did it, and why."""
    row, form = _find(request, pk), OursForm(request.member.campaign, request.POST)
    if form.is_valid():
        told = form.cleaned_data
        try:
            foreign.ours(row, by=request.member, who=told["who"], reason=told["reason"])
        except Refused as refusal:
            form.add_error(None, str(refusal.message))
    if form.errors:
        return _drawn(request, _find(request, pk), form, status=422)
    messages.success(request, _("Noted. It stays on the record who said so, and why."))
    return answer(request, PAGE, "foreign", {}, to=row.get_absolute_url())


@allow("foreign.decide")
@require_POST
def disown_post(request: Request, pk: int) -> HttpResponse:
    """Bukan dari kami: on to stopping, for somebody else has the account."""
    row = _find(request, pk)
    stop = reverse("campaign:stop", args=[request.member.campaign.slug])
    on = f"{stop}?why=hijacked" if may(request.member, "campaign.stop") else row.get_absolute_url()
    if request.member.campaign.is_stopped:
        on = row.get_absolute_url()
    return _done(request, row, foreign.not_ours, on)


@allow("foreign.decide")
@require_POST
def finish_post(request: Request, pk: int) -> HttpResponse:
    """The account is in our hands again."""
    row = _find(request, pk)
    return _done(request, row, foreign.finish, row.get_absolute_url())


# Helpers -----------------------------------------------------------------------------------------


def _find(request: Request, pk: int) -> ForeignPost:
    rows = ForeignPost.objects.visible_to(request.member).select_related("channel", "who__user", "decided_by__user")
    row = get_object_or_404(rows, pk=pk)
    row.campaign = row.channel.campaign = request.member.campaign
    return row


def _done(request: Request, row: ForeignPost, verb: Callable[..., None], to: str) -> HttpResponse:
    try:
        verb(row, by=request.member)
    except Refused as refusal:
        return _drawn(request, _find(request, row.pk), refused=str(refusal.message), status=422)
    return answer(request, PAGE, "foreign", {}, to=to)


def _drawn(
    request: Request, row: ForeignPost, form: OursForm | None = None, *, refused: str = "", status: int = 200
) -> HttpResponse:
    form = form or OursForm(request.member.campaign, initial={"who": request.member})
    return answer(request, PAGE, "foreign", {"post": row, "form": form, "refused": refused}, status=status)
