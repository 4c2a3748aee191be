"""The stop switch: nothing leaves from the moment it is pressed, until someone resumes."""

from datetime import datetime

from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from campaign import stopping
from campaign.access import allow
from campaign.errors import Refused
from campaign.form_start import StopForm
from campaign.http import Request, answer, row_number
from campaign.models import Campaign, Delivery, State

STOP_PAGE = "campaign/stop.html"
RESUME_PAGE = "campaign/resume.html"
MOST = 60  # named on a page; the number tells of the others


@allow("campaign.stop")
@require_http_methods(["GET", "HEAD", "POST"])
def stop(request: Request) -> HttpResponse:
    """Asks why, stops, and afterwards names the calls that are still on the wire."""
    campaign = request.member.campaign
    form = StopForm(request.POST or None, initial={"why": request.GET.get("why", "")})
    if request.method == "POST" and form.is_valid():
        try:
            stopping.stop(campaign, by=request.member, reason=form.cleaned_data["reason"])
        except Refused as refusal:
            form.add_error(None, str(refusal.message))
        else:
            return redirect("campaign:stop", campaign.slug)
    return answer(request, STOP_PAGE, "wire", _left(campaign) | {"form": form}, status=422 if form.errors else 200)


def _left(campaign: Campaign) -> dict[str, object]:
    """What is still on the wire, what is kept back, and how much is planned for later."""
    due = list(stopping.overdue(campaign).select_related("channel").order_by("send_at", "slot")[:MOST])
    return {"wire": stopping.on_the_wire(campaign), "due": due, "planned": stopping.planned(campaign).count()}


def _moment(typed: str) -> datetime | None:
    try:
        return datetime.fromisoformat(typed)
    except ValueError:
        return None


@allow("campaign.stop")
@require_http_methods(["GET", "HEAD", "POST"])
def resume(request: Request) -> HttpResponse:
    """Says what will become of what fell due meanwhile, and goes on."""
    campaign = request.member.campaign
    refused = ""
    if request.method == "POST":
        try:
            not_out = {pk for typed in request.POST.getlist("not_out") if (pk := row_number(typed))}
            read = _moment(request.POST.get("stopped_at", ""))
            stopping.resume(campaign, by=request.member, not_out=not_out, stopped_at=read)
        except Refused as refusal:
            refused = str(refusal.message)
        else:
            return redirect(campaign)
    elif not campaign.is_stopped:
        return redirect(campaign)
    due = stopping.overdue(campaign).select_related("channel").order_by("send_at", "slot")
    context = {
        "refused": refused,
        "overdue": due.count(),
        "due": list(due[:MOST]),
        "in_doubt": list(stopping.in_doubt(campaign).select_related("channel").order_by("send_at", "slot")),
        "asked": Delivery.objects.filter(campaign=campaign, state=State.UNSURE).count(),
        "planned": stopping.planned(campaign).count(),
        "why": stopping.reason(campaign),
    }
    return answer(request, RESUME_PAGE, "resume", context, status=422 if refused else 200)
