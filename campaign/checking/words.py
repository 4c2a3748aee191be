"""The word lists as checks: what they suggest, and what to do about it. The lists themselves are in lists/*.toml."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from campaign import registry
from campaign.checking.lists import Found, Text
from campaign.checks import Finding, Subject, Weight


@dataclass(frozen=True)
class Told:
    """What a person reads of a list's finding, and the law it rests on."""

    sentence: Promise
    basis: str = ""


OFFER = Told(
    _(
        "This reads as a gift for a vote, which the law forbids. Take the offer out; if you mean something else, put "
        "it so that it cannot be read as one."
    ),
    "UU 7/2017 Ps. 280(1)j, 523",
)
TOLD: Mapping[str, Told] = {
    "money_or_goods": Told(
        _(
            "Money, goods, prizes or services for voters or visitors may be vote buying. Take it out, or say plainly "
            "what it is and that it is no reward."
        ),
        "UU 7/2017 Ps. 280(1)j, 286, 523",
    ),
    "sara": Told(
        _("This may set people against each other by religion, origin or ethnicity. Speak of deeds and programmes."),
        "UU 7/2017 Ps. 280(1)b–d",
    ),
    "insult": Told(
        _("This may insult somebody. Criticise what was done or decided, not the person."),
        "UU 7/2017 Ps. 280(1)c",
    ),
    "threat": Told(
        _("This may be read as a threat or as pressure on voters. Put it so that nobody has to be afraid."),
        "UU 7/2017 Ps. 280(1)f",
    ),
    "hoax_phrase": Told(
        _("Rumours sound like this. Say who has established it and where it can be read, or leave it out."),
        "KUHP Ps. 263–264",
    ),
    "absolute_promise": Told(
        _(
            "A legislator cannot do this alone: building, prices and employment are the government's. Say what you "
            "will propose, fight for or oversee."
        )
    ),
}


@lru_cache(maxsize=8)
def read(text: str) -> Text:
    """`text` read once for all checks that ask about it."""
    return Text(text)


@registry.checks.add
def word_lists(subject: Subject) -> Iterable[Finding]:
    """One finding per list and weight, with all its places."""
    for text, channel in subject.texts:
        together: dict[tuple[str, str], list[Found]] = {}
        for found in read(text).found():
            together.setdefault((found.rule.code, found.rule.weight), []).append(found)
        for (code, weight), several in together.items():
            told = OFFER if (code, weight) == ("money_or_goods", Weight.BLOCK) else TOLD[code]
            places = tuple(sorted(place for found in several for place in found.places))
            yield Finding(Weight(weight), told.sentence, channel, code=code, text=text, places=places, basis=told.basis)
