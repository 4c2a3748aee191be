"""What ideas add to *Hari ini*."""

from datetime import datetime

from campaign.access import may
from campaign.ideas.gathering import PART
from campaign.models import Idea, IdeaState, Member, Role
from campaign.registry import Card, home_cards

IN_THE_FIELD = (Role.CANDIDATE, Role.VOLUNTEER)


def sending(member: Member, _now: datetime) -> dict[str, object] | None:
    """For those who are out among people."""
    return {} if member.role in IN_THE_FIELD and may(member, "idea.send") else None


def new(member: Member, _now: datetime) -> dict[str, object] | None:
    """How many ideas nobody has looked at; nothing is asked before the first one is there."""
    if PART not in member.campaign.parts or not may(member, "idea.decide"):
        return None
    count = Idea.objects.visible_to(member).filter(state=IdeaState.NEW).count()
    return {"count": count} if count else None


home_cards.add(Card("campaign/_idea_send_card.html", sending, order=20))
home_cards.add(Card("campaign/_ideas_new_card.html", new, order=25))
