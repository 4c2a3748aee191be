"""Two texts compared word by word, and two people's changes put together."""

import time

import pytest

from campaign.writing.differences import MOST_WORDS, between, merged


def told(before, after):
    return [(piece.change, piece.text) for piece in between(before, after)]


def test_words_that_are_gone_and_new_stand_where_one_reads_them():
    assert told("Jalan desa rusak.", "Jalan kota rusak.") == [
        ("same", "Jalan "), ("gone", "desa "), ("new", "kota "), ("same", "rusak."),
    ]  # fmt: skip


def test_equal_texts_have_one_piece_and_none_has_none():
    assert told("Sama", "Sama") == [("same", "Sama")]
    assert told("", "") == []


@pytest.mark.parametrize("text", ["👨‍👩‍👧 dan 👍🏽", "e\u0301tat", "a\n\n b  c", "harga Rp2.000,-"])
def test_what_belongs_together_is_not_torn_apart(text):
    assert "".join(piece.text for piece in between("lain sekali", text) if piece.change != "gone") == text
    assert "".join(piece.text for piece in between(text, "lain sekali") if piece.change != "new") == text
    assert all(not piece.text.startswith(("\u0301", "\u200d", "🏽")) for piece in between("e lain 👨 👍", text))


def test_a_very_long_text_is_compared_in_no_time():
    text = "kata yang sama lagi\n" * MOST_WORDS
    began = time.thread_time()
    assert told(text, text + "akhir\n")[-1] == ("new", "akhir\n")
    assert time.thread_time() - began < 5


@pytest.mark.parametrize(
    ("base", "mine", "theirs", "both"),
    [
        ("Satu dua tiga.", "Satu dua empat.", "Nol dua tiga.", "Nol dua empat."),
        ("Satu dua.", "Satu dua.", "Satu tiga.", "Satu tiga."),
        ("Satu dua.", "Satu tiga.", "Satu dua.", "Satu tiga."),
        ("Satu dua.", "Satu tiga.", "Satu tiga.", "Satu tiga."),
        ("Satu.", "Satu. Milikku.", "Satu. Miliknya.", "Satu. Miliknya. Milikku."),
        ("", "Milikku.", "Miliknya.", "Miliknya. Milikku."),
        ("Satu dua tiga", "Satu tiga", "Satu dua tiga empat", "Satu tiga empat"),
        ("a b c d", "a x d", "a b y d", "a b y x d"),
    ],
)
def test_both_changes_are_in_what_is_put_together(base, mine, theirs, both):
    assert merged(base, mine, theirs) == both


@pytest.mark.parametrize("seed", range(30))
def test_no_word_that_somebody_added_is_lost(seed):
    import random

    dice = random.Random(seed)
    base = [f"kata{number}" for number in range(12)]

    def changed(name):
        words = list(base)
        for number in range(3):
            place = dice.randrange(len(words))
            if dice.random() < 0.5:
                words.insert(place, f"{name}{number}")
            else:
                words[place] = f"{name}{number}"
        return words

    mine, theirs = changed("m"), changed("t")
    both = merged(" ".join(base), " ".join(mine), " ".join(theirs))
    for word in (*mine, *theirs):
        assert word in both.split() or word.startswith("kata")


@pytest.mark.timeout(30)
@pytest.mark.parametrize(("before", "after"), [("! " * 1990, "? ! " * 990), ("a\n" * 9990, "b\na\n" * 4990)])
def test_a_text_of_the_same_sign_a_thousand_times_is_compared_within_seconds(before, after):
    """The candidate's review page would else never come."""
    pieces = between(before, after)
    assert "".join(piece.text for piece in pieces if piece.change != "new") == before
    assert "".join(piece.text for piece in pieces if piece.change != "gone") == after
