"""What follows another envelope: a thread's next part, a first comment. It leaves once that one is out, never alone.

An envelope names the slot it follows in its draft, so approval covers it, and the database refuses to send it before
that slot is out. Here is what else follows from it: where it goes, and that it is held while what it follows cannot
leave.
"""

from collections.abc import Collection, Iterable, Sequence
from datetime import timedelta

from django.db.models import DateTimeField, F, OuterRef, Q, Subquery, TextField
from django.db.models.fields.json import KT
from django.db.models.functions import Coalesce

from campaign import audit, clock
from campaign.models import Action, Delivery, State
from campaign.models.delivery import DeliveryQuerySet
from platforms.base import Ability
from platforms.contents import Place, To

LATER = timedelta(hours=2)
"""How long after the last moment of what it follows it may still leave: a comment of the next day helps nobody."""
BY_HAND = "follow_by_hand"
"""Why a person publishes it: what it follows was published by hand, so Posko does not know it there."""
WHY = {State.HELD: "above_held", State.FAILED: "above_failed", State.HANDED: "above_handed"}
GONE = "above_gone"
REASONS = frozenset({*WHY.values(), GONE})
"""Why one is held for the sake of what it follows. It goes on by itself when that does."""
GOES_ON = (State.WAITING, State.SENDING, State.UNSURE, State.SENT)
MOST = 12  # parts of one chain


def address(rows: Iterable[Delivery]) -> None:
    """Note on each of `rows` what it answers (`Delivery.to`), by the receipts of the slots that its draft names.

    None where a person published that, and there is no receipt.
    """
    following = [row for row in rows if row.after]
    if not following:
        return
    named = {slot for row in following for slot in (row.after, row.draft.get("root") or row.after)}
    out = Delivery.objects.published().filter(slot__in=named)
    known = dict(out.values_list("slot", "remote_id"))
    for row in following:
        above = known.get(row.after)
        root = known.get(row.draft.get("root") or row.after, "")
        row.to = To(Place.COMMENT, above, root=root or above) if above else None


def goes_with_post(row: Delivery) -> bool:
    """Whether the network removes it together with its post: a comment, but not a post of a thread."""
    return bool(row.after) and Ability.THREAD not in row.channel.connector_class.can


# Following the fate of what is above -------------------------------------------------------------


def keep_up(slots: Collection[str] | None = None) -> list[Delivery]:
    """Hold what follows one that cannot leave, and let go what follows one that can again; those that changed.

    Of all envelopes, or of those that follow one of `slots`. Nothing is waited for: a caller may hold other locks, and
    whatever somebody has in hand is looked at again a second later.
    """
    changed: list[Delivery] = []
    for _round in range(MOST):  # what follows one that is held now is held too
        if slots is not None and not _are_followed(slots):
            break
        fresh = [*_hold(slots), *_let_go(slots)]
        _correct(slots)
        changed += fresh
        slots = [row.slot for row in fresh]
    return changed


def _are_followed(slots: Collection[str]) -> bool:
    """Asked each time that something is settled, and mostly not so: much cheaper than to look how they stand."""
    rows = Delivery.objects.exclude(after="").filter(after__in=slots, state__in=(State.WAITING, State.HELD))
    return rows.exists()


def _following(slots: Collection[str] | None, state: State) -> DeliveryQuerySet:
    """Those in `state`, each with the state of the one above and the last moment of what begins their talk."""
    above = Delivery.objects.current().filter(slot=OuterRef("after"), action=Action.PUBLISH)
    first = Delivery.objects.current().filter(slot=OuterRef("first"), action=Action.PUBLISH)
    rows = Delivery.objects.exclude(after="").filter(state=state, cleared__isnull=False, doubtful=False)
    if slots is not None:
        rows = rows.filter(after__in=slots)
    return rows.annotate(first=Coalesce(KT("draft__root"), F("after"), output_field=TextField())).annotate(
        above=Subquery(above.values("state")[:1]),
        leaves_at=Subquery(above.values("send_at")[:1]),
        until=Coalesce(
            Subquery(first.values("not_after")[:1]),
            Subquery(above.values("not_after")[:1]),
            output_field=DateTimeField(),
        ),
    )


def _locked(rows: DeliveryQuerySet) -> list[Delivery]:
    return list(rows.select_for_update(skip_locked=True, of=("self",)).select_related("channel").order_by("slot"))


def _hold(slots: Collection[str] | None) -> list[Delivery]:
    stuck = _following(slots, State.WAITING).filter(Q(above__in=WHY) | Q(above=None))
    rows = _locked(stuck)
    for row in rows:
        problem = _why(row)
        _change(row, State.HELD, problem=problem)
        audit.record("delivery.held", row, by="gate", problem=problem)
    return rows


def _why(row: Delivery) -> str:
    above = vars(row)["above"]
    return WHY[State(above)] if above else GONE


def _correct(slots: Collection[str] | None) -> None:
    """Say of one that stays held why it is now: what it waits for a person to publish, they may have given up."""
    wrong = Q(above=None) & ~Q(problem=GONE)
    for state, problem in WHY.items():
        wrong |= Q(above=state) & ~Q(problem=problem)
    for row in _locked(_following(slots, State.HELD).filter(wrong, problem__in=REASONS)):
        Delivery.objects.filter(pk=row.pk).update(problem=_why(row))


def _let_go(slots: Collection[str] | None) -> list[Delivery]:
    free = _following(slots, State.HELD).filter(Q(problem__in=REASONS, above__in=GOES_ON))
    rows, now = _locked(free), clock.now()
    for row in rows:
        told = vars(row)
        _change(
            row,
            State.WAITING,
            problem="",
            send_at=max(told["leaves_at"], now),
            not_after=told["until"] + LATER,
        )
        audit.record("delivery.follow", row, by="engine")
    return rows


def _change(row: Delivery, state: State, **fields: object) -> None:
    Delivery.objects.filter(pk=row.pk).update(state=state, problem_params={}, **fields)
    row.refresh_from_db(fields=["state", "problem", "problem_params", "send_at", "not_after"])


def behind(delivery: Delivery) -> list[Delivery]:
    """What follows `delivery`, the nearest first, and what follows that."""
    found: list[Delivery] = []
    above: Sequence[str] = [delivery.slot]
    while above and len(found) < MOST:
        rows = list(Delivery.objects.current().filter(after__in=above).select_related("channel").order_by("slot"))
        found += rows
        above = [row.slot for row in rows]
    return found
