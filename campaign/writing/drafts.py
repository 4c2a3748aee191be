"""What leaves on each channel: its own words where there are any, and each picture so that it is shown whole."""

from collections.abc import Iterable, Sequence
from typing import Any

from campaign import drafting, wording
from campaign.linking import making
from campaign.linking.placing import placed
from campaign.models import Channel, Follow, Part, Post, PostMedia
from campaign.writing import follow_ups, variants
from platforms.ai import with_ai_line

type Flows = dict[int, list[tuple[str, dict[str, Any]]]]
"""By channel: slot and draft of each envelope, in order."""
FIRST_OF_THREAD = 2  # the post itself is the first part


def flows_of(post: Post, channels: Iterable[Channel], pictures: Iterable[PostMedia]) -> Flows:
    """What leaves on each of `channels`, by its id: slot and draft of the post, then of what follows it, in order.

    The draft of what follows names the slot before it. The post may be one that is still being typed.
    """
    rows, channels, own, follows = list(pictures), list(channels), post.own_texts, list(post.follows)
    links = making.of(post, channels)
    return {
        channel.pk: _flow(
            post,
            channel,
            rows,
            text=own.get(channel.pk) or post.text,
            follows=follow_ups.of_channel(follows, channel),
            link=links.get(channel.pk, ""),
        )
        for channel in channels
    }


def drafts_of(post: Post, channels: Iterable[Channel], pictures: Iterable[PostMedia]) -> dict[int, dict[str, Any]]:
    """The drafts of the post itself, by channel."""
    return {pk: flow[0][1] for pk, flow in flows_of(post, channels, pictures).items()}


def _flow(
    post: Post, channel: Channel, pictures: Iterable[PostMedia], *, text: str, follows: Sequence[Follow], link: str
) -> list[tuple[str, dict[str, Any]]]:
    first, *others = placed([text, *(follow.text for follow in follows)], link)
    root = post.slot(channel)
    found = [(root, _draft(post, channel, first, pictures))]
    for number, (follow, words) in enumerate(zip(follows, others, strict=True), FIRST_OF_THREAD):
        slot = f"{root}/then:{'comment' if follow.part == Part.COMMENT else number}"
        # Nobody is named for an answer to ourselves: `Connector.opening` has nothing to add here.
        draft = drafting.following(drafting.draft_json(words, []), after=found[-1][0], root=root)
        found.append((slot, draft))
    return found


def _draft(post: Post, channel: Channel, text: str, pictures: Iterable[PostMedia]) -> dict[str, Any]:
    """Of the post itself: a title only where posts have one, and what AI made in words where no field tells it.

    Where the picture or film that AI made was taken out again, nothing is said of it.
    """
    fitting = [PostMedia(media=variants.fitting(row.media, channel), alt=row.alt) for row in pictures]
    ai_made = post.ai_made and bool(fitting)
    line = wording.ai_line(channel.platform) if ai_made else ""
    title = post.public_title if channel.connector_class.titled else ""
    text = with_ai_line(text, line) if line else text
    return drafting.draft_json(text, fitting, title=title, ai_made=ai_made)
