"""The stop switch: nothing leaves from the moment it is pressed, until someone resumes."""

from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from campaign import stopping
from campaign.access import allow
from campaign.errors import Refused
from campaign.form_start import StopForm
from campaign.http import Request, answer

STOP_PAGE = "campaign/stop.html"
RESUME_PAGE = "campaign/resume.html"


@allow("campaign.stop")
@require_http_methods(["GET", "HEAD", "POST"])
def stop(request: Request) -> HttpResponse:
    """Asks why, stops, and afterwards names the calls that are still on the wire."""
    campaign = request.member.campaign
    form = StopForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            stopping.stop(campaign, by=request.member, reason=form.cleaned_data["reason"])
        except Refused as refusal:
            form.add_error(None, str(refusal.message))
        else:
            return redirect("campaign:stop", campaign.slug)
    wire = stopping.on_the_wire(campaign)
    return answer(request, STOP_PAGE, "wire", {"form": form, "wire": wire}, status=422 if form.errors else 200)


@allow("campaign.stop")
@require_http_methods(["GET", "HEAD", "POST"])
def resume(request: Request) -> HttpResponse:
    """Says what will become of what fell due meanwhile, and goes on."""
    campaign = request.member.campaign
    refused = ""
    if request.method == "POST":
        try:
            stopping.resume(campaign, by=request.member)
        except Refused as refusal:
            refused = str(refusal.message)
        else:
            return redirect(campaign)
    elif not campaign.is_stopped:
        return redirect(campaign)
    context = {"refused": refused, "overdue": stopping.overdue(campaign).count()}
    return answer(request, RESUME_PAGE, "resume", context, status=422 if refused else 200)
