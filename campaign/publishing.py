"""A post's life: write, submit, approve, ask for changes, refuse, withdraw, move, take down.

Each verb asks who, guards on the version its caller has read, and writes the record in the same transaction.
"""

from datetime import UTC, datetime, timedelta
from hashlib import sha256
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _

from campaign import audit, checks, clock, election, envelopes, notices, policy
from campaign.access import require
from campaign.approving import submissions, telling
from campaign.errors import Refused
from campaign.linking import making
from campaign.models import Action, Approval, Campaign, Delivery, Member, Post, PostState, State
from campaign.states import MOVES
from campaign.writing.content import NOT_AFTER, Content, fill, keep

STALE = "This post changed while you were reading it. Look again."
WINDOW = timedelta(days=7)  # how far an approved post may be moved without asking again


# Writing -----------------------------------------------------------------------------------------


@transaction.atomic
def write(campaign: Campaign, content: Content, *, by: Member, made_by_form: UUID | None = None) -> Post:
    """A new draft. Raises IntegrityError when the form it was typed in has made one already."""
    require(by, "post.write")
    post = Post.objects.create(campaign=campaign, author=by, made_by_form=made_by_form)
    fill(post, content, by)
    audit.record("post.write", post, by=by)
    return post


@transaction.atomic
def edit(post: Post, content: Content, *, by: Member, version: int) -> None:
    """Change the content: a new version, which needs its approvals anew. Refused once part of it has left."""
    require(by, "post.write")
    post = locked(post, version=version)
    if not post.is_editable:
        raise Refused(post.why_closed)
    envelopes.withdraw(_slots(post))
    if post.state == PostState.SCHEDULED:
        post.edited_by.clear()  # all of it was approved as it stood; a withdrawal would have taken that back
    keep(post, by=None)  # one from before versions were kept
    post.version += 1
    fill(post, content, by)
    audit.record("post.edit", post, by=by, version=post.version, before=post.state)
    Post.objects.filter(pk=post.pk).update(state=PostState.DRAFT)
    telling.over(post)


# Review ------------------------------------------------------------------------------------------


@transaction.atomic
def submit(post: Post, *, by: Member, version: int) -> None:
    """Seal one envelope per channel and ask for approval. Raises Refused with what a check blocks."""
    policy.hold(post.campaign_id)
    post = locked(post, version=version)
    subject = checks.subject_of(post)
    making.make(post, subject.channels)
    if not subject.channels:
        raise Refused(_("Choose at least one channel."))
    firsts = [flow[0][1] for flow in subject.flows.values()]
    if any(not (draft["text"].strip() or draft["pictures"] or "video" in draft) for draft in firsts):
        raise Refused(_("Write a text or add a picture."))
    if post.is_planned_before(clock.now()):
        raise Refused(_("The time you chose is past. Choose a later one, or leave it empty to publish when approved."))
    _require_unblocked(subject)
    _move(post, "submit", by=by)
    _seal(subject)
    submissions.begin(post, clock.now())
    found = policy.standing(post)
    if by.pk in policy.editors(post) & found.own_words:
        # The candidate's own words are the candidate's approval; so are those of a team of one.
        approve(post, by=by, version=version)
    else:
        telling.whose_turn(post)


def _seal(subject: checks.Subject) -> None:
    """Put into envelopes what the checks have looked at."""
    post = subject.post
    for channel in subject.channels:
        for slot, draft in subject.flows[channel.pk]:
            envelopes.seal(
                channel=channel,
                slot=slot,
                kind=post.kind,
                draft=draft,
                send_at=post.planned_at or clock.now(),
                not_after=post.not_after or clock.now() + WINDOW,
                owner=channel.owner or post.author if channel.is_by_hand else post.author,
            )


@transaction.atomic
def approve(post: Post, *, by: Member, version: int, reason: str = "", read_at: str | None = None) -> None:
    """Record `by`'s yes to exactly the version they have read; the last yes needed schedules the post.

    After the deadline the deputy decides in the candidate's place, and says why. `read_at` is the planned time that
    stood on their page, as `plan_of` writes it: a post moved meanwhile has the same version and would leave on a day
    they never read.
    """
    require(by, "post.review")
    policy.hold(post.campaign_id)
    post = locked(post, version=version)
    if post.state != PostState.IN_REVIEW:
        raise Refused(_(STALE))
    if read_at not in (None, plan_of(post)):
        raise Refused(_("The planned time changed while you were reading. Look at it again, then answer."))
    _require_answerer(post, by)
    found = policy.standing(post)
    if by.pk not in found.counting:
        raise Refused(_("Someone else must approve what you wrote."))
    as_deputy = by.pk in found.deputies
    if as_deputy and not reason.strip():
        raise Refused(_("Say in a few words why you decide in the candidate's place."))
    given = post.approvals.filter(version=version, by=by)
    if given.exists() and not as_deputy:
        return
    why = reason.strip()[:300] if as_deputy else ""
    fingerprint, now = fingerprint_of(post), clock.now()
    Approval.objects.update_or_create(
        post=post,
        version=version,
        by=by,
        defaults={"fingerprint": fingerprint, "made_at": now, "as_deputy": as_deputy, "reason": why},
    )
    told: dict[str, str | bool] = {"as_deputy": True, "reason": why} if as_deputy else {}
    told |= {"fingerprint": fingerprint, "team_of_one": found.is_team_of_one}
    audit.record("post.approve", post, by=by, campaign_id=None, version=version, **told)
    if policy.missing(post):
        submissions.look_again(now, post_id=post.pk)
        telling.whose_turn(post)
        return
    _schedule(post, by=by, now=now)
    if as_deputy:
        telling.candidate(post)


def _schedule(post: Post, *, by: Member, now: datetime) -> None:
    _require_unblocked(checks.subject_of(post))
    sealed = _envelopes(post)
    _move(post, "schedule", by=by)
    envelopes.clear(
        [delivery.slot for delivery in sealed],
        fingerprints=[delivery.fingerprint for delivery in sealed],
        send_at=post.planned_at or now,
        not_after=post.not_after or now + NOT_AFTER,
    )
    Post.objects.filter(pk=post.pk).update(
        movable_from=election.day_begins(post.campaign, post.planned_at or now), movable_until=_window_end(post, now)
    )
    telling.over(post)


@transaction.atomic
def ask_changes(post: Post, *, by: Member, version: int, reason: str) -> None:
    """Give the post back to its author with what should change."""
    _back(post, "ask_changes", by=by, version=version, reason=reason)


@transaction.atomic
def refuse(post: Post, *, by: Member, version: int, reason: str) -> None:
    """Say no for good."""
    _back(post, "refuse", by=by, version=version, reason=reason)


def _back(post: Post, verb: str, *, by: Member, version: int, reason: str) -> None:
    if not reason.strip():
        raise Refused(_("Say in a few words why."))
    post = locked(post, version=version)
    _move(post, verb, by=by)
    _require_answerer(post, by)
    _take_back(post)
    Post.objects.filter(pk=post.pk).update(note=reason.strip())
    telling.over(post)
    if post.author and post.author != by:
        notices.tell(verb, post, to=[post.author], url=post.get_absolute_url(), text=str(post)[:80])


@transaction.atomic
def withdraw(post: Post, *, by: Member, version: int) -> None:
    """Take a post out of review or off the schedule. Refused once part of it has left."""
    post = locked(post, version=version)
    _move(post, "withdraw", by=by)
    _take_back(post)
    telling.over(post)


def reopen(post: Post, *, by: Member) -> None:
    """A scheduled post waits for approval again, in new envelopes. Refused once part of it has left."""
    envelopes.withdraw(_slots(post))
    _move(post, "reopen", by=by)
    Post.objects.filter(pk=post.pk).update(movable_from=None, movable_until=None)
    telling.over(post)
    subject = checks.subject_of(post)
    making.make(post, subject.channels)
    _seal(subject)
    submissions.begin(post, clock.now())
    telling.whose_turn(post)


# Time --------------------------------------------------------------------------------------------


@transaction.atomic
def reschedule(post: Post, *, by: Member, version: int, to: datetime | None) -> None:
    """Move a scheduled post, now if `to` is None, inside the window its approval allows; held envelopes wait again."""
    require(by, "post.write")
    post = locked(post, version=version)
    if post.state not in (PostState.SCHEDULED, PostState.PARTLY):
        raise Refused(_(STALE))
    now = clock.now()
    leaves_at = to or now
    if to and to < now:
        raise Refused(_("The time you chose is past. Choose a later one, or publish now."))
    if post.movable_from is None or leaves_at < post.movable_from:
        raise Refused(_("It was approved for a later day. Withdraw the post and submit it with the new time."))
    if post.movable_until is None or leaves_at > post.movable_until:
        raise Refused(_("The approval does not reach that far. Withdraw the post and submit it with the new time."))
    verdict, phase = election.verdict(post.campaign, post.kind, leaves_at)
    if verdict == election.Verdict.BLOCK:
        raise Refused(_("At that time the calendar is in: %(phase)s. Choose another time.") % {"phase": phase.label})
    open_slots = [row.slot for row in _envelopes(post) if row.state in envelopes.MAY_LEAVE]
    if not open_slots:
        raise Refused(_("Part of this post is already on its way. Wait a moment and look again."))
    envelopes.move(open_slots, send_at=leaves_at, not_after=leaves_at + NOT_AFTER)
    Post.objects.filter(pk=post.pk).update(planned_at=to, not_after=leaves_at + NOT_AFTER)
    audit.record("post.reschedule", post, by=by, to=leaves_at.isoformat())
    for delivery in _envelopes(post):
        notices.done(State.HELD, delivery)


# Helpers -----------------------------------------------------------------------------------------


def plan_of(post: Post) -> str:
    """The planned time as a form carries it; empty where there is none."""
    return post.planned_at.astimezone(UTC).isoformat() if post.planned_at else ""


def locked(post: Post, *, version: int) -> Post:
    """`post`'s row under its lock; Refused when it is not the version the caller has read."""
    row = Post.objects.select_for_update(of=("self",)).select_related("campaign", "author").get(pk=post.pk)
    if row.version != version:
        raise Refused(_(STALE))
    return row


def _require_answerer(post: Post, by: Member) -> None:
    """Staff answer only where they have been named as second readers."""
    if not policy.house(post.campaign_id).may_answer(by):
        raise PermissionDenied(f"{by.role} is no second reader")


def fingerprint_of(post: Post) -> str:
    """One hash over all its envelopes: SHA-256 of their sorted `slot fingerprint` lines."""
    lines = sorted(f"{row.slot} {row.fingerprint}" for row in _envelopes(post))
    return sha256("\n".join(lines).encode()).hexdigest()


def _move(post: Post, verb: str, *, by: Member) -> None:
    step = MOVES[verb]
    require(by, step.action)
    changed = Post.objects.filter(pk=post.pk, state__in=step.sources, version=post.version).update(state=step.target)
    if changed != 1:
        raise Refused(_(STALE))
    post.state = step.target
    audit.record(f"post.{verb}", post, by=by, version=post.version)


def _envelopes(post: Post) -> list[Delivery]:
    rows = Delivery.objects.of_post(post.pk).current().filter(action=Action.PUBLISH)
    return list(rows.select_related("channel").order_by("pk"))


def _slots(post: Post) -> list[str]:
    return [row.slot for row in _envelopes(post)]


def _window_end(post: Post, now: datetime) -> datetime:
    end = (post.planned_at or now) + WINDOW
    quiet = election.quiet_begins(post.campaign)
    return min(end, quiet) if quiet and quiet > now else end


def _take_back(post: Post) -> None:
    """Cancel its envelopes and every yes to this version: unchanged words that come again are asked for again."""
    envelopes.withdraw(_slots(post))
    post.approvals.filter(version=post.version).delete()


def _require_unblocked(subject: checks.Subject) -> None:
    """Raises Refused with all that a check blocks."""
    blocked = checks.blocks(checks.findings(subject))
    if blocked:
        raise Refused(" ".join(_with_channel(finding) for finding in blocked))


def _with_channel(finding: checks.Finding) -> str:
    return f"{finding.channel.label}: {finding.sentence}" if finding.channel else str(finding.sentence)
