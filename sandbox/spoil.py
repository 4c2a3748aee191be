"""How an answer is spoiled: closed connections, drips, silence. Knows nothing of any network."""

import asyncio
from collections.abc import Awaitable, Callable

from aiohttp import web

from .faults import Fault

PORTAL = """<!doctype html><html><head><title>Login Hotspot</title></head>
<body><h1>Selamat datang di WiFi gratis</h1><p>Silakan masuk untuk memakai internet.</p></body></html>"""


async def wait(seconds: float) -> None:
    """Do nothing for so long."""
    await asyncio.sleep(seconds)


def page_instead() -> web.Response:
    """A web page with status 200, as a hotel's sign-in portal or a proxy puts in place of JSON."""
    return web.Response(text=PORTAL, content_type="text/html")


def cut(request: web.Request) -> web.Response:
    """Close the connection at once. What is returned can no longer be sent; the server wants some answer."""
    if request.transport is not None:
        request.transport.abort()
    return web.Response(status=500)


async def hang(request: web.Request, fault: Fault) -> web.StreamResponse:
    """Say nothing for a while, then close."""
    await wait(fault.params["seconds"])
    return cut(request)


async def cut_before(request: web.Request, fault: Fault) -> web.StreamResponse:
    """Close before anything was done."""
    return cut(request)


async def cut_after(request: web.Request, fault: Fault, answer: web.StreamResponse) -> web.StreamResponse:
    """It is done; close without a word."""
    return cut(request)


async def delay(request: web.Request, fault: Fault, answer: web.StreamResponse) -> web.StreamResponse:
    """It is done; say so much later."""
    await wait(fault.params["seconds"])
    return answer


async def drip(request: web.Request, fault: Fault, answer: web.StreamResponse) -> web.StreamResponse:
    """It is done; the answer comes one byte each `interval` seconds, from the head on or only the body."""
    transport = request.transport
    body = answer.body if isinstance(answer, web.Response) and isinstance(answer.body, bytes) else b""
    head = _head(answer, len(body))
    fast, slow = (b"", head + body) if fault.params["part"] == "headers" else (head, body)
    # Written past the server's own buffers, which would hold small pieces back and send them together.
    if transport is not None and fast:
        transport.write(fast)
    for byte in slow:
        if transport is None or transport.is_closing():
            break
        transport.write(bytes([byte]))
        await asyncio.sleep(fault.params["interval"])
    if transport is not None:
        transport.close()
    return web.Response(status=answer.status)


def _head(answer: web.StreamResponse, length: int) -> bytes:
    lines = [f"HTTP/1.1 {answer.status} {answer.reason}"]
    lines += [f"{name}: {value}" for name, value in answer.headers.items() if name.lower() != "content-length"]
    return "\r\n".join([*lines, f"Content-Length: {length}", "Connection: close", "", ""]).encode()


BEFORE: dict[str, Callable[[web.Request, Fault], Awaitable[web.StreamResponse]]] = {
    "hang": hang,
    "cut_before": cut_before,
}
AFTER: dict[str, Callable[[web.Request, Fault, web.StreamResponse], Awaitable[web.StreamResponse]]] = {
    "cut_after": cut_after,
    "accept_then_delay": delay,
    "drip": drip,
}
