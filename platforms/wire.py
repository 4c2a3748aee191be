"""One TCP connection on which every step obeys one deadline, and the store of those kept open.

`http.client` speaks HTTP over it. Every read and write asks the clock first and waits no longer than what is
left, so that a server that drips a byte a second wins no time.
"""

import io
import os
import select
import socket
import ssl
import threading
import time
from collections.abc import Callable
from functools import cache
from ipaddress import ip_address
from typing import Any, cast

import certifi

from platforms.base import ConnectorError, Temporary
from platforms.guard import Target, is_public

BLOCK = 16 * 1024
"""Bytes per write: one TLS record, so that the clock is asked between records."""
IDLE_SECONDS = 2.0
"""A kept connection is not used again after this long: many servers close theirs after 2 to 5 seconds, and a
request that meets the closing would leave us unsure for nothing."""
KEPT = 32
"""How many idle connections are kept per server."""
MAX_LOOKUPS = 64

if hasattr(time, "CLOCK_BOOTTIME"):
    # Goes on while the process is stopped and while the machine sleeps; time.monotonic misses the latter.
    def now() -> float:
        """Seconds on a clock that never stops."""
        return time.clock_gettime(time.CLOCK_BOOTTIME)
else:
    now = time.monotonic


@cache
def tls() -> ssl.SSLContext:
    """How we verify servers: the bundled authorities, host name checked, TLS 1.2 or newer."""
    context = ssl.create_default_context(cafile=certifi.where())
    context.set_alpn_protocols(["http/1.1"])
    return context


class TooSlow(Exception):
    """The deadline passed before the next step."""


class Raw(io.RawIOBase):
    """The reading side of a wire, for `http.client`."""

    def __init__(self, wire: "Wire") -> None:
        self.wire = wire

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        return self.wire.receive_into(buffer)


class Wire:
    """A connected socket. Stands where `http.client` expects one; `shut` is what really closes it."""

    def __init__(self, sock: socket.socket, clock: Callable[[], float]) -> None:
        self.sock, self.clock = sock, clock
        self.deadline = 0.0
        self.may_begin: Callable[[], bool] = bool
        self.began = False
        """Whether a byte of the present request has left."""
        self.ended = False
        """Whether the other side has closed its half."""
        self.idle_since = 0.0

    def ready(self, deadline: float, may_begin: Callable[[], bool], clock: Callable[[], float]) -> None:
        self.deadline, self.may_begin, self.clock, self.began = deadline, may_begin, clock, False

    def _wait_at_most_what_is_left(self) -> None:
        left = self.deadline - self.clock()
        if left <= 0:
            raise TooSlow
        self.sock.settimeout(left)

    def sendall(self, data: bytes) -> None:
        view = memoryview(data)
        while view:
            self._wait_at_most_what_is_left()
            if not self.began and not self.may_begin():
                raise TooSlow
            sent = self.sock.send(view[:BLOCK])
            self.began = True
            view = view[sent:]

    def receive_into(self, buffer: Any) -> int:
        self._wait_at_most_what_is_left()
        size = self.sock.recv_into(buffer)
        self.ended = self.ended or size == 0
        return size

    def makefile(self, mode: str) -> io.BufferedReader:
        return io.BufferedReader(Raw(self), BLOCK)

    def close(self) -> None:
        """Nothing: `http.client` closes before the body is read, and the door decides what is kept."""

    def shut(self) -> None:
        self.sock.close()

    def is_quiet(self) -> bool:
        """Whether nothing waits to be read: an idle line with something to say has been closed, or is out of step."""
        if hasattr(select, "poll"):
            poll = select.poll()
            poll.register(self.sock, select.POLLIN)
            return not poll.poll(0)
        return not select.select([self.sock], [], [], 0)[0]


# Opening -----------------------------------------------------------------------------------------

_lookups = threading.BoundedSemaphore(MAX_LOOKUPS)


def _is_number(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True


def _look_up(host: str, port: int, seconds: float) -> list[Any]:
    """What the name stands for. The resolver knows no time limit, so it works in a thread we can leave behind."""
    if _is_number(host):
        return socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    found: list[Any] = []
    if not _lookups.acquire(timeout=max(seconds, 0)):
        raise Temporary("dns_failed", host=host, detail="too many lookups hang")

    def ask() -> None:
        try:
            found.append(socket.getaddrinfo(host, port, type=socket.SOCK_STREAM))
        except (OSError, UnicodeError) as e:
            found.append(e)
        finally:
            _lookups.release()

    asking = threading.Thread(target=ask, daemon=True, name="lookup")
    asking.start()
    asking.join(max(seconds, 0))
    if not found or isinstance(found[0], Exception):
        raise Temporary("dns_failed", host=host, detail=str(found[0]) if found else "timed out")
    return cast(list[Any], found[0])


def _addresses(at: Target, seconds: float) -> list[Any]:
    """The checked addresses of a target. One private address among public ones condemns the name."""
    found = _look_up(at.host, at.port, seconds)
    if not at.internal and not all(is_public(str(info[4][0])) for info in found):
        raise ConnectorError("private_address", host=at.host)
    return found


def open_wire(at: Target, deadline: float, clock: Callable[[], float]) -> Wire:
    """A new connection to one of the target's addresses, pinned: the name is resolved once, checked and never again.

    Raises `Temporary` (dns_failed, connect_timeout, connect_failed, tls_failed) and `ConnectorError` (private_address).
    """
    addresses = _addresses(at, deadline - clock())
    problem: OSError | None = None
    for tries_left, (family, kind, proto, _, address) in zip(range(len(addresses), 0, -1), addresses, strict=True):
        left = deadline - clock()
        if left <= 0:
            raise Temporary("connect_timeout", host=at.host)
        sock = None
        try:
            sock = socket.socket(family, kind, proto)
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            sock.settimeout(left / tries_left)  # so that a dead first address leaves time for the next
            sock.connect(address)
        except OSError as e:
            problem = e
            if sock is not None:
                sock.close()
            continue
        return Wire(_secured(sock, at, deadline - clock()) if at.scheme == "https" else sock, clock)
    code = "connect_timeout" if isinstance(problem, TimeoutError) else "connect_failed"
    raise Temporary(code, host=at.host, detail=f"{at.place}: {problem}")


def _secured(sock: socket.socket, at: Target, seconds: float) -> ssl.SSLSocket:
    try:
        sock.settimeout(max(seconds, 0.001))
        return tls().wrap_socket(sock, server_hostname=at.host)
    except (OSError, ValueError) as e:  # ssl.SSLError is an OSError
        sock.close()
        raise Temporary("tls_failed", host=at.host, detail=f"{at.place}: {e}") from None


# Keeping -----------------------------------------------------------------------------------------

type Place = tuple[str, str, int, bool]


class Store:
    """Idle connections of this process, by place, of which `internal` is part: unchecked lines stay apart."""

    def __init__(self) -> None:
        self.lock, self.idle, self.swept_at = threading.Lock(), dict[Place, list[Wire]](), 0.0

    def take(self, place: Place) -> Wire | None:
        """A fresh idle connection, newest first, or None."""
        while True:
            with self.lock:
                wires = self.idle.get(place)
                wire = wires.pop() if wires else None
            if wire is None:
                return None
            if now() - wire.idle_since < IDLE_SECONDS and wire.is_quiet():
                return wire
            wire.shut()

    def keep(self, place: Place, wire: Wire) -> None:
        wire.idle_since = now()
        with self.lock:
            wires = self.idle.setdefault(place, [])
            spare = [wire] if len(wires) >= KEPT else []
            if not spare:
                wires.append(wire)
            if wire.idle_since - self.swept_at > IDLE_SECONDS:
                spare += self._sweep(wire.idle_since)
        for old in spare:
            old.shut()

    def _sweep(self, at: float) -> list[Wire]:
        """What idled too long, so that servers we no longer speak to hold no file open."""
        self.swept_at = at
        old: list[Wire] = []
        for place, wires in list(self.idle.items()):
            fresh = [w for w in wires if at - w.idle_since < IDLE_SECONDS]
            old += [w for w in wires if at - w.idle_since >= IDLE_SECONDS]
            if fresh:
                self.idle[place] = fresh
            else:
                del self.idle[place]
        return old

    def close(self) -> None:
        with self.lock:
            wires = [wire for each in self.idle.values() for wire in each]
            self.idle.clear()
        for wire in wires:
            wire.shut()


store = Store()


def _start_anew() -> None:
    """A forked child leaves its parent's connections and locks alone."""
    global store, _lookups
    store, _lookups = Store(), threading.BoundedSemaphore(MAX_LOOKUPS)


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_start_anew)
