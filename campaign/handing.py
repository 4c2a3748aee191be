"""What the network or Posko cannot finish by itself: a named person publishes it, exactly as it was approved.

An envelope is handed where the network keeps it as a draft or private (`Sent.waits_for`), where it would have to fetch
a picture and cannot reach us, and where there is no way but a hand, as on WhatsApp. It has passed the gate then like
any other, and nothing sends it a second time. It ends when the network shows it, or when a person says what became
of it.
"""

import logging
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from campaign import audit, channels, clock, envelopes, notices
from campaign.access import require
from campaign.errors import Refused
from campaign.lending import lender
from campaign.models import Delivery, HandProof, Media, Member, Notice, State
from platforms.base import Ability, Connector, ConnectorError
from platforms.contents import Draft, Sent
from platforms.registry import BY_HAND as HAND_ONLY

log = logging.getLogger("posko.handing")

NO_ADDRESS, BY_HAND = "needs_public_address", "by_hand"
LOOK_EVERY = timedelta(minutes=2)
LOOKED_AFTER_FOR = timedelta(days=14)  # then nobody expects it any more; a person can still tell
BATCH = 100
REMINDER = "hand_waits"
REMIND_AFTER = timedelta(minutes=30)  # since it was due; at half the time where it has less


def instead_of_sending(connector: Connector, draft: Draft) -> str:
    """Why a person must publish this `draft`; "" where Posko can. Pure."""
    if Ability.PUBLISH not in connector.can:
        return BY_HAND
    if not connector.fetches:
        return ""
    found = {problem.code for problem in connector.problems(draft, connector.account.limits)}
    return NO_ADDRESS if NO_ADDRESS in found else ""


# The gate, asked of a person as of Posko ------------------------------------------------------------

OPEN = "open"
CLOSED: dict[str, Promise] = {
    "stopped": lazy("Do not publish this now: publishing is stopped."),
    "phase": lazy("Do not publish this now: the election calendar does not allow it."),
    "late": lazy("Do not publish this any more: its time is over."),
    "channel": lazy("Do not publish this: the account was removed from Posko."),
}


def gate(delivery: Delivery, *, hold: bool = False) -> str:
    """Whether it may become public now, as for what Posko sends by itself: `open`, or why not in the gate's word.

    With `hold` the answer stays true until the transaction ends.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT campaign_hand_gate(%s, %s)", [delivery.pk, hold])
        (verdict,) = cursor.fetchone() or ("uncleared",)
    return str(verdict)


def gates(deliveries: Iterable[Delivery]) -> dict[int, str]:
    """The same of many, by their ids, in one question."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id, campaign_hand_gate(id) FROM unnest(%s::bigint[]) AS asked(id)", [[row.pk for row in deliveries]]
        )
        return dict(cursor.fetchall())


def why_closed(verdict: str) -> str:
    """The sentence for a person; "" while it is open."""
    return "" if verdict == OPEN else str(CLOSED.get(verdict, _("Do not publish this: it is not approved any more.")))


# What a person tells -----------------------------------------------------------------------------


@transaction.atomic
def finish(
    delivery: Delivery, *, by: Member, link: str, picture: Media | None = None, was_before: bool = False
) -> None:
    """`by` has published it: at `link` if they know it, as `picture` shows. Twice is once; who tells first has told.

    A network is asked on for the name that it has there: what waited went by another, under which nobody counts it.

    While the gate is closed nothing may go out; `was_before` tells that it did before then. Raises Refused.
    """
    require(by, "delivery.finish")
    verdict = gate(delivery, hold=True)
    at = clock.now()
    if delivery.state == State.HANDED and verdict != OPEN:
        if not was_before:
            told = _("If you had published it before, say so below.")
            raise Refused(f"{why_closed(verdict)} {told}")
        at = _handed_at(delivery) or at
    look_at = clock.now() if delivery.remote_id else None
    if _end(delivery, State.SENT, sent_at=at, remote_url=link or delivery.remote_url, look_at=look_at):
        if picture:
            HandProof.objects.create(delivery=delivery, media=picture, by=by, made_at=clock.now())
        proof = "picture" if picture else "link" if link else "none"
        audit.record("delivery.finish" if verdict == OPEN else "delivery.finish_before", delivery, by=by, proof=proof)
        return
    delivery.refresh_from_db()
    if delivery.state != State.SENT:
        raise Refused(_("This has changed meanwhile. Look again."))


def _handed_at(delivery: Delivery) -> datetime | None:
    """The earliest that it can have been published by hand."""
    tries = delivery.attempts.filter(outcome=State.HANDED).order_by("-begun_at")
    return tries.values_list("ended_at", flat=True).first()


@transaction.atomic
def give_up(delivery: Delivery, *, by: Member, reason: str) -> None:
    """It will not be published, and `by` says why. Raises Refused without a reason."""
    require(by, "delivery.finish")
    if not reason.strip():
        raise Refused(_("Say in a few words why."))
    if _end(delivery, State.FAILED, problem="given_up"):
        audit.record("delivery.give_up", delivery, by=by, reason=reason.strip()[:300])
        return
    raise Refused(_("This has changed meanwhile. Look again."))


def _end(
    delivery: Delivery, state: State, *, problem: str = "", look_at: datetime | None = None, **fields: object
) -> bool:
    """Move it on unless somebody was quicker, and tell those who sealed it."""
    rows = Delivery.objects.filter(pk=delivery.pk, state=State.HANDED)
    if not rows.update(state=state, problem=problem, problem_params={}, look_at=look_at, **fields):
        return False
    for kind in ("handed", REMINDER):
        notices.done(kind, delivery)
    envelopes.settled(delivery)
    return True


# Reminding ---------------------------------------------------------------------------------------


def remind() -> int:
    """Remind whoever has not sent what was handed to them, and the managers: once each. Harmless to run twice.

    Of nothing that may not go out now: whoever is reminded would send it.
    """
    now = clock.now()
    rows = Delivery.objects.filter(
        state=State.HANDED, channel__platform__in=HAND_ONLY, send_at__gt=now - LOOKED_AFTER_FOR
    )
    late = {
        audit.about(row): row
        for row in rows.select_related("channel", "campaign", "owner")
        if now - row.send_at >= min(REMIND_AFTER, (row.not_after - row.send_at) / 2)
    }
    told = set(Notice.objects.open().filter(kind=REMINDER, about__in=late).values_list("about", flat=True))
    new = [row for about, row in late.items() if about not in told]
    verdicts = gates(new) if new else {}
    new = [row for row in new if verdicts[row.pk] == OPEN]
    for row in new:
        last = row.not_after.astimezone(row.campaign.tz)
        notices.tell(
            REMINDER,
            row,
            to=notices.responsible(row.campaign_id, row.owner),
            url=row.hand_url,
            channel=str(row.channel),
            text=row.text[:80],
            time=f"{last:%H.%M} {row.campaign.get_zone_display()}",
        )
    return len(new)


# Looking whether the network shows it ------------------------------------------------------------


def look() -> int:
    """Ask the networks about what waits for a person there; how many were asked. Harmless to run twice at once."""
    due = _claim()
    for delivery in due:
        try:
            _look(delivery)
        except ConnectorError as error:
            channels.heed(delivery.channel, error)
        except Exception:
            log.exception("delivery %s could not be looked after", delivery.pk)  # the next look comes by itself
    return len(due)


@transaction.atomic
def _claim() -> list[Delivery]:
    now = clock.now()
    rows = Delivery.objects.filter(state__in=(State.HANDED, State.SENT), look_at__lte=now)
    rows = rows.filter(send_at__gt=now - LOOKED_AFTER_FOR).exclude(remote_id="")
    due = [row.pk for row in rows.select_for_update(skip_locked=True, of=("self",)).order_by("look_at")[:BATCH]]
    # Whoever pushes the time has the look; if they die, the next one comes when it is due again.
    Delivery.objects.filter(pk__in=due).update(look_at=now + LOOK_EVERY)
    return list(Delivery.objects.filter(pk__in=due).select_related("channel__secret", "channel__campaign"))


def _look(delivery: Delivery) -> None:
    found: Sent | None = channels.ready_connector(delivery.channel).is_public(delivery.remote_id)
    if found is None:
        return
    with lender.lend(), transaction.atomic():
        at: dict[str, Any] = {"remote_id": found.remote_id, "remote_url": found.url or delivery.remote_url}
        if _end(delivery, State.SENT, sent_at=clock.now(), **at):
            audit.record("delivery.settle", delivery, by="settling", to=State.SENT.value)
        else:  # a person has told already that it is out
            Delivery.objects.filter(pk=delivery.pk, state=State.SENT).update(look_at=None, **at)
