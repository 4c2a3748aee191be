"""A text as the word lists read it: words with their places, freed of disguises.

*S3mb4k0*, *s.e.m.b.a.k.o*, *sembakooo* and *ѕembako* (with a Cyrillic letter) are read as *sembako*. Everything here
takes time in proportion to the text's length: no pattern can be made to try again and again.
"""

import re
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache

from campaign.checking.data import plain_words

LOOKALIKES = str.maketrans("аеорсухіѕјԁһӏкмтвαορνικτ", "aeopcyxisjdhlkmtbaopvikt")
"""Cyrillic and Greek letters that look like Latin ones."""
AS_LETTERS = tuple(str.maketrans("01345789@$", f"o{one}eastbgas") for one in "il")
SENTENCE_ENDS = re.compile(r"[.!?…][\"'”’)\]]*(?:\s|$)|\n")
CLAUSE_ENDS = re.compile(r"[,;:!?.…\n–—()]")
WORD = re.compile(r"[^\W_](?:[^\W_]|[@$*](?=[^\W_]))*")
BETWEEN_LETTERS = re.compile(r"[ .\-_*·'/]{1,2}")
ABBREVIATIONS = plain_words("abbreviations")
TURNS = plain_words("turns")
SHORT_QUESTION = 3  # words
LONGEST = 24  # letters of a word of ours, in one piece or taken apart
MOST_APART = 400  # pieces of one text that are tried together


@dataclass(slots=True)
class Word:
    """One word: where it stands, as it is compared, in which sentence and clause."""

    start: int
    end: int
    plain: str
    sentence: int
    clause: int
    opens: bool = False
    """Its sentence begins with it."""
    closes: bool = False
    """Its clause ends with it."""


@lru_cache(maxsize=20_000)
def _fold(char: str) -> str:
    """One character as it is compared: small, without accents, Latin where it looks Latin, nothing if unseen."""
    if unicodedata.category(char) in ("Cf", "Mn", "Me"):
        return ""
    whole = unicodedata.normalize("NFKD", char).casefold()
    return "".join(part for part in whole if not unicodedata.combining(part)).translate(LOOKALIKES)


def plain(text: str) -> tuple[str, list[int]]:
    """`text` as it is compared, and for each of its characters its place in `text`."""
    if text.isascii():
        return text.lower(), list(range(len(text)))
    pieces: list[str] = []
    places: list[int] = []
    for place, char in enumerate(text):
        folded = char.lower() if char.isascii() else _fold(char)
        pieces.append(folded)
        places.extend([place] * len(folded))
    return "".join(pieces), places


@lru_cache(maxsize=50_000)
def spellings(word: str) -> tuple[str, ...]:
    """`word` and what it may stand for: digits for letters, letters drawn out, a 2 for saying it twice."""
    found = [word]
    if not word.isalpha() and not word.isdecimal():
        found += [word.translate(table) for table in AS_LETTERS]
        if word[-1] == "2":
            found.append(word[:-1])
    if re.search(r"(.)\1", word):
        found += [re.sub(r"(.)\1+", r"\1", each) for each in found] + [re.sub(r"(.)\1{2,}", r"\1\1", word)]
    return tuple(dict.fromkeys(found))


def words_of(text: str, is_known: Callable[[str], bool]) -> list[Word]:
    """The words of `text` in order; what was taken apart is put together again where that makes a known word."""
    flat, places = plain(text)
    found = list(_joined(list(_split(flat, places)), text, is_known))
    for place, word in enumerate(found):
        word.opens = place == 0 or found[place - 1].sentence != word.sentence
        word.closes = place == len(found) - 1 or found[place + 1].clause != word.clause
    return found


def _split(flat: str, places: list[int]) -> Iterator[Word]:
    sentence = clause = end = length = 0
    before = ""
    for match in WORD.finditer(flat):
        gap, word = flat[end : match.start()], match[0]
        if end and SENTENCE_ENDS.search(gap) and not (gap.startswith(". ") and before in ABBREVIATIONS):
            # A short question belongs to its answer: *Pilih kami? Cicilan kami tanggung.*
            sentence += 0 if "?" in gap and length <= SHORT_QUESTION else 1
            clause += 1
            length = 0
        elif word in TURNS or (len(gap) > 1 and CLAUSE_ENDS.search(gap)):
            clause += 1
        yield Word(places[match.start()], places[match.end() - 1] + 1, word, sentence, clause)
        end, before, length = match.end(), word, length + 1


def _joined(words: list[Word], text: str, is_known: Callable[[str], bool]) -> Iterator[Word]:
    place, tries = 0, MOST_APART
    while place < len(words):
        last = _last_apart(words, place, text) if tries else place
        while last > place:
            whole = "".join(word.plain for word in words[place : last + 1])
            tries -= 1
            if is_known(whole):
                break
            last = last - 1 if tries else place
        word = words[place]
        if last > place:
            word = Word(word.start, words[last].end, whole, word.sentence, words[last].clause)
        yield word
        place = last + 1


def _last_apart(words: list[Word], first: int, text: str) -> int:
    """The last of the words that may belong to the one at `first`: single letters, or parts with a mark between."""
    last, letters = first, len(words[first].plain)
    while last + 1 < len(words) and letters < LONGEST:
        gap = text[words[last].end : words[last + 1].start]
        single = len(words[last].plain) == 1 and len(words[last + 1].plain) == 1
        if not BETWEEN_LETTERS.fullmatch(gap) or (" " in gap and not single):
            break
        last += 1
        letters += len(words[last].plain)
    return last
