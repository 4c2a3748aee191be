"""Characters as a reader counts them."""

# The package ships no types; whether stubs are installed beside it is not for this module to say.
import regex  # type: ignore[import-untyped, unused-ignore]


def count(text: str) -> int:
    """How many grapheme clusters the text has (UAX 29)."""
    return len(clusters(text))


def clusters(text: str) -> list[str]:
    """The grapheme clusters one by one."""
    return list(regex.findall(r"\X", text))
