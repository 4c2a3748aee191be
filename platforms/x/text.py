"""How X counts a text, and what in it X makes a link.

Source: X documentation, fundamentals/counting-characters, 2026-08; twitter-text, config/v3.json (ranges and weights)
and conformance/tld_lib.yml (`domains.txt`: the endings of names that X makes links of), 2021-10, the newest there is.
"""

import unicodedata
from pathlib import Path

import regex  # type: ignore[import-untyped]

from platforms import counting
from platforms.contents import Mark

CHARACTERS = 280
URL = 23
EMOJI = 2
LIGHT = ((0x0000, 0x10FF), (0x2000, 0x200D), (0x2010, 0x201F), (0x2032, 0x2037))
"""Code points that weigh 1; all others weigh `HEAVY`."""
HEAVY = 2
LONGEST_URL = 4096
LONGEST_LABEL = 63
"""Characters of one part of a host name, as it is written in ASCII."""
_SHOWN = 30
"""Characters of a link that people see, roughly: X cuts it itself."""

_ACCENTED = "\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u024f\u0253\u0254\u0256\u0257\u0259\u025b\u0263\u0268\u026f\u0272\u0289"
_ENDINGS = frozenset((Path(__file__).with_name("domains.txt")).read_text().split())
_IN_PATH = rf"a-z0-9{_ACCENTED}\u0400-\u04ff"
_BRACKETS = rf"\([{_IN_PATH}!*';:=+,.$/%#\[\]\u2013_~@|&-]*(?:\([^\s()]*\)[{_IN_PATH}=.-]*)?\)"
_TAIL = (
    r"(?::[0-9]+)?"
    rf"(?:/(?:(?:[{_IN_PATH}!*';:=+,.$/%#\[\]\u2013_~@|&-]|{_BRACKETS})*(?:[{_IN_PATH}=_#/+-]|{_BRACKETS}))?)?"
    r"(?:\?(?:[a-z0-9!?*'@();:&=+$/%#\[\]_.,~|-]*[a-z0-9_&=#/-])?)?"
)
_END = r"(?![0-9a-z@+-])"
_LABEL = r"[^\s\p{P}\p{S}\p{C}\p{Z}]"
_ODD_LABEL = rf"(?:{_LABEL}|[^\x00-\x7f\s\p{{P}}\p{{C}}\p{{Z}}])"
_WITH_SCHEME = (
    r"(?<![a-z0-9@＠$#＃])https?://"
    rf"(?P<host>(?:{_ODD_LABEL}(?:(?:{_ODD_LABEL}|[-_]){{0,61}}{_ODD_LABEL})?\.){{0,99}}"
    rf"{_ODD_LABEL}(?:(?:{_ODD_LABEL}|-){{0,61}}{_ODD_LABEL})?\.(?:\L<endings>|xn--[0-9a-z-]+)){_END}"
)
_WITHOUT = (
    r"(?<![a-z0-9@＠$#＃_./-])"
    rf"(?P<bare>(?:[a-z0-9{_ACCENTED}](?:[a-z0-9_{_ACCENTED}-]{{0,61}}[a-z0-9{_ACCENTED}])?\.){{0,99}}"
    rf"[a-z0-9{_ACCENTED}](?:[a-z0-9{_ACCENTED}-]{{0,61}}[a-z0-9{_ACCENTED}])?\.(?:\L<endings>)){_END}"
)
_FLAGS = regex.IGNORECASE | regex.VERSION0
_SHORTENED = regex.compile(r"https?://t\.co(?:/(?P<slug>[a-z0-9]+))?", _FLAGS)
LONGEST_SLUG = 40
"""Characters after `t.co/`; what is longer is none of X's own links."""
_URL = regex.compile(rf"(?:{_WITH_SCHEME}|{_WITHOUT}){_TAIL}", _FLAGS, endings=_ENDINGS)

_TONE = r"\p{Emoji_Modifier}"
_ONE = rf"[[\p{{Emoji}}&&\p{{Extended_Pictographic}}]--[©®™♟]](?!\ufe0e)(?:\ufe0f|{_TONE})?"
_EMOJI = regex.compile(
    r"[#*0-9]\ufe0f?\u20e3"  # keycaps
    r"|\p{Regional_Indicator}{2}"
    r"|\U0001f3f4[\U000e0020-\U000e007e]+\U000e007f"  # flags of regions
    r"|[©®™♟]\ufe0f"  # only where asked for as a picture
    rf"|{_ONE}(?:\u200d(?:{_ONE}))*|{_TONE}",
    regex.VERSION1,
)
_MENTION = regex.compile(r"(?<![\w!#$%&*@＠/])[@＠][a-z0-9_]{1,15}(?![\w@＠])", _FLAGS)
_TAG = regex.compile(r"(?<![\w&/])[#＃](?!\d+\b)[\w]+", _FLAGS)


def urls(text: str) -> list[tuple[int, int]]:
    """Where in a normalised text links begin and end, with or without `https://`."""
    found: list[tuple[int, int]] = []
    for match in _URL.finditer(text) if "." in text else ():
        start, end = match.span()
        if short := _SHORTENED.match(text, start):
            if len(short["slug"] or "") > LONGEST_SLUG:
                continue
            if short["slug"] and text[short.end() : short.end() + 1] != "?":
                end = short.end()
        if end - start <= LONGEST_URL and _is_host(match["host"] or match["bare"]):
            found.append((start, end))
    return found


def _is_host(host: str) -> bool:
    """Whether each part can be written in ASCII, in `LONGEST_LABEL` characters."""
    for label in host.split("."):
        if label.isascii():
            if len(label) > LONGEST_LABEL:
                return False
        elif label.lower().startswith("xn--") or len(label.encode("punycode")) + 4 > LONGEST_LABEL:
            return False
    return True


def length(text: str) -> int:
    """Characters as X weighs them, of `CHARACTERS` that a post may have."""
    text = unicodedata.normalize("NFC", text)
    links = urls(text)
    weight, last = 0, 0
    for start, end in links:
        weight += _weight(text[last:start]) + URL
        last = end
    return weight + _weight(text[last:])


def _weight(text: str) -> int:
    """The weight of a text without links."""
    if text.isascii() and "\u20e3" not in text:
        return len(text)
    rest, emoji = _EMOJI.subn("", text)
    return int(emoji) * EMOJI + sum(1 if any(low <= ord(c) <= high for low, high in LIGHT) else HEAVY for c in rest)


def has_url(text: str) -> bool:
    """Whether X takes the text for one with a link, which costs more."""
    return bool(urls(unicodedata.normalize("NFC", text)))


class _Links:
    """Stands where a pattern is asked for, as what is a link is not told by a pattern alone."""

    @staticmethod
    def finditer(text: str) -> list["regex.Match[str]"]:
        spans = set(urls(text))
        return [match for match in _URL.finditer(text) if match.span() in spans]


def marks(text: str) -> list[Mark]:
    """What X makes a link in `text`, in order."""
    return counting.marks(text, {"link": _Links, "mention": _MENTION, "tag": _TAG}, _as_shown)


def _as_shown(kind: str, part: str) -> str:
    if kind != "link":
        return part
    bare = regex.sub(r"^https?://(?:www\.)?", "", part, flags=regex.IGNORECASE)
    return bare if len(bare) <= _SHOWN else f"{bare[:_SHOWN]}…"
