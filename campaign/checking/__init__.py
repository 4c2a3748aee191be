"""Our checks, one module per kind. Importing this registers them all.

    ground.py      networks' limits, accounts in order, the election calendar, descriptions of pictures
    words.py       the word lists of lists/*.toml: money and goods, SARA, insults, threats, rumours, promises
    claims.py      figures and named people without a source
    shape.py       shouting, hidden characters, pictures of children
    lately.py      the same text lately, another post at the same time
    dismissing.py  *ignore this, for this version*, and what a page shows of all that was found

Below them: reading.py (a text as words), affixes.py (a word's forms), lists.py (the lists and how they are found).
"""

from campaign.checking import claims, ground, lately, shape, words

__all__ = ["claims", "ground", "lately", "shape", "words"]
