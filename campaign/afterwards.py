"""A post whose envelopes have left: its state follows theirs, and it can be taken down."""

from collections.abc import Sequence

from django.db import transaction
from django.utils.translation import gettext as _

from campaign import audit, clock, envelopes, registry
from campaign.access import require
from campaign.errors import Refused
from campaign.models import Action, Delivery, Kind, Member, Post, PostState, State
from campaign.publishing import WINDOW, locked

NOT_OUT = (State.WAITING, State.HELD, State.FAILED)


@transaction.atomic
def take_down(post: Post, *, by: Member, version: int, reason: str) -> None:
    """Delete a live post on every channel it is on, as envelopes of their own; what has not left stays here."""
    require(by, "post.take_down")
    if not reason.strip():
        raise Refused(_("Say in a few words why."))
    post = locked(post, version=version)
    rows = list(Delivery.objects.of_post(post.pk).current().filter(action=Action.PUBLISH).select_related("channel"))
    live = [row for row in rows if row.state == State.SENT and row.remote_id]
    if not live:
        raise Refused(_("Nothing of this post is out, as far as Posko knows."))
    envelopes.withdraw([row.slot for row in rows if row.state in NOT_OUT and not row.doubtful])
    now = clock.now()
    for row in live:
        slot = f"{row.slot}/take_down"
        if Delivery.objects.filter(slot=slot).current().exists():
            continue
        removal = envelopes.seal(
            channel=row.channel,
            slot=slot,
            kind=Kind.NOTICE,
            action=Action.TAKE_DOWN,
            draft={"remote_id": row.remote_id},
            send_at=now,
            not_after=now + WINDOW,
            owner=by,
        )
        envelopes.clear([slot], fingerprints=[removal.fingerprint], send_at=now, not_after=now + WINDOW)
    audit.record("post.take_down", post, by=by, reason=reason.strip()[:300])


@registry.on_settled.add
def on_settled(deliveries: Sequence[Delivery]) -> None:
    """Envelopes' fates changed: bring their posts' states up to date."""
    slots = [row.slot for row in deliveries if row.slot.startswith("post:")]
    for pk in dict.fromkeys(int(slot.removeprefix("post:").split("/")[0]) for slot in slots):
        _bring_up_to_date(pk)


def _bring_up_to_date(pk: int) -> None:
    post = Post.objects.select_for_update().get(pk=pk)
    state = _state_from(list(Delivery.objects.of_post(pk).current()))
    if state and state != post.state and post.state not in (PostState.DRAFT, PostState.IN_REVIEW):
        Post.objects.filter(pk=pk).update(state=state)
        audit.record("post.settle", post, by="engine", to=state.value)


def _state_from(rows: list[Delivery]) -> PostState | None:
    posted = [row for row in rows if row.action == Action.PUBLISH]
    removed = [row for row in rows if row.action == Action.TAKE_DOWN and row.state == State.SENT]
    sent = [row for row in posted if row.state == State.SENT]
    if not posted:
        return None
    if sent and len(removed) == len(sent):
        return PostState.TAKEN_DOWN
    if len(sent) == len(posted):
        return PostState.PUBLISHED
    if sent:
        return PostState.PARTLY
    return PostState.FAILED if all(row.state == State.FAILED for row in posted) else PostState.SCHEDULED
