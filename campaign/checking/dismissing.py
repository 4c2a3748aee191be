"""*Ignore*, for this version: who set which finding aside, and what a page shows of all that was found."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from campaign import audit, checks, clock, publishing
from campaign.access import may, require
from campaign.checks import Finding, Weight
from campaign.errors import Refused
from campaign.models import Dismissal, Member, Post

SHOWN = 3
"""So many at once: whoever reads ten warnings reads none."""
AROUND = 32  # characters quoted on each side of the words a finding speaks of


@transaction.atomic
def dismiss(post: Post, *, by: Member, version: int, code: str, where: str) -> None:
    """Set a finding of this version aside. Doing it twice is doing it once. Refused for what blocks."""
    require(by, "check.dismiss")
    post = publishing.locked(post, version=version)
    if not post.is_editable:
        raise Refused(_("This post is out already. There is nothing left to ignore."))
    found = next((each for each in _found(post) if (each.code, each.where) == (code, where)), None)
    if found is None:
        raise Refused(_("This is not found any more. Look again."))
    if found.weight == Weight.BLOCK:
        raise Refused(_("This cannot be ignored. Change the post."))
    _row, is_new = Dismissal.objects.get_or_create(
        post=post, version=version, code=code, where=where, defaults={"by": by, "at": clock.now()}
    )
    if is_new:
        audit.record("post.ignore_finding", post, by=by, version=version, code=code)


def _found(post: Post) -> list[Finding]:
    return checks.findings(checks.subject_of(post))


# What a page shows -------------------------------------------------------------------------------


@dataclass(frozen=True)
class Piece:
    """A part of a quotation; marked are the words that a finding speaks of."""

    text: str
    is_marked: bool


@dataclass(frozen=True)
class Line:
    """One finding as it is drawn."""

    finding: Finding
    may_be_ignored: bool = False
    ignored_by: str = ""

    @property
    def quote(self) -> list[Piece]:
        """The words around its first place, with every place in reach marked."""
        return list(_quote(self.finding.text, self.finding.places)) if self.finding.places else []

    @property
    def further(self) -> int:
        """How many places the quotation does not show."""
        if not self.finding.places:
            return 0
        shown = sum(piece.is_marked for piece in self.quote)
        return len(list(_runs(self.finding.text, self.finding.places))) - shown


@dataclass(frozen=True)
class Checked:
    """All that the fragment needs: three lines, the rest, and what was set aside by whom."""

    lines: Sequence[Line] = ()
    rest: Sequence[Line] = ()
    ignored: Sequence[Line] = ()
    url: str = ""
    """Where *ignore* leads; empty where nothing can be ignored."""
    version: int = 0
    then: str = ""
    """The page to come back to: `review`, or the post's own."""
    is_draft: bool = False
    """While somebody writes: then that nothing was found is worth a line."""

    def __bool__(self) -> bool:
        return bool(self.lines or self.ignored)

    @property
    def blocks(self) -> bool:
        return any(line.finding.weight == Weight.BLOCK for line in self.lines)

    @property
    def ignored_by(self) -> str:
        """Everybody who set something aside."""
        return ", ".join(dict.fromkeys(line.ignored_by for line in self.ignored))


def of_post(post: Post, member: Member, *, then: str = "") -> Checked:
    """What the checks say of a saved post, for `member`; the dismissals of other versions count for nothing."""
    rows = Dismissal.objects.filter(post=post, version=post.version).select_related("by__user")
    aside = {(row.code, row.where): str(row.by) for row in rows}
    can = may(member, "check.dismiss") and post.is_editable
    url = reverse("campaign:dismiss_finding", args=[post.campaign.slug, post.pk]) if can else ""
    return _sorted(_found(post), aside, url=url, version=post.version, then=then)


def of_draft(found: Iterable[Finding]) -> Checked:
    """The same of what somebody is still writing: there is no version yet for which anything could be ignored."""
    return _sorted(found, {}, is_draft=True)


def _sorted(
    found: Iterable[Finding],
    aside: dict[tuple[str, str], str],
    *,
    url: str = "",
    version: int = 0,
    then: str = "",
    is_draft: bool = False,
) -> Checked:
    lines, ignored = [], []
    for finding in found:
        by = aside.get((finding.code, finding.where), "") if finding.weight != Weight.BLOCK else ""
        if by:
            ignored.append(Line(finding, ignored_by=by))
        else:
            lines.append(Line(finding, may_be_ignored=bool(url) and finding.weight != Weight.BLOCK))
    return Checked(lines[:SHOWN], lines[SHOWN:], ignored, url, version, then, is_draft)


def _quote(text: str, places: Sequence[tuple[int, int]]) -> Iterator[Piece]:
    """Whole words around the first place; neighbours are marked as one."""
    first, last = next(_runs(text, places))
    start, end = _word_after(text, first - AROUND, first), _word_before(text, last + AROUND, last)
    yield Piece(("… " if start else "") + text[start:first], is_marked=False)
    at = first
    for begin, stop in _runs(text, places):
        if begin < at or begin >= end:
            continue  # one inside another, or out of reach
        yield Piece(text[at:begin], is_marked=False)
        yield Piece(text[begin:stop], is_marked=True)
        at = stop
    end = max(end, at)
    yield Piece(text[at:end] + (" …" if end < len(text) else ""), is_marked=False)


def _runs(text: str, places: Sequence[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """The places, those with only blanks between put together."""
    begin, stop = places[0]
    for next_begin, next_stop in places[1:]:
        if text[stop:next_begin].strip():
            yield begin, stop
            begin, stop = next_begin, next_stop
        else:
            stop = max(stop, next_stop)
    yield begin, stop


def _word_after(text: str, wanted: int, latest: int) -> int:
    """Where a word begins, from `wanted` on; `wanted` itself where no blank is near."""
    if wanted <= 0:
        return 0
    return next((place + 1 for place in range(wanted - 1, latest) if text[place].isspace()), wanted)


def _word_before(text: str, wanted: int, earliest: int) -> int:
    """Where a word ends, up to `wanted`."""
    if wanted >= len(text):
        return len(text)
    return next((place for place in range(wanted, earliest, -1) if text[place].isspace()), wanted)
