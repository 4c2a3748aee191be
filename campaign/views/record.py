"""The record of every act: searched, checked against its seals, and saved as a table."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from campaign import exporting_record, reading_record, record_check
from campaign.access import allow
from campaign.errors import Refused
from campaign.forms_record import ExportForm, SearchForm
from campaign.http import Request, answer, row_number
from campaign.record_check import Result

PAGE = "campaign/record.html"
ASKED = ("who", "kind", "since", "until", "about")


@allow("record.see")
@require_safe
def record(request: Request) -> HttpResponse:
    """Who did what, on what, when and from where; the newest first."""
    form = SearchForm(request.member, request.GET)
    return answer(request, PAGE, "record", _context(request, form), status=200 if form.is_valid() else 422)


@allow("record.see")
@require_POST
def verify_record(request: Request) -> HttpResponse:
    """Check it now, and say in words what was found."""
    try:
        result = record_check.check(request.member.campaign, by=request.member)
    except Refused as refusal:
        messages.warning(request, str(refusal.message))
    else:
        tell = messages.error if result.flaws else messages.success if result.rows else messages.info
        tell(request, _found(request, result))
    response = redirect("campaign:record", request.member.campaign.slug)
    response.status_code = 303
    return response


@allow("record.export")
@require_POST
def export_record(request: Request) -> HttpResponse:
    """What was searched for, as a table with the name of who takes it on every line."""
    search, form = SearchForm(request.member, request.POST), ExportForm(request.POST)
    if not search.is_valid() or not form.is_valid():
        return answer(request, PAGE, "record", _context(request, search, export=form), status=422)
    export = exporting_record.begin(request.member, search.asked, form.cleaned_data["reason"])
    response = StreamingHttpResponse(export.lines(), content_type="text/csv; charset=utf-8")
    name = f"catatan-{request.member.campaign.slug}-{export.number}.csv"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    return response  # type: ignore[return-value]  # it streams


def _context(request: Request, form: SearchForm, *, export: ExportForm | None = None) -> dict[str, Any]:
    member = request.member
    found = None
    if form.is_valid():
        found = reading_record.page(member, form.asked, row_number(request.GET.get("before", "")))
    asked = [(name, form.data.get(name, "")) for name in ASKED if form.data.get(name, "")]
    return {
        "form": form,
        "found": found,
        "asked": asked,
        "is_search": bool(asked),
        "seals": reading_record.seal_state(member.campaign),
        "export_form": export or ExportForm(),
        "most": exporting_record.MOST,
    }


def _found(request: Request, result: Result) -> str:
    """What a check found, in words."""
    if result.flaws:
        return ngettext(
            "Something is wrong: %(count)d place does not agree with its seal. Change nothing, and show this to "
            "whoever runs Posko; their command verify_audit names the place.",
            "Something is wrong: %(count)d places do not agree with their seals. Change nothing, and show this to "
            "whoever runs Posko; their command verify_audit names the places.",
            len(result.flaws),
        ) % {"count": len(result.flaws)}
    told = {
        "rows": result.rows,
        "day": date_format(result.since.astimezone(request.member.campaign.tz), "j F Y") if result.since else "–",
    }
    if not result.rows:
        return _("Nothing is sealed yet, so there is nothing to compare. Sealing happens each minute.")
    if result.is_all:
        return _("Unbroken: all %(rows)d sealed lines of this campaign are as they were written.") % told
    return (
        _(
            "Unbroken so far: the newest %(rows)d lines, back to %(day)s, are as they were written. "
            "Older ones are checked by whoever runs Posko, with the command verify_audit."
        )
        % told
    )
