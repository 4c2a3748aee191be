"""The candidate's page: one post at a time, as each network will show it, and three answers."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.cache import never_cache
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_GET, require_POST, require_safe

from campaign import policy, publishing
from campaign.access import allow, may
from campaign.approving import link, small_pictures, taking_back, waiting
from campaign.approving.forms import ApproveForm, NoForm
from campaign.errors import Refused
from campaign.forms_posts import VersionForm
from campaign.http import Request, answer, row_number
from campaign.models import Approval, Member, Post, PostState
from campaign.views import pictures, review_shown, shown
from campaign.views.review_shown import REVIEW

LINK_PAGE = "campaign/review_link.html"
DECIDED = (PostState.SCHEDULED, PostState.PUBLISHED, PostState.PARTLY, PostState.FAILED, PostState.TAKEN_DOWN)


# Reading -----------------------------------------------------------------------------------------


@allow("post.review")
@require_GET
@gzip_page
def review(request: Request) -> HttpResponse:
    """The next post that waits for me; else what waits for others, and what leaves next."""
    everything = waiting.in_review(request.member)
    mine = waiting.mine(request.member, everything)
    if not mine:
        return answer(request, REVIEW, "review", review_shown.nothing_page(request, everything))
    post = shown.find_post(request, mine[0].post.pk)
    return answer(request, REVIEW, "review", review_shown.post_page(request, post, everything))


@allow("post.review")
@require_GET
@gzip_page
def review_post(request: Request, pk: int) -> HttpResponse:
    """This post."""
    return _drawn(request, shown.find_post(request, pk))


@allow("post.see")
@require_GET
def small_picture(request: Request, sha256: str) -> HttpResponse:
    """The picture as a phone on a bad line gets it."""
    media = pictures.find_media(request, sha256)
    if media.is_film:
        raise Http404("a film has no small picture")
    among = row_number(request.GET.get("dari", "")) or 1
    etag = f"{media.sha256}-{min(among, small_pictures.MOST_TOGETHER)}"
    if request.headers.get("If-None-Match") == f'"{etag}"':
        response = HttpResponse(status=304)
    else:
        try:
            response = HttpResponse(small_pictures.of(media, among=among), content_type=small_pictures.MIME)
        except FileNotFoundError:
            raise Http404("the file is gone") from None
    return pictures.kept(response, etag)


# Answering ---------------------------------------------------------------------------------------


@allow("post.review")
@require_POST
@gzip_page
def approve_post(request: Request, pk: int) -> HttpResponse:
    """Yes to the version that was read. Pressing twice is pressing once."""
    post, form, is_again = shown.find_post(request, pk), ApproveForm(request.POST, auto_id="id_yes_%s"), False
    _require_answerer(request)
    if form.is_valid():
        told = form.cleaned_data
        is_again = _has_approved(post, request.member, told["version"])
        try:
            if not is_again:
                read_at = told["planned"] if "planned" in request.POST else None
                publishing.approve(
                    post, by=request.member, version=told["version"], reason=told["reason"], read_at=read_at
                )
        except Refused as refusal:
            form.add_error(None, str(refusal.message))
    return _answered(request, post, form, "approve_form", is_again=is_again)


@allow("post.review")
@require_POST
@gzip_page
def ask_changes(request: Request, pk: int) -> HttpResponse:
    """Back to its author, with what should change."""
    return _said_no(request, pk, publishing.ask_changes, PostState.CHANGES_ASKED, "ask")


@allow("post.review")
@require_POST
@gzip_page
def refuse_post(request: Request, pk: int) -> HttpResponse:
    """No for good."""
    return _said_no(request, pk, publishing.refuse, PostState.REFUSED, "refuse")


@allow("post.review")
@require_POST
@gzip_page
def take_back_approval(request: Request, pk: int) -> HttpResponse:
    """Undo one's yes, as long as the post has not left."""
    post, form = shown.find_post(request, pk), VersionForm(request.POST)
    if form.is_valid():
        try:
            taking_back.take_back(post, by=request.member, version=form.cleaned_data["version"])
        except Refused as refusal:
            form.add_error(None, str(refusal.message))
    if form.errors:
        return _drawn(request, shown.find_post(request, pk), form)
    place = max(review_shown.number(request) - 1, 1)
    return answer(request, REVIEW, "review", {}, to=f"{_address(request, pk)}?{urlencode({'ke': place})}")


def _said_no(request: Request, pk: int, verb: Callable[..., None], state: PostState, name: str) -> HttpResponse:
    post, form = shown.find_post(request, pk), NoForm(request.POST, auto_id=f"id_{name}_%s")
    _require_answerer(request)
    if form.is_valid():
        told = form.cleaned_data
        try:
            verb(post, by=request.member, version=told["version"], reason=told["reason"])
        except Refused as refusal:
            same = {"version": told["version"], "state": state, "note": told["reason"]}
            if not Post.objects.filter(pk=post.pk, **same).exists():
                form.add_error(None, str(refusal.message))
    return _answered(request, post, form, f"{name}_form")


def _require_answerer(request: Request) -> None:
    if not policy.house(request.member.campaign_id).may_answer(request.member):
        raise PermissionDenied("staff answer only where they are named as second readers")


def _has_approved(post: Post, member: Member, version: int) -> bool:
    """Whether the last yes that the post needed is there and `member`'s own is among them."""
    given = Approval.objects.filter(post=post, version=version, by=member, post__version=version)
    return given.filter(post__state__in=DECIDED).exists()


def _answered(request: Request, post: Post, form: forms.Form, name: str, *, is_again: bool = False) -> HttpResponse:
    """On to the next post, with what came of this one; a refusal shows the post as it is now, and what differs."""
    if form.errors:
        return _drawn(request, shown.find_post(request, post.pk), form, **{name: form})
    if request.POST.get("then") != "review":
        return answer(request, REVIEW, "review", {}, to=post.get_absolute_url())
    query = {"dari": post.pk, "ke": review_shown.number(request) + 1} | ({"lagi": 1} if is_again else {})
    to = reverse("campaign:review", args=[post.campaign.slug])
    return answer(request, REVIEW, "review", {}, to=f"{to}?{urlencode(query)}")


def _drawn(request: Request, post: Post, acted: forms.Form | None = None, **forms_: Any) -> HttpResponse:
    everything = waiting.in_review(request.member)
    page = review_shown.post_page(request, post, everything, acted, **forms_)
    return answer(request, REVIEW, "review", page, status=422 if acted else 200)


def _address(request: Request, pk: int) -> str:
    return reverse("campaign:review_post", args=[request.member.campaign.slug, pk])


# The link ----------------------------------------------------------------------------------------


@login_not_required
@require_safe
@never_cache
def review_link(request: HttpRequest, code: str) -> HttpResponse:
    """Where a link from WhatsApp leads: members straight to the post, all others to signing in. Uses nothing up."""
    if not request.user.is_authenticated:
        return render(request, LINK_PAGE, {"next": request.path})  # the same whatever the code says
    pk = link.post_pk(code)
    post = Post.objects.select_related("campaign").filter(pk=pk).first() if pk else None
    if post is None:
        raise Http404("no such link")
    members = Member.objects.of(request.user).active().select_related("campaign")
    member = members.filter(campaign_id=post.campaign_id).first()
    if member is None:
        return render(request, LINK_PAGE, {"next": request.path, "is_stranger": True})
    if may(member, "post.review"):
        return redirect("campaign:review_post", post.campaign.slug, post.pk)
    return redirect(post)
