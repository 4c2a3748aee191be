"""An idea's life: sent from the field, made into a post, put aside and brought back, or withdrawn by its sender."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.core.files.uploadedfile import UploadedFile
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from campaign import audit, clock, parts, pictures, publishing, sweeping
from campaign.access import require
from campaign.errors import Refused
from campaign.models import Channel, Idea, IdeaMedia, IdeaState, Media, Member, Post
from campaign.writing.content import Content

MOST_PICTURES = 4
PART = "ideas"


@dataclass(frozen=True)
class Found:
    """What somebody in the field has to say."""

    text: str
    place: str = ""
    pictures: Sequence[Media] = ()
    people_agree: bool = False
    parents_agree: bool = False


# Sending -----------------------------------------------------------------------------------------


def take_in(upload: "UploadedFile[bytes]", *, by: Member) -> Media:
    """Keep a picture without metadata, sent by nobody yet. Raises Refused."""
    require(by, "idea.send")
    return pictures.keep(*pictures.encode(upload), campaign=by.campaign, by=by)


def send(found: Found, *, by: Member, form_id: UUID) -> Idea:
    """A new idea; the one that this form has made already, if it comes twice.

    Raises Refused when the form has made another one: somebody else's, or one with other words.
    """
    require(by, "idea.send")
    try:
        return _made_by(form_id, found, by) or _make(found, by=by, form_id=form_id)
    except IntegrityError:  # it came twice at once, as a bad line delivers it
        made = _made_by(form_id, found, by)
        if made is None:
            raise
        return made


def _made_by(form_id: UUID, found: Found, by: Member) -> Idea | None:
    made = Idea.objects.filter(campaign=by.campaign, made_by_form=form_id).first()
    if made and made.by_id != by.pk:
        raise Refused(_("Somebody else has sent this form already. Press Send once more, and it is yours."))
    if made and (made.text, made.place) != (found.text, found.place):
        raise Refused(_("This has arrived before, with other words. Press Send once more to send these words too."))
    return made


@transaction.atomic
def _make(found: Found, *, by: Member, form_id: UUID) -> Idea:
    with_pictures = bool(found.pictures)
    idea = Idea.objects.create(
        campaign=by.campaign,
        text=found.text,
        place=found.place,
        people_agree=found.people_agree and with_pictures,
        parents_agree=found.parents_agree and with_pictures,
        by=by,
        made_at=clock.now(),
        made_by_form=form_id,
    )
    IdeaMedia.objects.bulk_create(
        IdeaMedia(idea=idea, media=media, position=place) for place, media in enumerate(found.pictures)
    )
    parts.use(by.campaign, PART)
    audit.record(
        "idea.send",
        idea,
        by=by,
        pictures=len(found.pictures),
        people_agree=idea.people_agree,
        parents_agree=idea.parents_agree,
    )
    return idea


# Deciding ----------------------------------------------------------------------------------------


@transaction.atomic
def take(idea: Idea, *, by: Member) -> tuple[Post, bool]:
    """The draft made of it, and whether it was made just now: of two who press at once, one makes it."""
    require(by, "idea.decide")
    row = _locked(idea)
    if row.taken_as:
        return row.taken_as, False
    if row.state == IdeaState.TAKEN:
        raise Refused(_("The post made of this idea is not here any more. Write a new one."))
    shown = [(picture.media, "") for picture in row.pictures.select_related("media")]
    usable = Channel.objects.filter(campaign=by.campaign).usable().with_network()  # as every new post begins with
    content = Content(text=row.text, channels=list(usable), title=row.place, pictures=shown)
    row.taken_as = publishing.write(by.campaign, content, by=by)
    _move(row, IdeaState.TAKEN, by=by)
    audit.record("idea.take", row, by=by, post=row.taken_as.pk)
    return row.taken_as, True


@transaction.atomic
def put_aside(idea: Idea, *, by: Member) -> None:
    """Not now; it stays to be found."""
    _turn(idea, IdeaState.ASIDE, by=by)


@transaction.atomic
def bring_back(idea: Idea, *, by: Member) -> None:
    """It is new again."""
    _turn(idea, IdeaState.NEW, by=by)


def _turn(idea: Idea, to: IdeaState, *, by: Member) -> None:
    require(by, "idea.decide")
    row = _locked(idea)
    if row.state == to:
        return
    if row.state not in (IdeaState.NEW, IdeaState.ASIDE):
        raise Refused(_("Somebody has made a post of it meanwhile."))
    _move(row, to, by=by)
    audit.record("idea.put_aside" if to == IdeaState.ASIDE else "idea.bring_back", row, by=by)


@transaction.atomic
def withdraw(idea: Idea, *, by: Member) -> None:
    """Delete it with the pictures that nothing else shows; only its sender may, while nobody has decided."""
    require(by, "idea.send")
    row = _locked(idea)
    if row.by_id != by.pk:
        raise Refused(_("Only who sent an idea can withdraw it. You can put it aside."))
    if row.state != IdeaState.NEW:
        raise Refused(_("The team has worked on this idea already. Ask them to take it out."))
    audit.record("idea.withdraw", row, by=by)
    shown = list(Media.objects.filter(ideas__idea=row, added_by=by))
    row.delete()
    for media in shown:
        sweeping.forget(media)


def _locked(idea: Idea) -> Idea:
    """Its row under the lock, with nothing joined: what is joined would be from before the wait for the lock.

    Raises Refused when its sender has just withdrawn it.
    """
    row = Idea.objects.select_for_update().filter(pk=idea.pk).first()
    if row is None:
        raise Refused(_("Its sender has just withdrawn this idea."))
    return row


def _move(row: Idea, state: IdeaState, *, by: Member) -> None:
    row.state, row.decided_by = state, by
    row.save(update_fields=["state", "decided_by", "taken_as"])
