"""What follows a post: further parts of its thread, and its first comment. Which channel carries which of it."""

from collections.abc import Iterable

from campaign.models import Channel, Follow, Part
from platforms.base import Ability

NEEDS = {Part.THREAD: Ability.THREAD, Part.COMMENT: Ability.COMMENT}


def in_order(follows: Iterable[Follow]) -> list[Follow]:
    """Threads first: a comment closes them."""
    return sorted(follows, key=lambda follow: follow.part == Part.COMMENT)


def can_carry(channel: Channel, part: str) -> bool:
    """Whether its network has such a thing."""
    return NEEDS[Part(part)] in channel.connector_class.can


def of_channel(follows: Iterable[Follow], channel: Channel) -> list[Follow]:
    """What follows on `channel`, in order."""
    follows, found = list(follows), list[Follow]()
    for part in Part:
        mine = [follow for follow in follows if follow.part == part and can_carry(channel, part)]
        own = [follow for follow in mine if follow.channel == channel.pk]
        found += own or [follow for follow in mine if follow.channel is None]
    return found
