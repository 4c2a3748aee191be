"""Checks while somebody writes, and setting a finding aside."""

from dataclasses import replace
from datetime import date, datetime, time

from django.http import HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_POST

from campaign import checks, clock
from campaign.access import allow
from campaign.approving import waiting
from campaign.checking import dismissing
from campaign.errors import Refused
from campaign.forms_posts import FARTHEST, VersionForm
from campaign.http import Request, answer, row_number, uuid_of
from campaign.models import Kind, Member, Post
from campaign.views import review_shown, shown
from campaign.writing.form import PostForm

FRAGMENT = "campaign/_findings.html"
LONGEST = 20_000  # characters of a text, as the form has it


@allow("post.write")
@require_POST
def check_draft(request: Request) -> HttpResponse:
    """What the checks say of the composer's form as it stands. Nothing is saved, and nothing typed is refused."""
    subject = _subject(request)
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
    if form.errors and on_review:
        context = review_shown.post_page(request, post, waiting.in_review(request.member), form)
        return answer(request, review_shown.REVIEW, "review", context, status=422)
    if form.errors:
        return answer(request, shown.DETAIL, "post", shown.post_page(request, post, form), status=422)
    to = reverse("campaign:review_post", args=[post.campaign.slug, post.pk]) if on_review else post.get_absolute_url()
    return answer(request, shown.DETAIL, "post", {}, to=to)


# Reading the form --------------------------------------------------------------------------------


def _subject(request: Request) -> checks.Subject:
    """The post as it would be, from whatever the form has; what cannot be read counts as not there."""
    typed, member = request.POST, request.member
    form = PostForm(member, typed)
    post, channels = form.unsaved_post(), form.chosen_channels
    post.pk = _saved_as(request.GET.get("post", ""), typed, member)
    post.text, post.source = _text(post.text), post.source[:2000]
    post.kind = post.kind if post.kind in Kind.values else Kind.CAMPAIGN
    post.planned_at = _moment(typed, member)
    own = {channel.pk: _text(post.unsaved_texts.get(channel.pk, "")) for channel in channels}
    own = {pk: text for pk, text in own.items() if text}
    follows = [replace(follow, text=_text(follow.text)) for follow in post.unsaved_follows]
    return checks.Subject(
        post, channels, form.unsaved_pictures(), post.planned_at or clock.now(), own_texts=own, follows=follows
    )


def _text(typed: str) -> str:
    return typed.replace("\0", "").strip()[:LONGEST]


def _saved_as(number: str, typed: QueryDict, member: Member) -> int | None:
    """The post that this form changes or has already made: it is not another one with the same words."""
    mine = Post.objects.visible_to(member)
    if pk := row_number(number):
        return mine.filter(pk=pk).values_list("pk", flat=True).first()
    form_id = uuid_of(typed.get("form_id", ""))
    return mine.filter(made_by_form=form_id).values_list("pk", flat=True).first() if form_id else None


def _moment(typed: QueryDict, member: Member) -> datetime | None:
    try:
        day, at = date.fromisoformat(typed.get("date", "")), time.fromisoformat(typed.get("time", ""))
        moment = datetime.combine(day, at.replace(tzinfo=None), tzinfo=member.campaign.tz)
        return moment if abs(moment - clock.now()) < FARTHEST else None
    except (ValueError, OverflowError):
        return None
