"""The duties of the election: the timeline, each one with its owner and proof, and each account's part in it."""

from typing import Any
from uuid import UUID

from django import forms
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_GET, require_POST, require_safe

from campaign import clock
from campaign.access import allow
from campaign.duties import accounts, deeds, kinds, reading, timeline
from campaign.duties.kinds import DutyKind
from campaign.errors import Refused
from campaign.forms_duties import AssignForm, FileChannelForm, FinishForm, StepForm
from campaign.http import Request, answer
from campaign.models import Channel, FilingStep, Proof

LIST = "campaign/duties.html"
PAGE = "campaign/duties_one.html"


@allow("duty.see")
@require_safe
def duties(request: Request) -> HttpResponse:
    """Every deadline from the most urgent on, with today between."""
    now = clock.now()
    return answer(request, LIST, "duties", {"now": now, "line": timeline.read(request.member.campaign, now)})


@allow("duty.see")
@require_safe
def duty(request: Request, key: str) -> HttpResponse:
    """One duty: what it is, when and why then, who looks after it, and its proof."""
    return answer(request, PAGE, "duty", _context(request, _find(request, key)))


@allow("duty.change")
@require_POST
def assign_duty(request: Request, key: str) -> HttpResponse:
    """Choose who looks after it."""
    kind = _find(request, key)
    deeds.require_change(request.member, kind)
    form = AssignForm(request.member, request.POST)
    if form.is_valid():
        try:
            deeds.assign(kind, by=request.member, to=form.cleaned_data["owner"])
        except Refused as refusal:
            form.add_error(None, str(refusal.message))
    return _answered(request, kind, form, assign_form=form)


@allow("duty.change")
@require_POST
def finish_duty(request: Request, key: str) -> HttpResponse:
    """Confirm that it is done, with its proof."""
    kind = _find(request, key)
    deeds.require_change(request.member, kind)
    row = reading.one(request.member.campaign, kind, clock.now()).row
    form = FinishForm(row, request.POST, request.FILES)
    if form.is_valid():
        try:
            deeds.finish(kind, form.evidence, by=request.member)
        except Refused as refusal:
            form.add_error(None, str(refusal.message))
    return _answered(request, kind, form, finish_form=form)


@allow("duty.change")
@require_POST
def undo_duty(request: Request, key: str) -> HttpResponse:
    """It was not done after all."""
    kind = _find(request, key)
    deeds.undo(kind, by=request.member)
    return _answered(request, kind)


@allow("duty.change_any")
@require_POST
def file_channel(request: Request, pk: int) -> HttpResponse:
    """Note that an account was registered, or closed."""
    channel = get_object_or_404(Channel.objects.visible_to(request.member), pk=pk)
    form = FileChannelForm(request.POST, request.FILES, auto_id=f"id_{pk}_%s")
    kind = _of_step(request, request.POST.get("step", ""))
    if form.is_valid():
        typed = form.cleaned_data
        try:
            deeds.file_channel(
                channel, typed["step"], day=typed["day"], number=typed["number"], file=typed["file"], by=request.member
            )
        except Refused as refusal:
            form.add_error(None, str(refusal.message))
    return _answered(request, kind, form, filing=(pk, form))


@allow("duty.change_any")
@require_POST
def unfile_channel(request: Request, pk: int) -> HttpResponse:
    """Take that note back."""
    channel = get_object_or_404(Channel.objects.visible_to(request.member), pk=pk)
    form = StepForm(request.POST)
    kind = _of_step(request, request.POST.get("step", ""))
    if form.is_valid():
        deeds.unfile_channel(channel, form.cleaned_data["step"], by=request.member)
    return _answered(request, kind)


@allow("duty.see")
@require_GET
def proof(request: Request, token: str) -> HttpResponse:
    """The file, to be saved and never shown inside Posko: it came from people."""
    row = get_object_or_404(Proof.objects.visible_to(request.member), token=_token(token))
    try:
        response = FileResponse(
            row.file.open(), as_attachment=True, filename=f"bukti-{row.pk}.{row.ending}", content_type=row.mime
        )
    except FileNotFoundError:
        raise Http404("the file is gone") from None
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response  # type: ignore[return-value]  # a FileResponse streams


# -------------------------------------------------------------------------------------------------


def _find(request: Request, key: str) -> DutyKind:
    kind = kinds.find(request.member.campaign, key)
    if kind is None:
        raise Http404("no such duty in this campaign")
    return kind


def _of_step(request: Request, step: str) -> DutyKind:
    """The duty whose page shows that step of each account; the first one where there is no such step."""
    of_accounts = [kind for kind in kinds.of(request.member.campaign) if kind.step]
    return next((kind for kind in of_accounts if kind.step == step), of_accounts[0])


def _token(typed: str) -> UUID:
    try:
        return UUID(typed)
    except ValueError:
        raise Http404("no such file") from None


def _answered(request: Request, kind: DutyKind, form: forms.Form | None = None, **shown: Any) -> HttpResponse:
    """The page as it now stands; with what was refused where `form` has errors."""
    if form is not None and form.errors:
        context = _context(request, kind, **shown)
        if context["duty"].is_done or not isinstance(form, FinishForm):  # that one tells it where it stands
            context["refusals"] = form.non_field_errors()
        return answer(request, PAGE, "duty", context, status=422)
    context = _context(request, kind)
    return answer(request, PAGE, "duty", context, to=context["duty"])


def _context(request: Request, kind: DutyKind, **shown: Any) -> dict[str, Any]:
    member, now = request.member, clock.now()
    standing = reading.one(member.campaign, kind, now)
    may_change = reading.may_change(member, kind)
    context: dict[str, Any] = {
        "now": now,
        "duty": standing,
        "may_change": may_change,
        "may_file": may_change and kind.step in FilingStep.values,
        "accounts": accounts.read(member, kind.step, now, shown.pop("filing", None)) if kind.step else None,
    }
    if may_change:
        owner = standing.owner
        context["assign_form"] = AssignForm(member, initial={"owner": owner.pk if owner else None})
        context["finish_form"] = FinishForm(standing.row)
    return context | shown
