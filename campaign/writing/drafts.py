"""What leaves on each channel: its own words where there are any, and each picture so that it is shown whole."""

from collections.abc import Iterable
from typing import Any

from campaign import envelopes, wording
from campaign.models import Channel, Follow, Part, Post, PostMedia
from campaign.writing import follow_ups, variants
from platforms.ai import with_ai_line

FIRST_OF_THREAD = 2  # the post itself is the first part


def draft_for(
    channel: Channel, text: str, pictures: Iterable[PostMedia], *, title: str = "", ai_made: bool = False
) -> dict[str, Any]:
    """The draft of `channel`'s envelope. A `title` goes only where posts have one.

    Where its network has no field for what AI made, the text says so.
    """
    fitting = [PostMedia(media=variants.fitting(row.media, channel), alt=row.alt) for row in pictures]
    line = wording.ai_line(channel.platform) if ai_made else ""
    title = title if channel.connector_class.titled else ""
    return envelopes.draft_json(with_ai_line(text, line) if line else text, fitting, title=title, ai_made=ai_made)


def drafts_of(post: Post, channels: Iterable[Channel], pictures: Iterable[PostMedia]) -> dict[int, dict[str, Any]]:
    """The drafts of all its channels, by channel."""
    rows, own = list(pictures), post.own_texts
    return {
        channel.pk: draft_for(
            channel, own.get(channel.pk) or post.text, rows, title=post.public_title, ai_made=post.ai_made
        )
        for channel in channels
    }


def chain_of(post: Post, channel: Channel, follows: Iterable[Follow]) -> list[tuple[str, dict[str, Any]]]:
    """What follows it on `channel`, in order: slot and draft of each, which names the slot before it."""
    found, root = list[tuple[str, dict[str, Any]]](), post.slot(channel)
    after = root
    for number, follow in enumerate(follow_ups.of_channel(follows, channel), FIRST_OF_THREAD):
        slot = f"{root}/then:{'comment' if follow.part == Part.COMMENT else number}"
        # Nobody is named for an answer to ourselves: `Connector.opening` has nothing to add here.
        found.append((slot, envelopes.following(envelopes.draft_json(follow.text, []), after=after, root=root)))
        after = slot
    return found
