"""One envelope: its facts and tries, and what only a person can decide."""

from django.http import HttpResponse
from django.views.decorators.http import require_GET, require_POST

from campaign import afterwards, envelopes, handing
from campaign.access import allow
from campaign.errors import Refused
from campaign.forms_deliveries import CHANGED, DecideForm, FinishForm, SeenForm
from campaign.http import Request, answer
from campaign.models import Delivery, State
from campaign.views import shown


@allow("delivery.decide")
@require_GET
def delivery(request: Request, pk: int) -> HttpResponse:
    """Where it stands, and what can be done."""
    row = shown.find_delivery(request, pk)
    return answer(request, shown.DELIVERY, "delivery", shown.delivery_page(request, row))


@allow("delivery.decide")
@require_POST
def decide_delivery(request: Request, pk: int) -> HttpResponse:
    """Somebody has looked: it is out, or it is not."""
    row = shown.find_delivery(request, pk)
    form = DecideForm(row, request.POST)
    if form.is_valid():
        try:
            _decide(request, row, form.cleaned_data["answer"], form.cleaned_data["link"])
        except Refused as refusal:
            form.add_error(None, str(refusal.message))
    return _drawn(request, row, form, decide_form=form)


def _decide(request: Request, row: Delivery, found: str, link: str) -> None:
    if row.state == State.UNSURE and not row.asks_person:
        raise Refused(CHANGED)  # the network is being asked once more
    if row.state == State.SENT and found == DecideForm.OUT:
        return  # pressed twice, or the network has found it meanwhile
    if found == DecideForm.OUT:
        envelopes.decide_is_out(row, by=request.member, link=link)
    else:
        envelopes.decide_is_not_out(row, by=request.member, again=found == DecideForm.AGAIN)


@allow("delivery.decide")
@require_POST
def finish_delivery(request: Request, pk: int) -> HttpResponse:
    """Somebody has published it by hand, or nobody will."""
    row = shown.find_delivery(request, pk)
    form = FinishForm(row, request.POST)
    if form.is_valid():
        told = form.cleaned_data
        try:
            if told["answer"] == FinishForm.NOT:
                handing.give_up(row, by=request.member, reason=told["reason"])
            else:
                was_before = told["answer"] == FinishForm.BEFORE
                handing.finish(row, by=request.member, link=told["link"], was_before=was_before)
        except Refused as refusal:
            form.add_error(None, str(refusal.message))
    return _drawn(request, row, form, finish_form=form)


@allow("post.approve")
@require_POST
def retry_delivery(request: Request, pk: int) -> HttpResponse:
    """Let a failed one go once more, as it was approved."""
    row = shown.find_delivery(request, pk)
    form = SeenForm(row, request.POST)
    if form.is_valid() and row.state != State.WAITING:  # waiting already: pressed twice
        try:
            afterwards.try_again(row, shown.post_of(request, row), by=request.member)
        except Refused as refusal:
            form.add_error(None, str(refusal.message))
    return _drawn(request, row, form)


@allow("delivery.decide")
@require_POST
def leave_out_delivery(request: Request, pk: int) -> HttpResponse:
    """What should have followed a post is not published."""
    row = shown.find_delivery(request, pk)
    form = SeenForm(row, request.POST)
    if form.is_valid():
        try:
            afterwards.leave_out(row, by=request.member)
        except Refused as refusal:
            form.add_error(None, str(refusal.message))
    return _drawn(request, row, form)


def _drawn(request: Request, row: Delivery, form: SeenForm, **forms: SeenForm) -> HttpResponse:
    row = shown.find_delivery(request, row.pk)
    if form.errors:
        page = shown.delivery_page(request, row, form, **forms)
        return answer(request, shown.DELIVERY, "delivery", page, status=422)
    return answer(request, shown.DELIVERY, "delivery", shown.delivery_page(request, row), to=row)
