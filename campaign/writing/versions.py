"""Every version of a post: what changed in each, and one brought back."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from itertools import zip_longest
from typing import Any
from uuid import UUID, uuid5

from django.db import IntegrityError, transaction
from django.utils.dateparse import parse_datetime
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from campaign import audit, publishing
from campaign.access import require
from campaign.errors import Refused
from campaign.models import Campaign, Kind, Media, Member, Post, PostVersion, Theme
from campaign.writing import content, differences
from campaign.writing.differences import Piece

SPACE = UUID("5b0c1f0e-5d3a-4e0e-9a53-3f1d3f1c8f11")
"""Where the ids of copies come from: the same button makes the same one."""


@dataclass(frozen=True)
class Change:
    """One field that differs: in pieces where it is a text, else before and after."""

    label: str
    pieces: list[Piece] = field(default_factory=list)
    before: str = ""
    after: str = ""


@dataclass(frozen=True)
class Told:
    """One version, and what it changed of the one before it."""

    row: PostVersion
    changes: list[Change]
    is_first: bool
    is_current: bool


def of_post(post: Post, *, most: int, before: int | None = None) -> tuple[list[Told], bool]:
    """The newest first, `most` of them, older than version `before` if that is given; and whether there are more."""
    rows = PostVersion.objects.filter(post=post).select_related("by__user").order_by("-version")
    if before is not None:
        rows = rows.filter(version__lt=before)
    found = list(rows[: most + 1])
    told = []
    for row, older in zip_longest(found, found[1:]):
        shown = changes(older.content, row.content, post.campaign) if older else first(row.content)
        told.append(Told(row, shown, is_first=older is None, is_current=row.version == post.version))
    return told[:most], len(found) > most


def first(kept: Mapping[str, Any]) -> list[Change]:
    """All that the first version said."""
    return [Change(_("Text"), [Piece("same", kept["text"])])] if kept["text"] else []


def changes(before: Mapping[str, Any], after: Mapping[str, Any], campaign: Campaign) -> list[Change]:
    """What differs between two kept versions, field by field."""
    names = {str(channel["pk"]): channel["name"] for kept in (before, after) for channel in kept["channels"]}
    found = [_words(_("Text"), before["text"], after["text"])]
    for pk in sorted(before["own_texts"].keys() | after["own_texts"].keys()):
        old, new = (kept["own_texts"].get(pk, "") for kept in (before, after))
        found.append(_words(_("Text for %(channel)s") % {"channel": names.get(pk, "–")}, old, new))
    found += [
        _words(_("Title"), before["title"], after["title"]),
        _words(_("Title that the public sees"), before.get("public_title", ""), after.get("public_title", "")),
        _words(_("Sources"), before["source"], after["source"]),
        _plain(_("Link"), before.get("link", ""), after.get("link", "")),
        _plain(
            _("Accounts"), *(", ".join(channel["name"] for channel in kept["channels"]) for kept in (before, after))
        ),
        _plain(_("Time"), *(_moment(kept["planned_at"], campaign) for kept in (before, after))),
        _plain(_("Kind"), *(_label(Kind, kept["kind"]) for kept in (before, after))),
        _plain(_("Theme"), *(_label(Theme, kept["theme"]) for kept in (before, after))),
        _words(_("Thread and first comment"), *(_follows(kept, names) for kept in (before, after))),
        _plain(_("Made with AI"), *(_("yes") if kept.get("ai_made") else _("no") for kept in (before, after))),
        _plain(_("Labels"), *(", ".join(kept["labels"]) for kept in (before, after))),
        *_carried(before["pictures"], after["pictures"], campaign),
    ]
    return [change for change in found if change is not None]


def _words(label: str, old: str, new: str) -> Change | None:
    return Change(label, differences.between(old, new)) if old != new else None


def _plain(label: str, old: str, new: str) -> Change | None:
    return Change(label, before=old or "–", after=new or "–") if old != new else None


def _carried(old: list[Mapping[str, str]], new: list[Mapping[str, str]], campaign: Campaign) -> list[Change | None]:
    """What differs of the pictures, and of the film, which stands among them."""
    if old == new:
        return []
    named = {each["sha256"] for each in (*old, *new)}
    rows = Media.objects.filter(campaign=campaign, sha256__in=named, mime__startswith="video/")
    films = set(rows.values_list("sha256", flat=True))
    film = [next((each["sha256"] for each in side if each["sha256"] in films), "") for side in (old, new)]
    told = [_("one") if film[0] else "–", (_("another one") if film[0] else _("one")) if film[1] else "–"]
    pictures = [[each for each in side if each["sha256"] not in films] for side in (old, new)]
    return [_pictures(*pictures), Change(_("Film"), before=told[0], after=told[1]) if film[0] != film[1] else None]


def _follows(kept: Mapping[str, Any], names: Mapping[str, str]) -> str:
    """What follows the post, as one text; what is for one account only begins with its name."""
    told = [(names.get(str(row["channel"]), ""), row["text"]) for row in kept.get("follows", ())]
    return "\n\n".join(f"{name}: {text}" if name else text for name, text in told)


def _pictures(old: list[Mapping[str, str]], new: list[Mapping[str, str]]) -> Change | None:
    if old == new:
        return None
    if [picture["sha256"] for picture in old] == [picture["sha256"] for picture in new]:
        told = ("\n".join(picture["alt"] for picture in side) for side in (old, new))
        return Change(_("Descriptions of the pictures"), differences.between(*told))
    if sorted(picture["sha256"] for picture in old) == sorted(picture["sha256"] for picture in new):
        return Change(_("Pictures"), before=_("in their former order"), after=_("in another order"))
    gone = {picture["sha256"] for picture in old} - {picture["sha256"] for picture in new}
    come = {picture["sha256"] for picture in new} - {picture["sha256"] for picture in old}
    return Change(
        _("Pictures"),
        before=_("%(count)d, of which %(gone)d removed") % {"count": len(old), "gone": len(gone)},
        after=_("%(count)d, of which %(come)d new") % {"count": len(new), "come": len(come)},
    )


def _moment(iso: str | None, campaign: Campaign) -> str:
    at = parse_datetime(iso) if iso else None
    return date_format(at.astimezone(campaign.tz), "j F Y H:i") if at else _("as soon as approved")


def _label(choices: Any, value: str) -> str:
    return str(choices(value).label) if value in choices.values else ""


# Bringing back, and copying -----------------------------------------------------------------------


@transaction.atomic
def restore(post: Post, *, version: int, by: Member, seen: int) -> None:
    """Make a new version that says what `version` said; its time stays. Raises Refused when it is not what `by` saw."""
    require(by, "post.write")
    row = PostVersion.objects.filter(post=post, version=version).first()
    if row is None:
        raise Refused(_("This version is not here. Look again."))
    current = publishing.locked(post, version=seen)
    old = replace(content.from_json(row.content, post.campaign), planned_at=current.planned_at)
    if content.is_same(current, old):
        raise Refused(_("The post says exactly this already."))
    publishing.edit(post, old, by=by, version=seen)
    post.refresh_from_db()
    audit.record("post.restore", post, by=by, version=post.version, restored=version)


def copy(post: Post, *, by: Member, form_id: UUID) -> Post:
    """A new draft with the same content and no time. The same press twice makes one."""
    require(by, "post.write")
    mine = uuid5(SPACE, f"{post.pk}:{by.pk}:{form_id}")
    same = replace(content.of(post, usable=True), planned_at=None)
    try:
        with transaction.atomic():
            made = publishing.write(by.campaign, same, by=by, made_by_form=mine)
            audit.record("post.copy", made, by=by, copied=post.pk)
    except IntegrityError:  # pressed twice
        return Post.objects.get(campaign=by.campaign, made_by_form=mine)
    return made
