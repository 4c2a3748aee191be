"""A film on our pages: what a reader is told of it before a byte of it is loaded."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.urls import reverse

from campaign import measures
from campaign.models import Campaign, Media


@dataclass(frozen=True)
class Film:
    """`length` and `weight` in words."""

    url: str
    mime: str
    width: int
    height: int
    length: str
    weight: str

    @classmethod
    def of(cls, media: Media) -> "Film":
        return cls._made(media.get_absolute_url(), vars(media))

    @classmethod
    def sealed(cls, campaign: Campaign, item: Mapping[str, Any]) -> "Film":
        """The one that an envelope's draft names."""
        return cls._made(reverse("campaign:picture", args=[campaign.slug, item["sha256"]]), item)

    @classmethod
    def _made(cls, url: str, told: Mapping[str, Any]) -> "Film":
        facts = (told["mime"], told["width"], told["height"])
        return cls(url, *facts, length=measures.length(told["seconds"]), weight=measures.weight(told["size"]))
