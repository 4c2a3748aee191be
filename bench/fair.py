"""Whether a slow network takes anything from a fast one: the fast one's speed alone, and beside the slow one."""

import os

from django.conf import settings

from bench import rows
from bench.players import Player, player
from bench.receiver import Receiver, receiver
from bench.table import Line, at_least, middle, spread
from campaign.models import Channel

PAIRS = 3
FAST, SLOW = 800, 300
ME = "fair"


def run() -> list[Line]:
    """Mastodon at 50 ms alone, and beside Telegram at 500 ms; one worker process, 16 threads for each network."""
    with receiver() as network:
        os.environ["SANDBOX_URL"] = settings.SANDBOX_URL = network.url
        fast, slow = rows.channels("mastodon"), rows.channels("telegram")
        with player("engine", POSKO_DELIVER_THREADS="16") as engine:
            network.slow_down(mastodon=0.05, telegram=0.5)
            _rate(network, engine, fast, [])
            pairs = [(_rate(network, engine, fast, []), _rate(network, engine, fast, slow)) for _ in range(PAIRS)]
    ratios = [beside / alone for alone, beside in pairs]
    alone, beside = middle(pair[0] for pair in pairs), middle(pair[1] for pair in pairs)
    return [
        at_least(ME, "50 ms network beside a 500 ms one / alone", middle(ratios), 0.9, spread(ratios)),
        Line(ME, "alone, beside", f"{alone:,.0f}/s, {beside:,.0f}/s"),
    ]


def _rate(network: Receiver, engine: Player, fast: list[Channel], slow: list[Channel]) -> float:
    """Posts per second on the fast network, from its first to its last."""
    texts = rows.texts(FAST)
    if slow:
        rows.envelopes_for(slow, rows.texts(SLOW))
    rows.envelopes_for(fast, texts)
    network.take_log()
    engine.play(drain=["telegram", "mastodon"] if slow else ["mastodon"])
    wanted = set(texts)
    log = network.take_log()
    times = [at for at, text in log if text in wanted]
    assert len(times) == FAST and len(log) == FAST + (SLOW if slow else 0), f"{len(log)} arrived"
    return FAST / (max(times) - min(times))
