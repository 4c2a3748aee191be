"""What the network or Posko cannot finish by itself: a named person publishes it, exactly as it was approved.

An envelope is handed where the network keeps it as a draft or private (`Sent.waits_for`), where it would have to fetch
a picture and cannot reach us, and where there is no way but a hand, as on WhatsApp. It has passed the gate then like
any other, and nothing sends it a second time. It ends when the network shows it, or when a person says what became
of it.
"""

import logging
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from campaign import audit, channels, clock, election, envelopes, notices
from campaign.access import require
from campaign.errors import Refused
from campaign.lending import lender
from campaign.models import Delivery, Member, State
from platforms.base import Ability, Connector, ConnectorError
from platforms.contents import Draft, Sent

log = logging.getLogger("posko.handing")

NO_ADDRESS, BY_HAND = "needs_public_address", "by_hand"
LOOK_EVERY = timedelta(minutes=2)
LOOKED_AFTER_FOR = timedelta(days=14)  # then nobody expects it any more; a person can still tell
BATCH = 100


def instead_of_sending(connector: Connector, draft: Draft) -> str:
    """Why a person must publish this `draft`; "" where Posko can. Pure."""
    if Ability.PUBLISH not in connector.can:
        return BY_HAND
    if not connector.fetches:
        return ""
    found = {problem.code for problem in connector.problems(draft, connector.account.limits)}
    return NO_ADDRESS if NO_ADDRESS in found else ""


def is_open(delivery: Delivery) -> bool:
    """Whether it may become public now, as for what Posko sends by itself."""
    now, campaign = clock.now(), delivery.campaign
    verdict, _phase = election.verdict(campaign, delivery.kind, now)
    return not campaign.is_stopped and verdict != election.Verdict.BLOCK


@transaction.atomic
def finish(delivery: Delivery, *, by: Member, link: str) -> None:
    """`by` has published it, at `link` if they know it. Twice is once.

    The network is asked on for the name that it has there: what waited went by another, under which nobody counts it.
    """
    require(by, "delivery.decide")
    now = clock.now()
    look_at = now if delivery.remote_id else None
    if _end(delivery, State.SENT, sent_at=now, remote_url=link or delivery.remote_url, look_at=look_at):
        audit.record("delivery.finish", delivery, by=by)
        return
    delivery.refresh_from_db()
    if delivery.state != State.SENT:
        raise Refused(_("This has changed meanwhile. Look again."))


@transaction.atomic
def give_up(delivery: Delivery, *, by: Member, reason: str) -> None:
    """It will not be published, and `by` says why. Raises Refused without a reason."""
    require(by, "delivery.decide")
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
    notices.done("handed", delivery)
    envelopes.settled(delivery)
    return True


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
