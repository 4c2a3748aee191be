"""One thing to publish by hand, on the phone of whoever does it: what, how, and “I have sent it”."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from campaign import by_hand, handing, pictures, previews
from campaign.access import allow, may
from campaign.errors import Refused
from campaign.forms_deliveries import HandForm
from campaign.http import Request, answer
from campaign.models import Delivery, HandProof, State
from campaign.models.delivery import DeliveryQuerySet

PAGE = "campaign/hand.html"


@allow("delivery.finish")
@require_http_methods(["GET", "POST"])
@never_cache
def hand_delivery(request: Request, pk: int) -> HttpResponse:
    """What to send and how; and what became of it. The gate is asked each time."""
    row = _find(request, pk)
    if request.method != "POST":
        return answer(request, PAGE, "hand", _page(request, row))
    form = HandForm(row, request.POST, request.FILES)
    if form.is_valid():
        try:
            _tell(request, row, form)
        except Refused as refusal:
            form.add_error(None, str(refusal.message))
    if not _mine(request).filter(pk=pk).exists():  # its post was taken down meanwhile: nothing is left to tell
        return answer(request, PAGE, "hand", {}, to=request.member.campaign.get_absolute_url())
    row = _find(request, pk)
    if form.errors:
        return answer(request, PAGE, "hand", _page(request, row, form), status=422)
    return answer(request, PAGE, "hand", _page(request, row), to=row.hand_url)


def _mine(request: Request) -> DeliveryQuerySet:
    return Delivery.objects.in_hand_of(request.member).select_related("channel", "owner__user")


def _find(request: Request, pk: int) -> Delivery:
    row = get_object_or_404(_mine(request), pk=pk)
    row.campaign = row.channel.campaign = request.member.campaign
    return row


def _tell(request: Request, row: Delivery, form: HandForm) -> None:
    told = form.cleaned_data
    if told["answer"] == HandForm.NOT:
        handing.give_up(row, by=request.member, reason=told["reason"])
        return
    picture = None
    if told["proof"] and row.state == State.HANDED:
        try:
            picture = pictures.keep(*pictures.encode(told["proof"]), campaign=row.campaign, by=request.member)
        except Refused as refusal:
            form.add_error("proof", str(refusal.message))
            return
    handing.finish(
        row,
        by=request.member,
        link=told["link"],
        picture=picture,
        was_before=told["answer"] == HandForm.BEFORE,
    )


def _page(request: Request, row: Delivery, form: HandForm | None = None) -> dict[str, Any]:
    is_handed = row.state == State.HANDED
    return {
        "delivery": row,
        "hand": by_hand.guide(row) if is_handed else None,
        "preview": previews.of_delivery(row) if is_handed else None,
        "problem": previews.problem_words(row) if row.state in (State.HELD, State.FAILED) else "",
        "state": previews.state_words(row),
        "proof": HandProof.objects.filter(delivery=row).select_related("media", "by__user").first(),
        "is_mine": row.owner_id == request.member.pk,
        "may_see_all": may(request.member, "delivery.decide"),
        "form": form,
        "refusals": form.non_field_errors() if form else [],
    }
