"""Where a link stands in the texts of one account. Pure."""

from collections.abc import Sequence

PLACE = "{tautan}"


def filled(text: str, link: str) -> str:
    """`text` with `link` wherever it keeps a place for one."""
    return text.replace(PLACE, link) if link else text


def placed(texts: Sequence[str], link: str) -> list[str]:
    """A post's text and those that follow it, with `link` where they name its place, else at the first's end."""
    if not link:
        return list(texts)
    if any(PLACE in text for text in texts):
        return [filled(text, link) for text in texts]
    first, *others = texts
    return [f"{first}\n\n{link}" if first else link, *others]
