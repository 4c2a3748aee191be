"""What is examined before a post is approved: the words for it, and asking everything that is registered.

A check answers with findings: `block` stops the post, `warn` and `note` tell. Ours are in `campaign/checking/`, one
module per kind; upper apps add their own to `registry.checks`.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import KW_ONLY, dataclass, field
from datetime import datetime
from enum import StrEnum
from functools import cached_property
from hashlib import sha256

from django.utils.functional import Promise

from campaign import clock, registry
from campaign.models import Channel, Follow, Post, PostMedia
from campaign.writing import follow_ups
from campaign.writing.drafts import Flows, flows_of


class Weight(StrEnum):
    """How much a finding weighs."""

    BLOCK = "block"
    WARN = "warn"
    NOTE = "note"


@dataclass(frozen=True)
class Finding:
    """One thing found: how bad, in a sentence that says what to do, and on which channel if on one.

    `code` never changes once it is in use: what somebody dismissed is remembered by it. `places` are the words it
    speaks of: first and last+1 character in `text`, the first place first.
    """

    weight: Weight
    sentence: str | Promise
    channel: Channel | None = None
    _: KW_ONLY
    code: str
    text: str = ""
    places: tuple[tuple[int, int], ...] = ()
    basis: str = ""
    """The law it rests on, if on one."""
    url: str = ""
    """Where to look: the other post, for one."""

    @property
    def start(self) -> int:
        return self.places[0][0] if self.places else 0

    @property
    def end(self) -> int:
        return self.places[0][1] if self.places else 0

    @property
    def words(self) -> tuple[str, ...]:
        """What stands at its places."""
        return tuple(self.text[start:end] for start, end in self.places)

    @cached_property
    def where(self) -> str:
        """Which finding of this code it is, as 16 hex digits: its channel, its words and where it leads."""
        told = [str(self.channel.pk) if self.channel else "", self.url, *self.words]
        return sha256("\0".join(told).encode("utf-8", "surrogatepass")).hexdigest()[:16]


@dataclass(frozen=True)
class Subject:
    """What a check looks at: the post, where it would go, what it would carry, and when it would leave.

    `own_texts` are the texts of channels that have one of their own, by the channel's id; `follows` what follows it.
    """

    post: Post
    channels: list[Channel]
    pictures: list[PostMedia]
    leaves_at: datetime
    own_texts: Mapping[int, str] = field(default_factory=dict)
    follows: Sequence[Follow] = ()

    def text_for(self, channel: Channel) -> str:
        """What `channel` would receive."""
        return self.own_texts.get(channel.pk) or self.post.text

    @cached_property
    def flows(self) -> Flows:
        """What would leave on each channel, by its id: the post and what follows it, with links and added lines."""
        return flows_of(self.post, self.channels, self.pictures)

    @cached_property
    def texts(self) -> list[tuple[str, Channel | None]]:
        """Every text that would leave, once: the common one, each that only one channel gets, then what follows."""
        found: list[tuple[str, Channel | None]] = [(self.post.text, None)] if self.post.text.strip() else []
        for channel in self.channels:
            text = self.text_for(channel)
            if text.strip() and text not in [known for known, _channel in found]:
                found.append((text, channel))
        by_pk = {channel.pk: channel for channel in self.channels}
        carried = [follow for channel in self.channels for follow in follow_ups.of_channel(self.follows, channel)]
        for follow in dict.fromkeys(carried):
            if follow.text not in [known for known, _channel in found]:
                found.append((follow.text, by_pk.get(follow.channel or 0)))
        return found


type Check = Callable[[Subject], Iterable[Finding]]


def subject_of(post: Post) -> Subject:
    """Everything the checks need, loaded once."""
    pictures = list(post.pictures.select_related("media"))
    leaves_at, channels = post.planned_at or clock.now(), list(post.channels.all())
    return Subject(post, channels, pictures, leaves_at, own_texts=post.own_texts, follows=post.follows)


def findings(subject: Subject) -> list[Finding]:
    """All findings, the heaviest first, then as they stand in the text."""
    found = [finding for check in registry.checks for finding in check(subject)]
    return sorted(found, key=lambda finding: (list(Weight).index(finding.weight), not finding.places, finding.start))


def blocks(found: Iterable[Finding]) -> list[Finding]:
    """Those that stop the post."""
    return [finding for finding in found if finding.weight == Weight.BLOCK]
