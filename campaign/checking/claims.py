"""Figures and statements about other people that do not say where they come from.

What counts as a source: a link, *Sumber: …* in the text, or the post's own field for sources. Years, dates, times,
telephone and list numbers claim nothing; neither does a greeting to somebody.
"""

import re
from collections.abc import Iterable, Iterator

from django.utils.translation import gettext as _

from campaign import registry
from campaign.checking.data import plain_words
from campaign.checking.lists import Text
from campaign.checking.words import read
from campaign.checks import Finding, Subject, Weight
from campaign.models import Campaign, Channel

SOURCE = re.compile(
    r"https?://\S|\bwww\.\w|\b(?:sumber|source)\s{0,3}:\s{0,3}\w|\b\w[\w-]{0,62}\.(?:go|or|ac)\.id\b", re.I
)

# Figures -----------------------------------------------------------------------------------------

NUMBER = r"(?<![\w.,/-])\d[\d.,]{0,20}"
FIGURES = (
    re.compile(NUMBER + r"\s?(?:%|persen\b|prosen\b)", re.I),
    re.compile(r"\brp\.?\s?\d[\d.,]{0,20}(?:\s?(?:ribu|rb|juta|jt|miliar|milyar|triliun)\b)?", re.I),
    re.compile(NUMBER + r"\s?(?:ribu|rb|juta|jt|miliar|milyar|triliun)\b(?:\s\w+)?", re.I),
    re.compile(
        r"\b(?:(?:se|satu|dua|tiga|empat|lima|enam|tujuh|delapan|sembilan|sepuluh|seratus|puluh|belas|ratus|setengah)\s){1,4}"
        r"(?:persen|juta|miliar|triliun)\b", re.I
    ),
    re.compile(NUMBER + r"\s?(?:kali|x)\slipat\b", re.I),
    re.compile(
        r"\b(?:naik|turun|melonjak|meningkat|bertambah|berkurang|merosot|lebih \w{1,12})\s(?:hampir |sampai )?"
        + NUMBER + r"\s?kali\b", re.I
    ),
    re.compile(
        r"\b(?:\d{1,4}|satu|dua|tiga|empat|lima|enam|tujuh|delapan|sembilan)\sdari\s(?:setiap\s|tiap\s)?"
        r"(?:\d{1,4}|dua|tiga|empat|lima|enam|tujuh|delapan|sembilan|sepuluh|seratus)\s[a-z]{3,}", re.I
    ),
    re.compile(
        r"\b(?:separuh|sepertiga|seperempat|dua pertiga|tiga perempat)\s(?!jam|hari|jalan|hati|harga|mati)\w{3,}", re.I
    ),
)  # fmt: skip
COUNT = re.compile(r"(?<![\w.,/:-])(\d{1,3}(?:\.\d{3}){1,4}|\d{3,9})\s([a-z]{3,})")
"""A hundred or more of something: 12.500 petani."""
NO_COUNT_AFTER = re.compile(
    r"\b(?:nomor|no|rt|rw|kode|pos|jalan|jl|halaman|hlm|pasal|ayat|tahun|tanggal|tgl|pukul|jam|bab|dapil|tps|telp|wa|hp|"
    r"sejak|pemilu|perda|uu|km|kamar|blok|gang|rute|sim|januari|februari|maret|april|mei|juni|juli|agustus|september|"
    r"oktober|november|desember)\.?\s?$",
    re.I,
)
MEASURES = plain_words("measures")
IDIOM = re.compile(r"^100\s?(?:%|persen)")
IDIOM_BEFORE = re.compile(r"\b(?:dijamin|jamin|pasti|yakin|siap|komitmen|serius)\s$", re.I)


@registry.checks.add
def figure_without_source(subject: Subject) -> Iterable[Finding]:
    """A figure that claims something."""
    for text, channel in _without_source(subject):
        offered = _sentences_of(read(text), "money_or_goods")  # an offer needs no source; it needs to go
        places = tuple(place for place in figures(text) if not any(start <= place[0] < end for start, end in offered))
        if places:
            sentence = _(
                "Say where this figure comes from: with a link, with “Sumber: …”, or in the field for sources."
            )
            yield Finding(Weight.WARN, sentence, channel, code="figure_without_source", text=text, places=places)


def figures(text: str) -> list[tuple[int, int]]:
    """Where a figure claims something, in order, none inside another."""
    found = [each.span() for pattern in FIGURES for each in pattern.finditer(text) if not _is_idiom(text, each)]
    found += [each.span() for each in COUNT.finditer(text) if _counts(text, each)]
    kept: list[tuple[int, int]] = []
    for start, end in sorted(found, key=lambda place: (place[0], -place[1])):
        if not kept or start >= kept[-1][1]:
            kept.append((start, end))
    return kept


def _counts(text: str, each: re.Match[str]) -> bool:
    number, what = each[1], each[2]
    is_year = len(number) == 4 and number[:2] in ("19", "20")
    before = text[max(0, each.start() - 12) : each.start()]
    return not (is_year or what in MEASURES or NO_COUNT_AFTER.search(before))


def _is_idiom(text: str, each: re.Match[str]) -> bool:
    """A hundred per cent of conviction is none of anything."""
    before = text[max(0, each.start() - 12) : each.start()]
    return bool(IDIOM.match(each[0])) and bool(IDIOM_BEFORE.search(before))


def _sentences_of(text: Text, code: str) -> list[tuple[int, int]]:
    """Where the sentences begin and end in which a list found something."""
    met = {found.sentence for found in text.found() if found.rule.code == code}
    ends: dict[int, tuple[int, int]] = {}
    for word in text.words:
        if word.sentence in met:
            start, _end = ends.get(word.sentence, (word.start, 0))
            ends[word.sentence] = (min(start, word.start), word.end)
    return list(ends.values())


# People ------------------------------------------------------------------------------------------

OFFICES = (
    r"(?:Wakil )?(?:Gubernur|Bupati|Wali Kota|Walikota|Presiden|Menteri|Camat|Lurah|Kades|Kepala Desa|Kepala Dinas|"
    r"Kapolres|Kapolda|Kapolsek|Dandim|Caleg|Calon|Ketua|Sekda|Sekretaris|Senator|Jaksa|Hakim)"
)
HONORIFICS = (
    r"(?:Bapak|Ibu|Pak|Bu|Bang|Kang|Mas|Mbak|Sdr\.|Sdri\.|Saudara|Saudari|H\.|Hj\.|KH\.?|K\.H\.|Kiai|Kyai|Ustaz|Ustadz|Haji|Hajah|Hajjah|"
    r"Gus|Tuan Guru|Pendeta|Pdt\.|Romo|Dr\.|dr\.|Drs\.|Dra\.|Prof\.|Ir\.)"
)
NAME = r"[A-Z][a-z'’]{1,30}(?:\s[A-Z][a-z'’]{1,30}){0,3}"
TITLED = re.compile(rf"(?<!\w)(?:(?:{OFFICES}|{HONORIFICS}|bapak|ibu|pak|bu)\s){{1,4}}({NAME})")
ACCORDING_TO = re.compile(rf"\b[Mm]enurut\s({NAME})")
MENTION = re.compile(r"(?<![\w.@/])@(\w[\w.-]{1,60})(?:@[\w.-]{1,80})?")
ROLES = plain_words("roles")
GREETING = re.compile(
    r"\b(?:terima kasih|makasih|matur nuwun|hatur nuhun|bersama|selamat|turut berduka|belasungkawa|doa|mendoakan|"
    r"silaturahmi|berkunjung|disambut|hormat kami|salam|halo|hai|apresiasi|menyapa|ikuti)\b",
    re.I,
)


@registry.checks.add
def person_without_source(subject: Subject) -> Iterable[Finding]:
    """A statement about somebody else by name."""
    for text, channel in _without_source(subject):
        if places := tuple(sorted(set(people(text, subject.post.campaign)))):
            sentence = _("Say where this about the person comes from: with a link, with “Sumber: …”, or leave it out.")
            basis = "UU 7/2017 Ps. 280(1)c; KUHP Ps. 433–434"
            yield Finding(
                Weight.WARN, sentence, channel, code="person_without_source", text=text, places=places, basis=basis
            )


def people(text: str, campaign: Campaign) -> Iterator[tuple[int, int]]:
    """Where others are named in a sentence that says something of them. Candidate and own accounts are no others."""
    ours = {word.casefold() for word in f"{campaign.candidate_name} {campaign.dapil}".split()}
    for pattern in (TITLED, ACCORDING_TO):
        for each in pattern.finditer(text):
            name = each[1].split()
            is_ours = all(word.casefold() in ours for word in name)
            if not is_ours and name[0] not in ROLES and not _is_greeted(text, each):
                yield each.span() if pattern is TITLED else each.span(1)
    if mentioned := [each for each in MENTION.finditer(text) if not _is_greeted(text, each)]:
        accounts = {_bare(handle) for handle in campaign.channels.values_list("handle", flat=True)}
        yield from (each.span() for each in mentioned if _bare(each[1]) not in accounts)


def _bare(handle: str) -> str:
    """`@ratna@jejaring.example` and `ratna.bsky.example` begin alike however they are written."""
    return handle.strip().lstrip("@").split("@")[0].rstrip(".-").casefold()


def _is_greeted(text: str, each: re.Match[str]) -> bool:
    """Whether the words before it, in its sentence, only greet, thank or name company."""
    before = text[max(0, each.start() - 80) : each.start()]
    return bool(GREETING.search(re.split(r"[!?\n]|[a-z]\.\s", before)[-1]))


def _without_source(subject: Subject) -> Iterator[tuple[str, Channel | None]]:
    if subject.post.source.strip():
        return
    for text, channel in subject.texts:
        if not SOURCE.search(text):
            yield text, channel
