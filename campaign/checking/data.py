"""The plain words of `plain_words.toml`, by name."""

import tomllib
from functools import lru_cache
from pathlib import Path

FILE = Path(__file__).parent / "plain_words.toml"


@lru_cache(maxsize=1)
def _all() -> dict[str, str]:
    return tomllib.loads(FILE.read_text())


def plain_words(name: str) -> frozenset[str]:
    """The words of one entry."""
    return frozenset(_all()[name].split())
