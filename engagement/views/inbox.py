"""*Masuk*: what people wrote to us on all networks, newest first."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db.models import Max, Q
from django.http import HttpResponse
from django.views.decorators.http import require_safe

from campaign.access import allow
from campaign.http import Request, answer, row_number
from campaign.models import Channel, Member, Role
from engagement.models import TIMELINE, Incoming, Poll
from platforms.base import Ability

PAGE = "engagement/inbox.html"
PER_PAGE = 30


@allow("inbox.see")
@require_safe
def inbox(request: Request) -> HttpResponse:
    """Of one account or all; further ones by key, so that a new message shifts nothing."""
    member = request.member
    channels = list(Channel.objects.visible_to(member).kept().order_by("pk"))
    chosen = next((each for each in channels if each.pk == row_number(request.GET.get("akun", ""))), None)
    page, older = _page(member, chosen, request.GET.get("before", ""))
    listened = [each for each in channels if Ability.CONVERSE in each.connector_class.can]
    context: dict[str, Any] = {
        "rows": _with_channels(page, channels),
        "channels": listened,
        "chosen": chosen,
        "older": older,
        "is_listening": bool(listened),
        "read_at": None if page else _read_at(listened),
        "shows_names": member.role != Role.VOLUNTEER,
    }
    return answer(request, PAGE, "inbox", context)


def _page(member: Member, chosen: Channel | None, before: str) -> tuple[list[Incoming], str]:
    """One page of rows, and the key of the next page or ""."""
    rows = Incoming.objects.visible_to(member)
    rows = rows.filter(channel=chosen) if chosen else rows
    at, _line, pk = before.rpartition("_")
    number = row_number(pk)
    try:
        moment = datetime.fromisoformat(at)
    except ValueError:
        moment = None
    if moment is not None and moment.tzinfo and number is not None:
        rows = rows.filter(Q(at__lt=moment) | Q(at=moment, pk__lt=number))
    page = list(rows.order_by("-at", "-pk")[: PER_PAGE + 1])
    last = page[PER_PAGE - 1] if len(page) > PER_PAGE else None
    return page[:PER_PAGE], f"{last.at.isoformat()}_{last.pk}" if last else ""


def _with_channels(page: Sequence[Incoming], channels: Sequence[Channel]) -> list[tuple[Incoming, Channel | None]]:
    """Each row with its account; None where that was removed."""
    known = {channel.pk: channel for channel in channels}
    return [(row, known.get(row.channel_id)) for row in page]


def _read_at(channels: Sequence[Channel]) -> datetime | None:
    """When the networks were last asked what people wrote."""
    polls = Poll.objects.filter(channel__in=channels).exclude(place=TIMELINE)
    moment: datetime | None = polls.aggregate(last=Max("read_at"))["last"]
    return moment
