"""The calendar: its page, moving a post to another day, and the feed for calendar programmes."""

from datetime import date, datetime
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.urls import reverse
from django.utils import formats
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_safe

from campaign import clock
from campaign.access import allow, may, require
from campaign.errors import Refused
from campaign.forms_calendar import DayForm, MoveForm
from campaign.http import Request, answer, row_number
from campaign.models import FeedKey, Post, Zone
from campaign.planning import calendar as plan
from campaign.planning import feed, moving
from campaign.planning.calendar import Day, Span, View
from campaign.planning.filters import Filters
from campaign.publishing import STALE
from campaign.templatetags.calendar_tags import Drawing
from campaign.views import shown

PAGE = "campaign/calendar.html"
MOVE = "campaign/calendar_move.html"
FEED = "campaign/calendar_feed.html"
LONGEST_BACK = 500  # characters of the calendar's own query


# The page ----------------------------------------------------------------------------------------


@allow("post.see")
@require_GET
def calendar(request: Request) -> HttpResponse:
    """A month, a week, a list or a day. Without a choice: a month on a desk and its list on a phone."""
    member, now = request.member, clock.now()
    today = now.astimezone(member.campaign.tz).date()
    asked = request.GET.get("lihat", "")
    view = View(asked) if asked in list(View) else View.MONTH
    span = plan.span(view, _day(request.GET.get("tanggal", "")) or today)
    filters = Filters(member, request.GET)
    after = _key(request.GET.get("after", "")) if view == View.DAY else None
    days = plan.days(member, filters, span, now=now, language=get_language() or "", after=after)
    is_chosen = asked in list(View)
    context = {
        "span": span,
        "days": days,
        "view": view if is_chosen else "",
        "title": _title(span),
        "filters": filters,
        "drawing": Drawing(
            member.campaign,
            back=_query(view if is_chosen else None, span.chosen, filters.chosen),
            may_move=may(member, "post.write"),
        ),
        "links": _links(span, today, filters.chosen, is_chosen=is_chosen),
        "further": _further(days, filters.chosen) if view == View.DAY else "",
        "zone": Zone(member.campaign.zone).label,
        "is_bare": not any(day.entries for day in days),
        "has_past": not is_chosen and any(day.is_past and day.is_told and not day.is_outside for day in days),
    }
    return answer(request, PAGE, "calendar", context)


def _day(typed: str) -> date | None:
    try:
        return date.fromisoformat(typed)
    except ValueError:
        return None


def _key(typed: str) -> tuple[datetime, int] | None:
    """The last post of the page before, as that page wrote it."""
    moment, _line, pk = typed.rpartition("_")
    number = row_number(pk)
    try:
        at = datetime.fromisoformat(moment)
    except ValueError:
        return None
    return (at, number) if number and at.utcoffset() is not None and plan.FIRST < at.date() < plan.LAST else None


def _query(view: View | None, day: date, narrowed: dict[str, str]) -> str:
    told = {"lihat": view.value} if view else {}
    return urlencode(told | {"tanggal": day.isoformat()} | narrowed)


def _links(span: Span, today: date, narrowed: dict[str, str], *, is_chosen: bool) -> dict[str, Any]:
    """Where the page leads to, each as the query of the same address."""
    view = span.view if is_chosen else None
    names = {View.MONTH: _("Month"), View.WEEK: _("Week"), View.LIST: _("List")}
    if span.view == View.DAY:
        names[View.DAY] = _("Day")
    return {
        "before": _query(view, span.before, narrowed) if span.before >= plan.FIRST else "",
        "after": _query(view, span.after, narrowed) if span.after <= plan.LAST else "",
        "today": _query(view, today, narrowed),
        "past": _query(View.LIST, span.chosen.replace(day=1), narrowed),
        "all": _query(view, span.chosen, {}),
        "views": [(each.value, label, _query(each, span.chosen, narrowed)) for each, label in names.items()],
    }


def _further(days: list[Day], narrowed: dict[str, str]) -> str:
    """The rest of a day that has more posts than a page."""
    day = days[0]
    if not day.more:
        return ""
    last = day.entries[-1]
    return f"{_query(View.DAY, day.date, narrowed)}&{urlencode({'after': f'{last.at.isoformat()}_{last.pk}'})}"


def _title(span: Span) -> str:
    """What is shown, in words."""
    if span.view == View.MONTH:
        return formats.date_format(span.chosen, "F Y")
    if span.view == View.DAY:
        return formats.date_format(span.chosen, "l, j F Y")
    begins = formats.date_format(span.first, "j F" if span.first.year == span.last.year else "j F Y")
    return f"{begins} – {formats.date_format(span.last, 'j F Y')}"


# Moving ------------------------------------------------------------------------------------------


@allow("post.write")
@require_http_methods(["GET", "POST"])
def move_post(request: Request, pk: int) -> HttpResponse:
    """Choose a day, read what it does, and say yes. `?date=` is where a card was dropped; the time of day stays."""
    post = shown.find_post(request, pk)
    if request.method == "POST":
        return _move(request, post)
    at = moving.at_of(post)
    if _is_stale(request, post, at):
        return _move_page(request, post, [_(STALE)], status=422)
    if at is None or post.state not in moving.MAY_MOVE:
        return _move_page(request, post, [_("This post has no day that could be changed here.")], status=422)
    form = DayForm(request.GET if "date" in request.GET else None, auto_id="id_move_%s")
    if not form.is_bound:
        return _move_page(request, post, [], at=at)
    if not form.is_valid():
        return _move_page(request, post, list(form.errors.get("date", [])), at=at, status=422)
    day = form.cleaned_data["date"]
    if not plan.FIRST <= day <= plan.LAST:
        return _move_page(request, post, [_("Choose a day within the next two years.")], at=at, status=422)
    to = moving.on_day(post, at, day)
    return _move_page(request, post, [], at=at, to=to, effect=moving.effect(post, at, to, clock.now()))


def _is_stale(request: Request, post: Post, at: datetime | None) -> bool:
    """Whether the card that was dropped, or the link that was followed, shows what is no longer so."""
    version, was = request.GET.get("version", ""), request.GET.get("was", "")
    return bool((version and version != str(post.version)) or (was and (at is None or was != _written(post, at))))


def _written(post: Post, at: datetime) -> str:
    return at.astimezone(post.campaign.tz).isoformat()


def _move(request: Request, post: Post) -> HttpResponse:
    form = MoveForm(request.POST)
    told, has_moved = form.cleaned_data if form.is_valid() else {}, False
    if not form.errors and not plan.FIRST <= told["date"] <= plan.LAST:
        form.add_error(None, _("Choose a day within the next two years."))
    if not form.errors:
        to = moving.on_day(post, told["was"], told["date"])
        try:
            has_moved = moving.move(
                post,
                was=told["was"],
                to=to,
                by=request.member,
                version=told["version"],
                withdraws=told["withdraws"],
            )
        except Refused as refusal:
            form.add_error(None, str(refusal.message))
    post = shown.find_post(request, post.pk)
    if form.errors:
        sentences = [sentence for found in form.errors.values() for sentence in found]
        return _move_page(request, post, sentences, at=moving.at_of(post), status=422)
    if told["withdraws"] and has_moved:
        messages.info(request, _("The post is back in draft, on its new day. Submit it, so that it is approved anew."))
        return answer(request, MOVE, "move", {}, to=post.get_absolute_url())
    messages.success(request, _("It now stands on %(day)s.") % {"day": formats.date_format(told["date"], "l, j F Y")})
    return answer(request, MOVE, "move", {}, to=_back(request, post, request.POST.get("back", ""), told["date"]))


def _move_page(
    request: Request,
    post: Post,
    refusals: list[Any],
    *,
    at: datetime | None = None,
    to: datetime | None = None,
    effect: moving.Effect | None = None,
    status: int = 200,
) -> HttpResponse:
    asked = request.POST if request.method == "POST" else request.GET
    context = {
        "post": post,
        "refusals": refusals,
        "at": at,
        "to": to,
        "effect": effect,
        "was": _written(post, at) if at else "",
        "day": asked.get("date", "")[:10] or (_written(post, at)[:10] if at else ""),
        "back": asked.get("back", "")[:LONGEST_BACK],
        "back_url": _back(request, post, asked.get("back", ""), at),
    }
    return answer(request, MOVE, "move", context, status=status)


def _back(request: Request, post: Post, query: str, day: date | datetime | None) -> str:
    """The calendar as it was looked at; the query is read and written anew, so it leads nowhere else."""
    told = QueryDict(query[:LONGEST_BACK].replace("\0", "")).dict()
    local = day.astimezone(post.campaign.tz).date() if isinstance(day, datetime) else day
    told = told or ({"tanggal": local.isoformat()} if local else {})
    address = reverse("campaign:calendar", args=[request.member.campaign.slug])
    return f"{address}?{urlencode(told)}" if told else address


# The feed ----------------------------------------------------------------------------------------


@allow("post.see")
@require_http_methods(["GET", "POST"])
@never_cache
def feed_key(request: Request) -> HttpResponse:
    """Make an own address for one's calendar programme, shown this once; or end it."""
    member, key = request.member, ""
    if request.method == "POST":
        if request.POST.get("do") == "end":
            feed.end_key(member)
            messages.success(request, _("The address no longer works. Programmes that had it read nothing any more."))
            return answer(request, FEED, "feed", {}, to=reverse("campaign:feed_key", args=[member.campaign.slug]))
        key = feed.make_key(member)
    path = reverse("campaign:calendar_feed", args=[member.campaign.slug])
    context = {
        "made": FeedKey.objects.filter(member=member).first(),
        "address": f"{settings.BASE_URL}{path}?{urlencode({'kunci': key})}" if key else "",
    }
    return answer(request, FEED, "feed", context)


@login_not_required
@require_safe
def calendar_feed(request: HttpRequest, campaign: str) -> HttpResponse:
    """The calendar for whoever has a member's key; without a good one there is nothing here."""
    member = feed.member_of(campaign, request.GET.get("kunci", ""))
    if member is None:
        raise Http404("no such key")
    require(member, "post.see")
    text = feed.write(member, root=settings.BASE_URL, now=clock.now())
    answer = HttpResponse(text, content_type="text/calendar; charset=utf-8")
    answer["Content-Disposition"] = 'inline; filename="posko.ics"'
    answer["Cache-Control"] = "private, no-store"
    answer["Referrer-Policy"] = "no-referrer"
    return answer
