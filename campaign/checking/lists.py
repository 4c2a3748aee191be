"""The word lists: `lists/*.toml` read once, and found in a text.

A list has groups of terms and rules. A rule finds something where each of its groups occurs in one sentence, unless
a group that says the opposite occurs there too (*tolak*, *laporkan*), or a *tidak*, *bukan*, *jangan* stands before.

How a term is written:
    sembako         this word, with -nya, -ku, -lah …
    ~bagi           every form of this root: membagikan, dibagi, bagiin …  (affixes.py)
    surat suara     these words, next to each other
    jangan .. percaya   up to four other words may stand between
    #               a number, in digits or as a word          $    an amount of money: Rp100.000, 50rb
    ^anjing         only as the first word of a sentence      anjing|  only as the last of a clause
    -bagian         in a list with ~bagi: this form is not meant
"""

import re
import tomllib
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

from campaign.checking.affixes import forms_of, with_clitics
from campaign.checking.data import plain_words
from campaign.checking.reading import LONGEST, spellings, words_of

FOLDER = Path(__file__).parent / "lists"
BETWEEN = 4  # words that `..` stands for, at most
NUMBERS = plain_words("numbers")
MONEY = re.compile(r"rp\d+|\d+(?:rb|ribu|jt|juta|k)")
NO = plain_words("no")
NO_NO = plain_words("no_no")
"""After these a no is none: *jangan lupa*, *bukan hanya*."""
REACH = 3  # words that a no reaches forward


@dataclass(frozen=True)
class Rule:
    """What must come together for a finding. `near`: within so many words; 0 is anywhere in the sentence."""

    code: str
    weight: str
    all: tuple[str, ...]
    unless: tuple[str, ...] = ()
    near: int = 0
    denied: bool = True  # whether a no before it silences it


@dataclass(frozen=True, slots=True)
class Hit:
    """A term found: its first and last word."""

    first: int
    last: int


@dataclass(frozen=True)
class Found:
    """A rule met: the places in the text, in order."""

    rule: Rule
    sentence: int
    places: tuple[tuple[int, int], ...]


@dataclass
class Lists:
    """All groups and rules. Two files may not name a group alike."""

    rules: list[Rule] = field(default_factory=list)
    starts: dict[str, list[tuple[str, tuple[str, ...]]]] = field(default_factory=lambda: defaultdict(list))
    """By the first word of a term: its group and all its words."""
    forms: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    """Each form that a word of a text may have, and how the lists write that word."""

    def add_group(self, name: str, terms: Iterable[str]) -> None:
        listed = [term.split() for term in terms]
        not_meant = {words[0][1:] for words in listed if words[0].startswith("-")}
        for words in listed:
            if words[0].startswith("-"):
                continue
            self.starts[words[0]].append((name, tuple(words)))
            for word in words:
                self._add_word(word, not_meant)

    def _add_word(self, word: str, not_meant: set[str]) -> None:
        bare = word.strip("^|")
        if bare in ("#", "$", ".."):
            return
        forms = forms_of(bare[1:]) - not_meant if bare.startswith("~") else with_clitics(bare)
        for form in forms:
            self.forms[form].add(word)

    def knows(self, whole: str) -> bool:
        """Whether a word that was taken apart is one of ours."""
        return len(whole) > 3 and any(spelling in self.forms for spelling in spellings(whole))

    @cached_property
    def by_shape(self) -> dict[tuple[int, str], list[str]]:
        """The forms by length and first letter, for words with a star in them."""
        shapes: dict[tuple[int, str], list[str]] = defaultdict(list)
        for form in self.forms:
            shapes[len(form), form[0]].append(form)
        return shapes

    def written(self, word: str) -> frozenset[str]:
        """How the lists write what `word` may be."""
        if len(word) > LONGEST:
            return frozenset()
        found: set[str] = set()
        for spelling in spellings(word):
            found |= self.forms.get(spelling, set())
        if word.isdecimal() or word in NUMBERS:
            found.add("#")
        if MONEY.fullmatch(word):
            found.add("$")
        return frozenset(found)

    def masked(self, word: str) -> frozenset[str]:
        """The same of a word with letters starred out: s*mbako."""
        if len(word) > LONGEST:
            return frozenset()
        like = re.compile(re.escape(word).replace(r"\*", "."))
        forms = self.by_shape.get((len(word), word[0]), [])
        return frozenset().union(*(self.forms[form] for form in forms if like.fullmatch(form)))


@lru_cache(maxsize=1)
def shipped() -> Lists:
    """The lists as they stand in the folder, read once per process. Raises ValueError for a rule without its group."""
    lists, names = Lists(), set()
    for file in sorted(FOLDER.glob("*.toml")):
        told: dict[str, Any] = tomllib.loads(file.read_text())
        for name, terms in told.get("groups", {}).items():
            if name in names:
                raise ValueError(f"{file.name}: the group {name} exists already")
            names.add(name)
            lists.add_group(name, terms)
        for rule in told.get("rules", []):
            code = rule.pop("code", file.stem)
            lists.rules.append(Rule(code, **{key: _fixed(value) for key, value in rule.items()}))
    for row in lists.rules:
        if missing := {*row.all, *row.unless} - names:
            raise ValueError(f"a rule of {row.code} names groups that nobody has: {', '.join(sorted(missing))}")
    return lists


def _fixed(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


# Finding -----------------------------------------------------------------------------------------

MOST_MASKED = 40  # words of one text with letters starred out


class Text:
    """One text, read once and asked by all rules."""

    def __init__(self, text: str, lists: Lists | None = None) -> None:
        self.text, self.lists = text, lists or shipped()
        self.words = words_of(text, self.lists.knows)
        self.written = self._written()
        self.hits = self._hits()

    def _written(self) -> list[frozenset[str]]:
        known: dict[str, frozenset[str]] = {}
        masked = MOST_MASKED
        for word in self.words:
            if word.plain in known:
                continue
            if "*" in word.plain and masked:
                masked -= 1
                known[word.plain] = self.lists.masked(word.plain)
            else:
                known[word.plain] = self.lists.written(word.plain)
        return [known[word.plain] for word in self.words]

    def _hits(self) -> dict[int, dict[str, list[Hit]]]:
        """Sentence → group → where its terms stand."""
        found: dict[int, dict[str, list[Hit]]] = defaultdict(lambda: defaultdict(list))
        for place, ways in enumerate(self.written):
            for way in ways:
                for group, term in self.lists.starts.get(way, ()):
                    last = self._end_of(term, place)
                    if last is not None:
                        found[self.words[place].sentence][group].append(Hit(place, last))
        return found

    def _end_of(self, term: tuple[str, ...], place: int) -> int | None:
        """The last word of `term` where it begins at `place`, or None."""
        at, gap = place, 0
        for way in term:
            if way == "..":
                gap = BETWEEN
                continue
            while not self._is(at, way, place):
                if not gap:
                    return None
                gap, at = gap - 1, at + 1
            gap, at = 0, at + 1
        return at - 1

    def _is(self, at: int, way: str, first: int) -> bool:
        if at >= len(self.words) or self.words[at].sentence != self.words[first].sentence:
            return False
        word = self.words[at]
        fits = (not way.startswith("^") or word.opens) and (not way.endswith("|") or word.closes)
        return fits and way in self.written[at]

    def found(self) -> Iterator[Found]:
        """Each rule met in each sentence; of rules of one code only the first, so the heaviest stands first."""
        for sentence, groups in self.hits.items():
            met: set[str] = set()
            for rule in self.lists.rules:
                if rule.code in met or not all(name in groups for name in rule.all):
                    continue
                if any(name in groups for name in rule.unless):
                    continue
                if hits := self._together(rule, groups):
                    met.add(rule.code)
                    places = {(self.words[hit.first].start, self.words[hit.last].end) for hit in hits}
                    yield Found(rule, sentence, tuple(sorted(places)))

    def _together(self, rule: Rule, groups: dict[str, list[Hit]]) -> list[Hit]:
        """One hit of each group, the nearest ones around a hit of the first that is not denied; else nothing."""
        for key in groups[rule.all[0]]:
            chosen = [key]
            for name in rule.all[1:]:
                free = [hit for hit in groups[name] if not any(_overlap(hit, other) for other in chosen)]
                if rule.near:
                    free = [hit for hit in free if abs(hit.first - key.first) <= rule.near]
                if not free:
                    break
                chosen.append(min(free, key=lambda hit: abs(hit.first - key.first)))
            else:
                if not (rule.denied and any(self._is_denied(hit) for hit in chosen)):
                    return chosen
        return []

    def _is_denied(self, hit: Hit) -> bool:
        """Whether a no of the same clause reaches it."""
        first = self.words[hit.first]
        for place in range(max(0, hit.first - REACH), hit.first):
            word = self.words[place]
            if word.clause == first.clause and word.plain in NO and self.words[place + 1].plain not in NO_NO:
                return True
        return False


def _overlap(one: Hit, other: Hit) -> bool:
    return one.first <= other.last and other.first <= one.last
