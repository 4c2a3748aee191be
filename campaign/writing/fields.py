"""Parts of the composer's form: fields that come several times, and what its pages show of them."""

from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any
from uuid import uuid4

from django import forms
from django.utils.translation import gettext as _

from campaign.models import Campaign, Channel, Kind, Media, Post
from campaign.writing.typing import OWN


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
    """One picture of the form: its place, itself, and its words for those who cannot see it."""

    place: int
    media: Media
    alt: str


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
        usable = Channel.objects.filter(campaign=campaign).usable().values_list("pk", flat=True)
        return {"form_id": uuid4(), "kind": Kind.CAMPAIGN, "channels": list(usable)}
    rows = list(post.pictures.select_related("media"))
    shown: dict[str, Any] = {name: getattr(post, name) for name in ("text", "title", "kind", "theme", "source")}
    shown["channels"] = [channel.pk for channel in post.channels.kept()]
    shown["kept"], shown["alt"] = [row.media.sha256 for row in rows], [row.alt for row in rows]
    shown["labels"] = [label.name for label in post.labels.all()]
    shown |= {f"{OWN}{pk}": text for pk, text in post.own_texts.items()}
    if is_copy:
        return shown | {"form_id": uuid4()}
    day, at = _local(campaign, post.planned_at)
    return shown | {"date": day, "time": at, "version": post.version, "based_on": post.version}


def _local(campaign: Campaign, moment: datetime | None) -> tuple[date | None, time | None]:
    if moment is None:
        return None, None
    here = moment.astimezone(campaign.tz)
    return here.date(), here.time().replace(second=0, microsecond=0)
