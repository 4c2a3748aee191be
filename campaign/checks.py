"""What is examined before a post is approved, and again before it leaves.

A check answers with findings: `block` stops it, `warn` and `note` tell. Upper apps add their own to `registry.checks`.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from campaign import clock, election, envelopes, registry, wording
from campaign.models import Channel, Health, Post, PostMedia
from campaign.writing.drafts import drafts_of


class Weight(StrEnum):
    """How much a finding weighs."""

    BLOCK = "block"
    WARN = "warn"
    NOTE = "note"


@dataclass(frozen=True)
class Finding:
    """One thing found: how bad, in a sentence, and on which channel if on one."""

    weight: Weight
    sentence: str | Promise
    channel: Channel | None = None


@dataclass(frozen=True)
class Subject:
    """What a check looks at: the post, where it would go, what it would carry, and when it would leave."""

    post: Post
    channels: list[Channel]
    pictures: list[PostMedia]
    leaves_at: datetime


type Check = Callable[[Subject], Iterable[Finding]]


def subject_of(post: Post) -> Subject:
    """Everything the checks need, loaded once."""
    pictures = list(post.pictures.select_related("media"))
    return Subject(post, list(post.channels.all()), pictures, post.planned_at or clock.now())


def findings(subject: Subject) -> list[Finding]:
    """All findings, the heaviest first."""
    found = [finding for check in registry.checks for finding in check(subject)]
    return sorted(found, key=lambda finding: list(Weight).index(finding.weight))


def blocks(found: Iterable[Finding]) -> list[Finding]:
    """Those that stop the post."""
    return [finding for finding in found if finding.weight == Weight.BLOCK]


@registry.checks.add
def network_limits(subject: Subject) -> Iterable[Finding]:
    """Each network's own limits of text and pictures, asked of its connector."""
    drafts = drafts_of(subject.post, subject.channels, subject.pictures)
    for channel in subject.channels:
        draft = envelopes.draft_of(drafts[channel.pk])
        for problem in channel.connector_class.problems(draft, channel.limits):
            yield Finding(Weight.BLOCK, wording.problem(problem.code, problem.params), channel)


@registry.checks.add
def channel_in_order(subject: Subject) -> Iterable[Finding]:
    """An account that must be signed in to again would let the post fail."""
    for channel in subject.channels:
        if channel.health == Health.REMOVED:
            yield Finding(Weight.BLOCK, _("This account is not connected any more. Choose another one."), channel)
        elif not channel.is_ok:
            yield Finding(Weight.WARN, _("This account needs a new sign-in before anything can leave."), channel)


@registry.checks.add
def election_window(subject: Subject) -> Iterable[Finding]:
    """What the election calendar says of the time at which it would leave."""
    campaign = subject.post.campaign
    verdict, phase = election.verdict(campaign, subject.post.kind, subject.leaves_at)
    if verdict == election.Verdict.ALLOW:
        return
    told = {
        "kind": subject.post.get_kind_display(),
        "phase": phase.label,
        "time": date_format(localtime(subject.leaves_at, campaign.tz), "j F Y H:i"),
    }
    if verdict == election.Verdict.BLOCK:
        yield Finding(
            Weight.BLOCK,
            _("At %(time)s the calendar is in: %(phase)s. Then nothing of this kind may leave: %(kind)s.") % told,
        )
    else:
        yield Finding(Weight.WARN, _("In this part of the calendar (%(phase)s) be careful with: %(kind)s.") % told)


@registry.checks.add
def alt_text(subject: Subject) -> Iterable[Finding]:
    """A picture without a description says nothing to those who cannot see it."""
    if any(not picture.alt.strip() for picture in subject.pictures):
        yield Finding(Weight.NOTE, _("Describe the picture in a few words for those who cannot see it."))
