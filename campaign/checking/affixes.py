"""The forms that an Indonesian word takes, made from its root: no dictionary and no guessing backwards.

A stemmer has to guess the root of whatever it reads (and takes *beruang*, a bear, for *ber-uang*). We know the few
roots that our lists name, so their forms are made once, and reading a text is looking up words.
"""

from functools import lru_cache

CLITICS = ("", "nya", "ku", "mu", "lah", "kah", "pun")
SUFFIXES = ("", "kan", "i", "an", "in")  # the last one is spoken
PLAIN_PREFIXES = ("", "di", "ter", "ber", "ke", "se", "ku", "kau", "memper", "diper", "per", "nge")
FALLS_AWAY = "ptsk"


def with_clitics(word: str) -> frozenset[str]:
    """`uang`: uang, uangnya, uangku …"""
    return frozenset(word + clitic for clitic in CLITICS)


@lru_cache(maxsize=1_000)
def forms_of(root: str) -> frozenset[str]:
    """`bagi`: bagi, membagikan, dibagi, dibagiin, pembagian, bagi-bagi's halves … with their clitics."""
    beginnings = [prefix + root for prefix in PLAIN_PREFIXES]
    nasal = _nasal(root)
    beginnings += [prefix + nasal for prefix in ("me", "pe")]
    beginnings.append(_spoken(root, nasal))
    return frozenset(begun + suffix + clitic for begun in beginnings for suffix in SUFFIXES for clitic in CLITICS)


def _nasal(root: str) -> str:
    """What follows *me-* and *pe-*: coblos → ncoblos, tolak → nolak, suap → nyuap, kasih → ngasih, lapor → lapor."""
    first = root[0]
    rest = root[1:] if first in FALLS_AWAY else root
    match first:
        case "p" | "b" | "f" | "v":
            return "m" + rest
        case "t" | "d" | "c" | "j" | "z":
            return "n" + rest
        case "s":
            return "ny" + rest
        case "a" | "e" | "i" | "o" | "u" | "g" | "h" | "k":
            return "ng" + rest
    return root


def _spoken(root: str, nasal: str) -> str:
    """The bare nasal of speech: nyoblos, milih, ngasih."""
    return "ny" + root[1:] if root[0] == "c" else nasal
