"""Previews that show the same thing, as one: eight accounts that get the same words need one look, not eight."""

import re
from collections.abc import Hashable, Iterable
from dataclasses import replace

from campaign.linking.making import ALPHABET, UNMADE, address
from campaign.previews import Preview


def gathered(previews: Iterable[Preview]) -> list[Preview]:
    """The first of each kind, the others of its kind in its `others`.

    Alike are those that people will see alike, but for the code of a short link, which each account has of its own.
    What a network would refuse stands alone.
    """
    kinds = dict[Hashable, list[Preview]]()
    for number, preview in enumerate(previews):
        refused = preview.problems or any(each.problems for each in preview.follows)
        kinds.setdefault(number if refused else _seen(preview), []).append(preview)
    return [replace(first, others=others) for first, *others in kinds.values()]


def _seen(preview: Preview) -> Hashable:
    """What is seen of it."""
    return (
        preview.title,
        preview.leads_to,
        tuple((part.kind, _without_code(part.shown)) for part in preview.parts),
        tuple((picture.url, picture.alt) for picture in preview.pictures),
        preview.film.url if preview.film else "",
        tuple((each.name, _seen(each)) for each in preview.follows),
    )


def _without_code(text: str) -> str:
    """What networks show of a short link, with or without its beginning, cut off or not."""
    before = re.escape(address(UNMADE).removesuffix(UNMADE).partition("//")[2])
    return re.sub(f"(?<={before})[{ALPHABET}]+", "", text)
