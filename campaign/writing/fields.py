"""Parts of the composer's form: fields that come several times, and what its pages show of them."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from typing import Any
from uuid import uuid4

from django import forms
from django.utils.translation import gettext as _

from campaign.models import Campaign, Channel, Kind, Media, Post
from campaign.previews import Counter
from campaign.showing import Film
from campaign.writing.typing import OWN, written
from campaign.writing.typing import rows_of as rows_sent

MOST_PICTURES = 10  # what the most generous network shows in one post
_SHA256 = re.compile("[0-9a-f]{64}")
PICTURE_ACT = re.compile(r"pictures|(up|down|remove)-(\d{1,2})")
"""What the composer's buttons of pictures say: take the chosen ones in, or do this with the one in that place."""


class Many(forms.CharField):
    """A field that comes several times, each checked as one of its kind."""

    widget = forms.MultipleHiddenInput

    def clean(self, value: Any) -> Any:
        return [super(Many, self).clean(each) for each in value or []]


class SeveralFiles(forms.FileInput):
    allow_multiple_selected = True


class Pictures(forms.FileField):
    """One file or several."""

    widget = SeveralFiles

    def clean(self, data: Any, initial: Any = None) -> Any:
        files = data if isinstance(data, list | tuple) else [data]
        return [super(Pictures, self).clean(file, initial) for file in files if file]


@dataclass(frozen=True)
class Row:
    """One picture of the form, or its film: its place, itself, and its words for those who cannot see it."""

    place: int
    media: Media
    alt: str

    @property
    def film(self) -> Film | None:
        """How it is shown, if it is one."""
        return Film.of(self.media) if self.media.is_film else None


def rows_of(campaign: Campaign, kept: Iterable[str], alts: Iterable[str]) -> list[Row]:
    """The campaign's pictures and film that are named, each once, in their order and with their words."""
    wanted = [str(sha256) for sha256 in kept][: MOST_PICTURES + 1]
    sound = [sha256 for sha256 in wanted if _SHA256.fullmatch(sha256)]
    known = {media.sha256: media for media in Media.objects.filter(campaign=campaign, sha256__in=sound)}
    told = [*map(str, alts), *[""] * len(wanted)]
    pairs = {sha256: told[place].strip() for place, sha256 in enumerate(wanted) if sha256 in known}
    return in_order(Row(place, known[sha256], alt) for place, (sha256, alt) in enumerate(pairs.items()))


def in_order(rows: Iterable[Row]) -> list[Row]:
    """Pictures in their order, and behind them the film, of which there is one: the newest."""
    rows = list(rows)
    pictures, film = [row for row in rows if not row.media.is_film], [row for row in rows if row.media.is_film][-1:]
    return [replace(row, place=number) for number, row in enumerate([*pictures, *film])]


def arranged(rows: list[Row], do: str) -> list[Row]:
    """The rows after one of them was moved or removed."""
    act, rows = PICTURE_ACT.fullmatch(do), list(rows)
    place = int(act[2]) if act and act[2] else len(rows)
    if act and place < len(rows):
        row = rows.pop(place)
        if act[1] != "remove":
            rows.insert(max(0, place - 1) if act[1] == "up" else place + 1, row)
    return in_order(rows)


def as_sent(rows: Iterable[Row]) -> dict[str, list[str]]:
    """The same as a browser sends them."""
    rows = list(rows)
    return {"kept": [row.media.sha256 for row in rows], "alt": [row.alt for row in rows]}


@dataclass(frozen=True)
class Own:
    """The field for the words of one channel."""

    channel: Channel
    field: forms.BoundField

    @property
    def is_used(self) -> bool:
        return bool(str(self.field.value() or "").strip()) or bool(self.field.errors)


@dataclass(frozen=True)
class Tick:
    """One label to tick."""

    name: str
    colour: str
    is_on: bool


@dataclass(frozen=True)
class FollowRow:
    """One text that follows the post, as the form shows it: what it is called, and how long it is where it goes."""

    place: int
    part: str
    text: str
    on: str
    name: str
    counters: list[Counter]
    choices: list[Channel]
    errors: list[str]


FOLLOW_ACT = re.compile(r"follows|follow-(thread|comment)|unfollow-(\d{1,2})")
"""What the composer's buttons of follow-ups say: draw them, one more of that part, or without this one."""


def own_field(channel: Channel) -> forms.CharField:
    return forms.CharField(
        label=_("Only for %(channel)s") % {"channel": channel},
        required=False,
        max_length=20_000,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 4, "data-own": channel.pk}),
    )


def initial_of(campaign: Campaign, post: Post | None, *, is_copy: bool) -> dict[str, Any]:
    """What the form shows before anybody types: the post, or for a new one every account that works."""
    if post is None:
        # Where only people publish is chosen on purpose: each time it is somebody's work.
        usable = Channel.objects.filter(campaign=campaign).usable().with_network().values_list("pk", flat=True)
        return {"form_id": uuid4(), "kind": Kind.CAMPAIGN, "channels": list(usable)}
    rows = list(post.pictures.select_related("media"))
    names = ("text", "title", "public_title", "kind", "theme", "source", "link")
    shown: dict[str, Any] = {name: getattr(post, name) for name in names}
    shown["channels"] = [channel.pk for channel in post.channels.kept()]
    shown["kept"], shown["alt"] = [row.media.sha256 for row in rows], [row.alt for row in rows]
    shown["labels"] = [label.name for label in post.labels.all()]
    shown |= {"ai_made": post.ai_made, **rows_sent(post.follows)}
    shown |= {f"{OWN}{pk}": text for pk, text in post.own_texts.items()}
    if is_copy:
        return shown | {"form_id": uuid4()}
    day, at = _local(campaign, post.planned_at)
    was = written(post.planned_at, campaign)
    return shown | {"date": day, "time": at, "was": was, "version": post.version, "based_on": post.version}


def _local(campaign: Campaign, moment: datetime | None) -> tuple[date | None, time | None]:
    if moment is None:
        return None, None
    here = moment.astimezone(campaign.tz)
    return here.date(), here.time().replace(second=0, microsecond=0)
