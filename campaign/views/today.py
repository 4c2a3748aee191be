"""*Hari ini*: the first page of a campaign."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_POST, require_safe

from campaign import clock, desk, first_steps, notices
from campaign.access import allow, may
from campaign.errors import Refused
from campaign.http import Request, answer
from campaign.models import Notice

PAGE = "campaign/today.html"


@allow("campaign.see")
@require_safe
def today(request: Request) -> HttpResponse:
    """What goes out, what waits for me, what burns."""
    return answer(request, PAGE, "desk", _context(request))


@allow("campaign.see")
@require_POST
def dismiss_notice(request: Request, pk: int) -> HttpResponse:
    """Put a notice away; refused where something is still to be decided."""
    notice = get_object_or_404(Notice.objects.visible_to(request.member), pk=pk)
    try:
        notices.dismiss(notice, by=request.member)
    except Refused as refusal:
        context = _context(request) | {"refused": str(refusal.message)}
        return answer(request, PAGE, "desk", context, status=422)
    return answer(request, PAGE, "desk", _context(request), to=request.member.campaign)


@allow("post.write")
@require_POST
def put_away_beginning(request: Request) -> HttpResponse:
    """Put the congratulation on the first post away, for the whole team."""
    first_steps.put_away(request.member.campaign, by=request.member)
    return answer(request, PAGE, "desk", _context(request), to=request.member.campaign)


def _context(request: Request) -> dict[str, object]:
    member, now = request.member, clock.now()
    trouble = desk.trouble(member, now)
    told = desk.open_notices(member)
    shown = {"approve"} if may(member, "delivery.decide") else {"approve", "handed"}  # by the card of one's own hand
    calendar, cards = desk.calendar(member.campaign, now), desk.cards(member, now)
    return {
        "now": now,
        "calendar": calendar,
        "voting_day_step": desk.voting_day_step(member, calendar),
        "outgoing": desk.outgoing(member, now),
        "upcoming": desk.upcoming(member, now),
        "trouble": trouble,
        "to_review": [notice for notice in told if notice.kind == "approve"],
        "told": [notice for notice in told if notice.kind not in shown and notice.about not in trouble.about],
        "beginning": first_steps.of(member, now),
        "cards": cards,
        "is_waiting": any(card.waits for card in cards),
    }
