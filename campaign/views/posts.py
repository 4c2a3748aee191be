"""The posts of a campaign: the list, and each step of a post's life. Writing is in `views.writing`."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.db.models import Count, Q
from django.http import HttpResponse
from django.views.decorators.http import require_GET, require_POST

from campaign import afterwards, first_steps, publishing
from campaign.access import allow
from campaign.errors import Refused
from campaign.forms_posts import ReasonForm, RescheduleForm, VersionForm
from campaign.http import Request, answer, row_number
from campaign.models import Post, PostState
from campaign.planning.filters import Filters
from campaign.views import shown

LIST = "campaign/posts.html"
PER_PAGE = 25


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
        "posts": [(post, ", ".join(channel.called for channel in post.channels.all())) for post in page],
        "chosen": chosen,
        "filters": filters,
        "total": sum(numbers.values()),
        "tabs": [(value, label, numbers[value]) for value, label in PostState.choices if numbers.get(value)],
        "step": first_steps.next_step(request.member) if not numbers else None,
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
