"""The composer: writing and changing a post, and what is kept while one types."""

import re
from typing import Any, cast

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpResponse, JsonResponse, QueryDict
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from campaign import films
from campaign.access import allow
from campaign.errors import Refused
from campaign.forms_calendar import planned_day
from campaign.http import Request, answer, row_number, uuid_of
from campaign.models import Autosave, Post, PostState
from campaign.templatetags.posko import when
from campaign.uploads import TOO_LARGE
from campaign.views import shown
from campaign.writing import autosave, composing, held, page, presence, typing
from campaign.writing.fields import FOLLOW_ACT, PICTURE_ACT, arranged, as_sent
from campaign.writing.form import PostForm

WRITE = "campaign/post_write.html"


# The page ----------------------------------------------------------------------------------------


@allow("post.write")
@require_http_methods(["GET", "POST"])
def write_post(request: Request) -> HttpResponse:
    """A new post; `?from=41` begins with the words of another, `?form=…` where one has left off."""
    if request.method != "POST":
        return _new_page(request)
    if FOLLOW_ACT.fullmatch(request.POST.get("do", "")):
        return _with_follows(request, None)
    if PICTURE_ACT.fullmatch(request.POST.get("do", "")):
        return _with_pictures(request, None)
    form = PostForm(request.member, request.POST, request.FILES)
    _tell_of_too_large(request, form)
    if form.is_valid() and not form.cleaned_data["form_id"]:
        form.add_error(None, _("This page is incomplete. Load it again."))
    if not form.errors:
        told = form.cleaned_data
        try:
            post, is_as_typed = composing.write(
                form.content(), by=request.member, form_id=told["form_id"], submits=form.submits
            )
        except Refused as refusal:
            form.add_error(None, str(refusal.message))
        else:
            if is_as_typed:
                return _saved(request, post, form)
            # Back in the browser and saved with other words: what was typed goes on as a change of what was saved.
            form.post = post
            form.draw("version", str(post.version))
            form.draw("based_on", str(post.version))
            form.add_error(None, _("You have saved this before, with other words. Save once more to replace them."))
    return _page(request, form, status=422)


def _new_page(request: Request) -> HttpResponse:
    wanted = uuid_of(request.GET.get("form", ""))
    if wanted is None:
        like = _visible(request, request.GET.get("from", ""))
        form = PostForm(request.member, like=like, initial=planned_day(request.GET))
        return _page(request, form, unfinished=None if like else _unfinished(request))
    made = composing.made_by(wanted, by=request.member)
    if made is not None:
        return redirect("campaign:edit_post", request.member.campaign.slug, made.pk)
    row = autosave.of_form(request.member, wanted)
    typed, told = _newer(row, held.of(request, form_id=wanted))
    return _page(request, PostForm(request.member, typed=typed, initial={"form_id": wanted}), **told)


def _newer(row: Autosave | None, sent: held.Held | None) -> tuple[dict[str, list[str]] | None, dict[str, Any]]:
    """What was kept while it was typed, or what was sent without a session: the newer, and what to say of it."""
    if sent and (row is None or sent.at > row.saved_at):
        return sent.typed, {"held": sent}
    return (row.content, {"brought_back": row}) if row else (None, {})


@allow("post.write")
@require_http_methods(["GET", "POST"])
def edit_post(request: Request, pk: int) -> HttpResponse:
    """Change a post of which nothing has left yet."""
    post = shown.find_post(request, pk)
    if request.method != "POST":
        return _edit_page(request, post)
    do = request.POST.get("do", "")
    if FOLLOW_ACT.fullmatch(do):
        return _with_follows(request, post)
    if PICTURE_ACT.fullmatch(do):
        return _with_pictures(request, post)
    if do == "merge":
        return _merged(request, post)
    form = PostForm(request.member, request.POST, request.FILES, post=post)
    _tell_of_too_large(request, form)
    if form.is_valid():
        try:
            composing.edit(
                post,
                form.content(),
                by=request.member,
                version=form.cleaned_data["version"] or 0,
                submits=form.submits,
            )
        except Refused as refusal:
            form.add_error(None, str(refusal.message))
            return _page(request, form, status=422, conflict=_conflict(form, post))
        else:
            presence.leave(post, request.member)
            return _saved(request, post, form)
    return _page(request, form, status=422)


def _edit_page(request: Request, post: Post) -> HttpResponse:
    if not post.is_editable:
        messages.info(request, post.why_closed)
        return redirect(post)
    typed, told = _newer(autosave.of_post(request.member, post), held.of(request, post=post.pk))
    typed = typing.follow(typed, post) if typed else None
    if typed is None or not page.is_worth_bringing_back(typed, post):
        return _page(request, PostForm(request.member, post=post))
    begun = told["held"].based_on if "held" in told else told["brought_back"].based_on
    form = PostForm(request.member, post=post, typed=typed, initial={"based_on": begun})
    conflict = page.conflict(post, typed, of=request.member, based_on=begun) if 0 < begun < post.version else None
    return _page(request, form, conflict=conflict, **told)


def _conflict(form: PostForm, post: Post) -> page.Conflict | None:
    """Somebody was quicker: theirs beside what was typed here; whoever saves again has seen it."""
    saved = Post.objects.select_related("campaign").get(pk=post.pk)
    version = form.cleaned_data["version"] or 0
    if not saved.is_editable or version == saved.version:
        return None
    form.draw("version", str(saved.version))
    form.draw("based_on", str(form.cleaned_data.get("based_on") or version))
    typed = typing.sent(cast(QueryDict, form.data)) | as_sent(form.rows)
    return page.conflict(saved, typed, of=form.member, based_on=form.cleaned_data.get("based_on") or version)


def _merged(request: Request, post: Post) -> HttpResponse:
    """What was typed and what is saved in one form, saved by nobody yet."""
    typed = typing.follow(typing.sent(request.POST), post)
    form = PostForm(request.member, typed=typed, post=post)
    form.take_in(_files(request))
    together = page.merge(post, typed | as_sent(form.rows), based_on=number_of(request, "based_on"))
    if together is None:
        return _page(request, form, status=422)
    return _page(request, PostForm(request.member, post=post, typed=together), merged=True)


def _page(request: Request, form: PostForm, status: int = 200, **told: Any) -> HttpResponse:
    return answer(request, WRITE, "form", page.context(request, form, **told), status=status)


def _saved(request: Request, post: Post, form: PostForm) -> HttpResponse:
    state = Post.objects.values_list("state", flat=True).get(pk=post.pk)
    if not form.submits:
        messages.success(request, _("Saved as a draft. Nobody is asked to approve it yet."))
    elif state == PostState.IN_REVIEW:
        messages.success(request, _("Saved. It now waits for approval."))
    else:
        messages.success(request, _("Saved and scheduled."))
    return held.let_go(request, answer(request, WRITE, "form", {}, to=post.get_absolute_url()))


@allow("post.write")
def draw_again(request: Request, pk: int | None = None) -> HttpResponse:
    """What came with a token from before the last sign-in: the same form with a good one. Nothing was done."""
    post = shown.find_post(request, pk) if pk else None
    form = _as_sent(request, post)
    return _page(request, form, status=403, is_stale=True)


def _as_sent(request: Request, post: Post | None) -> PostForm:
    """The form as it was sent, examined by nobody."""
    names = ("version", "based_on") if post else ("form_id",)
    seen = {name: request.POST.get(name, "") for name in names}
    return PostForm(request.member, typed=typing.sent(request.POST), post=post, initial=seen)


# Pictures ----------------------------------------------------------------------------------------


def _with_pictures(request: Request, post: Post | None) -> HttpResponse:
    """Add, move or remove a picture; nothing is saved, and whatever else was typed stays as it is."""
    form = _as_sent(request, post)
    wrong = form.take_in(_files(request)) + ([films.too_large()] if TOO_LARGE in request.META else [])
    form.rows = arranged(form.rows, request.POST["do"])
    status = 422 if wrong else 200
    return answer(request, WRITE, "pictures", page.context(request, form, wrong=wrong, picture_act=True), status=status)


def _with_follows(request: Request, post: Post | None) -> HttpResponse:
    """One text more or less that follows the post; nothing is saved, and whatever else was typed stays as it is."""
    form = _as_sent(request, post)
    form.take_in(request.FILES.getlist("picture"))
    form.follows.arrange(request.POST["do"])
    return answer(request, WRITE, "follows", page.context(request, form, follow_act=True))


# While one types ---------------------------------------------------------------------------------


@allow("post.write")
@require_POST
def preview_post(request: Request) -> HttpResponse:
    """How each chosen network will show what is typed so far."""
    form = PostForm(request.member, typed=typing.sent(request.POST))
    return render(request, f"{WRITE}#previews", page.context(request, form))


@allow("post.write")
@require_POST
def autosave_new(request: Request) -> HttpResponse:
    """Keep what was typed in a form that has made no post yet; or throw it away."""
    form_id = uuid_of(request.POST.get("form_id", ""))
    if form_id is None:
        return JsonResponse({"sentence": _("This page is incomplete. Load it again.")}, status=422)
    if request.POST.get("do") == "discard":
        autosave.forget(request.member, form_id=form_id)
        return held.let_go(request, redirect("campaign:write_post", request.member.campaign.slug))
    typed = typing.sent(request.POST)
    row = None
    if not typing.is_empty(typed) or autosave.of_form(request.member, form_id):
        row = autosave.keep(typed, by=request.member, form_id=form_id, based_on=0)
    return _kept(request, row, None)


@allow("post.write")
@require_POST
def autosave_post(request: Request, pk: int) -> HttpResponse:
    """The same of a change of a post; also the sign that its member is still at it, and whether others are."""
    post = shown.find_post(request, pk)
    do = request.POST.get("do", "")
    if do == "discard":
        autosave.forget(request.member, post=post)
        return held.let_go(request, redirect("campaign:edit_post", request.member.campaign.slug, post.pk))
    row = None
    if "text" in request.POST and post.is_editable:
        row = autosave.keep(
            typing.sent(request.POST), by=request.member, post=post, based_on=number_of(request, "based_on")
        )
    if do == "leave":
        presence.leave(post, request.member)
    elif post.is_editable:
        presence.touch(post, request.member)
    not_kept = ""
    if row is None and "text" in request.POST:
        not_kept = (
            _("You have saved this post on another page. What you type here is kept on this device until you save it.")
            if post.is_editable
            else post.why_closed
        )
    return _kept(request, row, post, not_kept)


def _kept(request: Request, row: Autosave | None, post: Post | None, not_kept: str = "") -> HttpResponse:
    told: dict[str, Any] = {"sentence": not_kept, "kept": row is not None}
    if row:
        told["at"] = localtime(row.saved_at, request.member.campaign.tz).isoformat()
        told["sentence"] = _("Kept automatically at %(time)s.") % {
            "time": re.sub(r"<[^>]+>", "", when(row.saved_at, request.member.campaign, "clock"))
        }
    if post:
        told["version"] = post.version
        context = {"others": presence.others(post, request.member), "campaign": request.member.campaign}
        told["others"] = render_to_string(f"{WRITE}#others", context, request=request)
    return JsonResponse(told)


# Helpers -----------------------------------------------------------------------------------------


def _unfinished(request: Request) -> Autosave | None:
    """A beginning of a post that was never saved, to go on with."""
    row = autosave.newest(request.member)
    return row if row and page.is_worth_bringing_back(row.content, None) else None


def _visible(request: Request, pk: str) -> Post | None:
    number = row_number(pk)
    return Post.objects.visible_to(request.member).filter(pk=number).first() if number else None


def _tell_of_too_large(request: Request, form: PostForm) -> None:
    """A file that was left out must not look as if it had been taken."""
    if TOO_LARGE in request.META:
        form.add_error("film", films.too_large())


def _files(request: Request) -> list["UploadedFile[Any]"]:
    """The pictures and the film that were just chosen."""
    return [*request.FILES.getlist("picture"), *request.FILES.getlist("film")]


def number_of(request: Request, name: str) -> int:
    found = row_number(request.POST.get(name, ""))
    return found if found is not None and found < 2**31 else 0
