"""A post whose envelopes have left: its state follows theirs, and it can be tried again or taken down."""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from campaign import audit, chaining, clock, envelopes, notices, registry
from campaign.access import require
from campaign.envelopes import NOT_OUT
from campaign.errors import Refused
from campaign.models import Action, Delivery, Kind, Member, Post, PostState, State
from campaign.publishing import WINDOW, locked
from campaign.writing.content import NOT_AFTER

ONE_BY_ONE = timedelta(seconds=1)


def try_again(delivery: Delivery, post: Post | None, *, by: Member) -> None:
    """Let a failed or held envelope of `post` go once more; publishing only within the days it was approved for."""
    is_late = post and (post.movable_until is None or post.movable_until < clock.now())
    if is_late and delivery.action == Action.PUBLISH:
        raise Refused(_("The approval does not reach this day. Write the post anew from this one and submit it."))
    envelopes.try_again(delivery, by=by, not_after=clock.now() + NOT_AFTER)


@transaction.atomic
def leave_out(delivery: Delivery, *, by: Member) -> None:
    """What follows a post stays unpublished, with all that follows it in turn. Twice is once."""
    require(by, "delivery.decide")
    delivery.refresh_from_db()
    if delivery.state == State.CANCELLED:
        return
    if not delivery.after or delivery.doubtful or delivery.state not in (State.HELD, State.FAILED):
        raise Refused(_("This has changed meanwhile. Look again."))
    rows = [delivery, *chaining.behind(delivery)]
    envelopes.withdraw([row.slot for row in rows])
    for row in rows:
        audit.record("delivery.leave_out", row, by=by)
    for kind in (State.HELD, State.FAILED):
        notices.done(kind, delivery)
    if delivery.post_pk:
        _bring_up_to_date(delivery.post_pk, [])


# Taking down -------------------------------------------------------------------------------------


@transaction.atomic
def take_down(post: Post, *, by: Member, version: int, reason: str) -> None:
    """Delete a live post on every channel it is on, as envelopes of their own; what has not left stays here."""
    require(by, "post.take_down")
    if not reason.strip():
        raise Refused(_("Say in a few words why."))
    post = locked(post, version=version)
    rows = list(Delivery.objects.of_post(post.pk).current().filter(action=Action.PUBLISH).select_related("channel"))
    live = removable(rows)
    if not live:
        raise Refused(_("Nothing of this post is out, as far as Posko knows."))
    envelopes.withdraw([row.slot for row in rows if row.state in NOT_OUT and not row.doubtful])
    envelopes.expire([row.slot for row in rows if row.doubtful or row.state in envelopes.MAY_BE_OUT])
    _remove(live, clock.now(), owner=by)
    audit.record("post.take_down", post, by=by, reason=reason.strip()[:300])


def removable(rows: Iterable[Delivery]) -> list[Delivery]:
    """What stands on a network under a name that Posko knows; without comments, which go with their post."""
    out = (row for row in rows if row.action == Action.PUBLISH and row.state == State.SENT and row.remote_id)
    return [row for row in out if not chaining.goes_with_post(row)]


def _remove(live: Iterable[Delivery], now: datetime, *, owner: Member | None) -> None:
    """The parts of a thread one by one, the last first: else what is left for a moment answers nothing."""
    ahead: Counter[int] = Counter()
    for row in sorted(live, key=lambda row: row.pk, reverse=True):
        slot, now_ = f"{row.slot}/take_down", now + ahead[row.channel_id] * ONE_BY_ONE
        if Delivery.objects.filter(slot=slot).current().exists():
            continue
        ahead[row.channel_id] += 1
        removal = envelopes.seal(
            channel=row.channel,
            slot=slot,
            kind=Kind.NOTICE,
            action=Action.TAKE_DOWN,
            draft={"remote_id": row.remote_id},
            send_at=now_,
            not_after=now_ + WINDOW,
            owner=owner,
        )
        envelopes.clear([slot], fingerprints=[removal.fingerprint], send_at=now_, not_after=now_ + WINDOW)


# Hearing of envelopes ----------------------------------------------------------------------------


@registry.on_settled.add
def on_settled(deliveries: Sequence[Delivery]) -> None:
    """Envelopes' fates changed: bring their posts' states up to date."""
    by_post: dict[int, list[Delivery]] = {}
    for row in deliveries:
        if row.post_pk is not None:
            by_post.setdefault(row.post_pk, []).append(row)
    for pk, settled in by_post.items():
        _bring_up_to_date(pk, settled)


def _bring_up_to_date(pk: int, settled: list[Delivery]) -> None:
    post = Post.objects.select_for_update().get(pk=pk)
    rows = list(Delivery.objects.of_post(pk).current().select_related("channel"))
    removal = next((row for row in rows if row.action == Action.TAKE_DOWN), None)
    if removal:
        _follow_the_others(settled, removal)
    state = _state_from(rows)
    if state and state != post.state and post.state not in (PostState.DRAFT, PostState.IN_REVIEW):
        Post.objects.filter(pk=pk).update(state=state)
        audit.record("post.settle", post, by="engine", to=state.value)


def _follow_the_others(settled: list[Delivery], removal: Delivery) -> None:
    """The post is being taken down, and of these it was not known whether they are out: now it is."""
    posted = [row for row in settled if row.action == Action.PUBLISH]
    _remove(removable(posted), clock.now(), owner=removal.owner)
    missed = [row.pk for row in posted if row.state in NOT_OUT and not row.doubtful]
    Delivery.objects.filter(pk__in=missed).update(state=State.CANCELLED, cleared=None)


def _state_from(rows: list[Delivery]) -> PostState | None:
    posted = [row for row in rows if row.action == Action.PUBLISH]
    removed = {row.slot for row in rows if row.action == Action.TAKE_DOWN and row.state == State.SENT}
    posted, following = [row for row in posted if not row.after], [row for row in posted if row.after]
    sent = [row for row in posted if row.state == State.SENT]
    if not posted:
        return None
    if sent and {f"{row.slot}/take_down" for row in (*sent, *removable(following))} <= removed:
        return PostState.TAKEN_DOWN
    if len(sent) == len(posted):
        is_whole = not any(row.state in (State.HELD, State.FAILED) for row in following)
        return PostState.PUBLISHED if is_whole else PostState.PARTLY
    if sent:
        return PostState.PARTLY
    return PostState.FAILED if all(row.state == State.FAILED for row in posted) else PostState.SCHEDULED
