"""A server on loopback that answers as told, well or badly, and remembers what it was asked."""

import json
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlsplit


@dataclass
class Asked:
    """One request as it arrived."""

    method: str
    path: str
    query: dict[str, list[str]]
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


type Reply = Callable[[socket.socket, Asked], bool | None]
"""Answers one request on a connection; True keeps the connection open."""


@dataclass
class Server:
    """`replies` are used in turn, the last one for ever."""

    port: int
    replies: list[Reply]
    asked: list[Asked] = field(default_factory=list)
    connections: int = 0

    @property
    def place(self) -> str:
        return f"127.0.0.1:{self.port}"

    @property
    def url(self) -> str:
        return f"http://{self.place}"

    def next_reply(self) -> Reply:
        return self.replies[min(len(self.asked), len(self.replies)) - 1]


@contextmanager
def serving(*replies: Reply, tls: ssl.SSLContext | None = None) -> Iterator[Server]:
    """A server that lives as long as the block."""
    listener = socket.create_server(("127.0.0.1", 0))
    server = Server(listener.getsockname()[1], list(replies) or [says({})])
    stopped = threading.Event()

    def accept() -> None:
        while not stopped.is_set():
            connection, _ = listener.accept()
            if stopped.is_set():
                break
            server.connections += 1
            threading.Thread(target=_converse, args=(server, connection, tls), daemon=True).start()

    accepting = threading.Thread(target=accept, daemon=True)
    accepting.start()
    try:
        yield server
    finally:
        stopped.set()
        with socket.socket() as waker:  # out of `accept`; a listener that is merely closed goes on for a while
            waker.connect(("127.0.0.1", server.port))
            accepting.join()
        listener.close()


def _converse(server: Server, connection: socket.socket, tls: ssl.SSLContext | None) -> None:
    try:
        connection.settimeout(5)
        if tls:
            connection = tls.wrap_socket(connection, server_side=True)
        while (asked := _read(connection)) is not None:
            server.asked.append(asked)
            if not server.next_reply()(connection, asked):
                break
    except OSError:
        pass
    finally:
        connection.close()


def _read(connection: socket.socket) -> Asked | None:
    data = b""
    while b"\r\n\r\n" not in data:
        piece = connection.recv(65536)
        if not piece:
            return None
        data += piece
    head, _, body = data.partition(b"\r\n\r\n")
    first, *lines = head.decode().split("\r\n")
    method, target, _ = first.split(" ")
    headers = {name.lower(): value for name, value in (line.split(": ", 1) for line in lines)}
    while len(body) < int(headers.get("content-length", 0)):
        body += connection.recv(65536)
    parts = urlsplit(target)
    return Asked(method, parts.path, parse_qs(parts.query), headers, body)


# Replies -----------------------------------------------------------------------------------------


def raw(status: int, body: bytes, **headers: str) -> bytes:
    """A whole answer. Header names are given with underscores."""
    lines = [f"HTTP/1.1 {status} Whatever", f"Content-Length: {len(body)}"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


def says(content: Any, status: int = 200, **headers: str) -> Reply:
    """A good answer in JSON."""
    answer = raw(status, json.dumps(content).encode(), Content_Type="application/json", **headers)

    def reply(connection: socket.socket, _: Asked) -> bool:
        connection.sendall(answer)
        return True

    return reply


def says_page(status: int = 200) -> Reply:
    """A web page where data belong: what a proxy or a captive network puts in between."""
    return says_raw(
        raw(status, b"<html><body><h1>Bad gateway</h1></body></html>", Content_Type="text/html", Connection="close")
    )


def says_raw(answer: bytes) -> Reply:
    """These bytes, and the line is cut."""

    def reply(connection: socket.socket, _: Asked) -> None:
        connection.sendall(answer)

    return reply


def hangs(connection: socket.socket, _: Asked) -> None:
    """Never answers."""
    connection.settimeout(3)
    connection.recv(1)


def cuts(connection: socket.socket, _: Asked) -> None:
    """Hangs up without a word."""


def drips(answer: bytes, start: int = 0) -> Reply:
    """Sends the first `start` bytes at once and the rest so slowly that no single wait is long."""

    def reply(connection: socket.socket, _: Asked) -> None:
        connection.sendall(answer[:start])
        for byte in answer[start:]:
            connection.sendall(bytes([byte]))
            time.sleep(0.03)

    return reply


def routes(**by_end: Reply) -> Reply:
    """Answers by how the path ends, with underscores for slashes and dots; 404 for the rest."""

    def reply(connection: socket.socket, asked: Asked) -> bool | None:
        for end, answer in by_end.items():
            if asked.path.replace("/", "_").replace(".", "_").endswith(end):
                return answer(connection, asked)
        return says({"error": "Not found"}, 404)(connection, asked)

    return reply
