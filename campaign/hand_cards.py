"""What waits for one's own hand, on *Hari ini* of whoever sends where only people publish."""

from datetime import datetime, timedelta

from campaign import handing
from campaign.access import may
from campaign.models import Delivery, Member, State
from campaign.registry import Card, home_cards
from platforms.registry import BY_HAND

MOST = 6


def context(member: Member, now: datetime) -> dict[str, object] | None:
    """What is to be sent now, what was but may not go out any more, and what comes within a day.

    None for those who send nothing.
    """
    if not may(member, "delivery.finish"):
        return None
    mine = Delivery.objects.in_hand_of(member).filter(owner=member, channel__platform__in=BY_HAND)
    now_due = mine.filter(state=State.HANDED)
    soon = mine.filter(state=State.WAITING, cleared__isnull=False, send_at__lt=now + timedelta(days=1))
    rows = list((now_due | soon).select_related("channel").order_by("send_at", "pk")[:MOST])
    for row in rows:
        row.campaign = row.channel.campaign = member.campaign
    if not rows:
        return None
    handed = [row for row in rows if row.state == State.HANDED]
    verdicts = handing.gates(handed) if handed else {}
    return {
        "waits": bool(handed),
        "now": [row for row in handed if verdicts[row.pk] == handing.OPEN],
        "closed": [(row, handing.why_closed(verdicts[row.pk])) for row in handed if verdicts[row.pk] != handing.OPEN],
        "soon": [row for row in rows if row.state != State.HANDED],
    }


home_cards.add(Card("campaign/_hand_card.html", context, order=5))
