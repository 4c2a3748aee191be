"""How well the checks of words tell harmless sentences from bad ones: printed by every run, with floors.

`words/bad.txt` and `words/harmless.txt` are the sentences the lists were made and improved with; the two held-out
files were written afterwards and never used. What is found in a harmless sentence, and what is found in a bad one that
belongs under another heading, counts against precision.
"""

import sys
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from campaign.checking.claims import figure_without_source, person_without_source
from campaign.checking.lists import FOLDER, Text, shipped
from campaign.checking.words import TOLD, word_lists
from campaign.checks import Subject
from campaign.models import Post
from tests import make

pytestmark = pytest.mark.django_db
WORDS = Path(__file__).parent / "words"
CHECKS = (word_lists, figure_without_source, person_without_source)


@dataclass
class Tally:
    """What was found of what was there, by code."""

    there: Counter[str] = field(default_factory=Counter)
    found: Counter[str] = field(default_factory=Counter)
    wrongly: Counter[str] = field(default_factory=Counter)

    def recall(self, code: str = "") -> float:
        there, found = (each[code] if code else each.total() for each in (self.there, self.found))
        return found / there

    def precision(self, code: str = "") -> float:
        found, wrongly = (each[code] if code else each.total() for each in (self.found, self.wrongly))
        return found / (found + wrongly) if found + wrongly else 0.0

    def lines(self, title: str) -> list[str]:
        told = [f"\n{title:34} {'sentences':>9} {'recall':>7} {'precision':>10}"]
        for code, there in self.there.items():
            told.append(f"  {code:32} {there:9} {self.recall(code):7.2f} {self.precision(code):10.2f}")
        return [*told, f"  {'in all':32} {self.there.total():9} {self.recall():7.2f} {self.precision():10.2f}"]


def sentences(name: str) -> list[str]:
    lines = (WORDS / f"{name}.txt").read_text().splitlines()
    return [line for line in lines if line and not line.startswith("#")]


def tally(campaign, suffix: str = "") -> Tally:
    told = Tally()

    def codes(text: str) -> set[str]:
        subject = Subject(Post(campaign=campaign, text=text), [], [], campaign.made_at)
        return {finding.code for check in CHECKS for finding in check(subject)}

    for line in sentences(f"bad{suffix}"):
        labels, text = line.split(": ", 1)
        wanted, *allowed = labels.split(",")
        found = codes(text)
        told.there[wanted] += 1
        told.found[wanted] += wanted in found
        told.wrongly.update(found - {wanted, *allowed})
    for text in sentences(f"harmless{suffix}"):
        told.wrongly.update(codes(text))
    return told


@pytest.fixture
def ratna(campaign):
    make.channel(of=campaign, handle="ratna_nusatengah")
    return campaign


def test_the_lists_tell_harmless_sentences_from_bad_ones(ratna, capsys):
    known, held_out = tally(ratna), tally(ratna, "_held_out")
    with capsys.disabled():
        sys.stdout.write("\n".join([*known.lines("The lists were made with"), *held_out.lines("Held out"), ""]))
    assert known.recall() >= 0.95 and known.precision() >= 0.95
    assert held_out.recall() >= 0.85 and held_out.precision() >= 0.9
    assert all(known.recall(code) >= 0.85 and known.precision(code) >= 0.9 for code in known.there)


@pytest.mark.parametrize("kind", ["harmless", "bad"])
def test_there_are_a_hundred_sentences_and_twenty_held_out(kind: str):
    assert len(sentences(kind)) >= 100
    assert len(sentences(f"{kind}_held_out")) >= 20
    assert not set(sentences(kind)) & set(sentences(f"{kind}_held_out"))


def test_every_list_says_what_to_do():
    assert {rule.code for rule in shipped().rules} == set(TOLD)


def test_only_gifts_for_votes_block():
    assert {rule.code for rule in shipped().rules if rule.weight == "block"} == {"money_or_goods"}


def test_no_harmless_sentence_is_blocked():
    for text in sentences("harmless") + sentences("harmless_held_out"):
        assert "block" not in {found.rule.weight for found in Text(text).found()}, text


def test_every_list_says_its_source():
    for file in FOLDER.glob("*.toml"):
        assert file.read_text().startswith("# "), file.name


@pytest.mark.parametrize(
    "disguised",
    ["s3mb4k0", "s.e.m.b.a.k.o", "s e m b a k o", "s-e-m-b-a-k-o", "sembakooo", "s*mbako", "ѕеmbako", "sem\u200bbako",
     "SEMBAKO", "sémbako", "sembakonya", "𝐬𝐞𝐦𝐛𝐚𝐤𝐨"],
)  # fmt: skip
def test_disguises_are_seen_through(disguised: str):
    text = f"Pilih nomor 3, dapat {disguised}."
    found = [each for each in Text(text).found() if each.rule.weight == "block"]
    assert found
    marked = [text[start:end] for start, end in found[0].places]
    assert disguised in marked


@pytest.mark.parametrize(
    "text",
    [
        "Analisis anggaran dan kanal asuransi.",  # anal, asu
        "Mereka terbagi atas sebagian besar wilayah.",
        "Kebun binatang menerima beruang madu.",  # ber-uang
        "Kami menolak politik uang: jangan mau dikasih sembako supaya coblos siapa pun.",
        "Tidak ada uang untuk yang mencoblos kami.",
    ],
)
def test_words_inside_words_and_refusals_are_left_alone(text: str):
    assert not list(Text(text).found())


@pytest.mark.parametrize("text", ["Jangan lupa coblos kami, ada amplop!", "Bukan hanya janji: coblos kami, ada beras."])
def test_a_no_that_is_none_hides_nothing(text: str):
    assert any(each.rule.code == "money_or_goods" for each in Text(text).found())
