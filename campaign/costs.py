"""What networks take for publishing: told before a post is approved, and added up for each month.

The prices are the network's price list of a day (`Connector.prices_of`); its own bill is the truth.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.utils.formats import number_format
from django.utils.timezone import localtime

from campaign import drafting
from campaign.models import Action, Campaign, Channel, Delivery, State
from platforms.base import Connector
from platforms.contents import Draft


@dataclass(frozen=True)
class Spent:
    """What one account's posts and removals of a month took, in thousandths of a US dollar."""

    amount: int
    posts: int

    @property
    def shown(self) -> str:
        return dollars(self.amount)


def dollars(thousandths: int) -> str:
    """In the reader's language: `US$ 0,20`, and a third digit where there is one."""
    return f"US$ {number_format(Decimal(thousandths) / 1000, 3 if thousandths % 10 else 2)}"


def of_month(campaign: Campaign, channels: Iterable[Channel], now: datetime) -> dict[int, Spent]:
    """What has been spent since the first of this month, by channel; only where the network takes something."""
    paid = {channel.pk: channel for channel in channels if channel.connector_class.prices_of}
    if not paid:
        return {}
    first = localtime(now, campaign.tz).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    rows = Delivery.objects.filter(campaign=campaign, channel__in=paid, state=State.SENT, sent_at__gte=first)
    amounts, posts = defaultdict[int, int](int), defaultdict[int, int](int)
    for pk, action, draft in rows.values_list("channel", "action", "draft"):
        amounts[pk] += _price(paid[pk].connector_class, Action(action), draft)
        posts[pk] += action == Action.PUBLISH
    return {pk: Spent(amounts[pk], posts[pk]) for pk in paid}


def of_link(kind: type[Connector], text: str) -> tuple[int, int] | None:
    """(with, without): what a post takes because its text has a link; None where that makes no difference."""
    told, plain = kind.price(Draft(text)), kind.price(Draft("-"))
    return (told, plain) if told > plain else None


def _price(kind: type[Connector], action: Action, draft: dict[str, object]) -> int:
    return kind.removal_price if action == Action.TAKE_DOWN else kind.price(drafting.draft_of(draft))
