"""What the composer's page shows: one function for every view that draws it."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.conf import settings
from django.urls import reverse

from campaign import alike, measures, previews, registry, talking
from campaign.http import Request
from campaign.linking import making
from campaign.models import Member, Post, PostVersion
from campaign.writing import autosave, differences, presence, typing, versions
from campaign.writing.content import as_json
from campaign.writing.content import of as content_of
from campaign.writing.differences import Piece
from campaign.writing.fields import MOST_PICTURES
from campaign.writing.form import PostForm
from campaign.writing.typing import Typed

FOLDED = ("title", "kind", "theme", "source", "labels", "new_labels", "ai_made")


@dataclass(frozen=True)
class Conflict:
    """What somebody saved meanwhile, beside what was typed here."""

    by: str
    is_mine: bool
    version: int
    theirs: list[Piece]
    mine: list[Piece]
    others: list[versions.Change]
    can_merge: bool

    @property
    def differs(self) -> bool:
        return any(piece.change != "same" for piece in (*self.theirs, *self.mine))


def conflict(post: Post, typed: Typed, *, of: Member, based_on: int) -> Conflict:
    """`post` as it is saved now against what was `typed` by the member `of`."""
    saved, mine = as_json(content_of(post)), typing.as_kept(typed, post.campaign)
    pieces = differences.between(saved["text"], mine["text"])
    rows = PostVersion.objects.filter(post=post)
    row = rows.filter(version=post.version).select_related("by__user").first()
    changes = versions.changes({**saved, "text": ""}, {**mine, "text": ""}, post.campaign)
    return Conflict(
        by=str(row.by) if row and row.by else "",
        is_mine=row is not None and row.by == of,
        version=post.version,
        theirs=[piece for piece in pieces if piece.change != "new"],
        mine=[piece for piece in pieces if piece.change != "gone"],
        others=changes,
        can_merge=rows.filter(version=based_on).exists(),
    )


def merge(post: Post, typed: Typed, *, based_on: int) -> Typed | None:
    """What was typed and what is saved, put together; None where what both began from is not known."""
    base = PostVersion.objects.filter(post=post, version=based_on).first()
    if base is None:
        return None
    mine, saved = typing.as_kept(typed, post.campaign), as_json(content_of(post))
    return typing.from_kept(typing.together(base.content, mine, saved), post.campaign)


def address(member: Member, post: Post | None, form_id: UUID | str | None) -> str:
    """Where the composer is: a form that has made no post yet is found again by its id."""
    if post:
        return reverse("campaign:edit_post", args=[member.campaign.slug, post.pk])
    base = reverse("campaign:write_post", args=[member.campaign.slug])
    return f"{base}?form={form_id}" if form_id else base


def context(request: Request, form: PostForm, **shown: Any) -> dict[str, Any]:
    """The context of the page."""
    member, post = request.member, form.post
    unsaved, rows = form.unsaved_post(), form.unsaved_pictures()
    is_empty = not (unsaved.text or unsaved.unsaved_texts or rows)
    form_id = form["form_id"].value()
    slug, chosen = member.campaign.slug, form.chosen
    keep = (
        reverse("campaign:autosave_post", args=[slug, post.pk])
        if post
        else reverse("campaign:autosave_new", args=[slug])
    )
    return {
        "form": form,
        "post": post,
        "address": address(member, post, form_id),
        "keep": keep,
        "key": f"posko:{slug}:{member.pk}:{post.pk if post else form_id}",
        "my_version": autosave.last_saved(post, member) if post else 0,
        "others": presence.others(post, member) if post else [],
        "counters": previews.counters(unsaved, form.choices, rows),
        "chosen": chosen,
        "previews": [] if is_empty else alike.gathered(previews.unsealed(unsaved, form.chosen_channels, rows)),
        "is_empty": is_empty,
        "most_pictures": MOST_PICTURES,
        "most_of_film": measures.weight(settings.FILM_BYTES, down=True),
        "has_titled": bool(chosen & set(form.titled)),
        "fewest": fewest(form),
        "talk_link": talking.link(member.campaign),
        "short_link": making.address(making.UNMADE) if making.is_counted(member.campaign) else "",
        "is_unfolded": any(name in form.errors for name in FOLDED) if form.is_bound else False,
        "shows_ai": form["ai_made"].value(),
        "panels": [
            (panel.template, panel.context(post or unsaved, member))
            for panel in sorted(registry.composer_panels, key=lambda panel: panel.order)
        ],
    } | shown


def fewest(form: PostForm) -> int:
    """How many pictures the strictest of the chosen networks takes."""
    counts = [channel.connector_class.shape(channel.limits).count for channel in form.chosen_channels]
    return min(counts, default=MOST_PICTURES)


def is_worth_bringing_back(typed: Typed, post: Post | None) -> bool:
    """Whether what was typed says anything that is not saved."""
    if post is None:
        return not typing.is_empty(typed)
    return typing.as_kept(typed, post.campaign) != as_json(content_of(post))
