"""The posts of a campaign: the list, and each step of a post's life. Writing is in `views.writing`."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import Count, Q
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from campaign import afterwards, publishing
from campaign.access import allow
from campaign.errors import Refused
from campaign.forms_posts import ReasonForm, RescheduleForm, VersionForm
from campaign.http import Request, answer, row_number
from campaign.models import Approval, Post, PostState
from campaign.planning.filters import Filters
from campaign.views import shown

LIST = "campaign/posts.html"
PER_PAGE = 25
DECIDED = (PostState.SCHEDULED, PostState.PUBLISHED, PostState.PARTLY, PostState.FAILED, PostState.TAKEN_DOWN)


# The list ----------------------------------------------------------------------------------------


@allow("post.see")
@require_GET
def posts(request: Request) -> HttpResponse:
    """Newest first, of one state or all, narrowed as asked; further ones by key, so that a new post shifts nothing."""
    filters = Filters(request.member, request.GET, without=("state",))
    mine = filters.narrow(Post.objects.visible_to(request.member))
    numbers = dict(mine.order_by().values_list("state").annotate(Count("pk")))
    state = request.GET.get("state", "")
    chosen = state if state in PostState.values else ""
    rows = mine.filter(state=chosen) if chosen else mine
    rows = _before(rows, request.GET.get("before", ""))
    page = list(
        rows.order_by("-changed_at", "-pk")
        .select_related("author__user")
        .prefetch_related("channels", "pictures__media")[: PER_PAGE + 1]
    )
    more = len(page) > PER_PAGE
    page = page[:PER_PAGE]
    context = {
        "posts": [(post, ", ".join(channel.label for channel in post.channels.all())) for post in page],
        "chosen": chosen,
        "filters": filters,
        "total": sum(numbers.values()),
        "tabs": [(value, label, numbers[value]) for value, label in PostState.choices if numbers.get(value)],
        "older": f"{page[-1].changed_at.isoformat()}_{page[-1].pk}" if more else "",
    }
    return answer(request, LIST, "posts", context)


def _before(rows: Any, key: str) -> Any:
    """The rows after the one that `key` names, as the last line of a page wrote it; all for a key of nobody's."""
    moment, _line, pk = key.rpartition("_")
    number = row_number(pk)
    try:
        at = datetime.fromisoformat(moment)
    except ValueError:
        return rows
    if number is None or at.utcoffset() != timedelta(0):  # ours are in UTC; the database does not take every zone
        return rows
    return rows.filter(Q(changed_at__lt=at) | Q(changed_at=at, pk__lt=number))


# One post ----------------------------------------------------------------------------------------


@allow("post.see")
@require_GET
def post_detail(request: Request, pk: int) -> HttpResponse:
    """The post as each network shows it, where it stands, and what can be done."""
    return answer(request, shown.DETAIL, "post", shown.post_page(request, shown.find_post(request, pk)))


@allow("post.write")
@require_POST
def submit_post(request: Request, pk: int) -> HttpResponse:
    """Ask for approval of a draft."""
    post, form = shown.find_post(request, pk), VersionForm(request.POST)
    _try(form, lambda told: publishing.submit(post, by=request.member, version=told["version"]))
    return _drawn(request, post, form)


@allow("post.write")
@require_POST
def withdraw_post(request: Request, pk: int) -> HttpResponse:
    """Take a post out of review or off the schedule."""
    post, form = shown.find_post(request, pk), VersionForm(request.POST)
    _try(form, lambda told: publishing.withdraw(post, by=request.member, version=told["version"]))
    return _drawn(request, post, form)


@allow("post.take_down")
@require_POST
def take_down_post(request: Request, pk: int) -> HttpResponse:
    """Delete a live post on all its channels."""
    post, form = shown.find_post(request, pk), ReasonForm(request.POST, auto_id="id_down_%s")
    _try(form, lambda told: afterwards.take_down(post, by=request.member, **_version_and_reason(told)))
    return _drawn(request, post, form, "take_down_form")


@allow("post.write")
@require_POST
def reschedule_post(request: Request, pk: int) -> HttpResponse:
    """Another time, or now. Asked from an envelope's page it goes back there."""
    post = shown.find_post(request, pk)
    asked_from = request.POST.get("delivery")
    row = shown.find_delivery(request, row_number(asked_from) or 0) if asked_from else None
    form = RescheduleForm(request.member.campaign, request.POST, auto_id="id_move_%s")
    _try(form, lambda told: publishing.reschedule(post, by=request.member, version=told["version"], to=told["to"]))
    if row:
        row = shown.find_delivery(request, row.pk)
        page = shown.delivery_page(request, row, form, **({"reschedule_form": form} if form.errors else {}))
        if form.errors:
            return answer(request, shown.DELIVERY, "delivery", page, status=422)
        return answer(request, shown.DELIVERY, "delivery", page, to=row)
    return _drawn(request, post, form, "reschedule_form")


# Answering it ------------------------------------------------------------------------------------


@allow("post.approve")
@require_POST
def approve_post(request: Request, pk: int) -> HttpResponse:
    """Yes to the version that was read. Pressing twice is pressing once."""
    post, form = shown.find_post(request, pk), VersionForm(request.POST)

    def approve(told: dict[str, Any]) -> None:
        try:
            publishing.approve(post, by=request.member, version=told["version"])
        except Refused:
            given = Approval.objects.filter(post=post, version=told["version"], by=request.member)
            if not given.filter(post__version=told["version"], post__state__in=DECIDED).exists():
                raise

    _try(form, approve)
    return _answered(request, post, form, _("Approved: “%(text)s”"))


@allow("post.approve")
@require_POST
def ask_changes(request: Request, pk: int) -> HttpResponse:
    """Back to its author, with what should change."""
    post, form = shown.find_post(request, pk), ReasonForm(request.POST, auto_id="id_ask_%s")
    _try(form, lambda told: _say_no(post, publishing.ask_changes, PostState.CHANGES_ASKED, request, told))
    return _answered(request, post, form, _("Changes asked: “%(text)s”"), "ask_form")


@allow("post.approve")
@require_POST
def refuse_post(request: Request, pk: int) -> HttpResponse:
    """No for good."""
    post, form = shown.find_post(request, pk), ReasonForm(request.POST, auto_id="id_refuse_%s")
    _try(form, lambda told: _say_no(post, publishing.refuse, PostState.REFUSED, request, told))
    return _answered(request, post, form, _("Refused: “%(text)s”"), "refuse_form")


def _say_no(post: Post, verb: Callable[..., None], state: PostState, request: Request, told: dict[str, Any]) -> None:
    try:
        verb(post, by=request.member, **_version_and_reason(told))
    except Refused:
        same = {"version": told["version"], "state": state, "note": told["reason"].strip()}
        if not Post.objects.filter(pk=post.pk, **same).exists():
            raise


def _answered(request: Request, post: Post, form: forms.Form, said: str, name: str = "") -> HttpResponse:
    if request.POST.get("then") != "review":
        return _drawn(request, post, form, "reason_form" if name else "")
    if form.errors:
        page = shown.review_page(request, shown.find_post(request, post.pk), form, **({name: form} if name else {}))
        return answer(request, shown.REVIEW, "review", page, status=422)
    messages.success(request, said % {"text": str(post)[:60]})
    return answer(request, shown.REVIEW, "review", {}, to=reverse("campaign:review", args=[post.campaign.slug]))


# Helpers -----------------------------------------------------------------------------------------


def _try(form: forms.Form, verb: Callable[[dict[str, Any]], None]) -> None:
    """Do it if the form is in order; what a person reads of a refusal becomes an error of the form."""
    if form.is_valid():
        try:
            verb(form.cleaned_data)
        except Refused as refusal:
            form.add_error(None, str(refusal.message))


def _drawn(request: Request, post: Post, form: forms.Form, name: str = "") -> HttpResponse:
    """The post's page as it now stands: with the form's errors and 422, else after the act."""
    post = shown.find_post(request, post.pk)
    if form.errors:
        page = shown.post_page(request, post, form, **({name: form} if name else {}))
        return answer(request, shown.DETAIL, "post", page, status=422)
    return answer(request, shown.DETAIL, "post", shown.post_page(request, post), to=post)


def _version_and_reason(told: dict[str, Any]) -> dict[str, Any]:
    return {"version": told["version"], "reason": told["reason"]}
