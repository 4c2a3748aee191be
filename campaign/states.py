"""Which state of a post may follow which, by verb."""

from dataclasses import dataclass

from campaign.models import PostState


@dataclass(frozen=True)
class Move:
    """One step: from any of `sources` to `target`, for those who may do `action`."""

    sources: frozenset[PostState]
    target: PostState
    action: str


def _move(*sources: PostState, to: PostState, action: str) -> Move:
    return Move(frozenset(sources), to, action)


S = PostState
MOVES: dict[str, Move] = {
    "submit": _move(S.DRAFT, S.CHANGES_ASKED, to=S.IN_REVIEW, action="post.write"),
    "schedule": _move(S.IN_REVIEW, to=S.SCHEDULED, action="post.review"),
    "ask_changes": _move(S.IN_REVIEW, to=S.CHANGES_ASKED, action="post.review"),
    "refuse": _move(S.IN_REVIEW, to=S.REFUSED, action="post.review"),
    "reopen": _move(S.SCHEDULED, to=S.IN_REVIEW, action="post.review"),
    "withdraw": _move(S.IN_REVIEW, S.SCHEDULED, to=S.DRAFT, action="post.write"),
}
# scheduled → published, partly, failed, taken_down follows from the envelopes: afterwards.on_settled.
