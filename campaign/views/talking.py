"""The number for talks on WhatsApp: its link, its QR code, and choosing another."""

from django.contrib import messages
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from campaign import talking
from campaign.access import allow
from campaign.errors import Refused
from campaign.forms_channels import TalkForm
from campaign.http import Request, answer
from campaign.identity import qr

PAGE = "campaign/talk.html"


@allow("channel.see")
@require_safe
def talk(request: Request) -> HttpResponse:
    """The link for everybody on the team who puts it somewhere."""
    campaign = request.member.campaign
    words = campaign.talk_words if campaign.talk_number else _("Hello, I would like to ask something.")
    return _drawn(request, TalkForm(initial={"number": campaign.talk_number, "words": words}))


@allow("channel.connect")
@require_POST
def change_talk(request: Request) -> HttpResponse:
    """Another number, or none."""
    campaign, form = request.member.campaign, TalkForm(request.POST)
    if form.is_valid():
        try:
            talking.save(campaign, form.cleaned_data["number"], form.cleaned_data["words"], by=request.member)
        except Refused as refusal:
            form.add_error("number", str(refusal.message))
    if form.errors:
        return _drawn(request, form, status=422)
    messages.success(request, _("Saved.") if campaign.talk_number else _("The link is offered no more."))
    return answer(request, PAGE, "talk", {}, to=reverse("campaign:talk", args=[campaign.slug]))


def _drawn(request: Request, form: TalkForm, status: int = 200) -> HttpResponse:
    link = talking.link(request.member.campaign)
    context = {"form": form, "link": link, "code": qr.data_uri(link) if link else ""}
    return answer(request, PAGE, "talk", context, status=status)
