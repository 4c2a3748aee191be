"""A bare network: answers every post at once with one fixed receipt, and remembers what came when.

It is so small that it is never what a benchmark measures: `speed` proves that. Slow networks are played by path:
`/latency` sets how long each of them waits before it answers.
"""

import asyncio
import json
import re
import subprocess
import sys
import time
import urllib.request
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
RECEIPTS = {
    b"mastodon": {"id": "1", "url": "https://jejaring.example/@ratna/1", "visibility": "public"},
    b"telegram": {"ok": True, "result": {"message_id": 1, "chat": {"id": -1, "username": "ratna"}}},
}


def _answer(body: bytes) -> bytes:
    head = f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    return head.encode() + body


ANSWERS = {network: _answer(json.dumps(receipt).encode()) for network, receipt in RECEIPTS.items()}


class Network(asyncio.Protocol):
    """One connection. What it accepts goes to `log` as (seconds since 1970 of the first byte, body)."""

    log: list[tuple[float, bytes]] = []
    latency: dict[bytes, float] = {}

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport, self.buffer, self.began_at = transport, b"", 0.0

    def data_received(self, data: bytes) -> None:
        if not self.buffer:
            self.began_at = time.time()
        self.buffer += data
        while (end := self.buffer.find(b"\r\n\r\n")) >= 0:
            found = LENGTH.search(self.buffer, 0, end)
            whole = end + 4 + (int(found[1]) if found else 0)
            if len(self.buffer) < whole:
                return
            network = self.buffer[: self.buffer.index(b"\r")].split(b"/", 2)[1]
            is_reading = self.buffer.startswith(b"GET ")
            body, self.buffer = self.buffer[end + 4 : whole], self.buffer[whole:]
            if is_reading:  # workers look meanwhile what is said there: nothing
                self.transport.write(_answer(b"[]"))
            else:
                self.receive(network, body)

    def receive(self, network: bytes, body: bytes) -> None:
        if network in ANSWERS:
            self.log.append((self.began_at, body))
            if wait := self.latency.get(network):
                asyncio.get_running_loop().call_later(wait, self.transport.write, ANSWERS[network])
            else:
                self.transport.write(ANSWERS[network])
        elif network.startswith(b"latency"):
            Network.latency = {name.encode(): seconds for name, seconds in json.loads(body).items()}
            self.transport.write(_answer(b"{}"))
        else:
            log = [(at, _text(body)) for at, body in self.log]
            Network.log.clear()
            self.transport.write(_answer(json.dumps(log).encode()))


def _text(body: bytes) -> str:
    sent = json.loads(body)
    return str(sent.get("status") or sent.get("text"))


async def serve() -> None:
    """Listen on a free port, say which, and stay until killed."""
    server = await asyncio.get_running_loop().create_server(Network, "127.0.0.1", 0, backlog=1024)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


# Seen from the benchmarks --------------------------------------------------------------------------


@dataclass(frozen=True)
class Receiver:
    """A running receiver. Its addresses: `url`/mastodon and `url`/telegram."""

    url: str
    pid: int

    def slow_down(self, **seconds: float) -> None:
        """How long each network named waits before it answers; those not named answer at once."""
        self._ask("latency", seconds)

    def take_log(self) -> list[tuple[float, str]]:
        """What came since the last time: when its first byte arrived, and its text."""
        return [(at, text) for at, text in self._ask("log", {})]

    def _ask(self, what: str, body: Mapping[str, float]) -> Any:
        with urllib.request.urlopen(f"{self.url}/{what}", json.dumps(body).encode(), timeout=60) as answer:
            return json.load(answer)


def doubles(log: list[tuple[float, str]]) -> int:
    """How many posts came again."""
    return sum(times - 1 for times in Counter(text for _, text in log).values())


@contextmanager
def receiver() -> Iterator[Receiver]:
    """A receiver in a process of its own."""
    command = [sys.executable, "-m", "bench.receiver"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        try:
            yield Receiver(f"http://127.0.0.1:{int(process.stdout.readline())}", process.pid)
        finally:
            process.kill()


if __name__ == "__main__":
    asyncio.run(serve())
