"""Checks while somebody writes, and setting a finding aside."""

from collections.abc import Iterable
from datetime import date, datetime, time
from uuid import UUID

from django.http import HttpResponse, QueryDict
from django.shortcuts import render
from django.views.decorators.http import require_POST

from campaign import checks, clock
from campaign.access import allow
from campaign.checking import dismissing
from campaign.errors import Refused
from campaign.forms_posts import FARTHEST, VersionForm
from campaign.http import Request, answer, row_number
from campaign.models import Kind, Media, Member, Post, PostMedia
from campaign.views import shown

FRAGMENT = "campaign/_findings.html"
LONGEST = 20_000  # characters of a text, as the form has it


@allow("post.write")
@require_POST
def check_draft(request: Request) -> HttpResponse:
    """What the checks say of the composer's form as it stands. Nothing is saved, and nothing typed is refused."""
    subject = _subject(request.POST, request.member)
    found = checks.findings(subject) if subject.texts or subject.pictures else []
    return render(request, FRAGMENT, {"checked": dismissing.of_draft(found)})


@allow("check.dismiss")
@require_POST
def dismiss_finding(request: Request, pk: int) -> HttpResponse:
    """Ignore one finding of the version that was read, and back to the page that showed it."""
    post, form, then = shown.find_post(request, pk), VersionForm(request.POST), request.POST.get("then", "")
    if form.is_valid():
        told = {"code": request.POST.get("code", ""), "where": request.POST.get("where", "")}
        try:
            dismissing.dismiss(post, by=request.member, version=form.cleaned_data["version"], **told)
        except Refused as refusal:
            form.add_error(None, str(refusal.message))
    post = shown.find_post(request, pk)
    status = 422 if form.errors else 200
    if request.htmx:
        checked = dismissing.of_post(post, request.member, then=then)
        refusals = form.non_field_errors()
        return render(request, FRAGMENT, {"checked": checked, "refusals": refusals}, status=status)
    on_review = then == "review"
    page, part = (shown.REVIEW, "review") if on_review else (shown.DETAIL, "post")
    if form.errors:
        context = shown.review_page(request, post, form) if on_review else shown.post_page(request, post, form)
        return answer(request, page, part, context, status=422)
    return answer(request, page, part, {}, to=shown.review_url(post) if on_review else post.get_absolute_url())


# Reading the form --------------------------------------------------------------------------------


def _subject(typed: QueryDict, member: Member) -> checks.Subject:
    """The post as it would be, from whatever the form has; what cannot be read counts as not there."""
    campaign = member.campaign
    wanted = [number for number in map(row_number, typed.getlist("channels")) if number]
    channels = list(campaign.channels.kept().filter(pk__in=wanted).order_by("platform", "handle"))
    kind = typed.get("kind", "")
    post = Post(
        pk=_saved_as(typed, member),
        campaign=campaign,
        text=_text(typed.get("text", "")),
        kind=kind if kind in Kind.values else Kind.CAMPAIGN,
        source=typed.get("source", "")[:2000],
        planned_at=_moment(typed, member),
    )
    own = {channel.pk: _text(typed.get(f"text_{channel.pk}", "")) for channel in channels}
    own = {pk: text for pk, text in own.items() if text}
    return checks.Subject(post, channels, _pictures(typed, member), post.planned_at or clock.now(), own)


def _text(typed: str) -> str:
    return typed.replace("\r\n", "\n").replace("\0", "").strip()[:LONGEST]


def _saved_as(typed: QueryDict, member: Member) -> int | None:
    """The post that this form changes or has already made: it is not another one with the same words."""
    mine = Post.objects.visible_to(member)
    if number := row_number(typed.get("post", "")):
        return mine.filter(pk=number).values_list("pk", flat=True).first()
    try:
        form_id = UUID(typed.get("form_id", ""))
    except ValueError:
        return None
    return mine.filter(made_by_form=form_id).values_list("pk", flat=True).first()


def _moment(typed: QueryDict, member: Member) -> datetime | None:
    try:
        day, at = date.fromisoformat(typed.get("date", "")), time.fromisoformat(typed.get("time", ""))
        moment = datetime.combine(day, at.replace(tzinfo=None), tzinfo=member.campaign.tz)
        return moment if abs(moment - clock.now()) < FARTHEST else None
    except (ValueError, OverflowError):
        return None


def _pictures(typed: QueryDict, member: Member) -> list[PostMedia]:
    """The pictures that the form keeps, with their descriptions: `alt_<sha256>`, else the one of the same place."""
    kept = list(dict.fromkeys(typed.getlist("kept")))[:20]
    rows = {row.sha256: row for row in Media.objects.filter(campaign=member.campaign, sha256__in=_plain(kept))}
    alts = typed.getlist("alt")
    return [
        PostMedia(media=rows[sha256], alt=typed.get(f"alt_{sha256}") or (alts[place] if place < len(alts) else ""))
        for place, sha256 in enumerate(kept)
        if sha256 in rows
    ]


def _plain(words: Iterable[str]) -> list[str]:
    return [word for word in words if word.isalnum() and word.isascii()]
