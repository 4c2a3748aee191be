"""Where a post stands and the one thing to do next, in a sentence: the top of its page."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from campaign.models import Delivery, Member, Post, PostState


@dataclass(frozen=True)
class Standing:
    """`step` names the one big button: submit, edit, review, decide or copy; empty where nothing is to be done."""

    sentence: str
    tone: str = "info"
    icon: str = "info"
    step: str = ""
    at: datetime | None = None  # drawn after the sentence
    delivery: Delivery | None = None  # what is to be decided


def of_post(
    post: Post,
    member: Member,
    *,
    can: dict[str, bool],
    urgent: Sequence[Delivery],
    deciders: Sequence[Member],
    is_missing: bool,
    is_blocked: bool,
    at: datetime | None,
) -> Standing:
    """What `member` reads. `urgent` are envelopes that a person must decide about, if this member may."""
    if urgent:
        return _urgent(urgent)
    if post.state == PostState.IN_REVIEW:
        return _in_review(member, deciders, is_missing)
    if post.state == PostState.DRAFT:
        return _draft(can, is_blocked)
    if post.state == PostState.CHANGES_ASKED:
        sentence = _("Changes are asked for. Change it and submit it again.")
        return Standing(sentence, "warn", "undo", "edit" if can["edit"] else "")
    if post.state == PostState.REFUSED:
        return Standing(_("It was refused and does not go out."), "warn", "no", "copy" if can["copy"] else "")
    return _approved(post, can, at)


def _urgent(urgent: Sequence[Delivery]) -> Standing:
    where = ", ".join(dict.fromkeys(row.channel.label for row in urgent))
    sentence = _("Not everything went as planned on %(where)s. Look there and say what is to happen.") % {
        "where": where
    }
    return Standing(sentence, "warn", "alert", "decide", delivery=urgent[0])


def _in_review(member: Member, deciders: Sequence[Member], is_missing: bool) -> Standing:
    if deciders and is_missing:
        names = ", ".join(str(member) for member in deciders)
        sentence = _("Waits for the approval of %(names)s.") % {"names": names}
        return Standing(sentence, "info", "eye", "review" if member in deciders else "")
    if is_missing:
        sentence = _(
            "Nobody on the team can approve this: whoever wrote it may not, and there is nobody else. "
            "Invite the candidate or another manager."
        )
        return Standing(sentence, "warn", "alert")
    return Standing(_("It is being reviewed."), "info", "eye")


def _draft(can: dict[str, bool], is_blocked: bool) -> Standing:
    if is_blocked:
        return Standing(
            _("Not ready yet: a check stops it. Change it first."), "warn", "alert", "edit" if can["edit"] else ""
        )
    sentence = _("Nobody has been asked to approve it yet. When it is ready, submit it.")
    return Standing(sentence, "info", "edit", "submit" if can["submit"] else "")


def _approved(post: Post, can: dict[str, bool], at: datetime | None) -> Standing:
    if post.state == PostState.SCHEDULED:
        return Standing(_("Approved. Nothing more is to be done; it goes out:"), "ok", "clock", at=at)
    if post.state == PostState.PUBLISHED:
        return Standing(_("It is out on all its accounts."), "ok", "done")
    if post.state == PostState.PARTLY:
        return Standing(_("It is out on some of its accounts; the others are told below."), "warn", "half")
    if post.state == PostState.TAKEN_DOWN:
        return Standing(_("It was taken down."), "info", "trash", "copy" if can["copy"] else "")
    return Standing(_("It did not go out on any account."), "warn", "no", "copy" if can["copy"] else "")
