"""A post as each network will show it, and where its envelopes stand."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from campaign import drafting, wording
from campaign.linking import making
from campaign.linking.placing import filled
from campaign.models import Action, Campaign, Channel, Delivery, Post, PostMedia, State
from campaign.showing import Film
from campaign.writing import follow_ups
from campaign.writing.drafts import drafts_of, flows_of
from platforms.base import Connector
from platforms.bluesky.connector import BYTES as BLUESKY_BYTES
from platforms.contents import Draft

TOO_LONG = ("too_long", "too_many_bytes")
UNITS = {
    "mastodon": "mastodon", "telegram": "utf16", "facebook": "points", "instagram": "points", "threads": "threads",
    "x": "x", "tiktok": "utf16", "youtube": "bytes", "whatsapp": "points",
}  # fmt: skip
"""How static/js/counter.js counts on a platform; all others count what a reader calls a character."""
BYTES = {"bluesky": BLUESKY_BYTES}
"""How many bytes of UTF-8 a platform takes besides."""


# A text under a picture or film may have to be shorter. Any will do for asking.
SOME_PICTURE = {"file": "", "sha256": "", "mime": "image/jpeg", "width": 1, "height": 1, "size": 1, "alt": ""}
SOME_FILM = {name: value for name, value in SOME_PICTURE.items() if name != "alt"} | {
    "mime": "video/mp4", "seconds": 1, "rate": 30, "codec": "AVC", "sound": "AAC"
}  # fmt: skip


@dataclass(frozen=True)
class Shown:
    """One picture of a preview."""

    url: str
    alt: str
    width: int
    height: int
    among: int = 1
    """How many pictures its post has."""

    @property
    def small_url(self) -> str:
        """The same in a few kilobytes, for a phone on a bad line."""
        return f"{self.url}kecil/" + (f"?dari={self.among}" if self.among > 1 else "")


@dataclass(frozen=True)
class Part:
    """A stretch of a text as people will see it: plain, or a `link`, `mention` or `tag`."""

    kind: str
    shown: str


@dataclass(frozen=True)
class Preview:
    """What one channel gets: from the sealed envelope once there is one, else from the post as it stands."""

    channel: Channel
    text: str
    pictures: list[Shown]
    length: int
    limit: int
    problems: list[str] = field(default_factory=list)
    delivery: Delivery | None = None
    parts: list[Part] = field(default_factory=list)
    title: str = ""
    film: Film | None = None
    leads_to: str = ""
    """Where a short link in the text leads."""
    name: str = ""
    """What it is of a chain; empty for a post itself."""
    follows: list["Preview"] = field(default_factory=list)
    others: list["Preview"] = field(default_factory=list)
    """Those that show the same, see `alike`."""

    @property
    def everyone(self) -> list["Preview"]:
        """It and those that show the same."""
        return [self, *self.others]

    @property
    def is_over(self) -> bool:
        return self.length > self.limit

    @property
    def hidden_pictures(self) -> int:
        """How many pictures lie behind the fourth."""
        return max(0, len(self.pictures) - 4)


@dataclass(frozen=True)
class Counter:
    """What the page needs to count for a channel while somebody types."""

    channel: Channel
    unit: str
    length: int
    limit: int
    limit_of_text: int
    limit_with_picture: int
    limit_with_film: int
    limit_of_bytes: int
    per_url: int
    ai_line: str = ""
    """What is put below the text where AI made picture or film."""

    @property
    def is_over(self) -> bool:
        return self.length > self.limit

    @property
    def left(self) -> int:
        return self.limit - self.length


def of_post(post: Post, deliveries: Iterable[Delivery]) -> list[Preview]:
    """One preview per channel with what follows it, those of sealed envelopes first."""
    all_sealed, leads_to = [row for row in deliveries if row.action == Action.PUBLISH], _leads_to(post)
    sealed = [row for row in all_sealed if not row.after]
    found = [_preview(post.campaign, row.channel, row.draft, row, leads_to=leads_to) for row in sealed]
    by_channel = {preview.channel.pk: preview for preview in found}
    for row in sorted(all_sealed, key=lambda row: row.pk):
        if row.after and row.channel_id in by_channel:
            follow = _preview(post.campaign, row.channel, row.draft, row, name=wording.part(row.slot))
            by_channel[row.channel_id].follows.append(follow)
    have = {row.channel_id for row in sealed}
    if sealed and not post.is_editable:
        return found
    open_channels = [channel for channel in post.channels.all() if channel.pk not in have]
    return found + unsealed(post, open_channels, post.pictures.all())


def unsealed(post: Post, channels: Iterable[Channel], pictures: Iterable[PostMedia]) -> list[Preview]:
    """What would be sealed for each of `channels` now; the post may be one that is still being typed."""
    channels = list(channels)
    flows, leads_to, found = flows_of(post, channels, pictures), _leads_to(post), list[Preview]()
    for channel in channels:
        (_root, draft), *follows = flows[channel.pk]
        preview = _preview(post.campaign, channel, draft, leads_to=leads_to)
        preview.follows.extend(
            _preview(post.campaign, channel, each, name=wording.part(slot)) for slot, each in follows
        )
        found.append(preview)
    return found


def _leads_to(post: Post) -> str:
    """Where the post's short links lead: whoever approves it sees that too."""
    return post.link if making.sound(post.link) and making.is_counted(post.campaign) else ""


def of_delivery(delivery: Delivery) -> Preview:
    """What this envelope holds. A removal holds nothing to show: ask only for those that publish."""
    name = wording.part(delivery.slot)
    return _preview(delivery.campaign, delivery.channel, delivery.draft, delivery, name=name)


def counters(post: Post, channels: Iterable[Channel], pictures: list[PostMedia]) -> list[Counter]:
    """For each channel how long it finds its text, and how long it may be there; where least is left comes first."""
    found, channels = [], list(channels)
    drafts = drafts_of(post, channels, pictures)
    for channel in channels:
        draft, limit = drafts[channel.pk], channel.connector_class.limit
        text = draft["text"]
        limits = (
            limit(_draft(text), channel.limits),
            limit(_draft(text, SOME_PICTURE), channel.limits),
            limit(_draft(text, film=SOME_FILM), channel.limits),
        )
        found.append(_counter(channel, draft, limits, ai_line=wording.ai_line(channel.platform)))
    return sorted(found, key=lambda counter: counter.left)


def follow_counters(text: str, part: str, channels: Iterable[Channel], links: Mapping[int, str]) -> list[Counter]:
    """The same of a text that follows a post, for those of `channels` that carry such a part; with their `links`."""
    found = []
    for channel in channels:
        if follow_ups.can_carry(channel, part):
            words = filled(text, links.get(channel.pk, ""))
            draft = drafting.following(drafting.draft_json(words, []), after="-", root="-")
            most = channel.connector_class.limit(drafting.draft_of(draft), channel.limits)
            found.append(_counter(channel, draft, (most, most, most)))
    return sorted(found, key=lambda counter: counter.left)


def _counter(channel: Channel, draft: dict[str, Any], limits: tuple[int, int, int], *, ai_line: str = "") -> Counter:
    """`limits` are those of a text alone, with a picture and with a film."""
    length, limit = _count(channel, draft)
    alone, with_picture, with_film = limits
    return Counter(
        channel=channel,
        unit=UNITS.get(channel.platform, "graphemes"),
        length=length,
        limit=limit,
        limit_of_text=alone,
        limit_with_picture=with_picture,
        limit_with_film=with_film,
        limit_of_bytes=BYTES.get(channel.platform, 0),
        per_url=channel.limits.get("characters_reserved_per_url") or 23,
        ai_line=ai_line,
    )


def parts_of(network: type[Connector], text: str) -> list[Part]:
    """`text` as people see it there: what the network makes a link stands apart."""
    found, at = [], 0
    for mark in network.marks(text):
        if mark.start > at:
            found.append(Part("", text[at : mark.start]))
        found.append(Part(mark.kind, mark.shown))
        at = mark.end
    return [*found, Part("", text[at:])] if at < len(text) else found


def state_words(delivery: Delivery) -> str:
    """The state of an envelope in words; a removal that went well has not published anything."""
    if delivery.action == Action.TAKE_DOWN and delivery.state == State.SENT:
        return _("taken down")
    return str(State(delivery.state).label)


def problem_words(delivery: Delivery) -> str:
    """Why it stands so, or nothing."""
    return wording.problem(delivery.problem, delivery.problem_params) if delivery.problem else ""


def _preview(
    campaign: Campaign,
    channel: Channel,
    draft: dict[str, Any],
    delivery: Delivery | None = None,
    *,
    name: str = "",
    leads_to: str = "",
) -> Preview:
    length, limit = _count(channel, draft)
    found = channel.connector_class.problems(drafting.draft_of(draft, campaign), channel.limits)
    return Preview(
        channel=channel,
        text=draft["text"],
        pictures=[
            Shown(
                url=reverse("campaign:picture", args=[campaign.slug, item["sha256"]]),
                alt=item["alt"],
                width=item["width"],
                height=item["height"],
                among=len(draft["pictures"]),
            )
            for item in draft["pictures"]
        ],
        length=length,
        limit=limit,
        problems=[wording.problem(problem.code, problem.params) for problem in found],
        delivery=delivery,
        parts=parts_of(channel.connector_class, draft["text"]),
        title=draft.get("title", ""),
        film=Film.sealed(campaign, draft["video"]) if "video" in draft else None,
        leads_to=leads_to,
        name=name,
    )


def _count(channel: Channel, content: dict[str, Any]) -> tuple[int, int]:
    """Length and limit as this very server counts: what it found too long, else what its network counts."""
    draft, network = drafting.draft_of(content, channel.campaign), channel.connector_class
    for problem in network.problems(draft, channel.limits):
        if problem.code in TOO_LONG:
            return int(problem.params["length"]), int(problem.params["limit"])
    return network.length(draft.text), network.limit(draft, channel.limits)


def _draft(text: str, *pictures: dict[str, Any], film: dict[str, Any] | None = None) -> Draft:
    carried = {"video": film} if film else {}
    return drafting.draft_of({"text": text, "language": "id", "pictures": list(pictures), **carried})
