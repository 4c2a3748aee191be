"""What a person types, how it becomes a post, and how each version of it is kept."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.dateparse import parse_datetime

from campaign import audit, clock
from campaign.models import (
    Campaign,
    Channel,
    Colour,
    Follow,
    FollowUp,
    Kind,
    Label,
    Media,
    Member,
    Post,
    PostMedia,
    PostText,
    PostVersion,
)
from campaign.writing.follow_ups import in_order

NOT_AFTER = timedelta(hours=2)  # how late a post may still leave
PLAIN = ("text", "kind", "theme", "title", "public_title", "source", "link", "planned_at", "ai_made")
"""The fields that are columns of the post."""


@dataclass(frozen=True)
class Content:
    """What a person types: all of it is content but the times."""

    text: str
    channels: Sequence[Channel]
    kind: str = Kind.CAMPAIGN
    theme: str = ""
    title: str = ""
    public_title: str = ""
    planned_at: datetime | None = None
    pictures: Sequence[tuple[Media, str]] = field(default_factory=tuple)  # with their descriptions
    source: str = ""
    link: str = ""
    own_texts: Mapping[int, str] = field(default_factory=dict)  # by channel, where they differ
    labels: Sequence[str] = field(default_factory=tuple)  # by name; a new one makes it
    ai_made: bool = False
    follows: Sequence[Follow] = field(default_factory=tuple)

    def own_of_channels(self) -> dict[int, str]:
        """The own texts that say something else, of the channels that are chosen."""
        chosen = {channel.pk for channel in self.channels}
        return {pk: text for pk, text in self.own_texts.items() if pk in chosen and text and text != self.text}

    def follows_of_channels(self) -> list[Follow]:
        """What follows on the channels that are chosen."""
        chosen = {None, *(channel.pk for channel in self.channels)}
        return in_order(follow for follow in self.follows if follow.channel in chosen)


def fill(post: Post, content: Content, by: Member) -> None:
    """Write `content` into `post`, whose version is new, and keep the version."""
    for name in PLAIN:
        setattr(post, name, getattr(content, name))
    post.not_after = content.planned_at + NOT_AFTER if content.planned_at else None
    post.save()
    post.channels.set(content.channels)
    post.labels.set(labels(post.campaign, content.labels, by=by))
    post.texts.all().delete()
    PostText.objects.bulk_create(
        PostText(post=post, channel_id=pk, text=text) for pk, text in content.own_of_channels().items()
    )
    post.follow_ups.all().delete()
    FollowUp.objects.bulk_create(
        FollowUp(post=post, position=place, part=follow.part, channel_id=follow.channel, text=follow.text)
        for place, follow in enumerate(content.follows_of_channels())
    )
    post.pictures.all().delete()
    PostMedia.objects.bulk_create(
        PostMedia(post=post, media=media, alt=alt, position=place)
        for place, (media, alt) in enumerate(content.pictures)
    )
    post.edited_by.add(by)
    keep(post, by=by)


def is_same(post: Post, content: Content) -> bool:
    """Whether `post` already says exactly this."""
    return (
        all(getattr(post, name) == getattr(content, name) for name in PLAIN)
        and {channel.pk for channel in post.channels.all()} == {channel.pk for channel in content.channels}
        and dict(post.own_texts) == content.own_of_channels()
        and list(post.follows) == content.follows_of_channels()
        and {label.name.lower() for label in post.labels.all()} == {name.lower() for name in content.labels}
        and [(picture.media_id, picture.alt) for picture in post.pictures.all()]
        == [(media.pk, alt) for media, alt in content.pictures]
    )


def of(post: Post, *, usable: bool = False) -> Content:
    """What `post` says now, as if it had just been typed; if `usable`, without accounts that were let go."""
    channels = post.channels.kept() if usable else post.channels.all()
    return Content(
        **{name: getattr(post, name) for name in PLAIN},
        channels=list(channels.order_by("pk")),
        pictures=[(row.media, row.alt) for row in post.pictures.select_related("media")],
        own_texts=dict(post.own_texts),
        follows=post.follows,
        labels=sorted(label.name for label in post.labels.all()),
    )


# Labels ------------------------------------------------------------------------------------------


def labels(campaign: Campaign, names: Iterable[str], *, by: Member) -> list[Label]:
    """The campaign's labels of these names, in whatever capitals; new ones are made, each in the next colour."""
    known = {label.name.lower(): label for label in campaign.labels.all()}
    found: dict[str, Label] = {}
    for name in names:
        key = name.lower()
        if key not in known:
            known[key] = _new_label(campaign, name, len(known), by=by)
        found[key] = known[key]
    return list(found.values())


def _new_label(campaign: Campaign, name: str, place: int, *, by: Member) -> Label:
    colour = Colour.values[place % len(Colour.values)]
    try:
        with transaction.atomic():
            label = Label.objects.create(campaign=campaign, name=name, colour=colour)
            audit.record("label.make", label, by=by)
            return label
    except IntegrityError:  # somebody else has just made it
        return Label.objects.get(campaign=campaign, name__iexact=name)


# Versions ----------------------------------------------------------------------------------------


def keep(post: Post, *, by: Member | None) -> None:
    """Write down the version that `post` is now at, unless that was done."""
    PostVersion.objects.get_or_create(
        post=post, version=post.version, defaults={"content": as_json(of(post)), "by": by, "made_at": clock.now()}
    )


def as_json(content: Content) -> dict[str, Any]:
    """All that was typed, so that any version can be read and brought back; names stand beside ids that may be gone."""
    return {
        "text": content.text,
        "kind": str(content.kind),
        "theme": str(content.theme),
        "title": content.title,
        "public_title": content.public_title,
        "source": content.source,
        "link": content.link,
        "planned_at": content.planned_at.astimezone(UTC).isoformat(timespec="minutes") if content.planned_at else None,
        "channels": [{"pk": channel.pk, "name": str(channel)} for channel in content.channels],
        "own_texts": {str(pk): text for pk, text in sorted(content.own_of_channels().items())},
        "labels": sorted(content.labels),
        "ai_made": content.ai_made,
        "follows": [follow.as_json() for follow in content.follows_of_channels()],
        "pictures": [{"sha256": media.sha256, "alt": alt} for media, alt in content.pictures],
    }


def from_json(kept: Mapping[str, Any], campaign: Campaign) -> Content:
    """What a kept version says, as far as its accounts are still connected and its pictures still here."""
    pictures = {
        media.sha256: media
        for media in Media.objects.filter(
            campaign=campaign, sha256__in=[picture["sha256"] for picture in kept["pictures"]]
        )
    }
    wanted = [channel["pk"] for channel in kept["channels"]]
    return Content(
        **{name: kept[name] for name in ("text", "kind", "theme", "title", "source")},
        public_title=kept.get("public_title", ""),  # older versions have neither
        link=kept.get("link", ""),
        planned_at=parse_datetime(kept["planned_at"]) if kept["planned_at"] else None,
        channels=list(Channel.objects.filter(campaign=campaign, pk__in=wanted).kept()),
        pictures=[
            (pictures[picture["sha256"]], picture["alt"])
            for picture in kept["pictures"]
            if picture["sha256"] in pictures
        ],
        own_texts={int(pk): text for pk, text in kept["own_texts"].items()},
        labels=list(kept["labels"]),
        ai_made=kept.get("ai_made", False),
        follows=[Follow(**row) for row in kept.get("follows", ())],
    )
