"""Deliveries per second through the whole engine against a bare `requests` thread pool on the same bare server.

One process and as many threads on either side, the same bodies, in turn: engine, pool, pool, engine, and so on. What
is judged is the median of the ratios of neighbours, so that a machine that is busy with other things slows both.
"""

import os
from dataclasses import dataclass

from django.conf import settings

from bench import processes, rows
from bench.players import Player, Round, player
from bench.receiver import Receiver, doubles, receiver
from bench.table import Line, at_least, middle, spread
from campaign.models import Channel

PAIRS = int(os.environ.get("BENCH_PAIRS", "7"))
LOADS = 2
THREADS = os.environ.get("BENCH_THREADS", "16")
ME = "publishing"


@dataclass(frozen=True)
class Pair:
    """One turn of each."""

    engine: Round
    pool: Round
    postgres: float

    @property
    def ratio(self) -> float:
        return self.pool.seconds / self.engine.seconds


def run() -> list[Line]:
    """Both speeds, their ratios, and what they cost."""
    with receiver() as network:
        os.environ["SANDBOX_URL"] = settings.SANDBOX_URL = network.url
        settings.INTERNAL_HOSTS = frozenset({network.url.removeprefix("http://")})
        on = rows.channels()
        env = {"POSKO_DELIVER_THREADS": THREADS}
        with player("engine", **env) as engine, player("pool", **env) as pool:
            sides = Sides(network, on, engine, pool)
            sides.play(200)  # connections are opened, plans are made
            quick = [sides.play(1_500) for _ in range(PAIRS)]
            network.slow_down(mastodon=0.05)
            slow = [sides.play(1_500) for _ in range(PAIRS)]
            network.slow_down()
        speed = _speed_of(network)
    bare = middle(1_500 / pair.pool.seconds for pair in quick)
    return [
        at_least(ME, "bare receiver / bare pool", speed / bare, 3, f"  ({speed:,.0f}/s)"),
        *_judge("no latency", quick, 0.6),
        *_judge("50 ms, 200 channels", slow, 0.9),
        Line(ME, "lost, doubled", f"{sides.lost}, {sides.doubled}", "0, 0", sides.lost == sides.doubled == 0),
    ]


class Sides:
    """Lets both sides play the same texts, and counts what the receiver saw of the engine."""

    def __init__(self, network: Receiver, on: list[Channel], engine: Player, pool: Player) -> None:
        self.network, self.on, self.engine, self.pool = network, on, engine, pool
        self.turn = self.lost = self.doubled = 0

    def play(self, number: int) -> Pair:
        texts = rows.texts(number)
        self.turn += 1
        if self.turn % 2:
            engine, postgres = self._play_engine(texts)
            return Pair(engine, self._play_pool(texts), postgres)
        pool = self._play_pool(texts)
        engine, postgres = self._play_engine(texts)
        return Pair(engine, pool, postgres)

    def _play_engine(self, texts: list[str]) -> tuple[Round, float]:
        rows.envelopes_for(self.on, texts)
        self.network.take_log()
        before = processes.postgres()
        played = self.engine.play(drain=["mastodon"])
        postgres = processes.postgres() - before
        log = self.network.take_log()
        self.lost += len(set(texts) - {text for _, text in log})
        self.doubled += doubles(log)
        return played, postgres

    def _play_pool(self, texts: list[str]) -> Round:
        return self.pool.play(url=f"{self.network.url}/mastodon/api/v1/statuses", texts=texts)


def _judge(what: str, pairs: list[Pair], budget: float) -> list[Line]:
    ratios = [pair.ratio for pair in pairs]
    engine, pool = (middle(1_500 / side.seconds for side in sides) for sides in _columns(pairs))
    cpu = middle(pair.engine.cpu for pair in pairs) / 1.5
    postgres = middle(pair.postgres for pair in pairs) / 1.5
    return [
        at_least(ME, f"{what}: engine / pool", middle(ratios), budget, spread(ratios)),
        Line(ME, f"{what}: engine, pool", f"{engine:,.0f}/s, {pool:,.0f}/s"),
        Line(ME, f"{what}: processor per delivery", f"worker {cpu:.2f} ms, Postgres {postgres:.2f} ms"),
    ]


def _columns(pairs: list[Pair]) -> tuple[list[Round], list[Round]]:
    return [pair.engine for pair in pairs], [pair.pool for pair in pairs]


def _speed_of(network: Receiver) -> float:
    """Requests per second that the receiver answers several load processes."""
    url, count = f"{network.url}/mastodon/api/v1/statuses", 20_000
    with player("load") as one, player("load") as other:
        for load in (one, other):
            load.begin(url=url, count=count)
        return LOADS * count / max(load.end().seconds for load in (one, other))
