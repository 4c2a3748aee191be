"""What callers do with envelopes: seal, clear, withdraw, move, decide. What workers do is in `delivering`.

The engine knows nothing of posts: a caller names its envelope by `slot` and hears of its fate through `on_settled`.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from django.db import OperationalError, transaction
from django.db.models import Case, DateTimeField, F, QuerySet, Value, When
from django.utils.translation import gettext as _

from campaign import audit, chaining, clock, notices, registry
from campaign.access import require
from campaign.errors import Refused
from campaign.models import Action, Channel, Delivery, Member, State

MAY_LEAVE = (State.WAITING, State.HELD)
NOT_OUT = (*MAY_LEAVE, State.FAILED)
MAY_BE_OUT = (State.SENDING, State.UNSURE, State.HANDED)


def seal(
    *,
    channel: Channel,
    slot: str,
    kind: str,
    draft: dict[str, Any],
    send_at: datetime,
    not_after: datetime,
    owner: Member | None,
    action: Action = Action.PUBLISH,
) -> Delivery:
    """Put `draft` into an envelope that waits, uncleared. Raises IntegrityError when the slot has one already."""
    delivery = Delivery.objects.create(
        campaign_id=channel.campaign_id,
        channel=channel,
        slot=slot,
        action=action,
        kind=kind,
        draft=draft,
        send_at=send_at,
        not_after=not_after,
        owner=owner,
        made_at=clock.now(),
    )
    delivery.refresh_from_db(fields=["fingerprint"])
    return delivery


@transaction.atomic
def clear(slots: list[str], *, fingerprints: list[str], send_at: datetime, not_after: datetime) -> None:
    """Release the waiting envelopes of `slots`, if they still are exactly what was approved; else raises Refused."""
    done = Delivery.objects.filter(slot__in=slots, state=State.WAITING, fingerprint__in=fingerprints).update(
        cleared=F("fingerprint"), send_at=send_at, not_after=_last_moment(not_after)
    )
    if done != len(slots):
        raise Refused(_("This post changed while you were reading it. Look again."))


@transaction.atomic
def withdraw(slots: list[str]) -> None:
    """Take envelopes back: blank `cleared` and cancel, in one update. Refused once one may be out."""
    rows = _locked(slots)
    if any(row.state == State.HANDED for row in rows):
        raise Refused(
            _(
                "Somebody has part of this post in hand to publish it. Open that delivery below, say that it will not "
                "be published, then try again."
            )
        )
    if any(row.doubtful or row.state not in NOT_OUT for row in rows):
        raise Refused(_("Part of this post is already on its way or out. Wait a moment and look again."))
    _of(rows).update(state=State.CANCELLED, cleared=None)


@transaction.atomic
def expire(slots: list[str]) -> None:
    """Let none of these begin any more. What may be out already cannot be cancelled; it is too late for it instead.

    What a person was asked to publish may be out too, and is theirs to tell; its page says not to publish it any more.
    """
    _of(_locked(slots)).filter(state__in=(State.WAITING, *MAY_BE_OUT)).update(not_after=clock.now())


@transaction.atomic
def move(slots: list[str], *, send_at: datetime, not_after: datetime) -> None:
    """Give waiting or held envelopes a new time; a held one waits again. Raises Refused when one has left."""
    rows = [row for row in _locked(slots) if row.state != State.SENT]
    if any(row.state not in MAY_LEAVE for row in rows):
        raise Refused(_("Part of this post is already on its way. Wait a moment and look again."))
    times = {"send_at": send_at, "not_after": _last_moment(not_after)}
    _of(rows).update(state=State.WAITING, problem="", problem_params={}, **times)
    chaining.keep_up([row.after for row in rows if row.after])


def _last_moment(not_after: datetime) -> Case:
    """What follows another has time after the last moment of that one."""
    return Case(
        When(after="", then=Value(not_after)),
        default=Value(not_after + chaining.LATER),
        output_field=DateTimeField(),
    )


def _locked(slots: list[str]) -> list[Delivery]:
    """The live envelopes of `slots` under their locks, or Refused at once when the engine has one in hand.

    Never waits: a caller holds its post's lock already, and the engine takes the two in the other order.
    """
    try:
        return list(Delivery.objects.filter(slot__in=slots).current().select_for_update(nowait=True))
    except OperationalError:
        raise Refused(_("Posko is just working on part of this post. Try again in a moment.")) from None


def _of(rows: Iterable[Delivery]) -> QuerySet[Delivery]:
    return Delivery.objects.filter(pk__in=[row.pk for row in rows])


@transaction.atomic
def try_again(delivery: Delivery, *, by: Member, not_after: datetime) -> None:
    """Let a failed or held envelope wait once more, as it was approved. Raises Refused when it no longer stands so."""
    require(by, "post.approve")
    moved = Delivery.objects.filter(
        pk=delivery.pk, state__in=(State.FAILED, State.HELD), doubtful=False, cleared=F("fingerprint")
    ).update(state=State.WAITING, send_at=clock.now(), not_after=not_after, problem="", problem_params={})
    if not moved:
        raise Refused(_("This has changed meanwhile. Look again."))
    audit.record("delivery.try_again", delivery, by=by)
    settled(delivery)


def end_doubt(
    delivery: Delivery, state: State, *, problem: str, among: QuerySet[Delivery] | None = None, **fields: Any
) -> bool:
    """Move an unsure envelope on; False where a late receipt or somebody else was quicker, as its token tells."""
    rows = Delivery.objects.all() if among is None else among
    moved = rows.filter(pk=delivery.pk, state=State.UNSURE, token=delivery.token).update(
        state=state,
        problem=problem,
        problem_params={},
        token=None,
        begun_at=None,
        look_at=None,
        asks_person=False,
        **fields,
    )
    return bool(moved)


def hold(delivery: Delivery, *, problem: str, by: Member | str) -> None:
    """Keep an envelope back that waits, and tell who is responsible. Its row is locked by the caller.

    One that may be out is never called held: the network or a person tells, and it is not repeated by itself any more.
    """
    row, now = Delivery.objects.filter(pk=delivery.pk), clock.now()
    if delivery.after and not row.filter(state=delivery.state).exists():
        return  # held a moment ago, with what it follows
    if delivery.doubtful or delivery.state == State.UNSURE:
        row.update(state=State.UNSURE, look_at=now, repeat_until=now, problem=problem, problem_params={})
    else:
        row.update(state=State.HELD, problem=problem, problem_params={})
        audit.record("delivery.held", delivery, by=by, problem=problem)
    settled(delivery)
    announce(delivery)


# What only a person can tell ---------------------------------------------------------------------


@transaction.atomic
def decide_is_out(delivery: Delivery, *, by: Member, link: str) -> None:
    """`by` has looked and found it published, at `link` if they know it."""
    _decide(delivery, by=by, state=State.SENT, remote_url=link, sent_at=delivery.begun_at or clock.now())


@transaction.atomic
def decide_is_not_out(delivery: Delivery, *, by: Member, again: bool) -> None:
    """`by` has looked and found nothing: it goes once more if `again` and there is time, else it is held."""
    state = State.WAITING if again and delivery.not_after > clock.now() else State.HELD
    reason = "" if state == State.WAITING else ("late" if again else "not_out")
    _decide(delivery, by=by, state=state, problem=reason, send_at=clock.now())


def _decide(delivery: Delivery, *, by: Member, state: State, problem: str = "", **fields: Any) -> None:
    require(by, "delivery.decide")
    asked = Delivery.objects.filter(look_at=delivery.look_at)  # what they were looking at
    if not end_doubt(delivery, state, problem=problem, among=asked, doubtful=False, **fields):
        raise Refused(_("Someone has already told what became of it, or the network has answered. Look again."))
    audit.record("delivery.decide", delivery, by=by, to=state.value)
    notices.done("unsure", delivery)
    settled(delivery)


# Telling the callers -----------------------------------------------------------------------------


def settled(delivery: Delivery) -> None:
    """Tell those who sealed it of its new state. In the transaction that changed it."""
    delivery.refresh_from_db()
    tell([delivery])


def follow_up() -> None:
    """Bring all that follows others up to date with them, as where that changed in nobody's hearing."""
    if changed := chaining.keep_up():
        tell(sorted(changed, key=lambda row: row.slot))


def announce(delivery: Delivery) -> None:
    """Tell the owner and the managers of an envelope that needs them."""
    if delivery.state not in (State.UNSURE, State.HELD, State.FAILED, State.HANDED):
        return
    if delivery.state == State.UNSURE and not delivery.asks_person:
        return  # the network is asked first; `settling` tells a person when it cannot say
    # Who sends by hand may be a volunteer, to whom the envelope's own page stays shut.
    is_for_hand = delivery.state == State.HANDED and delivery.channel.is_by_hand
    notices.tell(
        delivery.state,
        delivery,
        to=notices.responsible(delivery.campaign_id, delivery.owner),
        url=delivery.hand_url if is_for_hand else delivery.get_absolute_url(),
        channel=str(delivery.channel),
        text=delivery.text[:80],
    )


def tell(settled: Sequence[Delivery]) -> None:
    """The same of envelopes that are fresh, and of what follows them, in the order of their slots.

    Listeners lock what the slots name.
    """
    followers = chaining.keep_up([row.slot for row in settled])
    told = sorted([*settled, *followers], key=lambda row: row.slot) if followers else settled
    for listener in registry.on_settled:
        listener(told)
