"""A picture as a channel can show it whole: itself where it fits, else a variant made once and kept."""

from django.db import IntegrityError, transaction

from campaign import pictures
from campaign.models import Channel, Media, PictureVariant
from platforms.contents import Shape


def fitting(media: Media, channel: Channel) -> Media:
    """`media`, or what was made of it for `channel`'s network. A film goes as it is."""
    if media.is_film:
        return media
    shape = channel.connector_class.shape(channel.limits)
    if shape.fits(width=media.width, height=media.height, size=media.size, mime=media.mime):
        return media
    demands = _named(shape)
    known = PictureVariant.objects.filter(media=media, fits=demands).select_related("made").first()
    return known.made if known else _make(media, shape, demands)


def _make(media: Media, shape: Shape, demands: str) -> Media:
    try:
        encoded = pictures.fitted(media, shape)
    except OSError:  # the file is gone or broken: the envelope's own check tells of it
        return media
    made = pictures.keep(*encoded, campaign=media.campaign, by=media.added_by)
    try:
        with transaction.atomic():
            PictureVariant.objects.create(media=media, fits=demands, made=made)
    except IntegrityError:  # two at once: both made the same
        pass
    return made


def _named(shape: Shape) -> str:
    return f"{shape.widest:g}:{shape.tallest:g}:{shape.size}:{shape.pixels}" + (":jpeg" if shape.jpeg else "")
