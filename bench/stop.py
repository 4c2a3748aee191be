"""*Stop* in the middle of a flood on one campaign: how long its commit takes, and what the network receives after it.

Every begin holds the campaign's row for a moment; many of them together could keep a stop waiting.
"""

import os
import time

from django.conf import settings

from bench import rows
from bench.players import player
from bench.receiver import Receiver, receiver
from bench.table import Line, at_most, middle
from campaign import stopping
from campaign.models import Campaign, Channel, Delivery, Role, State
from tests import make

ROUNDS = 5
FLOOD = 3_000
ME = "stop"


def run() -> list[Line]:
    """Two worker processes send as fast as they can."""
    with receiver() as network:
        os.environ["SANDBOX_URL"] = settings.SANDBOX_URL = network.url
        on = rows.channels(campaigns=1)
        with player("engine") as one, player("engine") as other:
            found = []
            # The first in a process loads the translations; a web process has them since its first page.
            stopping.stop(on[0].campaign, by=make.someone(on[0].campaign, Role.MANAGER), reason="uji")
            _tidy(on)
            for _ in range(ROUNDS):
                rows.envelopes_for(on, rows.texts(FLOOD))
                one.begin(drain=["mastodon"])
                other.begin(drain=["mastodon"])
                found.append(_stop(network, on[0].campaign))  # the drains end by themselves: nothing may leave
                one.end()
                other.end()
                _tidy(on)
    commits, last = [commit for commit, _, _ in found], max(after for _, after, _ in found)
    sent = middle(before for _, _, before in found)
    return [
        at_most(ME, "commit of the stop, slowest", max(commits), 0.5, "s", f"  (median {middle(commits):.3f} s)"),
        at_most(ME, "last request after the commit", last, 1, "s", f"  ({sent:,.0f} of {FLOOD:,} were out before)"),
    ]


def _stop(network: Receiver, campaign: Campaign) -> tuple[float, float, float]:
    """Seconds that the stop took, seconds from its commit to the last request, and how many came before it."""
    manager = make.someone(campaign, Role.MANAGER)
    network.take_log()
    time.sleep(1.2)
    began = time.time()
    stopping.stop(campaign, by=manager, reason="uji")
    stopped = time.time()
    time.sleep(2)
    times = [at for at, _ in network.take_log()]
    return stopped - began, max([*times, stopped]) - stopped, len([at for at in times if at < began])


def _tidy(on: list[Channel]) -> None:
    """Let nothing of this round be left for the next."""
    Delivery.objects.filter(channel__in=on, state=State.WAITING).update(state=State.CANCELLED)
    Campaign.objects.filter(pk=on[0].campaign_id).update(stopped_at=None)
