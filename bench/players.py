"""The two sides of `publishing`, and the load that measures the receiver: each a process that plays round after round.

A player reads one JSON order per line and answers with one line: seconds, and processor seconds of its own.
"""

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from threading import local
from typing import Any
from urllib.parse import urlsplit

type Order = dict[str, Any]


def body_of(text: str) -> dict[str, str]:
    """What the Mastodon connector sends."""
    return {"status": text, "visibility": "public", "language": "id"}


# Players -----------------------------------------------------------------------------------------


def pool() -> Callable[[Order], None]:
    """Bare `requests`: a session per thread posts body after body. Nothing is claimed, kept or checked."""
    import requests

    mine = local()

    def post(url: str, number: int, text: str) -> None:
        if not hasattr(mine, "session"):
            mine.session = requests.Session()
        headers = {"Authorization": "Bearer t", "Idempotency-Key": f"{number:032x}"}
        mine.session.post(url, json=body_of(text), headers=headers, timeout=25).raise_for_status()

    threads = ThreadPoolExecutor(int(os.environ["POSKO_DELIVER_THREADS"]))

    def play(order: Order) -> None:
        for done in [threads.submit(post, order["url"], number, text) for number, text in enumerate(order["texts"])]:
            done.result()

    return play


def engine() -> Callable[[Order], None]:
    """A worker: drains the networks it is told, each in a thread of its own as Celery would."""
    import django

    django.setup()
    from django.db import connections

    from campaign import delivering

    def drain(platform: str) -> None:
        try:
            delivering.drain(platform)
        finally:
            connections.close_all()

    def play(order: Order) -> None:
        with ThreadPoolExecutor(len(order["drain"])) as threads:
            list(threads.map(drain, order["drain"]))

    return play


def load() -> Callable[[Order], None]:
    """Raw sockets: as many requests as the receiver can take, four at a time on each connection."""

    def play(order: Order) -> None:
        at = urlsplit(order["url"])
        body = json.dumps(body_of("Kabar dari lapangan.")).encode()
        request = f"POST {at.path} HTTP/1.1\r\nHost: {at.netloc}\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body
        with socket.create_connection((str(at.hostname), at.port or 80)) as line:
            for _ in range(order["count"] // 4):
                line.sendall(request * 4)
                answers = 0
                while answers < 4:
                    answers += line.recv(65536).count(b"HTTP/1.1 200")

    return play


PLAYERS = {"pool": pool, "engine": engine, "load": load}


# Seen from the benchmarks --------------------------------------------------------------------------


@dataclass(frozen=True)
class Round:
    """How long one round took, and how much of a processor the player used for it."""

    seconds: float
    cpu: float


class Player:
    """A running player."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self.process = process

    def begin(self, **order: Any) -> None:
        assert self.process.stdin
        self.process.stdin.write(json.dumps(order) + "\n")
        self.process.stdin.flush()

    def end(self) -> Round:
        assert self.process.stdout
        return Round(**json.loads(self.process.stdout.readline()))

    def play(self, **order: Any) -> Round:
        self.begin(**order)
        return self.end()


@contextmanager
def player(name: str, **env: str) -> Iterator[Player]:
    """The player `name` in a process of its own."""
    command = [sys.executable, "-m", "bench.players", name]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True, env={**os.environ, **env}) as process:
        try:
            yield Player(process)
        finally:
            process.kill()


def main(name: str) -> None:
    """Play until our input ends."""
    play = PLAYERS[name]()
    for line in sys.stdin:
        order = json.loads(line)
        began, cpu = time.perf_counter(), time.process_time()
        play(order)
        print(json.dumps({"seconds": time.perf_counter() - began, "cpu": time.process_time() - cpu}), flush=True)


if __name__ == "__main__":
    main(sys.argv[1])
