"""What changed since a person last saw a post, word by word."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from campaign import clock
from campaign.models import Member, Post, SeenPost
from campaign.previews import Preview
from campaign.writing.differences import Piece, between

WORDS = re.compile(r"\s+|\w+|[^\w\s]")
KEPT = 12  # words of an unchanged stretch that stay in sight on either side of a change


@dataclass(frozen=True)
class TextChange:
    """How the text of some accounts changed; without names it is that of all."""

    names: str
    pieces: list[Piece]


@dataclass(frozen=True)
class Difference:
    """All that is not as it was when this person last looked."""

    version: int
    texts: list[TextChange]
    follows: list[TextChange]
    added_to: list[str]
    removed_from: list[str]
    pictures_changed: bool
    film_changed: bool
    descriptions_changed: bool
    was_planned_at: datetime | None
    time_changed: bool


def picture_of(post: Post, previews: Iterable[Preview]) -> dict[str, Any]:
    """What a page shows of a post, to be kept."""
    shown = list(previews)
    first = shown[0].pictures if shown else []
    film = next((preview.film.url for preview in shown if preview.film), "")
    return {
        "texts": {str(preview.channel.pk): _words(preview) for preview in shown},
        "follows": {str(preview.channel.pk): [each.text for each in preview.follows] for preview in shown},
        "names": {str(preview.channel.pk): str(preview.channel) for preview in shown},
        "pictures": [[picture.url, picture.alt] for picture in first],
        "film": film,
        "planned_at": post.planned_at.isoformat() if post.planned_at else "",
    }


def _words(preview: Preview) -> str:
    """All that is read of it there: its title stands above its text."""
    return "\n".join(filter(None, (preview.title, preview.text)))


def look(post: Post, member: Member, previews: Iterable[Preview]) -> Difference | None:
    """Note that `member` sees this version now, and tell what differs from the version they saw before it, if any."""
    shown = picture_of(post, previews)
    rows = list(SeenPost.objects.filter(member=member, post=post, version__lte=post.version).order_by("-version")[:2])
    if not rows or rows[0].version != post.version:
        now = clock.now()
        SeenPost.objects.bulk_create(
            [SeenPost(member=member, post=post, version=post.version, shown=shown, seen_at=now)], ignore_conflicts=True
        )
    before = next((row for row in rows if row.version < post.version), None)
    return difference(before.version, before.shown, shown) if before else None


def difference(version: int, before: dict[str, Any], after: dict[str, Any]) -> Difference | None:
    """None when a person would see the same."""
    both = [key for key in after["texts"] if key in before["texts"]]
    planned = before["planned_at"]
    found = Difference(
        version=version,
        texts=_texts(before["texts"], after["texts"], after["names"], both),
        follows=_texts(_joined(before), _joined(after), after["names"], both),
        added_to=[after["names"][key] for key in after["texts"] if key not in before["texts"]],
        removed_from=[before["names"][key] for key in before["texts"] if key not in after["texts"]],
        pictures_changed=[url for url, _ in before["pictures"]] != [url for url, _ in after["pictures"]],
        film_changed=before.get("film", "") != after.get("film", ""),
        descriptions_changed=[alt for _, alt in before["pictures"]] != [alt for _, alt in after["pictures"]],
        was_planned_at=datetime.fromisoformat(planned) if planned else None,
        time_changed=planned != after["planned_at"],
    )
    lists: Sequence[Any] = (found.texts, found.follows, found.added_to, found.removed_from)
    flags = (found.pictures_changed, found.film_changed, found.descriptions_changed, found.time_changed)
    return found if any(lists) or any(flags) else None


def _joined(shown: dict[str, Any]) -> dict[str, str]:
    """What follows on each account, as one text; what was seen before there was such a thing has none."""
    told = shown.get("follows", {})
    return {key: "\n\n".join(told.get(key, [])) for key in shown["texts"]}


def _texts(
    before: dict[str, str], after: dict[str, str], names_of: dict[str, str], both: list[str]
) -> list[TextChange]:
    """Accounts whose texts changed in the same way are told together."""
    groups: dict[tuple[str, str], list[str]] = {}
    for key in both:
        if before[key] != after[key]:
            groups.setdefault((before[key], after[key]), []).append(names_of[key])
    return [
        TextChange("" if len(names) == len(after) else ", ".join(names), compare(old, new))
        for (old, new), names in groups.items()
    ]


def compare(old: str, new: str) -> list[Piece]:
    """`new` beside `old`: what is gone, what is new, and long stretches that stayed folded away."""
    pieces = between(old, new)
    last = len(pieces) - 1
    found: list[Piece] = []
    for number, piece in enumerate(pieces):
        found += _folded(piece.text, number == 0, number == last) if piece.change == "same" else [piece]
    return found


def _folded(text: str, is_first: bool, is_last: bool) -> list[Piece]:
    """A stretch that stayed: its ends beside the changes, its middle folded when it is long."""
    tokens = WORDS.findall(text)
    head = 0 if is_first else KEPT * 2
    tail = 0 if is_last else KEPT * 2
    if len(tokens) <= head + tail + KEPT * 2:
        return [Piece("same", text)]
    ends = ("".join(tokens[:head]), "".join(tokens[len(tokens) - tail :]) if tail else "")
    middle = "".join(tokens[head : len(tokens) - tail])
    found = [Piece("same", ends[0]), Piece("folded", middle), Piece("same", ends[1])]
    return [piece for piece in found if piece.text]
