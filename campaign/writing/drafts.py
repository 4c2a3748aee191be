"""What leaves on each channel: its own words where there are any, and each picture so that it is shown whole."""

from collections.abc import Iterable
from typing import Any

from campaign import envelopes
from campaign.models import Channel, Post, PostMedia
from campaign.writing import variants


def draft_for(channel: Channel, text: str, pictures: Iterable[PostMedia], *, title: str = "") -> dict[str, Any]:
    """The draft of `channel`'s envelope. A `title` goes only where posts have one."""
    fitting = [PostMedia(media=variants.fitting(row.media, channel), alt=row.alt) for row in pictures]
    return envelopes.draft_json(text, fitting, title=title if channel.connector_class.titled else "")


def drafts_of(post: Post, channels: Iterable[Channel], pictures: Iterable[PostMedia]) -> dict[int, dict[str, Any]]:
    """The drafts of all its channels, by channel."""
    rows, own = list(pictures), post.own_texts
    return {
        channel.pk: draft_for(channel, own.get(channel.pk) or post.text, rows, title=post.public_title)
        for channel in channels
    }
