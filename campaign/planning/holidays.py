"""Indonesia's national holidays and joint leave days, with what is only an estimate said to be one.

The dates come from the library `holidays`. Days that follow the moon are fixed by ministers' decree in the year
before; the library marks some later ones as estimates, and here all of them are for years it knows no decree of.
"""

import re
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from holidays.countries.indonesia import Indonesia

MARK = re.compile(r" \((?:perkiraan|estimated)\)$")
BY_THE_MOON = re.compile("Idul|Isra|Islam|Maulid|Imlek|Nyepi|Waisak|Eid|Prophet|Lunar|Silence|Vesak")
DECREES_SINCE = 2022  # from here on every year's decree names joint leave days, so a year without any has no decree yet
YEARS = range(2000, 2100)


@dataclass(frozen=True)
class Holiday:
    """One day off by name; `is_joint_leave` is a *cuti bersama*, `is_estimate` may still move by a day."""

    name: str
    is_joint_leave: bool = False
    is_estimate: bool = False


def of_day(day: date, language: str) -> tuple[Holiday, ...]:
    """What is kept on `day`; names in Indonesian unless `language` is English."""
    if day.year not in YEARS:
        return ()
    return _of_year(day.year, "en_US" if language.startswith("en") else "id").get(day, ())


@lru_cache(maxsize=32)
def _of_year(year: int, language: str) -> dict[date, tuple[Holiday, ...]]:
    national = Indonesia(years=year, language=language, categories=("public",))
    joint = Indonesia(years=year, language=language, categories=("government",))
    is_decreed = bool(joint) or year < DECREES_SINCE
    found: dict[date, tuple[Holiday, ...]] = {}
    for days, is_joint_leave in ((national, False), (joint, True)):
        for day in days:
            told = tuple(_holiday(name, is_decreed, is_joint_leave) for name in days.get_list(day))
            found[day] = found.get(day, ()) + told
    return found


def _holiday(name: str, is_decreed: bool, is_joint_leave: bool) -> Holiday:
    plain = MARK.sub("", name)
    is_unsure = plain != name or (not is_decreed and bool(BY_THE_MOON.search(plain)))
    return Holiday(plain, is_joint_leave, is_unsure)
