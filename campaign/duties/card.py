"""The next deadline, in one line on *Hari ini*."""

from datetime import datetime

from campaign.duties.reading import Stage, next_for
from campaign.models import Member, Role
from campaign.registry import Card, home_cards


def context(member: Member, now: datetime) -> dict[str, object] | None:
    """`card.duty` while it is late or near; the treasurer, who lives by these dates, sees the next one always."""
    duty = next_for(member, now)
    if duty is None or (duty.stage in (Stage.LATER, Stage.UNKNOWN) and member.role != Role.TREASURER):
        return None
    return {"duty": duty}


home_cards.add(Card("campaign/_duty_card.html", context, order=40))
