"""*Iklan*: ads and boosts that were bought elsewhere: the list with its sums, one of them, adding and correcting."""

from typing import Any
from uuid import uuid4

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from campaign import clock
from campaign.access import allow, may
from campaign.duties import kinds
from campaign.errors import Refused
from campaign.http import Request, answer, row_number
from campaign.models import Post
from fundraising import exporting, history, recording, wording
from fundraising.forms import AdForm, CancelForm, ReceiptForm, SaveForm
from fundraising.law import Law
from fundraising.models import Ad, AdState, Medium
from fundraising.recording import SentBefore, Unlawful
from fundraising.register import NEEDS, Asked, Register, months, planned_sum, sum_of

LIST, ONE, FORM = "fundraising/ads.html", "fundraising/ad.html", "fundraising/ad_write.html"
PER_PAGE = 30


@allow("ad.see")
@require_safe
def ads(request: Request) -> HttpResponse:
    """All of them, the newest first, narrowed by what is asked for, with their sums."""
    register = Register(request.member.campaign, clock.now())
    asked = _asked(request.GET)
    found = register.of(asked)
    page = min(max(row_number(request.GET.get("hal", "")) or 1, 1), max(-(-len(found) // PER_PAGE), 1))
    context: dict[str, Any] = {
        "is_empty": not register.entries,
        "entries": found[(page - 1) * PER_PAGE : page * PER_PAGE],
        "page": page,
        "has_more": len(found) > page * PER_PAGE,
        "asked": asked,
        "query": [(word, getattr(asked, name)) for name, word in FILTERS.items() if getattr(asked, name)],
        "months_known": register.months_known(),
        "media": [(each.value, str(each.label)) for each in Medium],
        "states": [(each.value, str(each.label)) for each in AdState],
        "spent": sum_of("", found),
        "planned": planned_sum(found),
        "months": months(found),
        "reports": register.reports(),
        "against": sum(entry.is_against for entry in register.entries),
        "late": sum(entry.lacks_receipt for entry in register.entries),
        "window": _window(register.law),
    }
    return answer(request, LIST, "list", context)


@allow("ad.see")
@require_safe
def ad(request: Request, pk: int) -> HttpResponse:
    """One of them: what is written down, what is wrong, its receipt and how it was corrected."""
    return _drawn(request, _find(request, pk))


@allow("ad.write")
@require_http_methods(["GET", "HEAD", "POST"])
def add_ad(request: Request) -> HttpResponse:
    """Write one down."""
    member = request.member
    if request.method != "POST":
        initial = {"post": row_number(request.GET.get("konten", "")), "payer": _last_payer(request)}
        return _typed(request, AdForm(member, initial=initial))
    form = AdForm(member, request.POST, request.FILES)
    if form.is_valid():
        try:
            row = recording.add(
                form.facts, by=member, form_id=form.cleaned_data["form_id"], file=form.cleaned_data["file"]
            )
        except SentBefore as refusal:
            fresh = request.POST.copy()
            fresh["form_id"] = str(uuid4())
            form.data = fresh
            return _typed(request, form, refusal=refusal)
        except Refused as refusal:
            return _typed(request, form, refusal=refusal)
        messages.success(request, _("Written down."))
        return answer(request, FORM, "form", {}, to=row.get_absolute_url())
    return _typed(request, form)


@allow("ad.write")
@require_http_methods(["GET", "HEAD", "POST"])
def edit_ad(request: Request, pk: int) -> HttpResponse:
    """Correct one; what it was stays in its history."""
    row, member = _find(request, pk), request.member
    if request.method != "POST":
        return _typed(request, AdForm(member, ad=row), row)
    form = AdForm(member, request.POST, request.FILES, ad=row)
    if form.is_valid():
        try:
            recording.correct(
                row,
                form.facts,
                by=member,
                version=form.cleaned_data["version"] or 0,
                file=form.cleaned_data["file"],
            )
        except Refused as refusal:
            return _typed(request, form, row, refusal)
        messages.success(request, _("Corrected. What it was stays in its history."))
        return answer(request, FORM, "form", {}, to=row.get_absolute_url())
    return _typed(request, form, row)


@allow("ad.write")
@require_POST
def hand_in_receipt(request: Request, pk: int) -> HttpResponse:
    """Add the receipt."""
    row, form = _find(request, pk), ReceiptForm(request.POST, request.FILES)
    if form.is_valid():
        typed = form.cleaned_data
        try:
            recording.hand_in(row, typed["file"], typed["receipt_number"], by=request.member, version=typed["version"])
        except Refused as refusal:
            form.add_error(None, str(refusal.message))
    if form.errors:
        return _drawn(request, _find(request, pk), status=422, receipt_form=form)
    messages.success(request, _("The receipt is kept."))
    return answer(request, ONE, "ad", {}, to=row.get_absolute_url())


@allow("ad.write")
@require_POST
def cancel_ad(request: Request, pk: int) -> HttpResponse:
    """It did not run, or was written down by mistake."""
    row, form = _find(request, pk), CancelForm(request.POST)
    if form.is_valid():
        try:
            recording.cancel(row, form.cleaned_data["reason"], by=request.member, version=form.cleaned_data["version"])
        except Refused as refusal:
            form.add_error(None, str(refusal.message))
    if form.errors:
        return _drawn(request, _find(request, pk), status=422, cancel_form=form)
    messages.success(request, _("Cancelled. It stays in the list, and counts no more."))
    return answer(request, ONE, "ad", {}, to=row.get_absolute_url())


@allow("ad.see")
@require_POST
def export_ads(request: Request) -> HttpResponse:
    """What was looked for, as a file for a spreadsheet program."""
    form = SaveForm(request.POST)
    if not form.is_valid():
        raise Http404("no such kind of file")
    export = exporting.make(request.member, _asked(request.POST), form.cleaned_data["form"], clock.now())
    response = HttpResponse(export.content, content_type=export.mime)
    response["Content-Disposition"] = f'attachment; filename="{export.name}"'
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    return response


# -------------------------------------------------------------------------------------------------

FILTERS = {"month": "bulan", "medium": "media", "state": "status", "needs": "perlu"}
"""The names of the filters, in the code and in addresses."""


def _asked(sent: Any) -> Asked:
    """What is looked for; what no filter knows is no filter."""
    asked = {name: str(sent.get(word, ""))[:20] for name, word in FILTERS.items()}
    known = {"medium": Medium.values, "state": AdState.values, "needs": NEEDS}
    return Asked(**{name: value if value in known.get(name, (value,)) else "" for name, value in asked.items()})


def _window(law: Law) -> str:
    return wording.days(*law.window) if law.window else ""


def _last_payer(request: Request) -> str:
    rows = Ad.objects.visible_to(request.member).order_by("-entered_at").values_list("payer", flat=True)
    return rows.first() or ""


def _find(request: Request, pk: int) -> Ad:
    rows = Ad.objects.visible_to(request.member)
    row = get_object_or_404(rows.select_related("channel", "post", "receipt", "entered_by__user"), pk=pk)
    row.campaign = request.member.campaign
    for thing in (row.post, row.receipt):
        if thing:
            thing.campaign = request.member.campaign
    return row


def _drawn(request: Request, row: Ad, *, status: int = 200, **forms: Any) -> HttpResponse:
    """The page of one ad, with the form that was sent back where one was."""
    register = Register(request.member.campaign, clock.now())
    entry = register.entry(row.pk)
    if entry is None:
        raise Http404("no such ad")
    context: dict[str, Any] = {
        "ad": row,
        "entry": entry,
        "grounds": register.law.grounds(entry.flaws),
        "sees_post": bool(row.post_id) and Post.objects.visible_to(request.member).filter(pk=row.post_id or 0).exists(),
        "history": history.of(row, request.member),
        "counts_on": row.counts_on,
    }
    if may(request.member, "ad.write"):
        context |= {
            "receipt_form": ReceiptForm(initial={"version": row.version}),
            "cancel_form": CancelForm(initial={"version": row.version}),
        }
    return answer(request, ONE, "ad", context | forms, status=status)


def _typed(request: Request, form: AdForm, row: Ad | None = None, refusal: Refused | None = None) -> HttpResponse:
    """The form as it was typed, with why it was refused."""
    law = Law(request.member.campaign)
    flaws = refusal.flaws if isinstance(refusal, Unlawful) else []
    if refusal:
        form.add_error(None, str(refusal.message))
    context: dict[str, Any] = {
        "form": form,
        "ad": row,
        "flaws": flaws,
        "grounds": law.grounds(flaws),
        "window": _window(law),
        "must_choose_again": bool(form.errors and request.FILES),
        "is_partys": not kinds.is_dpd(request.member.campaign),
        "when": [(str(each.label), law.lawful_words(each)) for each in Medium],
    }
    return answer(request, FORM, "form", context, status=422 if form.errors else 200)
