"""Pictures that nothing shows: taken in and never used, or let go with what they came for."""

from datetime import datetime, timedelta

from django.core.files.storage import default_storage
from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef, Q

from campaign.approving import small_pictures
from campaign.models import Autosave, Delivery, HandProof, IdeaMedia, Media, PictureVariant, PostMedia, PostVersion
from campaign.writing import autosave

UNUSED_FOR = timedelta(days=7)


def sweep(now: datetime) -> int:
    """Delete what nobody has used for a week since it was last chosen; how many.

    What was typed and not saved too long ago goes first: a member who never comes back keeps no picture.
    """
    Autosave.objects.filter(saved_at__lt=now - autosave.LASTS).delete()
    shown = [model.objects.filter(media=OuterRef("pk")) for model in (PostMedia, IdeaMedia, HandProof)]
    made = PictureVariant.objects.filter(made=OuterRef("pk"))
    old = Media.objects.filter(*(~Exists(each) for each in (*shown, made)), added_at__lt=now - UNUSED_FOR)
    return sum(forget(media) for media in old.order_by("pk"))


def forget(media: Media) -> bool:
    """Delete a picture with its files, unless something shows it or has shown it; whether it is gone.

    What was made of it for a network is then a picture that nothing shows, and goes in its turn.
    """
    if _is_told_of(media):
        return False
    name, small = str(media.file.name), small_pictures.names(media)
    try:
        with transaction.atomic():
            media.delete()
            transaction.on_commit(lambda: _delete_files(name, small))
    except IntegrityError:  # it is protected by what shows it, or somebody has just begun to
        return False
    return True


def _is_told_of(media: Media) -> bool:
    """Whether an old version, an envelope or something that is still being typed names it."""
    named = [{"sha256": media.sha256}]
    versions = PostVersion.objects.filter(post__campaign_id=media.campaign_id, content__pictures__contains=named)
    typed = Autosave.objects.filter(member__campaign_id=media.campaign_id, content__kept__contains=[media.sha256])
    return versions.exists() or _in_envelopes(media) or typed.exists()


def _in_envelopes(media: Media) -> bool:
    """Whether an envelope carries it, as a picture or as its film."""
    where = Q(draft__pictures__contains=[{"sha256": media.sha256}]) | Q(draft__video__sha256=media.sha256)
    return Delivery.objects.filter(where, campaign_id=media.campaign_id).exists()


def _delete_files(name: str, small: list[str]) -> None:
    if not Media.objects.filter(file=name).exists():  # the same picture may have come again meanwhile
        for each in (name, *small):
            default_storage.delete(each)
