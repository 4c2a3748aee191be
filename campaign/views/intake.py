"""*Setor dari lapangan*: a picture, a place and one sentence from somebody's phone."""

import re
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from campaign.access import allow
from campaign.errors import Refused
from campaign.http import Request, answer
from campaign.ideas import gathering
from campaign.ideas import manifest as manifests
from campaign.ideas.form import IntakeForm

PAGE = "campaign/idea_send.html"
SENT = "campaign/idea_sent.html"
REMOVE = re.compile(r"remove-(\d)")
FROM_ELSEWHERE = ("cross-site", "same-site")


@allow("idea.send")
@require_http_methods(["GET", "HEAD", "POST"])
def send_idea(request: Request) -> HttpResponse:
    """The form, and what it sends; however often it comes, it makes one idea."""
    if request.method != "POST":
        return _page(request, IntakeForm(request.member))
    leave_out = REMOVE.fullmatch(request.POST.get("do", ""))
    if leave_out:
        return _without(request, int(leave_out[1]))
    form = IntakeForm(request.member, request.POST, request.FILES)
    if form.is_valid():
        try:
            gathering.send(form.found(), by=request.member, form_id=form.cleaned_data["form_id"])
        except Refused as refusal:
            form.add_error(None, str(refusal.message))
            form.renew()
    if form.errors:
        return _page(request, form, status=422)
    return answer(request, PAGE, "form", {}, to=_sent(request))


@allow("idea.send")
@csrf_exempt  # the phone's gallery knows no token
@require_http_methods(["GET", "HEAD", "POST"])
def share_idea(request: Request) -> HttpResponse:
    """What the phone's gallery shares stands in the form; the member still has to send it.

    The session's cookie is SameSite=Lax, so another site's form arrives without a member. A browser that says the
    request comes from elsewhere is refused besides.
    """
    if request.method != "POST":  # where a sign-in leads back to: what was shared is not with it
        return redirect("campaign:send_idea", request.member.campaign.slug)
    if request.headers.get("Sec-Fetch-Site", "") in FROM_ELSEWHERE:
        raise PermissionDenied("shared by another site, not by the phone")
    told = [request.POST.get(name, "").strip() for name in ("title", "text")]
    form = IntakeForm(request.member, initial={"text": "\n".join(filter(None, told))[:2000]})
    wrong = form.take_in(request.FILES.getlist("picture"))
    return _page(request, form, status=422 if wrong else 200, is_shared=True)


@allow("idea.send")
@require_safe
def idea_sent(request: Request) -> HttpResponse:
    """Thanks, and what happens next."""
    return render(request, SENT)


@allow("campaign.see")
@require_safe
def manifest(request: Request) -> HttpResponse:
    """Makes Posko an app on a member's phone."""
    response = JsonResponse(manifests.of(request.member), content_type="application/manifest+json")
    response["Cache-Control"] = "private, no-cache"
    return response


def _without(request: Request, place: int) -> HttpResponse:
    """The same form with one picture fewer, and those that were chosen meanwhile; nothing is sent."""
    form = IntakeForm(request.member, typed=request.POST)
    form.drop(place)
    wrong = form.take_in(request.FILES.getlist("picture"))
    return _page(request, form, status=422 if wrong else 200)


def _page(request: Request, form: IntakeForm, *, status: int = 200, **told: Any) -> HttpResponse:
    return answer(request, PAGE, "form", {"form": form} | told, status=status)


def _sent(request: Request) -> str:
    return reverse("campaign:idea_sent", args=[request.member.campaign.slug])
