"""What can be seen of a text without understanding it, and what a machine cannot see of a picture."""

import re
import unicodedata
from collections.abc import Iterable, Iterator

from django.utils.translation import gettext as _

from campaign import registry
from campaign.checking.affixes import with_clitics
from campaign.checking.data import plain_words
from campaign.checking.words import read
from campaign.checks import Finding, Subject, Weight

LOUD_WORD = 4  # letters: shorter ones in capitals are mostly abbreviations
LOUD_WORDS = 3  # so many in a row are shouted
ABBREVIATIONS = plain_words("capitals")
MARKS = re.compile("!{3,}")
JOINERS = "\u200c\u200d"  # they hold emoji together, and letters of scripts that need them
DIRECTION_MARKS = "\u200e\u200f\u061c"  # lawful beside Arabic
OTHER_SCRIPTS = ("CYRILLIC", "GREEK", "CHEROKEE", "ARMENIAN", "COPTIC")
TOKEN = re.compile(r"\w+")
CHILDREN = frozenset[str]().union(*map(with_clitics, plain_words("children")))


@registry.checks.add
def shouting(subject: Subject) -> Iterable[Finding]:
    """All capitals, or marks in a row."""
    for text, channel in subject.texts:
        if places := tuple(sorted([*_loud(text), *((each.start(), each.end()) for each in MARKS.finditer(text))])):
            sentence = _("Capitals and rows of exclamation marks read as shouting. Write it calmly.")
            yield Finding(Weight.NOTE, sentence, channel, code="shouting", text=text, places=places)


def _loud(text: str) -> Iterator[tuple[int, int]]:
    """Rows of words in capitals; abbreviations and short words neither begin nor break one."""
    first, last, loud = -1, -1, 0
    for word in TOKEN.finditer(text):
        if not word[0].isupper():
            if loud >= LOUD_WORDS:
                yield first, last
            loud = 0
        elif len(word[0]) >= LOUD_WORD and word[0] not in ABBREVIATIONS:
            first = word.start() if not loud else first
            last, loud = word.end(), loud + 1
    if loud >= LOUD_WORDS:
        yield first, last


@registry.checks.add
def hidden_characters(subject: Subject) -> Iterable[Finding]:
    """What readers do not see but networks receive: the text that was approved is then not the one that was read."""
    for text, channel in subject.texts:
        if text.isascii():
            continue
        if places := tuple(_hidden(text)):
            sentence = _(
                "There are characters in it that nobody sees or that only look like others. Type these words anew: "
                "what leaves must be what was read."
            )
            yield Finding(Weight.WARN, sentence, channel, code="hidden_characters", text=text, places=places)


def _hidden(text: str) -> Iterator[tuple[int, int]]:
    for word in re.finditer(r"\S+", text):
        if not word[0].isascii() and (_has_unseen(word[0]) or any(_is_mixed(part) for part in TOKEN.findall(word[0]))):
            yield word.span()


def _has_unseen(word: str) -> bool:
    for place, char in enumerate(word):
        if unicodedata.category(char) != "Cf":
            continue
        if char in JOINERS and not _is_latin(word[max(0, place - 1) : place] + word[place + 1 : place + 2]):
            continue
        if char in DIRECTION_MARKS and any(unicodedata.bidirectional(each) in ("R", "AL") for each in word):
            continue
        if "\U000e0020" <= char <= "\U000e007f" and word[0] == "\U0001f3f4":
            continue  # the flags of parts of a country
        return True
    return False


def _is_latin(letters: str) -> bool:
    return any(unicodedata.name(each, "").startswith("LATIN") or each.isascii() for each in letters)


def _is_mixed(word: str) -> bool:
    """Latin letters with those of a script that has look-alikes, in one word."""
    if word.isascii():
        return False
    scripts = {unicodedata.name(each, "").split(" ")[0] for each in word}
    return "LATIN" in scripts and not scripts.isdisjoint(OTHER_SCRIPTS)


@registry.checks.add
def children_in_pictures(subject: Subject) -> Iterable[Finding]:
    """No machine here sees what is on a picture; the words beside it may tell."""
    if not subject.pictures:
        return
    texts = [*subject.texts, *((picture.alt, None) for picture in subject.pictures)]
    for text, channel in texts:
        places = tuple((word.start, word.end) for word in read(text).words if word.plain in CHILDREN)
        if places:
            sentence = _(
                "If children can be recognised on the picture, their parents must have agreed, and children may not "
                "campaign. Ask them, or choose another picture."
            )
            basis = "UU 35/2014 Ps. 15, 76H; UU 27/2022 Ps. 25"
            yield Finding(
                Weight.NOTE, sentence, channel, code="children_in_pictures", text=text, places=places, basis=basis
            )
            return
