"""Which of our envelopes a post on the network may be, told by its words."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from campaign.models import State
from platforms.contents import Seen

ENOUGH = 20  # letters: where a network shows less of a text, so many must be the same
NEAR = timedelta(days=1)
_LINK = re.compile(r"(?:https?://|www\.)\S+|(?<=@)(\w[\w.-]*)@[\w.-]+", re.IGNORECASE)
_NO_WORD = re.compile(r"[\W_]+")


@dataclass(frozen=True)
class Candidate:
    """What comparing needs of one delivery."""

    pk: int
    state: str
    remote_id: str
    url: str
    text: str
    title: str
    has_handle: bool
    is_doubtful: bool
    sent_at: datetime | None

    @property
    def is_on_its_way(self) -> bool:
        """Whether it may be public already without a receipt of ours."""
        begun = self.state == State.WAITING and (self.has_handle or self.is_doubtful)
        return begun or self.state in (State.SENDING, State.UNSURE)

    @property
    def may_explain(self) -> bool:
        """Whether it may be public under a remote id that we do not know: a person saw it, or has to finish it.

        What a person finishes there gets its public id only then; until it is found, ours may be that of a draft.
        """
        return self.is_on_its_way or self.state == State.HANDED or (self.state == State.SENT and not self.remote_id)

    def is_near(self, at: datetime) -> bool:
        return self.sent_at is None or abs(self.sent_at - at) <= NEAR


def explain(seen: Sequence[Seen], candidates: Sequence[Candidate]) -> dict[str, int]:
    """Remote ids of posts that an envelope explains, with its id; each explains one, the oldest post first."""
    free = [row for row in candidates if row.may_explain]
    found: dict[str, int] = {}
    for post in sorted(seen, key=lambda post: post.at):
        row = next((row for row in free if _is(post, row)), None)
        if row is not None:
            free.remove(row)
            found[post.remote_id] = row.pk
    return found


def _is(post: Seen, row: Candidate) -> bool:
    if not row.is_near(post.at):
        return False
    shown = words(post.text)
    return any(_same(shown, words(text)) for text in dict.fromkeys((row.text, row.title or row.text)))


def _same(one: str, other: str) -> bool:
    """Equal, or one is the beginning of the other: networks cut."""
    if one == other:
        return True
    short, long = sorted((one, other), key=len)
    return len(short) >= ENOUGH and long.startswith(short)


def words(text: str) -> str:
    """The letters and digits of a text: networks shorten links, drop servers of names, trim and wrap."""
    plain = _LINK.sub(lambda found: found[1] or "", unicodedata.normalize("NFKC", text))
    return _NO_WORD.sub("", plain).casefold()
